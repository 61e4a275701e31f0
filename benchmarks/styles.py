"""Unrolled NumPy kernels of planes beside the fast ones: `python -m benchmarks.styles 112x112`.

For each kernel, image, dtype and operation how many times as fast the unrolled style is as the fast
one: 1 is level, more is faster. Both take turns with one thread of BLAS, and the quietest round of
each counts, for other work only adds to it; the results are compared with ==, for the entries are
small integers. Exit code 1: one differs.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, Final

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from symconv import load
from symconv.bench.clock import Pace, interleaved
from symconv.bench.operands import integers
from symconv.codegen.kernel import FAST, UNROLLED, Kernel
from symconv.sizes import Shape
from symconv.spec import ConvSpec

IMAGES: Final = ("28x28", "112x112", "224x224", "512x512", "1080x1920")
KERNELS: Final = ((1, 1), (2, 2), (3, 3), (3, 5), (5, 5))
STRIDES: Final = (1, 2, 3)
DTYPES: Final = ("float32", "float64")
OPERATIONS: Final = ("grad_input", "forward", "grad_weight")
PACE: Final = Pace(rounds=15, least=9, seconds=2.0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for every kernel, image and dtype; return 1 if a result differs."""
    parser = ArgumentParser(prog="python -m benchmarks.styles", description=__doc__)
    parser.add_argument("images", nargs="*", help="by default all")
    parser.add_argument("--operations", nargs="*", choices=OPERATIONS, default=OPERATIONS)
    options = parser.parse_args(arguments)
    differing = 0
    for kernel, stride, image, dtype in product(KERNELS, STRIDES, options.images or IMAGES, DTYPES):
        rows, columns = map(int, image.split("x"))
        spec = ConvSpec(kernel_shape=kernel, stride=stride)
        ratios = []
        for operation in options.operations:
            ratio, equal = _compared(spec, (rows, columns), dtype, operation)
            ratios.append(f"{operation} {ratio:.2f}")
            differing += not equal
        print(f"{spec.name} {image} {dtype}: {', '.join(ratios)}", flush=True)
    return int(differing > 0)


def _compared(spec: ConvSpec, image: Shape, dtype: str, operation: str) -> tuple[float, bool]:
    """Return how many times as fast the unrolled style is, and whether both results are equal."""
    outputs = spec.output_shape(image)
    x, w, dy = (integers(shape, dtype) for shape in (image, spec.kernel_shape, outputs))

    def call(kernel: Kernel) -> Callable[[], Any]:
        return {
            "grad_input": lambda: kernel.grad_input(dy, w, image),
            "forward": lambda: kernel.forward(x, w),
            "grad_weight": lambda: kernel.grad_weight(dy, x),
        }[operation]

    styles = {style: call(load(spec, style=style)) for style in (UNROLLED, FAST)}
    fast, unrolled = styles[FAST](), styles[UNROLLED]()
    samples = interleaved(styles, pace=PACE)
    return min(samples[FAST]) / min(samples[UNROLLED]), np.array_equal(fast, unrolled)


if __name__ == "__main__":
    sys.exit(main())
