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


ROUNDED = {
    "3x3": (ConvSpec(kernel_shape=(3, 3), padding=1), 32, 48),
    "3x3 of many channels": (ConvSpec(kernel_shape=(3, 3), padding=1), 128, 40),
    "3x5 strided": (ConvSpec(kernel_shape=(3, 5), stride=2, padding=2, groups=2), 16, 24),
    "1x1": (ConvSpec(kernel_shape=(1, 1)), 192, 40),
    "1x1 strided": (ConvSpec(kernel_shape=(1, 1), stride=2), 64, 48),
    "7x7 of few channels": (ConvSpec(kernel_shape=(7, 7), stride=2, padding=3), 3, 32),
    "groups": (ConvSpec(kernel_shape=(3, 3), padding=1, groups=8), 4, 6),
    "depthwise": (ConvSpec(kernel_shape=(3, 3), padding=1, groups=32), 1, 1),
}


@pytest.mark.parametrize("case", ROUNDED)
def test_float32_errors_are_no_larger_than_pytorchs(case):
    """Root mean squares of the errors against float64, over 6 draws, of every result.

    Both round in an order of their own; 1.25 leaves room for PyTorch on other processors.
    """
    spec, inputs, outputs = ROUNDED[case]
    squares = np.zeros((2, 4))
    for seed in range(6):
        rng = np.random.default_rng(seed)
        data = batch(spec, (26, 30), inputs=inputs, outputs=outputs)
        data = data._replace(
            **{name: rng.normal(size=getattr(data, name).shape) for name in ("x", "w", "b", "dy")}
        ).of_dtype("f")
        exact = by_symconv(data.of_dtype("d"))
        for row, results in enumerate((by_symconv(data), by_torch(data))):
            errors = [(one - right) for one, right in zip(results, exact, strict=True)]
            squares[row] += [np.square(error).sum() for error in errors]
    assert (np.sqrt(squares[0] / squares[1]) <= 1.25).all()


def test_the_strategies_reach_every_case():
    """The seeds above meet overlap, tiling and gaps, and depthwise groups."""
    data = [drawn(rng) for seed in SEEDS for rng in [random.Random(seed)] for _ in range(40)]
    assert {one.spec.axes for one in data} == {1, 2, 3}
    assert any(one.spec.groups > 1 and one.w.shape[1] == 1 for one in data)
    assert any(min(one.spec.stride) > max(one.spec.extent) for one in data)
