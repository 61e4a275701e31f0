"""What the steps of a document are told: the derivation, the image of the examples, the letters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Any, Final

from sympy import Expr, Integer

from symconv.algebra.derivation import DerivedGradients
from symconv.algebra.phases import Phase
from symconv.algebra.symbols import (
    BLOCK_INDEX,
    DY,
    INPUT_INDEX,
    INPUT_SIZE,
    OUTPUT_INDEX,
    OUTPUT_SIZE,
    TAP_INDEX,
    W,
    X,
    Y,
)
from symconv.document.blocks import Illustration, Message, message
from symconv.document.choices import Level, Picture
from symconv.document.notation import DW, DX
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
    if max(prod(input_shape), prod(outputs)) > MAX_CELLS:
        raise SpecError(
            f"input_shape must have at most {MAX_CELLS} cells and as many outputs "
            f"in a document, got {input_shape} with {outputs}"
        )


@dataclass(frozen=True)
class Scene:
    """One derivation, and the small image on which it is written out.

    Attributes:
        derivation: the derivation.
        input_shape: the image, (m, n).
        level: how much to say.
        kernel_source: the NumPy kernel that symconv emits for this spec; empty to leave it out.
    """

    derivation: DerivedGradients
    input_shape: Shape
    level: Level
    kernel_source: str = ""

    @property
    def spec(self) -> ConvSpec:
        """The sizes."""
        return self.derivation.spec

    @property
    def axes(self) -> int:
        """The number of spatial axes."""
        return self.spec.axes

    @cached_property
    def output_shape(self) -> Shape:
        """The outputs of the image, (g, h)."""
        return self.spec.output_shape(self.input_shape)

    @cached_property
    def cells(self) -> tuple[Shape, ...]:
        """Every cell (u, v) of the image, row by row."""
        return tuple(product(*map(range, self.input_shape)))

    @cached_property
    def windows(self) -> tuple[Shape, ...]:
        """Every output (i, j) of the image, row by row."""
        return tuple(product(*map(range, self.output_shape)))

    @property
    def cell(self) -> tuple[Any, ...]:
        """The letters (u, v)."""
        return tuple(INPUT_INDEX[: self.axes])

    @property
    def window(self) -> tuple[Any, ...]:
        """The letters (i, j)."""
        return tuple(OUTPUT_INDEX[: self.axes])

    @property
    def tap(self) -> tuple[Any, ...]:
        """The letters (r, s)."""
        return tuple(TAP_INDEX[: self.axes])

    @property
    def image(self) -> tuple[Any, ...]:
        """The letters (m, n)."""
        return tuple(INPUT_SIZE[: self.axes])

    @property
    def outputs(self) -> tuple[Any, ...]:
        """The letters (g, h)."""
        return tuple(OUTPUT_SIZE[: self.axes])

    @property
    def padded(self) -> bool:
        """Whether any side has padding."""
        return any(lo or hi for lo, hi in self.spec.padding_pairs)

    def smallest(self, outputs: int) -> Scene:
        """Return the scene of the smallest image with at least so many outputs along each axis."""
        sizes = zip(self.spec.stride, self.spec.extent, self.spec.padding_pairs, strict=True)
        shape = tuple(max(1, (outputs - 1) * t + e - lo - hi) for t, e, (lo, hi) in sizes)
        return Scene(self.derivation, shape, self.level)

    def axis_name(self, axis: int) -> Message:
        """Return what an axis is called: rows and columns, or a number."""
        if self.axes == 2:
            return (message("rows"), message("columns"))[axis]
        if self.axes == 1:
            return message("the axis")
        return message("axis {number}", number=axis)

    def read(self, tap: Shape, window: Shape | None = None) -> Expr:
        """Return the input that a tap reads, x[2i + r, ...], of one output or of (i, j)."""
        indices = self.derivation.reads_through(tap)
        at = self.window if window is None else window
        return X[tuple(read.slope * i + read.constant for read, i in zip(indices, at, strict=True))]

    def inside(self, entry: Expr) -> bool:
        """Return whether an entry x[u, v] lies in the image, not in the padding."""
        return all(0 <= u < n for u, n in zip(entry.indices, self.input_shape, strict=True))

    def output_terms(self, window: Shape) -> tuple[Expr, ...]:
        """Return the products x * w of one output of the image, in the order of the taps."""
        reads = ((self.read(tap, window), W[tap]) for tap in self.derivation.taps)
        return tuple(entry * weight for entry, weight in reads if self.inside(entry))

    def meetings(self, cell: Shape) -> tuple[tuple[Shape, Shape], ...]:
        """Return every (output, tap) that reads one cell of the image."""
        return tuple(self.derivation.phases.reads(cell, output_shape=self.output_shape))

    def cell_terms(self, cell: Shape) -> tuple[Expr, ...]:
        """Return the products dy * w that meet in one cell of the image."""
        return tuple(DY[output] * W[tap] for output, tap in self.meetings(cell)) or (Integer(0),)

    @cached_property
    def busiest(self) -> Shape | None:
        """The first of the cells that the most windows read; None if windows read padding only."""
        cell = max(self.cells, key=lambda cell: len(self.meetings(cell)))
        return cell if self.meetings(cell) else None

    def tap_terms(self, tap: Shape) -> tuple[Expr, ...]:
        """Return the products dy * x of one tap, in the order of the outputs."""
        reads = ((DY[window], self.read(tap, window)) for window in self.windows)
        return tuple(dy * entry for dy, entry in reads if self.inside(entry)) or (Integer(0),)

    def phase_terms(self, phase: Phase) -> tuple[Expr, ...]:
        """Return the products dy * w at the cells of one phase, in K and L."""
        return tuple(
            DY[tuple(BLOCK_INDEX[axis] - shift for axis, shift in enumerate(tap.shifts))]
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
    def y(self) -> Expr:
        """The generic output y[i, j]."""
        return Y[self.window]

    @property
    def dx(self) -> Expr:
        """The generic gradient de/dx[u, v]."""
        return DX[self.cell]

    @property
    def dw(self) -> Expr:
        """The generic gradient de/dw[r, s]."""
        return DW[self.tap]
