"""What the layers in the labels of names say: x^{l-1}, w^l and y^l belong to one layer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_LAYER: Final = re.compile(r"\^[\[({]?([lL])(?:([+-])(\d+))?[\])}]?(?:$|[_^])")
_POWER: Final = re.compile(r"\^([2-9])$")
_BEFORE: Final = ("x", "dx")
_BEHIND: Final = ("y", "dy")
_BACKWARD: Final = frozenset(("dx", "dw", "db", "dy"))


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

    The output is one layer behind the input, and has the label of the kernel and the bias. Some
    give these the label of what they read; of a gradient, that is said.

    Args:
        names: the author's name of an array -> ours.
    """
    found = {role: (name, place) for name, role in names.items()
             if (place := layer_of(name)) is not None}  # fmt: skip
    inputs = next((found[role] for role in _BEFORE if role in found), None)
    outputs = next((found[role] for role in _BEHIND if role in found), None)
    kernel = found.get("w") or found.get("dw")
    bias = found.get("b") or found.get("db")
    kept = [pair for pair in (inputs, kernel, bias, outputs) if pair is not None]
    apart = inputs is not None and outputs is not None and outputs[1] - inputs[1] != 1
    first = inputs[1] if inputs else outputs[1] - 1 if outputs else None
    last = outputs[1] if outputs else inputs[1] + 1 if inputs else None
    own = [pair for pair in (kernel, bias) if pair is not None]
    strange = any(place not in (first, last) for _, place in own if first is not None)
    if apart or strange:
        return (f"{', '.join(name for name, _ in kept)} belong to one layer",)
    upstream = found.get("dy")
    if upstream is None or not _BACKWARD & set(names.values()):
        return ()
    return tuple(
        f"{name} leads from the layer of its label to the next"
        for name, place in own
        if place == upstream[1] - 1
    )


def powers_assumed(names: Mapping[str, str]) -> tuple[str, ...]:
    """Return which name is taken for that of an array though it looks like a power, x^2.

    Where several names have a number, it says the layer, x^2 = w^2 * x^1.

    Args:
        names: the author's name of an array -> ours.
    """
    numbered = [name for name in names if re.search(r"\^\d", name)]
    if len(numbered) == 1 and _POWER.search(numbered[0]):
        return (f"{numbered[0]} is an array, and no power",)
    return ()
