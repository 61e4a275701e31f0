"""KernelPlan: what a kernel computes, as data that names no language.

Two planes meet through the taps. A *window* weighs the cells that it reads, one a tap; a *cell*
gathers the windows that read it, phase by phase. A convolution weighs x in the forward pass and
gathers dy in grad_input. A transposed one is the adjoint: forward and grad_input are exchanged, so
it gathers x and weighs dy. In both, dw sums over windows times the cells that they read.

Everything is read from the derivation: which cell a tap reads (off dy/dw), which taps meet in a
phase and how far they shift the window (the PhaseTable, off dy/dx), and which padded cells are
copies of which input cells (off dxp/dx).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod

from symconv.algebra.affine import Affine
from symconv.algebra.channels import BatchedGradients, ChannelSums
from symconv.algebra.copies import Copy
from symconv.algebra.derivation import DerivedGradients
from symconv.algebra.overlap import overlap_name
from symconv.algebra.phases import AxisPhase, AxisTable, Phase
from symconv.algebra.reading import AxisRead
from symconv.algebra.symbols import BLOCK_INDEX
from symconv.sizes import Shape


@dataclass(frozen=True)
class TermPlan:
    """One product of a sum: a tap, and the entry of the other array that it meets.

    Attributes:
        tap: the entry (r, s) of the weight.
        index: per axis the cell, affine in i, j (< 0 in the padding), or the window, affine in
            K, L.
    """

    tap: Shape
    index: tuple[Affine, ...]


@dataclass(frozen=True)
class AxisCells:
    """The cells of one phase along one axis: first, first + stride, ... of those gathered.

    Attributes:
        first: its first entry in the array of gathered cells, 0 <= first < stride.
        block: the block index K there.
        index: the cell as an affine of K.
    """

    first: int
    block: int
    index: Affine


@dataclass(frozen=True)
class PhasePlan:
    """All cells of one phase, and the terms window * w whose sum is gathered at each of them.

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
        kernel_shape, stride, extent: the sizes, per axis.
        before, after: padding, per axis; negative where cells are cut off.
        transposed: whether forward gathers and grad_input weighs.
        reads: per axis, the cell that window i reads through tap r.
        taps: the terms cell * w of one window, in row-major order; dw sums over window * cell.
        axis_cells: per axis, the cells of each of its phases.
        phases: the phases of the cells; each cell belongs to at most one.
        gapped: whether some cells belong to none; they gather zero.
        border: per axis, how many zeros the windows need in front for every term to exist.
        cell_border: per axis, how many zeros the cells need in front for every tap to read one.
        copies: per axis, which padded cells hold which input cells, the input itself first.
        least_input: per axis, the smallest input that has an output.
        least_copied: per axis, the smallest input that the padding can be copied from.
        overlap: the overlap case in words.
        groups: the number of groups of channels.
        sums: in the batched layout, which channel letters each result sums over; else None.
    """

    kernel_shape: Shape
    stride: Shape
    extent: Shape
    before: Shape
    after: Shape
    transposed: bool
    reads: tuple[AxisRead, ...]
    taps: tuple[TermPlan, ...]
    axis_cells: tuple[tuple[AxisCells, ...], ...]
    phases: tuple[PhasePlan, ...]
    gapped: bool
    border: Shape
    cell_border: Shape
    copies: tuple[tuple[Copy, ...], ...]
    least_input: Shape
    least_copied: Shape
    overlap: str
    groups: int
    sums: ChannelSums | None

    @property
    def axes(self) -> int:
        """The number of spatial axes."""
        return len(self.kernel_shape)

    @property
    def copied(self) -> bool:
        """Whether windows read copies; the cells gathered are then those of the padded input."""
        return any(len(pieces) > 1 for pieces in self.copies)

    @property
    def gathered(self) -> tuple[tuple[int, int], ...]:
        """Per axis, how many cells are gathered in front of cell 0 and after the last one."""
        pairs = zip(self.before, self.after, strict=True)
        return tuple(pair if self.copied else (0, 0) for pair in pairs)

    @property
    def multiplications(self) -> int:
        """Multiplications per window, and per block of gathered cells."""
        return prod(self.kernel_shape)

    @property
    def additions(self) -> int:
        """Additions per block of stride x stride gathered cells."""
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
    copies = tuple(axis_table.copies for axis_table in table.axes)
    padded = any(len(pieces) > 1 for pieces in copies)
    axis_cells = tuple(
        tuple(_axis_cells(axis, axis_table, phase, padded=padded) for phase in axis_table.phases)
        for axis, axis_table in enumerate(table.axes)
    )
    taps = tuple(TermPlan(tap, derivation.reads_through(tap)) for tap in derivation.taps)
    return KernelPlan(
        kernel_shape=spec.kernel_shape,
        stride=spec.stride,
        extent=spec.extent,
        before=tuple(lo for lo, _ in spec.padding_pairs),
        after=tuple(hi for _, hi in spec.padding_pairs),
        transposed=spec.transposed,
        reads=derivation.tap_inputs,
        taps=taps,
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
        cell_border=tuple(
            max(0, *(-tap.index[axis].constant for tap in taps)) for axis in range(spec.axes)
        ),
        copies=copies,
        least_input=tuple(axis.least_input for axis in spec.concrete_axes()),
        least_copied=tuple(axis.least_copied for axis in spec.concrete_axes()),
        overlap=overlap_name([axis_table.overlapping for axis_table in table.axes]),
        groups=spec.groups,
        sums=channels.sums if channels else None,
    )


def _axis_cells(axis: int, table: AxisTable, phase: AxisPhase, *, padded: bool) -> AxisCells:
    """Return where a phase lies among the cells of the input, or of the padded input."""
    first, block = (phase.residue, 0) if padded else table.first_cell(phase)
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
    """Return how far below 0 the window K - shift goes at the first cell of a phase."""
    return max(
        0,
        *(
            tap.shift - start.block
            for phase, start in zip(table.phases, cells, strict=True)
            for tap in phase.taps
        ),
    )
