"""What the texts for a terminal have in common: frames, wrapped sums, titles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Final

from sympy import true

from symconv.algebra.affine import Affine
from symconv.algebra.derivation import DerivedGradients
from symconv.algebra.overlap import ClosedForm
from symconv.algebra.symbols import INPUT_INDEX
from symconv.document.printing import spell
from symconv.spec import ConvSpec

WIDTH: Final = 92
INDENT: Final = "  "


def framed(title: str, sections: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Return a titled text of titled sections."""
    lines = [title, "═" * len(title)]
    for heading, body in sections:
        lines += ["", heading, "─" * len(heading)]
        lines += [(INDENT + line).rstrip() for line in body]
    return "\n".join(lines) + "\n"


def title_of(spec: ConvSpec) -> str:
    """Return a spec in words, the defaults left out."""
    kind = "true convolution" if spec.true_convolution else "convolution"
    kind = (f"transposed {kind}" if spec.transposed else kind).capitalize()
    parts = [f"{kind} {times(spec.kernel_shape)}"]
    for name, sizes in (("stride", spec.stride), ("dilation", spec.dilation)):
        if name == "stride" or prod(sizes) > 1:
            parts.append(f"{name} {sizes[0] if len(set(sizes)) == 1 else times(sizes)}")
    if any(lo or hi for lo, hi in spec.padding_pairs):
        mode = "" if spec.padding_mode == "zeros" else f"{spec.padding_mode} "
        parts.append(f"{mode}padding " + times([f"({lo}, {hi})" for lo, hi in spec.padding_pairs]))
    return ", ".join(parts)


@dataclass(frozen=True)
class Arrays:
    """How texts call the arrays of a derivation.

    Attributes:
        cells: what has an entry for each cell (u, v): x, X or y.
        sent: what the windows give to the cells: dy or x.
        gathered: what the cells gather: ∂e/∂x, ∂e/∂X or y.
        bias: what is added to that: b, or nothing.
    """

    cells: str
    sent: str
    gathered: str
    bias: str = ""


OF_CONVOLUTION: Final = Arrays(cells="x", sent="dy", gathered="∂e/∂x")


def arrays_of(spec: ConvSpec) -> Arrays:
    """Return how the arrays of a spec are called."""
    if spec.transposed:
        return Arrays(cells="y", sent="x", gathered="y", bias="b")
    if spec.padding_mode == "zeros":
        return OF_CONVOLUTION
    return Arrays(cells="X", sent="dy", gathered="∂e/∂X")


def wrapped(head: str, terms: Sequence[str]) -> Iterator[str]:
    """Yield head + the terms joined by " + ", broken before a plus sign."""
    line = head + terms[0]
    for term in terms[1:]:
        if len(line) + len(term) + 3 > WIDTH:
            yield line
            line = " " * (len(head) - 2) + f"+ {term}"
        else:
            line += f" + {term}"
    yield line


def closed_form_lines(
    form: ClosedForm, *, legend: bool = True, arrays: Arrays = OF_CONVOLUTION
) -> list[str]:
    """Return the sum, where it has terms, and what its letters mean."""
    cell = joined(names(INPUT_INDEX)[: len(form.axes)])
    sums = [
        f"Σ({spell(axis.counter)} = 0 … {spell(axis.last)})" for axis in form.axes if axis.overlaps
    ]
    place = f"{arrays.gathered}[{cell}]"
    bias = f" + {arrays.bias}" if arrays.bias else ""
    lines = [f"{place} = {' '.join([*sums, spell(form.term)])}{bias}"]
    if form.reached != true:
        lines.append(f"where {spell(form.reached)}; {place} = {arrays.bias or 0} elsewhere")
    if legend and form.definitions:
        where = ", ".join(
            f"{spell(key)} = {spell(value)}" for key, value in form.definitions.items()
        )
        lines.append(f"with {where}")
    return lines


def axis_lines(derivation: DerivedGradients) -> list[str]:
    """Return how the windows lie along each axis."""
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


def spelled(indices: Sequence[Affine]) -> list[str]:
    """Return affine indices as text."""
    return [index.spelled(minus="−") for index in indices]


def names(letters: Sequence[Any]) -> list[str]:
    """Return the names of letters."""
    return [letter.name for letter in letters]


def joined(entries: Sequence[object]) -> str:
    """Return "0, 1"."""
    return ", ".join(map(str, entries))


def times(sizes: Sequence[object]) -> str:
    """Return "3×5"."""
    return "×".join(map(str, sizes))
