"""Compiled functions behind the face of the NumPy kernel.

C runs where the arrays' common type is one of its own. Every other type, and every call that is
wrong, goes to the NumPy kernel of the same spec: results, types and error messages are the same.

Each function has two ways. The quick one takes arrays as they usually are, of one type and
contiguous, in shapes met before; C looks at them again and refuses what is unusual. The other way
takes everything.
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
    number,
    written_into,
)
from symconv.codegen.runtime.library import Library
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
        if type(input) is ndarray and (bias is None or type(bias) is float):
            quick = self.library.quick.get(input.dtype)
            shape = self.windows.outputs.get(input.shape)
            if quick is not None and shape is not None:
                y = empty(shape, quick.dtype)
                if not quick.forward(y, input, weight, 0 if bias is None else bias):
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
        if type(grad_output) is ndarray:
            quick = self.library.quick.get(grad_output.dtype)
            if quick is not None:
                dx = self._grad_input_space(quick.dtype, grad_output.shape, input_shape, out)
                if dx is not None and not quick.grad_input(dx, grad_output, weight):
                    return dx
        return self._grad_input(grad_output, weight, input_shape, out)

    def grad_weight(
        self, grad_output: npt.ArrayLike, input: npt.ArrayLike, out: Array | None = None
    ) -> Array:
        """Return dw = de/dw; see the NumPy kernel."""
        if type(input) is ndarray and (out is None or type(out) is ndarray):
            quick = self.library.quick.get(input.dtype)
            if quick is not None:
                dw = empty(self.spec.kernel_shape, quick.dtype) if out is None else out
                if not quick.grad_weight(dw, grad_output, input):
                    return dw
        return self._grad_weight(grad_output, input, out)

    def grad_bias(self, grad_output: npt.ArrayLike) -> Any:
        """Return db = de/db, the sum of dy."""
        if type(grad_output) is ndarray:
            quick = self.library.quick.get(grad_output.dtype)
            shape = self.windows.inputs.get(grad_output.shape)
            if quick is not None and shape is not None:
                db = empty((), quick.dtype)
                if not quick.grad_bias(db, grad_output, *shape):
                    return db[()]
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

    def _grad_input_space(
        self,
        dtype: np.dtype[Any],
        output_shape: Shape,
        given: Sequence[int] | None,
        out: Array | None,
    ) -> Array | None:
        """Return what the quick way writes into; None where the shapes were not met before."""
        if out is not None:
            return out if given is None and type(out) is ndarray else None
        if given is None:
            shape = self.windows.inputs.get(output_shape)
            return None if shape is None else empty(shape, dtype)
        if type(given) is tuple and self.windows.outputs.get(given) == output_shape:
            return empty(given, dtype)
        return None

    def _forward(
        self, input: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike | None
    ) -> Array:
        x, w = np.asarray(input), np.asarray(weight)
        dtype = common_type(x, w)
        if dtype is None or x.ndim != self.spec.axes or w.shape != self.spec.kernel_shape:
            return self._numpy("forward", input, weight, bias)
        shape = self.windows.output_shape(x.shape)
        if 0 in shape:
            return self._numpy("forward", input, weight, bias)
        y = np.empty(shape, dtype)
        x, w = as_read(x, dtype), as_read(w, dtype)
        b = number(bias, dtype)
        begin = 0 if b is None else b
        if self.library.functions(dtype).forward(
            address(y), address(x), address(w), begin, *x.shape
        ):
            return self._numpy("forward", input, weight, bias)
        if bias is None or b is not None:
            return y
        if np.ndim(bias) != 0:
            return self._numpy("forward", input, weight, bias)
        total: Array = y + bias
        return total

    def _grad_input(
        self,
        grad_output: npt.ArrayLike,
        weight: npt.ArrayLike,
        input_shape: Sequence[int] | None,
        out: Array | None,
    ) -> Array:
        dy, w = np.asarray(grad_output), np.asarray(weight)
        dtype = common_type(dy, w)
        if dtype is None or dy.ndim != self.spec.axes or w.shape != self.spec.kernel_shape:
            return self._numpy("grad_input", grad_output, weight, input_shape, out)
        shape = self._input_shape(dy.shape, input_shape, out)
        right = len(shape) == dy.ndim and min(shape) >= 0
        if not (
            right
            and dy.shape == self.windows.output_shape(shape)
            and can_take(out, shape, dtype, dy, w)
        ):
            return self._numpy("grad_input", grad_output, weight, input_shape, out)
        result = written_into(out, shape, dtype)
        dy, w = as_read(dy, dtype), as_read(w, dtype)
        if self.library.functions(dtype).grad_input(
            address(result), address(dy), address(w), *shape
        ):
            return self._numpy("grad_input", grad_output, weight, input_shape, out)
        return delivered(result, out)

    def _grad_weight(
        self, grad_output: npt.ArrayLike, input: npt.ArrayLike, out: Array | None
    ) -> Array:
        dy, x = np.asarray(grad_output), np.asarray(input)
        dtype, kernel = common_type(dy, x), self.spec.kernel_shape
        if not (
            dtype is not None
            and x.ndim == dy.ndim == self.spec.axes
            and dy.shape == self.windows.output_shape(x.shape)
            and can_take(out, kernel, dtype, dy, x)
        ):
            return self._numpy("grad_weight", grad_output, input, out)
        result = written_into(out, kernel, dtype)
        dy, x = as_read(dy, dtype), as_read(x, dtype)
        if self.library.functions(dtype).grad_weight(
            address(result), address(dy), address(x), *x.shape
        ):
            return self._numpy("grad_weight", grad_output, input, out)
        return delivered(result, out)

    def _grad_bias(self, grad_output: npt.ArrayLike) -> Any:
        dy = np.asarray(grad_output)
        dtype = common_type(dy, dy)
        if dtype is None or dy.ndim != self.spec.axes:
            return self._numpy("grad_bias", grad_output)
        shape = self.windows.input_shape(dy.shape)
        if self.windows.output_shape(shape) != dy.shape:
            return self._numpy("grad_bias", grad_output)
        db = np.empty((), dtype)
        dy = as_read(dy, dtype)
        if self.library.functions(dtype).grad_bias(address(db), address(dy), *shape):
            return self._numpy("grad_bias", grad_output)
        return db[()]

    def _numpy(self, word: str, *arguments: Any) -> Array:
        result: Array = getattr(self.numpy, word)(*arguments)
        return result

    def _input_shape(
        self, output_shape: Shape, given: Sequence[int] | None, out: Array | None
    ) -> Shape:
        """Return the given input shape, else that of `out`, else the smallest that fits."""
        if given is not None:
            return tuple(map(index, given))
        return self.windows.input_shape(output_shape) if out is None else out.shape
