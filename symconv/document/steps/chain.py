"""The chain rule, its deltas resolved, and the gradient phase by phase."""

from __future__ import annotations

from collections.abc import Iterator

from symconv.algebra.phases import AxisTable
from symconv.algebra.symbols import BLOCK_INDEX, PHASE
from symconv.document.abridge import shown
from symconv.document.blocks import (
    Block,
    Display,
    Equation,
    Message,
    Paragraph,
    Reach,
    Reference,
    Step,
    Table,
    Value,
    equation,
    message,
)
from symconv.document.choices import Picture
from symconv.document.notation import Holds, Partial, below, every, listed
from symconv.document.scene import Scene


def chain(scene: Scene) -> Step:
    """Return the chain rule, and what the deltas make of it."""
    by_chain = scene.over_outputs(Partial(scene.y, scene.x))
    by_deltas = scene.over_outputs(scene.derivation.partials.by_input)
    return Step(
        name="chain",
        title=message("The chain rule"),
        blocks=(
            Paragraph(
                message(
                    "An input acts on $e$ through every output that reads it, so its derivative "
                    "is a sum over all outputs:"
                )
            ),
            Display((equation(scene.dx, by_chain, label="chain"),)),
            Paragraph(message("With the deltas of {deltas} put in,", deltas=Reference("deltas"))),
            Display((equation(scene.dx, by_deltas, label="inserted"),)),
        ),
        reason=message("This is the chain rule for a function of all outputs."),
        reach=Reach.PROVED,
    )


def resolved(scene: Scene) -> Step:
    """Return how the deltas are resolved: by the remainder of the cell by the stride."""
    return Step(
        name="resolved",
        title=message("The deltas resolved"),
        blocks=(
            Paragraph(
                message(
                    "In {inserted} a product is left only where every delta is 1, that is where "
                    "{equations}. Divide the cell{padding} by the stride, into a block and a "
                    "remainder, which is called the phase of the cell:",
                    inserted=Reference("inserted"),
                    equations=every(list(deltas(scene))),
                    padding=message(", counted from the padding on,") if scene.padded else "",
                )
            ),
            Display(tuple(divided(scene))),
            Paragraph(
                message(
                    "A tap meets the cell only if it has the same remainder as the cell, and it "
                    "then does so for exactly one output. This leaves, along each axis:"
                )
            ),
            *(taps_table(scene, axis, message("outputs")) for axis in range(scene.axes)),
            *scene.illustration(Picture.PHASES, message("The phase of each cell.")),
        ),
        reason=message(
            "Division with remainder: block and phase of a cell are unique, so that every "
            "solution of the deltas is counted once."
        ),
        reach=Reach.PROVED,
    )


def by_phase(scene: Scene) -> Step:
    """Return the gradient at the cells of every phase."""
    formulas = shown(
        [
            equation(scene.gathered[scene.phase_cell(phase)], scene.phase_terms(phase))
            for phase in scene.derivation.phases
        ]
    )
    blocks: list[Block] = [
        Paragraph(
            message(
                "Along several axes every tap of one axis goes with every tap of the others. For "
                "all blocks, and with upstream gradients outside the output counted as 0,"
            )
            if scene.axes > 1
            else message(
                "For all blocks, and with upstream gradients outside the output counted as 0,"
            )
        ),
        *formulas.blocks,
    ]
    if scene.derivation.phases.gapped:
        blocks.append(
            Paragraph(
                message("Every other cell lies in a gap between the windows: its gradient is 0.")
            )
        )
    blocks += scene.illustration(
        Picture.MEETING,
        message("What meets in one cell: windows, taps and entries of the upstream gradient."),
    )
    return Step(
        name="by-phase",
        title=message("The gradient by the padded input, phase by phase")
        if scene.copied
        else message("The gradient by the input, phase by phase"),
        blocks=tuple(blocks),
        reason=message("The deltas leave one product for each tap of the phase."),
        reach=Reach.PROVED,
        appendix=formulas.appendix,
    )


def deltas(scene: Scene) -> Iterator[Holds]:
    """Yield the equation of each axis: the deltas are 1 where it holds."""
    for axis, read in enumerate(scene.derivation.equations):
        index = read.stride * scene.window[axis] + read.dilation * scene.tap[axis] + read.offset
        yield Holds(index, scene.cell[axis])


def divided(scene: Scene) -> Iterator[Equation]:
    """Yield what block and phase are, for each axis."""
    for axis, table in enumerate(scene.derivation.phases.axes):
        cell, block, phase = scene.cell[axis] + table.before, BLOCK_INDEX[axis], PHASE[axis]
        if table.stride == 1:
            yield equation(block, cell)
        else:
            whole = table.stride * block + phase
            yield equation(cell, whole, where=(below(phase, table.stride),))


def taps_table(scene: Scene, axis: int, windows: Message) -> Table:
    """Return the taps of every phase of one axis; `windows` is what they join the cells to."""
    table = scene.derivation.phases.axes[axis]
    rows = tuple(_taps_row(scene, axis, table, residue) for residue in range(table.stride))
    return Table(
        heads=(
            message("phase of {cell}", cell=scene.cell[axis]),
            message("cells"),
            message("taps"),
            windows,
        ),
        rows=rows,
    )


def _taps_row(scene: Scene, axis: int, table: AxisTable, residue: int) -> tuple[Value, ...]:
    block = BLOCK_INDEX[axis]
    cells = Holds(scene.cell[axis], table.stride * block + residue - table.before)
    taps = next((phase.taps for phase in table.phases if phase.residue == residue), ())
    if not taps:
        return residue, cells, message("none: a gap"), ""
    return (
        residue,
        cells,
        listed([tap.index for tap in taps]),
        listed([block - tap.shift for tap in taps]),
    )
