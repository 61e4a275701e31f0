"""Kernels and reference against PyTorch's and JAX's differentiation, over the whole space of specs.

All arrays hold small integers as float64, so results are equal or wrong. SYMCONV_PEER_CASES is the
number of configurations of each library and test.
"""

import os
import random
from functools import partial
from importlib.util import find_spec

import numpy as np
import pytest

from symconv import ConvSpec, load, reference
from tests.batches import batch
from tests.libraries import LIBRARIES

CASES = {"torch": 240, "jax": 16}  # JAX compiles each of them
if "SYMCONV_PEER_CASES" in os.environ:
    CASES = dict.fromkeys(CASES, int(os.environ["SYMCONV_PEER_CASES"]))
pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit.script:DeprecationWarning")
KINDS = ("zeros", "zeros", "crop", "transposed", "reflect", "replicate", "circular")


@pytest.fixture(params=LIBRARIES)
def library(request):
    if find_spec(request.param) is None:
        pytest.skip(f"{request.param} is not installed: pip install -e '.[peers]'")
    return LIBRARIES[request.param]()


def drawn(seed):
    """A spec of any kind, and float64 arrays of integers that fit it."""
    rng = random.Random(seed)
    axes = rng.choice([1, 2, 2, 3])
    largest = {1: 7, 2: 5, 3: 3}[axes]
    kind = rng.choice(KINDS)
    least = -2 if kind in ("crop", "transposed") else 0

    def each(least, most):
        return [rng.randint(least, most) for _ in range(axes)]

    spec = ConvSpec(
        kernel_shape=each(1, largest),
        stride=each(1, 4),
        dilation=each(1, 3),
        padding=[(rng.randint(least, 3), rng.randint(least, 3)) for _ in range(axes)],
        groups=rng.choice([1, 1, 2, 4]),
        padding_mode=kind if kind in ("reflect", "replicate", "circular") else "zeros",
        transposed=kind == "transposed",
        true_convolution=rng.random() < 0.25,
    )
    data = batch(
        spec,
        [size_for(spec, axis, rng) for axis in range(axes)],
        images=rng.randint(1, 3),
        inputs=rng.choice([1, 2, 3, 8]),
        outputs=rng.choice([1, 2, 3, 8]),
        seed=rng.randrange(2**31),
    )
    return data.of_dtype("d")


def size_for(spec, axis, rng):
    """An input size with an output, for which the padding can be copied."""
    concrete = spec.concrete_axes()[axis]
    lo, hi = spec.padding_pairs[axis]
    least = max(1, concrete.least_input, concrete.least_copied)
    if spec.transposed:  # PyTorch crops only what is there
        least = max(least, lo // spec.stride[axis] + 1, hi // spec.stride[axis] + 1)
    else:
        least = max(least, 1 - min(lo, 0) - min(hi, 0))
    return least + rng.randint(0, 6)


def configurations(library):
    return map(drawn, range(CASES[type(library).__name__.lower()]))


def equal(ours, theirs, spec):
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.shape == other.shape, spec
        np.testing.assert_array_equal(mine, other, err_msg=str(spec))


def test_kernels_equal_the_library(library):
    for spec, x, w, b, dy in configurations(library):
        kernel = load(spec, layout="batched")
        forward = partial(library.forward, spec)
        ours = [kernel.forward(x, w, b), *kernel.backward(dy, x, w)]
        y, grads = library.value_and_vjp(forward, (x, w, b), dy)
        equal(ours, [y, *grads], spec)


def test_the_tangent_equals_forward_mode(library):
    for spec, x, w, b, dy in configurations(library):
        rng = np.random.default_rng(dy.size)
        vx, vw, vb = (rng.integers(-9, 10, array.shape).astype("d") for array in (x, w, b))
        theirs = library.jvp(partial(library.forward, spec), (x, w, b), (vx, vw, vb))
        tangents = {"input_tangent": vx, "weight_tangent": vw, "bias_tangent": vb}
        equal([reference.jvp(spec, x, w, **tangents)], [theirs], spec)


def test_double_backward_equals_the_gradient_of_the_gradients(library):
    for spec, x, w, _, dy in configurations(library):
        rng = np.random.default_rng(dy.size)
        vx, vw = (rng.integers(-9, 10, array.shape).astype("d") for array in (x, w))
        backward = partial(library.gradients, spec)
        theirs = library.value_and_vjp(backward, (dy, x, w), (vx, vw))[1]
        tangents = {"input_tangent": vx, "weight_tangent": vw}
        equal(reference.double_backward(spec, dy, x, w, **tangents), theirs, spec)


def test_the_configurations_reach_every_kind():
    specs = [drawn(seed).spec for seed in range(240)]
    assert {spec.axes for spec in specs} == {1, 2, 3}
    assert {spec.padding_mode for spec in specs} == {"zeros", "reflect", "replicate", "circular"}
    assert any(spec.transposed and spec.groups > 1 for spec in specs)
    assert any(spec.true_convolution and spec.transposed for spec in specs)
    assert any(min(spec.stride) > max(spec.extent) for spec in specs)
    assert any(side < 0 for spec in specs for pair in spec.padding_pairs for side in pair)
