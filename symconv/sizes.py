"""Sizes as users give them, checked and brought to one entry per axis."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Final, TypeAlias

from symconv.errors import SpecError, shown

MAX_AXES: Final = 3
MAX_SIZE: Final = 2**31 - 1

Shape: TypeAlias = tuple[int, ...]
PaddingPairs: TypeAlias = tuple[tuple[int, int], ...]


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


def checked_padding(value: object, *, axes: int) -> PaddingPairs:
    """Return (before, after) per axis; one integer stands for every side."""
    if not isinstance(value, Iterable):
        return ((checked_size("padding", value, least=0),) * 2,) * axes
    entries = tuple(value)
    if len(entries) != axes:
        raise SpecError(
            f"padding must have one integer or (before, after) pair per axis ({axes}), "
            f"got {shown(entries)}"
        )
    pairs = []
    for axis, entry in enumerate(entries):
        before, after = checked_per_axis(f"padding[{axis}]", entry, axes=2, least=0)
        pairs.append((before, after))
    return tuple(pairs)


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


def split_same(total: int, *, rule: str) -> tuple[int, int]:
    """Split `total` cells of padding over both sides; an odd cell goes last, or first."""
    small = total // 2
    return (total - small, small) if rule == "same_lower" else (small, total - small)
