"""Kernels of many taps: sums as loops over the taps, described by tables of phases.

Along each axis the taps of a phase lie a step apart, and so do the cells that they read. A few
numbers a phase say which, and one text serves the forward pass and every phase of grad_input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from math import gcd
from typing import Final

from symconv.codegen.c.contexts import AxisPhases, LoopedSum, Loops, Span
from symconv.codegen.plan.kernel import KernelPlan
from symconv.codegen.plan.progression import progression
from symconv.codegen.spelling.roles import INPUT_SIZES, OUTPUT_SIZES
from symconv.sizes import Shape

MOST_UNROLLED: Final = 81
"""Taps up to which every product has its statement: more take a compiler many seconds."""

LONGEST_ROW: Final = 20
"""Taps of a row up to which that is faster: the ends of rows are made entry by entry."""

ROWS: Final = 4
VECTORS: Final = 3
VECTORS_OF_ONE_ROW: Final = 6
TOGETHER: Final = 512
GROUP: Final = 6
STRETCH: Final = 96 * 64
CUT_LOOPS: Final = (  # so that small arrays reach every way in which the loops go
    "-DSYMCONV_WITHOUT_VECTORS",
    "-DSYMCONV_TOGETHER=2",
    "-DSYMCONV_STRETCH=5",
)
AXES: Final = ("planes", "lines", "columns")


@dataclass(frozen=True)
class Phase:
    """A phase along one axis, as the text of c/_phases.c.jinja describes it."""

    to: int
    to_step: int
    start: int
    step: int
    apart: int
    tap: int
    tap_step: int
    taps: int

    @property
    def classes(self) -> int:
        """Taps so many apart read cells a multiple of `step` apart."""
        return self.step // gcd(self.step, self.apart)

    @property
    def forward(self) -> int:
        """The multiple."""
        return self.apart // gcd(self.step, self.apart)

    @property
    def spelled(self) -> str:
        """Its numbers in the order of the table."""
        return ", ".join(map(str, (*astuple(self), self.classes, self.forward)))


MISSING: Final = Phase(to=0, to_step=1, start=0, step=1, apart=1, tap=0, tap_step=1, taps=1)


def is_looped(plan: KernelPlan) -> bool:
    """Return whether the taps are too many for a statement each."""
    return len(plan.taps) > MOST_UNROLLED or plan.kernel_shape[-1] > LONGEST_ROW


def loops_of(plan: KernelPlan) -> Loops:
    """Return the tables of a kernel, and how its loops are cut."""
    leading = (MISSING,) * (len(AXES) - plan.axes)
    forward = [[each] for each in (*leading, *_forward_phases(plan))]
    backward = [*([each] for each in leading), *_grad_input_phases(plan)]
    lines = [*forward[1], *backward[1]]
    rows = tuple(range(ROWS if _share_rows(lines) else 1))
    columns = [*forward[2], *backward[2]]
    inputs, outputs = INPUT_SIZES[: plan.axes], OUTPUT_SIZES[: plan.axes]
    return Loops(
        sums=(
            LoopedSum(
                name="forward",
                result="output",
                given="input",
                target="y",
                source="x",
                target_sizes=_three(outputs),
                source_sizes=_three(inputs),
                entries=" * ".join(outputs),
                biased=True,
                gapped=False,
                axes=_tables(forward),
            ),
            LoopedSum(
                name="grad_input",
                result="grad_input",
                given="grad_output",
                target="dx",
                source="dy",
                target_sizes=_three(inputs),
                source_sizes=_three(outputs),
                entries=" * ".join(inputs),
                biased=False,
                gapped=plan.gapped,
                axes=_tables(backward),
            ),
        ),
        kernel_rows=forward[1][0].taps,
        kernel_columns=forward[2][0].taps,
        rows=rows,
        vectors=tuple(range(VECTORS if len(rows) > 1 else VECTORS_OF_ONE_ROW)),
        spans=_spans(lines, rows=len(rows)),
        together=TOGETHER,
        span=max(
            each.forward * ((min(TOGETHER, each.taps) - 1) // each.classes) for each in columns
        ),
        stretch=STRETCH,
        group=min(GROUP, plan.kernel_shape[-1]),
        input_sizes=_three(inputs),
        output_lines=outputs[-2] if plan.axes == len(AXES) else "rows",
    )


def _forward_phases(plan: KernelPlan) -> list[Phase]:
    """Return the one phase of each axis of y."""
    return [
        Phase(
            to=0,
            to_step=1,
            start=-before,
            step=stride,
            apart=int(read.dilation) if taps > 1 else stride,
            tap=0,
            tap_step=1,
            taps=taps,
        )
        for before, stride, read, taps in zip(
            plan.before, plan.stride, plan.reads, plan.kernel_shape, strict=True
        )
    ]


def _grad_input_phases(plan: KernelPlan) -> list[list[Phase]]:
    """Return the phases of each axis of dx, their taps in the order of what they read."""
    phases: list[dict[int, Phase]] = [{} for _ in range(plan.axes)]
    for phase in plan.phases:
        for axis, cells in enumerate(phase.cells):
            taps = {term.index[axis].constant: term.tap[axis] for term in phase.terms}
            reads = sorted(taps)
            start, apart, count = progression(reads)
            tap, tap_step, _ = progression([taps[read] for read in reads])
            phases[axis][phase.residues[axis]] = Phase(
                to=cells.first,
                to_step=plan.stride[axis],
                start=cells.block + start,
                step=1,
                apart=apart,
                tap=tap,
                tap_step=tap_step,
                taps=count,
            )
    return [list(each.values()) for each in phases]


def _share_rows(lines: Sequence[Phase]) -> bool:
    """Return whether neighbouring rows of every phase read the same rows of the source."""
    most = max(lines, key=lambda each: each.taps)
    return most.taps > most.step and all(each.step % each.apart == 0 for each in lines)


def _spans(lines: Sequence[Phase], *, rows: int) -> tuple[Span, ...]:
    """Return which rows of a block a row of the source can meet, each with its number in C."""
    spans = set()
    for line in lines:
        skip = line.step // line.apart if rows > 1 else 1
        for met in range(line.taps + (rows - 1) * skip):
            above = 0 if met < line.taps else (met - line.taps) // skip + 1
            spans.add((above, min(met // skip + 1, rows)))
    return tuple(
        Span(above * rows + below - 1, tuple(range(above, below)))
        for above, below in sorted(spans)
        if above < below
    )


def _tables(axes: Sequence[Sequence[Phase]]) -> tuple[AxisPhases, ...]:
    return tuple(
        AxisPhases(name, tuple(phase.spelled for phase in phases))
        for name, phases in zip(AXES, axes, strict=True)
    )


def _three(sizes: Shape | Sequence[str]) -> str:
    """Return the sizes of a plane, a line and a column as text; those of missing axes are 1."""
    return ", ".join(["1"] * (len(AXES) - len(sizes)) + list(map(str, sizes)))
