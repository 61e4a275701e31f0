"""The derivatives of y[i,j], and the gradients that the chain rule makes of them.

Differentiating one generic output is enough: y[i,j] with symbolic i, j stands for all of them,
and its derivative by x[u,v] has one Kronecker delta per axis. Neither depends on the image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Add, Expr, IndexedBase, Sum, Symbol, diff

from symconv.algebra.phases import Phase
from symconv.algebra.reading import AxisRead
from symconv.algebra.symbols import (
    BLOCK_INDEX,
    DY,
    FREE_TAP_INDEX,
    INPUT_INDEX,
    OUTPUT_INDEX,
    OUTPUT_SIZE,
    TAP_INDEX,
    B,
    W,
    X,
)


@dataclass(frozen=True)
class Partials:
    """The derivatives of one output y[i,j], as SymPy takes them.

    Attributes:
        by_input: dy[i,j]/dx[u,v], the sum over taps of w[r,s] times one delta per axis.
        by_weight: dy[i,j]/dw[r_0,s_0], the sum over taps of x[...] times one delta per axis.
        by_bias: dy[i,j]/db.
    """

    by_input: Expr
    by_weight: Expr
    by_bias: Expr


def differentiate(output: Expr, *, axes: int, cells: IndexedBase = X) -> Partials:
    """Return the derivatives of `output` by one generic input cell, one generic tap, and b.

    Args:
        output: y[i,j], over 1 to 3 axes.
        axes: the number of axes.
        cells: the array that the windows read.

    Example:
        >>> from symconv.algebra.forward import output_expression
        >>> from symconv.spec import ConvSpec
        >>> y = output_expression(ConvSpec(kernel_shape=(2,), stride=3))
        >>> differentiate(y, axes=1).by_input
        Sum(KroneckerDelta(u, 3*i + r)*w[r], (r, 0, 1))
    """
    return Partials(
        by_input=diff(output, cells[INPUT_INDEX[:axes]]),
        by_weight=diff(output, W[FREE_TAP_INDEX[:axes]]),
        by_bias=diff(output, B),
    )


def phase_gradient(phase: Phase, *, windows: IndexedBase = DY) -> Expr:
    """Return de/dx at the cells of one phase, a sum over its taps with block indices K, L.

    With `windows` x, the same sum is y - b of the transposed convolution.

    The chain rule gives the sum over i, j of dy[i,j] * dy[i,j]/dx[u,v]; at this phase the deltas
    of each tap leave exactly one output, i = K - shift, so every tap contributes one product.
    """
    return Add(
        *(
            windows[tuple(BLOCK_INDEX[axis] - shift for axis, shift in enumerate(tap.shifts))]
            * W[tap.index]
            for tap in phase.taps
        )
    )


def sum_over_taps(reads: Sequence[AxisRead], *, cells: IndexedBase) -> Expr:
    """Return the sum over taps of cells[...] * w[r,s] at one window: de/dx of a transposed one.

    Args:
        reads: which cell a window meets through a tap, per axis.
        cells: what is read there.
    """
    taps = TAP_INDEX[: len(reads)]
    limits = [(tap, 0, read.kernel - 1) for tap, read in zip(taps, reads, strict=True)]
    return Sum(cells[index_of(reads)] * W[taps], *reversed(limits))


def index_of(reads: Sequence[AxisRead]) -> tuple[Expr, ...]:
    """Return the cell that window (i, j) meets through tap (r, s)."""
    return tuple(
        read.stride * OUTPUT_INDEX[axis] + read.dilation * TAP_INDEX[axis] + read.offset
        for axis, read in enumerate(reads)
    )


def sum_over_outputs(factor: Expr, *, axes: int) -> Expr:
    """Return the sum of dy[i,j] * factor over 0 <= i < g, 0 <= j < h."""
    window = OUTPUT_INDEX[:axes]
    return sum_over(DY[window] * factor, letters=window, sizes=OUTPUT_SIZE)


def sum_over(term: Expr, *, letters: Sequence[Symbol], sizes: Sequence[Symbol]) -> Expr:
    """Return the sum of a term over 0 <= letter < size, for each letter.

    Example:
        >>> from symconv.algebra.symbols import OUTPUT_SIZE
        >>> sum_over(DY[INPUT_INDEX[:1]], letters=INPUT_INDEX[:1], sizes=OUTPUT_SIZE)
        Sum(dy[u], (u, 0, g - 1))
    """
    limits = [(letter, 0, size - 1) for letter, size in zip(letters, sizes, strict=False)]
    return Sum(term, *reversed(limits))
