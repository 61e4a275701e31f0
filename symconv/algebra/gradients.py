"""The derivatives of y[i,j], and the gradients that the chain rule makes of them.

Differentiating one generic output is enough: y[i,j] with symbolic i, j stands for all of them,
and its derivative by x[u,v] has one Kronecker delta per axis. Neither depends on the image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Add, Expr, Sum, diff

from symconv.algebra.phases import Phase
from symconv.algebra.symbols import (
    BLOCK_INDEX,
    DY,
    FREE_TAP_INDEX,
    INPUT_INDEX,
    OUTPUT_INDEX,
    OUTPUT_SIZE,
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


def differentiate(output: Expr, *, axes: int) -> Partials:
    """Return the derivatives of `output` by one generic input cell, one generic tap, and b.

    Args:
        output: y[i,j], over 1 to 3 axes.
        axes: the number of axes.

    Example:
        >>> from symconv.algebra.forward import output_expression
        >>> from symconv.spec import ConvSpec
        >>> y = output_expression(ConvSpec(kernel_shape=(2,), stride=3))
        >>> differentiate(y, axes=1).by_input
        Sum(KroneckerDelta(u, 3*i + r)*w[r], (r, 0, 1))
    """
    return Partials(
        by_input=diff(output, X[INPUT_INDEX[:axes]]),
        by_weight=diff(output, W[FREE_TAP_INDEX[:axes]]),
        by_bias=diff(output, B),
    )


def phase_gradient(phase: Phase) -> Expr:
    """Return de/dx at the cells of one phase, a sum over its taps with block indices K, L.

    The chain rule gives the sum over i, j of dy[i,j] * dy[i,j]/dx[u,v]; at this phase the deltas
    of each tap leave exactly one output, i = K - shift, so every tap contributes one product.
    """
    return Add(
        *(
            DY[tuple(BLOCK_INDEX[axis] - shift for axis, shift in enumerate(tap.shifts))]
            * W[tap.index]
            for tap in phase.taps
        )
    )


def sum_over_outputs(factor: Expr, *, axes: int) -> Expr:
    """Return the sum of dy[i,j] * factor over 0 <= i < g, 0 <= j < h."""
    limits: Sequence[tuple[Expr, int, Expr]] = [
        (OUTPUT_INDEX[axis], 0, OUTPUT_SIZE[axis] - 1) for axis in reversed(range(axes))
    ]
    return Sum(DY[OUTPUT_INDEX[:axes]] * factor, *limits)
