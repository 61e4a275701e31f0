"""y[i,j] as an exact expression: one window of the input, weighed tap by tap.

Source: the definition, y[i,j] = sum over r, s of x[i*t + r*d - lo, j*t + s*d - lo'] * w[r,s] + b,
with x zero outside 0 <= u < m, 0 <= v < n.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Integer, Sum

from symconv.algebra.symbols import KERNEL_SIZE, OUTPUT_INDEX, STRIDE, TAP_INDEX, B, W, X
from symconv.spec import ConvSpec


def output_expression(spec: ConvSpec) -> Expr:
    """Return y[i,j] of a spec: a sum over its taps, plus b.

    Example:
        >>> output_expression(ConvSpec(kernel_shape=(2,), stride=3, padding=1))
        b + Sum(w[r]*x[3*i + r - 1], (r, 0, 1))
    """
    reads = [
        OUTPUT_INDEX[axis] * t + TAP_INDEX[axis] * d - lo
        for axis, (t, d, (lo, _)) in enumerate(
            zip(spec.stride, spec.dilation, spec.padding_pairs, strict=True)
        )
    ]
    return sum_over_taps(reads, kernel=[Integer(k) for k in spec.kernel_shape])


def general_output() -> Expr:
    """Return y[i,j] of a dense p x q kernel with stride t, all letters symbolic.

    Example:
        >>> general_output()
        b + Sum(w[r, s]*x[i*t + r, j*t + s], (s, 0, q - 1), (r, 0, p - 1))
    """
    reads = [OUTPUT_INDEX[axis] * STRIDE + TAP_INDEX[axis] for axis in range(2)]
    return sum_over_taps(reads, kernel=KERNEL_SIZE)


def sum_over_taps(reads: Sequence[Expr], *, kernel: Sequence[Expr]) -> Expr:
    """Return the sum over all taps of x[reads] * w[tap], plus b.

    Args:
        reads: per axis, the input that output i reads through tap r.
        kernel: per axis, the number of taps; any of the sizes may be letters.
    """
    taps = TAP_INDEX[: len(reads)]
    limits = [(tap, 0, size - 1) for tap, size in zip(taps, kernel, strict=True)]
    return Sum(X[tuple(reads)] * W[taps], *reversed(limits)) + B
