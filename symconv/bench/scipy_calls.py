"""SciPy on planes: signal.correlate2d and its adjoint, ndimage, and products of spectra."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from symconv.bench.contender import Call, Contender, Kind
from symconv.bench.operands import Array, Operands
from symconv.spec import ConvSpec


def _signal(operands: Operands, threads: int) -> Call | None:
    """Return correlate2d for the forward pass and grad_weight, convolve2d for grad_input."""
    from scipy import signal

    if not _simple(operands):
        return None
    x, w, dy, spec = operands.x, operands.w, operands.dy, operands.problem.spec
    return {
        "forward": lambda: signal.correlate2d(x, w, "valid")[_step(spec)],
        "grad_input": lambda: signal.convolve2d(_spread(spec, dy, x), w),
        "grad_weight": lambda: signal.correlate2d(x, _spread(spec, dy, x), "valid"),
        "backward": lambda: (
            signal.convolve2d(_spread(spec, dy, x), w),
            signal.correlate2d(x, _spread(spec, dy, x), "valid"),
            dy.sum(),
        ),
    }[operands.problem.operation]


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
    x, w, dy, spec = operands.x, operands.w, operands.dy, operands.problem.spec

    def grad_weight() -> Any:
        return signal.fftconvolve(x, np.flip(_spread(spec, dy, x)), "valid")

    return {
        "forward": lambda: signal.fftconvolve(x, np.flip(w), "valid")[_step(spec)],
        "grad_input": lambda: signal.fftconvolve(_spread(spec, dy, x), w),
        "grad_weight": grad_weight,
    }.get(operands.problem.operation)


def _simple(operands: Operands) -> bool:
    """Return whether it is a plane of two axes without padding and dilation."""
    spec = operands.problem.spec
    plain = set(spec.dilation) == {1} and not any(lo or hi for lo, hi in spec.padding_pairs)
    return operands.problem.layout == "plane" and spec.axes == 2 and plain


def _step(spec: ConvSpec) -> tuple[slice, ...]:
    return tuple(slice(None, None, t) for t in spec.stride)


def _spread(spec: ConvSpec, dy: Array, x: Array) -> Array:
    """Return dy with stride - 1 zeros between its cells, as if the stride had been 1."""
    if set(spec.stride) == {1}:
        return dy
    dense = ConvSpec(kernel_shape=spec.kernel_shape)
    frame = np.zeros(dense.output_shape(x.shape), dy.dtype)
    step = tuple(
        slice(0, (count - 1) * t + 1, t) for count, t in zip(dy.shape, spec.stride, strict=True)
    )
    frame[step] = dy
    return frame


CONTENDERS: Final = (
    Contender("scipy.signal", "scipy", Kind.OWN, _signal),
    Contender("scipy.ndimage", "scipy", Kind.BEST, _ndimage),
    Contender("scipy fftconvolve", "scipy", Kind.BEST, _spectra),
)
