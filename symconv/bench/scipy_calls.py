"""SciPy on planes: signal.correlate2d and its adjoint, ndimage, and products of spectra."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np

from symconv.bench.contender import Call, Contender, Kind, by_operation
from symconv.bench.operands import Array, Operands
from symconv.bench.taps import framed, placed
from symconv.spec import ConvSpec


def _signal(operands: Operands, threads: int) -> Call | None:
    """Return correlate2d for the forward pass and grad_weight, convolve2d for grad_input."""
    from scipy import signal

    if not _simple(operands) or operands.problem.spec.axes != 2:
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


def _spectra(operands: Operands, threads: int, *, name: str) -> Call | None:
    """Return fftconvolve or oaconvolve, whose blocks are added where they overlap."""
    from scipy import signal

    if not _simple(operands):
        return None
    convolve = getattr(signal, name)
    x, w, step = operands.x, operands.w, _step(operands.problem.spec)
    upstream = _upstream(operands)
    return by_operation(
        operands,
        forward=lambda: convolve(x, np.flip(w), "valid")[step],
        grad_input=lambda: convolve(upstream(), w),
        grad_weight=lambda: convolve(x, np.flip(upstream()), "valid"),
    )


def _simple(operands: Operands) -> bool:
    """Return whether it is a plane without padding and dilation."""
    spec = operands.problem.spec
    plain = set(spec.dilation) == {1} and not any(lo or hi for lo, hi in spec.padding_pairs)
    return operands.problem.layout == "plane" and plain


def _step(spec: ConvSpec) -> tuple[slice, ...]:
    return tuple(slice(None, None, t) for t in spec.stride)


def _upstream(operands: Operands) -> Callable[[], Array]:
    """Return what makes dy with stride - 1 zeros between its cells, as if the stride had been 1."""
    spec, dy = operands.problem.spec, operands.dy
    if set(spec.stride) == {1}:
        return lambda: dy
    sizes = ConvSpec(kernel_shape=spec.kernel_shape).output_shape(operands.x.shape)
    cells = placed((0,) * dy.ndim, dy.shape, spec.stride)
    return lambda: framed(dy, sizes, cells)


PLANES: Final = "planes without padding and dilation; "
CONTENDERS: Final = (
    Contender(
        "scipy.signal",
        "scipy",
        Kind.OWN,
        _signal,
        PLANES + "of two axes; correlate2d and convolve2d; cells that a stride leaves out count",
    ),
    Contender(
        "scipy.ndimage",
        "scipy",
        Kind.BEST,
        _ndimage,
        PLANES + "correlate, of which the windows are cut out, and convolve of a frame with dy in "
        "it; no grad_weight",
    ),
    *(
        Contender(
            f"scipy {name}",
            "scipy",
            Kind.BEST,
            partial(_spectra, name=name),
            PLANES + f"signal.{name}; cells that a stride leaves out count",
        )
        for name in ("fftconvolve", "oaconvolve")
    ),
)
