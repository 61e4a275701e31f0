"""y[i,j] as an exact expression: one window of the input, weighed tap by tap.

Source: the definition, y[i,j] = sum over r, s of x[i*t + r*d - lo, j*t + s*d - lo'] * w[r,s] + b,
with x zero outside 0 <= u < m, 0 <= v < n. A true convolution weighs the same cell with
w[p-1-r, q-1-s]; summed in the order of the kernel, its tap r reads x[i*t + (p-1-r)*d - lo].
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, IndexedBase, Integer, Sum

from symconv.algebra.symbols import KERNEL_SIZE, OUTPUT_INDEX, STRIDE, TAP_INDEX, XP, B, W, X
from symconv.spec import ConvSpec


def output_expression(spec: ConvSpec) -> Expr:
    """Return y[i,j] of a convolution: a sum over its taps, plus b.

    Args:
        spec: the sizes, not transposed.

    Example:
        >>> output_expression(ConvSpec(kernel_shape=(2,), stride=3, padding=1))
        b + Sum(w[r]*x[3*i + r - 1], (r, 0, 1))
    """
    kernel = [Integer(k) for k in spec.kernel_shape]
    steps = [
        k - 1 - tap if spec.true_convolution else tap
        for k, tap in zip(kernel, TAP_INDEX, strict=False)
    ]
    reads = [
        (OUTPUT_INDEX[axis] * t + step * d - lo).expand()
        for axis, (t, step, d, (lo, _)) in enumerate(
            zip(spec.stride, steps, spec.dilation, spec.padding_pairs, strict=True)
        )
    ]
    return sum_over_taps(reads, kernel=kernel, cells=read_base(spec))


def read_base(spec: ConvSpec) -> IndexedBase:
    """Return the array whose cells the windows read: x, or xp where padding is copied from x."""
    return X if spec.padding_mode == "zeros" else XP


def general_output() -> Expr:
    """Return y[i,j] of a dense p x q kernel with stride t, all letters symbolic.

    Example:
        >>> general_output()
        b + Sum(w[r, s]*x[i*t + r, j*t + s], (s, 0, q - 1), (r, 0, p - 1))
    """
    reads = [OUTPUT_INDEX[axis] * STRIDE + TAP_INDEX[axis] for axis in range(2)]
    return sum_over_taps(reads, kernel=KERNEL_SIZE)


def sum_over_taps(reads: Sequence[Expr], *, kernel: Sequence[Expr], cells: IndexedBase = X) -> Expr:
    """Return the sum over all taps of cells[reads] * w[tap], plus b.

    Args:
        reads: per axis, the input that output i reads through tap r.
        kernel: per axis, the number of taps; any of the sizes may be letters.
        cells: the array that is read.
    """
    taps = TAP_INDEX[: len(reads)]
    limits = [(tap, 0, size - 1) for tap, size in zip(taps, kernel, strict=True)]
    return Sum(cells[tuple(reads)] * W[taps], *reversed(limits)) + B
