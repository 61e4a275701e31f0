"""What a figure is about: a derivation on one input. All that figures say is read here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from itertools import product
from math import prod
from typing import Final

from symconv.algebra.derivation import DerivedGradients
from symconv.algebra.phases import PhaseTable
from symconv.algebra.symbols import INPUT_INDEX, OUTPUT_INDEX, TAP_INDEX
from symconv.document.figure.texts import Texts
from symconv.document.sizes import telling_input_shape
from symconv.errors import SpecError
from symconv.sizes import Shape
from symconv.spec import ConvSpec

INPUT_LETTERS: Final = tuple(letter.name for letter in INPUT_INDEX)
OUTPUT_LETTERS: Final = tuple(letter.name for letter in OUTPUT_INDEX)
TAP_LETTERS: Final = tuple(letter.name for letter in TAP_INDEX)
GRAD_OUTPUT: Final = "∂e/∂y"
GRAD_INPUT: Final = "∂e/∂x"


class State(Enum):
    """What a cell is: read by some window, or why not."""

    READ = auto()
    GAP = auto()
    TAIL = auto()
    PADDING = auto()


@dataclass(frozen=True)
class Setting:
    """A derivation on one input, in one language.

    Attributes:
        derivation: the derivation; its padding does not depend on the input.
        input_shape: the sizes of the input, without padding.
        texts: the language.
    """

    derivation: DerivedGradients
    input_shape: Shape
    texts: Texts

    @property
    def spec(self) -> ConvSpec:
        """The sizes."""
        return self.derivation.spec

    @cached_property
    def output_shape(self) -> Shape:
        """The number of windows along each axis."""
        return self.spec.output_shape(self.input_shape)

    @cached_property
    def tail(self) -> Shape:
        """The number of unread cells at the end of each axis."""
        return self.spec.unread_tail(self.input_shape)

    @property
    def padded(self) -> tuple[tuple[int, int], ...]:
        """Per axis the first index and the stop of the padded input."""
        return tuple(
            (-lo, n + hi)
            for n, (lo, hi) in zip(self.input_shape, self.spec.padding_pairs, strict=True)
        )

    def is_input(self, cell: Sequence[int]) -> bool:
        """Return whether a cell of the padded input is input."""
        return all(0 <= u < n for u, n in zip(cell, self.input_shape, strict=True))

    def axis_reads(self, axis: int, index: int) -> tuple[tuple[int, int], ...]:
        """Return (output, tap) along one axis for every window that reads an index."""
        table = PhaseTable((self.derivation.phases.axes[axis],))
        pairs = table.reads((index,), output_shape=(self.output_shape[axis],))
        return tuple((output, tap) for (output,), (tap,) in pairs)

    def reads(self, cell: Sequence[int]) -> tuple[tuple[Shape, Shape], ...]:
        """Return (output, tap) for every window that reads a cell."""
        return self.derivation.phases.reads(cell, output_shape=self.output_shape)

    def readers(self, cell: Sequence[int]) -> int:
        """Return how many windows read a cell."""
        return prod(len(self.axis_reads(axis, u)) for axis, u in enumerate(cell))

    def starting_at(self, cell: Sequence[int]) -> Shape | None:
        """Return the window whose tap 0 reads a cell of the padded input."""
        found = []
        for axis, u in enumerate(cell):
            starts = [output for output, tap in self.axis_reads(axis, u) if tap == 0]
            if not starts:
                return None
            found += starts
        return tuple(found)

    def window_cells(self, window: Sequence[int]) -> dict[Shape, Shape]:
        """Return tap -> the cell of the padded input that a window reads through it."""
        return {
            tap: tuple(
                read.slope * i + read.constant
                for read, i in zip(self.derivation.reads_through(tap), window, strict=True)
            )
            for tap in self.derivation.taps
        }

    def window_span(self, window: Sequence[int]) -> tuple[tuple[int, int], ...]:
        """Return per axis the first and the last index that a window reads."""
        first, last = (
            self.derivation.reads_through(tap)
            for tap in (self.derivation.taps[0], self.derivation.taps[-1])
        )
        return tuple(
            (low.slope * i + low.constant, high.slope * i + high.constant)
            for low, high, i in zip(first, last, window, strict=True)
        )

    def state(self, cell: Sequence[int]) -> State:
        """Return what a cell of the padded input is."""
        if not self.is_input(cell):
            return State.PADDING
        if self.readers(cell):
            return State.READ
        in_tail = any(
            u >= n - tail for u, n, tail in zip(cell, self.input_shape, self.tail, strict=True)
        )
        return State.TAIL if in_tail else State.GAP

    def named(self, figure: str, *rest: str) -> str:
        """Return the name of a figure of this setting."""
        sizes = "x".join(map(str, self.input_shape))
        return "-".join((self.spec.name, figure, sizes, *rest))


def windows_of(shape: Sequence[int]) -> tuple[Shape, ...]:
    """Return every index of a shape, in row-major order."""
    return tuple(product(*map(range, shape)))


def setting_of(
    derivation: DerivedGradients, input_shape: Sequence[int] | None, *, texts: Texts
) -> Setting:
    """Return the setting of a figure; without an input shape, on the smallest telling input.

    Raises:
        SpecError: a window does not fit into the input, or the input is empty.
    """
    shape = telling_input_shape(derivation) if input_shape is None else tuple(input_shape)
    derivation.spec.output_shape(shape)
    if 0 in shape:
        raise SpecError(f"input_shape must be at least 1 along each axis to be drawn, got {shape}")
    return Setting(derivation, shape, texts)
