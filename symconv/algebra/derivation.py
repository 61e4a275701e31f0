"""One derivation from start to end: spec, y[i,j], its derivatives, the phases, the gradients.

Two planes meet through the taps: *windows* (i, j) and *cells* (u, v). A convolution reads its input
from the cells and writes its output at the windows; a transposed one the other way round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Final

from sympy import And, Eq, Expr, IndexedBase, Integer, Mod, Piecewise, floor

from symconv.algebra.affine import Affine
from symconv.algebra.entries import SYMPY_LETTERS, Letters, WrittenOut, write_out
from symconv.algebra.forward import output_expression, read_base
from symconv.algebra.gradients import (
    Partials,
    differentiate,
    index_of,
    phase_gradient,
    sum_over,
    sum_over_taps,
)
from symconv.algebra.overlap import OverlapCase, overlap_case
from symconv.algebra.padding import folded, padded_input, read_copies
from symconv.algebra.phases import Phase, PhaseTable
from symconv.algebra.reading import (
    AxisRead,
    phase_table,
    read_adjoint_equations,
    read_adjoint_taps,
    read_equations,
    read_tap_inputs,
)
from symconv.algebra.symbols import (
    BLOCK_INDEX,
    DY,
    INPUT_INDEX,
    INPUT_SIZE,
    OUTPUT_INDEX,
    OUTPUT_SIZE,
    X,
)
from symconv.algebra.transposed import adjoint_expression, differentiate_adjoint
from symconv.errors import SpecError
from symconv.sizes import Shape
from symconv.spec import ConvSpec

__all__ = ["DerivedGradients", "Letters", "WrittenOut", "derive_gradients"]

MAX_TAPS: Final = 4096


@dataclass(frozen=True)
class DerivedGradients:
    """What differentiating one convolution gives, every part an exact object.

    Attributes:
        spec: the sizes.
        output: y[i,j], a sum over the taps; of a transposed spec y[u,v], the adjoint's sum.
        padded_input: the padded input xp as an entry of x; x itself where nothing is copied.
        partials: the derivatives of y by x[u,v] (by xp, where padding is copied), w[r,s] and b;
            of a transposed spec by x[i,j].
        equations: per axis, which cells meet which windows; read off the derivative by x.
        tap_inputs: per axis, which cell a window meets through a tap; read off the one by w.
        phases: the PhaseTable, the equations solved, with the copies that fold the gradient back.
    """

    spec: ConvSpec
    output: Expr
    padded_input: Expr
    partials: Partials
    equations: tuple[AxisRead, ...]
    tap_inputs: tuple[AxisRead, ...]
    phases: PhaseTable

    @property
    def taps(self) -> tuple[Shape, ...]:
        """Every tap (r, s), in row-major order."""
        return tuple(product(*(range(int(read.kernel)) for read in self.tap_inputs)))

    def reads_through(self, tap: Shape) -> tuple[Affine, ...]:
        """Return the cell that a window meets through a tap, per axis affine in i, j.

        It is the input index that a convolution reads, or the output index that a transposed one
        writes; in copied padding, the index of the padded input.
        """
        return tuple(
            read.through(axis, r)
            for axis, (read, r) in enumerate(zip(self.tap_inputs, tap, strict=True))
        )

    @cached_property
    def gathered(self) -> Expr:
        """What cell (u, v) gathers from the windows: a sum over taps for each of its phases.

        Of a convolution it is de/dx[u,v] (de/dxp, where padding is copied), of a transposed one
        y[u,v] - b; dy, or x, is zero outside.
        """
        pieces = [(self._phase_at_cell(phase), self._in_phase(phase)) for phase in self.phases]
        if len(pieces) == 1 and not self.phases.gapped:
            return pieces[0][0]
        return Piecewise(*pieces, (Integer(0), True), evaluate=False)

    @cached_property
    def grad_input(self) -> Expr:
        """de/dx[u,v]: a sum over taps for each phase of (u, v); dy is zero outside y.

        Copied padding folds back: the sum over all copies of x[u,v]. A transposed spec has
        de/dx[i,j], one sum over taps.
        """
        if self.spec.transposed:
            return sum_over_taps(self.equations, cells=DY)
        return folded(self.gathered, [table.copies for table in self.phases.axes])

    @cached_property
    def grad_weight(self) -> Expr:
        """de/dw[r,s]: the sum over all windows of dy[i,j] times the input that tap reads.

        Of a transposed spec: of x[i,j] times the dy that tap reads.
        """
        windows, cells = (X, DY) if self.spec.transposed else (DY, read_base(self.spec))
        letters = OUTPUT_INDEX[: self.spec.axes]
        sizes = INPUT_SIZE if self.spec.transposed else OUTPUT_SIZE
        term = windows[letters] * cells[index_of(self.tap_inputs)]
        return sum_over(term, letters=letters, sizes=sizes)

    @cached_property
    def grad_bias(self) -> Expr:
        """de/db: the sum of dy over all outputs."""
        letters = (INPUT_INDEX if self.spec.transposed else OUTPUT_INDEX)[: self.spec.axes]
        return sum_over(DY[letters] * self.partials.by_bias, letters=letters, sizes=OUTPUT_SIZE)

    @cached_property
    def overlap(self) -> OverlapCase:
        """Which overlap case this is, with the closed form of `gathered`."""
        return overlap_case(self.equations, windows=self._at_windows)

    def phase_gradient(self, phase: Phase) -> Expr:
        """Return what the cells of one phase gather, with block indices K, L."""
        return phase_gradient(phase, windows=self._at_windows)

    def written_out(
        self, input_shape: Sequence[int], *, letters: Letters = SYMPY_LETTERS
    ) -> WrittenOut:
        """Return every entry of y and of the gradients for one small input.

        Args:
            input_shape: the input sizes (m, n).
            letters: what stands for the entries of x, w, dy and for b; SymPy's by default.

        Raises:
            SpecError: a window does not fit, or the image has more than 4096 cells.

        Example:
            >>> d = derive_gradients(ConvSpec(kernel_shape=(2,)))
            >>> d.written_out((3,)).grad_input[(1,)]
            dy[0]*w[1] + dy[1]*w[0]
        """
        return write_out(self, input_shape, letters=letters)

    @property
    def _at_windows(self) -> IndexedBase:
        return X if self.spec.transposed else DY

    def _phase_at_cell(self, phase: Phase) -> Expr:
        blocks = {
            BLOCK_INDEX[axis]: floor((INPUT_INDEX[axis] + table.before) / Integer(table.stride))
            for axis, table in enumerate(self.phases.axes)
        }
        return self.phase_gradient(phase).xreplace(blocks)

    def _in_phase(self, phase: Phase) -> Expr:
        return And(
            *(
                Eq(Mod(INPUT_INDEX[axis] + table.before, table.stride), residue)
                for axis, (table, residue) in enumerate(
                    zip(self.phases.axes, phase.residues, strict=True)
                )
            )
        )


def derive_gradients(spec: ConvSpec) -> DerivedGradients:
    """Return the derivation of a spec: its output differentiated, the deltas resolved.

    Raises:
        SpecError: the padding depends on the input, or the kernel has more than 4096 taps.

    Example:
        >>> d = derive_gradients(ConvSpec(kernel_shape=(3,), stride=2))
        >>> for phase in d.phases:
        ...     print(phase.residues, d.phase_gradient(phase))
        (0,) dy[K - 1]*w[2] + dy[K]*w[0]
        (1,) dy[K]*w[1]
    """
    if prod(spec.kernel_shape) > MAX_TAPS:
        raise SpecError(
            f"kernel_shape must have at most {MAX_TAPS} taps to be derived, got {spec.kernel_shape}"
        )
    before = tuple(lo for lo, _ in spec.padding_pairs)
    axes = spec.axes
    padded = padded_input(spec.padding_mode, axes=axes)
    if spec.transposed:
        output = adjoint_expression(output_expression(spec.adjoint), axes=axes)
        partials = differentiate_adjoint(output, axes=axes)
        equations = read_adjoint_equations(partials.by_input, axes=axes)
        tap_inputs = read_adjoint_taps(partials.by_weight, axes=axes)
    else:
        output, cells = output_expression(spec), read_base(spec)
        partials = differentiate(output, axes=axes, cells=cells)
        equations = read_equations(partials.by_input, axes=axes)
        tap_inputs = read_tap_inputs(partials.by_weight, axes=axes, cells=cells)
    return DerivedGradients(
        spec=spec,
        output=output,
        padded_input=padded,
        partials=partials,
        equations=equations,
        tap_inputs=tap_inputs,
        phases=phase_table(equations, before=before, copies=read_copies(padded, spec)),
    )
