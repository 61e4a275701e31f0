"""The flattened views of a transposed convolution: the same matrix, transposed."""

from __future__ import annotations

from math import prod

from symconv.algebra.symbols import DY, B, W, X, Y
from symconv.document.blocks import (
    Display,
    Paragraph,
    Reach,
    Reference,
    Step,
    equation,
    message,
)
from symconv.document.notation import DW, DX, Partial, Stacked, Times, Transposed, sizes_of
from symconv.document.scene import Scene
from symconv.document.steps.flattened import (
    MATRIX,
    PATCHES,
    TINY,
    about_blocks,
    matrices,
    patches,
)


def flattened(scene: Scene) -> Step:
    """Return the output by the transpose of T, the gradient by T, and im2col."""
    tiny = scene.smallest(TINY)
    return Step(
        name="flattened",
        title=message("Stretched to one dimension"),
        blocks=(
            Paragraph(
                message(
                    "Write the entries of an array in one column, row after row, and call this "
                    "column vec. Let $T$ be the matrix of the convolution with the same sizes: a "
                    "row for each input of the transposed one and a column for each output. Then"
                )
            ),
            Display(
                (
                    equation(
                        Stacked(Y), (Times(Transposed(MATRIX), Stacked(X)), B), label="matrix"
                    ),
                    equation(Stacked(DX), Times(MATRIX, Stacked(DY))),
                )
            ),
            Paragraph(
                message(
                    "The entry of $T$ in the row of {x} and the column of {y} is {partial}, which "
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
            Paragraph(
                message(
                    "The view called im2col is one of the gradients here: the matrix $C$ has a row "
                    "for each input, with the upstream gradients in its window, and a column for "
                    "each tap. Then"
                )
            ),
            Display(
                (
                    equation(Stacked(DX), Times(PATCHES, Stacked(W))),
                    equation(Stacked(DW), Times(Transposed(PATCHES), Stacked(X))),
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
            *patches(tiny),
        ),
        reason=message(
            "The gradient of a linear map is its transpose, and the transpose of a transpose is "
            "the matrix itself."
        ),
        reach=Reach.PROVED,
    )
