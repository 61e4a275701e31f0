"""How fast batched C kernels are: `OMP_NUM_THREADS=1 python -m benchmarks.batches`.

One run measures the C kernel, PyTorch with one thread, and a product of matrices of NumPy's BLAS,
which is taken for the machine's limit; every result is compared with ==. Exit code 1: one differs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from math import prod
from statistics import geometric_mean
from typing import Any, Final

import numpy as np
import torch

from benchmarks.layers import LAYERS, Layer, layer_of, pytorch_calls
from benchmarks.operands import integers
from benchmarks.timing import interleaved
from symconv.codegen.request import request_kernel
from symconv.codegen.targets import build_of

MORE_LAYERS: Final = (
    layer_of("VGG-16 conv1_1", 1, "3-64", 224, 3, padding=1),
    layer_of("ResNet-50 res2a 2b", 2, "64-64", 56, 3, padding=1),
    layer_of("ResNet-50 res3a 2b", 2, "128-128", 56, 3, stride=2, padding=1),
    layer_of("ResNet-50 res4a 2c", 1, "256-1024", 14, 1),
    layer_of("ResNet-50 res4b 2b", 2, "256-256", 14, 3, padding=1),
    layer_of("ResNet-50 res4a 1", 2, "512-1024", 28, 1, stride=2),
    layer_of("ResNet-50 res5b 2a", 4, "2048-512", 7, 1),
    layer_of("MobileNet conv4_1", 4, "512-512", 14, 3, padding=1, groups=512),
    layer_of("MobileNetV2 block 3", 2, "96-96", 56, 3, stride=2, padding=1, groups=96),
)
ROUNDS: Final = 5
GEMM: Final = (512, 2304, 784)


def main() -> int:
    """Print a line for every layer and operation; return 1 if a result differs."""
    torch.set_num_threads(1)
    ratios: dict[str, list[float]] = {}
    differing = []
    for layer in (*LAYERS, *MORE_LAYERS):
        for operation, ratio, line, equal in _measured(layer):
            ratios.setdefault(operation, []).append(ratio)
            name = f"{operation} {layer.name}"
            print(f"{name}: {line}", flush=True)
            differing += [] if equal else [f"{name}: PyTorch differs"]
    for operation, found in ratios.items():
        print(f"{operation}: geometric mean {geometric_mean(found):.2f}x")
    print(*differing, sep="\n", file=sys.stderr)
    return int(bool(differing))


def _measured(layer: Layer) -> list[tuple[str, float, str, bool]]:
    """Return per operation its name, PyTorch's time over ours, a line, and whether both agree."""
    spec, sizes = layer.spec, (layer.size, layer.size)
    x = integers((layer.images, layer.inputs, *sizes), "float32")
    w = integers((layer.outputs, layer.inputs // spec.groups, *spec.kernel_shape), "float32")
    dy = integers((layer.images, layer.outputs, *spec.output_shape(sizes)), "float32")
    kernel = build_of(request_kernel(spec, target="c", layout="batched")).load()
    arguments: dict[str, tuple[Any, ...]] = {
        "forward": (x, w),
        "grad_input": (dy, w, x.shape),
        "grad_weight": (dy, x),
    }
    theirs = pytorch_calls(spec, x, w, dy)
    products = prod(dy.shape) * prod(w.shape[1:])
    found = []
    for operation, operands in arguments.items():
        contenders: dict[str, Callable[[], Any]] = {
            "C": partial(getattr(kernel, operation), *operands),
            "PyTorch": theirs[operation],
            "GEMM": _gemm(),
        }
        measured = interleaved(contenders, rounds=ROUNDS)
        ours, rival, gemm = measured["C"], measured["PyTorch"], measured["GEMM"]
        ratio = rival.times_slower_than(ours)
        share = products / prod(GEMM) * gemm.times_slower_than(ours)
        line = f"{ours.seconds * 1e3:.2f} ms, PyTorch {ratio:.2f}x, {share:.0%} of GEMM"
        found.append((operation, ratio, line, np.array_equal(ours.result, rival.result)))
    return found


def _gemm() -> Callable[[], Any]:
    rows, inner, columns = GEMM
    left, right = integers((rows, inner), "float32"), integers((inner, columns), "float32")
    return lambda: left @ right


if __name__ == "__main__":
    sys.exit(main())
