"""The derivation, the overlap cases and the windows of one cell, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any, Final

from sympy import true

from symconv.algebra.affine import Affine
from symconv.algebra.derivation import DerivedGradients
from symconv.algebra.overlap import ClosedForm, general_cases, general_conditions
from symconv.algebra.phases import AxisTable, Phase
from symconv.algebra.symbols import (
    BLOCK_INDEX,
    INPUT_INDEX,
    INPUT_SIZE,
    OUTPUT_INDEX,
    OUTPUT_SIZE,
    TAP_INDEX,
)
from symconv.document.printing import ordered_terms, spell
from symconv.spec import ConvSpec

WIDTH: Final = 92
MAX_LISTED: Final = 256  # products written out before a list is abridged
INDENT: Final = "  "


def derivation_text(derivation: DerivedGradients) -> str:
    """Return the whole derivation: output, derivatives, overlap case, gradients."""
    sections = [
        ("Output", _output_lines(derivation)),
        ("Derivatives of one output", _derivative_lines(derivation)),
        (f"Overlap: {derivation.overlap.name}", _axis_lines(derivation)),
        ("Gradient by the input, phase by phase", _phase_lines(derivation)),
        ("Gradient by the input, closed form", _closed_form_lines(derivation.overlap.closed_form)),
        ("Gradients by the weight and the bias", _parameter_lines(derivation)),
    ]
    return _document(_title(derivation.spec), sections)


def written_out_text(derivation: DerivedGradients, input_shape: Sequence[int]) -> str:
    """Return every entry of y, de/dx, de/dw and de/db for one small input.

    Args:
        derivation: the derivation.
        input_shape: the input sizes (m, n).

    Raises:
        SpecError: a window does not fit, or the image has more than 4096 cells.
    """
    entries = derivation.written_out(input_shape)
    sections = [
        ("Every output", _entry_lines("y", entries.output)),
        ("Every entry of ∂e/∂x", _entry_lines("∂e/∂x", entries.grad_input)),
        ("Every entry of ∂e/∂w", _entry_lines("∂e/∂w", entries.grad_weight)),
        ("The bias", [*_wrapped("∂e/∂b = ", _terms(entries.grad_bias))]),
    ]
    outputs = derivation.spec.output_shape(input_shape)
    tail = derivation.spec.unread_tail(input_shape)
    title = f"Written out for input {_times(input_shape)}, output {_times(outputs)}"
    return _document(title + (f", unread tail {_times(tail)}" if any(tail) else ""), sections)


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
            *_closed_form_lines(case.closed_form, legend=False),
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
    return _document("The overlap cases of a convolution, stride t in both axes", sections)


def spec_cases_text(derivation: DerivedGradients) -> str:
    """Return which overlap case a spec is, axis by axis, and its closed form."""
    sections = [
        (f"Case: {derivation.overlap.name}", _axis_lines(derivation)),
        ("Closed form", _closed_form_lines(derivation.overlap.closed_form)),
    ]
    return _document(_title(derivation.spec), sections)


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
    place = f"x[{_joined(cell)}]"
    located = [
        f"{letter} = {_located(u, table)}"
        for letter, u, table in zip(_names(INPUT_INDEX), cell, derivation.phases.axes, strict=False)
    ]
    products = [f"dy[{_joined(output)}]·w[{_joined(tap)}]" for output, tap in reads]
    windows = [
        f"y[{_joined(output)}] reads it through w[{_joined(tap)}]" for output, tap in reads
    ] or ["no window reads it"]
    count = "1 window" if len(reads) == 1 else f"{len(reads)} windows"
    sections = [
        ("Place", located),
        (f"{count} {'reads' if len(reads) == 1 else 'read'} it", windows),
        ("Gradient", [*_wrapped(f"∂e/∂{place} = ", products or ["0"])]),
    ]
    image = "an image without end" if output_shape is None else f"output {_times(output_shape)}"
    return _document(f"{place} of {_title(derivation.spec)}, {image}", sections)


def _output_lines(derivation: DerivedGradients) -> list[str]:
    indices = _joined(_names(OUTPUT_INDEX)[: derivation.spec.axes])
    lines = [f"y[{indices}] = {spell(derivation.output)}"]
    if len(derivation.taps) <= MAX_LISTED:
        products = [
            f"x[{_joined(_spelled(derivation.reads_through(tap)))}]·w[{_joined(tap)}]"
            for tap in derivation.taps
        ]
        lines += ["", *_wrapped(f"y[{indices}] = ", [*products, "b"])]
    sizes = zip(
        derivation.spec.extent,
        derivation.spec.stride,
        derivation.spec.padding_pairs,
        strict=True,
    )
    ranges = [
        f"0 ≤ {OUTPUT_INDEX[axis]} < {OUTPUT_SIZE[axis]} = "
        f"{_output_size(str(INPUT_SIZE[axis]), lo + hi - e, t)}"
        for axis, (e, t, (lo, hi)) in enumerate(sizes)
    ]
    return [*lines, "", "for " + ", ".join(ranges)]


def _derivative_lines(derivation: DerivedGradients) -> list[str]:
    axes = derivation.spec.axes
    output, cell, tap = (
        _joined(_names(letters)[:axes]) for letters in (OUTPUT_INDEX, INPUT_INDEX, TAP_INDEX)
    )
    read = spell(derivation.grad_weight.function.args[1])
    return [
        f"∂y[{output}]/∂x[{cell}] = {spell(derivation.partials.by_input)}",
        f"∂y[{output}]/∂w[{tap}] = {read}",
        f"∂y[{output}]/∂b = {spell(derivation.partials.by_bias)}",
    ]


def _axis_lines(derivation: DerivedGradients) -> list[str]:
    lines = []
    for axis, table in enumerate(derivation.phases.axes):
        meeting = max(len(phase.taps) for phase in table.phases)
        windows = "1 window" if meeting == 1 else f"up to {meeting} windows"
        gaps = table.stride - len(table.phases)
        lines.append(
            f"{INPUT_INDEX[axis]}: {table.kind}; {windows} at a cell"
            + (f", {gaps} of {table.stride} residues in a gap" if gaps else "")
        )
    return lines


def _phase_lines(derivation: DerivedGradients) -> list[str]:
    lines = [_chain_rule(derivation.spec.axes), *_block_legend(derivation)]
    listed, phases = 0, list(derivation.phases)
    for number, phase in enumerate(phases):
        listed += len(phase.taps)
        if number and listed > MAX_LISTED:
            lines += [
                "",
                f"… and {len(phases) - number} more phases: symconv explain shows any cell",
            ]
            break
        lines += ["", *_one_phase(derivation, phase)]
    if derivation.phases.gapped:
        lines += ["", "every other cell lies in a gap between the windows: ∂e/∂x is 0 there"]
    return lines


def _chain_rule(axes: int) -> str:
    output, cell = (_joined(_names(letters)[:axes]) for letters in (OUTPUT_INDEX, INPUT_INDEX))
    sums = " ".join(f"Σ({letter})" for letter in _names(OUTPUT_INDEX)[:axes])
    return (
        f"∂e/∂x[{cell}] = {sums} dy[{output}]·∂y[{output}]/∂x[{cell}], "
        "with dy = ∂e/∂y, zero outside y"
    )


def _block_legend(derivation: DerivedGradients) -> list[str]:
    residues = []
    for axis, table in enumerate(derivation.phases.axes):
        cell = Affine(1, INPUT_INDEX[axis].name, table.before).spelled()
        block = Affine(table.stride, BLOCK_INDEX[axis].name, 0).spelled()
        residues.append(f"{cell} = {block}{' + phase' if table.stride > 1 else ''}")
    return ["split the cells by their residues: " + ", ".join(residues)]


def _one_phase(derivation: DerivedGradients, phase: Phase) -> Iterator[str]:
    cell = [
        Affine(table.stride, BLOCK_INDEX[axis].name, residue - table.before)
        for axis, (table, residue) in enumerate(
            zip(derivation.phases.axes, phase.residues, strict=True)
        )
    ]
    products = []
    for tap in phase.taps:
        output = [
            Affine(1, BLOCK_INDEX[axis].name, -shift) for axis, shift in enumerate(tap.shifts)
        ]
        products.append(f"dy[{_joined(_spelled(output))}]·w[{_joined(tap.index)}]")
    taps = "1 tap" if len(products) == 1 else f"{len(products)} taps"
    yield f"phase ({_joined(phase.residues)}), {taps}"
    yield from _wrapped(f"∂e/∂x[{_joined(_spelled(cell))}] = ", products)


def _closed_form_lines(form: ClosedForm, *, legend: bool = True) -> list[str]:
    cell = _joined(_names(INPUT_INDEX)[: len(form.axes)])
    sums = [
        f"Σ({spell(axis.counter)} = 0 … {spell(axis.last)})" for axis in form.axes if axis.overlaps
    ]
    lines = [f"∂e/∂x[{cell}] = {' '.join([*sums, spell(form.term)])}"]
    if form.reached != true:
        lines.append(f"where {spell(form.reached)}; ∂e/∂x[{cell}] = 0 elsewhere")
    if legend and form.definitions:
        where = ", ".join(
            f"{spell(key)} = {spell(value)}" for key, value in form.definitions.items()
        )
        lines.append(f"with {where}")
    return lines


def _parameter_lines(derivation: DerivedGradients) -> list[str]:
    tap = _joined(_names(TAP_INDEX)[: derivation.spec.axes])
    return [
        f"∂e/∂w[{tap}] = {spell(derivation.grad_weight)}",
        f"∂e/∂b = {spell(derivation.grad_bias)}",
    ]


def _entry_lines(name: str, entries: Mapping[tuple[int, ...], Any]) -> list[str]:
    return [
        line
        for index, entry in entries.items()
        for line in _wrapped(f"{name}[{_joined(index)}] = ", _terms(entry))
    ]


def _terms(polynomial: Any) -> list[str]:
    return [spell(term) for term in ordered_terms(polynomial)]


def _wrapped(head: str, terms: Sequence[str]) -> Iterator[str]:
    """Yield head + the terms joined by " + ", broken before a plus sign."""
    line = head + terms[0]
    for term in terms[1:]:
        if len(line) + len(term) + 3 > WIDTH:
            yield line
            line = " " * (len(head) - 2) + f"+ {term}"
        else:
            line += f" + {term}"
    yield line


def _document(title: str, sections: Sequence[tuple[str, Sequence[str]]]) -> str:
    lines = [title, "═" * len(title)]
    for heading, body in sections:
        lines += ["", heading, "─" * len(heading)]
        lines += [(INDENT + line).rstrip() for line in body]
    return "\n".join(lines) + "\n"


def _title(spec: ConvSpec) -> str:
    parts = [f"Convolution {_times(spec.kernel_shape)}"]
    for name, sizes in (("stride", spec.stride), ("dilation", spec.dilation)):
        if name == "stride" or prod(sizes) > 1:
            parts.append(f"{name} {sizes[0] if len(set(sizes)) == 1 else _times(sizes)}")
    if any(lo or hi for lo, hi in spec.padding_pairs):
        parts.append("padding " + _times([f"({lo}, {hi})" for lo, hi in spec.padding_pairs]))
    return ", ".join(parts)


def _located(cell: int, table: AxisTable) -> str:
    block, phase = table.locate(cell)
    where = f"{table.stride}·{block} + {phase.residue}" + (
        f" − {table.before}" if table.before else ""
    )
    taps = ", ".join(str(tap.index) for tap in phase.taps) or "none: a gap"
    return f"{cell} = {where}: block {block}, phase {phase.residue}, taps {taps}"


def _output_size(size: str, room: int, stride: int) -> str:
    inner = Affine(1, size, room).spelled(minus="−")
    if stride == 1:
        return Affine(1, size, room + 1).spelled(minus="−")
    return f"⌊{f'({inner})' if ' ' in inner else inner}/{stride}⌋ + 1"


def _spelled(indices: Sequence[Affine]) -> list[str]:
    return [index.spelled(minus="−") for index in indices]


def _names(letters: Sequence[Any]) -> list[str]:
    return [letter.name for letter in letters]


def _joined(entries: Sequence[object]) -> str:
    return ", ".join(map(str, entries))


def _times(sizes: Sequence[object]) -> str:
    return "×".join(map(str, sizes))
