"""Every way a plane kernel sums gives the same results: strips, BLAS or einsum, long rows."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings

from symconv import ConvSpec, load, reference
from symconv.codegen.load import retuned
from tests import strategies

SIZES = {"max_kernel": 3, "max_stride": 3, "max_padding": 2}
WAYS = [{}, {"STRIP": 1}, {"STRIP": 40, "LONG_ROW": 1}, {"BLAS": ""}, {"BLAS": "l", "LONG_ROW": 1}]


@settings(max_examples=25)
@given(strategies.images(**SIZES) | strategies.whole_images(**SIZES), strategies.seeds)
def test_all_ways_equal_the_reference(image, seed):
    spec, shape = image
    kernel = load(spec)
    for dtype in ("float64", "complex64", "int64"):
        x = strategies.integers(shape, seed, dtype=dtype)
        w = strategies.integers(spec.kernel_shape, seed + 1, dtype=dtype)
        dy = strategies.integers(spec.output_shape(shape), seed + 2, dtype=dtype)
        y = reference.forward(spec, x, w, 5)
        dx = reference.grad_input(spec, dy, w, shape)
        dw = reference.grad_weight(spec, dy, x)
        for constants in WAYS:
            way = retuned(kernel, constants)
            gradients = way.backward(dy, x, w)
            np.testing.assert_array_equal(way.forward(x, w, 5), y)
            np.testing.assert_array_equal(gradients.input, dx)
            np.testing.assert_array_equal(gradients.weight, dw)
            assert gradients.weight.dtype == dtype


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
def test_planes_of_many_strips_and_long_rows_equal_the_reference(dtype):
    for spec, shape in (
        (ConvSpec(kernel_shape=(3, 2), stride=(2, 1), padding=((1, 0), (2, 1))), (101, 300)),
        (ConvSpec(kernel_shape=(5,), dilation=2), (20_001,)),
        (ConvSpec(kernel_shape=(2, 3), stride=2, transposed=True), (70, 270)),
    ):
        x = strategies.integers(shape, 1, dtype=dtype)
        w = strategies.integers(spec.kernel_shape, 2, dtype=dtype)
        dy = strategies.integers(spec.output_shape(shape), 3, dtype=dtype)
        kernel = load(spec)
        gradients = kernel.backward(dy, x, w)
        np.testing.assert_array_equal(kernel.forward(x, w), reference.forward(spec, x, w))
        np.testing.assert_array_equal(gradients.input, reference.grad_input(spec, dy, w, shape))
        np.testing.assert_array_equal(gradients.weight, reference.grad_weight(spec, dy, x))


@pytest.mark.filterwarnings("ignore:invalid value")  # infinity times 0
@pytest.mark.parametrize("constants", [{}, {"STRIP": 1}, {"LONG_ROW": 1}, {"BLAS": ""}])
@pytest.mark.parametrize("stride", [1, 2, 4])
def test_nan_and_infinity_reach_what_reads_them_and_nothing_else(stride, constants):
    spec = ConvSpec(kernel_shape=(3, 2), stride=stride)
    kernel = retuned(load(spec), constants)
    shape = (12, 11)
    w = np.array([[1.0, 0.0], [0.0, -2.0], [3.0, 1.0]])  # zeros make NaN of infinity
    for special in (np.nan, np.inf):
        for place in ((0, 0), (4, 5), (11, 10), (5, 4)):
            x = strategies.integers(shape, 1, dtype="float64")
            dy = strategies.integers(spec.output_shape(shape), 2, dtype="float64")
            x[place] = special
            dw = reference.grad_weight(spec, dy, x)
            np.testing.assert_array_equal(kernel.forward(x, w), reference.forward(spec, x, w))
            np.testing.assert_array_equal(kernel.grad_weight(dy, x), dw)
            window = tuple(min(at, n - 1) for at, n in zip(place, dy.shape, strict=True))
            dy[window] = special
            dx = reference.grad_input(spec, dy, w, shape)
            np.testing.assert_array_equal(kernel.grad_input(dy, w, shape), dx)


def test_a_large_plane_needs_one_strip_beside_its_result():
    kernel, n = load(ConvSpec(kernel_shape=(3, 3))), 1500
    x, w = np.ones((n, n), "f"), np.ones((3, 3), "f")
    y = kernel.forward(x, w)
    out = np.empty_like(w)
    for call, result in (
        (lambda: kernel.forward(x, w), y.nbytes),
        (lambda: kernel.grad_weight(y, x, out=out), 0),
    ):
        tracemalloc.start()
        call()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < result + 2 * 2**16 * x.itemsize


def test_only_modules_that_have_constants_are_retuned():
    spec = ConvSpec(kernel_shape=(2,))
    element = load(spec, unroll="element", input_shape=(3,))
    assert retuned(element, {"STRIP": 1}) is None
    assert retuned(load(spec, layout="batched"), {"LONG_ROW": 1}) is None
