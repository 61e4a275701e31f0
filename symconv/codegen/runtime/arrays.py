"""Arrays of NumPy as C takes them: one type, contiguous, aligned, and where results are written."""

from __future__ import annotations

import ctypes
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from symconv.sizes import Shape

Array = npt.NDArray[Any]
NUMBERS: Final[dict[str, tuple[type[Any], np.dtype[Any]]]] = {
    "f32": (ctypes.c_float, np.dtype(np.float32)),
    "f64": (ctypes.c_double, np.dtype(np.float64)),
    "i32": (ctypes.c_int32, np.dtype(np.int32)),
    "i64": (ctypes.c_int64, np.dtype(np.int64)),
}
SUFFIXES: Final = {dtype: suffix for suffix, (_, dtype) in NUMBERS.items()}
POINTER: Final = ctypes.c_void_p


def common_type(*arrays: Array) -> np.dtype[Any] | None:
    """Return the common type of some arrays if there are C functions for it."""
    first = arrays[0].dtype
    if first in SUFFIXES and all(array.dtype is first for array in arrays):
        return first
    dtype = np.result_type(*arrays)
    return dtype if dtype in SUFFIXES else None


def number(bias: Any, dtype: np.dtype[Any]) -> int | float | None:
    """Return the bias of a plane as C takes it, where adding it changes no type; else None."""
    if type(bias) is float and dtype.kind == "f":
        return bias
    if type(bias) is dtype.type:
        entry: int | float = bias.item()
        return entry
    return None


def as_read(array: Array, dtype: np.dtype[Any]) -> Array:
    """Return the array as C reads it: of that type, contiguous and aligned."""
    flags = array.flags
    if array.dtype is dtype and flags.c_contiguous and flags.aligned:
        return array
    return np.require(array, dtype, ["C", "A"])


def can_take(out: Any, shape: Shape, dtype: np.dtype[Any], *used: Array) -> bool:
    """Return whether `out` is none, or can take the result."""
    return out is None or (
        out.shape == shape
        and out.dtype == dtype
        and out.flags.writeable
        and not any(np.may_share_memory(out, array) for array in used)
    )


def written_into(out: Array | None, shape: Shape, dtype: np.dtype[Any]) -> Array:
    """Return what C writes into: `out` if it is contiguous and aligned, else a new array."""
    if out is not None and out.flags.c_contiguous and out.flags.aligned:
        return out
    return np.empty(shape, dtype)


def delivered(result: Array, out: Array | None) -> Array:
    """Return the result where it was asked for."""
    if out is None or out is result:
        return result
    out[...] = result
    return out


def address(array: Array) -> int:
    """Return the address of the first entry."""
    return array.ctypes.data
