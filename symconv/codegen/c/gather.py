"""The forward pass and grad_input: every row of the result is a sum of rows of the source.

Along the last axis a row has a middle, where every term exists and nothing is asked, and two ends,
where each tap is asked whether it reads anything. Where some of the source's rows do not exist, the
others are added one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from math import prod

from symconv.algebra.affine import Affine
from symconv.algebra.symbols import BLOCK_INDEX
from symconv.codegen.c.contexts import Gather, Loop, Tile
from symconv.codegen.c.rows import Direction, Sum, case_of, single_row, whole_row
from symconv.codegen.c.spelling import index_of, row_offset, sized
from symconv.codegen.c.tiles import tile_of
from symconv.codegen.plan.kernel import KernelPlan
from symconv.codegen.spelling.roles import (
    CELL_LETTERS,
    INPUT_SIZES,
    OUTPUT_SIZES,
    TAP_LETTERS,
    WINDOW_LETTERS,
)
from symconv.codegen.spelling.text import bracketed
from symconv.sizes import Shape


def forward_gather(plan: KernelPlan) -> Gather:
    """Return the forward pass: one phase, in which an output reads through every tap."""
    axes = plan.axes
    last = axes - 1
    stride = plan.stride[last]
    n, h, j = INPUT_SIZES[last], OUTPUT_SIZES[last], WINDOW_LETTERS[last]
    reads = [tap.index[last].constant for tap in plan.taps]
    start, stop = -(min(reads) // stride), windows(n, stride, room=-1 - max(reads), most=h)
    direction = Direction(
        name="forward",
        target="y",
        source="x",
        letters=tuple(WINDOW_LETTERS[:axes]),
        target_sizes=tuple(OUTPUT_SIZES[:axes]),
        source_sizes=tuple(INPUT_SIZES[:axes]),
        edge=j,
        start=str(start),
        stop=stop,
        left="start",
        right="stop",
        reach=last_read(plan),
        exists=f"reach >= 0 && reach < {n}",
        at="reach",
        begin="b",
    )
    # clang vectorises a sum whose indices fall, not one whose indices rise
    sums = (Sum(Affine(1, j, 0), plan.taps[::-1]),)
    loops = tuple(
        Loop(letter, size, "")
        for letter, size in zip(direction.letters[:-1], direction.target_sizes, strict=False)
    )
    return _gather(
        plan,
        direction,
        phases={(0,) * last: sums},
        loops=loops,
        offset=row_offset(direction.letters[:-1], direction.target_sizes[1:]),
        number="0",
    )


def grad_input_gather(plan: KernelPlan) -> Gather:
    """Return grad_input: each phase is a sum over the taps that reach it."""
    axes = plan.axes
    last = axes - 1
    stride, before = plan.stride[last], plan.before[last]
    n, h, v, block = (
        names[last]
        for names in (INPUT_SIZES, OUTPUT_SIZES, CELL_LETTERS, [x.name for x in BLOCK_INDEX])
    )
    shifts = [term.index[last].constant for phase in plan.phases for term in phase.terms]
    start = max(-min(shifts), -(-before // stride))
    dilation = int(plan.reads[last].dilation)
    direction = Direction(
        name="grad_input",
        target="dx",
        source="dy",
        letters=tuple(letter.name for letter in BLOCK_INDEX[:axes]),
        target_sizes=tuple(INPUT_SIZES[:axes]),
        source_sizes=tuple(OUTPUT_SIZES[:axes]),
        edge=v,
        start=str(start),
        stop=f"LEAST({sized(h, -max(shifts))}, {_divided(sized(n, before), stride)})",
        left=index_of(Affine(stride, "start", -before)),
        right=index_of(Affine(stride, "stop", -before)),
        reach=f"{sized(v, before)} - {index_of(Affine(dilation, TAP_LETTERS[last], 0))}",
        exists=_reaches(stride, h),
        at="reach" if stride == 1 else f"reach / {stride}",
        begin="0",
    )
    by_outer = {
        outer: {phase.residues[last]: phase for phase in phases}
        for outer, phases in groupby(plan.phases, key=lambda phase: phase.residues[:last])
    }
    phases = {
        outer: tuple(
            Sum(
                Affine(stride, block, residue - before),
                found[residue].terms if residue in found else (),
            )
            for residue in range(stride)
        )
        for outer, found in by_outer.items()
    }
    padded = [sized(u, lo) for u, lo in zip(CELL_LETTERS, plan.before, strict=False)]
    loops = tuple(
        Loop(u, m, f"const ptrdiff_t {letter.name} = {_divided(padded_u, t)};")
        for u, m, letter, padded_u, t in zip(
            CELL_LETTERS[:last], INPUT_SIZES, BLOCK_INDEX, padded, plan.stride, strict=False
        )
    )
    return _gather(
        plan,
        direction,
        phases=phases,
        loops=loops,
        offset=row_offset(CELL_LETTERS[:last], direction.target_sizes[1:]),
        number=_phase_number(padded[:last], plan.stride[:last]),
    )


def windows(size: str, stride: int, *, room: int, most: str) -> str:
    """Return how many outputs are read whole: LEAST(most, floor((size + room) / stride) + 1)."""
    return f"LEAST({most}, {_divided(sized(size, room + stride), stride)})"


def last_read(plan: KernelPlan) -> str:
    """Return the input index that an output reads through a tap, along the last axis."""
    last = plan.axes - 1
    output = index_of(Affine(plan.stride[last], WINDOW_LETTERS[last], 0))
    tap = index_of(Affine(int(plan.reads[last].dilation), TAP_LETTERS[last], -plan.before[last]))
    return f"{output} + {tap}"


def _gather(
    plan: KernelPlan,
    direction: Direction,
    *,
    phases: Mapping[Shape, tuple[Sum, ...]],
    loops: tuple[Loop, ...],
    offset: str,
    number: str,
) -> Gather:
    last = plan.axes - 1
    gapped = direction.name != "forward" and len(phases) < prod(plan.stride[:last])
    tiles = [
        _tile(plan, direction, outer, sums, place=place)
        for place, (outer, sums) in enumerate(phases.items())
    ]
    whole = [
        whole_row(plan, direction, outer, sums, place=place, tiled=tiles[place] is not None)
        for place, (outer, sums) in enumerate(phases.items())
    ]
    cases = [
        case_of(plan, direction, outer, sums, place=place, tile=tiles[place])
        for place, (outer, sums) in enumerate(phases.items())
    ]
    adding = [single_row(plan, direction, next(iter(phases.values())))] if last else []
    return Gather(
        name=direction.name,
        result="output" if direction.name == "forward" else "grad_input",
        given="input" if direction.name == "forward" else "grad_output",
        target=direction.target,
        source=direction.source,
        biased=direction.begin == "b",
        begin=direction.begin,
        rows=(*whole, *adding),
        cases=tuple(cases) if last else (),
        leading=last > 0,
        phased=gapped or len(phases) > 1,
        arguments=", ".join((*direction.row_sizes, direction.size)),
        loops=loops,
        phase=number,
        offset=offset,
        entries=" * ".join(direction.target_sizes),
        size=direction.size,
        gapped=gapped,
        refuses=direction.name == "forward",
    )


def _tile(
    plan: KernelPlan, direction: Direction, outer: Shape, sums: tuple[Sum, ...], *, place: int
) -> Tile | None:
    """Return how some neighbouring rows of a phase are made at once, if they are."""
    if plan.axes == 1:
        return None
    letter, size = direction.letters[-2], direction.size
    if direction.name == "forward":
        target, next_row = Affine(1, letter, 0), size
    else:
        stride = plan.stride[-2]
        target = Affine(stride, letter, outer[-1] - plan.before[-2])
        next_row = size if stride == 1 else f"{stride} * {size}"
    return tile_of(plan, direction, sums, place=place, target=target, next_row=next_row)


def _phase_number(padded: Sequence[str], strides: Sequence[int]) -> str:
    """Return the number of the phase of the letters of the loops, row-major; "0" for one phase."""
    number = ""
    for letter, stride in zip(padded, strides, strict=True):
        if stride > 1:
            phase = f"{bracketed(letter)} % {stride}"
            number = f"({number}) * {stride} + {phase}" if number else phase
    return number or "0"


def _reaches(stride: int, size: str) -> str:
    if stride == 1:
        return f"reach >= 0 && reach < {size}"
    return f"reach >= 0 && reach % {stride} == 0 && reach / {stride} < {size}"


def _divided(text: str, stride: int) -> str:
    return text if stride == 1 else f"{bracketed(text)} / {stride}"
