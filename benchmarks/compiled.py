"""How fast C kernels of one plane are: `python -m benchmarks.compiled`.

One run measures the C kernel, the NumPy kernel, SciPy, PyTorch with one thread where it is
installed, and a copy of the input, and compares every result with ==. Exit code 1: one differs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec
from itertools import product
from typing import Any, Final

import numpy as np

from benchmarks.operands import integers
from benchmarks.rivals import REFERENCE, Operands, rivals_of
from benchmarks.timing import Measured, interleaved
from symconv import load
from symconv.sizes import Shape
from symconv.spec import ConvSpec

IMAGES: Final[tuple[Shape, ...]] = ((8, 8), (28, 28), (224, 224), (1080, 1920))
SPECS: Final = (ConvSpec(kernel_shape=(3, 3)), ConvSpec(kernel_shape=(5, 5), stride=2))
OPERATIONS: Final = ("grad_input", "forward", "grad_weight")
ROUNDS: Final = 9
COPY: Final = "copy"


def main() -> int:
    """Print a line for every problem; return 1 if a result differs."""
    differing = []
    for spec, operation, image in product(SPECS, OPERATIONS, IMAGES):
        operands = Operands(
            spec,
            x=integers(image, "float32"),
            w=integers(spec.kernel_shape, "float32"),
            dy=integers(spec.output_shape(image), "float32"),
        )
        measured = interleaved(_contenders(operation, operands), rounds=ROUNDS)
        name = f"{operation} {spec.name} {'x'.join(map(str, image))}"
        copy, ours = measured.pop(COPY), measured.pop("C")
        print(f"{name}: {_line(ours, measured)}, copy {1 / copy.times_slower_than(ours):.1f}x")
        differing += [
            f"{name}: {other} differs"
            for other, rival in measured.items()
            if not np.array_equal(rival.result, ours.result)
        ]
    print(*differing, sep="\n", file=sys.stderr)
    return int(bool(differing))


def _line(ours: Measured, rivals: Mapping[str, Measured]) -> str:
    others = (f"{name} {rival.times_slower_than(ours):.2g}x" for name, rival in rivals.items())
    return f"C {ours.seconds * 1e6:.1f} us, {', '.join(others)}"


def _contenders(operation: str, operands: Operands) -> dict[str, Callable[[], Any]]:
    """Return the C kernel, the NumPy kernel, the rivals and a copy of x, ready to call."""
    kernels = {"C": load(operands.spec, target="c"), "NumPy": load(operands.spec)}
    arguments: dict[str, tuple[Any, ...]] = {
        "forward": (operands.x, operands.w),
        "grad_input": (operands.dy, operands.w, operands.image),
        "grad_weight": (operands.dy, operands.x),
    }
    found: dict[str, Callable[[], Any]] = {
        name: partial(getattr(kernel, operation), *arguments[operation])
        for name, kernel in kernels.items()
    }
    found.update(rivals_of(operation, operands))
    found.pop(REFERENCE, None)
    if find_spec("torch"):
        found.update(_torch(operation, operands))
    target = np.empty_like(operands.x)
    found[COPY] = lambda: np.copyto(target, operands.x)
    return found


def _torch(operation: str, operands: Operands) -> dict[str, Callable[[], Any]]:
    """Return PyTorch's own call, and for grad_input the forward pass padded and flipped."""
    import torch
    from torch.nn import functional, grad

    grads: Any = grad  # without types

    torch.set_num_threads(1)
    x, w, dy = (torch.from_numpy(array)[None, None] for array in _arrays(operands))
    t, k = operands.spec.stride[0], operands.spec.kernel_shape[0]
    if operation == "forward":
        return {"torch": lambda: functional.conv2d(x, w, stride=t)[0, 0].numpy()}
    if operation == "grad_weight":
        return {"torch": lambda: grads.conv2d_weight(x, w.shape, dy, stride=t)[0, 0].numpy()}
    own = {"torch": lambda: grads.conv2d_input(x.shape, w, dy, stride=t)[0, 0].numpy()}
    if t > 1:
        return own
    flipped = torch.flip(w, (2, 3))
    return {
        **own,
        "torch forward": lambda: functional.conv2d(dy, flipped, padding=k - 1)[0, 0].numpy(),
    }


def _arrays(operands: Operands) -> tuple[Any, Any, Any]:
    return operands.x, operands.w, operands.dy


if __name__ == "__main__":
    sys.exit(main())
