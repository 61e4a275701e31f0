"""The unrolled plane kernel: the derivation as code, a term a line, slices and products only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from symconv.codegen.kernel import KernelRequest
from symconv.codegen.numpy.copying import copying_of
from symconv.codegen.numpy.module import shapes_of
from symconv.codegen.numpy.spelling import between
from symconv.codegen.numpy.unrolled.contexts import CellSums, Rows, UnrolledPlane
from symconv.codegen.numpy.unrolled.header import docstrings_of, unrolled_header
from symconv.codegen.numpy.unrolled.layout import Layout, layout_of
from symconv.codegen.numpy.unrolled.phases import (
    axis_frame,
    ends,
    gathered_sizes,
    is_apart,
    is_tiled,
    phases_apart,
    phases_in_rows,
    phases_of_axis,
    row_frame,
    rows_of,
    unread_behind,
)
from symconv.codegen.numpy.unrolled.windows import is_empty, window_sums, zero_padding
from symconv.codegen.plan.kernel import KernelPlan
from symconv.codegen.spelling.roles import INPUT_SIZES, Roles, roles_of
from symconv.codegen.spelling.text import BODY, entry, tuple_of

STRIP_BYTES: Final = "2**18"
"""Bytes of the windows of a strip: they, a sum and a product stay in a cache of 1 MiB."""

ARRAYS: Final = (
    "x is input {input}, w is weight {weight}, b is bias (), y is the output and dy is grad_output "
    "{output}"
)
FEW_TAPS: Final = 9
"""Taps of a phase up to which large planes are summed as fast as by the other style."""

FASTER: Final = "{command} --style fast is faster{below} in forward and grad_weight"


def unrolled_plane(
    plan: KernelPlan, request: KernelRequest, *, proof: Sequence[str]
) -> UnrolledPlane:
    """Return what the template of the unrolled plane kernel needs.

    Args:
        plan: what to compute.
        request: what was asked for.
        proof: how far the emitted code is checked, line by line.
    """
    roles, shapes = roles_of(plan), shapes_of(plan)
    gather = _cell_sums(plan, roles)
    parted = bool(gather.rows and gather.rows.part)
    sizes = {"input": shapes.input, "weight": shapes.kernel, "output": shapes.output}
    few = max(len(phase.terms) for phase in plan.phases) <= FEW_TAPS
    below = " below 112x112 cells, and" if few and plan.axes == 2 else ", most"
    inputs = INPUT_SIZES[: plan.axes]
    return UnrolledPlane(
        header=unrolled_header(
            plan,
            request,
            proof=proof,
            arrays=ARRAYS.format(**sizes),
            faster=FASTER.format(command=request.command, below=below),
        ),
        docstrings=docstrings_of(plan),
        shapes=shapes,
        strip_bytes=STRIP_BYTES if gather.rows else "",
        transposed=plan.transposed,
        copied=plan.copied,
        input_letters=", ".join(inputs),
        input_sizes=", ".join(f"{size}: int" for size in inputs),
        input_braces=tuple_of([f"{{{size}}}" for size in inputs]),
        empty=is_empty(plan, roles),
        flat=plan.axes > 1,
        within=", ".join(f": cells.shape[{axis}]" for axis in range(plan.axes)) if parted else "",
        padding=zero_padding(plan, roles),
        weigh=window_sums(plan, roles),
        gather=gather,
        copying=copying_of(plan),
    )


def _cell_sums(plan: KernelPlan, roles: Roles) -> CellSums:
    """Return the sums of dx (dxp where padding is copied, y of a transposed convolution)."""
    unread: tuple[str, ...] = ()
    if is_apart(plan):
        frame, rows, phases = None, None, phases_apart(plan, roles)
        unread = unread_behind(plan, roles) if is_tiled(plan) else ()
    elif plan.axes == 1:
        frame, rows = axis_frame(plan, roles), None
        phases = phases_of_axis(plan, roles, frame.framed)
    else:
        layout = layout_of(plan, roles)
        frame = row_frame(plan, roles, layout)
        rows = _strips(plan, roles, layout)
        phases = phases_in_rows(
            plan,
            roles,
            layout,
            top="top",
            indent=BODY * 2,
            written=lambda cells: _written(plan, roles, cells),
        )
    return CellSums(
        windows=roles.windows,
        result=roles.gathered,
        shape=tuple_of(gathered_sizes(plan, roles)),
        made="empty" if is_tiled(plan) or (rows and not plan.gapped) else "zeros",
        unread=unread,
        frame=frame,
        rows=rows,
        phases=phases,
    )


def _strips(plan: KernelPlan, roles: Roles, layout: Layout) -> Rows:
    """Return how rows (planes, of three axes) are summed some at a time."""
    rows, (first, stop) = rows_of(plan, roles, layout, top="top", indent=BODY * 2), ends(plan)
    return replace(
        rows,
        part="" if _is_whole(plan) else f"part = {_strip(plan, roles)}",
        stop=f"{stop} = {first} + {rows.step} * min(strip, {rows.count} - top)",
    )


def _written(plan: KernelPlan, roles: Roles, cells: Sequence[str]) -> str:
    """Return the statement that writes the sum to the cells of a phase."""
    rows = "-1, row" if plan.axes == 2 else "-1, plane // row, row"
    if not _is_whole(plan):
        return f"_put({entry('part', cells)}, s.reshape({rows}))"
    kept = [between("", size).strip() for size in gathered_sizes(plan, roles)[1:]]
    return f"{_strip(plan, roles)} = s.reshape({rows})[:, {', '.join(kept)}]"


def _strip(plan: KernelPlan, roles: Roles) -> str:
    """Return the cells of a strip: "dx[2 * top : 2 * (top + strip)]"."""
    t = plan.stride[0]
    cells = f"{t} * top : {t} * (top + strip)" if t > 1 else "top : top + strip"
    return entry(roles.gathered, [cells])


def _is_whole(plan: KernelPlan) -> bool:
    """Return whether there is one phase, whose cells lie side by side."""
    return set(plan.stride) == {1}
