"""KernelPlan: what a kernel computes, as data that names no language.

Everything is read from the derivation: which input a tap reads (off dy/dw), which taps meet in a
phase and how far they shift the output (the PhaseTable, off dy/dx).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod

from symconv.algebra.affine import Affine
from symconv.algebra.channels import BatchedGradients, ChannelSums
from symconv.algebra.derivation import DerivedGradients
from symconv.algebra.overlap import overlap_name
from symconv.algebra.phases import AxisPhase, AxisTable, Phase
from symconv.algebra.symbols import BLOCK_INDEX
from symconv.sizes import Shape


@dataclass(frozen=True)
class TermPlan:
    """One product of a sum: a tap, and the entry of the other array that it meets.

    Attributes:
        tap: the entry (r, s) of the weight.
        index: per axis the index into x, affine in i, j (< 0 in the padding), or into dy, affine
            in K, L.
    """

    tap: Shape
    index: tuple[Affine, ...]


@dataclass(frozen=True)
class AxisCells:
    """The input cells of one phase along one axis, u = first, first + stride, ...

    Attributes:
        first: the first input index, 0 <= first < stride.
        block: its block index K.
        index: the input index as an affine of K.
    """

    first: int
    block: int
    index: Affine


@dataclass(frozen=True)
class PhasePlan:
    """All cells of one phase, and the terms dy * w whose sum is the gradient at each of them.

    Attributes:
        residues: the phase along each axis.
        cells: where the cells of the phase lie, per axis.
        terms: one per tap that reaches the phase.
    """

    residues: Shape
    cells: tuple[AxisCells, ...]
    terms: tuple[TermPlan, ...]


@dataclass(frozen=True)
class KernelPlan:
    """What forward, grad_input and grad_weight compute, for inputs of any size.

    Attributes:
        kernel_shape, stride, dilation, extent: the sizes, per axis.
        before, after: padding, per axis.
        taps: the terms x * w of one output, in row-major order; dw sums over dy * x of each.
        axis_cells: per axis, the cells of each of its phases.
        phases: the phases of grad_input; each input cell belongs to at most one.
        gapped: whether some input cells belong to none; their gradient is zero.
        border: per axis, how many zeros grad_output needs in front for every term to exist.
        overlap: the overlap case in words.
        groups: the number of groups of channels.
        sums: in the batched layout, which channel letters each result sums over; else None.
    """

    kernel_shape: Shape
    stride: Shape
    dilation: Shape
    extent: Shape
    before: Shape
    after: Shape
    taps: tuple[TermPlan, ...]
    axis_cells: tuple[tuple[AxisCells, ...], ...]
    phases: tuple[PhasePlan, ...]
    gapped: bool
    border: Shape
    overlap: str
    groups: int
    sums: ChannelSums | None

    @property
    def axes(self) -> int:
        """The number of spatial axes."""
        return len(self.kernel_shape)

    @property
    def multiplications(self) -> int:
        """Multiplications per output of forward and grad_weight, and per block of grad_input."""
        return prod(self.kernel_shape)

    @property
    def grad_input_additions(self) -> int:
        """Additions of grad_input per block of stride x stride input cells."""
        return sum(len(phase.terms) - 1 for phase in self.phases)


def plan_kernel(
    derivation: DerivedGradients, channels: BatchedGradients | None = None
) -> KernelPlan:
    """Return the plan of a derivation.

    Args:
        derivation: of the spatial axes.
        channels: the same with images and channels, for the batched layout.

    Example:
        >>> from symconv.algebra.derivation import derive_gradients
        >>> from symconv.spec import ConvSpec
        >>> plan = plan_kernel(derive_gradients(ConvSpec(kernel_shape=(3,), stride=2)))
        >>> [(phase.residues, len(phase.terms)) for phase in plan.phases]
        [((0,), 2), ((1,), 1)]
    """
    spec, table = derivation.spec, derivation.phases
    axis_cells = tuple(
        tuple(_axis_cells(axis, axis_table, phase) for phase in axis_table.phases)
        for axis, axis_table in enumerate(table.axes)
    )
    return KernelPlan(
        kernel_shape=spec.kernel_shape,
        stride=spec.stride,
        dilation=spec.dilation,
        extent=spec.extent,
        before=tuple(lo for lo, _ in spec.padding_pairs),
        after=tuple(hi for _, hi in spec.padding_pairs),
        taps=tuple(TermPlan(tap, derivation.reads_through(tap)) for tap in derivation.taps),
        axis_cells=axis_cells,
        phases=tuple(
            _phase_plan(phase, cells)
            for phase, cells in zip(table, product(*axis_cells), strict=True)
        ),
        gapped=table.gapped,
        border=tuple(
            _border(axis_table, cells)
            for axis_table, cells in zip(table.axes, axis_cells, strict=True)
        ),
        overlap=overlap_name([axis_table.overlapping for axis_table in table.axes]),
        groups=spec.groups,
        sums=channels.sums if channels else None,
    )


def _axis_cells(axis: int, table: AxisTable, phase: AxisPhase) -> AxisCells:
    first, block = table.first_cell(phase)
    index = Affine(table.stride, BLOCK_INDEX[axis].name, phase.residue - table.before)
    return AxisCells(first, block, index)


def _phase_plan(phase: Phase, cells: tuple[AxisCells, ...]) -> PhasePlan:
    terms = tuple(
        TermPlan(
            tap.index,
            tuple(
                Affine(1, BLOCK_INDEX[axis].name, -shift) for axis, shift in enumerate(tap.shifts)
            ),
        )
        for tap in phase.taps
    )
    return PhasePlan(phase.residues, cells, terms)


def _border(table: AxisTable, cells: tuple[AxisCells, ...]) -> int:
    """Return how far below 0 the output index K - shift goes at the first cell of a phase."""
    return max(
        0,
        *(
            tap.shift - start.block
            for phase, start in zip(table.phases, cells, strict=True)
            for tap in phase.taps
        ),
    )
