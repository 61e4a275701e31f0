"""The identity behind fast tiles, multiplied out with symbols and compared with the derivation.

Along one axis the loss of one tile is trilinear in its outputs' gradient, the filter and its cells:

    sum over t of (A dy)[t] (G w)[t] (B^T x)[t]  =  sum over i, k of dy[i] w[k] x[i + k].

Differentiated by dy it is y = A^T [(G w) * (B^T x)], by w the weight gradient
G^T [(A dy) * (B^T x)], by x the input gradient. So one identity proves all three, and tiles of
several axes are products of those of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from sympy import QQ
from sympy.polys.rings import PolyElement, PolyRing

from symconv.algebra.affine import Affine
from symconv.algebra.derivation import DerivedGradients
from symconv.algebra.rounding import Rounding, rounding_of
from symconv.algebra.toom_cook import AxisTransforms, Matrix, toom_cook
from symconv.errors import DerivationError, OptionError
from symconv.sizes import Shape
from symconv.spec import ConvSpec


@dataclass(frozen=True)
class Filter:
    """One axis of a sum of products: output i reads entry i + first + k through taps[k].

    Attributes:
        taps: the taps in the order in which they read.
        first: what output 0 reads through the first of them; negative in the padding.
    """

    taps: Shape
    first: int


@dataclass(frozen=True)
class FastTiles:
    """A convolution by tiles: the transforms of each axis, and how each axis reads.

    Attributes:
        transforms: F(m, r), per axis.
        filters: how windows read cells, per axis.
    """

    transforms: tuple[AxisTransforms, ...]
    filters: tuple[Filter, ...]

    @cached_property
    def rounding(self) -> Rounding:
        """How far results may lie from the exact ones."""
        return rounding_of(self.transforms)


def fast_tiles(derivation: DerivedGradients, tile: Sequence[int]) -> FastTiles:
    """Return the transforms for tiles of `tile` outputs, proved equal to the derivation.

    Args:
        derivation: of a spec with stride and dilation 1.
        tile: m along each axis.

    Raises:
        OptionError: the spec has no fast tiles, or a tile is too large.
        DerivationError: the identity does not hold (a fault of symconv).
    """
    refuse_slow(derivation.spec)
    if len(tile) != derivation.spec.axes:
        raise OptionError(f"tile must have {derivation.spec.axes} sizes, got {tuple(tile)}")
    filters = filters_of([derivation.reads_through(tap) for tap in derivation.taps])
    transforms = []
    for outputs, each in zip(tile, filters, strict=True):
        axis = toom_cook(outputs, len(each.taps))
        prove(axis, each)
        transforms.append(axis)
    return FastTiles(tuple(transforms), filters)


def refuse_slow(spec: ConvSpec) -> None:
    """Raise an OptionError unless the spec's sums are those of filters, one step after another."""
    if set(spec.stride) | set(spec.dilation) != {1}:
        raise OptionError(
            f"algorithm=winograd needs stride 1 and dilation 1, got stride {spec.stride} and "
            f"dilation {spec.dilation}"
        )


def filters_of(reads: Sequence[Sequence[Affine]]) -> tuple[Filter, ...]:
    """Return the filter along each axis of the reads of all taps, in the order of the kernel.

    Raises:
        DerivationError: the taps of an axis do not read neighbours.
    """
    constants = [sorted({read[axis].constant for read in reads}) for axis in range(len(reads[0]))]
    steps = {read.slope for each in reads for read in each}
    if steps != {1} or any(each[-1] - each[0] != len(each) - 1 for each in constants):
        raise DerivationError("the taps of a fast tile must read neighbours, one step apart")
    return tuple(
        Filter(_in_order(axis, constants, reads), each[0]) for axis, each in enumerate(constants)
    )


def _in_order(
    axis: int, constants: Sequence[Sequence[int]], reads: Sequence[Sequence[Affine]]
) -> Shape:
    """Return the taps along an axis, in the order of what they read."""
    later = 1
    for each in constants[axis + 1 :]:
        later *= len(each)
    count = len(constants[axis])
    of_tap = [reads[tap * later][axis].constant for tap in range(count)]
    return tuple(of_tap.index(constant) for constant in constants[axis])


def prove(transforms: AxisTransforms, reads: Filter) -> None:
    """Raise a DerivationError unless the trilinear identity holds, coefficient by coefficient.

    Args:
        transforms: the matrices.
        reads: what the derivation says that output i reads through each tap.
    """
    difference = multiplied_out(transforms) - _defined(transforms, reads)
    if difference:
        smallest = min(difference.terms())
        raise DerivationError(
            f"F({transforms.outputs}, {transforms.taps}) must be the derived filter, "
            f"differs by {difference.ring.term_new(*smallest)}"
        )


def multiplied_out(transforms: AxisTransforms) -> PolyElement:
    """Return the sum over all points of (A dy)(G w)(B^T x), a polynomial in the entries."""
    ring, dy, w, x = _letters(transforms)
    return ring.add(
        [
            a * g * b
            for a, g, b in zip(
                _times(transforms.output_transform, dy),
                _times(transforms.weight_transform, w),
                _times(transforms.input_transform, x),
                strict=True,
            )
        ]
    )


def _defined(transforms: AxisTransforms, reads: Filter) -> PolyElement:
    """Return the sum of dy[i] y[i], y[i] from what the derivation reads."""
    ring, dy, w, x = _letters(transforms)
    return ring.add(
        [dy[i] * w[k] * x[i + k] for i in range(len(dy)) for k in range(len(reads.taps))]
    )


def _letters(
    transforms: AxisTransforms,
) -> tuple[PolyRing, list[PolyElement], list[PolyElement], list[PolyElement]]:
    """Return the ring of the entries of dy, w and x of one tile, and those entries."""
    sizes = {"dy": transforms.outputs, "w": transforms.taps, "x": transforms.inputs}
    ring = PolyRing([f"{name}{at}" for name, size in sizes.items() for at in range(size)], QQ)
    entries = iter(ring.gens)
    dy, w, x = ([next(entries) for _ in range(size)] for size in sizes.values())
    return ring, dy, w, x


def _times(matrix: Matrix, vector: Sequence[PolyElement]) -> list[PolyElement]:
    ring = vector[0].ring
    return [
        ring.add([entry * _rational(each) for each, entry in zip(row, vector, strict=True)])
        for row in matrix
    ]


def _rational(number: Fraction) -> object:
    return QQ(number.numerator, number.denominator)
