"""What the steps of a document are told: the derivation, the image of the examples, the letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Any, Final

from sympy import Expr, IndexedBase, Integer

from symconv.algebra.forward import read_base
from symconv.algebra.gradients import sum_over
from symconv.algebra.phases import Phase
from symconv.algebra.symbols import (
    BLOCK_INDEX,
    DY,
    OUTPUT_SIZE,
    W,
    X,
    Y,
)
from symconv.document.blocks import Illustration, Message
from symconv.document.choices import Level, Picture
from symconv.document.notation import DW, DX, DXP
from symconv.document.planes import Planes
from symconv.document.sizes import smallest_input_shape
from symconv.errors import SpecError
from symconv.sizes import Shape
from symconv.spec import ConvSpec

MAX_CELLS: Final = 1024  # of the image that a document writes out


def check_image(spec: ConvSpec, input_shape: Shape) -> None:
    """Raise if the examples of a document cannot use this image.

    Raises:
        SpecError: a window does not fit into the image, or there is too much to write out.
    """
    outputs = spec.output_shape(input_shape)
    if spec.padding_mode != "zeros":
        sides = zip(input_shape, spec.padding_pairs, strict=True)
        padded = tuple(n + lo + hi for n, (lo, hi) in sides)
        if prod(padded) > MAX_CELLS:
            raise SpecError(
                f"input_shape must have at most {MAX_CELLS} cells with its copied padding "
                f"in a document, got {input_shape} padded to {padded}"
            )
    if max(prod(input_shape), prod(outputs)) > MAX_CELLS:
        raise SpecError(
            f"input_shape must have at most {MAX_CELLS} cells and as many outputs "
            f"in a document, got {input_shape} with {outputs}"
        )


@dataclass(frozen=True)
class Scene(Planes):
    """One derivation, and the small image on which it is written out.

    Attributes:
        derivation: the derivation.
        input_shape: the image, (m, n).
        level: how much to say.
        kernel_source: the NumPy kernel that symconv emits for this spec; empty to leave it out.
    """

    level: Level
    kernel_source: str = ""

    def smallest(self, windows: int) -> Scene:
        """Return the scene of the smallest image with at least so many windows along each axis."""
        return Scene(self.derivation, smallest_input_shape(self.spec, windows=windows), self.level)

    def place(self, tap: Shape, window: Shape | None = None) -> tuple[Expr, ...]:
        """Return the cell that a tap joins to one window or to (i, j): (2i + r, ...)."""
        indices = self.derivation.reads_through(tap)
        at = self.window if window is None else window
        return tuple(read.slope * i + read.constant for read, i in zip(indices, at, strict=True))

    def inside(self, place: Sequence[Any]) -> bool:
        """Return whether a place is a cell, not one of zeros around the cells, or cut off."""
        return all(u in cells for u, cells in zip(place, self.cell_ranges, strict=True))

    def window_terms(self, window: Shape) -> tuple[Expr, ...]:
        """Return the products of cells and taps of one window, in the order of the taps.

        They add up to y - b, or to de/dx if transposed.
        """
        places = ((self.place(tap, window), W[tap]) for tap in self.derivation.taps)
        found = (self.at_cells[place] * weight for place, weight in places if self.inside(place))
        return tuple(found) or (Integer(0),)

    def meetings(self, cell: Shape) -> tuple[tuple[Shape, Shape], ...]:
        """Return every (window, tap) that meets one cell of the image."""
        table = self.derivation.phases.of_padded
        return tuple(table.reads(cell, output_shape=self.window_shape))

    def cell_terms(self, cell: Shape) -> tuple[Expr, ...]:
        """Return the products of windows and taps that meet in one cell.

        They add up to de/dx (de/dX, where padding is copied), or to y - b if transposed.
        """
        products = (self.at_windows[window] * W[tap] for window, tap in self.meetings(cell))
        return tuple(products) or (Integer(0),)

    def copies_of(self, cell: Shape) -> tuple[Expr, ...]:
        """Return de/dX at all padded cells that hold an input cell, itself first."""
        tables = zip(self.derivation.phases.axes, cell, self.input_shape, strict=True)
        places = product(*(table.padded_cells(u, size=n) for table, u, n in tables))
        return tuple(DXP[place] for place in places)

    @cached_property
    def busiest(self) -> Shape | None:
        """The first of the cells that the most windows meet; None if windows meet padding only."""
        cell = max(self.cells, key=lambda cell: len(self.meetings(cell)))
        return cell if self.meetings(cell) else None

    def tap_terms(self, tap: Shape) -> tuple[Expr, ...]:
        """Return the products of windows and cells of one tap, in the order of the windows."""
        meetings = ((self.at_windows[window], self.place(tap, window)) for window in self.windows)
        found = (entry * self.at_cells[place] for entry, place in meetings if self.inside(place))
        return tuple(found) or (Integer(0),)

    @property
    def met(self) -> int:
        """How many products of a window, a tap and a cell there are in the image."""
        return sum(len(self.meetings(cell)) for cell in self.cells)

    def phase_terms(self, phase: Phase) -> tuple[Expr, ...]:
        """Return the products of windows and taps at the cells of one phase, in K and L."""
        return tuple(
            self.at_windows[
                tuple(BLOCK_INDEX[axis] - shift for axis, shift in enumerate(tap.shifts))
            ]
            * W[tap.index]
            for tap in phase.taps
        )

    def phase_cell(self, phase: Phase) -> tuple[Expr, ...]:
        """Return the cell (2K + rho - lo, ...) of one phase."""
        tables = zip(self.derivation.phases.axes, phase.residues, strict=True)
        return tuple(
            table.stride * BLOCK_INDEX[axis] + residue - table.before
            for axis, (table, residue) in enumerate(tables)
        )

    def illustration(
        self, picture: Picture, caption: Message, *, axis: int = 0
    ) -> tuple[Illustration, ...]:
        """Return a figure of the image with its caption; none in a brief document."""
        if self.level == Level.BRIEF:
            return ()
        return (Illustration(picture, self.derivation, self.input_shape, caption, axis),)

    def gaps(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Yield (axis, residues that no tap reaches) of every axis with gaps."""
        for axis, table in enumerate(self.derivation.phases.axes):
            reached = {phase.residue for phase in table.phases}
            missing = tuple(rho for rho in range(table.stride) if rho not in reached)
            if missing:
                yield axis, missing

    @property
    def at_cells(self) -> IndexedBase:
        """What stands at the cells: x, X where padding is copied, de/dy if transposed."""
        return DY if self.spec.transposed else read_base(self.spec)

    @property
    def at_windows(self) -> IndexedBase:
        """What the windows give to the cells: de/dy, or x if transposed."""
        return X if self.spec.transposed else DY

    @property
    def gathered(self) -> IndexedBase:
        """What the cells gather from the windows: de/dx, de/dX, or y if transposed."""
        if self.spec.transposed:
            return Y
        return DXP if self.copied else DX

    def tail(self, input_shape: Shape) -> Shape:
        """Return how many cells lie behind the last window of an image, copied padding counted."""
        if not self.copied:
            return self.spec.unread_tail(input_shape)
        sizes = zip(
            input_shape, self.spec.extent, self.spec.stride, self.spec.padding_pairs, strict=True
        )
        return tuple((n + lo + hi - e) % t for n, e, t, (lo, hi) in sizes)

    def over_outputs(self, factor: Expr) -> Expr:
        """Return the sum of de/dy times a factor over all outputs."""
        letters = self.of_output
        return sum_over(DY[letters] * factor, letters=letters, sizes=OUTPUT_SIZE)

    @property
    def y(self) -> Expr:
        """The generic output y[i, j], or y[u, v] if transposed."""
        return Y[self.of_output]

    @property
    def x(self) -> Expr:
        """The generic input x[u, v] that outputs read, X[u, v] or x[i, j]."""
        return X[self.window] if self.spec.transposed else self.at_cells[self.cell]

    @property
    def dx(self) -> Expr:
        """The generic gradient by what outputs read: de/dx[u, v], de/dX[u, v] or de/dx[i, j]."""
        return (DXP if self.copied else DX)[self.of_input]

    @property
    def dw(self) -> Expr:
        """The generic gradient de/dw[r, s]."""
        return DW[self.tap]
