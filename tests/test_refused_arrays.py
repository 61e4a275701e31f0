"""Arrays that no kernel can read or write as they are meant: one clear error, in every target."""

from functools import cache

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

from symconv import ConvSpec, load
from symconv.codegen.runtime.compiler import find_compiler

KERNELS = {
    "plane": {"layout": "plane"},
    "batched": {"layout": "batched"},
    "winograd": {"layout": "batched", "algorithm": "winograd"},
    "element": {"unroll": "element", "input_shape": (6, 5)},
    "C plane": {"target": "c"},
    "C batched": {"target": "c", "layout": "batched"},
    "C winograd": {"target": "c", "layout": "batched", "algorithm": "winograd"},
    "C fixed": {"target": "c", "fixed": True, "input_shape": (6, 5)},
}
BATCHED = [name for name, choices in KERNELS.items() if choices.get("layout") == "batched"]


@cache
def kernel(name):
    if name.startswith("C") and find_compiler() is None:
        pytest.skip("there is no C compiler")
    return load(ConvSpec(kernel_shape=(3, 3), padding=1), **KERNELS[name])


def operands(name):
    """x, w and dy."""
    batched = name in BATCHED
    x, w = (
        np.ones((2, 4, 6, 5) if batched else (6, 5)),
        np.ones((4, 4, 3, 3) if batched else (3, 3)),
    )
    return x, w, x.copy()


def refused(call, error, message):
    """The call raises the error twice: types and shapes met before change nothing."""
    for _ in range(2):
        with pytest.raises(error) as caught:
            call()
        assert str(caught.value) == message


def masked(array):
    return np.ma.masked_array(array, mask=False)


@pytest.mark.parametrize("name", KERNELS)
def test_masks_are_refused(name):
    k, (x, w, dy) = kernel(name), operands(name)
    k.forward(x, w)
    k.backward(dy, x, w)
    bias = masked(np.ones(4)) if name in BATCHED else np.ma.masked

    def message(array, got="MaskedArray"):
        return f"{array} must be an array without a mask, got {got}"

    for call, array in (
        (lambda: k.forward(masked(x), w), "input"),
        (lambda: k.forward(x, masked(w)), "weight"),
        (lambda: k.grad_input(masked(dy), w), "grad_output"),
        (lambda: k.grad_input(dy, masked(w)), "weight"),
        (lambda: k.grad_weight(masked(dy), x), "grad_output"),
        (lambda: k.grad_weight(dy, masked(x)), "input"),
        (lambda: k.grad_bias(masked(dy)), "grad_output"),
        (lambda: k.backward(dy, masked(x), w), "input"),
        (lambda: k.grad_input(dy, w, out=masked(x)), "out"),
    ):
        refused(call, TypeError, message(array))
    refused(lambda: k.forward(x, w, bias), TypeError, message("bias", type(bias).__name__))


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("given", [[[0.0]], "abc", 3.0], ids=repr)
def test_out_is_an_array(name, given):
    k, (x, w, dy) = kernel(name), operands(name)
    message = f"out must be an array without a mask, got {type(given).__name__}"
    refused(lambda: k.grad_input(dy, w, out=given), TypeError, message)
    refused(lambda: k.grad_input(dy, w, x.shape, out=given), TypeError, message)
    refused(lambda: k.grad_weight(dy, x, out=given), TypeError, message)
    if name in BATCHED:
        refused(lambda: k.forward(x, w, out=given), TypeError, message)


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("strides", [(0, 8), (8, 0), (8, 8), (16, 8), (-8, 8), (32, 8), (8, 40)])
def test_out_does_not_overlap_itself(name, strides):
    k, (x, w, dy) = kernel(name), operands(name)
    steps = (*[240 * 4, 240][: x.ndim - 2], *strides)
    memory = np.zeros(10_000)
    out = as_strided(memory[5000:], x.shape, steps)
    before = memory.copy()
    message = f"out must not overlap itself, got strides {steps}"
    refused(lambda: k.grad_input(dy, w, out=out), ValueError, message)
    refused(lambda: k.grad_input(dy, w, x.shape, out=out), ValueError, message)
    np.testing.assert_array_equal(memory, before)


@pytest.mark.parametrize("name", KERNELS)
def test_views_of_any_layout_are_no_overlap(name):
    k, (x, w, dy) = kernel(name), operands(name)
    right = k.grad_input(dy, w)
    wide = np.zeros([3 * size for size in x.shape])
    for out in (wide[(slice(1, None, 3),) * x.ndim], np.empty(x.shape, order="F"), np.flip(x)):
        assert k.grad_input(dy, w, out=out) is out
        np.testing.assert_array_equal(out, right)


@pytest.mark.parametrize("name", BATCHED)
def test_a_workspace_is_an_array_that_can_be_written_to(name):
    k, (x, w, dy) = kernel(name), operands(name)
    frozen, memory = np.zeros(10_000), np.zeros(10_000)
    frozen.flags.writeable = False
    for given, error, message in (
        ([0.0], TypeError, "workspace must be an array without a mask, got list"),
        (masked(memory), TypeError, "workspace must be an array without a mask, got MaskedArray"),
        (frozen, ValueError, "workspace must be writeable, got a read-only array"),
        (
            as_strided(memory, memory.shape, (0,)),
            ValueError,
            "workspace must not overlap itself, got strides (0,)",
        ),
    ):
        for call in (
            lambda given=given: k.forward(x, w, workspace=given),
            lambda given=given: k.grad_input(dy, w, workspace=given),
            lambda given=given: k.grad_weight(dy, x, workspace=given),
            lambda given=given: k.backward(dy, x, w, workspace=given),
        ):
            refused(call, error, message)
