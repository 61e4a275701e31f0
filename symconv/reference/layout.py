"""The operands of a convolution: brought to one dtype and one layout, their shapes checked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from symconv.errors import SpecError
from symconv.reference.padding import Array
from symconv.sizes import Shape
from symconv.spec import ConvSpec


def operands(**arrays: npt.ArrayLike) -> list[Array]:
    """Return the operands as arrays of their common dtype."""
    found = [np.asarray(array) for array in arrays.values()]
    dtype = np.result_type(*found)
    return [operand.astype(dtype, copy=False) for operand in found]


def is_plane(spec: ConvSpec, **arrays: Array) -> bool:
    """Return whether the operands are planes; all of them must have the same layout."""
    for name, array in arrays.items():
        if array.ndim not in (spec.axes, spec.axes + 2):
            raise SpecError(
                f"{name} must have {spec.axes} axes (plane) or {spec.axes + 2} (batched), "
                f"got shape {array.shape}"
            )
    ranks = {array.ndim for array in arrays.values()}
    if len(ranks) > 1:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise SpecError(f"all arrays must have the same layout, got {shapes}")
    planar = ranks == {spec.axes}
    if planar and spec.groups != 1:
        raise SpecError(f"groups must be 1 for a plane, got {spec.groups}")
    return planar


def batched(array: Array, *, planar: bool) -> Array:
    """Return a plane as a batch of one image with one channel."""
    return array[np.newaxis, np.newaxis] if planar else array


def check_channels(spec: ConvSpec, *, outputs: int, inputs: int) -> None:
    """Refuse channels that cannot be divided into groups."""
    for name, count in (("output", outputs), ("input", inputs)):
        if count % spec.groups:
            raise SpecError(
                f"number of {name} channels must be a multiple of groups={spec.groups}, got {count}"
            )


def check_weight(spec: ConvSpec, weight: Array, *, inputs: int) -> None:
    """Refuse a kernel that does not fit the spec and the number of input channels."""
    first, second = weight.shape[:2]
    outputs = second * spec.groups if spec.transposed else first
    check_channels(spec, outputs=outputs, inputs=inputs)
    channels = (inputs, second) if spec.transposed else (first, inputs // spec.groups)
    expected = (*channels, *spec.kernel_shape)
    if weight.shape != expected:
        raise SpecError(f"weight must have shape {expected}, got {weight.shape}")


def output_channels(spec: ConvSpec, weight: Array) -> int:
    """Return the number of output channels that a kernel makes."""
    first, second, *_ = (int(size) for size in weight.shape)
    return second * spec.groups if spec.transposed else first


def input_channels(spec: ConvSpec, weight: Array) -> int:
    """Return the number of input channels that a kernel reads."""
    first, second, *_ = (int(size) for size in weight.shape)
    return first if spec.transposed else second * spec.groups


def check_grad_output(spec: ConvSpec, dy: Array, input_shape: Shape, *, outputs: int) -> None:
    """Check de/dy against the input; where no window fits, the output is empty."""
    expected = (input_shape[0], outputs, *spec.window_counts(input_shape[2:]))
    if dy.shape != expected:
        raise SpecError(
            f"grad_output must have shape {expected} for input shape {input_shape}, "
            f"got {dy.shape} (batch, channels, then the spatial axes)"
        )


def full_input_shape(
    spec: ConvSpec, dy: Array, weight: Array, given: Sequence[int] | None, *, planar: bool
) -> Shape:
    """Return the full batched input shape: the given one, or the smallest that fits."""
    if given is None:
        smallest = spec.smallest_input_shape(dy.shape[2:])
        return (dy.shape[0], input_channels(spec, weight), *smallest)
    shape = tuple(given)
    if len(shape) != spec.axes + (0 if planar else 2):
        raise SpecError(f"input_shape must be the full shape of the input, got {shape}")
    return (1, 1, *shape) if planar else shape
