"""Operands whose sums are exact in every dtype: small integers."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.sizes import Shape


def integers(shape: Shape, dtype: str) -> npt.NDArray[Any]:
    """Return integers from -2 to 2 of that shape and dtype, always the same ones.

    A sum over a 1080x1920 image of products of two of them stays below 2**24, so that float32
    holds every partial sum exactly and results compare with ==.
    """
    rng = np.random.default_rng(np.array([*shape, 1]))
    return rng.integers(-2, 3, size=shape).astype(dtype)
