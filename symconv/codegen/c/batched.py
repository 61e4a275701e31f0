"""The .c and .h file of a batched kernel: what their templates are given."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Final

from symconv.codegen.c.batched_contexts import CBatched, Constant
from symconv.codegen.c.headers import headers
from symconv.codegen.c.module import guard_of, output_sizes
from symconv.codegen.c.readings import forward_reading, phase_reading
from symconv.codegen.c.spelling import declared
from symconv.codegen.c.types import types_of
from symconv.codegen.kernel import KernelRequest
from symconv.codegen.plan.kernel import KernelPlan
from symconv.codegen.spelling.header import header_of
from symconv.codegen.spelling.roles import INPUT_SIZES, OUTPUT_SIZES
from symconv.codegen.spelling.text import tuple_of

MOST_DOTS: Final = 12
CUT_SMALL: Final = tuple(  # so that small arrays reach every way in which the code sums
    f"-DSYMCONV_{name}={number}"
    for name, number in {
        "DEPTH": 8,
        "STRIP": 1,
        "FEWEST": 1,
        "CELLS": 9,
        "HEIGHT": 48,
        "FRAME": 64,
        "SHORTEST": 3,
        "TILES": 64,
        "PLANE": 24,
        "FEW": 1,
    }.items()
)
TABLES: Final = ("tables",)
BASICS: Final = ("tuning", "sizes", "memory", "vector_size")
VECTORS: Final = ("vectors",)
PLAN: Final = ("threads", "work", "planes", "weight_work")
SUMS: Final = (
    "micro_kernel",
    "frames",
    "panel_sums",
    "panel_weights",
    "plane_sums",
    "plane_weights",
    "bias",
    "calls",
)


def batched_module(plan: KernelPlan, request: KernelRequest, *, proof: Sequence[str]) -> CBatched:
    """Return what the templates of the two files need.

    Args:
        plan: what to compute, with the sums over channels.
        request: what was asked for.
        proof: how far the emitted code is checked, line by line.
    """
    inputs, outputs = INPUT_SIZES[: plan.axes], OUTPUT_SIZES[: plan.axes]
    per_group = "" if plan.groups == 1 else f"/{plan.groups}"
    phases = tuple(phase_reading(plan, phase, number) for number, phase in enumerate(plan.phases))
    types = types_of(request)
    return CBatched(
        header=header_of(plan, request, proof=proof, pair=" and pair of channels"),
        name=request.name,
        guard=guard_of(request),
        types=types,
        axes=plan.axes,
        inputs=", ".join(inputs),
        input_shape=tuple_of(("images", "inputs", *inputs)),
        output_shape=tuple_of(("images", "outputs", *outputs)),
        weight_shape=tuple_of(("outputs", f"inputs{per_group}", *plan.kernel_shape)),
        parameters=declared(inputs),
        kernel=", ".join(map(str, plan.kernel_shape)),
        letters=", ".join(f"{letter} = in[{axis}]" for axis, letter in enumerate(inputs)),
        sizes=output_sizes(plan),
        groups=plan.groups,
        constants=_constants(plan),
        readings=(forward_reading(plan), *phases),
        phases=tuple(f"{phase.name}_reading" for phase in phases),
        dots=tuple(range(_dots(plan.multiplications))),
        calls=tuple((each, "direct") for each in types),
        tables=headers(*TABLES),
        basics=headers(*BASICS),
        vectors=headers(*VECTORS),
        plan=headers(*PLAN),
        sums=headers(*SUMS),
    )


def _constants(plan: KernelPlan) -> tuple[Constant, ...]:
    """Return what the runtime knows of the kernel, beside the tables."""
    taps, phases = plan.multiplications, len(plan.axis_cells[-1])
    joined = phases if phases == plan.stride[-1] else 1
    at_once = _dots(taps)
    return (
        Constant("AXES", plan.axes, "of an image"),
        Constant("GROUPS", plan.groups, "of channels"),
        Constant("TAPS", taps, "of the kernel"),
        Constant("LAST_STRIDE", plan.stride[-1], "the stride of the last axis"),
        Constant("PHASES", len(plan.phases), "of dx: cells that the same taps reach"),
        Constant("JOINED", joined, "phases that alternate in a row of dx"),
        Constant("GAPPED", int(plan.gapped), "whether no tap reaches some cells of dx"),
        Constant("TAPS_AT_ONCE", at_once, "whose gradients one call of dot_* sums"),
        Constant("PADDED_TAPS", ceil(taps / at_once) * at_once, "TAPS in parts of that size"),
    )


def _dots(taps: int) -> int:
    """Return how many taps are summed at once: parts of one size, none over MOST_DOTS."""
    return ceil(taps / ceil(taps / MOST_DOTS))
