"""Batched kernels against PyTorch's autograd: equal on integers, as exact on floats."""

import random

import numpy as np
import pytest

from symconv import ConvSpec, load
from tests.batches import batch

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install '.[peers]'")
CONVOLUTIONS = {1: torch.nn.functional.conv1d, 2: torch.nn.functional.conv2d}
CONVOLUTIONS[3] = torch.nn.functional.conv3d
SEEDS = range(8)
SPECS_A_SEED = 40


def by_torch(data):
    """y and the gradients; padding that differs from side to side is put on first."""
    spec = data.spec
    x, w, b, dy = (torch.from_numpy(array) for array in data[1:])
    for leaf in (x, w, b):
        leaf.requires_grad_()
    sides = [side for pair in reversed(spec.padding_pairs) for side in pair]
    padded = torch.nn.functional.pad(x, sides)
    convolve = CONVOLUTIONS[spec.axes]
    y = convolve(padded, w, b, spec.stride, 0, spec.dilation, spec.groups)
    gradients = torch.autograd.grad(y, (x, w, b), dy)
    return [array.detach().numpy() for array in (y, *gradients)]


def by_symconv(data):
    kernel = load(data.spec, layout="batched")
    return [kernel.forward(data.x, data.w, data.b), *kernel.backward(data.dy, data.x, data.w)]


def drawn(rng):
    axes = rng.choice([1, 2, 2, 3])
    largest = {1: 7, 2: 5, 3: 3}[axes]

    def each(least, most):
        return [rng.randint(least, most) for _ in range(axes)]

    spec = ConvSpec(
        kernel_shape=each(1, largest),
        stride=each(1, 4),
        dilation=each(1, 3),
        padding=[(rng.randint(0, 3), rng.randint(0, 3)) for _ in range(axes)],
        groups=rng.choice([1, 1, 2, 4]),
    )
    sizes = [
        max(1, e - lo - hi + rng.randint(0, 6))
        for e, (lo, hi) in zip(spec.extent, spec.padding_pairs, strict=True)
    ]
    return batch(
        spec,
        sizes,
        images=rng.randint(1, 3),
        inputs=rng.choice([1, 2, 3, 8]),
        outputs=rng.choice([1, 2, 3, 8]),
        seed=rng.randrange(2**31),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_integers_equal_autograd(seed):
    rng = random.Random(seed)
    for _ in range(SPECS_A_SEED):
        data = drawn(rng).of_dtype("d")
        for ours, theirs in zip(by_symconv(data), by_torch(data), strict=True):
            assert ours.shape == theirs.shape, data.spec
            np.testing.assert_array_equal(ours, theirs, err_msg=str(data.spec))


@pytest.mark.parametrize(
    "spec",
    [
        ConvSpec(kernel_shape=(3, 3), padding=1),
        ConvSpec(kernel_shape=(3, 5), stride=2, padding=2, groups=2),
        ConvSpec(kernel_shape=(3, 3), padding=1, groups=32),
    ],
    ids=lambda spec: spec.name,
)
def test_float32_errors_are_of_the_size_of_pytorchs(spec):
    """The largest error against float64, of each result; both sum in an order of their own."""
    rng = np.random.default_rng(3)
    data = batch(spec, (28, 30), images=4, inputs=32 // spec.groups, outputs=64 // spec.groups)
    data = data._replace(**{name: rng.normal(size=getattr(data, name).shape) for name in "xwb"})
    data = data._replace(dy=rng.normal(size=data.dy.shape)).of_dtype("f")
    exact = by_symconv(data.of_dtype("d"))
    for ours, theirs, right in zip(by_symconv(data), by_torch(data), exact, strict=True):
        assert abs(ours - right).max() <= 3 * abs(theirs - right).max()


def test_the_strategies_reach_every_case():
    """The seeds above meet overlap, tiling and gaps, and depthwise groups."""
    data = [drawn(rng) for seed in SEEDS for rng in [random.Random(seed)] for _ in range(40)]
    assert {one.spec.axes for one in data} == {1, 2, 3}
    assert any(one.spec.groups > 1 and one.w.shape[1] == 1 for one in data)
    assert any(min(one.spec.stride) > max(one.spec.extent) for one in data)
