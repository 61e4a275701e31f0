"""Phases of cells that gather windows, unrolled: a term a line, each a slice of the windows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symconv.algebra.affine import Affine
from symconv.algebra.symbols import BLOCK_INDEX
from symconv.codegen.numpy.module import term_of
from symconv.codegen.numpy.spelling import divided_up, lengthened, slice_of
from symconv.codegen.numpy.unrolled.contexts import Frame, Rows, UnrolledPhase
from symconv.codegen.numpy.unrolled.layout import (
    Layout,
    begins_with,
    blocks_of,
    first_blocks,
    layout_of,
)
from symconv.codegen.numpy.unrolled.windows import product_of, sliced
from symconv.codegen.plan.kernel import KernelPlan, PhasePlan, TermPlan
from symconv.codegen.spelling.formulas import array_entry
from symconv.codegen.spelling.roles import Roles
from symconv.codegen.spelling.text import BODY, Term, entry, tuple_of


def gathered_sizes(plan: KernelPlan, roles: Roles) -> list[str]:
    """Return how many cells are gathered, per axis."""
    sizes = zip(roles.cell_sizes, plan.gathered, strict=True)
    return [lengthened(size, sum(more)) for size, more in sizes]


def phases_in_rows(
    plan: KernelPlan,
    roles: Roles,
    layout: Layout,
    *,
    top: str,
    indent: str,
    written: Callable[[Sequence[str]], str],
) -> tuple[UnrolledPhase, ...]:
    """Return the sums `s` of all phases, of windows in rows that lie end to end.

    Args:
        plan: what to compute.
        roles: the names of the arrays.
        layout: how the windows lie in memory.
        top: the first K of a strip, "" where there are no strips.
        indent: of the statements.
        written: returns the statement that writes the sum to slices of the cells.
    """

    def term(term: TermPlan, place: int) -> Term:
        read = sliced(plan, roles.windows, [layout.slice_at([at.constant for at in term.index])])
        code = f"s {'+' if place else ''}= {product_of(plan, read, term)}"
        return term_of(code, _window(plan, roles, term), indent=indent)

    differ = first_blocks(plan) is None
    return tuple(
        UnrolledPhase(
            heading=_heading(plan, roles, phase),
            moved=_moved(phase, layout, top) if differ else "",
            terms=tuple(term(each, place) for place, each in enumerate(phase.terms)),
            written=written(_cells(plan, phase)),
        )
        for phase in plan.phases
    )


def phases_of_axis(plan: KernelPlan, roles: Roles, framed: str) -> tuple[UnrolledPhase, ...]:
    """Return the sums of all phases of one axis, added to the cells term by term.

    Args:
        plan: what to compute.
        roles: the names of the arrays.
        framed: the array of the windows between zeros.
    """
    (size,), (t,), (more,), (border,) = roles.cell_sizes, plan.stride, plan.gathered, plan.border

    def added(phase: PhasePlan, term: TermPlan) -> str:
        (cells,), (index,) = phase.cells, term.index
        count = divided_up(size, t, add=sum(more) - cells.first)
        read = sliced(plan, framed, [slice_of(border + cells.block + index.constant, count)])
        return (
            f"{sliced(plan, roles.gathered, _cells(plan, phase))} += {product_of(plan, read, term)}"
        )

    return _phases(plan, roles, added)


def is_apart(plan: KernelPlan) -> bool:
    """Return whether each cell is read by one window at most, and no window reads padding."""
    alone = all(len(phase.terms) == 1 for phase in plan.phases)
    return alone and not plan.copied and max(*plan.before, *plan.after) <= 0


def phases_apart(plan: KernelPlan, roles: Roles) -> tuple[UnrolledPhase, ...]:
    """Return the products of all phases with one tap, of all windows at once."""
    reads = {term.tap: term.index for term in plan.taps}

    def made(_: PhasePlan, term: TermPlan) -> str:
        cells = [
            slice_of(read.constant, size, step=read.slope)
            for read, size in zip(reads[term.tap], roles.window_sizes, strict=True)
        ]
        target, weight = entry(roles.gathered, cells), entry("w", term.tap)
        return f"np.multiply({roles.windows}, {weight}, out={target})"

    return _phases(plan, roles, made)


def is_tiled(plan: KernelPlan) -> bool:
    """Return whether all cells up to the last window are read, once each."""
    return is_apart(plan) and not plan.gapped and not any((*plan.before, *plan.after))


def unread_behind(plan: KernelPlan, roles: Roles) -> tuple[str, ...]:
    """Return the statements that set to 0 the cells behind the last window of a tiled plane."""
    axes = zip(roles.window_sizes, plan.stride, strict=True)
    return tuple(
        f"{entry(roles.gathered, [*[':'] * axis, f'{t} * {size} :'])} = 0  # behind the last window"
        for axis, (size, t) in enumerate(axes)
        if t > 1
    )


def first_windows(plan: KernelPlan, roles: Roles, layout: Layout, *, top: str, indent: str) -> Term:
    """Return the statement that says where the windows (K, L) of the first cells lie.

    Args:
        plan: what to compute.
        roles: the names of the arrays.
        layout: how the windows lie in memory.
        top: as in phases_in_rows.
        indent: of the statement.
    """
    blocks = first_blocks(plan) or (0,) * plan.axes
    at = [border + block for border, block in zip(plan.border, blocks, strict=True)]
    place = layout.moved(at).removeprefix(" + ") or "0"
    if top:
        first = Affine(1, top, at[0]).spelled()
        place = f"{layout.steps[0]} * {f'({first})' if at[0] else first}"
        place += layout.moved((0, *at[1:]))
    window = array_entry(plan, roles.windows, [letter.name for letter in BLOCK_INDEX[: plan.axes]])
    note = f"{window} for {begins_with(_from_top(blocks, top))}"
    return term_of(f"{ends(plan)[0]} = {place}", note, indent=indent)


def rows_of(plan: KernelPlan, roles: Roles, layout: Layout, *, top: str, indent: str) -> Rows:
    """Return how the windows lie in memory; their ends are those of all rows.

    Args:
        plan: what to compute.
        roles: the names of the arrays.
        layout: how the windows lie in memory.
        top: as in phases_in_rows.
        indent: of the statement that says where the first windows lie.
    """
    size, t, more = roles.cell_sizes[0], plan.stride[0], sum(plan.gathered[0])
    value, step, (first, stop) = divided_up(size, t, add=more), layout.steps[0], ends(plan)
    count = size if value == size else f"{step}s"
    *outer, row, column = (letter.name for letter in BLOCK_INDEX[: plan.axes])
    above, here = (
        array_entry(plan, roles.windows, [*outer, at, column]) for at in (f"{row} - 1", row)
    )
    return Rows(
        steps=layout.defined,
        note=f"{above} lies a row before {here}",
        counted="" if value == size else f"{count} = {value}",
        count=count,
        step=step,
        part="",
        first=first_windows(plan, roles, layout, top=top, indent=indent),
        stop=f"{stop} = {first} + {step} * {count}",
    )


def row_frame(plan: KernelPlan, roles: Roles, layout: Layout) -> Frame:
    """Return the windows of several axes between zeros."""
    filled = f"{sliced(plan, 'frame', layout.inside)} = {roles.windows}"
    return Frame(roles.windows, "frame", ", ".join(layout.frame), term_of(filled, "", indent=BODY))


def axis_frame(plan: KernelPlan, roles: Roles) -> Frame:
    """Return the windows of one axis between zeros."""
    layout = layout_of(plan, roles)
    framed, letter = f"{roles.windows}p", BLOCK_INDEX[0].name
    moved = array_entry(plan, framed, [Affine(1, letter, plan.border[0]).spelled()])
    note = f"{moved} is {array_entry(plan, roles.windows, [letter])}"
    filled = f"{sliced(plan, framed, layout.inside)} = {roles.windows}"
    return Frame(roles.windows, framed, layout.frame[0], term_of(filled, note, indent=BODY))


def ends(plan: KernelPlan) -> tuple[str, str]:
    """Return what the ends of the first windows are called: a and b, if those of all phases."""
    return ("a", "b") if first_blocks(plan) else ("start", "stop")


def _phases(
    plan: KernelPlan, roles: Roles, statement: Callable[[PhasePlan, TermPlan], str]
) -> tuple[UnrolledPhase, ...]:
    """Return phases whose terms are statements that write to the cells."""

    def term(phase: PhasePlan, term: TermPlan) -> Term:
        return term_of(statement(phase, term), _window(plan, roles, term), indent=BODY)

    return tuple(
        UnrolledPhase(
            heading=_heading(plan, roles, phase),
            moved="",
            terms=tuple(term(phase, each) for each in phase.terms),
            written="",
        )
        for phase in plan.phases
    )


def _cells(plan: KernelPlan, phase: PhasePlan) -> list[str]:
    """Return the slices of a phase's cells, per axis."""
    cells = zip(phase.cells, plan.stride, strict=True)
    return [":" if t == 1 else f"{each.first}::{t}" for each, t in cells]


def _moved(phase: PhasePlan, layout: Layout, top: str) -> str:
    """Return the statement that moves a:b to the windows of a phase's first cells."""
    blocks = blocks_of(phase)
    by = layout.moved(blocks)
    return f"a, b = start{by}, stop{by}  # {begins_with(_from_top(blocks, top))}"


def _from_top(blocks: Sequence[int], top: str) -> list[object]:
    return [Affine(1, top, blocks[0]).spelled() if top else blocks[0], *blocks[1:]]


def _heading(plan: KernelPlan, roles: Roles, phase: PhasePlan) -> str:
    cell = array_entry(plan, roles.gathered, [cells.index.spelled() for cells in phase.cells])
    count = "1 tap" if len(phase.terms) == 1 else f"{len(phase.terms)} taps"
    return f"Phase {tuple_of(phase.residues)}: {cell}, {count}"


def _window(plan: KernelPlan, roles: Roles, term: TermPlan) -> str:
    return array_entry(plan, roles.windows, [index.spelled() for index in term.index])
