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
    sized,
    term,
)
from symconv.codegen.plan.kernel import KernelPlan
from symconv.codegen.spelling.roles import INPUT_SIZES, OUTPUT_SIZES, TAP_LETTERS, WINDOW_LETTERS
from symconv.codegen.spelling.text import entry

TOGETHER: Final = 3


def weight_lanes(plan: KernelPlan) -> Lanes:
    """Return how grad_weight is summed, a statement a tap of a row."""
    last = plan.axes - 1
    n, h = INPUT_SIZES[last], OUTPUT_SIZES[last]
    stride, taps = plan.stride[last], plan.kernel_shape[last]
    reads = [tap.index[last].constant for tap in plan.taps[:taps]]
    return _lanes(
        plan,
        reads,
        notes=[entry("x", ["*"] * last + [tap.index[last].spelled()]) for tap in plan.taps[:taps]],
        parameters=(n, h),
        place="",
        first="0",
        end=h,
        start=str(-(min(reads) // stride)),
        stop=windows(n, stride, room=-1 - max(reads), most=h),
        reach=last_read(plan),
        together=TOGETHER,
    )


def group_lanes(plan: KernelPlan, *, group: int) -> Lanes:
    """Return how grad_weight is summed for some neighbouring taps of any row.

    The first of them reads cell `read` of x for output 0.
    """
    last = plan.axes - 1
    n, h = INPUT_SIZES[last], OUTPUT_SIZES[last]
    stride, dilation = plan.stride[last], int(plan.reads[last].dilation)
    reads = [dilation * number for number in range(group)]
    most = sized("read", reads[-1])
    tap = index_of(Affine(dilation, TAP_LETTERS[last], 0))
    window = index_of(Affine(stride, WINDOW_LETTERS[last], 0))
    return _lanes(
        plan,
        reads,
        notes=[""] * group,
        parameters=("read", n, h),
        place="read + ",
        first=f"NAME(below)({most}, {stride}, 0, {h})",
        end=f"NAME(below)(read, {stride}, {n}, {h})",
        start=f"NAME(below)(read, {stride}, 0, {h})",
        stop=f"NAME(below)({most}, {stride}, {n}, {h})",
        reach=f"read + {window} + {tap}",
        together=group,
    )


def _lanes(
    plan: KernelPlan,
    reads: Sequence[int],
    *,
    notes: Sequence[str],
    parameters: Sequence[str],
    place: str,
    first: str,
    end: str,
    start: str,
    stop: str,
    reach: str,
    together: int,
) -> Lanes:
    last = plan.axes - 1
    n, h, j = INPUT_SIZES[last], OUTPUT_SIZES[last], WINDOW_LETTERS[last]
    inputs, outputs = INPUT_SIZES[: plan.axes], OUTPUT_SIZES[: plan.axes]
    stride, taps = plan.stride[last], plan.kernel_shape[last]
    sizes = (*inputs, *(outputs[1:] or outputs))
    places = [f"{place}{index_of(Affine(stride, f'({j} + lane)', read))}" for read in reads]
    return Lanes(
        parameters=declared(parameters),
        arguments=f"{n}, {h}",
        first=first,
        end=end,
        start=start,
        stop=stop,
        step=j,
        terms=tuple(
            term(f"lanes[{number}][lane] += dy[{j} + lane] * x[{at}];", note, indent=16)
            for number, (at, note) in enumerate(zip(places, notes, strict=True))
        ),
        stride=stride,
        groups=_groups(places, together=together) if stride in VECTOR_STRIDES else (),
        taps=len(reads),
        tap=TAP_LETTERS[last],
        reach=reach,
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


def _groups(places: Sequence[str], *, together: int) -> tuple[tuple[LaneTap, ...], ...]:
    """Return the taps of a row in groups, each with its place in x."""
    taps = [
        LaneTap(number, f"x + ({place})" if place.startswith("read") else f"x + {place}")
        for number, place in enumerate(places)
    ]
    return tuple(tuple(taps[begin : begin + together]) for begin in range(0, len(taps), together))
