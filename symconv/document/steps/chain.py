"""The chain rule, its deltas resolved, and the gradient phase by phase."""

from __future__ import annotations

from collections.abc import Iterator

from symconv.algebra.gradients import sum_over_outputs
from symconv.algebra.phases import AxisTable
from symconv.algebra.symbols import BLOCK_INDEX, PHASE, X
from symconv.document.abridge import shown
from symconv.document.blocks import (
    Block,
    Display,
    Equation,
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
from symconv.document.notation import DX, Holds, Partial, below, every, listed
from symconv.document.scene import Scene


def chain(scene: Scene) -> Step:
    """Return the chain rule, and what the deltas make of it."""
    by_chain = sum_over_outputs(Partial(scene.y, X[scene.cell]), axes=scene.axes)
    by_deltas = sum_over_outputs(scene.derivation.partials.by_input, axes=scene.axes)
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
                    equations=every(list(_deltas(scene))),
                    padding=message(", counted from the padding on,") if scene.padded else "",
                )
            ),
            Display(tuple(_divided(scene))),
            Paragraph(
                message(
                    "A tap meets the cell only if it has the same remainder as the cell, and it "
                    "then does so for exactly one output. This leaves, along each axis:"
                )
            ),
            *(_taps_table(scene, axis) for axis in range(scene.axes)),
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
            equation(DX[scene.phase_cell(phase)], scene.phase_terms(phase))
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
        title=message("The gradient by the input, phase by phase"),
        blocks=tuple(blocks),
        reason=message("The deltas leave one product for each tap of the phase."),
        reach=Reach.PROVED,
        appendix=formulas.appendix,
    )


def _deltas(scene: Scene) -> Iterator[Holds]:
    for axis, read in enumerate(scene.derivation.equations):
        index = read.stride * scene.window[axis] + read.dilation * scene.tap[axis] + read.offset
        yield Holds(index, scene.cell[axis])


def _divided(scene: Scene) -> Iterator[Equation]:
    for axis, table in enumerate(scene.derivation.phases.axes):
        cell, block, phase = scene.cell[axis] + table.before, BLOCK_INDEX[axis], PHASE[axis]
        if table.stride == 1:
            yield equation(block, cell)
        else:
            whole = table.stride * block + phase
            yield equation(cell, whole, where=(below(phase, table.stride),))


def _taps_table(scene: Scene, axis: int) -> Table:
    table = scene.derivation.phases.axes[axis]
    rows = tuple(_taps_row(scene, axis, table, residue) for residue in range(table.stride))
    return Table(
        heads=(
            message("phase of {cell}", cell=scene.cell[axis]),
            message("cells"),
            message("taps"),
            message("outputs"),
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
