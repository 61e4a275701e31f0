"""The ways a NumPy kernel can sum over taps, side by side: `python -m benchmarks.strategies`.

For each size and dtype the time of every way in microseconds, of the sum over the taps of a 3x3
kernel (and of 1x2, 2x2, 5x5), of its grad_weight, and of grad_input with stride 1 and 2.
symconv/codegen/numpy/strategies.py says what is chosen from this, and why. Every result is compared
with == first. Exit code 1: one differs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import product
from statistics import median
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv import load
from symconv.bench.clock import Pace, interleaved
from symconv.bench.operands import integers
from symconv.codegen.kernel import Kernel
from symconv.codegen.numpy.strategies import MANY, MOST
from symconv.codegen.runtime.python import retuned
from symconv.sizes import Shape
from symconv.spec import ConvSpec

SIZES: Final[tuple[Shape, ...]] = ((6, 6), (26, 26), (110, 110), (222, 222), (1078, 1918))
TAPS: Final[tuple[Shape, ...]] = ((1, 2), (2, 2), (3, 3), (5, 5))
DTYPES: Final = ("float32", "float64", "int32")
PACE: Final = Pace(rounds=5)
NEVER: Final = 2**40

Array: TypeAlias = npt.NDArray[Any]
Ways: TypeAlias = dict[str, Callable[[], Any]]


def main() -> int:
    """Print a line for every problem; return 1 if the ways differ."""
    differing = 0
    for dtype, taps, outputs in product(DTYPES, TAPS, SIZES):
        for name, ways in ways_of(dtype, taps, outputs):
            results = [way() for way in ways.values()]
            differing += not all(np.array_equal(results[0], result) for result in results)
            samples = interleaved(ways, pace=PACE)
            times = ", ".join(f"{key} {median(each) * 1e6:.1f}" for key, each in samples.items())
            print(f"{dtype} {taps} {outputs} {name}: {times}", flush=True)
    return int(bool(differing))


def ways_of(dtype: str, taps: Shape, outputs: Shape) -> Iterator[tuple[str, Ways]]:
    """Yield what is computed for so many taps and outputs, with the ways to it."""
    kernel, strided = (load(ConvSpec(kernel_shape=taps, stride=t), target="numpy") for t in (1, 2))
    x = integers(tuple(n + k - 1 for n, k in zip(outputs, taps, strict=True)), dtype)
    w, dy = integers(taps, dtype), integers(outputs, dtype)
    yield "sum", _sums(kernel, x, w)
    yield "grad_weight", _totals(kernel, x, dy)
    for each in (kernel, strided):
        if dy.size * w.size <= MOST and retuned(each, {"FEW": 0}):
            yield f"grad_input, stride {each.spec.stride[0]}", _gathered(each, dy, w)


def _gathered(kernel: Kernel, dy: Array, w: Array) -> Ways:
    """Return the ways to grad_input: a sum for every phase, and all products at once."""
    phases, scattered = _with(kernel, FEW=0), _with(kernel, FEW=NEVER)
    return {
        "by phase": lambda: phases.grad_input(dy, w),
        "scattered": lambda: scattered.grad_input(dy, w),
    }


def _sums(kernel: Kernel, x: Array, w: Array) -> Ways:
    """Return the ways to sum over taps: the kernel's, columns, other strips, and tap slices.

    The kernel weighs rows where it has many taps and the plane more than one strip.
    """
    small = _with(kernel, STRIP=2**14)
    large = _with(kernel, STRIP=2**18)
    rows, columns = kernel, kernel
    if w.size >= MANY:
        rows, columns = _with(kernel, MANY=1), _with(kernel, MANY=NEVER)
    return {
        "the kernel": lambda: rows.forward(x, w),
        "columns": lambda: columns.forward(x, w),
        "in strips of 2**14": lambda: small.forward(x, w),
        "in strips of 2**18": lambda: large.forward(x, w),
        "tap slices": lambda: _tap_slices(x, w),
    }


def _totals(kernel: Kernel, x: Array, dy: Array) -> Ways:
    """Return the ways to grad_weight: columns, row products, and a sum of products a tap."""
    columns, rows = _with(kernel, LONG_ROW=NEVER), _with(kernel, LONG_ROW=1)
    return {
        "columns": lambda: columns.grad_weight(dy, x),
        "row products": lambda: rows.grad_weight(dy, x),
        "a tap each": lambda: _tap_totals(x, dy),
    }


def _with(kernel: Kernel, **constants: int) -> Kernel:
    other = retuned(kernel, constants)
    if other is None:
        raise SystemExit(f"{kernel.name} has no constant {', '.join(constants)}")
    return other


def _tap_slices(x: Array, w: Array) -> Array:
    """Return the sum as slices times weights, each product and each sum a new array."""
    g, h = (n - k + 1 for n, k in zip(x.shape, w.shape, strict=True))
    total: Array = x[:g, :h] * w[0, 0]
    for r, s in list(np.ndindex(*w.shape))[1:]:
        total = total + x[r : r + g, s : s + h] * w[r, s]
    return total


def _tap_totals(x: Array, dy: Array) -> Array:
    """Return grad_weight as one einsum a tap."""
    g, h = dy.shape
    dw = np.empty([n - size + 1 for n, size in zip(x.shape, dy.shape, strict=True)], x.dtype)
    for r, s in np.ndindex(*dw.shape):
        dw[r, s] = np.einsum("ij,ij->", dy, x[r : r + g, s : s + h])
    return dw


if __name__ == "__main__":
    sys.exit(main())
