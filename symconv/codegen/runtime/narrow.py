"""What C has no functions for: narrow types are summed in wider ones, all others by NumPy.

Sums of integers are made in 4 or 8 bytes and cut off, which is what they are modulo a power of two.
Those of float16 and bfloat16 are made in float32, block by block as always there, and rounded once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from symconv.codegen.runtime import halves
from symconv.codegen.runtime.arrays import (
    SUFFIXES,
    Array,
    can_take,
    can_work,
    is_masked,
    is_number,
)

HALVES: Final = ("float16", "bfloat16")


@dataclass(frozen=True)
class Narrow:
    """A type, and the one in which its sums are made.

    Attributes:
        dtype: that of the operands.
        wide: one that C has functions for.
    """

    dtype: np.dtype[Any]
    wide: np.dtype[Any]

    @property
    def rounds(self) -> bool:
        """Whether a sum is rounded; else it is cut off."""
        return self.wide.kind == "f"

    def widened(self, arrays: Sequence[Array]) -> list[Array]:
        """Return copies in the wide type."""
        return [
            halves.widen(array) if array.dtype == np.float16 else array.astype(self.wide)
            for array in arrays
        ]

    def narrowed(self, result: Array) -> Array:
        """Return a result in the narrow type; a number stays one."""
        if self.dtype != np.float16:
            return result.astype(self.dtype)
        narrowed: Array = halves.narrow(result)[()]
        return narrowed


def narrow_type(operands: Sequence[Any], arrays: Sequence[Array]) -> Narrow | None:
    """Return the common type of some operands, which are these arrays, if it is narrow."""
    if is_masked(*operands):
        return None
    return _narrow_type(*[array.dtype for array in arrays])


@lru_cache(256)
def _narrow_type(*dtypes: np.dtype[Any]) -> Narrow | None:
    dtype = np.result_type(*dtypes)
    if dtype in SUFFIXES:
        return None
    if dtype.kind in "iu":
        return Narrow(dtype, np.dtype(np.int32 if dtype.itemsize <= 4 else np.int64))
    return Narrow(dtype, np.dtype(np.float32)) if dtype.name in HALVES else None


@dataclass(frozen=True)
class Otherwise:
    """The functions of a kernel for arrays that it has no compiled functions for.

    Attributes:
        kernel: the compiled functions.
        numpy: the NumPy kernel of the same spec.
    """

    kernel: Any
    numpy: Any

    def forward(
        self,
        input: npt.ArrayLike,
        weight: npt.ArrayLike,
        bias: npt.ArrayLike | None = None,
        **places: Any,
    ) -> Array:
        """Return y; `places` are out and workspace, as in the next two."""
        if bias is None:
            return self._made("forward", [input, weight], **places)
        if np.ndim(bias) != 0:
            return self._made("forward", [input, weight, bias], **places)
        return self._with_number(input, weight, bias, **places)

    def grad_input(
        self,
        grad_output: npt.ArrayLike,
        weight: npt.ArrayLike,
        input_shape: Sequence[int] | None = None,
        **places: Any,
    ) -> Array:
        """Return dx = de/dx."""
        return self._made("grad_input", [grad_output, weight], input_shape=input_shape, **places)

    def grad_weight(self, grad_output: npt.ArrayLike, input: npt.ArrayLike, **places: Any) -> Array:
        """Return dw = de/dw."""
        return self._made("grad_weight", [grad_output, input], **places)

    def grad_bias(self, grad_output: npt.ArrayLike) -> Any:
        """Return db = de/db."""
        return self._made("grad_bias", [grad_output])

    def _made(
        self,
        word: str,
        operands: Sequence[npt.ArrayLike],
        *,
        out: Array | None = None,
        workspace: Array | None = None,
        **sizes: Any,
    ) -> Array:
        """Return a result, in `out` if it is given; NumPy says what is wrong with a call."""
        arrays = [np.asarray(each) for each in operands]
        kind = narrow_type(operands, arrays)
        places = {"out": out, "workspace": workspace}
        given = {name: place for name, place in places.items() if place is not None}
        if kind is not None and can_work(workspace, kind.wide, *arrays, out):
            given.pop("out", None)
            wide_sizes = sizes
            if isinstance(out, np.ndarray) and sizes.get("input_shape", ()) is None:
                wide_sizes = {"input_shape": out.shape}
            result: Array = getattr(self.kernel, word)(*kind.widened(arrays), **wide_sizes, **given)
            if out is None:
                return kind.narrowed(result)
            if can_take(out, result.shape, kind.dtype, *arrays):
                out[...] = kind.narrowed(result)
                return out
            given["out"] = out
        made: Array = getattr(self.numpy, word)(*operands, **sizes, **given)
        return made

    def _with_number(
        self, input: npt.ArrayLike, weight: npt.ArrayLike, bias: Any, **places: Any
    ) -> Array:
        """Return y, one number added to every entry."""
        arrays = [np.asarray(input), np.asarray(weight)]
        kind = narrow_type([input, weight, bias], arrays)
        if kind is None or places or not is_number(bias):
            made: Array = self.numpy.forward(input, weight, bias, **places)
            return made
        y: Array = self.kernel.forward(*kind.widened(arrays), bias if kind.rounds else None)
        if not kind.rounds:
            total: Array = kind.narrowed(y) + bias
            return total
        dtypes = [kind.dtype, *([bias.dtype] if hasattr(bias, "dtype") else [])]
        return kind.narrowed(y) if np.result_type(*dtypes) == kind.dtype else y
