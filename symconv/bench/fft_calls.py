"""scipy.fft: products of spectra, which cost the same for every kernel; threads share transforms.

The transforms are as long as the padded input is, rounded up to a length that is quick: what wraps
around lies outside the cells that are kept. Channels or images are summed at each frequency.
"""

from __future__ import annotations

from functools import partial
from math import prod
from typing import Final

import numpy as np

from symconv.bench.contender import Call, Contender, Kind, LeftOut, by_operation
from symconv.bench.operands import Array, Operands
from symconv.bench.taps import cropped, last_axes, padded, placed, spread
from symconv.sizes import Shape

MOST_BYTES: Final = 2**30


def _spectra(operands: Operands, threads: int) -> Call:
    """Return products of the spectra of the padded input, the dilated weight and the spread dy.

    Raises:
        LeftOut: the spectra would take more than a GiB.
    """
    from scipy import fft

    spec, groups = operands.problem.spec, operands.problem.spec.groups
    x, w, dy = operands.x4, operands.w4, operands.dy4
    sizes = x.shape[2:]
    wide = tuple(lo + n + hi for n, (lo, hi) in zip(sizes, spec.padding_pairs, strict=True))
    lengths = tuple(fft.next_fast_len(size, real=True) for size in wide)
    _refuse_large(operands, lengths)
    first, axes = (0,) * spec.axes, tuple(range(-spec.axes, 0))
    forth = partial(fft.rfftn, s=lengths, axes=axes, workers=threads)
    back = partial(fft.irfftn, s=lengths, axes=axes, workers=threads)
    windows = last_axes(placed(first, dy.shape[2:], spec.stride))
    taps = last_axes(placed(first, spec.kernel_shape, spec.dilation))
    whole = last_axes([slice(size) for size in wide])

    def of_x() -> Array:
        return _in_groups(forth(padded(spec, x)), 1, groups)

    def of_w() -> Array:
        return _in_groups(forth(spread(w, spec.dilation)), 0, groups)

    def of_dy() -> Array:
        return _in_groups(forth(spread(dy, spec.stride)), 1, groups)

    def forward() -> Array:
        y = np.einsum("ngc...,goc...->ngo...", of_x(), of_w().conj())
        found: Array = back(y)[windows].reshape(dy.shape)
        return found

    def grad_input() -> Array:
        dxp = np.einsum("ngo...,goc...->ngc...", of_dy(), of_w())
        return cropped(spec, back(dxp)[whole].reshape(*x.shape[:2], *wide), sizes)

    def grad_weight() -> Array:
        dw = np.einsum("ngo...,ngc...->goc...", of_dy().conj(), of_x())
        found: Array = back(dw)[taps].reshape(w.shape)
        return found

    return by_operation(operands, forward=forward, grad_input=grad_input, grad_weight=grad_weight)


def _in_groups(array: Array, axis: int, groups: int) -> Array:
    """Return the array with an axis of channels as two, (groups, channels / groups)."""
    shape = array.shape
    return array.reshape(*shape[:axis], groups, shape[axis] // groups, *shape[axis + 1 :])


def _refuse_large(operands: Operands, lengths: Shape) -> None:
    """Refuse spectra, whose complex numbers are half as many as cells, that take over a GiB."""
    channels = sum(prod(each.shape[:2]) for each in (operands.x4, operands.w4, operands.dy4))
    entries = channels * prod(lengths)
    if entries * operands.x.itemsize > MOST_BYTES:
        raise LeftOut(f"would transform {entries * operands.x.itemsize / 2**30:.1f} GiB")


CONTENDERS: Final[tuple[Contender, ...]] = (
    Contender(
        "scipy.fft",
        "scipy",
        Kind.BEST,
        _spectra,
        "products of rfftn's spectra of the padded input's size, workers as many as threads; "
        "padding, zeros of stride and dilation, and all three transforms count",
        threaded=True,
    ),
)
