"""The batched kernel: images and channels by products of matrices, one term a tap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Final

from symconv.algebra.symbols import IMAGE, INPUT_CHANNEL, OUTPUT_CHANNEL
from symconv.codegen.kernel import KernelRequest
from symconv.codegen.numpy.contexts import BatchedModule, Contraction
from symconv.codegen.numpy.copying import copying_of, pieces_of
from symconv.codegen.numpy.module import shapes_of, term_of
from symconv.codegen.numpy.strategies import (
    ADDED,
    CELLS_ENOUGH,
    ENOUGH_TAPS,
    IN_CACHE,
    NARROW,
    SUMMED,
    SUMMED_FEW,
    TILE,
    WORKSPACE,
)
from symconv.codegen.plan.kernel import KernelPlan, PhasePlan, TermPlan
from symconv.codegen.spelling.formulas import array_entry
from symconv.codegen.spelling.header import header_of
from symconv.codegen.spelling.roles import TAP_LETTERS, Roles, roles_of
from symconv.codegen.spelling.text import BODY, Term, entry, tuple_of
from symconv.errors import DerivationError
from symconv.sizes import Shape

ROW_NEEDED: Final = "or what the windows of one row of one group read if that is more"
WORKSPACE_NEEDED: Final = (
    f"memory: a workspace of {WORKSPACE} entries, {ROW_NEEDED}; beside it arrays like w: one in "
    "forward and grad_input, two in grad_weight; operands of another type are converted first"
)
PADDED_NEEDED: Final = (
    f"grad_input: for the gradient of xp, {WORKSPACE} entries more, or half of a given workspace, "
    "or one image if that is more"
)
INDENT: Final = BODY * 3


def batched_module(
    plan: KernelPlan, request: KernelRequest, *, proof: Sequence[str]
) -> BatchedModule:
    """Return what the template of the batched kernel needs.

    Args:
        plan: what to compute, with the sums over channels.
        request: what was asked for.
        proof: how far the emitted code is checked, line by line.
    """
    roles, (weighing, gathering) = roles_of(plan), matrices_of(plan)
    per_group = "" if plan.groups == 1 else f"/{plan.groups}"
    first, second = ("C", "O") if plan.transposed else ("O", "C")
    of_rows, of_columns = "len({})", "GROUPS * {}.shape[1]"
    return BatchedModule(
        header=header_of(
            plan,
            request,
            proof=proof,
            pair=" and pair of channels",
            workspace=(WORKSPACE_NEEDED, PADDED_NEEDED) if plan.copied else (WORKSPACE_NEEDED,),
        ),
        shapes=shapes_of(plan),
        transposed=plan.transposed,
        copied=plan.copied,
        groups=plan.groups,
        grouped=plan.groups > 1,
        pointwise=_is_pointwise(plan),
        weight_shape=tuple_of((first, f"{second}{per_group}", *plan.kernel_shape)),
        outputs=(of_columns if plan.transposed else of_rows).format("w"),
        channels=(of_rows if plan.transposed else of_columns).format("weight"),
        channel_axis=-plan.axes - 1,
        first_axis=-plan.axes,
        workspace=WORKSPACE,
        in_cache=IN_CACHE,
        summed=SUMMED if prod(plan.kernel_shape) >= ENOUGH_TAPS else SUMMED_FEW,
        cells_enough=CELLS_ENOUGH,
        added=ADDED,
        narrow=NARROW,
        tile=TILE,
        taps="".join(TAP_LETTERS[: plan.axes]),
        keeping=plan.copied and not plan.transposed,
        weigh=(_weigh(plan, roles),),
        weighing_rows=weighing,
        gather=tuple(_gather(plan, roles, phase) for phase in plan.phases),
        gathering_rows=gathering,
        gapped=plan.gapped,
        weights=(_correlate(plan, roles),),
        copying=copying_of(plan, leading=["..."]),
        pieces=pieces_of(plan) if plan.copied else (),
    )


def matrices_of(plan: KernelPlan) -> tuple[str, str]:
    """Return what turns w into the matrices that weigh, and into those that gather.

    They have a row for each channel made, and a column for each one summed over.

    Raises:
        DerivationError: a sum is not over the other channel axis of w.
    """
    if plan.sums is None:
        raise DerivationError("plan must hold the sums over channels, got that of a plane")
    sums = {OUTPUT_CHANNEL: plan.sums.forward, INPUT_CHANNEL: plan.sums.grad_input}
    axes = (OUTPUT_CHANNEL, INPUT_CHANNEL)
    at_windows, at_cells = reversed(axes) if plan.transposed else axes
    found = [(made, *sums[made]) for made in (at_windows, at_cells)]
    if found != [(at_windows, at_cells), (at_cells, at_windows)]:
        raise DerivationError(f"each channel must be summed over the other one, got {plan.sums}")
    if plan.sums.grad_weight != (IMAGE,):
        raise DerivationError(f"sums must be those of a convolution, got {plan.sums}")
    return "", ".swapaxes(1, 2)"


def _is_pointwise(plan: KernelPlan) -> bool:
    """Return whether every output reads the one input cell of its own index."""
    sizes = (plan.kernel_shape, plan.stride, plan.before, plan.after)
    ones, zeros = {1}, {0}
    return all(map(set.__eq__, map(set, sizes), (ones, ones, zeros, zeros)))


def _weigh(plan: KernelPlan, roles: Roles) -> Contraction:
    """Return the sum over all taps of the cells that they read."""
    target = "result" if plan.transposed else "y"
    return Contraction(
        heading="",
        function="_contract",
        target=f"_by_group({target})",
        source=f"_by_group({_array(roles.cells)})",
        copied=plan.copied,
        shifts=not plan.copied and not any((*plan.before, *plan.after)),
        step=tuple_of([read.slope for read in plan.taps[0].index]),
        weights="w",
        terms=tuple(_read(plan, roles, term) for term in plan.taps),
    )


def _correlate(plan: KernelPlan, roles: Roles) -> Contraction:
    """Return the sum over all windows, times the cells that each tap reads."""
    return replace(
        _weigh(plan, roles),
        function="_correlate",
        shifts=False,
        target=f"_by_group({roles.windows})",
        weights="dw",
    )


def _gather(plan: KernelPlan, roles: Roles, phase: PhasePlan) -> Contraction:
    """Return the sum over the taps that reach a phase, of the windows from its first cells on."""
    slices = ["..."] + [
        ":" if t == 1 else f"{cells.first}::{t}"
        for cells, t in zip(phase.cells, plan.stride, strict=True)
    ]
    cell = array_entry(plan, roles.gathered, [cells.index.spelled() for cells in phase.cells])
    count = "1 tap" if len(phase.terms) == 1 else f"{len(phase.terms)} taps"
    starts = [
        tuple(
            cells.block + index.constant
            for cells, index in zip(phase.cells, term.index, strict=True)
        )
        for term in phase.terms
    ]
    return Contraction(
        heading=f"Phase {tuple_of(phase.residues)}: {cell}, {count}.",
        function="_contract",
        target=roles.gathered if set(plan.stride) == {1} else entry(roles.gathered, slices),
        source=roles.windows,
        copied=False,
        shifts=True,
        step=tuple_of([index.slope for index in phase.terms[0].index]),
        weights="w",
        terms=tuple(
            _term(plan, term, start, source=roles.windows)
            for term, start in zip(phase.terms, starts, strict=True)
        ),
    )


def _read(plan: KernelPlan, roles: Roles, term: TermPlan) -> Term:
    start = tuple(read.constant for read in term.index)
    return _term(plan, term, start, source=roles.cells)


def _term(plan: KernelPlan, term: TermPlan, start: Shape, *, source: str) -> Term:
    """Return "((0, 1), (2, 1))," with the entry of the source that it reads."""
    code = f"({tuple_of(start)}, {tuple_of(term.tap)}),"
    note = array_entry(plan, source, [index.spelled() for index in term.index])
    return term_of(code, note, indent=INDENT)


def _array(cells: str) -> str:
    """Return the array whose copies, if any, the cells are."""
    return cells.removesuffix("p")
