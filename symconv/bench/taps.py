"""The definition as a loop over taps: what anybody writes first in NumPy, and what is true here.

`tests/test_bench.py` compares every function with `symconv.reference` on integers, with ==.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.sizes import Shape
from symconv.spec import ConvSpec

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class Windows:
    """Where the windows of an input lie, worked out once: no call that is timed asks a spec.

    Attributes:
        spec: the sizes.
        sizes: the spatial sizes of the input.
        outputs: how many windows there are along each axis.
        reads: every tap with the cells of the padded input that it reads.
    """

    spec: ConvSpec
    sizes: Shape
    outputs: Shape
    reads: tuple[tuple[Shape, tuple[slice, ...]], ...]

    @property
    def padded(self) -> Shape:
        """The sizes of the padded input."""
        pairs = self.spec.padding_pairs
        return tuple(lo + size + hi for size, (lo, hi) in zip(self.sizes, pairs, strict=True))


def windows_of(spec: ConvSpec, sizes: Shape) -> Windows:
    """Return the windows of an input of some spatial sizes."""
    outputs = spec.output_shape(sizes)
    return Windows(spec, sizes, outputs, tuple(reads(spec, outputs)))


def plane_forward(windows: Windows, x: Array, w: Array) -> Array:
    """Return y (g, h): for each tap, what it reads of x times its weight."""
    xp = padded(windows.spec, x)
    y = np.zeros(windows.outputs, x.dtype)
    for tap, read in windows.reads:
        y += w[tap] * xp[read]
    return y


def plane_grad_input(windows: Windows, dy: Array, w: Array) -> Array:
    """Return dx (m, n): for each tap, dy times its weight is added where the tap reads."""
    dxp = np.zeros(windows.padded, dy.dtype)
    for tap, read in windows.reads:
        dxp[read] += w[tap] * dy
    return cropped(windows.spec, dxp, windows.sizes)


def plane_grad_weight(windows: Windows, dy: Array, x: Array) -> Array:
    """Return dw (p, q): for each tap, the sum of dy times what the tap reads."""
    xp = padded(windows.spec, x)
    dw = np.empty(windows.spec.kernel_shape, dy.dtype)
    for tap, read in windows.reads:
        dw[tap] = (dy * xp[read]).sum()
    return dw


def batched_forward(windows: Windows, x: Array, w: Array) -> Array:
    """Return y (N, C_out, *out): for each tap, a product of w's channels with what it reads."""
    groups, images = windows.spec.groups, len(x)
    xp = padded(windows.spec, x)
    weights = w.reshape(groups, -1, *w.shape[1:])
    y = np.zeros((images, groups, len(w) // groups, prod(windows.outputs)), x.dtype)
    for tap, read in windows.reads:
        y += weights[last_axes(tap)] @ _in_groups(xp[last_axes(read)], groups)
    return y.reshape(images, len(w), *windows.outputs)


def batched_grad_input(windows: Windows, dy: Array, w: Array) -> Array:
    """Return dx (N, C_in, *sizes): for each tap, w's channels times dy are added where it reads."""
    groups, images = windows.spec.groups, len(dy)
    weights = w.reshape(groups, -1, *w.shape[1:])
    upstream = _in_groups(dy, groups)
    dxp = np.zeros((images, w.shape[1] * groups, *windows.padded), dy.dtype)
    for tap, read in windows.reads:
        target = dxp[last_axes(read)]
        target += (weights[last_axes(tap)].swapaxes(1, 2) @ upstream).reshape(target.shape)
    return cropped(windows.spec, dxp, windows.sizes)


def batched_grad_weight(windows: Windows, dy: Array, x: Array) -> Array:
    """Return dw (C_out, C_in / groups, *kernel): for each tap, dy times what it reads, summed."""
    groups = windows.spec.groups
    xp = padded(windows.spec, x)
    upstream = _in_groups(dy, groups)
    dw = np.empty((dy.shape[1], x.shape[1] // groups, *windows.spec.kernel_shape), dy.dtype)
    for tap, read in windows.reads:
        products = upstream @ _in_groups(xp[last_axes(read)], groups).swapaxes(2, 3)
        dw[last_axes(tap)] = products.sum(axis=0).reshape(dw.shape[:2])
    return dw


def reads(spec: ConvSpec, outputs: Shape) -> Iterator[tuple[Shape, tuple[slice, ...]]]:
    """Yield every tap with the cells of the padded input that it reads, in the order of windows."""
    return places(spec.kernel_shape, outputs, stride=spec.stride, dilation=spec.dilation)


def places(
    kernel: Shape, outputs: Shape, *, stride: Shape, dilation: Shape
) -> Iterator[tuple[Shape, tuple[slice, ...]]]:
    """Yield every tap of a kernel with the cells that it reads, in the order of windows."""
    for tap in product(*map(range, kernel)):
        starts = [at * d for at, d in zip(tap, dilation, strict=True)]
        yield tap, placed(starts, outputs, stride)


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


def spread(array: Array, steps: Shape) -> Array:
    """Return the array with steps - 1 zeros between neighbours along its last axes."""
    if set(steps) == {1}:
        return array
    counts = array.shape[array.ndim - len(steps) :]
    sizes = tuple((count - 1) * step + 1 for count, step in zip(counts, steps, strict=True))
    return framed(array, sizes, placed((0,) * len(steps), counts, steps))


def framed(array: Array, sizes: Shape, cells: tuple[slice, ...]) -> Array:
    """Return zeros of some sizes along the last axes, with the array in some cells of them."""
    frame = np.zeros((*array.shape[: array.ndim - len(sizes)], *sizes), array.dtype)
    frame[last_axes(cells)] = array
    return frame


def placed(starts: Sequence[int], counts: Shape, steps: Shape) -> tuple[slice, ...]:
    """Return where so many cells lie along each axis, from a start on and a step apart."""
    return tuple(
        slice(start, start + (count - 1) * step + 1, step)
        for start, count, step in zip(starts, counts, steps, strict=True)
    )


def last_axes(cells: Sequence[int | slice]) -> Any:
    """Return the index of some cells along the last axes, everything along the others."""
    return (..., *cells)


def _in_groups(array: Array, groups: int) -> Array:
    """Return (N, C, *spatial) as (N, groups, C / groups, cells)."""
    return array.reshape(len(array), groups, array.shape[1] // groups, -1)
