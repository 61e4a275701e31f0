"""Kernels with so much padding that no input is small enough for symbols, checked on integers.

Windows that lie in the padding read zeros. So with padding that is less by whole strides, but still
as much as a window spans, y is a part of the same y, whose rest is b, and the gradients are those
of that part of dy. A kernel with much padding is compared with one with less, entry by entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import prod
from typing import Any, Final

import numpy as np
from sympy import IndexedBase

from symconv.algebra.symbols import B_CHANNELS, DY, W, X
from symconv.codegen.kernel import Kernel
from symconv.errors import SpecError, VerificationError
from symconv.sizes import Shape
from symconv.spec import ConvSpec

MAX_WINDOWS: Final = 2**23
LARGEST: Final = 9


def less_padded(spec: ConvSpec) -> ConvSpec:
    """Return the spec with as little padding as keeps all windows that read an input.

    Padding that is copied, or cut off from a transposed convolution, is kept.
    """
    if spec.transposed or spec.padding_mode != "zeros":
        return spec
    sizes = zip(spec.padding_pairs, spec.extent, spec.stride, strict=True)
    padding = tuple((_less(lo, e, t), _less(hi, e, t)) for (lo, hi), e, t in sizes)
    return replace(spec, padding=padding)


def _less(side: int, extent: int, stride: int) -> int:
    """Return the least padding of at least the extent that is smaller by whole strides."""
    return side if side <= extent else extent + (side - extent) % stride


def check_much_padding(
    kernel: Kernel, spec: ConvSpec, *, less: Kernel, shapes: Mapping[IndexedBase, Shape]
) -> None:
    """Run a kernel on integers and compare it with the same one with less padding.

    Args:
        kernel: the emitted code, loaded.
        spec: what it computes.
        less: the kernel of `less_padded(spec)`, which is right.
        shapes: of x, w, dy and b.

    Raises:
        SpecError: there are too many windows to compare.
        VerificationError: an entry differs.
    """
    windows = prod(shapes[DY])
    if windows > MAX_WINDOWS:
        raise SpecError(
            f"padding must leave at most {MAX_WINDOWS} windows of the smallest input for a kernel "
            f"to be checked, got {windows}"
        )
    draws = np.random.default_rng(0)
    x, w, dy, b = (
        np.asarray(draws.integers(-LARGEST, LARGEST + 1, shapes[base]))
        for base in (X, W, DY, B_CHANNELS)
    )
    inner = _inner(spec, x.shape[-spec.axes :])
    part = dy[inner]
    y, gradients = kernel.forward(x, w, b), kernel.backward(dy, x, w)
    expected = np.zeros_like(y) + b.reshape((*b.shape, *[1] * spec.axes * b.ndim))
    expected[inner] = less.forward(x, w, b)
    theirs = less.backward(part, x, w)
    _compare(f"forward of {kernel.name}", y, expected)
    _compare(f"grad_input of {kernel.name}", gradients.input, theirs.input)
    _compare(f"grad_weight of {kernel.name}", gradients.weight, theirs.weight)
    sums = dy.sum(axis=tuple(at for at in range(dy.ndim) if not (b.ndim and at == 1)))
    _compare(f"grad_bias of {kernel.name}", gradients.bias, sums)


def _inner(spec: ConvSpec, sizes: Shape) -> Any:
    """Return where the windows of less padding lie among those of the spec."""
    less = less_padded(spec)
    first = [
        (lo - its) // t
        for (lo, _), (its, _), t in zip(
            spec.padding_pairs, less.padding_pairs, spec.stride, strict=True
        )
    ]
    counts = less.output_shape(sizes)
    return (..., *(slice(at, at + count) for at, count in zip(first, counts, strict=True)))


def _compare(what: str, actual: Any, expected: Any) -> None:
    if not np.array_equal(actual, expected):
        raise VerificationError(f"{what} differs from that of the kernel with less padding")
