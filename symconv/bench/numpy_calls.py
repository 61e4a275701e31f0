"""What people write in plain NumPy: a loop over taps, im2col with a product, windows with a sum.

The last two are the approaches of numpy-ml and of HIPS autograd, in our words.
"""

from __future__ import annotations

from math import prod
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from symconv.bench import taps
from symconv.bench.contender import Call, Contender, Kind, LeftOut, by_operation
from symconv.bench.operands import Array, Operands
from symconv.bench.taps import Windows, windows_of
from symconv.sizes import Shape
from symconv.spec import ConvSpec

MOST_BYTES: Final = 2**30


def _taps(operands: Operands, threads: int) -> Call:
    """Return the definition: for each tap, multiply what it reads, and add."""
    windows = windows_of(operands.problem.spec, operands.problem.input)
    x, w, dy = operands.x, operands.w, operands.dy
    planar = operands.problem.layout == "plane"
    forward = taps.plane_forward if planar else taps.batched_forward
    grad_input = taps.plane_grad_input if planar else taps.batched_grad_input
    grad_weight = taps.plane_grad_weight if planar else taps.batched_grad_weight
    return by_operation(
        operands,
        forward=lambda: forward(windows, x, w),
        grad_input=lambda: grad_input(windows, dy, w),
        grad_weight=lambda: grad_weight(windows, dy, x),
    )


def _im2col(operands: Operands, threads: int) -> Call:
    """Return im2col and one product of matrices; grad_input adds columns back, tap by tap.

    Raises:
        LeftOut: the columns would take more than a GiB.
    """
    spec = operands.problem.spec
    x, w, dy = operands.x4, operands.w4, operands.dy4
    _refuse_large(prod(spec.kernel_shape) * x.shape[1] * len(x) * prod(dy.shape[2:]), dy)
    windows = windows_of(spec, x.shape[2:])
    return by_operation(
        operands,
        forward=lambda: _columns_forward(windows, x, w),
        grad_input=lambda: _columns_grad_input(windows, dy, w),
        grad_weight=lambda: _columns_grad_weight(windows, dy, x),
    )


def _windows(operands: Operands, threads: int) -> Call | None:
    """Return a view of all windows and tensordot; the gradients are such sums of padded arrays.

    Raises:
        LeftOut: tensordot's copy of the windows would take more than a GiB.
    """
    spec = operands.problem.spec
    x, w, dy = operands.x4, operands.w4, operands.dy4
    tall = any(min(pair) < 0 or pair[0] > extent - 1 or pair[1] > extent - 1
               for pair, extent in zip(spec.padding_pairs, spec.extent, strict=True))  # fmt: skip
    if spec.groups > 1 or set(spec.dilation) != {1} or tall:
        return None
    _refuse_large(prod(spec.kernel_shape) * prod(x.shape), dy)
    dense = ConvSpec(kernel_shape=spec.kernel_shape)
    return by_operation(
        operands,
        forward=lambda: _windows_forward(spec, x, w),
        grad_input=lambda: _windows_grad_input(spec, dense, dy, w, x.shape[2:]),
        grad_weight=lambda: _windows_grad_weight(spec, dy, x),
    )


def _correlate(operands: Operands, threads: int) -> Call | None:
    """Return np.correlate and np.convolve of signals without padding and dilation."""
    problem, spec = operands.problem, operands.problem.spec
    padded = any(lo or hi for lo, hi in spec.padding_pairs)
    if problem.layout != "plane" or spec.axes != 1 or padded or set(spec.dilation) != {1}:
        return None
    x, w, dy, (step,) = operands.x, operands.w, operands.dy, spec.stride
    # The dense problem has a window at every cell; those that the stride leaves out are zeros.
    dense = (len(x) - len(w) + 1,)
    cells = taps.placed((0,), dy.shape, spec.stride)

    def upstream() -> Array:
        return dy if step == 1 else taps.framed(dy, dense, cells)

    return by_operation(
        operands,
        forward=lambda: np.correlate(x, w, "valid")[::step],
        grad_input=lambda: np.convolve(upstream(), w),
        grad_weight=lambda: np.correlate(x, upstream(), "valid"),
    )


def _einsum(operands: Operands, threads: int) -> Call | None:
    """Return einsum over a view of the windows of a plane, made before; no grad_input."""
    problem, spec = operands.problem, operands.problem.spec
    padded = any(lo or hi for lo, hi in spec.padding_pairs)
    if problem.layout != "plane" or padded or set(spec.dilation) != {1}:
        return None
    w, dy = operands.w, operands.dy
    windows = _seen(operands.x4, spec.kernel_shape)[_every(spec.stride)][0, 0]
    outputs, taps_axes = list(range(spec.axes)), list(range(spec.axes, 2 * spec.axes))
    both = outputs + taps_axes
    calls: dict[str, Call] = {
        "forward": lambda: np.einsum(windows, both, w, taps_axes, outputs),
        "grad_weight": lambda: np.einsum(dy, outputs, windows, both, taps_axes),
    }
    return calls.get(problem.operation)


def _columns(windows: Windows, x: Array) -> Array:
    """Return (groups, C / groups * taps, N * cells): what every tap reads, a row each."""
    xp = taps.padded(windows.spec, x)
    images, channels = x.shape[:2]
    rows = np.empty((channels, len(windows.reads), images, *windows.outputs), x.dtype)
    for number, (_, read) in enumerate(windows.reads):
        rows[:, number] = xp[taps.last_axes(read)].swapaxes(0, 1)
    return rows.reshape(windows.spec.groups, -1, images * prod(windows.outputs))


def _columns_forward(windows: Windows, x: Array, w: Array) -> Array:
    groups = windows.spec.groups
    found = w.reshape(groups, len(w) // groups, -1) @ _columns(windows, x)
    return np.ascontiguousarray(found.reshape(len(w), len(x), *windows.outputs).swapaxes(0, 1))


def _columns_grad_input(windows: Windows, dy: Array, w: Array) -> Array:
    groups, inputs = windows.spec.groups, w.shape[1] * windows.spec.groups
    upstream = dy.swapaxes(0, 1).reshape(groups, len(w) // groups, -1)
    columns = w.reshape(groups, len(w) // groups, -1).swapaxes(1, 2) @ upstream
    columns = columns.reshape(inputs, len(windows.reads), len(dy), *windows.outputs)
    dxp = np.zeros((inputs, len(dy), *windows.padded), dy.dtype)
    for number, (_, read) in enumerate(windows.reads):
        dxp[taps.last_axes(read)] += columns[:, number]
    found = taps.cropped(windows.spec, dxp, windows.sizes)
    return np.ascontiguousarray(found.swapaxes(0, 1))


def _columns_grad_weight(windows: Windows, dy: Array, x: Array) -> Array:
    groups = windows.spec.groups
    upstream = dy.swapaxes(0, 1).reshape(groups, dy.shape[1] // groups, -1)
    dw = upstream @ _columns(windows, x).swapaxes(1, 2)
    return dw.reshape(dy.shape[1], -1, *windows.spec.kernel_shape)


def _windows_forward(spec: ConvSpec, x: Array, w: Array) -> Array:
    seen = _seen(taps.padded(spec, x), spec.kernel_shape)[_every(spec.stride)]
    return np.moveaxis(np.tensordot(seen, w, _last(spec, 1, 1)), -1, 1)


def _windows_grad_input(
    spec: ConvSpec, dense: ConvSpec, dy: Array, w: Array, sizes: Shape
) -> Array:
    """Return dx as a forward pass: dy spread by the stride and padded, the kernel flipped."""
    spread = np.zeros((*dy.shape[:2], *_wide(spec, sizes)), dy.dtype)
    starts = [k - 1 - lo for k, (lo, _) in zip(spec.kernel_shape, spec.padding_pairs, strict=True)]
    places = tuple(
        slice(start, start + (count - 1) * t + 1, t)
        for start, count, t in zip(starts, dy.shape[2:], spec.stride, strict=True)
    )
    spread[taps.last_axes(places)] = dy
    flipped = np.flip(w, tuple(range(2, w.ndim)))
    return _windows_forward(dense, spread, flipped.swapaxes(0, 1))


def _windows_grad_weight(spec: ConvSpec, dy: Array, x: Array) -> Array:
    seen = _seen(taps.padded(spec, x), spec.kernel_shape)[_every(spec.stride)]
    axes = (0, *range(2, dy.ndim))
    return np.tensordot(dy, seen, (axes, axes))


def _wide(spec: ConvSpec, sizes: Shape) -> Shape:
    """Return the sizes of an array whose dense windows are as many as there are inputs."""
    return tuple(size + k - 1 for size, k in zip(sizes, spec.kernel_shape, strict=True))


def _seen(array: Array, kernel: Shape) -> Array:
    return sliding_window_view(array, kernel, axis=tuple(range(2, array.ndim)))


def _every(stride: Shape) -> tuple[slice, ...]:
    return (slice(None), slice(None), *(slice(None, None, t) for t in stride))


def _last(spec: ConvSpec, of_windows: int, of_weight: int) -> tuple[Shape, Shape]:
    """Return the axes that are summed: channels, then the kernel's."""
    axes = spec.axes
    return (
        (of_windows, *range(2 + axes, 2 + 2 * axes)),
        (of_weight, *range(2, 2 + axes)),
    )


def _refuse_large(entries: int, array: Array) -> None:
    if entries * array.itemsize > MOST_BYTES:
        raise LeftOut(f"would copy {entries * array.itemsize / 2**30:.1f} GiB")


CONTENDERS: Final = (
    Contender(
        "NumPy taps",
        "numpy",
        Kind.NUMPY,
        _taps,
        "a loop over taps: slices of planes times weights, a product of matrices a tap in batches",
    ),
    Contender(
        "NumPy im2col",
        "numpy",
        Kind.NUMPY,
        _im2col,
        "im2col and one product of matrices, as numpy-ml does; grad_input adds columns back",
    ),
    Contender(
        "NumPy windows",
        "numpy",
        Kind.NUMPY,
        _windows,
        "a view of all windows and tensordot, as HIPS autograd does; without groups and dilation",
    ),
    Contender(
        "NumPy einsum",
        "numpy",
        Kind.NUMPY,
        _einsum,
        "planes without padding and dilation; einsum over a view of all windows that is made "
        "before; no grad_input",
    ),
    Contender(
        "NumPy correlate",
        "numpy",
        Kind.NUMPY,
        _correlate,
        "signals without padding and dilation; np.correlate and np.convolve; cells that a stride "
        "leaves out count",
    ),
)
