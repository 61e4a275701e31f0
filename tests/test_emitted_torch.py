"""Kernels of every kind against PyTorch's layers and their autograd: equal on integers."""

import random

import numpy as np
import pytest

from symconv import ConvSpec, load
from tests.batches import batch

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install '.[peers]'")
LAYERS = {1: torch.nn.Conv1d, 2: torch.nn.Conv2d, 3: torch.nn.Conv3d}
TRANSPOSED = {1: torch.nn.ConvTranspose1d, 2: torch.nn.ConvTranspose2d, 3: torch.nn.ConvTranspose3d}
SEEDS = range(6)
LAYERS_A_SEED = 25


def drawn(rng):
    """A layer of PyTorch with integer weights, the spec of it, and a batch for both."""
    axes = rng.choice([1, 2, 2, 3])

    def each(least, most):
        return [rng.randint(least, most) for _ in range(axes)]

    kernel, stride, dilation = each(1, {1: 6, 2: 4, 3: 2}[axes]), each(1, 3), each(1, 3)
    mode = rng.choice(["transposed", "reflect", "replicate", "circular"])
    sizes = {"kernel_shape": kernel, "stride": stride, "dilation": dilation}
    groups, inputs, outputs = rng.choice([1, 2, 3]), rng.choice([1, 2, 4]), rng.choice([1, 3])
    channels = {"groups": groups, "dilation": dilation, "stride": stride, "dtype": torch.float64}
    if mode == "transposed":
        extra = [rng.randrange(max(t, d)) for t, d in zip(stride, dilation, strict=True)]
        padding = each(0, 2)
        spec = ConvSpec(
            **sizes, padding=padding, groups=groups, transposed=True, output_padding=extra
        )
        channels |= {"padding": padding, "output_padding": extra}
        layer = TRANSPOSED[axes](inputs * groups, outputs * groups, kernel, **channels)
    else:
        padding = each(0, 3)
        spec = ConvSpec(**sizes, padding=padding, groups=groups, padding_mode=mode)
        channels |= {"padding": padding, "padding_mode": mode}
        layer = LAYERS[axes](inputs * groups, outputs * groups, kernel, **channels)
    shape = [max(1, axis.least_input) + rng.randint(0, 4) for axis in spec.concrete_axes()]
    images = rng.randint(1, 3)
    data = batch(
        spec, shape, images=images, inputs=inputs, outputs=outputs, seed=rng.randrange(2**31)
    )
    return layer, data.of_dtype("d")


def by_torch(layer, data):
    """y and the gradients by autograd."""
    x, w, b, dy = (torch.from_numpy(array) for array in data[1:])
    layer.weight.data, layer.bias.data = w, b
    x.requires_grad_()
    y = layer(x)
    gradients = torch.autograd.grad(y, (x, layer.weight, layer.bias), dy)
    return [array.detach().numpy() for array in (y, *gradients)]


@pytest.mark.parametrize("seed", SEEDS)
def test_kernels_equal_the_layers_and_their_autograd(seed):
    rng = random.Random(seed)
    for _ in range(LAYERS_A_SEED):
        layer, data = drawn(rng)
        kernel = load(data.spec, layout="batched")
        ours = (kernel.forward(data.x, data.w, data.b), *kernel.backward(data.dy, data.x, data.w))
        for one, other in zip(ours, by_torch(layer, data), strict=True):
            assert one.shape == other.shape, data.spec
            np.testing.assert_array_equal(one, other, err_msg=str(data.spec))


def test_planes_equal_the_layers_and_their_autograd():
    rng, checked = random.Random(99), 0
    while checked < 20:
        layer, data = drawn(rng)
        if data.w.shape[:2] != (1, 1) or len(data.x) != 1 or data.spec.groups != 1:
            continue
        kernel = load(data.spec)
        x, w, dy = (array[0, 0] for array in (data.x, data.w, data.dy))
        ours = (kernel.forward(x, w, data.b[0]), *kernel.backward(dy, x, w))
        for one, other in zip(ours, by_torch(layer, data), strict=True):
            np.testing.assert_array_equal(one, other.reshape(np.shape(one)), err_msg=str(data.spec))
        checked += 1


def test_the_draw_reaches_every_kind():
    specs = [
        drawn(rng)[1].spec for seed in SEEDS for rng in [random.Random(seed)] for _ in range(20)
    ]
    modes = {spec.padding_mode for spec in specs}
    assert modes == {"zeros", "reflect", "replicate", "circular"}
    assert any(spec.transposed and spec.padding[0][1] < 0 for spec in specs)
    assert {spec.groups for spec in specs} == {1, 2, 3}
