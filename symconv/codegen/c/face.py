"""Compiled functions behind the face of the NumPy kernel.

C runs where the arrays' common type is one of its own. Every other type, and every call that is
wrong, goes to the NumPy kernel of the same spec: results, types and error messages are the same.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import index
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from symconv.codegen.c.arrays import (
    NUMBERS,
    POINTER,
    SUFFIXES,
    Array,
    address,
    as_read,
    can_take,
    common_type,
    delivered,
    written_into,
)
from symconv.codegen.c.contexts import CType
from symconv.codegen.c.module import TYPES
from symconv.codegen.compiler import library
from symconv.sizes import Shape
from symconv.spec import ConvSpec


class Gradients(NamedTuple):
    """The gradients of e by the input, the weight and the bias."""

    input: Array
    weight: Array
    bias: Any


@dataclass(frozen=True)
class Functions:
    """The four compiled functions of one type."""

    forward: Callable[..., int]
    grad_input: Callable[..., int]
    grad_weight: Callable[..., int]
    grad_bias: Callable[..., int]


@dataclass(frozen=True)
class CKernel:
    """The functions of a kernel for arrays of NumPy.

    Attributes:
        spec: the sizes.
        name: of the kernel and its files.
        texts: the emitted files, name -> text.
        numpy: the NumPy kernel of the same spec.
        windows: (padding less extent, stride) per axis: floor((n + room) / stride) + 1 windows.
        compiled: what is compiled so far; a type is compiled when it is first met.
    """

    spec: ConvSpec
    name: str
    texts: Mapping[str, str]
    numpy: Any
    windows: tuple[tuple[int, int], ...]
    compiled: dict[np.dtype[Any], Functions] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def forward(
        self, input: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike | None = None
    ) -> Array:
        """Return y, the convolution of the input; see the NumPy kernel."""
        x, w = np.asarray(input), np.asarray(weight)
        dtype = common_type(x, w)
        if dtype is None or x.ndim != len(self.windows) or w.shape != self.spec.kernel_shape:
            return self._numpy("forward", input, weight, bias)
        shape = self._output_shape(x.shape)
        if 0 in shape:
            return self._numpy("forward", input, weight, bias)
        y = np.empty(shape, dtype)
        x, w = as_read(x, dtype), as_read(w, dtype)
        number = _number(bias, dtype)
        if self.functions(dtype).forward(address(y), address(x), address(w), number or 0, *x.shape):
            return self._numpy("forward", input, weight, bias)
        if bias is None or number is not None:
            return y
        if np.ndim(bias) != 0:
            return self._numpy("forward", input, weight, bias)
        total: Array = y + bias
        return total

    def grad_input(
        self,
        grad_output: npt.ArrayLike,
        weight: npt.ArrayLike,
        input_shape: Sequence[int] | None = None,
        out: Array | None = None,
    ) -> Array:
        """Return dx = de/dx; see the NumPy kernel."""
        dy, w = np.asarray(grad_output), np.asarray(weight)
        dtype = common_type(dy, w)
        if dtype is None or dy.ndim != len(self.windows) or w.shape != self.spec.kernel_shape:
            return self._numpy("grad_input", grad_output, weight, input_shape, out)
        shape = self._input_shape(dy.shape, input_shape, out)
        right = len(shape) == dy.ndim and min(shape) >= 0
        if not (
            right and dy.shape == self._output_shape(shape) and can_take(out, shape, dtype, dy, w)
        ):
            return self._numpy("grad_input", grad_output, weight, input_shape, out)
        result = written_into(out, shape, dtype)
        dy, w = as_read(dy, dtype), as_read(w, dtype)
        if self.functions(dtype).grad_input(address(result), address(dy), address(w), *shape):
            return self._numpy("grad_input", grad_output, weight, input_shape, out)
        return delivered(result, out)

    def grad_weight(
        self, grad_output: npt.ArrayLike, input: npt.ArrayLike, out: Array | None = None
    ) -> Array:
        """Return dw = de/dw; see the NumPy kernel."""
        dy, x = np.asarray(grad_output), np.asarray(input)
        dtype, kernel = common_type(dy, x), self.spec.kernel_shape
        if not (
            dtype is not None
            and x.ndim == dy.ndim == len(self.windows)
            and dy.shape == self._output_shape(x.shape)
            and can_take(out, kernel, dtype, dy, x)
        ):
            return self._numpy("grad_weight", grad_output, input, out)
        result = written_into(out, kernel, dtype)
        dy, x = as_read(dy, dtype), as_read(x, dtype)
        if self.functions(dtype).grad_weight(address(result), address(dy), address(x), *x.shape):
            return self._numpy("grad_weight", grad_output, input, out)
        return delivered(result, out)

    def grad_bias(self, grad_output: npt.ArrayLike) -> Any:
        """Return db = de/db, the sum of dy."""
        dy = np.asarray(grad_output)
        dtype = common_type(dy, dy)
        if dtype is None or dy.ndim != len(self.windows):
            return self._numpy("grad_bias", grad_output)
        shape = self._input_shape(dy.shape, None, None)
        if self._output_shape(shape) != dy.shape:
            return self._numpy("grad_bias", grad_output)
        db = np.empty((), dtype)
        dy = as_read(dy, dtype)
        if self.functions(dtype).grad_bias(address(db), address(dy), *shape):
            return self._numpy("grad_bias", grad_output)
        return db[()]

    def backward(
        self, grad_output: npt.ArrayLike, input: npt.ArrayLike, weight: npt.ArrayLike
    ) -> Gradients:
        """Return all gradients; see the NumPy kernel."""
        return Gradients(
            input=self.grad_input(grad_output, weight, np.shape(input)),
            weight=self.grad_weight(grad_output, input),
            bias=self.grad_bias(grad_output),
        )

    def functions(self, dtype: np.dtype[Any]) -> Functions:
        """Return the functions for a type, compiled when first asked for.

        Raises:
            ToolError: there is no compiler, or it fails.
        """
        found = self.compiled.get(dtype)
        if found is None:
            with self.lock:
                found = self.compiled.get(dtype) or self._load(SUFFIXES[dtype])
                self.compiled[dtype] = found
        return found

    def _load(self, suffix: str) -> Functions:
        left_out = [f"-DSYMCONV_WITHOUT_{each.macro}" for each in _others(suffix)]
        path = library(f"{self.name}.c", self.texts, flags=left_out)
        compiled = ctypes.CDLL(str(path))
        number, _ = NUMBERS[suffix]
        sizes = [ctypes.c_ssize_t] * len(self.windows)

        def function(word: str, *arguments: type[Any]) -> Callable[..., int]:
            found = compiled[f"{self.name}_{word}_{suffix}"]
            found.argtypes = [*arguments, *sizes]
            found.restype = ctypes.c_int
            return found

        return Functions(
            forward=function("forward", POINTER, POINTER, POINTER, number),
            grad_input=function("grad_input", POINTER, POINTER, POINTER),
            grad_weight=function("grad_weight", POINTER, POINTER, POINTER),
            grad_bias=function("grad_bias", POINTER, POINTER),
        )

    def _numpy(self, word: str, *arguments: Any) -> Array:
        result: Array = getattr(self.numpy, word)(*arguments)
        return result

    def _output_shape(self, input_shape: Sequence[int]) -> Shape:
        """Return the number of windows along each axis; 0 where none fits."""
        return tuple(
            [
                max(0, (size + room) // stride + 1)
                for size, (room, stride) in zip(input_shape, self.windows, strict=True)
            ]
        )

    def _input_shape(
        self, output_shape: Shape, given: Sequence[int] | None, out: Array | None
    ) -> Shape:
        """Return the given input shape, else that of `out`, else the smallest that fits."""
        if given is not None:
            return tuple(map(index, given))
        if out is not None:
            return out.shape
        return tuple(
            max(0, (size - 1) * stride - room) if size else 0
            for size, (room, stride) in zip(output_shape, self.windows, strict=True)
        )


def _others(suffix: str) -> tuple[CType, ...]:
    return tuple(each for each in TYPES if each.suffix != suffix)


def _number(bias: Any, dtype: np.dtype[Any]) -> int | float | None:
    """Return the bias as C takes it, where adding it changes no type; else None."""
    if type(bias) is float and dtype.kind == "f":
        return bias
    if type(bias) is dtype.type:
        number: int | float = bias.item()
        return number
    return None
