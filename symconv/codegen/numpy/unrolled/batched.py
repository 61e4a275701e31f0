"""The unrolled batched kernel: a product of matrices of channels a tap, a term a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from symconv.codegen.kernel import KernelRequest
from symconv.codegen.numpy.batched import matrices_of
from symconv.codegen.numpy.copying import copying_of
from symconv.codegen.numpy.module import shapes_of, sizes_of
from symconv.codegen.numpy.unrolled.contexts import CellSums, ChannelAxes, UnrolledBatched
from symconv.codegen.numpy.unrolled.header import docstrings_of, unrolled_header
from symconv.codegen.numpy.unrolled.layout import layout_of
from symconv.codegen.numpy.unrolled.phases import (
    axis_frame,
    gathered_sizes,
    phases_in_rows,
    phases_of_axis,
    row_frame,
    rows_of,
)
from symconv.codegen.numpy.unrolled.windows import is_empty, sliced, window_sums, zero_padding
from symconv.codegen.plan.kernel import KernelPlan
from symconv.codegen.spelling.roles import INPUT_SIZES, OUTPUT_SIZES, TAP_LETTERS, Roles, roles_of
from symconv.codegen.spelling.text import BODY, WIDTH, tuple_of

ARRAYS: Final = (
    "x is input {input}, w is weight {weight}, b is bias (O,), y is the output and dy is "
    "grad_output {output}, with no N for one image alone"
)
FASTER: Final = (
    "{command} --style fast takes less memory for many images, and is much faster where groups "
    "have few channels"
)


def unrolled_batched(
    plan: KernelPlan, request: KernelRequest, *, proof: Sequence[str]
) -> UnrolledBatched:
    """Return what the template of the unrolled batched kernel needs.

    Args:
        plan: what to compute, with the sums over channels.
        request: what was asked for.
        proof: how far the emitted code is checked, line by line.
    """
    roles, shapes = roles_of(plan), shapes_of(plan)
    inputs, outputs = INPUT_SIZES[: plan.axes], OUTPUT_SIZES[: plan.axes]
    return UnrolledBatched(
        header=unrolled_header(
            plan,
            request,
            proof=proof,
            arrays=_arrays(plan, inputs, outputs),
            faster=FASTER.format(command=request.command),
        ),
        docstrings=docstrings_of(plan),
        shapes=shapes,
        axes=_axes(plan),
        transposed=plan.transposed,
        copied=plan.copied,
        input_letters=", ".join(inputs),
        output_letters=", ".join(outputs),
        input_sizes=", ".join(f"{size}: int" for size in inputs),
        input_braces=tuple_of([f"{{{size}}}" for size in inputs]),
        window_letters=", ".join(roles.window_sizes),
        cell_letters=", ".join(roles.cell_sizes),
        channel=-plan.axes - 1,
        first_axis=-plan.axes,
        taps=", ".join(TAP_LETTERS[: plan.axes]),
        smallest=_smallest(plan),
        apart=tuple_of([-1, *[1] * plan.axes]),
        empty=is_empty(plan, roles),
        padding=zero_padding(plan, roles),
        weigh=window_sums(plan, roles),
        gather=_gather(plan, roles),
        flattened=plan.axes > 1,
        within=", ".join(f": cells.shape[{axis}]" for axis in range(-plan.axes, 0)),
        copying=copying_of(plan, leading=["..."]),
    )


def _arrays(plan: KernelPlan, inputs: Sequence[str], outputs: Sequence[str]) -> str:
    per_group = "" if plan.groups == 1 else f"/{plan.groups}"
    first, second = ("C", "O") if plan.transposed else ("O", "C")
    return ARRAYS.format(
        input=tuple_of(["N", "C", *inputs]),
        weight=tuple_of([first, f"{second}{per_group}", *plan.kernel_shape]),
        output=tuple_of(["N", "O", *outputs]),
    )


def _smallest(plan: KernelPlan) -> tuple[str, ...]:
    """Return the statement that makes the shape of the smallest input, as the formatter does."""
    columns = f"{'GROUPS * ' if plan.groups > 1 else ''}np.size(w, 1)"
    channels = "np.size(w, 0)" if plan.transposed else columns
    entries = ["*batch", channels, *sizes_of(plan)[1]]
    line = f"input_shape = {tuple_of(entries)}"
    if len(BODY * 2 + line) <= WIDTH:
        return (line,)
    return ("input_shape = (", *(f"{BODY}{entry}," for entry in entries), ")")


def _axes(plan: KernelPlan) -> ChannelAxes:
    """Return how the axes of channels are spelled.

    Raises:
        DerivationError: a sum is not over the other channel axis of w.
    """
    matrices_of(plan)
    lead, by, times = (["GROUPS"], " // GROUPS", "GROUPS * ") if plan.groups > 1 else ([], "", "")
    first, second = ("channels", "outputs") if plan.transposed else ("outputs", "channels")
    rows, columns = "np.size(w, 0)", f"{times}np.size(w, 1)"
    letters = ("c", "o") if plan.transposed else ("o", "c")
    taps, channel, at = [str(size) for size in plan.kernel_shape], -plan.axes - 1, len(lead)
    matrix = [*lead, f"{first}{by}", f"{second}{by}"]
    tap_axes, group_axes = range(at + 2, at + 2 + plan.axes), range(at)
    last = [*range(plan.axes, plan.axes + at + 2), *range(plan.axes)]
    return ChannelAxes(
        groups=plan.groups if lead else 0,
        weight=tuple_of([first, f"{second}{by}", *taps]),
        by_group=", ".join([*matrix, *taps]),
        by_tap=", ".join([*taps, *matrix]),
        outputs=columns if plan.transposed else rows,
        windows=", ".join([*lead, f"{first}{by}"]),
        cells=", ".join([*lead, f"{second}{by}"]),
        window_axes=f"({channel - 1}, {channel}), (0, 1)" if lead else f"{channel}, 0",
        cell_axes=f"({channel - 1}, {channel}), (0, -1)" if lead else f"{channel}, -1",
        weighing=_listed(*tap_axes, *group_axes, at, at + 1),
        gathering=_listed(*tap_axes, *group_axes, at + 1, at),
        taps_last=_listed(*last),
        weighed_by=" by ".join(letters),
        gathered_by=" by ".join(reversed(letters)),
        rows=", ".join([*lead, f"prod(cells.shape[{at or ''}:-1])", "cells.shape[-1]"]),
    )


def _listed(*axes: int) -> str:
    return ", ".join(map(str, axes))


def _gather(plan: KernelPlan, roles: Roles) -> CellSums:
    """Return the sums of dx (dxp where padding is copied, y of a transposed convolution)."""
    if plan.axes == 1:
        frame, rows = axis_frame(plan, roles), None
        phases = phases_of_axis(plan, roles, frame.framed)
    else:
        layout = layout_of(plan, roles)
        frame, rows = (
            row_frame(plan, roles, layout),
            rows_of(plan, roles, layout, top="", indent=BODY),
        )
        shape = ", ".join([rows.count, *(["plane // row"] if plan.axes > 2 else []), "row"])
        phases = phases_in_rows(
            plan,
            roles,
            layout,
            top="",
            indent=BODY,
            written=lambda cells: f"_put({sliced(plan, roles.gathered, cells)}, s, {shape})",
        )
    return CellSums(
        windows=roles.windows,
        result=roles.gathered,
        shape=", ".join(gathered_sizes(plan, roles)),
        made="empty" if rows and not plan.gapped else "zeros",
        unread=(),
        frame=frame,
        rows=rows,
        phases=phases,
    )
