"""Among how many threads a call may be shared."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from symconv.codegen.runtime.cache import library
from symconv.codegen.runtime.compiler import require_compiler
from symconv.errors import OptionError, ToolError

MOST_THREADS: Final = 1024
OPENMP: Final = "-fopenmp"
USES_OPENMP: Final = (
    "#include <omp.h>\nint threads(void);\nint threads(void) { return omp_get_max_threads(); }\n"
)
HEADER: Final = "threads.h"


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
    if threads == 1:
        return ()
    require_openmp()
    return (OPENMP, f"-DSYMCONV_SHARED_BY={threads}", "-include", HEADER)


def texts_for(threads: int) -> Mapping[str, str]:
    """Return the files that those flags need beside the kernel, name -> text."""
    if threads == 1:
        return {}
    return {HEADER: files(__package__).joinpath(HEADER).read_text(encoding="utf-8")}


def require_openmp() -> None:
    """Return if the compiler has OpenMP.

    Raises:
        ToolError: it has not, or there is no compiler.
    """
    compiler = require_compiler()
    try:
        library("threads.c", {"threads.c": USES_OPENMP}, flags=[OPENMP])
    except ToolError as err:
        raise ToolError(f"threads need a C compiler with OpenMP, got {compiler.version}") from err


def _refuse_number(threads: int) -> None:
    if not 1 <= threads <= MOST_THREADS:
        raise OptionError(f"threads must be from 1 to {MOST_THREADS}, got {threads}")
