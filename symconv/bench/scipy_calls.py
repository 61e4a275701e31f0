"""SciPy on planes: signal.correlate2d and its adjoint, ndimage, and products of spectra."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from symconv.bench.contender import Call, Contender, Kind, by_operation
from symconv.bench.operands import Array, Operands
from symconv.bench.taps import framed, placed
from symconv.spec import ConvSpec


def _signal(operands: Operands, threads: int) -> Call | None:
    """Return correlate2d for the forward pass and grad_weight, convolve2d for grad_input."""
    from scipy import signal

    if not _simple(operands):
        return None
    x, w, step = operands.x, operands.w, _step(operands.problem.spec)
    upstream = _upstream(operands)
    return by_operation(
        operands,
        forward=lambda: signal.correlate2d(x, w, "valid")[step],
        grad_input=lambda: signal.convolve2d(upstream(), w),
        grad_weight=lambda: signal.correlate2d(x, upstream(), "valid"),
    )


def _ndimage(operands: Operands, threads: int) -> Call | None:
    """Return ndimage.correlate cut to the windows inside, or ndimage.convolve of a frame."""
    from scipy import ndimage

    if not _simple(operands):
        return None
    x, w, dy, spec = operands.x, operands.w, operands.dy, operands.problem.spec
    inner = tuple(
        slice(k // 2, k // 2 + (count - 1) * t + 1, t)
        for k, count, t in zip(w.shape, dy.shape, spec.stride, strict=True)
    )

    def grad_input() -> Any:
        frame = np.zeros(x.shape, dy.dtype)
        frame[inner] = dy
        return ndimage.convolve(frame, w, mode="constant")

    return {
        "forward": lambda: ndimage.correlate(x, w, mode="constant")[inner],
        "grad_input": grad_input,
    }.get(operands.problem.operation)


def _spectra(operands: Operands, threads: int) -> Call | None:
    """Return fftconvolve, which costs the same for every kernel."""
    from scipy import signal

    if not _simple(operands):
        return None
    x, w, step = operands.x, operands.w, _step(operands.problem.spec)
    upstream = _upstream(operands)
    return by_operation(
        operands,
        forward=lambda: signal.fftconvolve(x, np.flip(w), "valid")[step],
        grad_input=lambda: signal.fftconvolve(upstream(), w),
        grad_weight=lambda: signal.fftconvolve(x, np.flip(upstream()), "valid"),
    )


def _simple(operands: Operands) -> bool:
    """Return whether it is a plane of two axes without padding and dilation."""
    spec = operands.problem.spec
    plain = set(spec.dilation) == {1} and not any(lo or hi for lo, hi in spec.padding_pairs)
    return operands.problem.layout == "plane" and spec.axes == 2 and plain


def _step(spec: ConvSpec) -> tuple[slice, ...]:
    return tuple(slice(None, None, t) for t in spec.stride)


def _upstream(operands: Operands) -> Callable[[], Array]:
    """Return what makes dy with stride - 1 zeros between its cells, as if the stride had been 1."""
    spec, dy = operands.problem.spec, operands.dy
    if set(spec.stride) == {1}:
        return lambda: dy
    sizes = ConvSpec(kernel_shape=spec.kernel_shape).output_shape(operands.x.shape)
    cells = placed((0, 0), dy.shape, spec.stride)
    return lambda: framed(dy, sizes, cells)


PLANES: Final = "planes of two axes without padding and dilation; "
CONTENDERS: Final = (
    Contender(
        "scipy.signal",
        "scipy",
        Kind.OWN,
        _signal,
        PLANES + "correlate2d and convolve2d; cells that a stride leaves out count",
    ),
    Contender(
        "scipy.ndimage",
        "scipy",
        Kind.BEST,
        _ndimage,
        PLANES + "correlate, of which the windows are cut out, and convolve of a frame with dy in "
        "it; no grad_weight",
    ),
    Contender("scipy fftconvolve", "scipy", Kind.BEST, _spectra, PLANES + "signal.fftconvolve"),
)
