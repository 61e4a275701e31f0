"""What Hypothesis draws: specs over their whole space, images that fit them, integer arrays."""

from dataclasses import replace
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
def whole_specs(draw, max_padding=4, **limits):
    """A concrete spec of the whole space: cropped, copied padding, transposed, flipped."""
    spec = draw(specs(max_padding=max_padding, **limits))
    kind = draw(st.sampled_from(["crop", "transposed", "reflect", "replicate", "circular"]))
    padding = spec.padding
    if kind in ("crop", "transposed"):
        sides = st.tuples(*[st.integers(-2, max_padding)] * 2)
        padding = draw(st.tuples(*[sides] * spec.axes))
    return replace(
        spec,
        padding=padding,
        padding_mode="zeros" if kind in ("crop", "transposed") else kind,
        transposed=kind == "transposed",
        true_convolution=draw(st.booleans()),
    )


@st.composite
def whole_images(draw, **limits):
    """(spec, input shape) of the whole space: a few outputs along each axis, or a few inputs."""
    spec = draw(whole_specs(**limits).filter(_has_small_image))
    shape = []
    for e, t, (lo, hi) in zip(spec.extent, spec.stride, spec.padding_pairs, strict=True):
        few = draw(st.integers(1, 3 if spec.axes < 3 else 2))
        if spec.transposed:
            shape.append(few + max(0, (lo + hi - e) // t + 1))
            continue
        needed = {"zeros": 1, "reflect": max(lo, hi) + 1, "replicate": 1, "circular": max(lo, hi)}
        room = (few - 1) * t + e + draw(st.integers(0, t - 1)) - lo - hi
        shape.append(max(1, needed[spec.padding_mode], room))
    return spec, tuple(shape)


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


def oracle_sizes(spec, input_shape):
    """What the oracle's functions are told of a concrete spec and an input."""
    return {
        "input_shape": input_shape,
        "kernel_shape": spec.kernel_shape,
        "stride": spec.stride,
        "padding": spec.padding_pairs,
        "dilation": spec.dilation,
        "mode": spec.padding_mode,
        "transposed": spec.transposed,
        "flipped": spec.true_convolution,
    }


KINDS = [
    ConvSpec(kernel_shape=(3, 2), stride=2, padding=((-2, 1), (3, -1))),
    ConvSpec(kernel_shape=(2,), stride=3, padding=-2, true_convolution=True),
    ConvSpec(kernel_shape=(3, 2), padding=((2, 1), (0, 2)), padding_mode="reflect"),
    ConvSpec(
        kernel_shape=(2, 3),
        stride=(3, 2),
        padding=((1, 3), (2, 0)),
        padding_mode="replicate",
        true_convolution=True,
    ),
    ConvSpec(kernel_shape=(5,), stride=2, dilation=2, padding=4, padding_mode="circular"),
    ConvSpec(kernel_shape=(1,), stride=3, padding=((2, 0),), padding_mode="reflect"),
    ConvSpec(kernel_shape=(2, 1, 2), stride=(1, 2, 2), padding=1, padding_mode="circular"),
    ConvSpec(kernel_shape=(3, 2), stride=2, transposed=True, output_padding=(1, 0)),
    ConvSpec(
        kernel_shape=(3, 2),
        stride=(2, 3),
        dilation=(3, 1),
        padding=((1, 0), (-2, -1)),
        transposed=True,
        true_convolution=True,
    ),
    ConvSpec(kernel_shape=(3,), stride=2, padding=3, transposed=True),
]


def some_input(spec, more=1):
    """The sizes of an input with a few outputs: beyond the smallest by a stride and `more`."""
    axes = zip(spec.concrete_axes(), spec.stride, strict=True)
    return tuple(max(1, axis.least_input) + t + more for axis, t in axes)
