"""Where the slope of an activation stands: f'(z) meets the gradient with respect to its own z.

A slope of the layer below is read where the left side is, one of the layer itself where its
upstream gradient is: dx_u = f'(x_u) sum_i dy_i w_{u-i}, db = sum_i da_i f'(z_i).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from symconv.formula.spelling import spell_text
from symconv.formula.tree import Call, Entry, Equation, Partial, walk
from symconv.verification.reading.layer_labels import layer_of


@dataclass(frozen=True)
class Place:
    """An entry: the author's name of its array, and its indices in text form."""

    name: str
    indices: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The entry for print, z[i, j]."""
        return f"{self.name}[{', '.join(self.indices)}]"


def place_of(entry: Entry) -> Place:
    """Return where an entry stands."""
    return Place(entry.array, tuple(map(spell_text, entry.indices)))


def slopes_assumed(claim: Equation, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return what is taken for granted of slopes that stand at another index or of another layer.

    Args:
        claim: an equation in its author's names.
        names: the author's name of an array -> ours.
    """
    upstream = list(dict.fromkeys(_upstream(claim, names)))
    left = claim.left.by if isinstance(claim.left, Partial) else claim.left
    own = upstream
    if isinstance(left, Entry) and names.get(left.array) in ("x", "dx"):
        own = [place_of(left), *upstream]
    found: dict[str, None] = {}
    for call in walk(claim.rights):
        if isinstance(call, Call) and call.at and own:
            place = Place(call.at[0], call.at[1:])
            found |= dict.fromkeys(_misplaced(call.function, place, own))
    return tuple(found)


def _upstream(claim: Equation, names: Mapping[str, str]) -> Iterator[Place]:
    """Yield the entries of the upstream gradient."""
    for part in walk(claim.rights):
        entry: Any = part.by if isinstance(part, Partial) else part
        role = "y" if isinstance(part, Partial) else "dy"
        if isinstance(entry, Entry) and names.get(entry.array) == role:
            yield place_of(entry)


def _misplaced(function: str, place: Place, own: list[Place]) -> Iterator[str]:
    """Yield what must hold of a slope that stands at none of the places where it may."""
    layer = layer_of(place.name)
    allowed = [one for one in own if layer is None or layer_of(one.name) in (None, layer)]
    if not allowed:
        names = dict.fromkeys(one.name for one in own)
        yield f"{place.name} is of the layer of {' or '.join(names)}"
        return
    alike = [one for one in allowed if len(one.indices) == len(place.indices)]
    if alike and not any(one.indices == place.indices for one in alike):
        yield f"{function} is the same at {place.shown} as at [{', '.join(alike[0].indices)}]"
