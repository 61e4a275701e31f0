"""The functions of a kernel, compiled and loaded, type by type.

Each type has its functions twice: as ctypes calls them, with addresses and sizes, and as functions
of Python that take arrays, look at them in C and refuse what is unusual.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

import numpy as np

from symconv.codegen.c.types import type_named
from symconv.codegen.runtime.arrays import NUMBERS, SUFFIXES
from symconv.codegen.runtime.cache import load_library
from symconv.codegen.runtime.calls import python_text
from symconv.codegen.runtime.compiling import CALLED_BY_PYTHON
from symconv.codegen.runtime.texts import Texts
from symconv.errors import ToolError
from symconv.sizes import Shape

POINTER: Final = ctypes.c_void_p
LOOKED_UP_LATER: Final = ("-undefined", "dynamic_lookup") if sys.platform == "darwin" else ()


def locks_of_processes() -> defaultdict[int, Lock]:
    """Return a lock for each process: the child of a fork waits for no thread of its parent."""
    return defaultdict(Lock)


@dataclass(frozen=True)
class Functions:
    """The four compiled functions of one type; each returns 0, or 1 and has done nothing.

    Attributes:
        dtype: the type.
        forward, grad_input, grad_weight, grad_bias: of addresses, the bias and sizes.
    """

    dtype: np.dtype[Any]
    forward: Callable[..., int]
    grad_input: Callable[..., int]
    grad_weight: Callable[..., int]
    grad_bias: Callable[..., int]


@dataclass(frozen=True)
class Library:
    """What is compiled of a kernel so far; a type is compiled when it is first met.

    Attributes:
        name: of the kernel.
        texts: the emitted files that have a type.
        kernel_shape: of the weight.
        flags: of the compiler, beside the usual ones.
        optional: a type that cannot be compiled has functions that refuse every call.
        compiled: functions of addresses, by type.
        quick: functions of arrays, by type; empty where Python is not CPython.
    """

    name: str
    texts: Texts
    kernel_shape: Shape
    flags: tuple[str, ...]
    optional: bool = False
    compiled: dict[np.dtype[Any], Functions] = field(default_factory=dict)
    quick: dict[np.dtype[Any] | None, Functions] = field(default_factory=dict)
    locks: defaultdict[int, Lock] = field(default_factory=locks_of_processes)

    def functions(self, dtype: np.dtype[Any]) -> Functions:
        """Return the functions for a type, compiled when first asked for.

        Raises:
            ToolError: there is no compiler, or it fails, and the functions are not optional.
        """
        found = self.compiled.get(dtype)
        if found is None:
            with self.locks[os.getpid()]:
                found = self.compiled.get(dtype) or self._loaded(dtype)
                self.compiled[dtype] = found
        return found

    def _loaded(self, dtype: np.dtype[Any]) -> Functions:
        try:
            return self._load(dtype)
        except ToolError:
            if not self.optional:
                raise
            return Functions(dtype, refuse, refuse, refuse, refuse)

    def _load(self, dtype: np.dtype[Any]) -> Functions:
        suffix = SUFFIXES[dtype]
        emitted = self.texts(suffix)
        if sys.implementation.name != "cpython":
            compiled = load_library(f"{self.name}.c", emitted, flags=self.flags)
            return self._functions(compiled, dtype)
        quick = f"{self.name}{CALLED_BY_PYTHON}.c"
        called = python_text(self.name, type_named(suffix), self.kernel_shape)
        flags = [*self.flags, *LOOKED_UP_LATER]
        compiled = load_library(quick, {**emitted, quick: called}, flags=flags)
        self.quick[dtype] = _quick(ctypes.PyDLL(compiled._name, handle=compiled._handle), dtype)
        return self._functions(compiled, dtype)

    def _functions(self, compiled: ctypes.CDLL, dtype: np.dtype[Any]) -> Functions:
        number, _ = NUMBERS[SUFFIXES[dtype]]
        sizes = [ctypes.c_ssize_t] * len(self.kernel_shape)

        def function(word: str, *arguments: type[Any]) -> Callable[..., int]:
            found = compiled[f"{self.name}_{word}_{SUFFIXES[dtype]}"]
            found.argtypes = [*arguments, *sizes]
            found.restype = ctypes.c_int
            return found

        return Functions(
            dtype,
            forward=function("forward", POINTER, POINTER, POINTER, number),
            grad_input=function("grad_input", POINTER, POINTER, POINTER),
            grad_weight=function("grad_weight", POINTER, POINTER, POINTER),
            grad_bias=function("grad_bias", POINTER, POINTER),
        )


def refuse(*_: object) -> int:
    """Return that nothing was done."""
    return 1


def _quick(compiled: ctypes.PyDLL, dtype: np.dtype[Any]) -> Functions:
    """Return the functions of arrays: result, the other arrays, then the bias or sizes."""
    made = compiled.python_function
    made.argtypes = [ctypes.c_int]
    made.restype = ctypes.py_object
    forward, grad_input, grad_weight, grad_bias = (made(number) for number in range(4))
    return Functions(dtype, forward, grad_input, grad_weight, grad_bias)
