"""Among how many threads a call may be shared."""

from __future__ import annotations

from typing import Final

from symconv.codegen.runtime.compiler import openmp_flags, require_openmp
from symconv.errors import OptionError

MOST_THREADS: Final = 1024


def refuse_threads(threads: int, *, got: str) -> None:
    """Return if there is one thread, for kernels that have no more.

    Args:
        threads: the number asked for.
        got: which kernel it is, in words.

    Raises:
        OptionError: there are more, or none.
    """
    _refuse_number(threads)
    if threads != 1:
        raise OptionError(f"threads needs target=c for inputs of any size, got {got}")


def flags_for(threads: int) -> tuple[str, ...]:
    """Return the flags of the compiler with which so many threads share a call.

    Raises:
        OptionError: there are too few or too many.
        ToolError: the compiler has no OpenMP, or there is none.
    """
    _refuse_number(threads)
    if threads > 1:
        require_openmp()
    return openmp_flags(threads)


def _refuse_number(threads: int) -> None:
    if not 1 <= threads <= MOST_THREADS:
        raise OptionError(f"threads must be from 1 to {MOST_THREADS}, got {threads}")
