"""The PhaseTable: for each residue class of an input index, the taps that reach it.

Along one axis with stride t and padding lo in front, write u + lo = t*K + rho with
0 <= rho < t; rho is the *phase* of input u. Every tap of the phase reads input u for exactly one
output, i = K - shift. The table of several axes is the product of the axis tables.

Where the padding is copied from the input, u counts the cells of the padded input, and `copies`
says which of them are copies of an input cell. For a transposed convolution the roles change: u is
an output, and i = K - shift is the input that a tap spreads to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

from symconv.algebra.copies import INPUT_ITSELF, Copy
from symconv.errors import SpecError
from symconv.sizes import Shape
from symconv.tables import html_table


@dataclass(frozen=True)
class AxisTap:
    """A tap that reaches a phase along one axis.

    Attributes:
        index: the tap, 0 <= r < kernel size.
        shift: the output that reads through it is i = K - shift.
    """

    index: int
    shift: int


@dataclass(frozen=True)
class AxisPhase:
    """One residue class of the input index along one axis.

    Attributes:
        residue: rho, 0 <= rho < stride.
        taps: the taps that reach it, ascending; never empty.
    """

    residue: int
    taps: tuple[AxisTap, ...]


@dataclass(frozen=True)
class AxisTable:
    """All phases of one axis that some tap reaches.

    Attributes:
        stride: t, the number of residue classes.
        before: lo, the padding in front of the input.
        phases: the phases with at least one tap, ascending; the other residues are gaps.
        copies: which padded cells hold which input cells; the input itself comes first.
    """

    stride: int
    before: int
    phases: tuple[AxisPhase, ...]
    copies: tuple[Copy, ...] = (INPUT_ITSELF,)

    @property
    def overlapping(self) -> bool:
        """Whether some phase has two or more taps: windows overlap."""
        return any(len(phase.taps) > 1 for phase in self.phases)

    @property
    def gapped(self) -> bool:
        """Whether some phase has no tap: inputs between the windows are never read."""
        return len(self.phases) < self.stride

    @property
    def kind(self) -> str:
        """How the windows lie: "overlapping", "tiling", "gapped" or "overlapping, gapped"."""
        words = [("overlapping", self.overlapping), ("gapped", self.gapped)]
        return ", ".join(word for word, holds in words if holds) or "tiling"

    def locate(self, cell: int) -> tuple[int, AxisPhase]:
        """Return (K, phase) of an input index; in a gap the phase has no taps."""
        block, residue = divmod(cell + self.before, self.stride)
        return block, self._by_residue.get(residue, AxisPhase(residue, ()))

    def first_cell(self, phase: AxisPhase) -> tuple[int, int]:
        """Return (u, K) of the first input index u >= 0 in this phase."""
        cell = (phase.residue - self.before) % self.stride
        return cell, (cell + self.before) // self.stride

    def padded_cells(self, cell: int, *, size: int) -> tuple[int, ...]:
        """Return the cells of the padded input that hold input cell u, itself first."""
        return tuple(padded for piece in self.copies for padded in piece.copies(cell, size=size))

    def source(self, padded: int, *, size: int) -> int | None:
        """Return the input cell that a padded cell holds; None for a zero."""
        for piece in self.copies:
            if padded in piece.padded_cells(size):
                return piece.source(padded, size=size)
        return None

    @cached_property
    def _by_residue(self) -> dict[int, AxisPhase]:
        return {phase.residue: phase for phase in self.phases}


@dataclass(frozen=True)
class PhaseTap:
    """A tap (r, s) that reaches a phase, with the shift of the output index along each axis."""

    index: Shape
    shifts: Shape


@dataclass(frozen=True)
class Phase:
    """One residue class of the input index (u, v): one axis phase per axis."""

    axes: tuple[AxisPhase, ...]

    @property
    def residues(self) -> Shape:
        """The residue along each axis."""
        return tuple(phase.residue for phase in self.axes)

    @cached_property
    def taps(self) -> tuple[PhaseTap, ...]:
        """The taps that reach this phase, in the order of the kernel; empty in a gap."""
        return tuple(
            PhaseTap(tuple(tap.index for tap in taps), tuple(tap.shift for tap in taps))
            for taps in product(*(phase.taps for phase in self.axes))
        )


@dataclass(frozen=True)
class PhaseTable:
    """The phases of a convolution, the product of its axis tables.

    Attributes:
        axes: one table per axis.
    """

    axes: tuple[AxisTable, ...]

    def __iter__(self) -> Iterator[Phase]:
        """Yield every phase that some tap reaches, in row-major order of the residues."""
        return (Phase(phases) for phases in product(*(table.phases for table in self.axes)))

    def _repr_html_(self) -> str:
        """Return the phases of every axis as a table, for a notebook."""
        rows = [
            (axis, phase.residue, *_in_words(phase))
            for axis, table in enumerate(self.axes)
            for phase in table.phases
        ]
        heads = ("axis", "phase", "taps", "outputs, K the block of the cell")
        return html_table(heads, rows, caption="The taps that reach each phase")

    @property
    def gapped(self) -> bool:
        """Whether some input cells are read by no window because they lie in a gap."""
        return any(table.gapped for table in self.axes)

    @property
    def copied(self) -> bool:
        """Whether padding is copied from the input, so that padded cells stand for input cells."""
        return any(len(table.copies) > 1 for table in self.axes)

    @property
    def of_padded(self) -> PhaseTable:
        """The table of the padded input by itself, whose cells are no copies of others."""
        return PhaseTable(tuple(replace(table, copies=(INPUT_ITSELF,)) for table in self.axes))

    def locate(self, cell: Sequence[int]) -> tuple[Shape, Phase]:
        """Return (block indices, phase) of an input cell (u, v)."""
        located = [table.locate(u) for table, u in zip(self.axes, cell, strict=True)]
        return tuple(block for block, _ in located), Phase(tuple(phase for _, phase in located))

    def source(self, padded: Sequence[int], *, input_shape: Sequence[int]) -> Shape | None:
        """Return the input cell that a cell of the padded input holds; None for a zero."""
        cell = []
        for table, place, size in zip(self.axes, padded, input_shape, strict=True):
            source = table.source(place, size=size)
            if source is None:
                return None
            cell.append(source)
        return tuple(cell)

    def reads(
        self,
        cell: Sequence[int],
        *,
        output_shape: Sequence[int] | None = None,
        input_shape: Sequence[int] | None = None,
    ) -> tuple[tuple[Shape, Shape], ...]:
        """Return (output, tap) for every window that reads an input cell, or a copy of it.

        Args:
            cell: the input index (u, v), without padding.
            output_shape: the output sizes (g, h); outputs outside are left out. None keeps every
                output index >= 0, as for an image without end.
            input_shape: the input sizes (m, n), where padding is copied from the input.

        Returns:
            Pairs of an output index (i, j) and the tap (r, s) it reads the cell through.

        Raises:
            SpecError: padding is copied from the input, and its sizes are not given.
        """
        if not self.copied:
            return self._reads_of_padded(cell, output_shape=output_shape)
        if input_shape is None:
            raise SpecError("input shape must be given where padding is copied from the input")
        padded = (
            table.padded_cells(u, size=size)
            for table, u, size in zip(self.axes, cell, input_shape, strict=True)
        )
        return tuple(
            pair
            for place in product(*padded)
            for pair in self._reads_of_padded(place, output_shape=output_shape)
        )

    def _reads_of_padded(
        self, cell: Sequence[int], *, output_shape: Sequence[int] | None
    ) -> tuple[tuple[Shape, Shape], ...]:
        blocks, phases = self.locate(cell)
        sizes = [None] * len(self.axes) if output_shape is None else output_shape
        along = [
            [
                (block - tap.shift, tap.index)
                for tap in phase.taps
                if _exists(block - tap.shift, size)
            ]
            for block, phase, size in zip(blocks, phases.axes, sizes, strict=True)
        ]
        return tuple(
            (tuple(output for output, _ in met), tuple(tap for _, tap in met))
            for met in product(*along)
        )


def _exists(output: int, size: int | None) -> bool:
    """Return whether an output lies in an axis of that size; None is an axis without end."""
    return output >= 0 and (size is None or output < size)


def _in_words(phase: AxisPhase) -> tuple[str, str]:
    """Return the taps of a phase and the outputs that they reach it from."""
    outputs = (f"K{-tap.shift:+d}" if tap.shift else "K" for tap in phase.taps)
    return ", ".join(str(tap.index) for tap in phase.taps), ", ".join(outputs)
