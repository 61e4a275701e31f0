"""The definition as a loop over taps: what anybody writes first in NumPy, and what is true here.

`tests/test_bench.py` compares every function with `symconv.reference` on integers, with ==.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.sizes import Shape
from symconv.spec import ConvSpec

Array: TypeAlias = npt.NDArray[Any]


def plane_forward(spec: ConvSpec, x: Array, w: Array) -> Array:
    """Return y (g, h): for each tap, what it reads of x times its weight."""
    xp = padded(spec, x)
    y = np.zeros(spec.output_shape(x.shape), x.dtype)
    for tap, read in reads(spec, y.shape):
        y += w[tap] * xp[read]
    return y


def plane_grad_input(spec: ConvSpec, dy: Array, w: Array, input_shape: Shape) -> Array:
    """Return dx (m, n): for each tap, dy times its weight is added where the tap reads."""
    dxp = np.zeros(_padded_shape(spec, input_shape), dy.dtype)
    for tap, read in reads(spec, dy.shape):
        dxp[read] += w[tap] * dy
    return cropped(spec, dxp, input_shape)


def plane_grad_weight(spec: ConvSpec, dy: Array, x: Array) -> Array:
    """Return dw (p, q): for each tap, the sum of dy times what the tap reads."""
    xp = padded(spec, x)
    dw = np.empty(spec.kernel_shape, dy.dtype)
    for tap, read in reads(spec, dy.shape):
        dw[tap] = (dy * xp[read]).sum()
    return dw


def batched_forward(spec: ConvSpec, x: Array, w: Array) -> Array:
    """Return y (N, C_out, *out): for each tap, a product of w's channels with what it reads."""
    groups, images = spec.groups, len(x)
    outputs = spec.output_shape(x.shape[2:])
    xp = padded(spec, x)
    weights = w.reshape(groups, -1, *w.shape[1:])
    y = np.zeros((images, groups, len(w) // groups, int(np.prod(outputs))), x.dtype)
    for tap, read in reads(spec, outputs):
        y += weights[last_axes(tap)] @ _in_groups(xp[last_axes(read)], groups)
    return y.reshape(images, len(w), *outputs)


def batched_grad_input(spec: ConvSpec, dy: Array, w: Array, sizes: Shape) -> Array:
    """Return dx (N, C_in, *sizes): for each tap, w's channels times dy are added where it reads."""
    groups, images = spec.groups, len(dy)
    weights = w.reshape(groups, -1, *w.shape[1:])
    upstream = _in_groups(dy, groups)
    dxp = np.zeros((images, w.shape[1] * groups, *_padded_shape(spec, sizes)), dy.dtype)
    for tap, read in reads(spec, dy.shape[2:]):
        target = dxp[last_axes(read)]
        target += (weights[last_axes(tap)].swapaxes(1, 2) @ upstream).reshape(target.shape)
    return cropped(spec, dxp, sizes)


def batched_grad_weight(spec: ConvSpec, dy: Array, x: Array) -> Array:
    """Return dw (C_out, C_in / groups, *kernel): for each tap, dy times what it reads, summed."""
    groups = spec.groups
    xp = padded(spec, x)
    upstream = _in_groups(dy, groups)
    dw = np.empty((dy.shape[1], x.shape[1] // groups, *spec.kernel_shape), dy.dtype)
    for tap, read in reads(spec, dy.shape[2:]):
        products = upstream @ _in_groups(xp[last_axes(read)], groups).swapaxes(2, 3)
        dw[last_axes(tap)] = products.sum(axis=0).reshape(dw.shape[:2])
    return dw


def reads(spec: ConvSpec, outputs: Shape) -> Iterator[tuple[Shape, tuple[slice, ...]]]:
    """Yield every tap with the cells of the padded input that it reads, in the order of windows."""
    for tap in product(*map(range, spec.kernel_shape)):
        starts = [at * d for at, d in zip(tap, spec.dilation, strict=True)]
        yield (
            tap,
            tuple(
                slice(start, start + t * (count - 1) + 1, t)
                for start, t, count in zip(starts, spec.stride, outputs, strict=True)
            ),
        )


def padded(spec: ConvSpec, array: Array) -> Array:
    """Return the array with zeros around its last axes, or cut off where padding is negative."""
    pairs = spec.padding_pairs
    if not any(lo or hi for lo, hi in pairs):
        return array
    leading = array.ndim - spec.axes
    around = [(max(lo, 0), max(hi, 0)) for lo, hi in pairs]
    wide = np.pad(array, [(0, 0)] * leading + around)
    inner = tuple(slice(max(-lo, 0), min(hi, 0) or None) for lo, hi in pairs)
    found: Array = wide[last_axes(inner)]
    return found


def cropped(spec: ConvSpec, array: Array, sizes: Shape) -> Array:
    """Return the cells of a padded array that belong to the input; zeros where it was cut off."""
    pairs = spec.padding_pairs
    if not any(lo or hi for lo, hi in pairs):
        return array
    if min(min(pair) for pair in pairs) < 0:
        missing = [(max(-lo, 0), max(-hi, 0)) for lo, hi in pairs]
        array = np.pad(array, [(0, 0)] * (array.ndim - spec.axes) + missing)
    inner = tuple(
        slice(max(lo, 0), max(lo, 0) + size) for (lo, _), size in zip(pairs, sizes, strict=True)
    )
    found: Array = array[last_axes(inner)]
    return found


def last_axes(cells: Sequence[int | slice]) -> Any:
    """Return the index of some cells along the last axes, everything along the others."""
    return (..., *cells)


def _padded_shape(spec: ConvSpec, sizes: Shape) -> Shape:
    return tuple(lo + size + hi for size, (lo, hi) in zip(sizes, spec.padding_pairs, strict=True))


def _in_groups(array: Array, groups: int) -> Array:
    """Return (N, C, *spatial) as (N, groups, C / groups, cells)."""
    return array.reshape(len(array), groups, array.shape[1] // groups, -1)
