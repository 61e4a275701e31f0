"""The quick way from Python into C: what it takes, what it refuses, and that nothing stays held."""

import itertools
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import pytest

from symconv import ConvSpec, load, reference
from symconv.codegen.runtime import shapes
from symconv.codegen.runtime.arrays import NUMBERS
from symconv.codegen.runtime.compiler import find_compiler
from symconv.codegen.runtime.library import Library
from symconv.codegen.runtime.shapes import windows_of
from tests import strategies
from tests.test_c_kernels import SPECS, TYPES, WRONG, variants

pytestmark = pytest.mark.skipif(find_compiler() is None, reason="there is no C compiler")
SPEC = SPECS[0]
SHAPE = (6, 5)


@cache
def warm(spec, shape):
    """A kernel that has met every type with these shapes, and may use addresses no more."""
    kernel = load(spec, target="c")
    for dtype in TYPES:
        x, w, dy = operands(spec, shape, dtype)
        kernel.forward(x, w)
        kernel.backward(dy, x, w)
        kernel.grad_input(dy, w)
    return kernel


def operands(spec, shape, dtype):
    shapes = (shape, spec.kernel_shape, spec.output_shape(shape))
    return [strategies.integers(each, seed, dtype=dtype) for seed, each in enumerate(shapes)]


@pytest.fixture
def quick_only(monkeypatch):
    """Functions of addresses that nobody may ask for."""
    monkeypatch.setattr(Library, "functions", lambda *_: pytest.fail("the quick way was refused"))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_usual_arrays_go_the_quick_way(spec, dtype, request):
    shape = tuple(extent + 4 for extent in spec.extent)
    kernel = warm(spec, shape)
    request.getfixturevalue("quick_only")
    x, w, dy = operands(spec, shape, dtype)
    smallest = reference.grad_input(spec, dy, w).shape
    for _ in range(3):
        np.testing.assert_array_equal(kernel.forward(x, w), reference.forward(spec, x, w))
        dx, dw, db = kernel.backward(dy, x, w)
        np.testing.assert_array_equal(dx, reference.grad_input(spec, dy, w, shape))
        np.testing.assert_array_equal(dw, reference.grad_weight(spec, dy, x))
        assert db == reference.grad_bias(spec, dy)
        assert {each.dtype for each in (dx, dw, db)} == {np.dtype(dtype)}
        assert kernel.grad_input(dy, w).shape == smallest
        out = np.full(shape, 99, dtype)
        assert kernel.grad_input(dy, w, out=out) is out
        np.testing.assert_array_equal(out, dx)
        out = np.full(spec.kernel_shape, 99, dtype)
        assert kernel.grad_weight(dy, x, out=out) is out
        np.testing.assert_array_equal(out, dw)


def test_the_bias_keeps_its_sign():
    kernel = load(ConvSpec(kernel_shape=(1,)), target="c")
    x, w = np.zeros(3, "f"), np.full(1, -1, "f")
    for _ in range(2):
        y = kernel.forward(x, w, -0.0)
        assert y.dtype == np.float32
        assert np.signbit(y).all()
        assert not np.signbit(kernel.forward(x, w)).any()


@pytest.mark.parametrize("dtype", ["f", "d", "i", "l"])
def test_unusual_arrays_give_the_same_after_usual_ones(dtype):
    kernel = warm(SPEC, SHAPE)
    x, w, dy = operands(SPEC, SHAPE, dtype)
    expected = (kernel.forward(x, w), *kernel.backward(dy, x, w))
    for x_, w_, dy_ in zip(variants(x), variants(w), variants(dy), strict=True):
        for arrays in ((x_, w, dy), (x, w_, dy), (x, w, dy_), (x_, w_, dy_)):
            given, weight, grad = arrays
            found = (kernel.forward(given, weight), *kernel.backward(grad, given, weight))
            for one, other in zip(found, expected, strict=True):
                np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("call", WRONG)
def test_errors_stay_those_of_the_numpy_kernel_after_right_calls(call):
    spec = ConvSpec(kernel_shape=(3, 2), stride=2)
    messages = []
    for kernel in (warm(spec, (5, 4)), load(spec)):
        with pytest.raises(ValueError) as caught:
            call(kernel)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


def test_a_result_that_overlaps_its_source_is_refused():
    spec = ConvSpec(kernel_shape=(1, 1))
    kernel, memory, w = warm(spec, (3, 3)), np.arange(18.0), np.full((1, 1), 2.0)
    dy = memory[4:13].reshape(3, 3)
    for start in range(10):
        out = memory[start : start + 9].reshape(3, 3)
        with pytest.raises(ValueError):
            kernel.grad_input(dy, w, out=out)
    beside = np.arange(18.0)
    kernel.grad_input(beside[:9].reshape(3, 3), w, out=beside[9:].reshape(3, 3))
    np.testing.assert_array_equal(beside[9:], 2 * beside[:9])


def test_nothing_stays_held():
    kernel = warm(SPEC, SHAPE)
    x, w, dy = operands(SPEC, SHAPE, "f")
    small, out = w[:1], np.empty(SHAPE, "f")
    before = [sys.getrefcount(each) for each in (x, w, dy, small, out)]
    for _ in range(100):
        kernel.forward(x, w)
        kernel.backward(dy, x, w)
        kernel.grad_input(dy, w, out=out)
        for wrong in (w[::2], small, w.astype("d"), w.tolist()):
            try:
                kernel.forward(x, wrong)
            except ValueError:
                continue
    assert [sys.getrefcount(each) for each in (x, w, dy, small, out)] == before


def test_c_refuses_what_is_no_call():
    quick = warm(SPEC, SHAPE).forward.__self__.library.quick[np.dtype("d")]
    x, w, dy = operands(SPEC, SHAPE, "d")
    y = np.empty_like(dy)
    assert quick.forward(y, x, w, 0) == 0
    wrong = [(), (y,), (y, x, w), (y, x, w, "0"), (y, x, w, 0, 0), (None, x, w, 0)]
    wrong += [(y, x, x, 0), (x, y, w, 0), (y.astype("f"), x, w, 0), (y[0], x[0], w[0], 0)]
    assert [quick.forward(*arguments) for arguments in wrong] == [1] * len(wrong)
    db = np.empty(())
    smallest = windows_of(SPEC).input_shape(dy.shape)
    assert quick.grad_bias(db, dy, *smallest) == 0
    wrong = [(db, dy), (db, dy, *SHAPE, 1), (db, dy, "6", "5"), (db, dy, 1 << 70, 5)]
    wrong += [(dy, dy, *smallest), (db, dy, -1, -1), (db, dy[1:], *smallest)]
    assert [quick.grad_bias(*arguments) for arguments in wrong] == [1] * len(wrong)


def test_every_type_takes_what_numpy_computes_in_it():
    quick = warm(SPEC, SHAPE).forward.__self__.library.quick
    assert set(quick) == {dtype for _, dtype in NUMBERS.values()}
    w = strategies.integers(SPEC.kernel_shape, 1)
    for (dtype, functions), y, x in itertools.product(quick.items(), quick, quick):
        image, result = (
            strategies.integers(SHAPE, 2).astype(x),
            np.empty(SPEC.output_shape(SHAPE), y),
        )
        refused = functions.forward(result, image, w.astype(dtype), 0)
        assert refused == (y != dtype or np.result_type(x, dtype) != dtype)
        if not refused:
            np.testing.assert_array_equal(result, reference.forward(SPEC, image, w))


def test_shapes_are_forgotten_before_there_are_many():
    windows = windows_of(SPEC)
    for size in range(3 * shapes.KEPT):
        shape = (size + 10, 7)
        assert windows.output_shape(shape) == SPEC.output_shape(shape)
        assert windows.outputs[shape] == SPEC.output_shape(shape)
        assert len(windows.outputs) <= shapes.KEPT


def test_threads_share_the_quick_way(request):
    kernel = warm(SPEC, (200, 90))
    request.getfixturevalue("quick_only")
    x, w, dy = operands(SPEC, (200, 90), "f")
    expected = kernel.backward(dy, x, w)
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: kernel.backward(dy, x, w), range(64)):
            for one, other in zip(found, expected, strict=True):
                np.testing.assert_array_equal(one, other)
