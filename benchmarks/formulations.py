"""The same operations from PyTorch, SciPy and NumPy: each own call, and the ways a user finds.

`OWN` is what a framework does itself; the others are formulations of the same sums: grad_input as
the forward pass of the padded and flipped problem or as a transposed convolution, grad_weight as a
dilated forward pass or over sliding windows, and PyTorch's convolution without oneDNN.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from scipy import ndimage

from benchmarks.rivals import Operands

OWN: Final = "torch"
Call = Callable[[], Any]


def formulations(operation: str, operands: Operands) -> dict[str, Call]:
    """Return what computes an operation, by name; each call returns an array of the result.

    Args:
        operation: "forward", "grad_input", "grad_weight" or "backward".
        operands: the problem.
    """
    return {
        "forward": _forward,
        "grad_input": _grad_input,
        "grad_weight": _grad_weight,
        "backward": _backward,
    }[operation](operands)


def _tensors(operands: Operands) -> tuple[Any, Any, Any]:
    import torch

    torch.set_num_threads(1)
    arrays = (operands.x, operands.w, operands.dy)
    x, w, dy = (torch.from_numpy(array)[None, None] for array in arrays)
    return x, w, dy


def _plain(x: Any, w: Any, stride: int, padding: int) -> Any:
    """Return the convolution by PyTorch's own code, without oneDNN."""
    import torch

    size, steps, pads = list(w.shape[2:]), [stride] * 2, [padding] * 2
    return torch.ops.aten.thnn_conv2d(x, w, size, None, steps, pads)


def _forward(operands: Operands) -> dict[str, Call]:
    from torch.nn import functional

    (x, w, _), t = _tensors(operands), operands.spec.stride[0]
    found: dict[str, Call] = {
        OWN: lambda: functional.conv2d(x, w, stride=t)[0, 0],
        "torch, no oneDNN": lambda: _plain(x, w, t, 0)[0, 0],
    }
    if operands.w.shape[0] % 2:
        found["ndimage"] = lambda: _correlated(operands)
    return found


def _correlated(operands: Operands) -> Any:
    same = ndimage.correlate(operands.x, operands.w, mode="constant")
    margin = operands.w.shape[0] // 2
    inner = slice(margin, -margin or None)
    return same[inner, inner][operands.step]


def _grad_input(operands: Operands) -> dict[str, Call]:
    import torch
    from torch.nn import functional

    (x, w, dy), t = _tensors(operands), operands.spec.stride[0]
    k, image = operands.w.shape[0], operands.image
    more = [n - (h - 1) * t - k for n, h in zip(image, operands.dy.shape, strict=True)]
    found: dict[str, Call] = {OWN: lambda: _own(x, w, dy, t, (True, False, False))[0][0, 0]}
    if max(more) < t:
        found["torch, transposed"] = lambda: functional.conv_transpose2d(
            dy, w, stride=t, output_padding=tuple(more)
        )[0, 0]
    if t == 1:
        flipped = torch.flip(w, (2, 3))
        found["torch, padded and flipped"] = lambda: functional.conv2d(dy, flipped, padding=k - 1)[
            0, 0
        ]
        found["the same, no oneDNN"] = lambda: _plain(dy, flipped, 1, k - 1)[0, 0]
    return found


def _grad_weight(operands: Operands) -> dict[str, Call]:
    from torch.nn import functional

    (x, w, dy), t = _tensors(operands), operands.spec.stride[0]
    k = operands.w.shape
    g, h = operands.dy.shape
    read = x[:, :, : (g - 1) * t + k[0], : (h - 1) * t + k[1]]
    windows = np.lib.stride_tricks.sliding_window_view(operands.x, k)[operands.step]
    return {
        OWN: lambda: _own(x, w, dy, t, (False, True, False))[1][0, 0],
        "torch, dilated forward": lambda: functional.conv2d(read, dy, dilation=t)[0, 0],
        "numpy, sliding windows": lambda: np.einsum("ij,ijrs->rs", operands.dy, windows),
    }


def _backward(operands: Operands) -> dict[str, Call]:
    (x, w, dy), t = _tensors(operands), operands.spec.stride[0]
    parts = _grad_input(operands), _grad_weight(operands)
    found: dict[str, Call] = {OWN: lambda: _own(x, w, dy, t, (True, True, True))[0][0, 0]}
    for first in parts[0]:
        for second in parts[1]:
            if (first, second) != (OWN, OWN):
                found[f"{first} + {second}"] = _together(parts[0][first], parts[1][second], dy)
    return found


def _together(grad_input: Call, grad_weight: Call, dy: Any) -> Call:
    def call() -> Any:
        grad_weight()
        dy.sum()
        return grad_input()

    return call


def _own(x: Any, w: Any, dy: Any, t: int, mask: tuple[bool, bool, bool]) -> Any:
    """Return what PyTorch's autograd computes: the gradients that the mask asks for."""
    import torch

    sizes = None if not mask[2] else [1]
    none = [0, 0]
    return torch.ops.aten.convolution_backward(
        dy, x, w, sizes, [t, t], none, [1, 1], False, none, 1, list(mask)
    )
