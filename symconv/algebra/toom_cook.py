"""F(m, r): m outputs of a filter of r taps with m + r - 1 products, in exact rationals.

Toom-Cook multiplies two polynomials, of m and of r coefficients, by their values at m + r - 1
points. The last point is infinity, where a polynomial's value is its highest coefficient. With V_k
the values of k coefficients, A = V_m and G = V_r evaluate, and B = V_(m+r-1)^-1 interpolates.
Transposed by the coefficients of one factor, the product of polynomials is the filter

    y = A^T [(G w) * (B^T x)],    y[i] = sum over k of w[k] x[i + k],  0 <= i < m.

Source: S. Winograd, Arithmetic Complexity of Computations, SIAM 1980 (the bound m + r - 1 and the
transposition); A. Lavin and S. Gray, CVPR 2016 (the names A, G, B). That points are chosen by the
growth of errors is derived here, see `rounding`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations
from math import gcd, lcm, prod
from typing import Final

from symconv.errors import OptionError

Row = tuple[Fraction, ...]
Matrix = tuple[Row, ...]

PAIRS: Final = tuple(map(Fraction, ("1", "2", "1/2", "3/2", "2/3")))
MAX_POINTS: Final = 8  # beyond, float32 has no digits left


@dataclass(frozen=True)
class AxisTransforms:
    """The three matrices of F(m, r); each has a row per point, infinity last.

    The rows of the input and output transforms are integers without a common divisor.

    Attributes:
        outputs: m, the outputs of a tile.
        taps: r, the taps of the filter.
        points: the finite points.
        output_transform: A, (m + r - 1, m); y = A^T of the products.
        weight_transform: G, (m + r - 1, r).
        input_transform: B^T, (m + r - 1, m + r - 1).
    """

    outputs: int
    taps: int
    points: Row
    output_transform: Matrix
    weight_transform: Matrix
    input_transform: Matrix

    @property
    def inputs(self) -> int:
        """The inputs of a tile, and the products: m + r - 1."""
        return self.outputs + self.taps - 1

    @property
    def amplification(self) -> Fraction:
        """How much larger the terms may be than the results they add up to.

        It is the largest sum over the points t of |A[t,i]| |G[t,k]| (sum over j of |B^T[t,j]|),
        over all outputs i and taps k; for direct sums it is 1. Scaling rows leaves it as it is.
        """
        sums = [sum(map(abs, row)) for row in self.input_transform]
        return max(
            sum(
                (
                    abs(a[i] * g[k]) * total
                    for a, g, total in zip(
                        self.output_transform, self.weight_transform, sums, strict=True
                    )
                ),
                Fraction(0),
            )
            for i in range(self.outputs)
            for k in range(self.taps)
        )


def toom_cook(outputs: int, taps: int, points: Sequence[Fraction] | None = None) -> AxisTransforms:
    """Return F(outputs, taps) over these finite points and infinity.

    Args:
        outputs: m, at least 1.
        taps: r, at least 1.
        points: m + r - 2 different numbers; by default those of the least amplification among 0
            and the pairs of opposite PAIRS.

    Raises:
        OptionError: the sizes are out of range, or the points are not as many, or not different.

    Example:
        >>> [[int(entry) for entry in row] for row in toom_cook(2, 3).input_transform]
        [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, -1, 0, 1]]
    """
    if min(outputs, taps) < 1 or outputs + taps - 1 > MAX_POINTS:
        raise OptionError(
            f"a tile must have 1 to {MAX_POINTS} inputs along an axis, got {outputs} outputs "
            f"and {taps} taps"
        )
    if points is None:
        return _least_amplified(outputs, taps)
    if len(points) != outputs + taps - 2 or len(set(points)) != len(points):
        raise OptionError(
            f"points must be {outputs + taps - 2} different numbers, "
            f"got {', '.join(map(str, points))}"
        )
    return _transforms(outputs, taps, tuple(points))


@cache
def _least_amplified(outputs: int, taps: int) -> AxisTransforms:
    found = [_transforms(outputs, taps, points) for points in _choices(outputs + taps - 2)]
    return min(found, key=lambda transforms: transforms.amplification)


def _choices(count: int) -> Iterator[Row]:
    """Yield sets of `count` points: 0 if one is left over, and pairs of opposite ones."""
    zero = (Fraction(0),) * (count % 2)
    for chosen in combinations(PAIRS, count // 2):
        yield zero + tuple(point for size in chosen for point in (size, -size))


def _transforms(outputs: int, taps: int, points: Row) -> AxisTransforms:
    """Return the matrices; what makes rows integers is put into the weight transform."""
    rows = [_at_point(outputs, taps, points, place) for place in range(len(points))]
    rows.append((_highest(outputs), _highest(taps), _product(points)))
    scaled = [_integral(*row) for row in rows]
    return AxisTransforms(
        outputs=outputs,
        taps=taps,
        points=points,
        output_transform=tuple(a for a, _, _ in scaled),
        weight_transform=tuple(g for _, g, _ in scaled),
        input_transform=tuple(b for _, _, b in scaled),
    )


def _at_point(outputs: int, taps: int, points: Row, place: int) -> tuple[Row, Row, Row]:
    """Return the rows of A, G and B^T at a finite point.

    The polynomial that is 1 there and 0 at the other finite points is their product of
    (z - other), divided by its value; the division is left to G.
    """
    point = points[place]
    others = points[:place] + points[place + 1 :]
    value = prod((point - other for other in others), start=Fraction(1))
    return (
        tuple(point**i for i in range(outputs)),
        tuple(point**k / value for k in range(taps)),
        (*_product(others), Fraction(0)),
    )


def _highest(count: int) -> Row:
    """Return the value at infinity: the highest of `count` coefficients."""
    return (Fraction(0),) * (count - 1) + (Fraction(1),)


def _product(roots: Row) -> Row:
    """Return the coefficients of the product of (z - root), the lowest first."""
    coefficients = [Fraction(1)]
    for root in roots:
        shifted = [Fraction(0), *coefficients]
        scaled = [*(root * each for each in coefficients), Fraction(0)]
        coefficients = [high - low for high, low in zip(shifted, scaled, strict=True)]
    return tuple(coefficients)


def _integral(a: Row, g: Row, b: Row) -> tuple[Row, Row, Row]:
    """Return the rows scaled such that a and b are integers, and g begins with a positive one."""
    of_a, of_b = _content(a), _content(b)
    if next(entry for entry in g if entry) * of_a * of_b < 0:
        of_b = -of_b
    return (
        tuple(entry / of_a for entry in a),
        tuple(entry * of_a * of_b for entry in g),
        tuple(entry / of_b for entry in b),
    )


def _content(row: Row) -> Fraction:
    """Return the largest number of which all entries are multiples."""
    numerators = gcd(*(entry.numerator for entry in row))
    return Fraction(numerators, lcm(*(entry.denominator for entry in row)))
