"""The arrays of a problem, and what is true of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.bench.problem import Problem
from symconv.bench.taps import (
    batched_forward,
    batched_grad_input,
    batched_grad_weight,
    windows_of,
)
from symconv.sizes import Shape

Array: TypeAlias = npt.NDArray[Any]
RELATIVE: Final = {"float32": 1e-4, "float64": 1e-10}
LESS_THAN_HALF: Final = 0.49


@dataclass(frozen=True, eq=False)
class Operands:
    """Input, weight and upstream gradient of a problem: integers from -2 to 2.

    Attributes:
        problem: what they belong to.
        x, w, dy: arrays of the shapes and the type of the problem.
    """

    problem: Problem
    x: Array
    w: Array
    dy: Array

    @property
    def x4(self) -> Array:
        """The input with images and channels, (N, C_in, *spatial); a plane is one of each."""
        return self._with_channels(self.x)

    @property
    def w4(self) -> Array:
        """The weight with channels, (C_out, C_in / groups, *kernel)."""
        return self._with_channels(self.w)

    @property
    def dy4(self) -> Array:
        """The upstream gradient with images and channels, (N, C_out, *spatial)."""
        return self._with_channels(self.dy)

    def _with_channels(self, array: Array) -> Array:
        return array[None, None] if self.problem.layout == "plane" else array


def operands_of(problem: Problem) -> Operands:
    """Return the arrays of a problem, always the same ones."""
    shapes = (problem.input_shape, problem.weight_shape, problem.output_shape)
    return Operands(problem, *(integers(shape, problem.dtype) for shape in shapes))


def integers(shape: Shape, dtype: str) -> Array:
    """Return integers from -2 to 2, always the same ones for a shape."""
    rng = np.random.default_rng(np.array([*shape, 1]))
    return rng.integers(-2, 3, size=shape).astype(dtype)


def truth(operands: Operands) -> tuple[Array, ...]:
    """Return what the operation must give: its results in float64, exact for these integers."""
    windows = windows_of(operands.problem.spec, operands.problem.input)
    x, w, dy = (array.astype(np.float64) for array in (operands.x4, operands.w4, operands.dy4))
    operation = operands.problem.operation
    if operation == "forward":
        return (batched_forward(windows, x, w),)
    if operation == "grad_input":
        return (batched_grad_input(windows, dy, w),)
    if operation == "grad_weight":
        return (batched_grad_weight(windows, dy, x),)
    return (
        batched_grad_input(windows, dy, w),
        batched_grad_weight(windows, dy, x),
        dy.sum(axis=(0, *range(2, dy.ndim))),
    )


def error_of(results: tuple[Array, ...], expected: tuple[Array, ...], *, dtype: str) -> float:
    """Return the largest error in units of what is allowed; above 1 the result is wrong.

    Allowed is 1e-4 (float32) or 1e-10 (float64) of the largest true entry, and always less than a
    half, so that the integers of the true result can be read off. Infinity stands for another
    shape, another type, a missing array, or an entry that is no number.
    """
    if len(results) != len(expected):
        return np.inf
    return max(_error(*pair, dtype) for pair in zip(results, expected, strict=True))


def _error(result: Array, expected: Array, dtype: str) -> float:
    same = _squeezed(result.shape) == _squeezed(expected.shape) and result.dtype == dtype
    if not same:
        return np.inf
    allowed = min(LESS_THAN_HALF, RELATIVE[dtype] * max(1.0, float(np.abs(expected).max())))
    error = float(np.abs(result.reshape(expected.shape) - expected).max()) / allowed
    return error if np.isfinite(error) else np.inf


def _squeezed(shape: Shape) -> Shape:
    return tuple(size for size in shape if size != 1)
