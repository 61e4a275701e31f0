"""The batched kernel: images and channels by products of matrices, one term a tap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sympy import Symbol

from symconv.algebra.symbols import IMAGE, INPUT_CHANNEL, OUTPUT_CHANNEL
from symconv.codegen.numpy.contexts import BatchedModule, Contraction, Term
from symconv.codegen.numpy.module import BODY, header_of, letters_of, shapes_of, term_of
from symconv.codegen.numpy.spelling import entry, tuple_of
from symconv.codegen.plan import KernelPlan, PhasePlan, TermPlan
from symconv.codegen.request import KernelRequest
from symconv.errors import DerivationError
from symconv.sizes import Shape

WORKSPACE: Final = "2**20"
IN_CACHE: Final = "2**17"
ROW_NEEDED: Final = "or what the windows of one row of one group read if that is more"
WORKSPACE_NEEDED: Final = (
    f"workspace: {WORKSPACE} entries, {ROW_NEEDED}; grad_weight needs two more arrays like dw",
)
INDENT: Final = BODY * 3
WEIGHT_AXES: Final = (OUTPUT_CHANNEL, INPUT_CHANNEL)


def batched_module(
    plan: KernelPlan, request: KernelRequest, *, proof: Sequence[str]
) -> BatchedModule:
    """Return what the template of the batched kernel needs.

    Args:
        plan: what to compute, with the sums over channels.
        request: what was asked for.
        proof: how far the emitted code is checked, line by line.
    """
    if plan.sums is None:
        raise DerivationError("plan must hold the sums over channels, got that of a plane")
    columns = "C" if plan.groups == 1 else f"C/{plan.groups}"
    rows_of_weight = _rows(plan.sums.forward, made=OUTPUT_CHANNEL)
    if rows_of_weight or plan.sums.grad_weight != (IMAGE,):
        raise DerivationError(f"sums must be those of a convolution, got {plan.sums}")
    return BatchedModule(
        header=header_of(
            plan,
            request,
            formulas=_formulas(plan),
            proof=proof,
            pair=" and pair of channels",
            workspace=WORKSPACE_NEEDED,
        ),
        shapes=shapes_of(plan),
        groups=plan.groups,
        grouped=plan.groups > 1,
        pointwise=_is_pointwise(plan),
        weight_shape=tuple_of(("O", columns, *plan.kernel_shape)),
        channel_axis=-plan.axes - 1,
        first_axis=-plan.axes,
        workspace=WORKSPACE,
        in_cache=IN_CACHE,
        forward=(_taps(plan, "_contract", target="_by_group(y)", matrix="w"),),
        input_rows=_rows(plan.sums.grad_input, made=INPUT_CHANNEL),
        gapped=plan.gapped,
        phases=tuple(_phase(plan, phase) for phase in plan.phases),
        weights=(_taps(plan, "_correlate", target="_by_group(dy)", matrix="dw"),),
    )


def _formulas(plan: KernelPlan) -> tuple[str, ...]:
    """Return y, dx, dw and db; with groups, o and c number the channels of one group."""
    if plan.sums is None:
        return ()
    cell, output, tap, read, meets = letters_of(plan)
    n, o, c = IMAGE.name, OUTPUT_CHANNEL.name, INPUT_CHANNEL.name
    y_sum, dx_sum, dw_sum, db_sum = (", ".join(map(str, letters)) for letters in plan.sums)
    per_group = f"C/{plan.groups} input channels {c} and O/{plan.groups} output channels {o}"
    grouped = (f"in each of the {plan.groups} groups of {per_group}:",)
    x_read, w_tap = f"x[{n}, {c}, {read}]", f"w[{o}, {c}, {tap}]"
    dy_at = f"dy[{n}, {o}, {output}]"
    return (
        *(grouped if plan.groups > 1 else ()),
        f"y[{n}, {o}, {output}] = b[{o}] + sum over all ({y_sum}, {tap}) of {x_read} * {w_tap}",
        f"dx[{n}, {c}, {cell}] = sum over all {dx_sum} and {meets} of {dy_at} * {w_tap}",
        f"dw[{o}, {c}, {tap}] = sum over all ({dw_sum}, {output}) of {dy_at} * {x_read}",
        f"db[{o}] = sum over all ({db_sum}, {output}) of {dy_at}",
    )


def _rows(summed: tuple[Symbol, ...], *, made: Symbol) -> str:
    """Return what turns w into matrices with a row for each channel made, a column for each summed.

    Raises:
        DerivationError: the sum is not over the other channel axis of w.
    """
    if {made, *summed} != set(WEIGHT_AXES) or len(summed) != 1:
        raise DerivationError(f"sum for {made} must be over one channel letter, got {summed}")
    return "" if (made, *summed) == WEIGHT_AXES else ".swapaxes(1, 2)"


def _is_pointwise(plan: KernelPlan) -> bool:
    """Return whether every output reads the one input cell of its own index."""
    sizes = (plan.kernel_shape, plan.stride, plan.before, plan.after)
    ones, zeros = {1}, {0}
    return all(map(set.__eq__, map(set, sizes), (ones, ones, zeros, zeros)))


def _taps(plan: KernelPlan, function: str, *, target: str, matrix: str) -> Contraction:
    """Return the sum over all taps of x, with that matrix for each."""
    terms = [
        (term, tuple(read.constant for read in term.index), matrix, "x", INPUT_CHANNEL)
        for term in plan.taps
    ]
    return Contraction(
        heading="",
        function=function,
        target=target,
        source="_by_group(x)",
        step=tuple_of([read.slope for read in plan.taps[0].index]),
        terms=tuple(_term(*term) for term in terms),
    )


def _phase(plan: KernelPlan, phase: PhasePlan) -> Contraction:
    """Return the sum over the taps that reach a phase, of dy from its first cells on."""
    slices = ["..."] + [
        ":" if t == 1 else f"{cells.first}::{t}"
        for cells, t in zip(phase.cells, plan.stride, strict=True)
    ]
    cell = entry("dx", [IMAGE, INPUT_CHANNEL, *(cells.index.spelled() for cells in phase.cells)])
    count = "1 tap" if len(phase.terms) == 1 else f"{len(phase.terms)} taps"
    terms = [
        (
            term,
            tuple(
                cells.block + index.constant
                for cells, index in zip(phase.cells, term.index, strict=True)
            ),
            "w",
            "dy",
            OUTPUT_CHANNEL,
        )
        for term in phase.terms
    ]
    return Contraction(
        heading=f"Phase {tuple_of(phase.residues)}: {cell}, {count}.",
        function="_contract",
        target="dx" if set(plan.stride) == {1} else entry("dx", slices),
        source="dy",
        step=tuple_of([index.slope for index in phase.terms[0].index]),
        terms=tuple(_term(*term) for term in terms),
    )


def _term(term: TermPlan, start: Shape, matrix: str, source: str, channel: Symbol) -> Term:
    """Return "((0, 1), w[..., 0, 1])," with the entry of the source that it reads."""
    code = f"({tuple_of(start)}, {entry(matrix, ['...', *term.tap])}),"
    note = entry(source, [IMAGE, channel, *(index.spelled() for index in term.index)])
    return term_of(code, note, indent=INDENT)
