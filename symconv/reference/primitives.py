"""The primitives of every ConvSpec: forward, grad_input, grad_weight, grad_bias.

A transposed convolution is the adjoint of an ordinary one: the same three sums, with its input in
the place of that one's grad_output and its output in the place of that one's input.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from symconv.errors import SpecError
from symconv.reference.layout import (
    batched,
    check_channels,
    check_grad_output,
    check_weight,
    full_input_shape,
    is_plane,
    operands,
    output_channels,
)
from symconv.reference.padding import Array
from symconv.reference.windows import meet, scatter, weigh
from symconv.spec import ConvSpec


def forward(
    spec: ConvSpec, input: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike | None = None
) -> Array:
    """Return y, every window of the input weighed by the kernel, plus the bias.

    Transposed: every input adds itself times the kernel to the outputs.

    Args:
        spec: the sizes.
        input: x, (*in) or (N, C_in, *in).
        weight: w, (*k) or (C_out, C_in/groups, *k); transposed (C_in, C_out/groups, *k).
        bias: b, () or (C_out,); None for none.

    Returns:
        y, (*out) or (N, C_out, *out).

    Raises:
        SpecError: a shape breaks a rule.
    """
    x, w = operands(input=input, weight=weight)
    planar = is_plane(spec, input=x, weight=w)
    x, w = batched(x, planar=planar), batched(w, planar=planar)
    check_weight(spec, w, inputs=x.shape[1])
    sizes = spec.output_shape(x.shape[2:])
    spec = spec.at(x.shape[2:])
    if spec.transposed:
        y = scatter(spec.adjoint, x, w, input_sizes=sizes)
    else:
        y = weigh(spec, x, w, output_sizes=sizes)
    if bias is not None:
        y = y + _checked_bias(bias, shape=() if planar else (y.shape[1],), axes=spec.axes)
    return y[0, 0] if planar else y


def grad_input(
    spec: ConvSpec,
    grad_output: npt.ArrayLike,
    weight: npt.ArrayLike,
    input_shape: Sequence[int] | None = None,
) -> Array:
    """Return de/dx: every window adds its upstream gradient times the kernel (operation f).

    Args:
        spec: the sizes.
        grad_output: de/dy, (*out) or (N, C_out, *out).
        weight: w, (*k) or (C_out, C_in/groups, *k); transposed (C_in, C_out/groups, *k).
        input_shape: the full shape of x; by default the smallest input that gives this output.

    Returns:
        de/dx, (*in) or (N, C_in, *in); inputs that no window reads are 0.

    Raises:
        SpecError: a shape breaks a rule.
    """
    dy, w = operands(grad_output=grad_output, weight=weight)
    planar = is_plane(spec, grad_output=dy, weight=w)
    dy, w = batched(dy, planar=planar), batched(w, planar=planar)
    shape = full_input_shape(spec, dy, w, input_shape, planar=planar)
    check_weight(spec, w, inputs=shape[1])
    spec = spec.at(shape[2:])
    check_grad_output(spec, dy, shape, outputs=output_channels(spec, w))
    if spec.transposed:
        grad = weigh(spec.adjoint, dy, w, output_sizes=shape[2:])
    else:
        grad = scatter(spec, dy, w, input_sizes=shape[2:])
    return grad[0, 0] if planar else grad


def grad_weight(spec: ConvSpec, grad_output: npt.ArrayLike, input: npt.ArrayLike) -> Array:
    """Return de/dw: every window adds its upstream gradient times the input it reads.

    Args:
        spec: the sizes.
        grad_output: de/dy, (*out) or (N, C_out, *out).
        input: x, (*in) or (N, C_in, *in).

    Returns:
        de/dw, (*k) or (C_out, C_in/groups, *k); transposed (C_in, C_out/groups, *k).

    Raises:
        SpecError: a shape breaks a rule.
    """
    dy, x = operands(grad_output=grad_output, input=input)
    planar = is_plane(spec, grad_output=dy, input=x)
    dy, x = batched(dy, planar=planar), batched(x, planar=planar)
    check_channels(spec, outputs=dy.shape[1], inputs=x.shape[1])
    spec = spec.at(x.shape[2:])
    check_grad_output(spec, dy, x.shape, outputs=dy.shape[1])
    grad = meet(spec.adjoint, x, dy) if spec.transposed else meet(spec, dy, x)
    return grad[0, 0] if planar else grad


def grad_bias(spec: ConvSpec, grad_output: npt.ArrayLike) -> Array:
    """Return de/db, the sum of de/dy over the outputs (and the batch).

    Args:
        spec: the sizes; its number of axes tells the layout.
        grad_output: de/dy, (*out) or (N, C_out, *out).

    Returns:
        de/db, () or (C_out,).

    Raises:
        SpecError: grad_output has a wrong number of axes.
    """
    (dy,) = operands(grad_output=grad_output)
    planar = is_plane(spec, grad_output=dy)
    axes = None if planar else (0, *range(2, dy.ndim))
    return np.asarray(dy.sum(axis=axes, dtype=dy.dtype), dtype=dy.dtype)


def _checked_bias(bias: npt.ArrayLike, *, shape: tuple[int, ...], axes: int) -> Array:
    b = np.asarray(bias)
    if b.shape != shape:
        raise SpecError(f"bias must have shape {shape}, got {b.shape}")
    return b.reshape((-1, *(1,) * axes))
