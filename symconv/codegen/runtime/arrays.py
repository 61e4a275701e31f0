"""Arrays of NumPy as C takes them: one type, contiguous, aligned, and where results are written."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from symconv.sizes import Shape

MaskedArray: Final = np.ma.MaskedArray
Array = npt.NDArray[Any]
NUMBERS: Final[dict[str, tuple[type[Any], np.dtype[Any]]]] = {
    "f32": (ctypes.c_float, np.dtype(np.float32)),
    "f64": (ctypes.c_double, np.dtype(np.float64)),
    "i32": (ctypes.c_int32, np.dtype(np.int32)),
    "i64": (ctypes.c_int64, np.dtype(np.int64)),
}
SUFFIXES: Final = {dtype: suffix for suffix, (_, dtype) in NUMBERS.items()}
POINTER: Final = ctypes.c_void_p
_FIRST: Final = {  # the first integer that is too large
    dtype: 2 ** (8 * dtype.itemsize - 1) for dtype in SUFFIXES if dtype.kind == "i"
}


def common_type(*arrays: Array) -> np.dtype[Any] | None:
    """Return the common type of some arrays if there are C functions for it."""
    first = arrays[0].dtype
    if first in SUFFIXES:
        for array in arrays:
            if array.dtype is not first:
                break
        else:
            return first
    return _common_type(*[array.dtype for array in arrays])


@lru_cache(256)
def _common_type(*dtypes: np.dtype[Any]) -> np.dtype[Any] | None:
    dtype = np.result_type(*dtypes)
    return dtype if dtype in SUFFIXES else None


def number(bias: Any, dtype: np.dtype[Any]) -> int | float | None:
    """Return the bias of a plane as C takes it, where adding it changes no type; else None."""
    kind = type(bias)
    if kind is float:
        given: int | float = bias
        return given if dtype.kind == "f" else None
    if kind is not int:
        if not (isinstance(bias, np.generic) or kind is np.ndarray) or bias.ndim:
            return None
        if bias.dtype.kind not in "biuf" or _common_type(bias.dtype, dtype) != dtype:
            return None
        bias = bias.item()
    if dtype.kind == "i":
        return bias if -_FIRST[dtype] <= bias < _FIRST[dtype] else None
    try:
        return float(bias)
    except OverflowError:
        return None


def is_masked(*given: Any) -> bool:
    """Return whether one of some arrays has a mask, which nothing here would heed."""
    for each in given:  # noqa: SIM110  a generator takes longer than the calls that are quick
        if isinstance(each, MaskedArray):
            return True
    return False


def is_number(bias: Any) -> bool:
    """Return whether a bias is a number of Python or of NumPy."""
    kind = type(bias)
    return (
        kind is float
        or kind is int
        or isinstance(bias, np.generic)
        or (kind is np.ndarray and bias.ndim == 0)
    )


def as_read(array: Array, dtype: np.dtype[Any]) -> Array:
    """Return the array as C reads it: of that type, contiguous and aligned."""
    read = np.asarray(array, dtype, order="C")
    return read if read.flags.aligned else read.copy()


def can_take(out: Any, shape: Shape, dtype: np.dtype[Any], *used: Array) -> bool:
    """Return whether `out` is none, or can take the result."""
    return out is None or (
        isinstance(out, np.ndarray)
        and not is_masked(out)
        and out.shape == shape
        and out.dtype == dtype
        and out.flags.writeable
        and not overlaps_itself(out)
        and not any(np.may_share_memory(out, array) for array in used)
    )


def can_work(workspace: Any, dtype: np.dtype[Any], *used: Array | None) -> bool:
    """Return whether a workspace is none, or one axis of that type that shares no memory."""
    return workspace is None or (
        isinstance(workspace, np.ndarray)
        and not is_masked(workspace)
        and workspace.ndim == 1
        and workspace.dtype == dtype
        and workspace.flags.writeable
        and workspace.flags.c_contiguous
        and not any(np.may_share_memory(workspace, each) for each in used if each is not None)
    )


def overlaps_itself(array: Array) -> bool:
    """Return whether two entries of an array may share memory."""
    reach = array.itemsize
    for step, size in sorted(zip(map(abs, array.strides), array.shape, strict=True)):
        if size > 1 and step < reach:
            return True
        reach += step * (size - 1)
    return False


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
