"""The generic implementation against the oracle, in both layouts, on integers with ==."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symconv import ConvSpec, SpecError, reference
from tests import oracle, strategies


def entries(array):
    return {index: int(value) for index, value in np.ndenumerate(array)}


@given(strategies.images() | strategies.whole_images(), strategies.seeds)
def test_planes_equal_the_oracle(image, seed):
    spec, shape = image
    sizes = strategies.oracle_sizes(spec, shape)
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
    strategies.images(max_kernel=3, max_stride=3)
    | strategies.whole_images(max_kernel=3, max_stride=3, max_padding=2),
    st.integers(0, 2),
    st.integers(1, 3),
    st.integers(1, 2),
    st.integers(1, 2),
    strategies.seeds,
)
def test_batches_with_groups_equal_the_oracle_plane_by_plane(image, n, groups, ci, co, seed):
    plane, shape = image
    spec = replace(plane, groups=groups)
    channels, outputs = groups * ci, groups * co
    x = strategies.integers((n, channels, *shape), seed)
    first, inner = (channels, co) if spec.transposed else (outputs, ci)
    w = strategies.integers((first, inner, *spec.kernel_shape), seed + 1)
    b = strategies.integers((outputs,), seed + 2)
    y_shape = (n, outputs, *spec.output_shape(shape))
    dy = strategies.integers(y_shape, seed + 3)
    y = np.zeros(y_shape, int) + b.reshape(-1, *(1,) * spec.axes)
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    sizes = strategies.oracle_sizes(spec, shape)
    pairs = oracle.batched_transposed if spec.transposed else oracle.batched
    for image_index, o, c, place in pairs(n, channels, outputs, groups):
        kernel = (c, place) if spec.transposed else (o, place)
        xs, ws = entries(x[image_index, c]), entries(w[kernel])
        dys = entries(dy[image_index, o])
        for index, value in oracle.forward(xs, ws, 0, **sizes).items():
            y[(image_index, o, *index)] += value
        for index, value in oracle.grad_input(dys, ws, **sizes).items():
            dx[(image_index, c, *index)] += value
        for index, value in oracle.grad_weight(dys, xs, **sizes).items():
            dw[(*kernel, *index)] += value
    np.testing.assert_array_equal(reference.forward(spec, x, w, b), y)
    np.testing.assert_array_equal(reference.grad_input(spec, dy, w, x.shape), dx)
    np.testing.assert_array_equal(reference.grad_weight(spec, dy, x), dw)
    np.testing.assert_array_equal(
        reference.grad_bias(spec, dy), dy.sum(axis=(0, *range(2, dy.ndim)))
    )


@given(strategies.whole_images(), strategies.seeds)
def test_forward_of_a_transposed_spec_is_grad_input_of_its_adjoint(image, seed):
    spec, shape = image
    spec = replace(spec, padding_mode="zeros", transposed=True)
    if any(lo + hi >= e for e, (lo, hi) in zip(spec.extent, spec.padding_pairs, strict=True)):
        spec = replace(spec, padding=1, kernel_shape=(3,) * spec.axes)
    x, w = strategies.integers(shape, seed), strategies.integers(spec.kernel_shape, seed + 1)
    sizes = spec.output_shape(shape)
    assert spec.adjoint.output_shape(sizes) == shape
    assert spec.adjoint.adjoint == spec
    y = reference.forward(spec, x, w)
    np.testing.assert_array_equal(y, reference.grad_input(spec.adjoint, x, w, sizes))
    dy = strategies.integers(sizes, seed + 2)
    np.testing.assert_array_equal(
        reference.grad_input(spec, dy, w), reference.forward(spec.adjoint, dy, w)
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


def test_the_gradient_folds_back_into_the_cells_that_were_copied():
    x, w = np.array([1, 10, 100, 1000]), np.array([1, 0, 0])
    padded = {
        "reflect": [100, 10, 1, 10, 100, 1000],
        "replicate": [1, 1, 1, 10, 100, 1000],
        "circular": [100, 1000, 1, 10, 100, 1000],
    }
    folded = {"reflect": [1, 2, 2, 1], "replicate": [3, 1, 1, 1], "circular": [1, 1, 2, 2]}
    for mode, copies in padded.items():
        spec = ConvSpec(kernel_shape=(3,), padding=((2, 2),), padding_mode=mode)
        y = reference.forward(spec, x, w)
        assert y.tolist() == copies
        assert reference.grad_input(spec, np.ones_like(y), w).tolist() == folded[mode]


def test_a_crop_leaves_the_cells_that_are_cut_off_without_gradient():
    spec = ConvSpec(kernel_shape=(2,), padding=((-1, -2),))
    x, w = np.array([7, 1, 2, 3, 7, 7]), np.array([10, 1])
    assert reference.forward(spec, x, w).tolist() == [12, 23]
    assert reference.grad_input(spec, [1, 1], w, (6,)).tolist() == [0, 10, 11, 1, 0, 0]


def test_a_true_convolution_is_numpys():
    spec = ConvSpec(kernel_shape=(3,), padding="full", true_convolution=True)
    x, w = strategies.integers((5,), 1), strategies.integers((3,), 2)
    np.testing.assert_array_equal(reference.forward(spec, x, w), np.convolve(x, w))


def test_a_transposed_weight_has_the_input_channels_first():
    spec = ConvSpec(kernel_shape=(2,), stride=2, transposed=True, groups=2)
    x, w = np.ones((1, 4, 3), int), np.ones((4, 5, 2), int)
    y = reference.forward(spec, x, w, np.arange(10))
    assert y.shape == (1, 10, 6)
    assert y[0, :, 0].tolist() == [2 + o for o in range(10)]
    assert reference.grad_input(spec, y, w).shape == x.shape
    assert reference.grad_weight(spec, y, x).shape == w.shape
    with pytest.raises(SpecError, match=r"weight must have shape \(4, 4, 2\), got \(2, 4, 2\)"):
        reference.forward(spec, x, w[:2, :4])
    with pytest.raises(SpecError, match=r"grad_output must have shape \(1, 10, 6\)"):
        reference.grad_input(spec, np.ones((1, 10, 7)), w, x.shape)


def test_the_output_shape_may_be_given_where_several_have_this_input():
    spec = ConvSpec(kernel_shape=(3,), stride=2, padding=1, transposed=True)
    x, w = np.array([1, 1, 1]), np.array([1, 10, 100])
    assert reference.forward(spec, x, w).tolist() == [10, 101, 10, 101, 10]
    longer = spec.at((3,), output_shape=(6,))
    assert reference.forward(longer, x, w).tolist() == [10, 101, 10, 101, 10, 100]
