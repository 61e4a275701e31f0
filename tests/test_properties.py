"""Properties that the gradient of any bilinear map has, and the phases of any convolution."""

from math import gcd

import numpy as np
from hypothesis import given, settings

from symconv import derive, load, reference
from tests import strategies

BOTH = settings(max_examples=60)


def implementations(spec):
    kernel = load(spec)
    yield kernel.forward, kernel.grad_input, kernel.grad_weight
    yield (
        lambda x, w: reference.forward(spec, x, w),
        lambda dy, w, shape: reference.grad_input(spec, dy, w, shape),
        lambda dy, x: reference.grad_weight(spec, dy, x),
    )


def drawn(spec, shape, seed):
    return (
        strategies.integers(shape, seed),
        strategies.integers(spec.kernel_shape, seed + 1),
        strategies.integers(spec.output_shape(shape), seed + 2),
    )


@BOTH
@given(strategies.images(), strategies.seeds)
def test_the_gradients_are_the_adjoints_of_the_forward_pass(image, seed):
    """<dy, conv(x, w)> = <grad_input(dy, w), x> = <grad_weight(dy, x), w>."""
    spec, shape = image
    x, w, dy = drawn(spec, shape, seed)
    for forward, grad_input, grad_weight in implementations(spec):
        product = (dy * forward(x, w)).sum()
        assert (grad_input(dy, w, shape) * x).sum() == product
        assert (grad_weight(dy, x) * w).sum() == product


@BOTH
@given(strategies.images(), strategies.seeds)
def test_the_gradients_are_bilinear(image, seed):
    spec, shape = image
    x, w, dy = drawn(spec, shape, seed)
    x2, w2, dy2 = drawn(spec, shape, seed + 3)
    for _, grad_input, grad_weight in implementations(spec):
        np.testing.assert_array_equal(
            grad_input(dy + 3 * dy2, w, shape),
            grad_input(dy, w, shape) + 3 * grad_input(dy2, w, shape),
        )
        np.testing.assert_array_equal(
            grad_input(dy, w - 2 * w2, shape),
            grad_input(dy, w, shape) - 2 * grad_input(dy, w2, shape),
        )
        np.testing.assert_array_equal(
            grad_weight(dy - dy2, x + x2),
            grad_weight(dy, x) + grad_weight(dy, x2) - grad_weight(dy2, x) - grad_weight(dy2, x2),
        )


@BOTH
@given(strategies.images(max_padding=0), strategies.seeds)
def test_one_window_later_is_one_stride_later(image, seed):
    """Moving dy by one window moves the gradient by one stride (no padding)."""
    spec, shape = image
    _, w, dy = drawn(spec, shape, seed)
    for axis, t in enumerate(spec.stride):
        later = np.insert(dy, 0, 0, axis=axis)
        longer = tuple(n + t * (place == axis) for place, n in enumerate(shape))
        for _, grad_input, _ in implementations(spec):
            moved = np.insert(grad_input(dy, w, shape), [0] * t, 0, axis=axis)
            np.testing.assert_array_equal(grad_input(later, w, longer), moved)


@BOTH
@given(strategies.images(), strategies.seeds)
def test_inputs_in_the_unread_tail_have_no_gradient(image, seed):
    spec, shape = image
    _, w, dy = drawn(spec, shape, seed)
    for axis, tail in enumerate(spec.unread_tail(shape)):
        if tail:
            for _, grad_input, _ in implementations(spec):
                assert not np.take(
                    grad_input(dy, w, shape), range(shape[axis] - tail, shape[axis]), axis=axis
                ).any()


@given(strategies.specs())
def test_the_taps_of_all_phases_add_up_to_the_kernel(spec):
    for table, k, t, d in zip(
        derive(spec).phases.axes, spec.kernel_shape, spec.stride, spec.dilation, strict=True
    ):
        taps = [tap.index for phase in table.phases for tap in phase.taps]
        assert sorted(taps) == list(range(k))
        step = t // gcd(t, d)
        assert len(table.phases) == min(k, step)
        assert max(len(phase.taps) for phase in table.phases) == -(-k // step)
