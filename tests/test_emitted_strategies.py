"""Every way a plane kernel sums gives the same results: strips, BLAS or einsum, long rows."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings

from symconv import ConvSpec, load, reference
from symconv.codegen.runtime.python import retuned
from tests import strategies

SIZES = {"max_kernel": 3, "max_stride": 3, "max_padding": 2}
NEVER = 2**40
WAYS = [{}, {"STRIP": 1}, {"STRIP": 320, "LONG_ROW": 1}, {"BLAS": ""}, {"BLAS": "l", "LONG_ROW": 1}]
OF_SEVERAL_TAPS = [{"FEW": 0}, {"FEW": NEVER}, {"FEW": NEVER, "DOUBLE": ""}, {"FEW": 0, "STRIP": 1}]
OF_MANY_TAPS = [{"FEW": 0, "STRIP": 1, "MANY": many, "BLAS": "fdFDl"} for many in (1, NEVER)]
MANY_TAPS = [
    {"kernel_shape": (5, 6)},
    {"kernel_shape": (5, 6), "stride": (2, 1), "padding": ((1, 0), (2, 3)), "dilation": (1, 2)},
    {"kernel_shape": (7, 4), "dilation": (2, 1), "true_convolution": True},
    {"kernel_shape": (5, 5), "transposed": True, "padding": 1},
    {"kernel_shape": (7, 8), "stride": 2, "padding": 3, "padding_mode": "reflect"},
]


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
        for way in ways_of(
            kernel, *WAYS, *(way for way in OF_SEVERAL_TAPS if retuned(kernel, way))
        ):
            gradients = way.backward(dy, x, w)
            np.testing.assert_array_equal(way.forward(x, w, 5), y)
            np.testing.assert_array_equal(gradients.input, dx)
            np.testing.assert_array_equal(gradients.weight, dw)
            assert gradients.input.dtype == gradients.weight.dtype == dtype


@pytest.mark.parametrize("sizes", MANY_TAPS)
@pytest.mark.parametrize("dtype", ["float32", "complex128", "int64"])
def test_kernels_of_many_taps_equal_the_reference_in_all_ways(sizes, dtype):
    spec = ConvSpec(**sizes)
    kernel = load(spec)
    for shape in ((17, 19), (13, 14)):
        x = strategies.integers(shape, 1, dtype=dtype)
        w = strategies.integers(spec.kernel_shape, 2, dtype=dtype)
        dy = strategies.integers(spec.output_shape(shape), 3, dtype=dtype)
        y, dx = reference.forward(spec, x, w), reference.grad_input(spec, dy, w, shape)
        for way in ways_of(kernel, *OF_SEVERAL_TAPS, *OF_MANY_TAPS):
            np.testing.assert_array_equal(way.forward(x, w), y)
            np.testing.assert_array_equal(way.grad_input(dy, w, shape), dx)


def ways_of(kernel, *constants):
    """Return the kernel with these constants; none may be unknown to it."""
    ways = [retuned(kernel, way) for way in constants]
    assert None not in ways
    return ways


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
@pytest.mark.parametrize(
    "constants",
    [{}, {"STRIP": 1, "FEW": 0}, {"LONG_ROW": 1}, {"BLAS": "", "FEW": 0}, {"DOUBLE": ""}],
)
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


@pytest.mark.parametrize(
    "sizes",
    [
        {"kernel_shape": (1, 26)},
        {"kernel_shape": (1, 27), "padding": ((0, 1), (20, 3)), "dilation": (1, 2)},
        {"kernel_shape": (2, 57), "stride": (2, 2), "padding": 3},
        {"kernel_shape": (2, 26), "dilation": (3, 1), "true_convolution": True},
        {"kernel_shape": (1, 30), "transposed": True, "padding": ((0, 0), (1, 2))},
        {"kernel_shape": (4, 53), "stride": (4, 2), "padding_mode": "reflect", "padding": 2},
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "complex128", "int64"])
def test_rows_times_bands_of_weights_equal_the_reference(sizes, dtype):
    spec = ConvSpec(**sizes)
    kernel = load(spec)
    bands = {"STRIP": 1, "BLAS": "fdFDl"}
    for shape in ((9, spec.extent[1] + 70), (10, spec.extent[1] + 1)):
        x = strategies.integers(shape, 1, dtype=dtype)
        w = strategies.integers(spec.kernel_shape, 2, dtype=dtype)
        dy = strategies.integers(spec.output_shape(shape), 3, dtype=dtype)
        y, dx = reference.forward(spec, x, w), reference.grad_input(spec, dy, w, shape)
        for way in ways_of(kernel, bands, {**bands, "BAND": 3}, {**bands, "BAND": NEVER}):
            np.testing.assert_array_equal(way.forward(x, w), y)
            np.testing.assert_array_equal(way.grad_input(dy, w, shape), dx)


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("special", [np.nan, np.inf])
def test_nan_and_infinity_stay_with_their_readers_in_rows_of_many_taps(special):
    spec, shape = ConvSpec(kernel_shape=(1, 25)), (14, 80)
    (kernel,) = ways_of(load(spec), {"STRIP": 1})
    w = strategies.integers((1, 25), 1, dtype="float32")
    w[0, 3] = 0
    for place in ((0, 0), (6, 7), (13, 79)):
        x = strategies.integers(shape, 2, dtype="float32")
        x[place] = special
        np.testing.assert_array_equal(kernel.forward(x, w), reference.forward(spec, x, w))


def test_the_strips_of_a_call_share_their_memory():
    kernel = load(ConvSpec(kernel_shape=(3, 3)))
    names = kernel.forward.__globals__
    made, empty = [], np.empty

    class Counting:
        def __getattr__(self, name):
            return getattr(np, name)

        def empty(self, *arguments):
            made.append(arguments)
            return empty(*arguments)

    names["np"] = Counting()
    x, w = np.ones((300, 300)), np.ones((3, 3))
    kernel.forward(x, w)
    assert len(made) == 2  # y, and the columns of one strip
    assert np.empty(*made[1]).nbytes <= names["STRIP"]


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("special", [np.nan, np.inf])
def test_nan_and_infinity_stay_with_their_readers_in_weighed_rows(special):
    spec, shape = ConvSpec(kernel_shape=(5, 5)), (14, 15)
    (kernel,) = ways_of(load(spec), {"STRIP": 1, "FEW": 0, "MANY": 1})
    w = strategies.integers((5, 5), 1, dtype="float32")
    w[0, 0] = w[4, 1] = 0
    for place in ((0, 0), (6, 7), (13, 14)):
        x = strategies.integers(shape, 2, dtype="float32")
        x[place] = special
        dy = strategies.integers((10, 11), 3, dtype="float32")
        dy[tuple(min(at, n - 1) for at, n in zip(place, dy.shape, strict=True))] = special
        np.testing.assert_array_equal(kernel.forward(x, w), reference.forward(spec, x, w))
        dx = reference.grad_input(spec, dy, w, shape)
        np.testing.assert_array_equal(kernel.grad_input(dy, w, shape), dx)


def test_weighed_rows_and_single_products_round_no_worse_than_columns():
    kernel = load(ConvSpec(kernel_shape=(7, 7)))
    rng = np.random.default_rng(0)
    dy, w = rng.normal(size=(60, 50)), rng.normal(size=(7, 7))
    columns = {"FEW": 0, "STRIP": 1, "MANY": NEVER}
    ways = ways_of(kernel, columns, {"FEW": 0, "STRIP": 1, "MANY": 1}, {"FEW": NEVER})
    dy, w = dy.astype("float32"), w.astype("float32")
    exact = kernel.grad_input(dy.astype("float64"), w.astype("float64"))
    errors = [np.sqrt(np.mean((way.grad_input(dy, w) - exact) ** 2)) for way in ways]
    assert max(errors) <= 1.25 * errors[0]


def test_indices_of_few_shapes_are_kept_and_threads_share_them():
    spec = ConvSpec(kernel_shape=(3, 2), stride=2)
    kernel = load(spec)
    w = np.arange(6).reshape(3, 2)

    def equal(size):
        dy = np.arange(size * 4).reshape(size, 4)
        shape = (2 * size + 1, 8)
        dx = reference.grad_input(spec, dy, w, shape)
        return all(np.array_equal(kernel.grad_input(dy, w, shape), dx) for _ in range(20))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(equal, range(1, 60)))
    names = kernel.grad_input.__globals__
    assert names["_places"].cache_info().currsize <= names["KEPT"] < 60


@pytest.mark.parametrize("dtype", ["int8", "uint16", "bool", "float16", "longdouble", "object"])
def test_single_products_are_added_in_every_type_as_columns_are(dtype):
    kernel = load(ConvSpec(kernel_shape=(3, 2), stride=2, padding=1))
    few, phases = ways_of(kernel, {"FEW": NEVER}, {"FEW": 0})
    dy = strategies.integers((6, 5), 1, dtype="int64").astype(dtype)
    w = strategies.integers((3, 2), 2, dtype="int64").astype(dtype)
    dx = few.grad_input(dy, w)
    np.testing.assert_array_equal(dx, phases.grad_input(dy, w))
    assert dx.dtype == dtype


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
        assert peak < result + 2 * 2**18


def test_only_modules_that_have_constants_are_retuned():
    spec = ConvSpec(kernel_shape=(2,))
    element = load(spec, unroll="element", input_shape=(3,))
    assert retuned(element, {"STRIP": 1}) is None
    assert retuned(load(spec, layout="batched"), {"LONG_ROW": 1}) is None
