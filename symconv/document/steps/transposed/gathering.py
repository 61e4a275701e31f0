"""What an output gathers: the deltas resolved, phase by phase, in closed form and written out."""

from __future__ import annotations

from itertools import groupby

from sympy import Basic, Tuple

from symconv.algebra.overlap import ClosedForm
from symconv.algebra.symbols import B, Y
from symconv.document.abridge import shown
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
from symconv.document.choices import Picture
from symconv.document.notation import Cases, Otherwise, every, listed, sizes_of
from symconv.document.scene import Scene
from symconv.document.steps.chain import deltas, divided, taps_table
from symconv.document.steps.closed import closed_sum


def resolved(scene: Scene) -> Step:
    """Return how the deltas are resolved: by the remainder of the output by the stride."""
    return Step(
        name="resolved",
        title=message("The deltas resolved"),
        blocks=(
            Paragraph(
                message(
                    "In {output} a product is left only where every delta is 1, that is where "
                    "{equations}. Divide the output cell{cut} by the stride, into a block and a "
                    "remainder, which is called the phase of the cell:",
                    output=Reference("output"),
                    equations=every(list(deltas(scene))),
                    cut=message(", counted with what is cut off in front,") if scene.padded else "",
                )
            ),
            Display(tuple(divided(scene))),
            Paragraph(
                message(
                    "A tap goes to the cell only if it has the same remainder as the cell, and it "
                    "then does so from exactly one input. This leaves, along each axis:"
                )
            ),
            *(taps_table(scene, axis, message("inputs")) for axis in range(scene.axes)),
            *scene.illustration(Picture.PHASES, message("The phase of each output.")),
        ),
        reason=message(
            "Division with remainder: block and phase of a cell are unique, so that every "
            "solution of the deltas is counted once."
        ),
        reach=Reach.PROVED,
    )


def by_phase(scene: Scene) -> Step:
    """Return the output at the cells of every phase."""
    formulas = shown(
        [
            equation(Y[scene.phase_cell(phase)], (*scene.phase_terms(phase), B))
            for phase in scene.derivation.phases
        ]
    )
    blocks: list[Block] = [Paragraph(_opening(scene)), *formulas.blocks]
    if scene.derivation.phases.gapped:
        blocks.append(
            Paragraph(message("Every other cell lies in a gap between the windows: it is $b$."))
        )
    blocks += scene.illustration(
        Picture.MEETING, message("What meets in one output: inputs and taps.")
    )
    return Step(
        name="by-phase",
        title=message("The output, phase by phase"),
        blocks=tuple(blocks),
        reason=message("The deltas leave one product for each tap of the phase."),
        reach=Reach.PROVED,
        appendix=formulas.appendix,
    )


def _opening(scene: Scene) -> Message:
    if scene.axes == 1:
        return message("For all blocks, and with inputs outside the image counted as 0,")
    return message(
        "Along several axes every tap of one axis goes with every tap of the others. For all "
        "blocks, and with inputs outside the image counted as 0,"
    )


def closed(scene: Scene) -> Step:
    """Return the closed form: a sum with explicit bounds in block, phase and counter."""
    form = scene.derivation.overlap.closed_form
    blocks: list[Block] = [
        Paragraph(
            message(
                "The taps of one phase lie in equal steps. Counted by {counters}, they make one "
                "formula for every cell:",
                counters=listed([axis.counter for axis in form.axes if axis.overlaps]),
            )
            if any(axis.overlaps for axis in form.axes)
            else message("Each phase has at most one tap. This makes one formula for every cell:")
        ),
        Display((equation(scene.y, plus_bias(form), label="closed"),)),
    ]
    if form.definitions:
        definitions = (equation(letter, value) for letter, value in form.definitions.items())
        blocks += [Paragraph(message("with")), Display(tuple(definitions))]
    return Step(
        name="closed-form",
        title=message("The output in closed form"),
        blocks=tuple(blocks),
        reason=message("The sum runs over exactly the taps of the phase of the cell."),
        reach=Reach.PROVED,
    )


def plus_bias(form: ClosedForm) -> Basic:
    """Return a closed form plus b, and b alone where it has no term."""
    total = closed_sum(form)
    if not isinstance(total, Cases):
        return total + B
    value, condition = total.args[0]
    return Cases(Tuple(value + B, condition), Tuple(B, Otherwise()))


def written_out(scene: Scene) -> Step:
    """Return every output for the image of the document."""
    reached = [cell for cell in scene.cells if scene.meetings(cell)]
    rows = [list(row) for _, row in groupby(reached, key=lambda cell: cell[:-1])]
    formulas = shown(
        *([equation(Y[cell], (*scene.cell_terms(cell), B)) for cell in row] for row in rows)
    )
    unreached = len(scene.cells) - len(reached)
    rest = Paragraph(
        message("The other {count} outputs are reached by no input: they are $b$.", count=unreached)
    )
    return Step(
        name="written-out",
        title=message("The whole output of a small image"),
        blocks=(
            Paragraph(
                message(
                    "An input of {image} cells has {outputs} outputs, and the formulas of the "
                    "phases give, output by output,",
                    image=sizes_of(scene.input_shape),
                    outputs=sizes_of(scene.output_shape),
                )
            ),
            *formulas.blocks,
            *((rest,) if unreached else ()),
        ),
        reason=message("Block and phase of every cell are put into the formula of its phase."),
        reach=Reach.EXACT,
        appendix=formulas.appendix,
    )


def unreached(scene: Scene) -> Step:
    """Return which outputs no input reaches: in gaps, and behind or before all windows."""
    blocks: list[Block] = [
        Paragraph(
            message(
                "Along {axis}, no tap reaches the phases {missing}: these outputs lie in the gaps "
                "between the windows, and are $b$.",
                axis=scene.axis_name(axis),
                missing=listed(missing),
            )
        )
        for axis, missing in scene.gaps()
    ] or [Paragraph(message("Every phase has a tap: there are no gaps between the windows."))]
    added = [tuple(max(0, -side) for side in sides) for sides in scene.spec.padding_pairs]
    if any(map(any, added)):
        blocks.append(
            Paragraph(
                message(
                    "The negative padding adds {before} cells before the windows and {after} "
                    "cells after their end, along each axis. Those that no tap reaches are $b$.",
                    before=listed([before for before, _ in added]),
                    after=listed([after for _, after in added]),
                )
            )
        )
    if scene.axes > 1:
        for axis in range(scene.axes):
            blocks += scene.illustration(
                Picture.AXIS,
                message("The windows of the inputs along {axis}.", axis=scene.axis_name(axis)),
                axis=axis,
            )
    return Step(
        name="zero",
        title=message("Outputs that no input reaches"),
        blocks=tuple(blocks),
        reason=message("An output without any product is the bias alone."),
        reach=Reach.PROVED,
    )
