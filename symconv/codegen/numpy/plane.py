"""The tap-unrolled plane kernel: one slice a tap, one sum a phase."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.codegen.numpy.contexts import Count, Gathering, PlaneModule, Statement, Weighing
from symconv.codegen.numpy.copying import copying_of
from symconv.codegen.numpy.module import header_of, shapes_of, statement_of
from symconv.codegen.numpy.roles import CELL_LETTERS, Roles, roles_of
from symconv.codegen.numpy.spelling import (
    divided_up,
    entry,
    shifted,
    slice_of,
    spanned,
    tuple_of,
)
from symconv.codegen.plan import AxisCells, KernelPlan, PhasePlan, TermPlan
from symconv.codegen.request import KernelRequest

COPIES_NEEDED = ("memory: forward and grad_weight make the padded input, grad_input its gradient",)


def plane_module(plan: KernelPlan, request: KernelRequest, *, proof: Sequence[str]) -> PlaneModule:
    """Return what the template of the tap-unrolled plane kernel needs.

    Args:
        plan: what to compute.
        request: what was asked for.
        proof: how far the emitted code is checked, line by line.
    """
    memory = COPIES_NEEDED if plan.copied else ()
    return PlaneModule(
        header=header_of(plan, request, proof=proof, workspace=memory),
        shapes=shapes_of(plan),
        transposed=plan.transposed,
        copied=plan.copied,
        weigh=_weighing(plan, roles_of(plan)),
        gather=_gathering(plan, roles_of(plan)),
        copying=copying_of(plan),
    )


def _weighing(plan: KernelPlan, roles: Roles) -> Weighing:
    """Return how windows weigh the cells that they read."""
    starts = plan.before if plan.copied else plan.cell_border
    sizes = zip(roles.window_sizes, plan.stride, plan.extent, plan.before, starts, strict=True)
    frames = [spanned(name, t, add=e - t - lo + start) for name, t, e, lo, start in sizes]
    return Weighing(
        cells=roles.cells,
        framed=not plan.copied and max(*plan.before, *plan.after) > 0,
        border=tuple_of(plan.cell_border),
        frame=tuple_of(frames),
        sums=(_weighed(plan, roles, starts),),
        products=_products(plan, roles, starts),
    )


def _weighed(plan: KernelPlan, roles: Roles, starts: Sequence[int]) -> Statement:
    products = []
    for tap in plan.taps:
        note = entry(roles.cells, [read.spelled() for read in tap.index])
        read = entry(roles.cells, _read(tap, roles, starts))
        products.append((f"{read} * {entry('w', tap.tap)}", note))
    target = f"{roles.weighed}[...]" if plan.transposed else roles.weighed
    return statement_of("", target, products)


def _products(plan: KernelPlan, roles: Roles, starts: Sequence[int]) -> tuple[Statement, ...]:
    statements = []
    for tap in plan.taps:
        total = f"_total({roles.windows}, {entry(roles.cells, _read(tap, roles, starts))})"
        statements.append(statement_of("", entry("dw", tap.tap), [(total, "")]))
    return tuple(statements)


def _read(tap: TermPlan, roles: Roles, starts: Sequence[int]) -> list[str]:
    """Return the slices of the cells that the windows read through a tap."""
    return [
        slice_of(read.constant + start, roles.window_sizes[axis], step=read.slope)
        for axis, (read, start) in enumerate(zip(tap.index, starts, strict=True))
    ]


def _gathering(plan: KernelPlan, roles: Roles) -> Gathering:
    """Return how cells gather the windows that read them."""
    blocks = [
        shifted(divided_up(name, t, add=lo + more), border)
        for name, t, lo, (_, more), border in zip(
            roles.cell_sizes, plan.stride, plan.before, plan.gathered, plan.border, strict=True
        )
    ]
    return Gathering(
        cells=roles.gathered,
        windows=roles.windows,
        counts=_counts(plan, roles),
        border=tuple_of(plan.border),
        frame=tuple_of(blocks),
        gapped=plan.gapped,
        phases=tuple(_phase(plan, roles, phase) for phase in plan.phases),
    )


def _counts(plan: KernelPlan, roles: Roles) -> tuple[Count, ...]:
    """Return the number of cells of every phase of every axis that needs a name for it."""
    return tuple(
        Count(
            _count_name(plan, roles, axis, cells),
            divided_up(roles.cell_sizes[axis], t, add=sum(plan.gathered[axis]) - cells.first),
            f"cells {CELL_LETTERS[axis]} = {cells.index.spelled()}",
        )
        for axis, (phases, t) in enumerate(zip(plan.axis_cells, plan.stride, strict=True))
        for cells in phases
        if t > 1 or any(plan.gathered[axis])
    )


def _phase(plan: KernelPlan, roles: Roles, phase: PhasePlan) -> Statement:
    products = []
    for term in phase.terms:
        slices = [
            slice_of(cells.block + index.constant + border, _count_name(plan, roles, axis, cells))
            for axis, (cells, index, border) in enumerate(
                zip(phase.cells, term.index, plan.border, strict=True)
            )
        ]
        note = entry(roles.windows, [index.spelled() for index in term.index])
        products.append((f"{entry(roles.windows, slices)} * {entry('w', term.tap)}", note))
    target = ", ".join(
        ":" if t == 1 else f"{cells.first}::{t}"
        for cells, t in zip(phase.cells, plan.stride, strict=True)
    )
    cell = entry(roles.gathered, [cells.index.spelled() for cells in phase.cells])
    taps = "1 tap" if len(phase.terms) == 1 else f"{len(phase.terms)} taps"
    heading = f"Phase {tuple_of(phase.residues)}: {cell}, {taps}."
    return statement_of(heading, f"{roles.gathered}[{target}]", products)


def _count_name(plan: KernelPlan, roles: Roles, axis: int, cells: AxisCells) -> str:
    size = roles.cell_sizes[axis]
    whole = plan.stride[axis] == 1 and not any(plan.gathered[axis])
    return size if whole else f"{size}{cells.first}"
