"""What a derivative says, read off its SymPy expression: equations, inputs of taps, phases.

dy[i,j]/dx[u,v] is the sum over r, s of w[r,s] * delta(u, t*i + d*r - lo) * delta(v, ...). Each
delta is a linear equation; with u + lo = t*K + rho it has the solution i = K - (d*r - rho)/t
exactly when t divides d*r - rho. So d*r gives tap r its phase (the remainder by t) and its shift
(the quotient). Whatever does not have this form is a DerivationError, never a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Expr, Indexed, IndexedBase, KroneckerDelta, Mul, Sum, Symbol

from symconv.algebra.affine import Affine, coefficients
from symconv.algebra.copies import Copy
from symconv.algebra.phases import AxisPhase, AxisTable, AxisTap, PhaseTable
from symconv.algebra.symbols import (
    FREE_OUTPUT_INDEX,
    FREE_TAP_INDEX,
    INPUT_INDEX,
    OUTPUT_INDEX,
    TAP_INDEX,
    W,
    X,
)
from symconv.errors import DerivationError


@dataclass(frozen=True)
class AxisRead:
    """Which input an output reads through a tap along one axis: stride*i + dilation*r + offset.

    Attributes:
        stride: coefficient of the output index; an Integer, or a letter.
        dilation: coefficient of the tap; negative where the kernel is flipped.
        offset: the input that tap 0 of output 0 reads, minus the padding in front.
        kernel: number of taps.
    """

    stride: Expr
    dilation: Expr
    offset: Expr
    kernel: Expr

    def through(self, axis: int, tap: int) -> Affine:
        """Return the input index read through one tap, affine in the output index."""
        constant = int(self.dilation) * tap + int(self.offset)
        return Affine(int(self.stride), OUTPUT_INDEX[axis].name, constant)


def read_equations(by_input: Expr, *, axes: int) -> tuple[AxisRead, ...]:
    """Return per axis the equation u = stride*i + dilation*r + offset, off dy[i,j]/dx[u,v].

    Raises:
        DerivationError: the derivative is not a sum over taps of w[r,s] and one delta per axis.
    """
    weight, deltas = _split(by_input, base=W, letters=INPUT_INDEX[:axes])
    if weight.indices != TAP_INDEX[:axes]:
        raise DerivationError(f"derivative by x must weigh with w[r, s], got {weight}")
    return _axis_reads(by_input, deltas)


def read_tap_inputs(by_weight: Expr, *, axes: int, cells: IndexedBase = X) -> tuple[AxisRead, ...]:
    """Return per axis the input index stride*i + dilation*r + offset, off dy[i,j]/dw[r_0,s_0].

    Args:
        by_weight: the derivative.
        axes: the number of axes.
        cells: the array that the windows read.

    Raises:
        DerivationError: the derivative is not a sum over taps of x[...] and delta(r, r_0).
    """
    cell, deltas = _split(by_weight, base=cells, letters=FREE_TAP_INDEX[:axes])
    if tuple(deltas) != TAP_INDEX[:axes]:
        raise DerivationError(f"derivative by w must pick the tap (r_0, s_0), got {by_weight}")
    return _axis_reads(by_weight, cell.indices)


def read_adjoint_equations(by_input: Expr, *, axes: int) -> tuple[AxisRead, ...]:
    """Return the equations u = stride*i + dilation*r + offset, off dy[u,v]/dx[i_0,j_0].

    Raises:
        DerivationError: the derivative is not a sum over taps and windows of w[r,s], one delta
            for each axis of the cells, and delta(i, i_0).
    """
    letters = INPUT_INDEX[:axes] + FREE_OUTPUT_INDEX[:axes]
    weight, deltas = _split(by_input, base=W, letters=letters)
    if weight.indices != TAP_INDEX[:axes] or deltas[axes:] != OUTPUT_INDEX[:axes]:
        raise DerivationError(f"derivative by x must weigh x[i_0, j_0] with w, got {by_input}")
    return _axis_reads(by_input, deltas[:axes], summed=OUTPUT_INDEX[:axes])


def read_adjoint_taps(by_weight: Expr, *, axes: int) -> tuple[AxisRead, ...]:
    """Return the equations u = stride*i + dilation*r + offset, off dy[u,v]/dw[r_0,s_0].

    Raises:
        DerivationError: the derivative is not a sum over taps and windows of x[i,j], one delta
            for each axis of the cells, and delta(r, r_0).
    """
    letters = INPUT_INDEX[:axes] + FREE_TAP_INDEX[:axes]
    window, deltas = _split(by_weight, base=X, letters=letters)
    if window.indices != OUTPUT_INDEX[:axes] or deltas[axes:] != TAP_INDEX[:axes]:
        raise DerivationError(f"derivative by w must pick the tap (r_0, s_0), got {by_weight}")
    return _axis_reads(by_weight, deltas[:axes], summed=OUTPUT_INDEX[:axes])


def phase_table(
    reads: Sequence[AxisRead],
    *,
    before: Sequence[int],
    copies: Sequence[tuple[Copy, ...]],
) -> PhaseTable:
    """Return the PhaseTable: the equation of every axis solved for i, one phase at a time.

    Args:
        reads: the equations, with integer coefficients.
        before: the padding in front of the input, per axis; it names the phases.
        copies: which padded cells hold which input cells, per axis.
    """
    return PhaseTable(
        tuple(
            _axis_table(read, before=lo, copies=pieces)
            for read, lo, pieces in zip(reads, before, copies, strict=True)
        )
    )


def _split(
    derivative: Expr, *, base: IndexedBase, letters: Sequence[Symbol]
) -> tuple[Indexed, tuple[Expr, ...]]:
    """Split Sum(base[...] * delta * delta) into base[...] and what the deltas equate letters to."""
    if not isinstance(derivative, Sum):
        raise DerivationError(f"derivative must be a sum over taps, got {derivative}")
    indexed, equal = [], {}
    for factor in Mul.make_args(derivative.function):
        if isinstance(factor, Indexed) and factor.base == base:
            indexed.append(factor)
        elif isinstance(factor, KroneckerDelta):
            letter, value = _equation(factor, letters=letters)
            equal[letter] = value
        else:
            raise DerivationError(f"derivative must be {base}[...] times deltas, got {derivative}")
    if len(indexed) != 1 or set(equal) != set(letters):
        raise DerivationError(
            f"derivative must have one factor {base}[...] and one delta per axis, got {derivative}"
        )
    return indexed[0], tuple(equal[letter] for letter in letters)


def _equation(delta: KroneckerDelta, *, letters: Sequence[Symbol]) -> tuple[Symbol, Expr]:
    """Return (letter, value) of delta(letter, value), whichever way round SymPy wrote it."""
    for letter, value in (delta.args, reversed(delta.args)):
        if letter in letters:
            return letter, value
    raise DerivationError(f"delta must fix one of {tuple(letters)}, got {delta}")


def _axis_reads(
    derivative: Sum, indices: Sequence[Expr], *, summed: Sequence[Symbol] = ()
) -> tuple[AxisRead, ...]:
    """Return the index of each axis, affine in i and r, with the number of taps summed over."""
    sizes = {letter: last + 1 for letter, first, last in derivative.limits if first == 0}
    if set(sizes) != {*TAP_INDEX[: len(indices)], *summed}:
        raise DerivationError(f"derivative must sum over r, s from 0, got {derivative}")
    reads = []
    for axis, index in enumerate(indices):
        letters = (OUTPUT_INDEX[axis], TAP_INDEX[axis])
        stride, dilation, offset = coefficients(index, letters)
        reads.append(AxisRead(stride, dilation, offset, sizes[TAP_INDEX[axis]]))
    return tuple(reads)


def _axis_table(read: AxisRead, *, before: int, copies: tuple[Copy, ...]) -> AxisTable:
    stride = int(read.stride)
    phases: dict[int, list[AxisTap]] = {}
    for tap in range(int(read.kernel)):
        reached = int(read.dilation) * tap + int(read.offset) + before
        shift, residue = divmod(reached, stride)
        phases.setdefault(residue, []).append(AxisTap(tap, shift))
    return AxisTable(
        stride=stride,
        before=before,
        phases=tuple(AxisPhase(residue, tuple(taps)) for residue, taps in sorted(phases.items())),
        copies=copies,
    )
