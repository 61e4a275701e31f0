"""The tap-unrolled plane kernel: one call a sum, its taps in a comment above it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from symconv.codegen.kernel import KernelRequest
from symconv.codegen.numpy.contexts import Call, Count, Gathering, PlaneModule, Weighing
from symconv.codegen.numpy.copying import copying_of
from symconv.codegen.numpy.module import shapes_of
from symconv.codegen.numpy.spelling import (
    called,
    divided_up,
    lengthened,
    shifted,
    slice_of,
    unpacked,
)
from symconv.codegen.numpy.strategies import (
    BAND,
    BLAS,
    DOUBLE,
    FEW_ROWS,
    KEPT,
    LONG_ROW,
    MANY,
    STRIP,
    few_products,
)
from symconv.codegen.plan.kernel import AxisCells, KernelPlan, PhasePlan, TermPlan
from symconv.codegen.plan.progression import progression
from symconv.codegen.spelling.formulas import read_formula
from symconv.codegen.spelling.header import header_of
from symconv.codegen.spelling.roles import (
    CELL_LETTERS,
    TAP_LETTERS,
    WINDOW_LETTERS,
    Roles,
    roles_of,
)
from symconv.codegen.spelling.text import BODY, WIDTH, entry, tuple_of

PLANE_AXES: Final = 2
COPIES_NEEDED = ("memory: forward and grad_weight make the padded input, grad_input its gradient",)


def plane_module(plan: KernelPlan, request: KernelRequest, *, proof: Sequence[str]) -> PlaneModule:
    """Return what the template of the tap-unrolled plane kernel needs.

    Args:
        plan: what to compute.
        request: what was asked for.
        proof: how far the emitted code is checked, line by line.
    """
    memory = COPIES_NEEDED if plan.copied else ()
    rows = _rows_of_many(plan)
    gather = _gathering(plan, roles_of(plan))
    counted = (("functools", "lru_cache"), ("math", "prod")) if gather.scatter else ()
    return PlaneModule(
        header=header_of(plan, request, proof=proof, workspace=memory),
        shapes=shapes_of(plan),
        imports=(*counted, ("operator", "add, index, mul")),
        strip=STRIP,
        long_row=LONG_ROW,
        blas=BLAS,
        many=MANY,
        few_rows=FEW_ROWS,
        band=BAND,
        few=_few(plan),
        double=DOUBLE,
        kept=KEPT,
        summed=len(plan.taps) > 1,
        lined=bool(rows),
        rowed=any(count >= FEW_ROWS for count in rows),
        banded=any(count < FEW_ROWS for count in rows),
        scaled=len(plan.taps) == 1,
        transposed=plan.transposed,
        copied=plan.copied,
        weigh=_weighing(plan, roles_of(plan)),
        gather=gather,
        copying=copying_of(plan),
    )


def _few(plan: KernelPlan) -> int:
    """Return up to how many products are scattered; none where that is never faster."""
    return few_products([len(phase.terms) for phase in plan.phases])


def _rows_of_many(plan: KernelPlan) -> set[int]:
    """Return the numbers of rows of taps of the sums of many taps: over all, or over a phase's."""
    if plan.axes != PLANE_AXES:
        return set()
    sums = [plan.taps, *(phase.terms for phase in plan.phases)]
    many = [terms for terms in sums if len(terms) >= MANY * terms[0].index[-1].slope]
    return {len({term.tap[0] for term in terms}) for terms in many}


def _weighing(plan: KernelPlan, roles: Roles) -> Weighing:
    """Return how windows weigh the cells that they read."""
    starts = plan.before if plan.copied else plan.cell_border
    frames = [
        lengthened(size, start + max(0, hi))
        for size, start, hi in zip(roles.cell_sizes, plan.cell_border, plan.after, strict=True)
    ]
    return Weighing(
        cells=roles.cells,
        sizes=unpacked(roles.cell_sizes),
        framed=not plan.copied and max(*plan.before, *plan.after) > 0,
        border=tuple_of(plan.cell_border),
        frame=tuple_of(frames),
        sums=(_weighed(plan, roles, starts),),
        products=(_correlated(plan, roles, starts),),
    )


def _weighed(plan: KernelPlan, roles: Roles, starts: Sequence[int]) -> Call:
    """Return the sum over all taps of the cells that they read."""
    window = entry(roles.weighed, WINDOW_LETTERS[: plan.axes])
    comment = _comment(f"{window}, {_counted(plan.taps)}", roles.cells, plan.taps)
    if len(plan.taps) == 1:
        (tap,) = plan.taps
        return Call(comment, _scaled(roles.weighed, roles.cells, _read(tap, roles, starts), tap))
    arguments = [roles.weighed, roles.cells, "w", *_walk(plan.taps, starts)]
    return Call(comment, called("_weigh", arguments))


def _correlated(plan: KernelPlan, roles: Roles, starts: Sequence[int]) -> Call:
    """Return the sum over all windows, times the cells that each tap reads."""
    tap = entry("dw", TAP_LETTERS[: plan.axes])
    window = entry(roles.windows, WINDOW_LETTERS[: plan.axes])
    read = entry(roles.cells, [read_formula(axis, read) for axis, read in enumerate(plan.reads)])
    comment = (f"{tap}, the sum over all {window} of:", f"{window} * {read}")
    arguments = ["dw", roles.cells, roles.windows, *_walk(plan.taps, starts)]
    return Call(comment, called("_correlate", arguments))


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
        sizes=unpacked(roles.cell_sizes),
        shape=tuple_of(roles.cell_sizes),
        windows=roles.windows,
        counts=_counts(plan, roles),
        border=tuple_of(plan.border),
        frame=tuple_of(blocks),
        gapped=plan.gapped,
        phases=tuple(_phase(plan, roles, phase) for phase in plan.phases),
        scatter=_scattered(plan, roles) if _few(plan) > 0 else None,
    )


def _scattered(plan: KernelPlan, roles: Roles) -> Call:
    """Return the sum of all products, each added to the cell that its window reads."""
    read = entry(roles.gathered, [read_formula(axis, read) for axis, read in enumerate(plan.reads)])
    window = entry(roles.windows, WINDOW_LETTERS[: plan.axes])
    comment = (f"{read} += {window} * {entry('w', TAP_LETTERS[: plan.axes])}",)
    starts = plan.before if plan.copied else (0,) * plan.axes
    arguments = [roles.gathered, roles.windows, "w", *_walk(plan.taps, starts)]
    return Call(comment, called("_scatter", arguments, indent=BODY * 2))


def _counts(plan: KernelPlan, roles: Roles) -> tuple[Count, ...]:
    """Return the numbers of cells, along each axis, of the phases with one tap."""
    needed = {
        (axis, cells)
        for phase in plan.phases
        for axis, cells in enumerate(phase.cells)
        if len(phase.terms) == 1 and (plan.stride[axis] > 1 or any(plan.gathered[axis]))
    }
    return tuple(
        Count(
            _count_name(plan, roles, axis, cells),
            divided_up(roles.cell_sizes[axis], t, add=sum(plan.gathered[axis]) - cells.first),
            f"cells {CELL_LETTERS[axis]} = {cells.index.spelled()}",
        )
        for axis, (phases, t) in enumerate(zip(plan.axis_cells, plan.stride, strict=True))
        for cells in phases
        if (axis, cells) in needed
    )


def _phase(plan: KernelPlan, roles: Roles, phase: PhasePlan) -> Call:
    """Return the sum over the taps that reach a phase, of the windows that they shift to it."""
    cell = entry(roles.gathered, [cells.index.spelled() for cells in phase.cells])
    heading = f"Phase {tuple_of(phase.residues)}: {cell}, {_counted(phase.terms)}"
    comment = _comment(heading, roles.windows, phase.terms)
    slices = [
        ":" if t == 1 else f"{cells.first}::{t}"
        for cells, t in zip(phase.cells, plan.stride, strict=True)
    ]
    target = roles.gathered if set(plan.stride) == {1} else entry(roles.gathered, slices)
    starts = [cells.block + border for cells, border in zip(phase.cells, plan.border, strict=True)]
    if len(phase.terms) > 1:
        weights = _weights(plan, phase)
        arguments = [target, roles.windows, weights, *_walk(phase.terms, starts)]
        return Call(comment, called("_weigh", arguments))
    (term,) = phase.terms
    read = [
        slice_of(index.constant + start, _count_name(plan, roles, axis, cells))
        for axis, (cells, index, start) in enumerate(
            zip(phase.cells, term.index, starts, strict=True)
        )
    ]
    return Call(comment, _scaled(target, roles.windows, read, term))


def _weights(plan: KernelPlan, phase: PhasePlan) -> str:
    """Return the slice of w that holds the taps of a phase."""
    slices = []
    for axis, size in enumerate(plan.kernel_shape):
        first, step, count = progression([term.tap[axis] for term in phase.terms])
        if count == size:
            slices.append(":")
        elif count == 1:
            slices.append(f"{first}:{first + 1}")
        else:
            slices.append(f"{first}::{step}")
    return "w" if set(slices) == {":"} else entry("w", slices)


def _walk(terms: Sequence[TermPlan], starts: Sequence[int]) -> Iterator[str]:
    """Yield the arguments that say which entry tap a meets at index i: first + step*i + apart*a."""
    walks = []
    for axis, start in enumerate(starts):
        met = {term.tap[axis]: term.index[axis] for term in terms}
        first, apart, _ = progression([met[tap].constant for tap in sorted(met)])
        walks.append((first + start, terms[0].index[axis].slope, apart))
    for name, values in zip(("first", "step", "apart"), zip(*walks, strict=True), strict=True):
        yield f"{name}={tuple_of(values)}"


def _scaled(target: str, source: str, slices: Sequence[str], term: TermPlan) -> tuple[str, ...]:
    """Return the product of cells and the only weight they meet."""
    arguments = [entry(source, slices), entry("w", term.tap), f"out={target}"]
    return called("np.multiply", arguments)


def _read(tap: TermPlan, roles: Roles, starts: Sequence[int]) -> list[str]:
    """Return the slices of the cells that the windows read through a tap."""
    return [
        slice_of(read.constant + start, roles.window_sizes[axis], step=read.slope)
        for axis, (read, start) in enumerate(zip(tap.index, starts, strict=True))
    ]


def _comment(heading: str, source: str, terms: Sequence[TermPlan]) -> tuple[str, ...]:
    """Return the heading, then the products that are summed, each row of taps on its own line."""
    lines: list[str] = []
    for _, taps in groupby(terms, key=lambda term: term.tap[:-1]):
        line = ""
        for term in taps:
            cell = entry(source, [index.spelled() for index in term.index])
            product = f"{cell} * {entry('w', term.tap)}"
            product = f"+ {product}" if line or lines else product
            if line and len(f"{BODY}# {line} {product}") > WIDTH:
                lines.append(line)
                line = ""
            line = f"{line} {product}".lstrip()
        lines.append(line)
    return (f"{heading}:", *lines)


def _counted(terms: Sequence[TermPlan]) -> str:
    return "1 tap" if len(terms) == 1 else f"{len(terms)} taps"


def _count_name(plan: KernelPlan, roles: Roles, axis: int, cells: AxisCells) -> str:
    size = roles.cell_sizes[axis]
    whole = plan.stride[axis] == 1 and not any(plan.gathered[axis])
    return size if whole else f"{size}{cells.first}"
