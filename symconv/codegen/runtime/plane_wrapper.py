"""Compiled functions behind the face of the NumPy kernel.

C runs where the arrays' common type is one of its own, or is summed in one. Every other type, and
every call that is wrong, goes to the NumPy kernel of the same spec: results, types and error
messages are the same.

Each function has a quick way: C looks at the arrays itself, copies what is not contiguous or of
another type, and refuses what is unusual. Addresses are passed the first time that a type is met,
for what is refused, and where Python is not CPython.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import index
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from symconv.codegen.runtime.arrays import (
    Array,
    address,
    as_read,
    can_take,
    common_type,
    delivered,
    is_masked,
    is_number,
    number,
    written_into,
)
from symconv.codegen.runtime.library import Library
from symconv.codegen.runtime.narrow import Otherwise
from symconv.codegen.runtime.shapes import Windows
from symconv.sizes import Shape
from symconv.spec import ConvSpec

ndarray: Final = np.ndarray
empty: Final = np.empty


class Gradients(NamedTuple):
    """The gradients of e by the input, the weight and the bias."""

    input: Array
    weight: Array
    bias: Any


@dataclass(frozen=True)
class CKernel:
    """The functions of a kernel for arrays of NumPy.

    Attributes:
        spec: the sizes.
        numpy: the NumPy kernel of the same spec.
        windows: the shapes of inputs and outputs.
        library: what is compiled.
    """

    spec: ConvSpec
    numpy: Any
    windows: Windows
    library: Library

    def forward(
        self, input: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike | None = None
    ) -> Array:
        """Return y, the convolution of the input; see the NumPy kernel."""
        if type(input) is ndarray and type(weight) is ndarray:
            same = input.dtype is weight.dtype
            dtype = input.dtype if same else common_type(input, weight)
            y = self._quick_forward(dtype, input, weight, bias)
            if y is not None:
                return y
        return self._forward(input, weight, bias)

    def grad_input(
        self,
        grad_output: npt.ArrayLike,
        weight: npt.ArrayLike,
        input_shape: Sequence[int] | None = None,
        out: Array | None = None,
    ) -> Array:
        """Return dx = de/dx; see the NumPy kernel."""
        if type(grad_output) is ndarray and type(weight) is ndarray:
            same = grad_output.dtype is weight.dtype
            dtype = weight.dtype if same else common_type(grad_output, weight)
            shape = self._input_shape(grad_output.shape, input_shape, out)
            dx = self._quick_grad_input(dtype, grad_output, weight, shape, out)
            if dx is not None:
                return dx
        return self._grad_input(grad_output, weight, input_shape, out)

    def grad_weight(
        self, grad_output: npt.ArrayLike, input: npt.ArrayLike, out: Array | None = None
    ) -> Array:
        """Return dw = de/dw; see the NumPy kernel."""
        if type(grad_output) is ndarray and type(input) is ndarray:
            same = grad_output.dtype is input.dtype
            dtype = input.dtype if same else common_type(grad_output, input)
            dw = self._quick_grad_weight(dtype, grad_output, input, out)
            if dw is not None:
                return dw
        return self._grad_weight(grad_output, input, out)

    def grad_bias(self, grad_output: npt.ArrayLike) -> Any:
        """Return db = de/db, the sum of dy."""
        if type(grad_output) is ndarray:
            db = self._quick_grad_bias(grad_output.dtype, grad_output)
            if db is not None:
                return db
        return self._grad_bias(grad_output)

    def backward(
        self, grad_output: npt.ArrayLike, input: npt.ArrayLike, weight: npt.ArrayLike
    ) -> Gradients:
        """Return all gradients; see the NumPy kernel."""
        shape = input.shape if type(input) is ndarray else np.shape(input)
        return Gradients(
            self.grad_input(grad_output, weight, shape),
            self.grad_weight(grad_output, input),
            self.grad_bias(grad_output),
        )

    def _quick_forward(
        self, dtype: np.dtype[Any] | None, x: Array, w: Array, bias: npt.ArrayLike | None
    ) -> Array | None:
        """Return y; None where C refuses the arrays. So do the next three."""
        quick = self.library.quick.get(dtype)
        if quick is None:
            return None
        b = 0 if bias is None else number(bias, quick.dtype)
        if b is None and not is_number(bias):
            return None
        y = empty(self.windows.output_shape(x.shape), quick.dtype)
        if quick.forward(y, x, w, 0 if b is None else b):
            return None
        return y if b is not None else y + bias

    def _quick_grad_input(
        self, dtype: np.dtype[Any] | None, dy: Array, w: Array, shape: Shape, out: Array | None
    ) -> Array | None:
        quick = self.library.quick.get(dtype)
        if quick is None or self.windows.output_shape(shape) != dy.shape:
            return None
        if out is None:
            dx = empty(shape, quick.dtype)
        elif type(out) is ndarray and out.shape == shape:
            dx = out
        else:
            return None
        return None if quick.grad_input(dx, dy, w) else dx

    def _quick_grad_weight(
        self, dtype: np.dtype[Any] | None, dy: Array, x: Array, out: Array | None
    ) -> Array | None:
        quick = self.library.quick.get(dtype)
        if quick is None or not (out is None or type(out) is ndarray):
            return None
        dw = empty(self.spec.kernel_shape, quick.dtype) if out is None else out
        return None if quick.grad_weight(dw, dy, x) else dw

    def _quick_grad_bias(self, dtype: np.dtype[Any], dy: Array) -> Any:
        quick = self.library.quick.get(dtype)
        if quick is None:
            return None
        db = empty((), quick.dtype)
        return None if quick.grad_bias(db, dy, *self.windows.input_shape(dy.shape)) else db[()]

    def _forward(
        self, input: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike | None
    ) -> Array:
        x, w = np.asarray(input), np.asarray(weight)
        dtype = common_type(x, w)
        if dtype is None or is_masked(input, weight):
            return self._otherwise("forward", input, weight, bias)
        y = self._quick_forward(dtype, x, w, bias)
        if y is not None:
            return y
        if bias is not None and (is_masked(bias) or np.ndim(bias) != 0):
            return self._otherwise("forward", input, weight, bias)
        b = None if bias is None else number(bias, dtype)
        y = self._called_forward(dtype, x, w, 0 if b is None else b)
        if y is None:
            return self._otherwise("forward", input, weight, bias)
        total: Array = y if b is not None or bias is None else y + bias
        return total

    def _called_forward(
        self, dtype: np.dtype[Any], x: Array, w: Array, bias: float
    ) -> Array | None:
        """Return y, by addresses if there is no quick way; None where the shapes are wrong."""
        y = self._quick_forward(dtype, x, w, bias)
        shape = self.windows.output_shape(x.shape)
        if y is not None or not shape or 0 in shape or w.shape != self.spec.kernel_shape:
            return y
        y, x, w = np.empty(shape, dtype), as_read(x, dtype), as_read(w, dtype)
        forward = self.library.functions(dtype).forward
        return None if forward(address(y), address(x), address(w), bias, *x.shape) else y

    def _grad_input(
        self,
        grad_output: npt.ArrayLike,
        weight: npt.ArrayLike,
        input_shape: Sequence[int] | None,
        out: Array | None,
    ) -> Array:
        dy, w = np.asarray(grad_output), np.asarray(weight)
        dtype, shape = common_type(dy, w), self._input_shape(dy.shape, input_shape, out)
        if not (
            dtype is not None
            and not is_masked(grad_output, weight)
            and dy.shape == self.windows.output_shape(shape)
            and w.shape == self.spec.kernel_shape
            and can_take(out, shape, dtype, dy, w)
        ):
            return self._otherwise("grad_input", grad_output, weight, input_shape, out=out)
        dx = self._quick_grad_input(dtype, dy, w, shape, out)
        if dx is not None:
            return dx
        result, dy, w = written_into(out, shape, dtype), as_read(dy, dtype), as_read(w, dtype)
        grad_input = self.library.functions(dtype).grad_input
        if grad_input(address(result), address(dy), address(w), *shape):
            return self._otherwise("grad_input", grad_output, weight, input_shape, out=out)
        return delivered(result, out)

    def _grad_weight(
        self, grad_output: npt.ArrayLike, input: npt.ArrayLike, out: Array | None
    ) -> Array:
        dy, x = np.asarray(grad_output), np.asarray(input)
        dtype, kernel = common_type(dy, x), self.spec.kernel_shape
        if not (
            dtype is not None
            and not is_masked(grad_output, input)
            and dy.shape == self.windows.output_shape(x.shape) != ()
            and can_take(out, kernel, dtype, dy, x)
        ):
            return self._otherwise("grad_weight", grad_output, input, out=out)
        dw = self._quick_grad_weight(dtype, dy, x, out)
        if dw is not None:
            return dw
        result, dy, x = written_into(out, kernel, dtype), as_read(dy, dtype), as_read(x, dtype)
        grad_weight = self.library.functions(dtype).grad_weight
        if grad_weight(address(result), address(dy), address(x), *x.shape):
            return self._otherwise("grad_weight", grad_output, input, out=out)
        return delivered(result, out)

    def _grad_bias(self, grad_output: npt.ArrayLike) -> Any:
        dy = np.asarray(grad_output)
        dtype, shape = common_type(dy), self.windows.input_shape(dy.shape)
        fits = shape and self.windows.output_shape(shape) == dy.shape
        if dtype is None or not fits or is_masked(grad_output):
            return self._otherwise("grad_bias", grad_output)
        found = self._quick_grad_bias(dtype, dy)
        if found is not None:
            return found
        db, dy = np.empty((), dtype), as_read(dy, dtype)
        if self.library.functions(dtype).grad_bias(address(db), address(dy), *shape):
            return self._otherwise("grad_bias", grad_output)
        return db[()]

    def _otherwise(self, word: str, *arguments: Any, **named: Any) -> Array:
        result: Array = getattr(Otherwise(self, self.numpy), word)(*arguments, **named)
        return result

    def _input_shape(
        self, output_shape: Shape, given: Sequence[int] | None, out: Array | None
    ) -> Shape:
        """Return the given input shape, else that of `out`, else the smallest that fits.

        Empty if it cannot be one.
        """
        if given is None:
            return out.shape if type(out) is ndarray else self.windows.input_shape(output_shape)
        if type(given) is tuple and given in self.windows.outputs:
            return given
        shape = tuple(map(index, given))
        return () if min(shape, default=0) < 0 else shape
