"""What Hypothesis draws: specs over their whole space, images that fit them, integer arrays."""

from math import prod

import numpy as np
from hypothesis import strategies as st

from symconv import ConvSpec

MAX_CELLS = 400


def per_axis(axes, least, most):
    return st.tuples(*[st.integers(least, most)] * axes)


@st.composite
def specs(draw, max_axes=3, max_kernel=5, max_stride=6, max_padding=4):
    """A concrete spec: kernel smaller or larger than the stride, dilated, padded unevenly."""
    axes = draw(st.integers(1, max_axes))
    largest = {1: max_kernel, 2: max_kernel - 1, 3: 3}[axes]
    return ConvSpec(
        kernel_shape=draw(per_axis(axes, 1, largest)),
        stride=draw(per_axis(axes, 1, max_stride)),
        dilation=draw(per_axis(axes, 1, 3)),
        padding=draw(st.tuples(*[st.tuples(*[st.integers(0, max_padding)] * 2)] * axes)),
    )


@st.composite
def images(draw, **limits):
    """(spec, input shape): one to three windows along each axis, and a remainder or none."""
    spec = draw(specs(**limits).filter(_has_small_image))
    shape = []
    for e, t, (lo, hi) in zip(spec.extent, spec.stride, spec.padding_pairs, strict=True):
        outputs = draw(st.integers(1, 3 if spec.axes < 3 else 2))
        remainder = draw(st.integers(0, t - 1))
        shape.append(max(1, (outputs - 1) * t + e + remainder - lo - hi))
    return spec, tuple(shape)


def _has_small_image(spec):
    sizes = zip(spec.extent, spec.stride, strict=True)
    return prod(e + 2 * t for e, t in sizes) <= MAX_CELLS * 4**spec.axes


def integers(shape, seed, low=-9, high=10, dtype=np.int64):
    """A reproducible array of small integers."""
    return np.random.default_rng(seed).integers(low, high, shape).astype(dtype)


seeds = st.integers(0, 2**32 - 1)
