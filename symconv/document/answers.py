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
    names,
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
    derivation: DerivedGradients, cell: Sequence[int], *, output_shape: Sequence[int] | None
) -> str:
    """Return which outputs read one input cell, and through which taps.

    Args:
        derivation: the derivation.
        cell: the input index (u, v).
        output_shape: the output sizes, where the image is known; else it has no end.
    """
    reads = derivation.phases.reads(cell, output_shape=output_shape)
    place = f"x[{joined(cell)}]"
    located = [
        f"{letter} = {_located(u, table)}"
        for letter, u, table in zip(names(INPUT_INDEX), cell, derivation.phases.axes, strict=False)
    ]
    products = [f"dy[{joined(output)}]·w[{joined(tap)}]" for output, tap in reads]
    windows = [
        f"y[{joined(output)}] reads it through w[{joined(tap)}]" for output, tap in reads
    ] or ["no window reads it"]
    count = "1 window" if len(reads) == 1 else f"{len(reads)} windows"
    sections = [
        ("Place", located),
        (f"{count} {'reads' if len(reads) == 1 else 'read'} it", windows),
        ("Gradient", [*wrapped(f"∂e/∂{place} = ", products or ["0"])]),
    ]
    image = "an image without end" if output_shape is None else f"output {times(output_shape)}"
    return framed(f"{place} of {title_of(derivation.spec)}, {image}", sections)


def _located(cell: int, table: AxisTable) -> str:
    block, phase = table.locate(cell)
    where = f"{table.stride}·{block} + {phase.residue}" + (
        f" − {table.before}" if table.before else ""
    )
    taps = ", ".join(str(tap.index) for tap in phase.taps) or "none: a gap"
    return f"{cell} = {where}: block {block}, phase {phase.residue}, taps {taps}"
