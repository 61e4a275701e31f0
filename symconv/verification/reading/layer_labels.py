"""What the layers in the labels of names say: x^{l-1}, w^l and y^l belong to one layer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_LAYER: Final = re.compile(r"\^[\[({]?([lL])(?:([+-])(\d+))?[\])}]?(?:$|[_^])")
_BEFORE: Final = ("x", "dx")
_BEHIND: Final = ("y", "dy")


def layer_of(name: str) -> int | None:
    """Return by how many layers a name is behind layer l; None where it names no layer.

    Example:
        >>> layer_of("a^l-1"), layer_of("w^l"), layer_of("x")
        (-1, 0, None)
    """
    found = _LAYER.search(name)
    if found is None:
        return None
    steps = int(found[3] or 0)
    return -steps if found[2] == "-" else steps


def layers_assumed(names: Mapping[str, str]) -> tuple[str, ...]:
    """Return what is taken for granted where labels put the arrays of one layer into several.

    The output is one layer behind the input; the kernel has the label of the one or the other.

    Args:
        names: the author's name of an array -> ours.
    """
    found = {role: (name, place) for name, role in names.items()
             if (place := layer_of(name)) is not None}  # fmt: skip
    inputs = next((found[role] for role in _BEFORE if role in found), None)
    outputs = next((found[role] for role in _BEHIND if role in found), None)
    kernel = found.get("w") or found.get("dw")
    kept = [pair for pair in (inputs, kernel, outputs) if pair is not None]
    apart = inputs is not None and outputs is not None and outputs[1] - inputs[1] != 1
    ends = [pair[1] for pair in (inputs, outputs) if pair is not None]
    strange = kernel is not None and bool(ends) and kernel[1] not in _near(ends)
    if not apart and not strange:
        return ()
    return (f"{', '.join(name for name, _ in kept)} belong to one layer",)


def _near(ends: list[int]) -> range:
    """Return the layers that a kernel between two maps may be counted to."""
    return range(min(ends) - (len(ends) < 2), max(ends) + (len(ends) < 2) + 1)
