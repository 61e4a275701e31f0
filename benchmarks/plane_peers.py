"""The NumPy kernels of one plane beside every peer: `python -m benchmarks.plane_peers 28x28`.

For each image, dtype and operation a line of two geometric means over the kernels 1x1, 2x2, 3x3,
5x5, 7x7 with strides 1, 2, 3: how many times slower PyTorch's own call is (conv2d and its autograd
backward), and how many times slower the fastest of all formulations; then the worst case. Every
result is compared with ==. Exit code 1: one differs.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from statistics import geometric_mean
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from benchmarks.operands import integers
from benchmarks.rivals import NDIMAGE, SIGNAL, Operands, rivals_of
from benchmarks.timing import Measured, interleaved
from symconv import load
from symconv.sizes import Shape
from symconv.spec import ConvSpec

IMAGES: Final = ("8x8", "28x28", "112x112", "224x224", "1080x1920")
KERNELS: Final = (1, 2, 3, 5, 7)
STRIDES: Final = (1, 2, 3)
DTYPES: Final = ("float32", "float64")
OPERATIONS: Final = ("forward", "grad_input", "grad_weight", "backward")
OWN: Final = "own call"
ROUNDS: Final = 5
MOST_SCIPY: Final = 224 * 224  # SciPy's direct sums of larger images take seconds
MOST_LARGE_KERNEL: Final = 28 * 28  # a convolution whose kernel is an image

Calls = dict[str, Callable[[], Any]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print two ratios for every image, dtype and operation; return 1 if a result differs."""
    parser = ArgumentParser(prog="python -m benchmarks.plane_peers", description=__doc__)
    parser.add_argument("images", nargs="*", help="by default all")
    parser.add_argument("--kernels", nargs="*", type=int, default=KERNELS)
    parser.add_argument("--strides", nargs="*", type=int, default=STRIDES)
    options = parser.parse_args(arguments)
    differing: list[str] = []
    for image, dtype in product(options.images or IMAGES, DTYPES):
        rows, columns = map(int, image.split("x"))
        cases = [
            _case(_operands((rows, columns), dtype, k, t), differing)
            for k, t in product(options.kernels, options.strides)
        ]
        for operation in OPERATIONS:
            own = geometric_mean(case[operation][0] for case in cases)
            best = geometric_mean(case[operation][1] for case in cases)
            worst = min(case[operation][1] for case in cases)
            print(
                f"{image} {dtype} {operation}: own call {own:.2f}x, "
                f"best formulation {best:.2f}x (worst case {worst:.2f}x)",
                flush=True,
            )
    print(*dict.fromkeys(differing), sep="\n", file=sys.stderr)
    return int(bool(differing))


def _operands(image: Shape, dtype: str, k: int, t: int) -> Operands:
    spec = ConvSpec(kernel_shape=(k, k), stride=t)
    outputs = spec.output_shape(image)
    x, w, dy = (integers(shape, dtype) for shape in (image, (k, k), outputs))
    return Operands(spec, x=x, w=w, dy=dy)


def _case(operands: Operands, differing: list[str]) -> dict[str, tuple[float, float]]:
    """Return, by operation, how many times slower the own call and the best formulation are."""
    kernel, (x, w, dy) = load(operands.spec), (operands.x, operands.w, operands.dy)
    ours: Calls = {
        "forward": lambda: kernel.forward(x, w),
        "grad_input": lambda: kernel.grad_input(dy, w, operands.image),
        "grad_weight": lambda: kernel.grad_weight(dy, x),
        "backward": lambda: kernel.backward(dy, x, w)[:2],
    }
    ratios: dict[str, tuple[float, float]] = {}
    best_seconds: dict[str, float] = {}
    for operation in OPERATIONS:
        calls = {"symconv": ours[operation], **_torch(operation, operands)}
        if operation != "backward":
            calls |= _scipy(operation, operands)
        measured = interleaved(calls, rounds=ROUNDS)
        mine = measured.pop("symconv")
        differing += [
            f"{operands.spec.name} {operands.image} {operation}: {name} differs"
            for name, rival in measured.items()
            if not _equal(rival.result, mine.result)
        ]
        best = min(rival.seconds for rival in measured.values())
        if operation == "backward":
            best = min(best, best_seconds["grad_input"] + best_seconds["grad_weight"])
        best_seconds[operation] = best
        ratios[operation] = (_ratio(measured, mine), best / mine.seconds)
    return ratios


def _ratio(measured: Mapping[str, Measured], mine: Measured) -> float:
    return measured[OWN].times_slower_than(mine)


def _equal(result: Any, ours: Any) -> bool:
    pairs = zip(result, ours, strict=True) if isinstance(ours, tuple) else ((result, ours),)
    return all(np.array_equal(one, other) for one, other in pairs)


def _scipy(operation: str, operands: Operands) -> Calls:
    """Return SciPy's formulations, where they exist and do not take seconds."""
    k = operands.spec.kernel_shape[0]
    if operands.x.size > (MOST_LARGE_KERNEL if operation == "grad_weight" else MOST_SCIPY):
        return {}
    found = dict(rivals_of(operation, operands))
    centred = k % 2 == 1 and k > 1
    return {
        name: call
        for name, call in found.items()
        if name == SIGNAL or (name == NDIMAGE and centred)
    }


def _torch(operation: str, operands: Operands) -> Calls:
    """Return PyTorch's own call, and the best that a user can make of its other ones."""
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    x, w, dy = (_tensor(array) for array in (operands.x, operands.w, operands.dy))
    t, k = operands.spec.stride[0], operands.spec.kernel_shape[0]
    if operation == "forward":
        return {OWN: lambda: functional.conv2d(x, w, stride=t)[0, 0].numpy()}
    asked = {"grad_input": (0,), "grad_weight": (1,), "backward": (0, 1)}[operation]
    leaves = [tensor.clone().requires_grad_(place in asked) for place, tensor in enumerate((x, w))]
    y = functional.conv2d(*leaves, stride=t)
    wanted = [leaves[place] for place in asked]

    def own() -> Any:
        found = torch.autograd.grad(y, wanted, dy, retain_graph=True)
        arrays = tuple(gradient[0, 0].numpy() for gradient in found)
        return arrays if operation == "backward" else arrays[0]

    calls: Calls = {OWN: own}
    if operation == "grad_input":
        rest = [m - (g - 1) * t - k for m, g in zip(operands.image, operands.dy.shape, strict=True)]
        calls["transposed"] = lambda: functional.conv_transpose2d(
            dy, w, stride=t, output_padding=rest
        )[0, 0].numpy()
        if t == 1:
            flipped = torch.flip(w, (2, 3))
            calls["padded, flipped"] = lambda: functional.conv2d(dy, flipped, padding=k - 1)[
                0, 0
            ].numpy()
    if operation == "grad_weight":
        calls["dy as kernel"] = lambda: functional.conv2d(x, dy, dilation=t)[0, 0, :k, :k].numpy()
    return calls


def _tensor(array: npt.NDArray[Any]) -> Any:
    import torch

    return torch.from_numpy(array)[None, None]


if __name__ == "__main__":
    sys.exit(main())
