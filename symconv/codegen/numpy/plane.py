"""The tap-unrolled plane kernel: one slice a tap, one sum a phase."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.algebra.affine import Affine
from symconv.codegen.numpy.contexts import Count, PlaneModule, Statement
from symconv.codegen.numpy.module import (
    INPUT_LETTERS,
    INPUT_SIZES,
    OUTPUT_SIZES,
    header_of,
    plane_formulas,
    shapes_of,
    statement_of,
)
from symconv.codegen.numpy.spelling import divided_up, entry, shifted, slice_of, tuple_of
from symconv.codegen.plan import AxisCells, KernelPlan, PhasePlan
from symconv.codegen.request import KernelRequest


def plane_module(plan: KernelPlan, request: KernelRequest, *, proof: Sequence[str]) -> PlaneModule:
    """Return what the template of the tap-unrolled plane kernel needs.

    Args:
        plan: what to compute.
        request: what was asked for.
        proof: how far the emitted code is checked, line by line.
    """
    blocks = [
        shifted(divided_up(name, t, add=lo), border)
        for name, t, lo, border in zip(
            INPUT_SIZES, plan.stride, plan.before, plan.border, strict=False
        )
    ]
    windows = [
        Affine(t, name, e - t).spelled(times=" * ")
        for name, t, e in zip(OUTPUT_SIZES, plan.stride, plan.extent, strict=False)
    ]
    return PlaneModule(
        header=header_of(plan, request, formulas=plane_formulas(plan), proof=proof),
        shapes=shapes_of(plan),
        pads_input=any(plan.before) or any(plan.after),
        input_border=tuple_of(plan.before),
        input_frame=tuple_of(windows),
        forward=(_forward(plan),),
        counts=_counts(plan),
        border=tuple_of(plan.border),
        frame=tuple_of(blocks),
        gapped=plan.gapped,
        phases=tuple(_phase(plan, phase) for phase in plan.phases),
        weights=_weights(plan),
    )


def _forward(plan: KernelPlan) -> Statement:
    products = []
    for tap in plan.taps:
        slices = [
            slice_of(read.constant + lo, OUTPUT_SIZES[axis], step=read.slope)
            for axis, (read, lo) in enumerate(zip(tap.index, plan.before, strict=True))
        ]
        note = entry("x", [read.spelled() for read in tap.index])
        products.append((f"x[{', '.join(slices)}] * {entry('w', tap.tap)}", note))
    return statement_of("", "y", products)


def _weights(plan: KernelPlan) -> tuple[Statement, ...]:
    statements = []
    for tap in plan.taps:
        slices = [
            slice_of(read.constant + lo, OUTPUT_SIZES[axis], step=read.slope)
            for axis, (read, lo) in enumerate(zip(tap.index, plan.before, strict=True))
        ]
        total = f"_total(dy, x[{', '.join(slices)}])"
        statements.append(statement_of("", entry("dw", tap.tap), [(total, "")]))
    return tuple(statements)


def _counts(plan: KernelPlan) -> tuple[Count, ...]:
    """Return the number of cells of every phase of every strided axis."""
    return tuple(
        Count(
            _count_name(axis, cells, t),
            divided_up(INPUT_SIZES[axis], t, add=-cells.first),
            f"cells {INPUT_LETTERS[axis]} = {cells.index.spelled()}",
        )
        for axis, (phases, t) in enumerate(zip(plan.axis_cells, plan.stride, strict=True))
        for cells in phases
        if t > 1
    )


def _phase(plan: KernelPlan, phase: PhasePlan) -> Statement:
    products = []
    for term in phase.terms:
        slices = [
            slice_of(cells.block + index.constant + border, _count_name(axis, cells, t))
            for axis, (cells, index, border, t) in enumerate(
                zip(phase.cells, term.index, plan.border, plan.stride, strict=True)
            )
        ]
        note = entry("dy", [index.spelled() for index in term.index])
        products.append((f"dy[{', '.join(slices)}] * {entry('w', term.tap)}", note))
    target = ", ".join(
        ":" if t == 1 else f"{cells.first}::{t}"
        for cells, t in zip(phase.cells, plan.stride, strict=True)
    )
    cell = entry("dx", [cells.index.spelled() for cells in phase.cells])
    taps = "1 tap" if len(phase.terms) == 1 else f"{len(phase.terms)} taps"
    heading = f"Phase {tuple_of(phase.residues)}: {cell}, {taps}."
    return statement_of(heading, f"dx[{target}]", products)


def _count_name(axis: int, cells: AxisCells, stride: int) -> str:
    return INPUT_SIZES[axis] if stride == 1 else f"{INPUT_SIZES[axis]}{cells.first}"
