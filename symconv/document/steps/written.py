"""The gradient of a small image, every entry written out."""

from __future__ import annotations

from itertools import groupby

from symconv.document.abridge import shown
from symconv.document.blocks import Paragraph, Reach, Step, equation, message
from symconv.document.notation import sizes_of
from symconv.document.scene import Scene


def written_out(scene: Scene) -> Step:
    """Return every entry of de/dx for the image of the document."""
    read = [cell for cell in scene.cells if scene.meetings(cell)]
    rows = [list(row) for _, row in groupby(read, key=lambda cell: cell[:-1])]
    formulas = shown(
        *([equation(scene.gathered[cell], scene.cell_terms(cell)) for cell in row] for row in rows)
    )
    unread = len(scene.cells) - len(read)
    rest = (
        Paragraph(
            message(
                "The other {count} cells are read by no window: their gradients are 0.",
                count=unread,
            )
        ),
    )
    return Step(
        name="written-out",
        title=message("The whole gradient of a small image"),
        blocks=(
            Paragraph(
                message(
                    "An input of {image} cells has {outputs} outputs, and the formulas of the "
                    "phases give, cell by cell,",
                    image=sizes_of(scene.input_shape),
                    outputs=sizes_of(scene.output_shape),
                )
            ),
            *formulas.blocks,
            *(rest if unread else ()),
        ),
        reason=message("Block and phase of every cell are put into the formula of its phase."),
        reach=Reach.EXACT,
        appendix=formulas.appendix,
    )
