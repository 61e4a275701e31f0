"""Padding as users give it, checked and brought to (before, after) pairs per axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeAlias

from symconv.errors import SpecError, shown
from symconv.sizes import MAX_SIZE, PaddingPairs, Shape, checked_per_axis, checked_size

PaddingMode: TypeAlias = Literal["zeros", "reflect", "replicate", "circular"]
PADDING_MODES: Final[tuple[PaddingMode, ...]] = ("zeros", "reflect", "replicate", "circular")
SamePadding: TypeAlias = Literal["same", "same_lower"]
PaddingRule: TypeAlias = Literal["valid", "same", "same_lower", "full"]
Padding: TypeAlias = int | Sequence[int | Sequence[int]] | PaddingRule


def resolved_padding(
    padding: Padding, *, extent: Shape, stride: Shape
) -> PaddingPairs | SamePadding:
    """Return the padding of a convolution as pairs, or its name while it needs the input."""
    if not isinstance(padding, str):
        return checked_padding(padding, axes=len(extent))
    if padding == "valid":
        return ((0, 0),) * len(extent)
    if padding == "full":
        return tuple((e - 1, e - 1) for e in extent)
    if padding not in ("same", "same_lower"):
        raise SpecError(
            'padding must be "valid", "same", "same_lower", "full", an integer, or one '
            f"integer or (before, after) pair per axis, got {shown(padding)}"
        )
    if any(t > 1 for t in stride):
        return padding
    return tuple(split_same(e - 1, rule=padding) for e in extent)


def resolved_transposed_padding(
    padding: Padding, *, extent: Shape, stride: Shape, output_padding: Shape
) -> PaddingPairs:
    """Return the padding of a transposed convolution as pairs, less the output padding.

    "same" gives stride output cells for each input: it is the padding of the convolution that is
    "same" at such an output.
    """
    pairs = resolved_padding(padding, extent=extent, stride=stride)
    if isinstance(pairs, str):
        rule, sizes = pairs, zip(extent, stride, strict=True)
        pairs = tuple(split_transposed(e - t, rule=rule) for e, t in sizes)
    return tuple((lo, hi - cells) for (lo, hi), cells in zip(pairs, output_padding, strict=True))


def checked_padding(value: object, *, axes: int) -> PaddingPairs:
    """Return (before, after) per axis, negative to crop; one integer stands for every side."""
    if not isinstance(value, Iterable):
        return ((checked_size("padding", value, least=-MAX_SIZE),) * 2,) * axes
    entries = tuple(value)
    if len(entries) != axes:
        raise SpecError(
            f"padding must have one integer or (before, after) pair per axis ({axes}), "
            f"got {shown(entries)}"
        )
    pairs = []
    for axis, entry in enumerate(entries):
        before, after = checked_per_axis(f"padding[{axis}]", entry, axes=2, least=-MAX_SIZE)
        pairs.append((before, after))
    return tuple(pairs)


def checked_output_padding(value: object, *, stride: Shape, dilation: Shape) -> Shape:
    """Return per axis how many cells a transposed output is longer, each < max(t, d)."""
    extra = checked_per_axis("output_padding", value, axes=len(stride), least=0)
    for axis, (cells, t, d) in enumerate(zip(extra, stride, dilation, strict=True)):
        if cells >= max(t, d):
            raise SpecError(
                f"output_padding[{axis}] must be less than the stride or the dilation "
                f"({t}, {d}), got {cells}"
            )
    return extra


def check_mode(mode: PaddingMode, *, padding: PaddingPairs | SamePadding, transposed: bool) -> None:
    """Refuse copied padding where nothing can be copied: transposed, or cut off."""
    if mode == "zeros":
        return
    if transposed:
        raise SpecError(f"padding_mode must be 'zeros' if transposed=True, got {mode!r}")
    if not isinstance(padding, str) and min(map(min, padding)) < 0:
        raise SpecError(f"padding must be at least 0 with padding_mode={mode!r}, got {padding}")


def split_same(total: int, *, rule: str) -> tuple[int, int]:
    """Split `total` cells of padding over both sides; an odd cell goes last, or first."""
    small = total // 2
    return (total - small, small) if rule == "same_lower" else (small, total - small)


def split_transposed(total: int, *, rule: str) -> tuple[int, int]:
    """Split what is cut off a transposed output over both sides; cells are added last.

    A negative total adds cells: there the convolution pads nothing and leaves its last cells
    unread, so its adjoint makes them zero.
    """
    return (0, total) if total < 0 else split_same(total, rule=rule)
