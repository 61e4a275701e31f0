"""grad_weight: each tap sums dy * x over a row in a fixed number of lanes.

The lanes are a part of the text, so the order of every sum is the same for every compiler and
processor, and vectors need not be asked for by flags that change results.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from symconv.algebra.affine import Affine
from symconv.codegen.c.contexts import Lanes, LaneTap, Part
from symconv.codegen.c.gather import last_read, windows
from symconv.codegen.c.rows import tap_number
from symconv.codegen.c.spelling import (
    VECTOR_STRIDES,
    all_inside,
    declared,
    index_of,
    row_place,
    term,
)
from symconv.codegen.plan.kernel import KernelPlan
from symconv.codegen.spelling.roles import INPUT_SIZES, OUTPUT_SIZES, TAP_LETTERS, WINDOW_LETTERS
from symconv.codegen.spelling.text import entry

TOGETHER: Final = 3


def weight_lanes(plan: KernelPlan) -> Lanes:
    """Return how grad_weight is summed."""
    last = plan.axes - 1
    n, h, j = INPUT_SIZES[last], OUTPUT_SIZES[last], WINDOW_LETTERS[last]
    inputs, outputs = INPUT_SIZES[: plan.axes], OUTPUT_SIZES[: plan.axes]
    stride, taps = plan.stride[last], plan.kernel_shape[last]
    one_row = plan.taps[:taps]
    reads = [tap.index[last].constant for tap in one_row]
    sizes = (*inputs, *(outputs[1:] or outputs))
    return Lanes(
        parameters=declared((n, h)),
        arguments=f"{n}, {h}",
        start=str(-(min(reads) // stride)),
        stop=windows(n, stride, room=-1 - max(reads), most=h),
        step=j,
        terms=tuple(
            term(
                f"lanes[{tap.tap[last]}][lane] += "
                f"dy[{j} + lane] * x[{index_of(Affine(stride, f'({j} + lane)', read))}];",
                entry("x", ["*"] * last + [tap.index[last].spelled()]),
                indent=16,
            )
            for tap, read in zip(one_row, reads, strict=True)
        ),
        stride=stride,
        groups=_groups(stride, reads, letter=j) if stride in VECTOR_STRIDES else (),
        taps=taps,
        tap=TAP_LETTERS[last],
        reach=last_read(plan),
        exists=f"reach >= 0 && reach < {n}",
        letters=_letters(WINDOW_LETTERS[:last], outputs),
        rows=" * ".join(outputs[:last]) or "1",
        size=h,
        sizes=declared(sizes),
        size_arguments=", ".join(sizes),
        parts=tuple(
            Part(
                all_inside(first.index[:last], inputs[:last]),
                f"lanes + {tap_number(first.tap[:last], plan.kernel_shape) * taps}, row, "
                + (row_place("x", first.index[:last], inputs[1:]) if last else "x"),
            )
            for first in plan.taps[::taps]
        ),
        total=len(plan.taps),
    )


def _letters(letters: Sequence[str], sizes: Sequence[str]) -> tuple[str, ...]:
    """Return the indices of a row from its number, "i = number / h", "j = number % h"."""
    if len(letters) < 2:
        return tuple(f"{letter} = number" for letter in letters)
    first, second = letters
    return f"{first} = number / {sizes[1]}", f"{second} = number % {sizes[1]}"


def _groups(stride: int, reads: Sequence[int], *, letter: str) -> tuple[tuple[LaneTap, ...], ...]:
    """Return the taps of a row in groups, each with its place in x."""
    taps = [
        LaneTap(number, f"x + {index_of(Affine(stride, f'({letter} + lane)', read))}")
        for number, read in enumerate(reads)
    ]
    return tuple(tuple(taps[begin : begin + TOGETHER]) for begin in range(0, len(taps), TOGETHER))
