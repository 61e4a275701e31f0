"""How many threads and cores the whole process computes with.

A number of threads means: NumPy's BLAS, OpenMP, PyTorch, OpenCV and numba are told so, and every
thread of the process may run on that many cores only. The last is what bounds JAX and Halide, whose
pools have their size from the start, and it needs an operating system that lets cores be chosen
(Linux).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Final

from symconv.errors import OptionError, ToolError

SPINNING: Final = {"OPENBLAS_THREAD_TIMEOUT": "20"}
TASKS: Final = Path("/proc/self/task")
POOLS: Final = {
    "torch": ("get_num_threads", "set_num_threads"),
    "cv2": ("getNumThreads", "setNumThreads"),
    "numba": ("get_num_threads", "set_num_threads"),
}


def rest_soon() -> None:
    """Let idle threads of OpenBLAS sleep after 2**20 cycles, not 2**26.

    Otherwise they spin through the turn of whoever comes next. To be called before NumPy is
    imported; what the user has set in the environment stays.
    """
    for name, value in SPINNING.items():
        os.environ.setdefault(name, value)


@cache
def cores() -> tuple[int, ...]:
    """Return the cores this process may use, as they were when first asked for."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def checked_threads(threads: int) -> int:
    """Return the number of threads.

    Raises:
        OptionError: there are not so many cores.
    """
    if not 1 <= threads <= len(cores()):
        raise OptionError(f"threads must be from 1 to the {len(cores())} cores, got {threads}")
    return threads


@contextmanager
def limited(threads: int) -> Iterator[None]:
    """Compute with that many threads, on that many cores, while the block runs.

    Raises:
        OptionError: there are not so many cores.
        ToolError: threadpoolctl is missing.
    """
    try:
        from threadpoolctl import threadpool_limits
    except ImportError as err:
        raise ToolError(
            "threadpoolctl must be installed to choose threads: pip install 'symconv[bench]'"
        ) from err
    chosen = cores()[: checked_threads(threads)]
    with threadpool_limits(limits=threads), _pools_of(threads):
        _run_on(chosen)
        try:
            yield
        finally:
            _run_on(cores())


@contextmanager
def _pools_of(threads: int) -> Iterator[None]:
    """Let the libraries that have been imported use that many threads."""
    there = [(sys.modules[name], *calls) for name, calls in POOLS.items() if name in sys.modules]
    before = [getattr(library, get)() for library, get, _ in there]
    for library, _, put in there:
        getattr(library, put)(threads)
    try:
        yield
    finally:
        for (library, _, put), number in zip(there, before, strict=True):
            getattr(library, put)(number)


def _run_on(chosen: tuple[int, ...]) -> None:
    """Keep every thread of this process on some cores."""
    if hasattr(os, "sched_setaffinity") and TASKS.is_dir():
        for task in TASKS.iterdir():
            with suppress(ProcessLookupError):  # it has ended
                os.sched_setaffinity(int(task.name), chosen)
