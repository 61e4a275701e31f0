"""How the libraries lay out inputs and kernels, and a weight brought from one to another.

Letters: N batch, C channels, O and I output and input channels (one of them within a group), and
D, H, W the axes.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.conventions.difference import unspread
from symconv.conventions.layer import Layer

Array: TypeAlias = npt.NDArray[Any]

CHANNELS_LAST: Final = ("keras",)
OUTPUTS_FIRST: Final = ("jax",)  # of transposed kernels too; the others put inputs first


def input_layout(library: str, *, axes: int) -> str:
    """Return the letters of an input.

    Example:
        >>> input_layout("torch", axes=2), input_layout("keras", axes=2)
        ('NCHW', 'NHWC')
    """
    letters = "DHW"[-axes:]
    return f"N{letters}C" if library in CHANNELS_LAST else f"NC{letters}"


def kernel_layout(library: str, layer: Layer) -> str:
    """Return the letters of a kernel.

    Example:
        >>> from symconv.spec import ConvSpec
        >>> kernel_layout("keras", Layer(ConvSpec(kernel_shape=(3, 3))))
        'HWIO'
    """
    letters = "DHW"[-layer.spec.axes :]
    if library in CHANNELS_LAST:
        return letters + ("OI" if layer.spec.transposed else "IO")
    inputs_first = layer.spec.transposed and library not in OUTPUTS_FIRST
    return ("IO" if inputs_first else "OI") + letters


def flipped(source: Layer, target: Layer) -> bool:
    """Return whether the kernel of one layer is that of the other, flipped along every axis."""
    return unspread(source.spec).true_convolution != unspread(target.spec).true_convolution


def convert_weight(
    weight: npt.ArrayLike, *, source: str, layer: Layer, target: str, equal: Layer
) -> Array:
    """Return the weight that makes an equal call of another library compute the same.

    Args:
        weight: as `source` lays it out.
        source: the library it comes from.
        layer: the layer there.
        target: the library it goes to.
        equal: the equal layer there.
    """
    array = _outputs_first(np.asarray(weight), library=source, layer=layer)
    if flipped(layer, equal):
        array = np.flip(array, axis=tuple(range(2, array.ndim)))
    if target in CHANNELS_LAST:
        array = _exchanged(array, layer=equal) if equal.spec.transposed else array
        axes = tuple(range(2, array.ndim))
        return array.transpose((*axes, 1, 0))
    inputs_first = equal.spec.transposed and target not in OUTPUTS_FIRST
    return _exchanged(array, layer=equal) if inputs_first else array


def _outputs_first(weight: Array, *, library: str, layer: Layer) -> Array:
    """Return a weight as (C_out, C_in/groups, *k)."""
    if library in CHANNELS_LAST:
        axes = tuple(range(weight.ndim - 2))
        weight = weight.transpose((weight.ndim - 1, weight.ndim - 2, *axes))
    if layer.spec.transposed and library not in OUTPUTS_FIRST:
        return _exchanged(weight, layer=layer)
    return weight


def _exchanged(weight: Array, *, layer: Layer) -> Array:
    """Return a weight with its channels exchanged within each group."""
    groups = layer.spec.groups
    first, second, *kernel = weight.shape
    by_group = weight.reshape((groups, first // groups, second, *kernel))
    return np.swapaxes(by_group, 1, 2).reshape((groups * second, first // groups, *kernel))
