"""Arrays of NumPy, PyTorch and JAX, in and out of a function, and how a function wants them.

Neither PyTorch nor JAX is imported unless the caller asks for its arrays, or a function that
refuses NumPy's has imported it already.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from numbers import Number
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.errors import OptionError, ToolError, shown

Array: TypeAlias = npt.NDArray[Any]

LIBRARIES: Final = ("numpy", "torch", "jax")
DTYPES: Final = ("int64", "float64", "float32")  # in this order: the first that works is used
NUMBERS: Final = "biufcO"  # the kinds of dtypes that hold numbers


@dataclass(frozen=True)
class Mode:
    """What a function is given: arrays of a library, of a dtype.

    Example:
        >>> str(Mode("numpy", "int64"))
        'numpy int64'
    """

    library: str
    dtype: str

    def __str__(self) -> str:
        given, _ = self.given(np.zeros(0))  # JAX makes 32 bits of 64, if it is not told otherwise
        return f"{self.library} {str(given.dtype).removeprefix('torch.')}"

    def given(self, array: Array) -> tuple[Any, Array]:
        """Return a copy of an array as the function gets it, and the NumPy array to watch it by.

        The second is the same memory for NumPy and PyTorch: it shows whether a function changed
        what it was given. JAX arrays cannot be changed.
        """
        watched = array.astype(self.dtype)
        if self.library == "torch":
            return import_module("torch").from_numpy(watched), watched
        if self.library == "jax":
            return import_module("jax.numpy").asarray(watched), watched
        return watched, watched


def modes(*, library: str | None = None, dtype: str | None = None) -> Iterator[Mode]:
    """Yield what a function may want, the most exact first.

    Args:
        library: "numpy", "torch" or "jax"; None for NumPy, then whichever of the others the
            function has imported by the time that NumPy's arrays have failed.
        dtype: "int64", "float64" or "float32"; None for all of them, in that order.

    Example:
        >>> [str(mode) for mode in modes(library="numpy")]
        ['numpy int64', 'numpy float64', 'numpy float32']
    """
    for name in LIBRARIES if library is None else (library,):
        if library is None and name not in sys.modules:
            continue
        for number in DTYPES if dtype is None else (dtype,):
            yield Mode(name, number)


def check_choice(*, library: str | None, dtype: str | None) -> None:
    """Check the words for a library and a dtype, and that the library is there.

    Raises:
        OptionError: a word is unknown.
        ToolError: the library is not installed.
    """
    for name, word, words in (("arrays", library, LIBRARIES), ("dtype", dtype, DTYPES)):
        if word is not None and word not in words:
            raise OptionError(f"{name} must be one of {', '.join(words)}, got {shown(word)}")
    if library is not None:
        try:
            import_module(library)
        except ImportError as err:
            raise ToolError(
                f"arrays={library} needs {library}, which cannot be imported ({err}); "
                "pip install 'symconv[peers]'"
            ) from err


def to_numpy(result: object) -> Array:
    """Return a copy of what a function returned as a NumPy array.

    Takes arrays of the three libraries, numbers, nested lists of numbers, and whatever else NumPy
    can read.

    Raises:
        TypeError: it is no array of numbers.

    Example:
        >>> to_numpy([[1, 2]])
        array([[1, 2]])
        >>> to_numpy(None)
        Traceback (most recent call last):
        ...
        TypeError: NoneType instead of an array
    """
    what = f"{type(result).__name__} instead of an array"
    if result is None or isinstance(result, (str, bytes, dict, set)):
        raise TypeError(what)
    if type(result).__module__.partition(".")[0] == "torch":
        result = _from_torch(result)
    try:
        array = np.array(result)
    except Exception as err:
        raise TypeError(what) from err
    if array.dtype == object and not all(isinstance(entry, Number) for entry in array.flat):
        raise TypeError(what)
    if array.dtype.kind not in NUMBERS:
        raise TypeError(f"an array of {array.dtype} instead of numbers")
    return array


def _from_torch(tensor: Any) -> Any:
    """Return a tensor as NumPy array; anything else of PyTorch as it is."""
    if not hasattr(tensor, "detach"):
        return tensor
    tensor = tensor.detach().cpu().resolve_conj().resolve_neg()
    if tensor.is_sparse:
        tensor = tensor.to_dense()
    try:
        return tensor.numpy()
    except TypeError:  # a dtype that NumPy lacks, such as bfloat16
        return tensor.double().numpy()
