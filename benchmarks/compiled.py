"""How fast C kernels of one plane are: `python -m benchmarks.compiled 28x28 float32`.

One run measures every operation, kernel and stride on one image: the C kernel through Python,
PyTorch's own call with one thread, the fastest formulation of any peer, and a copy of the input.
Every result is compared with ==. Exit code 1: one differs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import exp, log
from typing import Any, Final

import numpy as np

from benchmarks.formulations import OWN, formulations
from benchmarks.operands import integers
from benchmarks.rivals import Operands
from benchmarks.timing import interleaved
from symconv import load
from symconv.codegen.kernel import Kernel
from symconv.sizes import Shape
from symconv.spec import ConvSpec

KERNELS: Final = (1, 2, 3, 5, 7)
STRIDES: Final = (1, 2, 3)
OPERATIONS: Final = ("forward", "grad_input", "grad_weight", "backward")
ROUNDS: Final = 5
COPY: Final = "copy"
OURS: Final = "C"


@dataclass(frozen=True)
class Cell:
    """One problem: how long the kernel takes, and how many times slower the others are.

    Attributes:
        name: operation, kernel and stride.
        seconds: of a call of the C kernel.
        own: PyTorch's own call.
        best: the fastest formulation of any peer.
        best_name: which that is.
        copy: the share of copy bandwidth, a copy's time by the kernel's.
        correct: whether all results are equal.
    """

    name: str
    seconds: float
    own: float
    best: float
    best_name: str
    copy: float
    correct: bool


def main(arguments: Sequence[str]) -> int:
    """Print a line for every problem and the geometric means; return 1 if a result differs."""
    sizes, dtype = arguments if len(arguments) == 2 else ("28x28", "float32")
    image = tuple(map(int, sizes.split("x")))
    cells: list[tuple[str, Cell]] = []
    for operation, k, t in product(OPERATIONS, KERNELS, STRIDES):
        cell = measure(operation, ConvSpec(kernel_shape=(k, k), stride=t), image, dtype)
        cells.append((operation, cell))
        print(
            f"{cell.name}: {cell.seconds * 1e6:.1f} us, own {cell.own:.1f}x, "
            f"best {cell.best:.1f}x ({cell.best_name}), copy {cell.copy:.0%}"
        )
    for operation in OPERATIONS:
        kept = [cell for word, cell in cells if word == operation]
        print(f"{operation} on {sizes} {dtype}, geometric means: {_means(kept)}")
    wrong = [cell.name for _, cell in cells if not cell.correct]
    print(*(f"{name}: a result differs" for name in wrong), sep="\n", file=sys.stderr)
    return int(bool(wrong))


def measure(operation: str, spec: ConvSpec, image: Shape, dtype: str) -> Cell:
    """Return the measurement of one problem."""
    operands = Operands(
        spec,
        x=integers(image, dtype),
        w=integers(spec.kernel_shape, dtype),
        dy=integers(spec.output_shape(image), dtype),
    )
    target = np.empty_like(operands.x)
    contenders: dict[str, Callable[[], Any]] = {
        OURS: _ours(load(spec, target="c"), operation, operands),
        **formulations(operation, operands),
        COPY: lambda: np.copyto(target, operands.x),
    }
    for call in contenders.values():  # the first call compiles, and fills caches
        call()
    measured = interleaved(contenders, rounds=ROUNDS)
    ours, copy = measured.pop(OURS), measured.pop(COPY)
    ratios = {name: rival.times_slower_than(ours) for name, rival in measured.items()}
    best_name = min(ratios, key=ratios.__getitem__)
    return Cell(
        name=f"{operation} {spec.name}",
        seconds=ours.seconds,
        own=ratios[OWN],
        best=ratios[best_name],
        best_name=best_name,
        copy=copy.times_slower_than(ours),
        correct=all(
            np.array_equal(np.asarray(rival.result), ours.result) for rival in measured.values()
        ),
    )


def _ours(kernel: Kernel, operation: str, operands: Operands) -> Callable[[], Any]:
    x, w, dy = operands.x, operands.w, operands.dy
    if operation == "forward":
        return lambda: kernel.forward(x, w)
    if operation == "grad_input":
        return lambda: kernel.grad_input(dy, w, x.shape)
    if operation == "grad_weight":
        return lambda: kernel.grad_weight(dy, x)
    return lambda: kernel.backward(dy, x, w).input


def _means(cells: Sequence[Cell]) -> str:
    own, best = (
        exp(sum(log(getattr(cell, word)) for cell in cells) / len(cells))
        for word in ("own", "best")
    )
    worst = min(cells, key=lambda cell: cell.best)
    return f"own {own:.1f}x, best {best:.1f}x, least {worst.best:.2f}x ({worst.name})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
