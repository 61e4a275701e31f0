"""The flattened views: convolution as one matrix, and im2col."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Final

from sympy import Expr, IndexedBase, Symbol

from symconv.algebra.symbols import DY, XP, B, W, X, Y
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
    DXP,
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
COPYING: Final = Symbol("P")
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
                    equation(
                        Stacked(Y), (Times(MATRIX, Stacked(scene.at_cells)), B), label="matrix"
                    ),
                    equation(Stacked(scene.gathered), Times(Transposed(MATRIX), Stacked(DY))),
                )
            ),
            Paragraph(
                message(
                    "The entry of $T$ in the row of {y} and the column of {x} is {partial}, which "
                    "{cases} gives. For an input of {image} cells $T$ has the shape "
                    "{shape}{blocks}",
                    y=scene.y,
                    x=scene.x,
                    partial=Partial(scene.y, scene.x),
                    cases=Reference("cases"),
                    image=sizes_of(tiny.input_shape),
                    shape=sizes_of((len(tiny.windows), len(tiny.cells))),
                    blocks=about_blocks(scene),
                )
            ),
            *matrices(tiny),
            *_copying(scene),
            *_im2col(tiny),
        ),
        reason=message(
            "The gradient of a linear map is its transpose; the matrix has the derivatives of "
            "the outputs as its entries."
        ),
        reach=Reach.PROVED,
    )


def about_blocks(scene: Scene) -> Message:
    """Return what T looks like: how its blocks repeat."""
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


def matrices(tiny: Scene) -> list[Block]:
    """Return T, for planes as a matrix of blocks, where it fits on a page."""
    if tiny.axes > 2 or max(map(len, tiny.cell_ranges)) > MOST_COLUMNS:
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
    cells = tiny.cell_ranges[axis]
    for i in range(tiny.window_shape[axis]):
        row: list[int | None] = [None] * len(cells)
        for r in range(int(read.kernel)):
            through = read.through(axis, r)
            cell = through.slope * i + through.constant
            if cell in cells:
                row[cells.index(cell)] = r
        rows.append(row)
    return rows


def _copying(scene: Scene) -> list[Block]:
    """Return padding and folding as a matrix and its transpose, where padding is copied."""
    if not scene.copied:
        return []
    return [
        Paragraph(
            message(
                "Copying is linear, too: there is a matrix $P$ with a row for each padded cell and "
                "a column for each input cell. Each row has a single 1, in the column of the cell "
                "that is copied, and folding back is its transpose:"
            )
        ),
        Display(
            (
                equation(Stacked(XP), Times(COPYING, Stacked(X))),
                equation(Stacked(DX), Times(Transposed(COPYING), Stacked(DXP))),
            )
        ),
    ]


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
                shape=sizes_of((len(tiny.windows), prod(tiny.spec.kernel_shape))),
                entries=len(tiny.windows) * prod(tiny.spec.kernel_shape),
                cells=len(tiny.cells),
            )
        ),
    ]
    return [*blocks, *patches(tiny)]


def patches(tiny: Scene) -> list[Block]:
    """Return C, where it fits on a page."""
    if prod(tiny.spec.kernel_shape) > MOST_COLUMNS // tiny.axes:
        return []
    rows = [[_entry(tiny, tap, window) for tap in tiny.derivation.taps] for window in tiny.windows]
    return [_shown(PATCHES, rows)]


def _entry(tiny: Scene, tap: Shape, window: Shape) -> Expr | int:
    place = tiny.place(tap, window)
    return tiny.at_cells[place] if tiny.inside(place) else 0
