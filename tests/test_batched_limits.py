"""Batched kernels stay within the memory and the rounding errors that are stated."""

import tracemalloc
from dataclasses import replace
from math import prod

import numpy as np
import pytest

from symconv import ConvSpec, load
from tests.batches import batch

OVERHEAD = 2**17  # bytes of Python's own objects and of NumPy's buffers
WORKSPACE = 2**20  # entries, as the header says
REFLECT = ConvSpec(kernel_shape=(3, 3), padding=((1, 2), (2, 0)), padding_mode="reflect")

# what -> (spec, image, images, channels in and out per group)
CASES = {
    "dense": (ConvSpec(kernel_shape=(3, 3), padding=1), (64, 60), 8, (16, 12)),
    "stacked": (ConvSpec(kernel_shape=(5, 5), stride=2, padding=2), (96, 90), 6, (3, 40)),
    "pointwise": (ConvSpec(kernel_shape=(1, 1)), (64, 60), 4, (160, 20)),
    "weighed first": (ConvSpec(kernel_shape=(3, 3)), (64, 60), 8, (32, 4)),
    "groups": (ConvSpec(kernel_shape=(3, 2), groups=8), (64, 60), 4, (4, 6)),
    "depthwise": (
        ConvSpec(kernel_shape=(3, 3), stride=2, padding=1, groups=32),
        (70, 64),
        6,
        (1, 2),
    ),
    "transposed": (ConvSpec(kernel_shape=(3, 3), stride=2, transposed=True), (40, 44), 4, (12, 16)),
    "reflect": (REFLECT, (64, 60), 24, (8, 12)),
    "circular depthwise": (
        replace(REFLECT, padding_mode="circular", groups=16),
        (64, 60),
        24,
        (1, 1),
    ),
    "one axis": (ConvSpec(kernel_shape=(9,), padding=4), (3000,), 8, (16, 12)),
    "three axes": (ConvSpec(kernel_shape=(3, 2, 3), padding=1), (24, 20, 18), 2, (8, 12)),
}


def floats(spec, sizes, images, channels, seed=5):
    inputs, outputs = channels
    data = batch(spec, sizes, images=images, inputs=inputs, outputs=outputs)
    rng = np.random.default_rng(seed)
    return [rng.normal(size=array.shape).astype("f") for array in data[1:]]


def peak_of(call):
    call()
    tracemalloc.start()
    call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("given", [True, False], ids=["given workspace", "new workspace"])
@pytest.mark.parametrize("case", CASES)
def test_memory_beside_the_results_is_what_the_header_says(case, given):
    spec, sizes, images, channels = CASES[case]
    kernel, (x, w, b, dy) = load(spec, layout="batched"), floats(spec, sizes, images, channels)
    y, dx, dw = (np.empty_like(array) for array in (dy, x, w))
    workspace = np.empty(2**17, "f") if given else None
    space = 0 if given else WORKSPACE * x.itemsize
    copied = spec.padding_mode != "zeros"
    for call, bound in (
        (lambda: kernel.forward(x, w, b, out=y, workspace=workspace), space + w.nbytes),
        (
            lambda: kernel.grad_input(dy, w, out=dx, workspace=workspace),
            space * (1 + copied) + w.nbytes,
        ),
        (lambda: kernel.grad_weight(dy, x, out=dw, workspace=workspace), space + 2 * w.nbytes),
        (lambda: kernel.grad_bias(dy), b.nbytes),
    ):
        assert peak_of(call) <= bound + OVERHEAD
    assert x.nbytes * prod(spec.kernel_shape) > 4 * (2**17 * x.itemsize + 2 * w.nbytes + OVERHEAD)


@pytest.mark.parametrize("operation", ["forward", "grad_input", "grad_weight", "grad_bias"])
@pytest.mark.parametrize("case", CASES)
def test_float32_errors_stay_within_the_rounding_bound(case, operation):
    """|computed - exact| <= (n + 2) u sum |product|, n products in the sum, u = 2**-24."""
    spec, sizes, _, channels = CASES[case]
    arrays = floats(spec, sizes, 2, channels)
    kernel = load(spec, layout="batched")
    taps, (inputs, outputs) = prod(spec.kernel_shape), channels
    windows = prod(arrays[0].shape[2:] if spec.transposed else arrays[3].shape[2:])
    calls = {
        "forward": (lambda x, w, b, dy: kernel.forward(x, w, b), taps * inputs + 1),
        "grad_input": (lambda x, w, b, dy: kernel.grad_input(dy, w, x.shape), 4 * taps * outputs),
        "grad_weight": (lambda x, w, b, dy: kernel.grad_weight(dy, x), 2 * windows),
        "grad_bias": (lambda x, w, b, dy: kernel.grad_bias(dy), 2 * prod(arrays[3].shape[2:])),
    }
    call, products = calls[operation]
    exact = call(*(array.astype("d") for array in arrays))
    size = call(*(abs(array).astype("d") for array in arrays))
    assert (abs(call(*arrays) - exact) <= (products + 2) * 2.0**-24 * size).all()


@pytest.mark.parametrize("case", CASES)
def test_float32_errors_mostly_cancel(case):
    """The root mean square of error / sum |product| is at most u = 2**-24: sums are in blocks."""
    spec, sizes, _, channels = CASES[case]
    x, w, b, dy = floats(spec, sizes, 2, channels)
    kernel = load(spec, layout="batched")
    wide = [array.astype("d") for array in (x, w, b, dy)]
    results = (kernel.forward(x, w, b), *kernel.backward(dy, x, w))
    exact = (kernel.forward(*wide[:3]), *kernel.backward(wide[3], *wide[:2]))
    sizes_of_sums = [abs(array) for array in wide]
    size = (
        kernel.forward(*sizes_of_sums[:3]),
        *kernel.backward(sizes_of_sums[3], *sizes_of_sums[:2]),
    )
    for one, right, whole in zip(results, exact, size, strict=True):
        assert np.sqrt(np.mean(np.square((one - right) / whole.clip(1e-9)))) <= 2.0**-24
