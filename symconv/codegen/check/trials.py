"""The sizes that emitted code is checked on: small, but every case of the plan occurs.

The shapes are chosen such that every phase, every tap, both borders, a remainder and a single
output occur; in batches every way to sum over channels, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Final

from sympy import IndexedBase

from symconv.algebra.derivation import DerivedGradients
from symconv.algebra.symbols import B_CHANNELS, DY, W, X
from symconv.sizes import Shape
from symconv.spec import ConvSpec

MAX_PRODUCTS: Final = 12_000
MAX_BATCHED_PRODUCTS: Final = 600
MAX_COST: Final = 200_000
SYMBOLIC_GROUPS: Final = 3
CHANNELS_TRIED: Final = ((1, 1, 1), (1, 1, 4), (1, 4, 1), (2, 2, 3), (2, 1, 1))  # images, per group


@dataclass(frozen=True)
class Trial:
    """The sizes of one batch that a kernel is run on.

    Attributes:
        input_shape: (N, C, *in).
        outputs: O, the number of output channels.
    """

    input_shape: Shape
    outputs: int

    @property
    def spelled(self) -> str:
        """The sizes in words: "(1, 2, 5, 5) to 3 channels"."""
        return f"{self.input_shape} to {self.outputs} channels"

    def shapes(self, spec: ConvSpec) -> dict[IndexedBase, Shape]:
        """Return the shapes of x, w, dy and b."""
        images, inputs, *sizes = self.input_shape
        first, second = (inputs, self.outputs) if spec.transposed else (self.outputs, inputs)
        return {
            X: self.input_shape,
            W: (first, second // spec.groups, *spec.kernel_shape),
            DY: (images, self.outputs, *spec.output_shape(sizes)),
            B_CHANNELS: (self.outputs,),
        }

    def cost(self, spec: ConvSpec) -> int:
        """Return about how many products of symbols a function makes, with those by zeros."""
        shapes = self.shapes(spec)
        per_group = (prod(shapes[X]) + prod(shapes[DY])) * prod(shapes[W][1:]) // spec.groups
        return per_group * min(spec.groups, SYMBOLIC_GROUPS)

    def symbolic_groups(self, spec: ConvSpec) -> frozenset[int]:
        """Return the groups whose entries are symbols: all of them if they are few."""
        if spec.groups <= SYMBOLIC_GROUPS:
            return frozenset(range(spec.groups))
        return frozenset({0, spec.groups // 2, spec.groups - 1})


def batched_trials(derivation: DerivedGradients) -> tuple[Trial, ...]:
    """Return the sizes that a batched kernel of this derivation is checked on.

    Between them the numbers of channels in a group reach every way the code has to sum: many to
    one, one to many, one to one, and several each; more than one image, and a remainder.
    """
    spec, groups = derivation.spec, derivation.spec.groups
    shapes = checked_shapes(derivation, most=MAX_BATCHED_PRODUCTS)
    largest_first = sorted(shapes, key=prod, reverse=True)
    trials = []
    for images, inputs, outputs in CHANNELS_TRIED:
        sizes = [
            Trial((images, inputs * groups, *shape), outputs * groups)
            for shape in (largest_first if images > 1 else shapes)
        ]
        trials += [trial for trial in sizes if trial.cost(spec) <= MAX_COST][:1]
    return tuple(trials) or (Trial((1, groups, *shapes[-1]), groups),)


def checked_shapes(derivation: DerivedGradients, *, most: int = MAX_PRODUCTS) -> tuple[Shape, ...]:
    """Return the input shapes that a kernel of this derivation is checked on, largest first.

    The first has as many windows along each axis as can meet in one cell, and one more on each
    further axis; the second adds a remainder, to a transposed input one more cell; the third is
    the smallest with an output.
    """
    spec = derivation.spec
    meeting = [max(len(phase.taps) for phase in table.phases) for table in derivation.phases.axes]
    wanted = [count + axis for axis, count in enumerate(meeting)]
    while (size := max(wanted)) > 1 and _products(spec, wanted) > most:
        wanted[wanted.index(size)] -= 1
    exact = input_for(spec, wanted)
    steps = [1] * spec.axes if spec.transposed else spec.stride
    longer = tuple(n + max(1, t - 1) for n, t in zip(exact, steps, strict=True))
    return tuple(dict.fromkeys((exact, longer, smallest_input(derivation))))


def smallest_input(derivation: DerivedGradients) -> Shape:
    """Return the smallest input shape with an output."""
    return input_for(derivation.spec, [1] * derivation.spec.axes)


def least_products(derivation: DerivedGradients) -> int:
    """Return about how many products a function makes of the smallest input, those by zeros too."""
    spec = derivation.spec
    shape = smallest_input(derivation)
    return (prod(shape) + prod(spec.output_shape(shape))) * prod(spec.kernel_shape)


def _products(spec: ConvSpec, windows: Sequence[int]) -> int:
    """Return how many products grad_input multiplies out for that many windows."""
    return prod(input_for(spec, windows)) * prod(spec.kernel_shape)


def input_for(spec: ConvSpec, windows: Sequence[int]) -> Shape:
    """Return the smallest input with at least these windows; padding may force more."""
    least = [max(1, axis.least_input) for axis in spec.concrete_axes()]
    if spec.transposed:
        return tuple(map(max, least, windows))
    sizes = zip(least, windows, spec.stride, spec.extent, spec.padding_pairs, strict=True)
    return tuple(max(n, (out - 1) * t + e - lo - hi) for n, out, t, e, (lo, hi) in sizes)
