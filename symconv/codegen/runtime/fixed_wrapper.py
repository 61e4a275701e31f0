"""Compiled functions for one input size, as functions of arrays.

C runs where the arrays' common type is one of its own, other types run in the NumPy kernel of the
same spec. The shapes are the only ones there are.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import index
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.codegen.kernel import FixedShapes
from symconv.codegen.runtime.arrays import (
    NUMBERS,
    SUFFIXES,
    Array,
    address,
    as_read,
    can_take,
    delivered,
    is_masked,
    number,
    written_into,
)
from symconv.codegen.runtime.cache import load_library
from symconv.codegen.runtime.plane_wrapper import Gradients
from symconv.codegen.runtime.texts import Texts
from symconv.sizes import Shape


@dataclass(frozen=True)
class FixedKernel:
    """The functions of a kernel for one input size.

    Attributes:
        name: of the kernel.
        texts: the emitted files that have a type.
        compiled: what is compiled so far, by type.
        numpy: the NumPy kernel of the same spec.
        shapes: of all arrays.
        batched: whether there are images and channels.
    """

    name: str
    texts: Texts
    numpy: Any
    shapes: FixedShapes
    batched: bool
    compiled: dict[str, ctypes.CDLL] = field(default_factory=dict)

    def forward(
        self, input: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike | None = None
    ) -> Array:
        """Return y, the convolution of the input; see the NumPy kernel."""
        x = _shaped("input", input, self.shapes.input)
        w = _shaped("weight", weight, self.shapes.weight)
        dtype = np.result_type(x, w)
        b = self._bias(bias, dtype) if dtype in SUFFIXES else None
        if b is None:
            y: Array = self.numpy.forward(x, w, bias)
            return y
        return self._run("forward", dtype, self.shapes.output, None, x, w, bias=b)

    def grad_input(
        self,
        grad_output: npt.ArrayLike,
        weight: npt.ArrayLike,
        input_shape: Sequence[int] | None = None,
        out: Array | None = None,
    ) -> Array:
        """Return dx = de/dx; see the NumPy kernel."""
        dy = _shaped("grad_output", grad_output, self.shapes.output)
        w = _shaped("weight", weight, self.shapes.weight)
        if input_shape is not None and tuple(map(index, input_shape)) != self.shapes.input:
            raise ValueError(f"input_shape must be {self.shapes.input}, got {tuple(input_shape)}")
        dtype = np.result_type(dy, w)
        if dtype not in SUFFIXES or not can_take(out, self.shapes.input, dtype, dy, w):
            dx: Array = self.numpy.grad_input(dy, w, self.shapes.input, out)
            return dx
        return self._run("grad_input", dtype, self.shapes.input, out, dy, w)

    def grad_weight(
        self, grad_output: npt.ArrayLike, input: npt.ArrayLike, out: Array | None = None
    ) -> Array:
        """Return dw = de/dw; see the NumPy kernel."""
        dy = _shaped("grad_output", grad_output, self.shapes.output)
        x = _shaped("input", input, self.shapes.input)
        dtype = np.result_type(dy, x)
        if dtype not in SUFFIXES or not can_take(out, self.shapes.weight, dtype, dy, x):
            dw: Array = self.numpy.grad_weight(dy, x, out)
            return dw
        return self._run("grad_weight", dtype, self.shapes.weight, out, dy, x)

    def grad_bias(self, grad_output: npt.ArrayLike) -> Any:
        """Return db = de/db, the sum of dy."""
        dy = _shaped("grad_output", grad_output, self.shapes.output)
        if dy.dtype not in SUFFIXES:
            return self.numpy.grad_bias(dy)
        shape = self.shapes.output[1:2] if self.batched else ()
        return self._run("grad_bias", dy.dtype, shape, None, dy)[()]

    def backward(
        self, grad_output: npt.ArrayLike, input: npt.ArrayLike, weight: npt.ArrayLike
    ) -> Gradients:
        """Return all gradients; see the NumPy kernel."""
        return Gradients(
            self.grad_input(grad_output, weight),
            self.grad_weight(grad_output, input),
            self.grad_bias(grad_output),
        )

    def _bias(self, bias: npt.ArrayLike | None, dtype: np.dtype[Any]) -> Any:
        """Return the bias as C takes it: a number, or in the batched layout one a channel.

        None where NumPy must add it, for it changes the type.
        """
        if not self.batched:
            b = 0 if bias is None else number(bias, dtype)
            return None if b is None else NUMBERS[SUFFIXES[dtype]][0](b)
        if bias is None:
            return ctypes.c_void_p()
        numbers = _shaped("bias", bias, self.shapes.output[1:2])
        return as_read(numbers, dtype) if np.result_type(numbers, dtype) == dtype else None

    def _run(
        self,
        word: str,
        dtype: np.dtype[Any],
        shape: Shape,
        out: Array | None,
        *arrays: Array,
        bias: Any = None,
    ) -> Array:
        """Call a compiled function on arrays of one type."""
        result = written_into(out, shape, dtype)
        given = [result, *(as_read(array, dtype) for array in arrays)]
        given += [] if bias is None else [bias]
        self._function(word, SUFFIXES[dtype])(
            *(
                ctypes.c_void_p(address(each)) if isinstance(each, np.ndarray) else each
                for each in given
            )
        )
        return delivered(result, out)

    def _function(self, word: str, suffix: str) -> Callable[..., None]:
        """Return a function of addresses; its type is compiled when it is first met."""
        if suffix not in self.compiled:
            self.compiled[suffix] = load_library(f"{self.name}.c", self.texts(suffix))
        function = self.compiled[suffix][f"{self.name}_{word}_{suffix}"]
        function.restype = None
        return function


def _shaped(name: str, array: npt.ArrayLike, shape: Shape) -> Array:
    """Return an array of that shape.

    Raises:
        ValueError: it has another.
        TypeError: it has a mask.
    """
    if is_masked(array):
        raise TypeError(f"{name} must be an array without a mask, got {type(array).__name__}")
    found = np.asarray(array)
    if found.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got {found.shape}")
    return found
