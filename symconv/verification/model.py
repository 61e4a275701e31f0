"""The convolution that a claim is about: which letters are its sizes, and what is true of it.

Everything is spelled in the nodes of the syntax tree, so that the exact check and the proof read
the same objects. Indices count from 0; along axis a the true statement is

    output i reads input i*t + r*d - lo through tap r.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from symconv.formula.tree import Compare, Condition, Expression, Floor, Letter, Quotient
from symconv.verification.algebra import ONE, ZERO, all_of, between, equal, minus, plus, times

ARRAYS: Final = ("dy", "x", "w", "b")  # the order of atoms in a term
KERNEL: Final = ("p", "q")
INPUT: Final = ("m", "n")
OUTPUT: Final = ("g", "h")
MAX_AXES: Final = 2


@dataclass(frozen=True)
class Axis:
    """The sizes of one axis; a letter, or the number that the claim takes for granted.

    Attributes:
        kernel, stride, dilation: at least 1.
        before, after: padding, at least 0.
        input: at least 1.
        output: defined by the others.
    """

    kernel: Expression
    stride: Expression
    dilation: Expression
    before: Expression
    after: Expression
    input: Expression
    output: Letter

    @property
    def extent(self) -> Expression:
        """How many cells a window spans, d(p-1)+1."""
        return plus(times(self.dilation, minus(self.kernel, ONE)), ONE)

    @property
    def room(self) -> Expression:
        """By how much the padded input is larger than a window; 0 or more."""
        return minus(plus(self.input, self.before, self.after), self.extent)

    @property
    def windows(self) -> Expression:
        """The true number of outputs, floor(room / t) + 1."""
        return plus(Floor(Quotient(self.room, self.stride)), ONE)

    def read(self, output: Expression, tap: Expression) -> Expression:
        """Return the input that an output reads through a tap."""
        return minus(plus(times(output, self.stride), times(tap, self.dilation)), self.before)


@dataclass(frozen=True)
class Model:
    """All axes of the convolution that a claim is about.

    Attributes:
        axes: one or two.
        flipped: a true convolution: tap r of the window is w[p-1-r].
    """

    axes: tuple[Axis, ...]
    flipped: bool

    @property
    def sizes(self) -> tuple[str, ...]:
        """The letters that are sizes, outputs last."""
        names: dict[str, None] = {}
        for axis in self.axes:
            for size in (
                axis.kernel,
                axis.stride,
                axis.dilation,
                axis.before,
                axis.after,
                axis.input,
            ):
                if isinstance(size, Letter):
                    names[size.name] = None
        return (*names, *(axis.output.name for axis in self.axes))

    @property
    def facts(self) -> tuple[Condition, ...]:
        """What every convolution satisfies: sizes in range, a window that fits, its outputs."""
        facts: list[Condition] = []
        for axis in self.axes:
            facts += [
                Compare(">=", size, ONE) for size in (axis.kernel, axis.stride, axis.dilation)
            ]
            facts += [Compare(">=", size, ZERO) for size in (axis.before, axis.after)]
            facts += [Compare(">=", axis.input, ONE), Compare(">=", axis.room, ZERO)]
            facts.append(equal(axis.output, axis.windows))
        return tuple(facts)

    def shape(self, array: str) -> tuple[Expression, ...]:
        """Return the sizes of an array."""
        match array:
            case "x":
                return tuple(axis.input for axis in self.axes)
            case "w":
                return tuple(axis.kernel for axis in self.axes)
            case "dy":
                return tuple(axis.output for axis in self.axes)
        return ()

    def inside(self, array: str, indices: Sequence[Expression]) -> Condition:
        """Return the condition that an index lies inside an array."""
        return all_of(
            *(
                between(ZERO, index, minus(size, ONE))
                for index, size in zip(indices, self.shape(array), strict=True)
            )
        )

    def reads(
        self, outputs: Sequence[Expression], taps: Sequence[Expression]
    ) -> tuple[Expression, ...]:
        """Return the input cell that an output reads through a tap."""
        return tuple(
            axis.read(output, tap)
            for axis, output, tap in zip(self.axes, outputs, taps, strict=True)
        )

    def weight_index(self, taps: Sequence[Expression]) -> tuple[Expression, ...]:
        """Return the entry of w that a tap of the window is: itself, or its mirror image."""
        if not self.flipped:
            return tuple(taps)
        return tuple(
            minus(minus(axis.kernel, ONE), tap) for axis, tap in zip(self.axes, taps, strict=True)
        )
