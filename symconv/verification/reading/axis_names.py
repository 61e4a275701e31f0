"""Which axis the name of a size is of: H_out, k_w, stride[0]."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from symconv.verification.reading.roles import Told

_OF_TWO: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"H_?(in|out|i|o)|[kKfF][Hh]|.*_(t|top|b|bottom)|.*\[0\]",
        r"W_?(in|out|i|o)|[kKfF][Ww]|.*_(l|left|r|right)|.*\[1\]",
    )
)
"""Names of sizes that are plainly of the first or of the second of two axes."""
_PAIRS: Final = (("H", "W"), ("h", "w"))  # plainly of one axis only beside the other
SHARED: Final = ("stride", "dilation", "padding")


def is_of_all_axes(name: str, families: Mapping[str, str], count: int) -> bool:
    """Return whether a size may be meant for every axis: none other of its kind has a name."""
    family = families[name]
    alone = sum(other == family for other in families.values()) == 1
    return family in SHARED and alone and len(axes_by_name(name, count)) == count


def axes_by_name(name: str, count: int) -> list[int]:
    """Return the axis that the label of a size says, H_out or k_w; all where it says none."""
    label = name.split("_", 1)[1] if "_" in name else name
    if count > 1:
        for axis, marks in enumerate((("h", "H", "1", "x", "top"), ("w", "W", "2", "y"))):
            if label[:1] in marks or (name[:1] in ("H", "W") and name[:1] == marks[1]):
                return [axis]
    return list(range(count))


def axis_said(name: str, told: Told) -> int | None:
    """Return the axis that a size is plainly of: k_h and a told height are of the first of two."""
    words = told.names.get(name, "").split()
    if words[-1:] and told.sources.get(name) != "preset":
        return {"height": 0, "width": 1}.get(words[-1])
    label = name.split("_", 1)[1] if "_" in name else ""
    return {"h": 0, "H": 0, "height": 0, "w": 1, "W": 1, "width": 1}.get(label)


def displaced(places: Sequence[tuple[str, int]], told: Told) -> tuple[str, ...]:
    """Return what is taken for granted where sizes stand at the other one of two axes.

    Args:
        places: (size, axis where it stands); one that stands at both says nothing.
        told: what was said of the names.

    Example:
        >>> displaced([("W", 0), ("H", 1)], Told())
        ('the first index runs along the width',)
    """
    standing: dict[str, set[int]] = {}
    for name, axis in places:
        standing.setdefault(name, set()).add(axis)
    paired = {
        name: axis for pair in _PAIRS if {*pair} <= {*standing} for axis, name in enumerate(pair)
    }
    said = {
        name: (axis, own)
        for name, axes in standing.items()
        for axis in axes
        if len(axes) == 1 and (own := paired.get(name, _of_two(name, told))) is not None
    }
    misfits = [(name, axis) for name, (axis, own) in said.items() if axis != own]
    if misfits and len(misfits) == len(said):
        return ("the first index runs along the width",)
    return tuple(
        f"{name} belongs to the {('first', 'second')[axis]} axis" for name, axis in misfits
    )


def _of_two(name: str, told: Told) -> int | None:
    """Return the axis of two that a size is plainly of, None where its name says none."""
    found = axis_said(name, told)
    if found is not None:
        return found
    return next((axis for axis, own in enumerate(_OF_TWO) if own.fullmatch(name)), None)
