"""The padded input, and the gradient folded back from it into the cells that were copied.

NumPy's own `pad` says which input cell each padded cell is a copy of; the adjoint of copying is
adding.
"""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.padding import PaddingMode
from symconv.sizes import Shape
from symconv.spec import ConvSpec

Array: TypeAlias = npt.NDArray[Any]

_COPIED: Final[dict[PaddingMode, Literal["reflect", "edge", "wrap"]]] = {
    "reflect": "reflect",
    "replicate": "edge",
    "circular": "wrap",
}


def pad(spec: ConvSpec, input: Array) -> Array:
    """Return the padded input: zeros or copies added, cells with negative padding cut off.

    Args:
        spec: the sizes, concrete.
        input: x, (N, C, *in).

    Returns:
        Its padded form, (N, C, *(lo + n + hi)).
    """
    padded = input
    for axis, sources in _sources(spec, input.shape[2:]):
        longer = np.zeros(_resized(padded, axis, len(sources)), input.dtype)
        copies = sources >= 0
        np.moveaxis(longer, axis, 0)[copies] = np.moveaxis(padded, axis, 0)[sources[copies]]
        padded = longer
    return padded


def fold(spec: ConvSpec, grad_padded: Array, *, sizes: Shape) -> Array:
    """Return the gradient by the input, each padded cell's gradient added to its source.

    Args:
        spec: the sizes, concrete.
        grad_padded: the gradient by the padded input, (N, C, *(lo + n + hi)).
        sizes: the spatial sizes of the input, (*in).

    Returns:
        The gradient, (N, C, *in).
    """
    grad = grad_padded
    for axis, sources in _sources(spec, sizes):
        folded = np.zeros(_resized(grad, axis, sizes[axis - 2]), grad.dtype)
        copies = sources >= 0
        parts = np.moveaxis(grad, axis, 0)[copies]
        np.add.at(np.moveaxis(folded, axis, 0), sources[copies], parts)
        grad = folded
    return grad


def _sources(spec: ConvSpec, sizes: Shape) -> list[tuple[int, Array]]:
    """Return per padded axis (axis of the array, the source of each padded cell or -1)."""
    found = []
    for place, (n, (lo, hi)) in enumerate(zip(sizes, spec.padding_pairs, strict=True)):
        if spec.padding_mode == "zeros":
            cells = np.arange(-lo, n + hi)
            sources = np.where((cells >= 0) & (cells < n), cells, -1)
        else:
            sources = np.pad(np.arange(n), (lo, hi), mode=_COPIED[spec.padding_mode])
        if lo or hi:
            found.append((place + 2, sources))
    return found


def _resized(array: Array, axis: int, size: int) -> Shape:
    return (*array.shape[:axis], size, *array.shape[axis + 1 :])
