"""Every entry of a small convolution as an explicit polynomial, written out from its derivation.

Two independent ways lead to the entries: from the windows, through the taps (off dy/dw), and from
the cells, through the phases (off dy/dx). Neither is computed from the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final, Protocol

from sympy import Add

from symconv.algebra.affine import Affine
from symconv.algebra.phases import PhaseTable
from symconv.algebra.symbols import DY, B, W, X
from symconv.errors import SpecError
from symconv.sizes import Shape
from symconv.spec import ConvSpec

MAX_ENTRIES: Final = 4096


@dataclass(frozen=True)
class Letters:
    """What x, w, dy and b stand for when entries are written out, and how they are summed.

    Attributes:
        x, w, dy: looked up by index tuple.
        b: the bias.
        add: the sum of its arguments; 0 without any.
    """

    x: Any
    w: Any
    dy: Any
    b: Any
    add: Callable[..., Any]


SYMPY_LETTERS: Final = Letters(x=X, w=W, dy=DY, b=B, add=Add)


@dataclass(frozen=True)
class WrittenOut:
    """Every entry of a small convolution as an explicit polynomial; keys are index tuples."""

    output: Mapping[Shape, Any]
    grad_input: Mapping[Shape, Any]
    grad_weight: Mapping[Shape, Any]
    grad_bias: Any


class Derived(Protocol):
    """What of a derivation its entries are written out from."""

    @property
    def spec(self) -> ConvSpec:
        """The sizes."""
        ...

    @property
    def phases(self) -> PhaseTable:
        """The phases of the cells."""
        ...

    @property
    def taps(self) -> tuple[Shape, ...]:
        """Every tap."""
        ...

    def reads_through(self, tap: Shape) -> tuple[Affine, ...]:
        """Return the cell that a window meets through a tap."""
        ...


def write_out(derived: Derived, input_shape: Sequence[int], *, letters: Letters) -> WrittenOut:
    """Return every entry of y and of the gradients for one small input.

    Raises:
        SpecError: a window does not fit, or the image has more than 4096 cells.
    """
    spec = derived.spec
    outputs = spec.output_shape(input_shape)
    _check_entries(input_shape, outputs)
    planes = (input_shape, outputs) if spec.transposed else (outputs, input_shape)
    windows, cells = (tuple(product(*map(range, sizes))) for sizes in planes)
    at_windows, at_cells = (letters.x, letters.dy) if spec.transposed else (letters.dy, letters.x)
    w, add = letters.w, letters.add
    by_window: dict[Shape, list[Any]] = {window: [] for window in windows}
    by_tap: dict[Shape, list[Any]] = {tap: [] for tap in derived.taps}
    for tap, window, cell in _meetings(derived, windows, cell_sizes=planes[1]):
        by_window[window].append(at_cells[cell] * w[tap])
        by_tap[tap].append(at_windows[window] * at_cells[cell])
    by_cell = {
        cell: [
            at_windows[window] * w[tap]
            for window, tap in derived.phases.reads(
                cell, output_shape=planes[0], input_shape=planes[1]
            )
        ]
        for cell in cells
    }
    forward, back = (by_cell, by_window) if spec.transposed else (by_window, by_cell)
    return WrittenOut(
        output={place: add(letters.b, *terms) for place, terms in forward.items()},
        grad_input={place: add(*terms) for place, terms in back.items()},
        grad_weight={tap: add(*terms) for tap, terms in by_tap.items()},
        grad_bias=add(*(letters.dy[place] for place in forward)),
    )


def _check_entries(input_shape: Sequence[int], output_shape: Sequence[int]) -> None:
    for sizes in (input_shape, output_shape):
        cells = 1
        for size in sizes:
            cells *= size
        if cells > MAX_ENTRIES:
            raise SpecError(
                f"input_shape must have at most {MAX_ENTRIES} cells to be written out, "
                f"got {tuple(input_shape)}"
            )


def _meetings(
    derived: Derived, windows: Sequence[Shape], *, cell_sizes: Sequence[int]
) -> Iterator[tuple[Shape, Shape, Shape]]:
    """Yield (tap, window, cell) wherever a window meets a cell, or a copy of it."""
    table = derived.phases
    for tap in derived.taps:
        reads = derived.reads_through(tap)
        for window in windows:
            padded = (read.slope * i + read.constant for read, i in zip(reads, window, strict=True))
            cell = table.source(tuple(padded), input_shape=cell_sizes)
            if cell is not None:
                yield tap, window, cell
