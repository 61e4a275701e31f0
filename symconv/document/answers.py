"""Short answers as text: the overlap cases, and the windows that read one cell."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.algebra.derivation import DerivedGradients
from symconv.algebra.overlap import general_cases, general_conditions
from symconv.algebra.phases import AxisTable
from symconv.algebra.symbols import INPUT_INDEX
from symconv.document.layout import (
    arrays_of,
    axis_lines,
    closed_form_lines,
    framed,
    joined,
    times,
    title_of,
    wrapped,
)
from symconv.document.printing import spell


def cases_text() -> str:
    """Return the four overlap cases of a dense p×q kernel with stride t, for all sizes."""
    rows, columns = general_conditions()
    definitions = general_cases()[-1].closed_form.definitions
    sections: list[tuple[str, list[str]]] = [
        (
            "Letters",
            [
                "x is m×n, w is p×q, the stride is t",
                "dy is ∂e/∂y, zero outside 0 ≤ i < g, 0 ≤ j < h",
                ", ".join(f"{spell(k)} = {spell(v)}" for k, v in definitions.items()),
            ],
        )
    ]
    for case in general_cases():
        lines = [
            f"when {spell(case.condition)}",
            *closed_form_lines(case.closed_form, legend=False),
        ]
        sections.append((f"Case: {case.name}", lines))
    sections.append(
        (
            "Zero gradient",
            [
                f"gaps between rows: {spell(rows.gap)}, between columns: {spell(columns.gap)}",
                f"tiling, neither gap nor overlap: {spell(rows.tiling)}, {spell(columns.tiling)}",
                f"unread tail: the last {spell(rows.tail)} rows, {spell(columns.tail)} columns",
            ],
        )
    )
    return framed("The overlap cases of a convolution, stride t in both axes", sections)


def spec_cases_text(derivation: DerivedGradients) -> str:
    """Return which overlap case a spec is, axis by axis, and its closed form."""
    sections = [
        (f"Case: {derivation.overlap.name}", axis_lines(derivation)),
        (
            "Closed form",
            closed_form_lines(derivation.overlap.closed_form, arrays=arrays_of(derivation.spec)),
        ),
    ]
    return framed(title_of(derivation.spec), sections)


def explain_text(
    derivation: DerivedGradients, cell: Sequence[int], *, input_shape: Sequence[int] | None
) -> str:
    """Return which outputs read one input cell, and through which taps.

    Of a transposed spec it is which inputs reach one output.

    Args:
        derivation: the derivation.
        cell: the input index (u, v); the output index of a transposed spec.
        input_shape: the input sizes, where the image is known; else it has no end.

    Raises:
        SpecError: padding is copied from the input, and its sizes are not given.
    """
    spec = derivation.spec
    outputs = None if input_shape is None else spec.output_shape(input_shape)
    if spec.transposed:
        return _explained_output(derivation, cell, input_shape=input_shape, outputs=outputs)
    reads = derivation.phases.reads(cell, output_shape=outputs, input_shape=input_shape)
    place = f"x[{joined(cell)}]"
    located = _places(derivation, cell, input_shape=input_shape)
    products = [f"dy[{joined(output)}]·w[{joined(tap)}]" for output, tap in reads]
    windows = [
        f"y[{joined(output)}] reads it through w[{joined(tap)}]" for output, tap in reads
    ] or ["no window reads it"]
    count = "1 window" if len(reads) == 1 else f"{len(reads)} windows"
    heading = f"{count} {'reads' if len(reads) == 1 else 'read'} it"
    if derivation.phases.copied:
        heading = f"It or a copy of it is read {len(reads)} times"
    sections = [
        ("Place", located),
        (heading, windows),
        ("Gradient", [*wrapped(f"∂e/∂{place} = ", products or ["0"])]),
    ]
    image = "an image without end" if outputs is None else f"output {times(outputs)}"
    return framed(f"{place} of {title_of(spec)}, {image}", sections)


def _explained_output(
    derivation: DerivedGradients,
    cell: Sequence[int],
    *,
    input_shape: Sequence[int] | None,
    outputs: Sequence[int] | None,
) -> str:
    """Return which inputs of a transposed convolution reach one output."""
    reached = derivation.phases.reads(cell, output_shape=input_shape)
    place = f"y[{joined(cell)}]"
    comings = [f"x[{joined(window)}] comes through w[{joined(tap)}]" for window, tap in reached]
    products = [f"x[{joined(window)}]·w[{joined(tap)}]" for window, tap in reached]
    count = "1 input reaches" if len(reached) == 1 else f"{len(reached)} inputs reach"
    sections = [
        ("Place", _places(derivation, cell, input_shape=None)),
        (f"{count} it", comings or ["no input reaches it"]),
        ("Output", [*wrapped(f"{place} = ", [*products, "b"])]),
    ]
    image = "an image without end" if outputs is None else f"output {times(outputs)}"
    return framed(f"{place} of {title_of(derivation.spec)}, {image}", sections)


def _places(
    derivation: DerivedGradients, cell: Sequence[int], *, input_shape: Sequence[int] | None
) -> list[str]:
    """Return block, phase and taps of a cell along each axis, and those of all its copies."""
    lines = []
    for axis, (u, table) in enumerate(zip(cell, derivation.phases.axes, strict=True)):
        places = (u,) if input_shape is None else table.padded_cells(u, size=input_shape[axis])
        for place in places:
            note = "" if place == u else ", a copy"
            lines.append(f"{INPUT_INDEX[axis].name} = {_located(place, table)}{note}")
    return lines


def _located(cell: int, table: AxisTable) -> str:
    block, phase = table.locate(cell)
    where = f"{table.stride}·{block} + {phase.residue}" + (
        f" − {table.before}" if table.before else ""
    )
    taps = ", ".join(str(tap.index) for tap in phase.taps) or "none: a gap"
    index = str(cell).replace("-", "−")
    return f"{index} = {where}: block {block}, phase {phase.residue}, taps {taps}"
