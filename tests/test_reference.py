"""The generic implementation against the oracle, in both layouts, on integers with ==."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symconv import ConvSpec, SpecError, reference
from tests import oracle, strategies


def entries(array):
    return {index: int(value) for index, value in np.ndenumerate(array)}


def planes(spec, input_shape):
    return {
        "input_shape": input_shape,
        "kernel_shape": spec.kernel_shape,
        "stride": spec.stride,
        "padding": spec.padding_pairs,
        "dilation": spec.dilation,
    }


@given(strategies.images(), strategies.seeds)
def test_planes_equal_the_oracle(image, seed):
    spec, shape = image
    sizes = planes(spec, shape)
    x = strategies.integers(shape, seed)
    w = strategies.integers(spec.kernel_shape, seed + 1)
    dy = strategies.integers(spec.output_shape(shape), seed + 2)
    assert entries(reference.forward(spec, x, w, 7)) == oracle.forward(
        entries(x), entries(w), 7, **sizes
    )
    assert entries(reference.grad_input(spec, dy, w, shape)) == oracle.grad_input(
        entries(dy), entries(w), **sizes
    )
    assert entries(reference.grad_weight(spec, dy, x)) == oracle.grad_weight(
        entries(dy), entries(x), **sizes
    )
    assert int(reference.grad_bias(spec, dy)) == oracle.grad_bias(entries(dy))


@given(
    strategies.images(max_kernel=3, max_stride=3),
    st.integers(0, 2),
    st.integers(1, 3),
    st.integers(1, 2),
    st.integers(1, 2),
    strategies.seeds,
)
def test_batches_with_groups_equal_the_oracle_plane_by_plane(image, n, groups, ci, co, seed):
    plane, shape = image
    spec = ConvSpec(
        kernel_shape=plane.kernel_shape,
        stride=plane.stride,
        dilation=plane.dilation,
        padding=plane.padding,
        groups=groups,
    )
    channels, outputs = groups * ci, groups * co
    x = strategies.integers((n, channels, *shape), seed)
    w = strategies.integers((outputs, ci, *spec.kernel_shape), seed + 1)
    b = strategies.integers((outputs,), seed + 2)
    y_shape = (n, outputs, *spec.output_shape(shape))
    dy = strategies.integers(y_shape, seed + 3)
    y = np.zeros(y_shape, int) + b.reshape(-1, *(1,) * spec.axes)
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    sizes = planes(spec, shape)
    for image_index, o, c, inner in oracle.batched(n, channels, outputs, groups):
        xs, ws = entries(x[image_index, c]), entries(w[o, inner])
        dys = entries(dy[image_index, o])
        for index, value in oracle.forward(xs, ws, 0, **sizes).items():
            y[(image_index, o, *index)] += value
        for index, value in oracle.grad_input(dys, ws, **sizes).items():
            dx[(image_index, c, *index)] += value
        for index, value in oracle.grad_weight(dys, xs, **sizes).items():
            dw[(o, inner, *index)] += value
    np.testing.assert_array_equal(reference.forward(spec, x, w, b), y)
    np.testing.assert_array_equal(reference.grad_input(spec, dy, w, x.shape), dx)
    np.testing.assert_array_equal(reference.grad_weight(spec, dy, x), dw)
    np.testing.assert_array_equal(
        reference.grad_bias(spec, dy), dy.sum(axis=(0, *range(2, dy.ndim)))
    )


def test_same_padding_is_resolved_from_the_arrays():
    spec = ConvSpec(kernel_shape=(3, 2), stride=2, padding="same")
    x, w = strategies.integers((5, 6), 1), strategies.integers((3, 2), 2)
    y = reference.forward(spec, x, w)
    np.testing.assert_array_equal(y, reference.forward(spec.at((5, 6)), x, w))
    dx = reference.grad_input(spec, y, w, (5, 6))
    np.testing.assert_array_equal(dx, reference.grad_input(spec.at((5, 6)), y, w, (5, 6)))


def test_the_default_input_is_the_smallest_that_fits():
    spec = ConvSpec(kernel_shape=(3, 5), stride=2)
    assert reference.grad_input(spec, np.ones((4, 4)), np.ones((3, 5))).shape == (9, 11)


@pytest.mark.parametrize("dtype", [np.int8, np.float16, np.float32, np.complex64, object])
def test_the_dtype_is_kept(dtype):
    spec = ConvSpec(kernel_shape=(2,), stride=2)
    x, w, dy = np.ones(5, dtype), np.ones(2, dtype), np.ones(2, dtype)
    assert reference.forward(spec, x, w).dtype == dtype
    assert reference.grad_input(spec, dy, w, (5,)).dtype == dtype
    assert reference.grad_weight(spec, dy, x).dtype == dtype
    assert reference.grad_bias(spec, dy).dtype == dtype


def test_fractions_stay_exact():
    spec = ConvSpec(kernel_shape=(2,))
    third = np.array([Fraction(1, 3)] * 3, dtype=object)
    assert reference.forward(spec, third, third[:2]).tolist() == [Fraction(2, 9)] * 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: reference.forward(s, np.ones(3), np.ones(2)), "groups must be 1 for a plane"),
        (lambda s: reference.forward(s, np.ones((1, 3, 3)), np.ones((2, 1, 2))), "multiple of"),
        (lambda s: reference.forward(s, np.ones((1, 2, 3)), np.ones((2, 2, 2))), "weight must"),
        (lambda s: reference.forward(s, np.ones((2, 3)), np.ones((2, 1, 2))), "input must have 1"),
        (lambda s: reference.forward(s, np.ones((1, 2, 3)), np.ones(2)), "the same layout"),
        (lambda s: reference.forward(s, np.ones((1, 2, 1)), np.ones((2, 1, 2))), "input_shape[0]"),
        (
            lambda s: reference.forward(s, np.ones((1, 2, 3)), np.ones((2, 1, 2)), np.ones(3)),
            "bias must have shape (2,), got (3,)",
        ),
        (
            lambda s: reference.grad_input(s, np.ones((1, 2, 3)), np.ones((2, 1, 2)), (1, 2, 9)),
            "grad_output must have shape (1, 2, 8)",
        ),
        (
            lambda s: reference.grad_input(s, np.ones((1, 2, 3)), np.ones((2, 1, 2)), (4,)),
            "input_shape must be the full shape",
        ),
        (
            lambda s: reference.grad_weight(s, np.ones((2, 2, 3)), np.ones((1, 2, 4))),
            "grad_output must have shape (1, 2, 3)",
        ),
    ],
)
def test_wrong_shapes_are_named(call, message):
    with pytest.raises(SpecError) as caught:
        call(ConvSpec(kernel_shape=(2,), groups=2))
    assert message in str(caught.value)
