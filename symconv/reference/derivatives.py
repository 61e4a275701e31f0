"""Derivatives of the primitives, each a few primitives again; the algebra derives which.

With vx, vw, vb the tangents of input, weight and bias:

    jvp              forward(vx, w) + forward(x, vw) + vb
    double_backward  by grad_output the same; by input grad_input(dy, vw); by weight
                     grad_weight(dy, vx)
    hessian_vector   grad_input(vdy, w) + grad_input(dy, vw) and so on, with vdy what the loss's
                     own Hessian makes of jvp

A tangent that is left out is zero. Shapes are those of `symconv.reference`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from symconv.errors import SpecError
from symconv.reference.layout import is_plane, operands
from symconv.reference.padding import Array
from symconv.reference.primitives import forward, grad_bias, grad_input, grad_weight
from symconv.spec import ConvSpec


class Gradients(NamedTuple):
    """A derivative by each array that a convolution takes, shaped like it."""

    input: Array
    weight: Array
    bias: Array


class BackwardGradients(NamedTuple):
    """A derivative by each array that the backward pass takes, shaped like it."""

    grad_output: Array
    input: Array
    weight: Array


def jvp(
    spec: ConvSpec,
    input: npt.ArrayLike,
    weight: npt.ArrayLike,
    *,
    input_tangent: npt.ArrayLike | None = None,
    weight_tangent: npt.ArrayLike | None = None,
    bias_tangent: npt.ArrayLike | None = None,
) -> Array:
    """Return the derivative of y along a direction: the Jacobian-vector product.

    Args:
        spec: the sizes.
        input: x.
        weight: w.
        input_tangent: the direction of x, shaped like it; None for zero.
        weight_tangent: that of w.
        bias_tangent: that of b, () or (C_out,).

    Returns:
        The derivative, shaped like y.

    Raises:
        SpecError: a shape breaks a rule.

    Example:
        >>> spec = ConvSpec(kernel_shape=(2,))
        >>> jvp(spec, [1, 2, 3], [10, 1], input_tangent=[0, 1, 0], bias_tangent=5)
        array([ 6, 15])
    """
    vx = _tangent("input_tangent", input_tangent, of=input)
    vw = _tangent("weight_tangent", weight_tangent, of=weight)
    return forward(spec, vx, weight) + forward(spec, input, vw, bias_tangent)


def double_backward(
    spec: ConvSpec,
    grad_output: npt.ArrayLike,
    input: npt.ArrayLike,
    weight: npt.ArrayLike,
    *,
    input_tangent: npt.ArrayLike | None = None,
    weight_tangent: npt.ArrayLike | None = None,
    bias_tangent: npt.ArrayLike | None = None,
) -> BackwardGradients:
    """Return the gradients of the backward pass, weighed with a cotangent of each of its results.

    They are the derivatives of sum(vx * grad_input) + sum(vw * grad_weight) + sum(vb * grad_bias).

    Args:
        spec: the sizes.
        grad_output: de/dy.
        input: x.
        weight: w.
        input_tangent: vx, shaped like x; None for zero.
        weight_tangent: vw, shaped like w.
        bias_tangent: vb, () or (C_out,).

    Raises:
        SpecError: a shape breaks a rule.

    Example:
        >>> spec = ConvSpec(kernel_shape=(2,))
        >>> grads = double_backward(spec, [1, 4], [1, 2, 3], [10, 1], input_tangent=[0, 1, 0])
        >>> [grad.tolist() for grad in grads]
        [[1, 10], [0, 0, 0], [4, 1]]
    """
    vx = _tangent("input_tangent", input_tangent, of=input)
    vw = _tangent("weight_tangent", weight_tangent, of=weight)
    return BackwardGradients(
        forward(spec, vx, weight) + forward(spec, input, vw, bias_tangent),
        grad_input(spec, grad_output, vw, vx.shape),
        grad_weight(spec, grad_output, vx),
    )


def hessian_vector(
    spec: ConvSpec,
    input: npt.ArrayLike,
    weight: npt.ArrayLike,
    *,
    grad_output: npt.ArrayLike,
    loss_hessian: Callable[[Array], npt.ArrayLike],
    input_tangent: npt.ArrayLike | None = None,
    weight_tangent: npt.ArrayLike | None = None,
    bias_tangent: npt.ArrayLike | None = None,
) -> Gradients:
    """Return the Hessian of a loss e(y(x, w, b)), times a direction of x, w and b.

    Args:
        spec: the sizes.
        input: x.
        weight: w.
        grad_output: de/dy.
        loss_hessian: multiplies a direction of y with the Hessian of e by y; for half the sum of
            squares it returns the direction itself.
        input_tangent: the direction of x, shaped like it; None for zero.
        weight_tangent: that of w.
        bias_tangent: that of b, () or (C_out,).

    Raises:
        SpecError: a shape breaks a rule.

    Example:
        >>> spec = ConvSpec(kernel_shape=(1,))
        >>> product = hessian_vector(  # of half the square of y = 3*2
        ...     spec, [3], [2], grad_output=[6], loss_hessian=lambda v: v, input_tangent=[1]
        ... )
        >>> [part.tolist() for part in product]
        [[4], [12], 2]
    """
    vx = _tangent("input_tangent", input_tangent, of=input)
    vw = _tangent("weight_tangent", weight_tangent, of=weight)
    moved = loss_hessian(forward(spec, vx, weight) + forward(spec, input, vw, bias_tangent))
    return Gradients(
        grad_input(spec, moved, weight, vx.shape) + grad_input(spec, grad_output, vw, vx.shape),
        grad_weight(spec, moved, input) + grad_weight(spec, grad_output, vx),
        grad_bias(spec, moved),
    )


def grad_weight_per_sample(
    spec: ConvSpec, grad_output: npt.ArrayLike, input: npt.ArrayLike
) -> Array:
    """Return de/dw of every image by itself; their sum over the batch is grad_weight.

    It is one grad_weight whose groups are the images: the batch becomes channels.

    Args:
        spec: the sizes.
        grad_output: de/dy, (N, C_out, *out).
        input: x, (N, C_in, *in).

    Returns:
        (N, C_out, C_in/groups, *k); transposed (N, C_in, C_out/groups, *k).

    Raises:
        SpecError: a shape breaks a rule, or the arrays are planes.

    Example:
        >>> spec = ConvSpec(kernel_shape=(2,))
        >>> grad_weight_per_sample(spec, [[[1]], [[2]]], [[[5, 7]], [[1, 3]]]).tolist()
        [[[[5, 7]]], [[[2, 6]]]]
    """
    dy, x = operands(grad_output=grad_output, input=input)
    if is_plane(spec, grad_output=dy, input=x):
        raise SpecError(f"input must be batched to have samples, got shape {x.shape}")
    batch = x.shape[0]
    if batch == 0 or dy.shape[0] != batch:
        return grad_weight(spec, dy, x)[np.newaxis][:0]
    merged = (array.reshape((1, batch * array.shape[1], *array.shape[2:])) for array in (dy, x))
    grad = grad_weight(replace(spec, groups=spec.groups * batch), *merged)
    return grad.reshape((batch, grad.shape[0] // batch, *grad.shape[1:]))


def _tangent(name: str, tangent: npt.ArrayLike | None, *, of: npt.ArrayLike) -> Array:
    """Return a tangent, which has the shape of its array; zeros for None."""
    array = np.asarray(of)
    if tangent is None:
        return np.zeros(array.shape, array.dtype)
    given = np.asarray(tangent)
    if given.shape != array.shape:
        raise SpecError(f"{name} must have shape {array.shape}, got {given.shape}")
    return given
