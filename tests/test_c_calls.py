"""Calls of C with arrays, shapes and numbers as people have them: right, and nearly as quick.

How quick is counted in calls of Python functions, C functions among them; what a copy takes is not
counted, for C makes it.
"""

import itertools
import sys

import numpy as np
import pytest

from symconv import ConvSpec, load, reference
from symconv.codegen.runtime.compiler import find_compiler
from symconv.codegen.runtime.plane_wrapper import CKernel
from symconv.codegen.runtime.shapes import Windows
from tests import strategies

pytestmark = pytest.mark.skipif(find_compiler() is None, reason="there is no C compiler")

SPEC = ConvSpec(kernel_shape=(3, 2), stride=(2, 1), padding=((1, 0), (0, 2)))
SHAPE = (6, 5)
X, W, DY = (
    strategies.integers(shape, seed)
    for seed, shape in enumerate((SHAPE, SPEC.kernel_shape, SPEC.output_shape(SHAPE)))
)


@pytest.fixture(scope="module")
def kernel():
    """A kernel that has met every type."""
    made = load(SPEC, target="c")
    for dtype in "fdil":
        x, w, dy = X.astype(dtype), W.astype(dtype), DY.astype(dtype)
        made.forward(x, w)
        made.backward(dy, x, w)
    return made


def laid_out(array):
    """The array as it may lie in memory; nothing of it contiguous, or its entries unlike."""
    wide = np.zeros([3 * size for size in array.shape], array.dtype)
    apart = wide[(slice(1, None, 3),) * array.ndim]
    apart[...] = array
    return (
        apart,
        np.asfortranarray(array),
        np.flip(np.flip(array).copy()),
        array[:1].repeat(len(array), 0),
    )


def counted(call):
    """How many functions are called; the second time, for the first may find things out."""
    call()
    count = 0

    def count_call(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(count_call)
    try:
        call()
    finally:
        sys.setprofile(None)
    return count


@pytest.fixture
def directly(monkeypatch):
    """C takes the arrays as they are, or the test fails."""
    for name in ("_forward", "_grad_input", "_grad_weight", "_grad_bias"):
        monkeypatch.setattr(CKernel, name, lambda *_: pytest.fail("C refused the arrays"))


def results(kernel, x, w, dy):
    return (kernel.forward(x, w), *kernel.backward(dy, x, w))


def expected(x, w, dy):
    return (
        reference.forward(SPEC, x, w),
        reference.grad_input(SPEC, dy, w, SHAPE),
        reference.grad_weight(SPEC, dy, x),
        reference.grad_bias(SPEC, dy),
    )


@pytest.mark.parametrize("dtype", "fdil")
def test_arrays_may_lie_in_memory_as_they_like(kernel, dtype, directly):
    layouts = (laid_out(each.astype(dtype)) for each in (X, W, DY))
    for x, w, dy in itertools.product(*layouts):
        for one, other in zip(results(kernel, x, w, dy), expected(x, w, dy), strict=True):
            assert one.dtype == dtype
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("types", list(itertools.permutations("fdil", 2)), ids="".join)
def test_arrays_may_have_two_types(kernel, types, directly):
    one, other = types
    x, w, dy = X.astype(one), W.astype(other)[:, ::-1], DY.astype(other)
    found = kernel.forward(x, w), kernel.grad_input(DY.astype(one), w), kernel.grad_weight(dy, x)
    for result, right in zip(found, expected(x, w, DY.astype(one)), strict=False):
        assert result.dtype == np.result_type(one, other)
        np.testing.assert_array_equal(result[:6], right)


def test_integers_become_floats_as_in_numpy(kernel, directly):
    big = np.full(SHAPE, 2**62 + 2**9 - 1)
    w = np.zeros(SPEC.kernel_shape)
    w[0, 0] = 1
    assert kernel.forward(big, w).max() == float(big.max())


@pytest.mark.parametrize("dtype", "fdil")
def test_results_go_where_they_are_asked_for(kernel, dtype, directly):
    x, w, dy = X.astype(dtype), W.astype(dtype), DY.astype(dtype)
    _, dx, dw, _ = expected(x, w, dy)
    for out in laid_out(np.full(SHAPE, 99, dtype)):
        assert kernel.grad_input(dy, w, out=out) is out
        np.testing.assert_array_equal(out, dx)
        assert kernel.grad_input(dy, w, SHAPE, out) is out
    for out in laid_out(np.full(SPEC.kernel_shape, 99, dtype)):
        assert kernel.grad_weight(dy, x, out=out) is out
        np.testing.assert_array_equal(out, dw)


def test_what_lies_between_the_entries_of_a_result_stays(kernel, directly):
    memory = np.full([2 * size for size in SHAPE], 99)
    kernel.grad_input(DY, W, out=memory[::2, 1::2])
    np.testing.assert_array_equal(memory[::2, 1::2], reference.grad_input(SPEC, DY, W, SHAPE))
    assert (memory[1::2] == 99).all()
    assert (memory[:, ::2] == 99).all()


def test_a_result_among_the_entries_of_an_operand_is_right():
    unit = load(ConvSpec(kernel_shape=(1, 1)), target="c")
    w = np.full((1, 1), 2)
    for _ in range(2):
        for place in (np.s_[2:5, 2:6], np.s_[1::2, 1::2]):
            memory = np.arange(48).reshape(6, 8)
            apart = memory[::2, ::2]
            right = 2 * apart
            np.testing.assert_array_equal(unit.grad_input(apart, w, out=memory[place]), right)


BIASES = [3, np.int8(3), np.int32(3), np.int64(3), np.array(3), np.uint8(3)]
BIASES += [
    0.5,
    np.float32(0.5),
    np.float64(0.5),
    np.array(0.5, "f"),
    np.array(0.5),
    np.float16(0.5),
]


@pytest.mark.parametrize("dtype", "fdil")
@pytest.mark.parametrize("bias", BIASES, ids=repr)
def test_a_bias_is_any_number(kernel, dtype, bias, directly):
    x, w = X.astype(dtype), W.astype(dtype)
    y = kernel.forward(x, w, bias)
    plain = reference.forward(SPEC, x, w)
    np.testing.assert_array_equal(y, plain + bias)
    assert y.dtype == (plain + bias).dtype


@pytest.mark.parametrize("bias", [2**31, -(2**31) - 1, 2**70])
def test_a_bias_that_the_type_does_not_hold_is_refused(kernel, bias):
    with pytest.raises(OverflowError):
        kernel.forward(X.astype("i"), W.astype("i"), bias)
    assert kernel.forward(X.astype("i"), W.astype("i"), -(2**31)).min() < 0


class Size(tuple):
    """Sizes of another library."""


UNUSUAL = {
    "strided": lambda x, w, dy: ("forward", x.repeat(2, 0)[::2], w),
    "Fortran": lambda x, w, dy: ("forward", np.asfortranarray(x), w),
    "mixed": lambda x, w, dy: ("forward", x, w.astype("d")),
    "integer bias": lambda x, w, dy: ("forward", x, w, 1),
    "scalar bias": lambda x, w, dy: ("forward", x, w, np.float32(1)),
    "wider bias": lambda x, w, dy: ("forward", x, w, np.float64(1)),
    "bias without axes": lambda x, w, dy: ("forward", x, w, np.ones((), "f")),
    "list of sizes": lambda x, w, dy: ("grad_input", dy, w, [6, 5]),
    "torch.Size": lambda x, w, dy: ("grad_input", dy, w, Size((6, 5))),
    "sizes and out": lambda x, w, dy: ("grad_input", dy, w, SHAPE, x),
    "strided dy": lambda x, w, dy: ("grad_input", dy[:, ::-1], w),
    "strided out": lambda x, w, dy: ("grad_weight", dy, x, np.empty((3, 4), "f")[:, ::2]),
    "mixed dy": lambda x, w, dy: ("grad_weight", dy.astype("d"), x),
    "grad_bias": lambda x, w, dy: ("grad_bias", dy),
    "strided grad_bias": lambda x, w, dy: ("grad_bias", dy.repeat(2, 0)[::2]),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_calls_are_at_most_twice_the_work(kernel, name):
    x, w, dy = X.astype("f"), W.astype("f"), DY.astype("f")
    word, *arguments = UNUSUAL[name](x, w, dy)
    usual = {
        "forward": (x, w),
        "grad_input": (dy, w, SHAPE),
        "grad_weight": (dy, x),
        "grad_bias": (dy,),
    }
    call = getattr(kernel, word)
    assert counted(lambda: call(*arguments)) <= 2 * counted(lambda: call(*usual[word]))


def test_four_hundred_shapes_are_found_out_once(kernel, monkeypatch):
    arrays = [np.ones((6 + number % 20, 5 + number // 20), "f") for number in range(400)]
    w = W.astype("f")
    outputs = [kernel.forward(array, w) for array in arrays]
    for array, output in zip(arrays, outputs, strict=True):
        kernel.grad_bias(output)
        kernel.grad_input(output, w, array.shape)
    monkeypatch.setattr(Windows, "_counted", lambda *_: pytest.fail("counted again"))
    monkeypatch.setattr(Windows, "_smallest", lambda *_: pytest.fail("counted again"))
    for array, output in zip(arrays, outputs, strict=True):
        kernel.forward(array, w)
        kernel.grad_bias(output)
        kernel.grad_input(output, w, array.shape)
