"""The plans of one derivation, each made when it is first asked for, and once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from symconv.algebra.channels import BatchedGradients, derive_channels
from symconv.algebra.derivation import DerivedGradients
from symconv.codegen.plan.kernel import KernelPlan, plan_kernel
from symconv.codegen.plan.winograd import FastPlan, plan_fast
from symconv.sizes import Shape


@dataclass(frozen=True)
class Plans:
    """What targets choose from: no plan depends on the language that spells it.

    Attributes:
        derivation: of one image with one channel.
        tile: the outputs of a fast tile along each axis; empty for direct sums.
    """

    derivation: DerivedGradients
    tile: Shape

    @cached_property
    def channels(self) -> BatchedGradients:
        """The same derivation with images and channels."""
        return derive_channels(self.derivation)

    @cached_property
    def plane(self) -> KernelPlan:
        """What a kernel of planes computes."""
        return plan_kernel(self.derivation)

    @cached_property
    def batched(self) -> KernelPlan:
        """What a kernel of batches computes, sum by sum."""
        return plan_kernel(self.derivation, self.channels)

    @cached_property
    def winograd(self) -> FastPlan:
        """What a kernel of batches computes, tile by tile."""
        return plan_fast(self.batched, self.tile)
