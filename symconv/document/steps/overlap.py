"""When windows overlap, and which of the cases this is."""

from __future__ import annotations

from symconv.algebra.overlap import general_cases, general_conditions
from symconv.algebra.phases import AxisTable
from symconv.algebra.symbols import INPUT_INDEX
from symconv.document.blocks import (
    Block,
    Display,
    Message,
    Paragraph,
    Reach,
    Step,
    Table,
    Value,
    equation,
    message,
)
from symconv.document.choices import Picture
from symconv.document.notation import DX
from symconv.document.scene import Scene
from symconv.document.steps.closed import closed_sum


def overlap(scene: Scene) -> Step:
    """Return how the windows lie along each axis, and the name of the case."""
    blocks: list[Block] = [
        Paragraph(_about_transposed(scene) if scene.spec.transposed else _about(scene)),
        _axes_table(scene),
        Paragraph(
            message(
                "So this is the case: {case}.", case=case_name(scene.derivation.overlap.overlaps)
            )
        ),
        *scene.illustration(Picture.OVERLAP, _caption(scene)),
    ]
    return Step(
        name="overlap",
        title=message("Overlapping windows"),
        blocks=tuple(blocks),
        reason=message(
            "Two windows that follow each other start one stride apart, and each one reaches as "
            "far as its last tap."
        ),
        reach=Reach.PROVED,
    )


def _about(scene: Scene) -> Message:
    if set(scene.spec.dilation) == {1}:
        return message(
            "An input is read by several windows where they overlap. Along one axis with "
            "kernel $p$ and stride $t$ two windows overlap when $t \\leq p - 1$; they tile "
            "the input when $t = p$, and leave gaps between them when $t > p$."
        )
    return message(
        "An input is read by several windows where two of their taps meet. With kernel "
        "$p$, stride $t$ and dilation $d$ they meet when $t / \\gcd(t, d) \\leq p - 1$."
    )


def _about_transposed(scene: Scene) -> Message:
    if set(scene.spec.dilation) == {1}:
        return message(
            "An output is reached by several inputs where their windows overlap. Along one axis "
            "with kernel $p$ and stride $t$ two windows overlap when $t \\leq p - 1$; they tile "
            "the output when $t = p$, and leave gaps between them when $t > p$."
        )
    return message(
        "An output is reached by several inputs where taps of their windows meet. With kernel "
        "$p$, stride $t$ and dilation $d$ they meet when $t / \\gcd(t, d) \\leq p - 1$."
    )


def _caption(scene: Scene) -> Message:
    if scene.spec.transposed:
        return message("How many inputs reach each output.")
    return message("How many windows read each cell of the input.")


def case_name(overlaps: tuple[bool, ...]) -> Message:
    """Return an overlap case in words."""
    if len(overlaps) == 2:
        return {
            (False, False): message("neither rows nor columns overlap"),
            (True, False): message("rows overlap, columns do not"),
            (False, True): message("columns overlap, rows do not"),
            (True, True): message("rows and columns overlap"),
        }[overlaps]
    if len(overlaps) == 1:
        return message("windows overlap") if overlaps[0] else message("windows do not overlap")
    if not any(overlaps):
        return message("no axis overlaps")
    numbers = ", ".join(str(axis) for axis, overlapping in enumerate(overlaps) if overlapping)
    return message("overlap along the axes {numbers}", numbers=numbers)


def _axes_table(scene: Scene) -> Table:
    spec = scene.spec
    dilated = set(spec.dilation) != {1}
    rows: list[tuple[Value, ...]] = []
    for axis, table in enumerate(scene.derivation.phases.axes):
        rows.append(
            (
                scene.axis_name(axis),
                spec.kernel_shape[axis],
                spec.stride[axis],
                *((spec.dilation[axis],) if dilated else ()),
                kind_of(table),
                max(len(phase.taps) for phase in table.phases),
            )
        )
    heads = (
        message("axis"),
        message("kernel"),
        message("stride"),
        *((message("dilation"),) if dilated else ()),
        message("windows"),
        message("most windows at a cell"),
    )
    return Table(heads, tuple(rows))


def kind_of(table: AxisTable) -> Message:
    """Return how the windows lie along one axis, in words."""
    return {
        "overlapping": message("overlapping"),
        "tiling": message("tiling"),
        "gapped": message("with gaps"),
        "overlapping, gapped": message("overlapping, with gaps"),
    }[table.kind]


def general(scene: Scene) -> Step:
    """Return the four cases for all sizes: the map in which this derivation is one place."""
    rows, columns = general_conditions()
    blocks: list[Block] = [
        Paragraph(
            message(
                "For a kernel of $p \\times q$ entries without dilation, one stride $t$ and no "
                "padding, rows overlap when {rows} and columns when {columns}. This makes four "
                "cases, each with its own formula.",
                rows=rows.overlap,
                columns=columns.overlap,
            )
        )
    ]
    for case in general_cases():
        blocks += [
            Paragraph(
                message(
                    "When {name}, that is {condition}:",
                    name=case_name(case.overlaps),
                    condition=case.condition,
                )
            ),
            Display((equation(DX[INPUT_INDEX[:2]], closed_sum(case.closed_form)),)),
        ]
    definitions = general_cases()[-1].closed_form.definitions
    blocks += [
        Paragraph(message("Here, in every case,")),
        Display(tuple(equation(letter, value) for letter, value in definitions.items())),
    ]
    return Step(
        name="general",
        title=message("The four cases for all sizes"),
        blocks=tuple(blocks),
        reason=message("Each axis overlaps or not, whatever the other one does."),
        reach=Reach.PROVED,
    )
