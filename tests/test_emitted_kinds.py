"""Emitted kernels of crops, copied padding and transposed convolutions at their edges."""

from dataclasses import replace

import numpy as np
import pytest

from symconv import ConvSpec, SpecError, load, reference
from tests import strategies
from tests.batches import batch

REFLECT = ConvSpec(kernel_shape=(3, 2), padding=((2, 1), (0, 2)), padding_mode="reflect")
TRANSPOSED = ConvSpec(kernel_shape=(3, 2), stride=2, padding=((1, 0), (0, 0)), transposed=True)
STYLES = ["unrolled", "fast"]
DTYPES = ["?", "b", "B", "h", "l", "L", "e", "f", "d", "g", "F", "O"]
WHOLE = [*strategies.KINDS, *(replace(spec, groups=3) for spec in strategies.KINDS)]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("spec", strategies.KINDS, ids=lambda spec: spec.name)
def test_every_dtype_is_kept(spec, dtype, style):
    data = batch(spec, strategies.some_input(spec), low=0, high=2)
    exact = (
        reference.forward(spec, data.x, data.w, data.b),
        reference.grad_input(spec, data.dy, data.w, data.x.shape),
        reference.grad_weight(spec, data.dy, data.x),
    )
    given = data.of_dtype(dtype)
    kernel = load(spec, layout="batched", style=style)
    ours = (
        kernel.forward(given.x, given.w, given.b),
        kernel.grad_input(given.dy, given.w, data.x.shape),
        kernel.grad_weight(given.dy, given.x),
    )
    for one, other in zip(ours, exact, strict=True):
        assert one.dtype == dtype
        if dtype != "?":  # for bool, and/or take the place of product and sum
            np.testing.assert_array_equal(one.astype(object), other)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("layout", ["plane", "batched"])
@pytest.mark.parametrize("spec", strategies.KINDS, ids=lambda spec: spec.name)
def test_the_smallest_input_is_the_reference_s(spec, layout, style):
    sizes = spec.output_shape(strategies.some_input(spec))
    lead, channels = ((), ()) if layout == "plane" else ((1, 1), (1, 1))
    dy, w = np.ones((*lead, *sizes), int), np.ones((*channels, *spec.kernel_shape), int)
    expected = reference.grad_input(spec, dy, w)
    kernel = load(spec, layout=layout, style=style)
    np.testing.assert_array_equal(kernel.grad_input(dy, w), expected)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("spec", WHOLE, ids=lambda spec: spec.name)
@pytest.mark.parametrize(("images", "inputs", "outputs"), [(0, 2, 3), (2, 0, 3), (2, 2, 0)])
def test_empty_batches_and_no_channels_give_zeros(spec, images, inputs, outputs, style):
    sizes = strategies.some_input(spec)
    data = batch(spec, sizes, images=images, inputs=inputs, outputs=outputs)
    kernel = load(spec, layout="batched", style=style)
    y, (dx, dw, _) = (
        kernel.forward(data.x, data.w, data.b),
        kernel.backward(data.dy, data.x, data.w),
    )
    np.testing.assert_array_equal(y, reference.forward(spec, data.x, data.w, data.b))
    assert dx.shape == data.x.shape
    assert dw.shape == data.w.shape
    assert not dx.any()
    assert not dw.any()


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("layout", ["plane", "batched"])
@pytest.mark.parametrize("spec", [REFLECT, TRANSPOSED], ids=["reflect", "transposed"])
def test_the_smallest_inputs_that_there_are(spec, layout, style):
    """One less along an axis is refused by the spec, the reference and the kernel."""
    least = tuple(axis.least_input for axis in spec.concrete_axes())
    lead = () if layout == "plane" else (1, 1)
    kernel, w = load(spec, layout=layout, style=style), np.ones((*lead, *spec.kernel_shape), int)
    x = strategies.integers((*lead, *least), 1)
    np.testing.assert_array_equal(kernel.forward(x, w), reference.forward(spec, x, w))
    for axis in range(spec.axes):
        small = np.ones((*lead, *(n - (at == axis) for at, n in enumerate(least))), int)
        with pytest.raises(SpecError):
            reference.forward(spec, small, w)
        with pytest.raises(ValueError, match="input must have"):
            kernel.forward(small, w)


@pytest.mark.parametrize("style", STYLES)
def test_no_window_gives_zero_gradients_in_padding_beside_a_gap(style):
    spec = ConvSpec(kernel_shape=(1, 1), stride=3, padding=((1, 0), (0, 0)))
    kernel, w, dy = load(spec, style=style), np.ones((1, 1), int), np.ones((1, 0), int)
    assert kernel.grad_weight(dy, np.ones((2, 0), int)).tolist() == [[0]]
    assert kernel.grad_input(dy, w, (2, 0)).shape == (2, 0)


BATCH = np.ones((2, 4, 5, 4)), np.ones((4, 3, 3, 2)), np.ones((2, 6, 10, 8))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda k, x, w, dy: k.forward(x, w[:2]),
            "channels must be multiples of 2|weight must have",
        ),
        (lambda k, x, w, dy: k.forward(x, w[:3]), "channels must be multiples of 2, got 3 and 4"),
        (
            lambda k, x, w, dy: k.forward(x, w, np.ones(3)),
            r"bias must have shape \(6,\), got \(3,\)",
        ),
        (lambda k, x, w, dy: k.grad_input(dy[:, :4], w), r"grad_output must have shape \(2, 6,"),
        (lambda k, x, w, dy: k.grad_input(dy[:, :, 1:], w), "grad_output must have shape"),
        (lambda k, x, w, dy: k.grad_weight(dy[:, :5], x), "channels must be multiples of 2"),
        (lambda k, x, w, dy: k.grad_weight(dy, x[:, :, :4]), "grad_output must have shape"),
    ],
)
def test_wrong_shapes_of_a_transposed_convolution_are_named(call, message):
    kernel = load(replace(TRANSPOSED, groups=2), layout="batched")
    kernel.forward(BATCH[0], BATCH[1])
    with pytest.raises(ValueError, match=message):
        call(kernel, *BATCH)
