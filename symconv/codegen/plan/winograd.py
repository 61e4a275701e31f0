"""FastPlan: a convolution by tiles, as data that names no language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symconv.algebra.affine import Affine
from symconv.algebra.bilinear import Filter, filters_of, prove
from symconv.algebra.rounding import SUMMANDS, Rounding, rounding_of
from symconv.algebra.toom_cook import AxisTransforms, toom_cook
from symconv.codegen.plan.kernel import KernelPlan
from symconv.sizes import Shape


@dataclass(frozen=True)
class FastPlan:
    """What a kernel computes tile by tile, for inputs of any size.

    Attributes:
        plan: the same without tiles.
        transforms: F(m, r), per axis.
        weigh: per axis, how a window reads cells: the forward pass.
        gather: per axis, how a cell reads windows: grad_input.
    """

    plan: KernelPlan
    transforms: tuple[AxisTransforms, ...]
    weigh: tuple[Filter, ...]
    gather: tuple[Filter, ...]

    @property
    def tile(self) -> Shape:
        """The outputs of a tile, per axis."""
        return tuple(axis.outputs for axis in self.transforms)

    @property
    def span(self) -> Shape:
        """The cells that a tile reads, and its products, per axis."""
        return tuple(axis.inputs for axis in self.transforms)

    @property
    def rounding(self) -> Rounding:
        """How far results may lie from the exact ones."""
        return rounding_of(self.transforms)

    @property
    def cost(self) -> tuple[str, ...]:
        """What a tile costs, and how far its results may lie from the exact ones, in words."""
        points, tile = ("x".join(map(str, sizes)) for sizes in (self.span, self.tile))
        bound = float(self.rounding.bound("float32"))
        error = (
            f"float32 error: at most {bound:.1e} * max|x| * sum of |w| for sums over {SUMMANDS} "
            "channels (in grad_weight |dy| for |w|, and over tiles)"
        )
        products = f"by tiles: {points} multiplications per {tile} results and pair of channels"
        return products, error


def plan_fast(plan: KernelPlan, tile: Sequence[int]) -> FastPlan:
    """Return the plan by tiles of a plan with stride 1 and dilation 1, proved equal to it.

    Args:
        plan: read off the derivation.
        tile: the outputs of a tile, per axis.

    Raises:
        OptionError: a tile is too large.
        DerivationError: the sums are not those of filters, or the transforms do not make them (a
            fault of symconv).
    """
    (phase,) = plan.phases
    weigh = filters_of([term.index for term in plan.taps])
    gather = filters_of(
        [
            tuple(
                Affine(index.slope, index.letter, index.constant + cells.block)
                for index, cells in zip(term.index, phase.cells, strict=True)
            )
            for term in phase.terms
        ]
    )
    transforms = tuple(map(toom_cook, tile, plan.kernel_shape))
    for axis, *filters in zip(transforms, weigh, gather, strict=True):
        for each in filters:
            prove(axis, each)
    return FastPlan(plan=plan, transforms=transforms, weigh=weigh, gather=gather)
