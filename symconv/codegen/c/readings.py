"""KernelPlan -> readings: which cells the cells of a result read, as tables of a batched kernel.

Cell number i of a result reads cell step * i + start of the source through a tap. With
start = step * quotient + residue, all taps of one residue read one frame, at its cell i + quotient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from symconv.codegen.c.batched_contexts import Reading
from symconv.codegen.c.rows import tap_number
from symconv.codegen.c.spelling import term
from symconv.codegen.plan.kernel import KernelPlan, PhasePlan, TermPlan
from symconv.codegen.spelling.formulas import array_entry, weight_entry
from symconv.codegen.spelling.text import tuple_of
from symconv.sizes import Shape

INDENT: Final = 4


@dataclass(frozen=True)
class TapStart:
    """What a tap reads for cell number 0 of a result: its number, the cell, the product."""

    number: int
    start: Shape
    note: str


def forward_reading(plan: KernelPlan) -> Reading:
    """Return what y reads of x, which grad_weight sums over, too."""
    starts = [
        TapStart(
            tap_number(each.tap, plan.kernel_shape),
            tuple(index.constant for index in each.index),
            _product(plan, "x", each),
        )
        for each in plan.taps
    ]
    ones, zeros = (1,) * plan.axes, (0,) * plan.axes
    return _reading(
        starts,
        name="forward",
        heading="What y reads of x.",
        steps=plan.stride,
        to=zeros,
        to_step=ones,
        kernel_shape=plan.kernel_shape,
    )


def phase_reading(plan: KernelPlan, phase: PhasePlan, number: int) -> Reading:
    """Return what the cells of one phase of dx read of dy."""
    starts = [
        TapStart(
            tap_number(each.tap, plan.kernel_shape),
            tuple(
                cells.block + index.constant
                for cells, index in zip(phase.cells, each.index, strict=True)
            ),
            _product(plan, "dy", each),
        )
        for each in phase.terms
    ]
    cell = array_entry(plan, "dx", [cells.index.spelled() for cells in phase.cells])
    return _reading(
        starts,
        name=f"phase{number}",
        heading=f"Phase {tuple_of(phase.residues)}: what {cell} reads of dy.",
        steps=(1,) * plan.axes,
        to=tuple(cells.first for cells in phase.cells),
        to_step=plan.stride,
        kernel_shape=plan.kernel_shape,
    )


def _product(plan: KernelPlan, source: str, term: TermPlan) -> str:
    """Return "x[n, c, 2i, 2j + 1] * w[o, c, 1, 2]"."""
    cell = array_entry(plan, source, [index.spelled() for index in term.index])
    return f"{cell} * {weight_entry(plan, term.tap)}"


def _reading(
    starts: Sequence[TapStart],
    *,
    name: str,
    heading: str,
    steps: Shape,
    to: Shape,
    to_step: Shape,
    kernel_shape: Shape,
) -> Reading:
    split = [
        [divmod(cell, step) for cell, step in zip(each.start, steps, strict=True)]
        for each in starts
    ]
    residues = [tuple(residue for _, residue in pairs) for pairs in split]
    quotients = [tuple(quotient for quotient, _ in pairs) for pairs in split]
    first = tuple(map(min, zip(*quotients, strict=True)))
    span = tuple(
        max(each) - low for each, low in zip(zip(*quotients, strict=True), first, strict=True)
    )
    frames = sorted(set(residues))
    offsets = [tuple(q - low for q, low in zip(each, first, strict=True)) for each in quotients]
    taps = sorted(
        (frames.index(residue), offset, each.number, each.note)
        for residue, offset, each in zip(residues, offsets, starts, strict=True)
    )
    lines = _lines([(frame, offset) for frame, offset, _, _ in taps])
    vectors = {"step": steps, "start": first, "span": span, "to": to, "to_step": to_step}
    return Reading(
        name=name,
        heading=heading,
        residues=", ".join(map(_braced, frames)),
        taps=tuple(
            term(
                f"{{ {number}, {frame}, {_braced(offset)} }},",
                note,
                indent=INDENT,
            )
            for frame, offset, number, note in taps
        ),
        lines=", ".join(map(_braced, lines)),
        numbers=(
            *((word, _braced(vector)) for word, vector in vectors.items()),
            ("frames", str(len(frames))),
            ("taps", str(len(taps))),
            ("lines", str(len(lines))),
        ),
    )


def _lines(places: Sequence[tuple[int, Shape]]) -> list[tuple[int, int]]:
    """Return (first tap, count) of the taps that lie side by side along the last axis."""
    lines: list[tuple[int, int]] = []
    for number, (frame, offset) in enumerate(places):
        before = places[number - 1] if number else None
        if before == (frame, (*offset[:-1], offset[-1] - 1)):
            first, count = lines[-1]
            lines[-1] = (first, count + 1)
        else:
            lines.append((number, 1))
    return lines


def _braced(numbers: Sequence[int]) -> str:
    return f"{{ {', '.join(map(str, numbers))} }}"
