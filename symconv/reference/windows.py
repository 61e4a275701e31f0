"""The three sums of a convolution, one window at a time, on batched arrays of checked shapes.

All are derivatives of one trilinear form, the sum over outputs i, j and taps r, s of
dy[i,j] * w[r,s] * xp[i*t + r*d, j*t + s*d], with xp the padded input. `weigh` is its derivative by
dy, `scatter` the one by x, `meet` the one by w. Source: the definition of y[i,j]; `scatter` is the
operation f of the article, D[it:it+p, jt:jt+q] += dy[i,j] * W, run over all windows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import Any, TypeAlias

import numpy as np

from symconv.reference.padding import Array, fold, pad
from symconv.sizes import Shape
from symconv.spec import ConvSpec

Index: TypeAlias = tuple[Any, ...]  # an ellipsis, then one integer or slice per spatial axis


def weigh(spec: ConvSpec, x: Array, w: Array, *, output_sizes: Shape) -> Array:
    """Return y without bias, (N, C_out, *out): every window weighed by the kernel.

    Args:
        spec: the sizes of an ordinary convolution, concrete.
        x: (N, C_in, *in).
        w: (C_out, C_in/groups, *k).
        output_sizes: (*out).
    """
    padded = pad(spec, x)
    y = np.empty((x.shape[0], spec.groups, w.shape[0] // spec.groups, *output_sizes), x.dtype)
    matrix = _by_group(spec, w)
    for output, window in _windows(spec, output_sizes):
        y[output] = np.einsum("ngt,got->ngo", _taps(spec, padded, window), matrix)
    return y.reshape((x.shape[0], w.shape[0], *output_sizes))


def scatter(spec: ConvSpec, dy: Array, w: Array, *, input_sizes: Shape) -> Array:
    """Return the gradient by x, (N, C_in, *in): every window adds dy times the kernel.

    Args:
        spec: the sizes of an ordinary convolution, concrete.
        dy: (N, C_out, *out).
        w: (C_out, C_in/groups, *k).
        input_sizes: (*in).
    """
    padded = (
        max(0, lo + n + hi) for n, (lo, hi) in zip(input_sizes, spec.padding_pairs, strict=True)
    )
    grad = np.zeros((dy.shape[0], w.shape[1] * spec.groups, *padded), dy.dtype)
    matrix = _by_group(spec, w)
    by_group = _channels_by_group(dy, groups=spec.groups)
    for output, window in _windows(spec, dy.shape[2:]):
        scattered = np.einsum("ngo,got->ngt", by_group[output], matrix)
        view = grad[window]
        view += scattered.reshape(view.shape)
    return fold(spec, grad, sizes=input_sizes)


def meet(spec: ConvSpec, dy: Array, x: Array) -> Array:
    """Return the gradient by w, (C_out, C_in/groups, *k): every window adds dy times what it reads.

    Args:
        spec: the sizes of an ordinary convolution, concrete.
        dy: (N, C_out, *out).
        x: (N, C_in, *in).
    """
    padded = pad(spec, x)
    outputs, inner = dy.shape[1], x.shape[1] // spec.groups
    grad = np.zeros((spec.groups, outputs // spec.groups, inner * prod(spec.kernel_shape)), x.dtype)
    by_group = _channels_by_group(dy, groups=spec.groups)
    for output, window in _windows(spec, dy.shape[2:]):
        grad += np.einsum("ngo,ngt->got", by_group[output], _taps(spec, padded, window))
    return _turned(spec, grad.reshape((outputs, inner, *spec.kernel_shape)))


def _windows(spec: ConvSpec, output_shape: Sequence[int]) -> Iterator[tuple[Index, Index]]:
    """Yield every output index with the slices of its window in the padded input."""
    for output in product(*map(range, output_shape)):
        starts = [i * t for i, t in zip(output, spec.stride, strict=True)]
        window = (
            slice(start, start + e, d)
            for start, e, d in zip(starts, spec.extent, spec.dilation, strict=True)
        )
        yield (..., *output), (..., *window)


def _taps(spec: ConvSpec, padded: Array, window: Index) -> Array:
    """Return what a window reads, (N, groups, C_in/groups * taps)."""
    view = padded[window]
    entries = view.shape[1] // spec.groups * prod(view.shape[2:])
    return view.reshape((view.shape[0], spec.groups, entries))


def _channels_by_group(array: Array, *, groups: int) -> Array:
    batch, channels, *sizes = array.shape
    return array.reshape((batch, groups, channels // groups, *sizes))


def _by_group(spec: ConvSpec, weight: Array) -> Array:
    """Return the kernel as matrices, (groups, C_out/groups, C_in/groups * taps)."""
    shape = (spec.groups, weight.shape[0] // spec.groups, prod(weight.shape[1:]))
    return _turned(spec, weight).reshape(shape)


def _turned(spec: ConvSpec, weight: Array) -> Array:
    """Return the kernel as the windows read it: flipped along every axis, or as it is."""
    if not spec.true_convolution:
        return weight
    return np.flip(weight, axis=tuple(range(2, weight.ndim)))
