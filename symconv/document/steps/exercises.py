"""Exercises with solutions, made from the sizes and computed."""

from __future__ import annotations

from symconv.document.blocks import (
    Display,
    Exercise,
    Paragraph,
    Reach,
    Step,
    equation,
    message,
)
from symconv.document.notation import index_of, listed, sizes_of
from symconv.document.scene import Scene
from symconv.sizes import Shape


def exercises(scene: Scene) -> Step:
    """Return exercises on sizes, meetings, gradients, strides and the adjoint."""
    return Step(
        name="exercises",
        title=message("Exercises"),
        blocks=(
            _sizes(scene),
            *(_about_cells(scene, scene.busiest) if scene.busiest else ()),
            strides(scene),
            _forgotten(scene),
            _adjoint(scene),
        ),
        reason=message("Every solution is computed from the derivation."),
        reach=Reach.EXACT,
    )


def _sizes(scene: Scene) -> Exercise:
    """How many outputs, how many cells unread."""
    shape = tuple(n + 3 + axis for axis, n in enumerate(scene.input_shape))
    return Exercise(
        question=(
            Paragraph(
                message(
                    "How many outputs does an input of {image} cells have, and how many of its "
                    "cells does no window read because they lie behind the last one?",
                    image=sizes_of(shape),
                )
            ),
        ),
        solution=(
            Paragraph(
                message(
                    "There are {outputs} outputs. Behind the last window lie, along each axis, "
                    "{tail} cells.",
                    outputs=sizes_of(scene.spec.output_shape(shape)),
                    tail=listed(scene.tail(shape)),
                )
            ),
        ),
    )


def _about_cells(scene: Scene, busiest: Shape) -> tuple[Exercise, Exercise]:
    """What reads one cell, and the gradient of the last cell that is read."""
    last = max(cell for cell in scene.cells if scene.meetings(cell))
    return _meetings(scene, busiest), _gradient(scene, last)


def _meetings(scene: Scene, cell: Shape) -> Exercise:
    """Which outputs read a cell, through which taps."""
    reads = scene.meetings(cell)
    return Exercise(
        question=(
            Paragraph(
                message(
                    "In the image of {image} cells: which outputs read the cell {cell}, and "
                    "through which taps?",
                    image=sizes_of(scene.input_shape),
                    cell=index_of(cell),
                )
            ),
        ),
        solution=(
            Paragraph(
                message(
                    "It lies in block {block} and phase {phase}. The outputs are {outputs}, "
                    "through the taps {taps}, in this order.",
                    block=index_of(scene.derivation.phases.locate(cell)[0]),
                    phase=index_of(scene.derivation.phases.locate(cell)[1].residues),
                    outputs=listed([index_of(output) for output, _ in reads]),
                    taps=listed([index_of(tap) for _, tap in reads]),
                )
            ),
        ),
    )


def _gradient(scene: Scene, cell: Shape) -> Exercise:
    """The gradient of one cell."""
    return Exercise(
        question=(
            Paragraph(
                message("Write down {gradient} for the same image.", gradient=scene.gathered[cell])
            ),
        ),
        solution=(Display((equation(scene.gathered[cell], scene.cell_terms(cell)),)),),
    )


def strides(scene: Scene) -> Exercise:
    """From which stride on windows no longer overlap."""
    extent = scene.spec.kernel_shape
    return Exercise(
        question=(
            Paragraph(
                message(
                    "Keep the kernel of {kernel} entries, without dilation. From which stride on "
                    "does no cell belong to two windows, and from which one on are cells left out "
                    "between them?",
                    kernel=sizes_of(extent),
                )
            ),
        ),
        solution=(
            Paragraph(
                message(
                    "Along each axis windows stop overlapping when the stride is as large as the "
                    "kernel, {kernel}, and leave gaps when it is larger: {gapped}.",
                    kernel=listed(extent),
                    gapped=listed([k + 1 for k in extent]),
                )
            ),
        ),
    )


def _forgotten(scene: Scene) -> Exercise:
    """A formula that takes one window only: is it right?"""
    tables = scene.derivation.phases.axes
    first = tuple(min(phase.residue for phase in table.phases) for table in tables)
    phase = next(phase for phase in scene.derivation.phases if phase.residues == first)
    term, cell = scene.phase_terms(phase)[0], scene.phase_cell(phase)
    others = len(phase.taps) - 1
    right = message(
        "It is right: exactly one tap reaches this phase, so one window reads each of its cells."
    )
    wrong = message(
        "No. {count} taps reach this phase, and {missing} of their products are missing; the "
        "claim holds only where those outputs do not exist. In full,",
        count=others + 1,
        missing=others,
    )
    full = Display((equation(scene.gathered[cell], scene.phase_terms(phase)),))
    return Exercise(
        question=(
            Paragraph(
                message(
                    "Somebody claims that at the cells {cell} the gradient is the single product "
                    "{term}. Is this right?",
                    cell=index_of(cell),
                    term=term,
                )
            ),
        ),
        solution=(Paragraph(wrong), full) if others else (Paragraph(right), full),
    )


def _adjoint(scene: Scene) -> Exercise:
    """The adjoint identity, in numbers."""
    products = scene.met
    return Exercise(
        question=(
            Paragraph(
                message(
                    "Check a gradient without a formula: add up (output − bias) · upstream "
                    "gradient over all outputs, input · gradient over all cells, and kernel · "
                    "gradient over all taps. Why must the three sums be equal, and what are they "
                    "if every entry of input, kernel and upstream gradient is 1?"
                )
            ),
        ),
        solution=(
            Paragraph(
                message(
                    "Each of them adds up the products of an upstream gradient, a tap and the "
                    "input it reads, over all outputs and taps, only grouped in another way. With "
                    "ones it is the number of these products inside the image, {products}.",
                    products=products,
                )
            ),
        ),
    )
