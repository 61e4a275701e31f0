"""The output: one window, weighed tap by tap."""

from __future__ import annotations

from sympy import Basic

from symconv.algebra.symbols import B, W
from symconv.document.blocks import Block, Display, Paragraph, Reach, Step, equation, message
from symconv.document.choices import Picture
from symconv.document.notation import below, every, index_of
from symconv.document.scene import Scene


def output(scene: Scene) -> Step:
    """Return y[i, j] as a sum over the taps, and written out."""
    blocks: list[Block] = [
        Paragraph(
            message(
                "Entry {tap} of the kernel is called a tap. It meets the input {read}, so",
                tap=index_of(scene.tap),
                read=scene.derivation.grad_weight.function.args[1],
            )
        ),
        Display(
            (equation(scene.y, scene.derivation.output, where=_ranges(scene), label="output"),)
        ),
    ]
    if scene.padded and not scene.copied:
        blocks.append(
            Paragraph(
                message(
                    "where $x$ is zero outside {cells}: this is the padding.",
                    cells=_image(scene),
                )
            )
        )
    products = [scene.at_cells[scene.place(tap)] * W[tap] for tap in scene.derivation.taps]
    blocks += [
        Paragraph(message("Written out, tap by tap, this is")),
        Display((equation(scene.y, (*products, B)),)),
        *scene.illustration(Picture.WINDOWS, message("The input and the windows on it.")),
    ]
    return Step(
        name="output",
        title=message("The output"),
        blocks=tuple(blocks),
        reason=message("This is the definition of the convolution."),
        reach=Reach.DEFINITION,
    )


def _ranges(scene: Scene) -> list[Basic]:
    return [below(i, g) for i, g in zip(scene.window, scene.outputs, strict=True)]


def _image(scene: Scene) -> Basic:
    cells = zip(scene.cell, scene.image, strict=True)
    return every([below(u, m) for u, m in cells])
