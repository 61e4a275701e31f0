"""float16 into float32 and back, in C: NumPy takes as long for that as C for a convolution."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np

from symconv.codegen.runtime.arrays import Array, address
from symconv.codegen.runtime.cache import load_library
from symconv.errors import ToolError

SOURCE: Final = "halves.c"


def widen(array: Array) -> Array:
    """Return an array of float16 as float32."""
    return _converted(array, "widen", np.float32)


def narrow(array: Array) -> Array:
    """Return an array of float32 as float16, rounded to nearest and to even."""
    return _converted(array, "narrow", np.float16)


def _converted(array: Array, word: str, dtype: Any) -> Array:
    function = _functions().get(word)
    if function is None:
        return array.astype(dtype)
    given, result = np.asarray(array, order="C"), np.empty(array.shape, dtype)
    function(address(result), address(given), given.size)
    return result


@cache
def _functions() -> Mapping[str, Callable[[int, int, int], None]]:
    """The compiled functions by name; none where they cannot be compiled, and NumPy has to do."""
    text = files(__package__).joinpath(SOURCE).read_text(encoding="utf-8")
    try:
        library = load_library(SOURCE, {SOURCE: text})
    except ToolError:
        return {}
    pointer = ctypes.c_void_p
    called = ctypes.CFUNCTYPE(None, pointer, pointer, ctypes.c_ssize_t)
    return {word: called((word, library)) for word in ("widen", "narrow")}
