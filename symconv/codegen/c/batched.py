"""The .c and .h file of a batched kernel: what their templates are given."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Final

from symconv.codegen.c.contexts import CBatched
from symconv.codegen.c.module import output_sizes
from symconv.codegen.c.panels import tile_panel
from symconv.codegen.c.readings import forward_reading, phase_reading
from symconv.codegen.c.spelling import declared
from symconv.codegen.c.types import types_of
from symconv.codegen.kernel import KernelRequest
from symconv.codegen.plan.kernel import KernelPlan
from symconv.codegen.spelling.header import header_of
from symconv.codegen.spelling.roles import INPUT_SIZES, OUTPUT_SIZES
from symconv.codegen.spelling.text import tuple_of

DEPTH: Final = 256  # 16 KiB of packed columns in float
CELLS: Final = 320
HEIGHT: Final = 96 * 1024
FRAME: Final = 64 * 1024
TILES: Final = 128 * 1024
SHORTEST: Final = 64
FEW: Final = 4
PLANE: Final = 4096
WIDTHS: Final = (8, 4)
PACKS: Final = (2, 3, 4)
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
MACROS: Final = (
    *(
        "OWN",
        "AXES",
        "GROUPS",
        "TAPS",
        "LAST_STRIDE",
        "PHASES",
        "JOINED",
        "DOTS",
        "PADDED",
        "IS_FEW",
        "TOGETHER",
    ),
    *("LEAST", "MOST", "ROOM", "PARTS", "ALIGNED", "THREADS", "THREAD", "PREFETCH"),
    *("VECTOR_BYTES", "LANES", "ROWS", "COLUMNS"),
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
    joined = len(plan.axis_cells[-1]) if len(plan.axis_cells[-1]) == plan.stride[-1] else 1
    phases = tuple(phase_reading(plan, phase, number) for number, phase in enumerate(plan.phases))
    return CBatched(
        header=header_of(plan, request, proof=proof, pair=" and pair of channels"),
        name=request.name,
        guard=f"SYMCONV_{request.name.upper()}_H",
        types=types_of(request),
        axes=plan.axes,
        inputs=", ".join(inputs),
        input_shape=tuple_of(("images", "inputs", *inputs)),
        output_shape=tuple_of(("images", "outputs", *outputs)),
        weight_shape=tuple_of(("outputs", f"inputs{per_group}", *plan.kernel_shape)),
        parameters=declared(inputs),
        kernel=", ".join(map(str, plan.kernel_shape)),
        sizes=output_sizes(plan),
        groups=plan.groups,
        taps=plan.multiplications,
        last_stride=plan.stride[-1],
        depth=DEPTH,
        cells=CELLS,
        height=HEIGHT,
        frame=FRAME,
        tiles=TILES,
        shortest=SHORTEST,
        few=FEW,
        plane=PLANE,
        panel=tile_panel(),
        widths=tuple(tuple(range(width)) for width in WIDTHS),
        packs=tuple(tuple(range(pieces)) for pieces in PACKS),
        dots=tuple(range(_dots(plan.multiplications))),
        readings=(forward_reading(plan), *phases),
        phases=tuple(f"&OWN({phase.name}_reading)" for phase in phases),
        joined=tuple(range(joined)),
        interleaved=joined > 1,
        gapped=plan.gapped,
        macros=MACROS,
    )


def _dots(taps: int) -> int:
    """Return how many taps are summed at once: parts of one size, none over MOST_DOTS."""
    return ceil(taps / ceil(taps / MOST_DOTS))
