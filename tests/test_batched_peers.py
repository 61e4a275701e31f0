"""Rounding of batched kernels with float32, against PyTorch's on the same data."""

from functools import partial

import numpy as np
import pytest

from symconv import ConvSpec, load
from tests.batches import batch
from tests.libraries import Torch

pytest.importorskip("torch", reason="PyTorch is not installed: pip install '.[peers]'")


def by_torch(data):
    library, (spec, x, w, b, dy) = Torch(), data
    y, gradients = library.value_and_vjp(partial(library.forward, spec), (x, w, b), dy)
    return [y, *gradients]


def by_symconv(data):
    kernel = load(data.spec, layout="batched")
    return [kernel.forward(data.x, data.w, data.b), *kernel.backward(data.dy, data.x, data.w)]


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
