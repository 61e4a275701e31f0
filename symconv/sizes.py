"""Sizes as users give them, checked and brought to one entry per axis."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias, TypeVar

from symconv.errors import SpecError, shown

MAX_AXES: Final = 3
BATCH_AXES: Final = 2  # images and channels, in front of the spatial axes
MAX_SIZE: Final = 2**31 - 1

Shape: TypeAlias = tuple[int, ...]
PaddingPairs: TypeAlias = tuple[tuple[int, int], ...]
Choice = TypeVar("Choice", bound=str)


def checked_kernel_shape(value: object) -> Shape:
    """Return a kernel shape of 1 to 3 axes, each >= 1."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise SpecError(
            f"kernel_shape must be a tuple of 1 to {MAX_AXES} integers, got {shown(value)}"
        )
    entries = tuple(value)
    if not 1 <= len(entries) <= MAX_AXES:
        raise SpecError(f"kernel_shape must have 1 to {MAX_AXES} axes, got {shown(entries)}")
    return checked_per_axis("kernel_shape", entries, axes=len(entries))


def checked_per_axis(name: str, value: object, *, axes: int, least: int = 1) -> Shape:
    """Return one integer per axis; a single integer stands for all axes."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return (checked_size(name, value, least=least),) * axes
    entries = tuple(value)
    if len(entries) != axes:
        raise SpecError(f"{name} must have one entry per axis ({axes}), got {shown(entries)}")
    return tuple(
        checked_size(f"{name}[{axis}]", entry, least=least) for axis, entry in enumerate(entries)
    )


def checked_flag(name: str, value: object) -> bool:
    """Return True or False; nothing else stands for them."""
    if not isinstance(value, bool):
        raise SpecError(f"{name} must be True or False, got {shown(value)}")
    return value


def checked_choice(name: str, value: object, choices: Sequence[Choice]) -> Choice:
    """Return the choice that `value` is."""
    for choice in choices:
        if value == choice:
            return choice
    raise SpecError(f"{name} must be one of {', '.join(map(str, choices))}, got {shown(value)}")


def checked_size(name: str, value: object, *, least: int) -> int:
    """Return an integer from `least` to MAX_SIZE; a bool or a float is none."""
    if isinstance(value, bool):
        raise SpecError(f"{name} must be an integer, got {shown(value)}")
    try:
        size = operator.index(value)  # type: ignore[arg-type]  # any object may come in
    except TypeError:
        raise SpecError(f"{name} must be an integer, got {shown(value)}") from None
    if size < least:
        raise SpecError(f"{name} must be at least {least}, got {shown(size)}")
    if size > MAX_SIZE:
        raise SpecError(f"{name} must be at most {MAX_SIZE}, got {shown(size)}")
    return size
