"""What the machine can do at best: copy bytes, multiply matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.bench.clock import Pace, interleaved
from symconv.bench.problem import DTYPES
from symconv.bench.threads import limited

Array: TypeAlias = npt.NDArray[Any]
LEAST_SHARED: Final = 2**19
MATRIX: Final = 384
LARGE_MATRIX: Final = 1024
LARGE_COPY: Final = 2**27


@dataclass(frozen=True)
class MachineLimit:
    """What the machine can do with some threads.

    Attributes:
        threads: how many.
        copy_bytes: bytes read and written per second, of arrays that fit no cache.
        gemm_flops: multiplications and additions per second of large matrices, by dtype.
    """

    threads: int
    copy_bytes: float
    gemm_flops: dict[str, float]


@contextmanager
def copying(moved: int, *, threads: int) -> Iterator[Callable[[], None]]:
    """Give a call that copies half of so many bytes to the other half.

    Threads share the copy if each has 512 KiB or more to copy; below that, handing out the work
    costs more than it brings.
    """
    source = np.zeros(max(1, moved // 2), np.uint8)
    target = np.ones_like(source)
    parts = threads if len(source) >= threads * LEAST_SHARED else 1
    if parts == 1:
        yield lambda: np.copyto(target, source)
        return
    pairs = list(zip(np.array_split(target, parts), np.array_split(source, parts), strict=True))
    with ThreadPoolExecutor(parts - 1) as pool:

        def copy() -> None:
            others = [pool.submit(np.copyto, *pair) for pair in pairs[1:]]
            np.copyto(*pairs[0])
            for other in others:
                other.result()

        yield copy


def multiplying(size: int, *, dtype: str) -> Callable[[], Array]:
    """Return a call that multiplies two square matrices."""
    a, b = (np.full((size, size), value, dtype) for value in (1.5, 0.5))
    out = np.empty((size, size), dtype)
    return lambda: np.matmul(a, b, out=out)


def gemm_rate(seconds: float, *, size: int = MATRIX) -> float:
    """Return the multiplications and additions per second of a product of square matrices."""
    return 2 * size**3 / seconds


def machine_limit(threads: int) -> MachineLimit:
    """Measure what the machine can do with that many threads, in about half a second."""
    products = {dtype: multiplying(LARGE_MATRIX, dtype=dtype) for dtype in DTYPES}
    with limited(threads), copying(LARGE_COPY, threads=threads) as copy:
        calls: dict[str, Callable[[], Any]] = {"copy": copy, **products}
        for call in calls.values():
            call()
        taken = interleaved(calls, pace=Pace(rounds=5, least=3, seconds=1.0, slow=10.0))
    return MachineLimit(
        threads=threads,
        copy_bytes=LARGE_COPY / median(taken["copy"]),
        gemm_flops={dtype: gemm_rate(median(taken[dtype]), size=LARGE_MATRIX) for dtype in DTYPES},
    )
