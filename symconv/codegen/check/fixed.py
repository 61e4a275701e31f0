"""Compiled code for one input compared with the NumPy kernel of the same spec, entry by entry.

The NumPy kernel was run on symbols, and takes the input that the compiled one is for.
Both are given the same integers: over their whole range, where both wrap around, and for float and
double so small that no sum rounds.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.codegen.check.compiled import RANGES
from symconv.codegen.kernel import FixedShapes, Kernel
from symconv.errors import VerificationError

EXACT_IN_FLOAT = 2**24


def check_fixed(kernel: Kernel, known: Kernel, shapes: FixedShapes) -> None:
    """Run all functions of a compiled kernel in every type and compare with those known.

    Args:
        kernel: the emitted code for one input, compiled.
        known: the NumPy kernel of its spec, checked.
        shapes: of all arrays.

    Raises:
        VerificationError: an entry differs, or a shape does.
    """
    longest = max(prod(shape) for shape in (shapes.input, shapes.weight, shapes.output))
    largest = max(2, int((EXACT_IN_FLOAT / (longest + 1)) ** 0.5))
    for dtype, (low, high) in RANGES.items():
        if issubclass(dtype, np.floating):
            low, high = max(low, -largest), min(high, largest)
        draws = np.random.default_rng(0)
        x, w, dy = (
            draws.integers(low, high, shape, np.int64).astype(dtype)
            for shape in (shapes.input, shapes.weight, shapes.output)
        )
        bias = shapes.output[1:2] if len(shapes.input) > len(kernel.spec.kernel_shape) else ()
        b = draws.integers(0, 9, bias).astype(dtype)[()]
        where = f"{kernel.name} in {np.dtype(dtype)}"
        _compare(f"forward of {where}", kernel.forward(x, w, b), known.forward(x, w, b))
        found = kernel.backward(dy, x, w)
        expected = known.backward(dy, x, w)
        for name in ("input", "weight", "bias"):
            gradients = getattr(found, name), getattr(expected, name)
            _compare(f"grad_{name} of {where}", *gradients)


def _compare(what: str, actual: npt.NDArray[Any], expected: npt.NDArray[Any]) -> None:
    if np.shape(actual) != np.shape(expected):
        raise VerificationError(f"{what} has the wrong shape {np.shape(actual)}")
    if (wrong := np.argwhere(np.asarray(actual) != expected)).size:
        raise VerificationError(
            f"{what} differs from the NumPy kernel at {tuple(map(int, wrong[0]))}"
        )
