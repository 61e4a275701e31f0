"""No false alarm: PyTorch's and JAX's own convolutions pass the audit, whatever the sizes.

SYMCONV_PEER_CASES is the number of configurations of each library, spread over its functions.
"""

import os
from importlib.util import find_spec

import numpy as np
import pytest

from symconv import Space, audit

CASES = {"torch": 200, "jax": 64}  # JAX compiles each of them
if "SYMCONV_PEER_CASES" in os.environ:
    CASES = dict.fromkeys(CASES, int(os.environ["SYMCONV_PEER_CASES"]))
OPERATIONS = ("forward", "grad_input", "grad_weight", "grad_bias")


def kernel_shape(spec, grad_output, input):
    """The shape of the kernel between two arrays; a transposed one has the input first."""
    first, second = grad_output.shape[1], input.shape[1]
    if spec.transposed:
        first, second = second, first
    return (first, second // spec.groups, *spec.kernel_shape)


def functions_of_torch():
    """All operations through torch.nn.functional.conv*d and autograd, batched."""
    import torch
    from torch.nn import functional

    def turned(spec, weight):
        return weight.flip(list(range(2, weight.ndim))) if spec.true_convolution else weight

    def pad(array, sides, mode="constant"):
        """Cells added, then cut off: in one step PyTorch refuses to cut off what it has not got."""
        longer = functional.pad(array, [max(0, side) for side in sides], mode=mode)
        return functional.pad(longer, [min(0, side) for side in sides])

    def transposed(spec, input, weight, bias):
        convolve = (
            functional.conv_transpose1d,
            functional.conv_transpose2d,
            functional.conv_transpose3d,
        )[spec.axes - 1]
        full = convolve(
            input, turned(spec, weight), None, spec.stride, 0, 0, spec.groups, spec.dilation
        )
        y = pad(full, [-side for pair in reversed(spec.padding_pairs) for side in pair])
        return y if bias is None else y + bias.reshape(-1, *[1] * spec.axes)

    def forward(spec, input, weight, bias=None):
        spec = spec.at(input.shape[2:])
        if spec.transposed:
            return transposed(spec, input, weight, bias)
        pads = [side for pair in reversed(spec.padding_pairs) for side in pair]
        convolve = (functional.conv1d, functional.conv2d, functional.conv3d)[spec.axes - 1]
        mode = "constant" if spec.padding_mode == "zeros" else spec.padding_mode
        padded = pad(input, pads, mode)
        kernel = turned(spec, weight)
        return convolve(padded, kernel, bias, spec.stride, 0, spec.dilation, spec.groups)

    def gradient(of, spec, grad_output, *operands):
        return torch.autograd.grad(forward(spec, *operands), of, grad_output)[0]

    def grad_input(spec, grad_output, weight, input_shape):
        x = torch.zeros(input_shape, dtype=weight.dtype, requires_grad=True)
        return gradient(x, spec, grad_output, x, weight)

    def grad_weight(spec, grad_output, input):
        shape = kernel_shape(spec, grad_output, input)
        w = torch.zeros(shape, dtype=input.dtype, requires_grad=True)
        return gradient(w, spec, grad_output, input, w)

    def grad_bias(spec, grad_output):
        b = torch.zeros(grad_output.shape[1], dtype=grad_output.dtype, requires_grad=True)
        y = torch.zeros_like(grad_output) + b.reshape(-1, *[1] * spec.axes)
        return torch.autograd.grad(y, b, grad_output)[0]

    return dict(zip(OPERATIONS, (forward, grad_input, grad_weight, grad_bias), strict=True))


def functions_of_jax():
    """All operations through jax.lax.conv_general_dilated and its vector-Jacobian products."""
    import jax
    from jax import lax
    from jax import numpy as jnp

    modes = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}

    def product(spec, input, weight):
        spec = spec.at(input.shape[2:])
        if spec.true_convolution != spec.transposed:  # spread inputs meet the turned kernel
            weight = jnp.flip(weight, range(2, weight.ndim))
        if spec.transposed:
            return adjoint(spec, input, weight)
        padding = spec.padding_pairs
        if spec.padding_mode != "zeros":
            input = jnp.pad(input, [(0, 0), (0, 0), *padding], mode=modes[spec.padding_mode])
            padding = [(0, 0)] * spec.axes
        return lax.conv_general_dilated(
            input,
            weight,
            window_strides=spec.stride,
            padding=padding,
            rhs_dilation=spec.dilation,
            feature_group_count=spec.groups,
        )

    def adjoint(spec, input, weight):
        """A convolution of the input spread by the stride, its kernel in the other layout."""
        inner = weight.shape[0] // spec.groups
        by_group = weight.reshape(spec.groups, inner, *weight.shape[1:]).swapaxes(1, 2)
        sides = zip(spec.extent, spec.padding_pairs, strict=True)
        return lax.conv_general_dilated(
            input,
            by_group.reshape(-1, inner, *spec.kernel_shape),
            window_strides=(1,) * spec.axes,
            padding=[(e - 1 - lo, e - 1 - hi) for e, (lo, hi) in sides],
            lhs_dilation=spec.stride,
            rhs_dilation=spec.dilation,
            feature_group_count=spec.groups,
        )

    def forward(spec, input, weight, bias):
        return product(spec, input, weight) + bias.reshape(-1, *[1] * spec.axes)

    def grad_input(spec, grad_output, weight, input_shape):
        zeros = jnp.zeros(input_shape, weight.dtype)
        return jax.vjp(lambda x: product(spec, x, weight), zeros)[1](jnp.asarray(grad_output))[0]

    def grad_weight(spec, grad_output, input):
        zeros = jnp.zeros(kernel_shape(spec, grad_output, input), input.dtype)
        return jax.vjp(lambda w: product(spec, input, w), zeros)[1](jnp.asarray(grad_output))[0]

    def grad_bias(spec, grad_output):
        zeros = jnp.zeros(grad_output.shape[1], grad_output.dtype)
        shape = grad_output.shape

        def add(bias):
            return jnp.zeros(shape, bias.dtype) + bias.reshape(-1, *[1] * spec.axes)

        return jax.vjp(add, zeros)[1](jnp.asarray(grad_output))[0]

    return dict(zip(OPERATIONS, (forward, grad_input, grad_weight, grad_bias), strict=True))


def on_planes(function):
    """A batched function as one of planes: one image, one channel."""

    def planar(spec, input_shape=None, **arrays):
        given = {
            name: array[None] if name == "bias" else array[None, None]
            for name, array in arrays.items()
        }
        if input_shape is not None:
            given["input_shape"] = (1, 1, *input_shape)
        result = function(spec, **given)
        return result[0] if result.ndim == 1 else result[0, 0]

    return planar


LIBRARIES = {
    # PyTorch takes a batch of no image, but no empty spatial axis
    "torch": (functions_of_torch, "empty_axis"),
    "jax": (functions_of_jax, ()),
}
OF_KINDS = ("crop", "reflect", "replicate", "circular", "transposed", "flipped")


def space_of(library, kinds):
    """What a library's function is audited on: of copies it knows none of an empty batch."""
    exclude = LIBRARIES[library][1] if kinds == "plain" else "empty"
    return Space(exclude=exclude, kinds=kinds)


@pytest.mark.parametrize("layout", ["plane", "batched"])
@pytest.mark.parametrize("kinds", ["plain", OF_KINDS], ids=["plain", "other-kinds"])
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_librarys_own_convolution_raises_no_alarm(library, operation, kinds, layout):
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed: pip install -e '.[peers]'")
    function = LIBRARIES[library][0]()[operation]
    cases = max(1, CASES[library] // 16)
    outcome = audit(
        function if layout == "batched" else on_planes(function),
        operation=operation,
        layout=layout,
        space=space_of(library, kinds),
        cases=cases,
        seconds=600,
    )
    assert outcome.ok, outcome.to_text()
    assert outcome.complete
    assert outcome.checked == cases


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_fault_in_a_librarys_function_is_found_and_named(library):
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed: pip install -e '.[peers]'")
    grad_input = LIBRARIES[library][0]()["grad_input"]
    space = space_of(library, "plain")

    def without_flip(spec, grad_output, weight, input_shape):
        axes = list(range(2, weight.ndim))
        flipped = weight.flip(axes) if library == "torch" else np.flip(weight, axes)
        return grad_input(spec, grad_output, flipped, input_shape)

    outcome = audit(
        without_flip, operation="grad_input", layout="batched", space=space, cases=16, seconds=6
    )
    assert outcome.failures[0].fault == "kernel not flipped"
    assert library in outcome.arrays or library == "jax"
