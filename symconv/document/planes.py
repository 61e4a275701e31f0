"""The two planes of a document, windows and cells: their sizes, indices and letters.

Windows (i, j) meet cells (u, v) through the taps. A convolution reads its input from the cells;
where its padding is copied, the cells are those of the padded input X. The cells of a transposed
one are its outputs, and its inputs are the windows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from symconv.algebra.derivation import DerivedGradients
from symconv.algebra.symbols import (
    INPUT_INDEX,
    INPUT_SIZE,
    OUTPUT_INDEX,
    OUTPUT_SIZE,
    TAP_INDEX,
)
from symconv.document.blocks import Message, message
from symconv.sizes import Shape
from symconv.spec import ConvSpec


@dataclass(frozen=True)
class Planes:
    """Windows and cells of one derivation on one image.

    Attributes:
        derivation: the derivation.
        input_shape: the image, (m, n).
    """

    derivation: DerivedGradients
    input_shape: Shape

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

    @property
    def cell_shape(self) -> Shape:
        """How many cells there are, without padding: the inputs, or the outputs if transposed."""
        return self.output_shape if self.spec.transposed else self.input_shape

    @property
    def window_shape(self) -> Shape:
        """How many windows there are: the outputs, or the inputs if transposed."""
        return self.input_shape if self.spec.transposed else self.output_shape

    @cached_property
    def cell_ranges(self) -> tuple[range, ...]:
        """The cells along each axis; with copied padding, those of the padded input."""
        pairs = self.spec.padding_pairs if self.copied else ((0, 0),) * self.axes
        sizes = zip(self.cell_shape, pairs, strict=True)
        return tuple(range(-lo, n + hi) for n, (lo, hi) in sizes)

    @cached_property
    def cells(self) -> tuple[Shape, ...]:
        """Every cell (u, v) of the image, row by row; with copied padding, of the padded one."""
        return tuple(product(*self.cell_ranges))

    @cached_property
    def windows(self) -> tuple[Shape, ...]:
        """Every window (i, j) of the image, row by row."""
        return tuple(product(*map(range, self.window_shape)))

    @property
    def inputs(self) -> tuple[Shape, ...]:
        """Every index of the input, row by row."""
        return tuple(product(*map(range, self.input_shape)))

    @property
    def results(self) -> tuple[Shape, ...]:
        """Every index of the output, row by row."""
        return self.cells if self.spec.transposed else self.windows

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
    def of_input(self) -> tuple[Any, ...]:
        """The letters of an index of x."""
        return self.window if self.spec.transposed else self.cell

    @property
    def of_output(self) -> tuple[Any, ...]:
        """The letters of an index of y."""
        return self.cell if self.spec.transposed else self.window

    @property
    def padded(self) -> bool:
        """Whether any side has padding."""
        return any(lo or hi for lo, hi in self.spec.padding_pairs)

    @property
    def copied(self) -> bool:
        """Whether some padding is copied from the input: the windows read X then, not x."""
        return self.spec.padding_mode != "zeros"

    def axis_name(self, axis: int) -> Message:
        """Return what an axis is called: rows and columns, or a number."""
        if self.axes == 2:
            return (message("rows"), message("columns"))[axis]
        if self.axes == 1:
            return message("the axis")
        return message("axis {number}", number=axis)
