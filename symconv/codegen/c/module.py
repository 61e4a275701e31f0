"""The .c and .h file of a plane kernel: what their templates are given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from symconv.codegen.c.contexts import Apart, CModule, Size
from symconv.codegen.c.gather import forward_gather, grad_input_gather
from symconv.codegen.c.lanes import group_lanes, weight_lanes
from symconv.codegen.c.loops import is_looped, loops_of
from symconv.codegen.c.spelling import declared, sized
from symconv.codegen.c.types import types_of
from symconv.codegen.kernel import KernelRequest
from symconv.codegen.plan.kernel import KernelPlan
from symconv.codegen.spelling.header import header_of
from symconv.codegen.spelling.roles import INPUT_SIZES, OUTPUT_SIZES
from symconv.codegen.spelling.text import bracketed, tuple_of, window_count

LANES: Final = 16
FOLD_AFTER: Final = 64
WORTH_THREADS: Final = 2**15
USUAL_TAPS: Final = 9


def plane_module(plan: KernelPlan, request: KernelRequest, *, proof: Sequence[str]) -> CModule:
    """Return what the templates of the two files need.

    Args:
        plan: what to compute.
        request: what was asked for.
        proof: how far the emitted code is checked, line by line.
    """
    inputs, outputs = INPUT_SIZES[: plan.axes], OUTPUT_SIZES[: plan.axes]
    loops = loops_of(plan) if is_looped(plan) else None
    gathers = () if loops else (forward_gather(plan), grad_input_gather(plan))
    tiles = [case.tile for gather in gathers for case in gather.cases if case.tile]
    weights = group_lanes(plan, group=loops.group) if loops else weight_lanes(plan)
    strides = {tile.stride for tile in tiles} | ({1, weights.stride} if weights.groups else set())
    strides |= {1} if loops else set()
    return CModule(
        header=header_of(plan, request, proof=proof),
        name=request.name,
        guard=guard_of(request),
        types=types_of(request),
        axes=plan.axes,
        inputs=", ".join(inputs),
        outputs=", ".join(outputs),
        input_shape=tuple_of(inputs),
        output_shape=tuple_of(outputs),
        weight_shape=tuple_of(plan.kernel_shape),
        parameters=declared(inputs),
        output_parameters=declared(outputs),
        sizes=output_sizes(plan),
        output_definitions=", ".join(f"{g} = sizes[{axis}]" for axis, g in enumerate(outputs)),
        none_fits=" || ".join(f"{g} == 0" for g in outputs),
        strides=tuple(map(Apart, sorted(strides))),
        lanes=LANES,
        fold_after=FOLD_AFTER,
        worth_threads=_worth_threads(plan) if loops else WORTH_THREADS,
        gathers=gathers,
        loops=loops,
        weights=weights,
    )


def _worth_threads(plan: KernelPlan) -> int:
    """Return from how many entries of many products each threads are worth their start."""
    return max(1, WORTH_THREADS * USUAL_TAPS // len(plan.taps))


def guard_of(request: KernelRequest) -> str:
    """Return the macro that keeps the header from being read twice."""
    return f"SYMCONV_{request.name.upper()}_H"


def output_sizes(plan: KernelPlan) -> tuple[Size, ...]:
    """Return the output sizes floor((m + lo + hi - extent) / stride) + 1, 0 if no window fits."""
    return tuple(
        Size(
            name=g,
            room=sized(m, t + lo + hi - e),
            stride=t,
            formula=window_count(bracketed(m), t, room=lo + hi - e).replace("//", "/"),
        )
        for g, m, t, e, lo, hi in zip(
            OUTPUT_SIZES,
            INPUT_SIZES,
            plan.stride,
            plan.extent,
            plan.before,
            plan.after,
            strict=False,
        )
    )
