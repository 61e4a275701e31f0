"""The same operations from SciPy and from the generic reference, each in its best formulation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import ndimage, signal

from symconv import reference
from symconv.sizes import Shape
from symconv.spec import ConvSpec

SIGNAL: Final = "scipy.signal"
NDIMAGE: Final = "scipy.ndimage"
REFERENCE: Final = "reference"
REFERENCE_MOST: Final = 224 * 224


@dataclass(frozen=True, eq=False)
class Operands:
    """One problem: a square odd kernel with one stride for both axes, no padding.

    Attributes:
        spec: the sizes.
        x, w, dy: input (m, n), weight (k, k) and grad_output (g, h).
    """

    spec: ConvSpec
    x: npt.NDArray[Any]
    w: npt.NDArray[Any]
    dy: npt.NDArray[Any]

    @property
    def image(self) -> Shape:
        """The shape of the input."""
        return self.x.shape

    @property
    def step(self) -> tuple[slice, slice]:
        """Every stride-th cell along each axis."""
        t = self.spec.stride[0]
        return slice(None, None, t), slice(None, None, t)

    def spread(self) -> npt.NDArray[Any]:
        """Return dy with stride - 1 zeros between its cells, as if the stride had been 1."""
        if self.spec.stride == (1, 1):
            return self.dy
        dense = ConvSpec(kernel_shape=self.spec.kernel_shape)
        frame = np.zeros(dense.output_shape(self.image), self.dy.dtype)
        frame[self.step] = self.dy
        return frame

    def inner(self) -> tuple[slice, slice]:
        """Return where a centred kernel lies wholly inside the input."""
        margin = self.w.shape[0] // 2
        return slice(margin, -margin), slice(margin, -margin)


def rivals_of(operation: str, operands: Operands) -> dict[str, Callable[[], npt.NDArray[Any]]]:
    """Return the other ways to compute an operation, ready to call, by name.

    Args:
        operation: "forward", "grad_input" or "grad_weight".
        operands: the problem.
    """
    if operation == "forward":
        return {
            SIGNAL: lambda: signal.correlate2d(operands.x, operands.w, "valid")[operands.step],
            NDIMAGE: lambda: _ndimage_forward(operands),
        }
    if operation == "grad_weight":
        return {SIGNAL: lambda: signal.correlate2d(operands.x, operands.spread(), "valid")}
    found = {
        SIGNAL: lambda: signal.convolve2d(operands.spread(), operands.w),
        NDIMAGE: lambda: _ndimage_grad_input(operands),
    }
    if operands.x.size <= REFERENCE_MOST:
        found[REFERENCE] = lambda: reference.grad_input(
            operands.spec, operands.dy, operands.w, operands.image
        )
    return found


def _ndimage_forward(operands: Operands) -> Any:
    same = ndimage.correlate(operands.x, operands.w, mode="constant")
    return same[operands.inner()][operands.step]


def _ndimage_grad_input(operands: Operands) -> Any:
    frame = np.zeros(operands.image, operands.dy.dtype)
    frame[operands.inner()][operands.step] = operands.dy
    return ndimage.convolve(frame, operands.w, mode="constant")
