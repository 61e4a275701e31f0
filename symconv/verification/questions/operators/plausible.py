"""Is a star between names a convolution of arrays at all, or a product of numbers?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from symconv.verification.reading.operators.names import Named, told_role
from symconv.verification.reading.operators.priors import INPUT, KERNEL, OUTPUT, prior
from symconv.verification.reading.operators.sketches import (
    Activated,
    Added,
    Array,
    Channels,
    Multiple,
    Sketch,
    Star,
    arrays_of,
    within,
)
from symconv.verification.reading.roles import ARRAYS, Told

PLAIN: Final = ("*", "times")
USUAL: Final = 0.5  # how far a name may be from what it usually means


def may_be_products(sides: Sequence[Sketch]) -> bool:
    """Return whether nothing in some sides is done to arrays only: a plain star may multiply."""
    parts = [part for side in sides for part in within(side)]
    if any(isinstance(part, Activated | Channels) for part in parts):
        return False
    if not all(isinstance(part, Array | Star | Added | Multiple) for part in parts):
        return False
    stars = [part for part in parts if isinstance(part, Star)]
    return all(star.sign in PLAIN and star.mode is None for star in stars)


def look_like_arrays(left: Named, right: Sketch, told: Told) -> bool:
    """Return whether names are those of an output, an input and a kernel."""
    arrays = list(dict.fromkeys(arrays_of(right)))
    if any(_is_number(array, told) for array in (left, *arrays)):
        return False
    kernels = [array for array in arrays if _is(array, KERNEL, told)]
    inputs = [array for array in arrays if _is(array, INPUT, told)]
    pairs = [(one, other) for one in kernels for other in inputs if one.key != other.key]
    return _is(left, OUTPUT, told) and bool(pairs)


def _is_number(array: Named, told: Told) -> bool:
    said = told.names.get(array.text) or told.names.get(array.base)
    return said is not None and said not in ARRAYS


def _is(array: Named, role: str, told: Told) -> bool:
    said = told_role(array, told)
    return said == role if said else prior(array.base, role) <= USUAL
