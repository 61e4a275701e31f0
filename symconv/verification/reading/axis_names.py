"""Which axis the name of a size is of: H_out, k_w, stride[0]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from symconv.verification.reading.roles import Told

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
