"""The convolution of a batch with channels, and its gradients, by kernels that know one plane.

The N images of a channel, (m, n) each, stand on top of each other as one tall plane (N*m, n), and
one kernel call convolves them all. With a stride t that divides m, image k owns the output rows
k*m/t + i, 0 <= i < g; the rows in between read two images at once. These are dropped on the way
forward and get the upstream gradient 0 on the way back, so every gradient is exact. Channels are
loops over pairs of planes.

Shapes: input (N, C, m, n), weight (O, C, p, q), bias (O,), output (N, O, g, h); N, C, O >= 1.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.codegen.kernel import Kernel
from symconv.errors import SpecError
from symconv.spec import ConvSpec

Array: TypeAlias = npt.NDArray[Any]


def forward(kernel: Kernel, input: Array, weight: Array, bias: Array) -> Array:
    """Return y, (N, O, g, h), added up from one kernel call for each pair of channels.

    Args:
        kernel: a plane kernel with 2 axes.
        input: x, (N, C, m, n).
        weight: w, (O, C, p, q).
        bias: b, (O,).

    Raises:
        SpecError: the images cannot be stacked, or no window fits.
    """
    planes = _stack_input(kernel.spec, input)
    outputs = []
    for filters, offset in zip(weight, bias, strict=True):
        output = kernel.forward(planes[0], filters[0], offset)
        for plane, taps in zip(planes[1:], filters[1:], strict=True):
            output += kernel.forward(plane, taps)
        outputs.append(output)
    return _unstack_output(kernel.spec, np.stack(outputs), input.shape)


def grad_input(
    kernel: Kernel, grad_output: Array, weight: Array, input_shape: tuple[int, ...]
) -> Array:
    """Return de/dx, (N, C, m, n), added up from one kernel call for each pair of channels.

    Args:
        kernel: a plane kernel with 2 axes.
        grad_output: de/dy, (N, O, g, h).
        weight: w, (O, C, p, q).
        input_shape: (N, C, m, n).

    Raises:
        SpecError: the images cannot be stacked, or no window fits.
    """
    batch, channels, m, n = input_shape
    upstream = _stack_grad_output(kernel.spec, grad_output, input_shape)
    planes = np.zeros((channels, batch * m, n), np.result_type(grad_output, weight))
    for plane, filters in zip(planes, weight.swapaxes(0, 1), strict=True):
        for dy, taps in zip(upstream, filters, strict=True):
            plane += kernel.grad_input(dy, taps, plane.shape)
    return planes.reshape((channels, batch, m, n)).swapaxes(0, 1)


def grad_weight(kernel: Kernel, grad_output: Array, input: Array) -> Array:
    """Return de/dw, (O, C, p, q), one kernel call for each pair of channels.

    Args:
        kernel: a plane kernel with 2 axes.
        grad_output: de/dy, (N, O, g, h).
        input: x, (N, C, m, n).

    Raises:
        SpecError: the images cannot be stacked, or no window fits.
    """
    planes = _stack_input(kernel.spec, input)
    upstream = _stack_grad_output(kernel.spec, grad_output, input.shape)
    return np.array([[kernel.grad_weight(dy, plane) for plane in planes] for dy in upstream])


def grad_bias(kernel: Kernel, grad_output: Array) -> Array:
    """Return de/db, (O,), one kernel call for each output channel.

    Args:
        kernel: a plane kernel with 2 axes.
        grad_output: de/dy, (N, O, g, h); the sum needs no rows between the images.
    """
    return np.array([kernel.grad_bias(np.concatenate(dy)) for dy in grad_output.swapaxes(0, 1)])


def _stack_input(spec: ConvSpec, images: Array) -> Array:
    """Return images (N, C, m, n) as tall planes (C, N*m, n)."""
    batch, channels, m, n = images.shape
    _check_stackable(spec, m)
    return images.swapaxes(0, 1).reshape((channels, batch * m, n))


def _stack_grad_output(spec: ConvSpec, grad_output: Array, input_shape: tuple[int, ...]) -> Array:
    """Return de/dy (N, O, g, h) as tall planes (O, rows, h), with zeros between the images."""
    batch, _, m, n = input_shape
    _check_stackable(spec, m)
    outputs = grad_output.shape[1]
    g, h = spec.output_shape((m, n))
    period = m // spec.stride[0]
    planes = np.zeros((outputs, batch, period, h), grad_output.dtype)
    planes[:, :, :g] = grad_output.swapaxes(0, 1)
    rows = (batch - 1) * period + g  # nothing follows the last image
    return planes.reshape((outputs, batch * period, h))[:, :rows]


def _unstack_output(spec: ConvSpec, planes: Array, input_shape: tuple[int, ...]) -> Array:
    """Return tall planes (O, rows, h) as y (N, O, g, h), without the rows between the images."""
    batch, _, m, n = input_shape
    g, h = spec.output_shape((m, n))
    period = m // spec.stride[0]
    whole = np.zeros((len(planes), batch * period, h), planes.dtype)
    whole[:, : planes.shape[1]] = planes
    return whole.reshape((len(planes), batch, period, h))[:, :, :g].swapaxes(0, 1)


def _check_stackable(spec: ConvSpec, height: int) -> None:
    """Check that every image starts a window, and that no window reads rows outside the plane."""
    t = spec.stride[0]
    if height % t:
        raise SpecError(f"image height must be a multiple of the stride {t}, got {height}")
    if spec.padding_pairs[0] != (0, 0):
        raise SpecError(f"padding of the rows must be (0, 0), got {spec.padding_pairs[0]}")
