"""Compiled batched functions behind the face of the batched NumPy kernel.

C runs where the arrays' common type is one of its own, or is summed in one. Every other type, and
every call that is wrong, goes to the NumPy kernel of the same spec: results, types and error
messages are the same.
Each thread keeps one workspace of at most KEPT bytes; larger ones are made for the call.
"""

from __future__ import annotations

import ctypes
import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import index
from threading import Lock, local
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from symconv.codegen.runtime.arrays import (
    POINTER,
    SUFFIXES,
    Array,
    address,
    as_read,
    can_take,
    can_work,
    common_type,
    delivered,
    is_masked,
    written_into,
)
from symconv.codegen.runtime.cache import load_library
from symconv.codegen.runtime.library import locks_of_processes, refuse
from symconv.codegen.runtime.narrow import Otherwise
from symconv.codegen.runtime.plane_wrapper import Gradients
from symconv.codegen.runtime.texts import Texts
from symconv.errors import ToolError
from symconv.sizes import Shape
from symconv.spec import ConvSpec

KEPT: Final = 2**26
POINTERS: Final = {"forward": 5, "grad_input": 4, "grad_weight": 4, "grad_bias": 2}


class _Kept(local):
    """The workspace of a thread."""

    memory: Array = np.empty(0, np.uint8)

    def of(self, size: int) -> Array:
        """Return at least `size` bytes."""
        if size > self.memory.size:
            if size > KEPT:
                return np.empty(size, np.uint8)
            self.memory = np.empty(size, np.uint8)
        return self.memory


@dataclass(frozen=True)
class CBatchedKernel:
    """The functions of a batched kernel for arrays of NumPy.

    Attributes:
        spec: the sizes.
        name: of the kernel and its files.
        texts: the emitted files that have a type.
        numpy: the NumPy kernel of the same spec.
        windows: (padding less extent, stride) per axis: floor((n + room) / stride) + 1 windows.
        flags: more flags of the compiler.
        optional: a type that cannot be compiled runs in NumPy.
        compiled: what is compiled so far, by type; a type is compiled when it is first met.
    """

    spec: ConvSpec
    name: str
    texts: Texts
    numpy: Any
    windows: tuple[tuple[int, int], ...]
    flags: tuple[str, ...] = ()
    optional: bool = False
    compiled: dict[np.dtype[Any], Mapping[str, Callable[..., int]]] = field(default_factory=dict)
    locks: defaultdict[int, Lock] = field(default_factory=locks_of_processes)
    kept: _Kept = field(default_factory=_Kept)

    def forward(
        self,
        input: npt.ArrayLike,
        weight: npt.ArrayLike,
        bias: npt.ArrayLike | None = None,
        *,
        out: Array | None = None,
        workspace: Array | None = None,
    ) -> Array:
        """Return y, the convolution of every image; see the NumPy kernel."""
        x, w = np.asarray(input), np.asarray(weight)
        b = [] if bias is None else [np.asarray(bias)]
        dtype = common_type(x, w, *b)
        shape = self._output_shape(x.shape, w.shape)
        if (
            dtype is None
            or is_masked(input, weight, bias)
            or not shape
            or 0 in shape[-self.spec.axes :]
            or any(each.shape != w.shape[:1] for each in b)
            or not can_take(out, shape, dtype, x, w, *b)
            or not can_work(workspace, dtype, x, w, *b, out)
        ):
            return self._otherwise("forward", input, weight, bias, out=out, workspace=workspace)
        y = written_into(out, shape, dtype)
        x, w, *b = (as_read(array, dtype) for array in (x, w, *b))
        operands = [address(array) for array in (y, x, w)] + [address(each) for each in b or ()]
        if self._run("forward", dtype, operands, x.shape, len(w), workspace, missing=not b):
            return self._otherwise("forward", input, weight, bias, out=out, workspace=workspace)
        return delivered(y, out)

    def grad_input(
        self,
        grad_output: npt.ArrayLike,
        weight: npt.ArrayLike,
        input_shape: Sequence[int] | None = None,
        *,
        out: Array | None = None,
        workspace: Array | None = None,
    ) -> Array:
        """Return dx = de/dx; see the NumPy kernel."""
        dy, w = np.asarray(grad_output), np.asarray(weight)
        dtype = common_type(dy, w)
        shape = self._input_shape(dy.shape, w.shape, input_shape, out)
        if (
            dtype is None
            or is_masked(grad_output, weight)
            or not dy.shape
            or min(shape, default=-1) < 0
            or dy.shape != self._output_shape(shape, w.shape)
            or not can_take(out, shape, dtype, dy, w)
            or not can_work(workspace, dtype, dy, w, out)
        ):
            return self._otherwise(
                "grad_input", grad_output, weight, input_shape, out=out, workspace=workspace
            )
        result = written_into(out, shape, dtype)
        dy, w = as_read(dy, dtype), as_read(w, dtype)
        operands = [address(array) for array in (result, dy, w)]
        if self._run("grad_input", dtype, operands, shape, len(w), workspace):
            return self._otherwise(
                "grad_input", grad_output, weight, input_shape, out=out, workspace=workspace
            )
        return delivered(result, out)

    def grad_weight(
        self,
        grad_output: npt.ArrayLike,
        input: npt.ArrayLike,
        *,
        out: Array | None = None,
        workspace: Array | None = None,
    ) -> Array:
        """Return dw = de/dw; see the NumPy kernel."""
        dy, x = np.asarray(grad_output), np.asarray(input)
        dtype = common_type(dy, x)
        shape = self._weight_shape(dy.shape, x.shape)
        if (
            dtype is None
            or is_masked(grad_output, input)
            or not shape
            or dy.shape != self._output_shape(x.shape, shape)
            or not can_take(out, shape, dtype, dy, x)
            or not can_work(workspace, dtype, dy, x, out)
        ):
            return self._otherwise("grad_weight", grad_output, input, out=out, workspace=workspace)
        result = written_into(out, shape, dtype)
        dy, x = as_read(dy, dtype), as_read(x, dtype)
        operands = [address(array) for array in (result, dy, x)]
        if self._run("grad_weight", dtype, operands, x.shape, shape[0], workspace):
            return self._otherwise("grad_weight", grad_output, input, out=out, workspace=workspace)
        return delivered(result, out)

    def grad_bias(self, grad_output: npt.ArrayLike) -> Array:
        """Return db = de/db, the sum of dy over all images and cells."""
        dy, axes = np.asarray(grad_output), self.spec.axes
        dtype = common_type(dy)
        if dtype is None or is_masked(grad_output) or dy.ndim not in (axes + 1, axes + 2):
            return self._otherwise("grad_bias", grad_output)
        outputs = dy.shape[-axes - 1]
        weight_shape = (outputs, 1, *self.spec.kernel_shape)
        shape = self._input_shape(dy.shape, weight_shape, None, None)
        if self._output_shape(shape, weight_shape) != dy.shape:
            return self._otherwise("grad_bias", grad_output)
        db, dy = np.empty(outputs, dtype), as_read(dy, dtype)
        sizes = self._sizes(shape, outputs)
        if self.functions(dtype)["grad_bias"](address(db), address(dy), *sizes):
            return self._otherwise("grad_bias", grad_output)
        return db

    def backward(
        self,
        grad_output: npt.ArrayLike,
        input: npt.ArrayLike,
        weight: npt.ArrayLike,
        *,
        workspace: Array | None = None,
    ) -> Gradients:
        """Return all gradients; see the NumPy kernel."""
        return Gradients(
            input=self.grad_input(grad_output, weight, np.shape(input), workspace=workspace),
            weight=self.grad_weight(grad_output, input, workspace=workspace),
            bias=self.grad_bias(grad_output),
        )

    def functions(self, dtype: np.dtype[Any]) -> Mapping[str, Callable[..., int]]:
        """Return the functions for a type by name, compiled when first asked for.

        Raises:
            ToolError: there is no compiler, or it fails, and the functions are not optional.
        """
        found = self.compiled.get(dtype)
        if found is None:
            with self.locks[os.getpid()]:
                found = self.compiled.get(dtype) or self._loaded(SUFFIXES[dtype])
                self.compiled[dtype] = found
        return found

    def _loaded(self, suffix: str) -> Mapping[str, Callable[..., int]]:
        try:
            return self._load(suffix)
        except ToolError:
            if not self.optional:
                raise
            return dict.fromkeys((*POINTERS, *map("{}_workspace".format, POINTERS)), refuse)

    def _load(self, suffix: str) -> Mapping[str, Callable[..., int]]:
        compiled = load_library(f"{self.name}.c", self.texts(suffix), flags=self.flags)
        sizes = [ctypes.c_ssize_t] * (3 + self.spec.axes)
        found: dict[str, Callable[..., int]] = {}
        for word, pointers in POINTERS.items():
            function = found[word] = compiled[f"{self.name}_{word}_{suffix}"]
            function.argtypes = [*[POINTER] * pointers, *sizes]
            function.restype = ctypes.c_int
            if word != "grad_bias":
                name = f"{word}_workspace"
                needed = found[name] = compiled[f"{self.name}_{name}_{suffix}"]
                needed.argtypes, needed.restype = sizes, ctypes.c_ssize_t
        return found

    def _run(
        self,
        word: str,
        dtype: np.dtype[Any],
        operands: Sequence[int],
        input_shape: Shape,
        outputs: int,
        workspace: Array | None,
        *,
        missing: bool = False,
    ) -> int:
        """Call a function; the result is not 0 if it refuses. `missing` is for no bias."""
        functions, sizes = self.functions(dtype), self._sizes(input_shape, outputs)
        needed = functions[f"{word}_workspace"](*sizes)
        if needed < 0:
            return 1
        given = workspace is not None and workspace.nbytes >= needed
        memory = workspace if workspace is not None and given else self.kept.of(needed)
        pointers = [*operands, *([None] if missing else []), address(memory)]
        return functions[word](*pointers, *sizes)

    def _sizes(self, input_shape: Shape, outputs: int) -> Shape:
        """Return images, channels of x, channels of y, and the sizes of an image."""
        axes = self.spec.axes
        images = input_shape[0] if len(input_shape) == axes + 2 else 1
        return (images, input_shape[-axes - 1], outputs, *input_shape[-axes:])

    def _otherwise(self, word: str, *arguments: Any, **named: Any) -> Array:
        result: Array = getattr(Otherwise(self, self.numpy), word)(*arguments, **named)
        return result

    def _output_shape(self, input_shape: Shape, weight_shape: Shape) -> Shape:
        """Return the shape of y; empty where the shapes do not fit each other."""
        axes, groups = self.spec.axes, self.spec.groups
        if (
            len(input_shape) not in (axes + 1, axes + 2)
            or len(weight_shape) != axes + 2
            or weight_shape[2:] != self.spec.kernel_shape
            or weight_shape[0] % groups
            or input_shape[-axes - 1] % groups
            or weight_shape[1] != input_shape[-axes - 1] // groups
        ):
            return ()
        cells = zip(input_shape[-axes:], self.windows, strict=True)
        return (
            *input_shape[: -axes - 1],
            weight_shape[0],
            *[max(0, (size + room) // stride + 1) for size, (room, stride) in cells],
        )

    def _input_shape(
        self,
        output_shape: Shape,
        weight_shape: Shape,
        given: Sequence[int] | None,
        out: Array | None,
    ) -> Shape:
        """Return the given input shape, else that of `out`, else the smallest that fits."""
        axes = self.spec.axes
        if given is not None:
            return tuple(map(index, given))
        if isinstance(out, np.ndarray):
            return out.shape
        if len(weight_shape) != axes + 2 or len(output_shape) not in (axes + 1, axes + 2):
            return ()
        cells = zip(output_shape[-axes:], self.windows, strict=True)
        return (
            *output_shape[: -axes - 1],
            weight_shape[1] * self.spec.groups,
            *[max(0, (size - 1) * stride - room) if size else 0 for size, (room, stride) in cells],
        )

    def _weight_shape(self, output_shape: Shape, input_shape: Shape) -> Shape:
        """Return the shape of w; empty where there is none."""
        axes = self.spec.axes
        if len(output_shape) != len(input_shape) or len(input_shape) not in (axes + 1, axes + 2):
            return ()
        channels = input_shape[-axes - 1] // self.spec.groups
        return (output_shape[-axes - 1], channels, *self.spec.kernel_shape)
