"""The transposed convolution: the adjoint of the convolution, derived and differentiated.

The convolution with the same sizes maps a plane of cells (u, v) to a plane of windows (i, j); its
derivative, a sum over taps of w[r,s] and a delta per axis, is the matrix of that map. The adjoint
sums over the windows instead of the cells: its input is x[i,j], its output y[u,v]. So the letters
keep their places (i, j count windows, u, v count cells) and the PhaseTable is the same; it now
says which inputs meet at an output. Source: derived here.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, KroneckerDelta, Mul, Sum, Symbol, diff

from symconv.algebra.gradients import Partials, differentiate
from symconv.algebra.symbols import (
    FREE_OUTPUT_INDEX,
    FREE_TAP_INDEX,
    INPUT_SIZE,
    OUTPUT_INDEX,
    B,
    W,
    X,
)
from symconv.errors import DerivationError


def adjoint_expression(convolution: Expr, *, axes: int) -> Expr:
    """Return y[u,v] of the transposed convolution: the adjoint of a convolution, plus b.

    Args:
        convolution: y[i,j] of the convolution with the same sizes.
        axes: the number of axes.

    Example:
        >>> from symconv.algebra.forward import output_expression
        >>> from symconv.spec import ConvSpec
        >>> adjoint_expression(output_expression(ConvSpec(kernel_shape=(2,), stride=3)), axes=1)
        b + Sum(KroneckerDelta(u, 3*i + r)*w[r]*x[i], (r, 0, 1), (i, 0, m - 1))
    """
    matrix = differentiate(convolution, axes=axes).by_input
    windows = [(OUTPUT_INDEX[axis], 0, INPUT_SIZE[axis] - 1) for axis in reversed(range(axes))]
    return Sum(matrix.function * X[OUTPUT_INDEX[:axes]], *matrix.limits, *windows) + B


def differentiate_adjoint(output: Expr, *, axes: int) -> Partials:
    """Return the derivatives of y[u,v] by one generic input x[i_0,j_0], one tap, and b."""
    return Partials(
        by_input=diff(output, X[FREE_OUTPUT_INDEX[:axes]]),
        by_weight=diff(output, W[FREE_TAP_INDEX[:axes]]),
        by_bias=diff(output, B),
    )


def with_fixed(derivative: Expr, *, summed: Sequence[Symbol], free: Sequence[Symbol]) -> Expr:
    """Return a derivative by a generic entry with the deltas resolved that fix a letter of a sum.

    Args:
        derivative: a sum whose terms have one delta for each of the letters `summed`.
        summed: letters of the sum.
        free: the letters of the entry, which the deltas put in their place; the result is about
            the entry with the letters `summed`.

    Raises:
        DerivationError: a delta is missing.

    Example:
        >>> from symconv.algebra.forward import output_expression
        >>> from symconv.spec import ConvSpec
        >>> y = adjoint_expression(output_expression(ConvSpec(kernel_shape=(2,), stride=3)), axes=1)
        >>> by_input = differentiate_adjoint(y, axes=1).by_input
        >>> with_fixed(by_input, summed=OUTPUT_INDEX[:1], free=FREE_OUTPUT_INDEX[:1])
        Sum(KroneckerDelta(u, 3*i + r)*w[r], (r, 0, 1))
    """
    fixing = {KroneckerDelta(one, other) for one, other in zip(summed, free, strict=True)}
    factors = Mul.make_args(derivative.function)
    if not fixing.issubset(factors):
        raise DerivationError(
            f"derivative must have a delta for each of {summed}, got {derivative}"
        )
    limits = [limit for limit in derivative.limits if limit[0] not in summed]
    return Sum(Mul(*(factor for factor in factors if factor not in fixing)), *limits)
