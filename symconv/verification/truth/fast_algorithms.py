"""Minimal algorithms for m outputs of a filter with r taps: which matrices they can have.

Such an algorithm, F(m, r), makes y = A^T [(G g) o (B^T d)] of n = m + r - 1 products. The minimal
ones evaluate polynomials at n different points of the projective line and interpolate: up to
scales, the columns of A^T are (1, a, a^2, ...), the rows of G are (1, a, a^2, ...), and row j of
B^T is the polynomial that vanishes at all other points. A point is a fraction, or None: infinity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import gcd
from typing import Final, Literal, TypeAlias, TypeVar

Part: TypeAlias = Literal["A^T", "G", "B^T"]
Point: TypeAlias = Fraction | None
Rows: TypeAlias = tuple[tuple[Fraction, ...], ...]
Bilinear: TypeAlias = Mapping[tuple[int, int], Fraction]  # (place in d, place in g) -> coefficient

Found = TypeVar("Found")

MAX_ENTRY: Final = 10_000


class NoPointError(ValueError):
    """A row or column that belongs to no point, with the reason in words."""


def evaluated_at(vector: Sequence[Fraction]) -> Point:
    """Return the point a with vector = scale (1, a, a^2, ...); (0, ..., 0, 1) is infinity.

    Raises:
        NoPointError: there is none.

    Example:
        >>> evaluated_at([Fraction(1, 2), Fraction(-1, 2), Fraction(1, 2)])
        Fraction(-1, 1)
    """
    if not any(vector):
        raise NoPointError("is zero")
    if not vector[0]:
        if any(vector[:-1]):
            raise NoPointError("is no multiple of (1, a, a², …)")
        return None
    point = vector[1] / vector[0]
    if any(entry != vector[0] * point**power for power, entry in enumerate(vector)):
        raise NoPointError("is no multiple of (1, a, a², …)")
    return point


def vanishing(row: Sequence[Fraction]) -> frozenset[Point]:
    """Return the points, infinity among them, where a polynomial vanishes: all are simple.

    Raises:
        NoPointError: it has fewer rational zeros than its degree.
    """
    degree = max((power for power, entry in enumerate(row) if entry), default=-1)
    if degree < 0:
        raise NoPointError("is zero")
    found: set[Point] = {root for root in _candidates(row) if not _value(row, root)}
    if len(found) < degree or degree < len(row) - 2:
        raise NoPointError("does not vanish at all points but one")
    return frozenset(found | ({None} if degree == len(row) - 2 else set()))


def _value(row: Sequence[Fraction], at: Fraction) -> Fraction:
    return sum((entry * at**power for power, entry in enumerate(row)), Fraction(0))


def _candidates(row: Sequence[Fraction]) -> list[Fraction]:
    """Return 0 and the rational numbers that may be zeros: divisors of the ends' quotient."""
    scale = 1
    for entry in row:
        scale *= entry.denominator // gcd(scale, entry.denominator)
    whole = [int(entry * scale) for entry in row]
    low = next(entry for entry in whole if entry)
    high = next(entry for entry in reversed(whole) if entry)
    if max(abs(low), abs(high)) > MAX_ENTRY:
        raise NoPointError("has entries too large to be looked into")
    tops, bottoms = _divisors(low), _divisors(high)
    roots = {Fraction(sign * top, bottom) for top in tops for bottom in bottoms for sign in (1, -1)}
    return [Fraction(0), *sorted(roots)]


def _divisors(number: int) -> list[int]:
    return [divisor for divisor in range(1, abs(number) + 1) if number % divisor == 0]


def points(part: Part, matrix: Rows) -> tuple[Point, ...]:
    """Return the points that a matrix belongs to, one for each product.

    Args:
        part: which matrix of the algorithm it is.
        matrix: its rows.

    Raises:
        NoPointError: it belongs to no minimal algorithm.
    """
    if part == "B^T":
        zeros = [_named(vanishing, row, f"row {j + 1}") for j, row in enumerate(matrix)]
        all_points = frozenset[Point]().union(*zeros)
        left = [all_points - found for found in zeros]
        if len(all_points) != len(matrix) or any(len(rest) != 1 for rest in left):
            raise NoPointError("the rows do not vanish at all points but one of the same points")
        found = tuple(next(iter(rest)) for rest in left)
    else:
        vectors: Iterable[Sequence[Fraction]] = matrix
        if part == "A^T":
            vectors = zip(*matrix, strict=True)
        name = "column" if part == "A^T" else "row"
        found = tuple(
            _named(evaluated_at, vector, f"{name} {j + 1}") for j, vector in enumerate(vectors)
        )
    for place, point in enumerate(found):
        if point in found[:place]:
            first, noun = found.index(point) + 1, "columns" if part == "A^T" else "rows"
            raise NoPointError(f"{noun} {first} and {place + 1} are multiples of each other")
    return found


def _named(
    function: Callable[[Sequence[Fraction]], Found], vector: Sequence[Fraction], name: str
) -> Found:
    try:
        return function(vector)
    except NoPointError as err:
        raise NoPointError(f"{name} {err}") from err


def is_algorithm(output: Rows, kernel: Rows, data: Rows) -> bool:
    """Return whether A^T [(G g) o (B^T d)] is y[i] = sum of d[i + r] g[r], as polynomials."""
    for i, row in enumerate(output):
        for r in range(len(kernel[0])):
            for u in range(len(data[0])):
                total = sum(
                    (row[j] * kernel[j][r] * data[j][u] for j in range(len(row))), Fraction(0)
                )
                if total != (u == i + r):
                    return False
    return True


def combination_of(products: Sequence[Bilinear], wanted: Bilinear) -> list[Fraction] | None:
    """Return factors with which the products add up to what is wanted; None if there are none.

    Args:
        products: bilinear forms in data and taps.
        wanted: a bilinear form.
    """
    pairs = sorted({pair for form in (*products, wanted) for pair in form})
    zero = Fraction(0)
    rows = [[*(p.get(pair, zero) for p in products), wanted.get(pair, zero)] for pair in pairs]
    pivots: list[int] = []
    for column in range(len(products)):
        top = len(pivots)
        pivot = next((i for i in range(top, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[top], rows[pivot] = rows[pivot], rows[top]
        rows[top] = [entry / rows[top][column] for entry in rows[top]]
        for i in range(len(rows)):
            if i != top and rows[i][column]:
                factor = rows[i][column]
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[top], strict=True)]
        pivots.append(column)
    if any(row[-1] for row in rows[len(pivots) :]):
        return None
    factors = [zero] * len(products)
    for place, column in enumerate(pivots):
        factors[column] = rows[place][-1]
    return factors


def output_form(place: int, taps: int) -> dict[tuple[int, int], Fraction]:
    """Return output `place` of a filter as a bilinear form: the sum of d[place + r] g[r]."""
    return {(place + tap, tap): Fraction(1) for tap in range(taps)}
