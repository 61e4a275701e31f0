"""The derivation as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from symconv.algebra.affine import Affine
from symconv.algebra.derivation import DerivedGradients
from symconv.algebra.phases import Phase
from symconv.algebra.symbols import (
    BLOCK_INDEX,
    INPUT_INDEX,
    INPUT_SIZE,
    OUTPUT_INDEX,
    OUTPUT_SIZE,
    TAP_INDEX,
)
from symconv.document.layout import (
    arrays_of,
    axis_lines,
    closed_form_lines,
    framed,
    joined,
    names,
    spelled,
    times,
    title_of,
    wrapped,
)
from symconv.document.ordering import ordered_terms
from symconv.document.printing import spell
from symconv.document.text_kinds import (
    equation_lines,
    folded_lines,
    padded_lines,
    transposed_gradient_lines,
    transposed_output_lines,
)
from symconv.spec import ConvSpec

MAX_LISTED: Final = 256  # products written out before a list is abridged


def derivation_text(derivation: DerivedGradients) -> str:
    """Return the whole derivation: output, derivatives, overlap case, gradients."""
    spec = derivation.spec
    overlap = (f"Overlap: {derivation.overlap.name}", axis_lines(derivation))
    form = closed_form_lines(derivation.overlap.closed_form, arrays=arrays_of(spec))
    parameters = ("Gradients by the weight and the bias", _parameter_lines(derivation))
    if spec.transposed:
        sections = [
            ("Output", transposed_output_lines(derivation)),
            overlap,
            ("Output, phase by phase", _phase_lines(derivation)),
            ("Output, closed form", form),
            ("Gradient by the input", transposed_gradient_lines(derivation)),
            parameters,
        ]
        return framed(title_of(spec), sections)
    copied = spec.padding_mode != "zeros"
    by = "padded input X" if copied else "input"
    sections = [
        *([("Padded input X", padded_lines(derivation))] if copied else []),
        ("Output", _output_lines(derivation)),
        ("Derivatives of one output", _derivative_lines(derivation)),
        overlap,
        (f"Gradient by the {by}, phase by phase", _phase_lines(derivation)),
        (f"Gradient by the {by}, closed form", form),
        *([("Gradient folded back to the input", folded_lines(derivation))] if copied else []),
        parameters,
    ]
    return framed(title_of(spec), sections)


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
        ("The bias", [*wrapped("∂e/∂b = ", _terms(entries.grad_bias))]),
    ]
    outputs = derivation.spec.output_shape(input_shape)
    tail = derivation.spec.unread_tail(input_shape)
    title = f"Written out for input {times(input_shape)}, output {times(outputs)}"
    return framed(title + (f", unread tail {times(tail)}" if any(tail) else ""), sections)


def _output_lines(derivation: DerivedGradients) -> list[str]:
    indices = joined(names(OUTPUT_INDEX)[: derivation.spec.axes])
    lines = [f"y[{indices}] = {spell(derivation.output)}"]
    cells = arrays_of(derivation.spec).cells
    if len(derivation.taps) <= MAX_LISTED:
        products = [
            f"{cells}[{joined(spelled(derivation.reads_through(tap)))}]·w[{joined(tap)}]"
            for tap in derivation.taps
        ]
        lines += ["", *wrapped(f"y[{indices}] = ", [*products, "b"])]
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
        joined(names(letters)[:axes]) for letters in (OUTPUT_INDEX, INPUT_INDEX, TAP_INDEX)
    )
    read = spell(derivation.grad_weight.function.args[1])
    cells = arrays_of(derivation.spec).cells
    return [
        f"∂y[{output}]/∂{cells}[{cell}] = {spell(derivation.partials.by_input)}",
        f"∂y[{output}]/∂w[{tap}] = {read}",
        f"∂y[{output}]/∂b = {spell(derivation.partials.by_bias)}",
    ]


def _phase_lines(derivation: DerivedGradients) -> list[str]:
    spec, arrays = derivation.spec, arrays_of(derivation.spec)
    opening = equation_lines(derivation) if spec.transposed else [_chain_rule(spec)]
    lines = [*opening, *_block_legend(derivation)]
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
        rest = f"{arrays.gathered} is {arrays.bias or 0} there"
        lines += ["", f"every other cell lies in a gap between the windows: {rest}"]
    return lines


def _chain_rule(spec: ConvSpec) -> str:
    axes, place = spec.axes, arrays_of(spec).cells
    output, cell = (joined(names(letters)[:axes]) for letters in (OUTPUT_INDEX, INPUT_INDEX))
    sums = " ".join(f"Σ({letter})" for letter in names(OUTPUT_INDEX)[:axes])
    return (
        f"∂e/∂{place}[{cell}] = {sums} dy[{output}]·∂y[{output}]/∂{place}[{cell}], "
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
    products, arrays = [], arrays_of(derivation.spec)
    for tap in phase.taps:
        output = [
            Affine(1, BLOCK_INDEX[axis].name, -shift) for axis, shift in enumerate(tap.shifts)
        ]
        products.append(f"{arrays.sent}[{joined(spelled(output))}]·w[{joined(tap.index)}]")
    taps = "1 tap" if len(products) == 1 else f"{len(products)} taps"
    yield f"phase ({joined(phase.residues)}), {taps}"
    terms = [*products, arrays.bias] if arrays.bias else products
    yield from wrapped(f"{arrays.gathered}[{joined(spelled(cell))}] = ", terms)


def _parameter_lines(derivation: DerivedGradients) -> list[str]:
    tap = joined(names(TAP_INDEX)[: derivation.spec.axes])
    return [
        f"∂e/∂w[{tap}] = {spell(derivation.grad_weight)}",
        f"∂e/∂b = {spell(derivation.grad_bias)}",
    ]


def _entry_lines(name: str, entries: Mapping[tuple[int, ...], Any]) -> list[str]:
    return [
        line
        for index, entry in entries.items()
        for line in wrapped(f"{name}[{joined(index)}] = ", _terms(entry))
    ]


def _terms(polynomial: Any) -> list[str]:
    return [spell(term) for term in ordered_terms(polynomial)]


def _output_size(size: str, room: int, stride: int) -> str:
    inner = Affine(1, size, room).spelled(minus="−")
    if stride == 1:
        return Affine(1, size, room + 1).spelled(minus="−")
    return f"⌊{f'({inner})' if ' ' in inner else inner}/{stride}⌋ + 1"
