"""What a figure is about: a derivation on one input. All that figures say is read here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cached_property
from itertools import product
from math import prod
from typing import Final, NamedTuple

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


class State(Enum):
    """What a cell is: read by some window, or why not."""

    READ = auto()
    GAP = auto()
    TAIL = auto()
    PADDING = auto()


class Names(NamedTuple):
    """The names of the arrays.

    Attributes:
        cells, windows: what has an entry for each cell, and for each window.
        sent: what a window gives to its cells.
        gathered: what a cell gathers.
    """

    cells: str
    windows: str
    sent: str
    gathered: str


@dataclass(frozen=True)
class Setting:
    """A derivation on one input, in one language.

    Windows read cells; those of a transposed convolution are its inputs, and its cells the outputs.

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
    def _output_shape(self) -> Shape:
        return self.spec.output_shape(self.input_shape)

    @property
    def cell_shape(self) -> Shape:
        """How many cells there are, without padding: the input, or the output if transposed."""
        return self._output_shape if self.spec.transposed else self.input_shape

    @property
    def window_shape(self) -> Shape:
        """The number of windows along each axis: the output, or the input if transposed."""
        return self.input_shape if self.spec.transposed else self._output_shape

    @cached_property
    def tail(self) -> Shape:
        """The number of cells at the end of each axis that lie behind the last window."""
        convolution = self.spec.adjoint if self.spec.transposed else self._of_padded
        return convolution.unread_tail(self.cell_shape)

    @property
    def _of_padded(self) -> ConvSpec:
        """The spec with zeros for copies: its cells are those of the padded input themselves."""
        return replace(self.spec, padding_mode="zeros")

    @property
    def copied(self) -> bool:
        """Whether the padding holds copies of the input."""
        return self.spec.padding_mode != "zeros"

    @property
    def names(self) -> Names:
        """What stands at the cells and at the windows, and what the cells gather."""
        if self.spec.transposed:
            return Names(cells="y", windows="x", sent="x", gathered="y")
        cells = "X" if self.copied else "x"
        return Names(cells=cells, windows="y", sent="∂e/∂y", gathered=f"∂e/∂{cells}")

    @property
    def padded(self) -> tuple[tuple[int, int], ...]:
        """Per axis the first index and the stop of the cells with their padding."""
        return tuple(
            (-max(0, lo), n + max(0, hi))
            for n, (lo, hi) in zip(self.cell_shape, self.spec.padding_pairs, strict=True)
        )

    def is_input(self, cell: Sequence[int]) -> bool:
        """Return whether a place is a cell, not padding or cut off."""
        return all(0 <= u < n for u, n in zip(cell, self.cell_shape, strict=True))

    def holds(self, cell: Sequence[int]) -> bool:
        """Return whether a place has an entry of its own: a cell, or a copy of one."""
        return self.copied or self.is_input(cell)

    def source(self, cell: Sequence[int]) -> Shape:
        """Return the cell of the input that a cell is a copy of; itself where it is none."""
        found = self.derivation.phases.source(cell, input_shape=self.cell_shape)
        return tuple(cell) if found is None else found

    def axis_reads(self, axis: int, index: int) -> tuple[tuple[int, int], ...]:
        """Return (window, tap) along one axis for every window that reads an index."""
        table = PhaseTable((self.derivation.phases.axes[axis],)).of_padded
        pairs = table.reads((index,), output_shape=(self.window_shape[axis],))
        return tuple((output, tap) for (output,), (tap,) in pairs)

    def reads(self, cell: Sequence[int]) -> tuple[tuple[Shape, Shape], ...]:
        """Return (window, tap) for every window that reads a cell."""
        return self.derivation.phases.of_padded.reads(cell, output_shape=self.window_shape)

    def readers(self, cell: Sequence[int]) -> int:
        """Return how many windows read a cell."""
        return prod(len(self.axis_reads(axis, u)) for axis, u in enumerate(cell))

    def starting_at(self, cell: Sequence[int]) -> Shape | None:
        """Return the window whose first cell is this cell of the padded input."""
        found = []
        for axis, u in enumerate(cell):
            first = self.spec.kernel_shape[axis] - 1 if self.spec.true_convolution else 0
            starts = [output for output, tap in self.axis_reads(axis, u) if tap == first]
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
            _ascending(low.slope * i + low.constant, high.slope * i + high.constant)
            for low, high, i in zip(first, last, window, strict=True)
        )

    def state(self, cell: Sequence[int]) -> State:
        """Return what a cell of the padded input is."""
        if not self.is_input(cell):
            return State.PADDING
        if self.readers(cell):
            return State.READ
        in_tail = any(
            u >= n - tail for u, n, tail in zip(cell, self.cell_shape, self.tail, strict=True)
        )
        return State.TAIL if in_tail else State.GAP

    def named(self, figure: str, *rest: str) -> str:
        """Return the name of a figure of this setting."""
        sizes = "x".join(map(str, self.input_shape))
        return "-".join((self.spec.name, figure, sizes, *rest))


def _ascending(one: int, other: int) -> tuple[int, int]:
    """Return two indices in ascending order: a flipped kernel reads its last tap first."""
    return min(one, other), max(one, other)


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
    return Setting(derivation, shape, texts.about(derivation.spec))
