"""The flattened views: convolution as one matrix, and im2col."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Final

from sympy import Expr, IndexedBase, Symbol

from symconv.algebra.symbols import DY, B, W, X, Y
from symconv.document.blocks import (
    Block,
    Display,
    Message,
    Paragraph,
    Reach,
    Reference,
    Step,
    equation,
    message,
)
from symconv.document.notation import (
    DW,
    DX,
    Partial,
    Stacked,
    Times,
    Transposed,
    grid_of,
    sizes_of,
)
from symconv.document.scene import Scene
from symconv.sizes import Shape

MATRIX: Final = Symbol("T")
KERNEL_ROW: Final = IndexedBase("W")
PATCHES: Final = Symbol("C")
MOST_COLUMNS: Final = 12  # of a matrix in the text
TINY: Final = 2  # outputs along each axis of the image that the matrices are shown for


def flattened(scene: Scene) -> Step:
    """Return the matrix T of the convolution, the gradient as its transpose, and im2col."""
    tiny = scene.smallest(TINY)
    return Step(
        name="flattened",
        title=message("Stretched to one dimension"),
        blocks=(
            Paragraph(
                message(
                    "Write the entries of an array in one column, row after row, and call this "
                    "column vec. Since every output is linear in the inputs, there is a matrix "
                    "$T$ with a row for each output and a column for each input, and"
                )
            ),
            Display(
                (
                    equation(Stacked(Y), (Times(MATRIX, Stacked(X)), B), label="matrix"),
                    equation(Stacked(DX), Times(Transposed(MATRIX), Stacked(DY))),
                )
            ),
            Paragraph(
                message(
                    "The entry of $T$ in the row of {y} and the column of {x} is {partial}, which "
                    "{cases} gives. For an input of {image} cells $T$ has the shape "
                    "{shape}{blocks}",
                    y=scene.y,
                    x=X[scene.cell],
                    partial=Partial(scene.y, X[scene.cell]),
                    cases=Reference("cases"),
                    image=sizes_of(tiny.input_shape),
                    shape=sizes_of((prod(tiny.output_shape), prod(tiny.input_shape))),
                    blocks=_about_blocks(scene),
                )
            ),
            *_matrices(tiny),
            *_im2col(tiny),
        ),
        reason=message(
            "The gradient of a linear map is its transpose; the matrix has the derivatives of "
            "the outputs as its entries."
        ),
        reach=Reach.PROVED,
    )


def _about_blocks(scene: Scene) -> Message:
    if scene.axes != 2:
        return message(".")
    if set(scene.spec.stride) == {1}:
        return message(
            ". It is doubly block Toeplitz: its blocks repeat along the diagonals, and so do the "
            "entries within each block."
        )
    return message(
        ". Its blocks repeat along lines that go to the right by one stride for each row of "
        "blocks, and so do the entries within each block."
    )


def _matrices(tiny: Scene) -> list[Block]:
    """Return T, for planes as a matrix of blocks, where it fits on a page."""
    if tiny.axes > 2 or max(tiny.input_shape) > MOST_COLUMNS:
        return []
    bands = [_band(tiny, axis) for axis in range(tiny.axes)]
    if tiny.axes == 1:
        return [_shown(MATRIX, [[0 if r is None else W[r] for r in row] for row in bands[0]])]
    letter = tiny.tap[0]
    blocks = [[0 if r is None else KERNEL_ROW[r] for r in row] for row in bands[0]]
    within = [[0 if s is None else W[letter, s] for s in row] for row in bands[1]]
    return [
        _shown(MATRIX, blocks),
        Paragraph(message("with one block for each row {row} of the kernel,", row=letter)),
        _shown(KERNEL_ROW[letter], within),
    ]


def _shown(name: Expr, rows: Sequence[Sequence[Expr | int]]) -> Display:
    return Display((equation(name, grid_of(rows)),))


def _band(tiny: Scene, axis: int) -> list[list[int | None]]:
    """Return for each output (row) and input (column) of one axis the tap between them."""
    read = tiny.derivation.tap_inputs[axis]
    rows: list[list[int | None]] = []
    for i in range(tiny.output_shape[axis]):
        row: list[int | None] = [None] * tiny.input_shape[axis]
        for r in range(int(read.kernel)):
            through = read.through(axis, r)
            cell = through.slope * i + through.constant
            if 0 <= cell < len(row):
                row[cell] = r
        rows.append(row)
    return rows


def _im2col(tiny: Scene) -> list[Block]:
    blocks: list[Block] = [
        Paragraph(
            message(
                "The view called im2col goes the other way: the matrix $C$ has a row for each "
                "output, with the inputs that its window reads, and a column for each tap. Then"
            )
        ),
        Display(
            (
                equation(Stacked(Y), (Times(PATCHES, Stacked(W)), B)),
                equation(Stacked(DW), Times(Transposed(PATCHES), Stacked(DY))),
            )
        ),
        Paragraph(
            message(
                "For the same input $C$ has the shape {shape}, {entries} entries copied from "
                "{cells} cells.",
                shape=sizes_of((prod(tiny.output_shape), prod(tiny.spec.kernel_shape))),
                entries=prod(tiny.output_shape) * prod(tiny.spec.kernel_shape),
                cells=prod(tiny.input_shape),
            )
        ),
    ]
    if prod(tiny.spec.kernel_shape) <= MOST_COLUMNS // tiny.axes:
        rows = [
            [_entry(tiny, tap, window) for tap in tiny.derivation.taps] for window in tiny.windows
        ]
        blocks.append(_shown(PATCHES, rows))
    return blocks


def _entry(tiny: Scene, tap: Shape, window: Shape) -> Expr | int:
    entry = tiny.read(tap, window)
    return entry if tiny.inside(entry) else 0
