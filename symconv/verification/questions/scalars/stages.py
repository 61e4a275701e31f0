"""Which layer the names of a size are of, and whether a law lets them stand together.

Layer l makes H^l of H^{l-1} with its own k^l, s^l and p^l; some count these with what they read.
Its receptive field r_l is that of r_{l-1}, grown by the jump j_{l-1} of the layers before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from symconv.verification.reading.scalars.size_priors import FIELD, INPUT, JUMP, OUTPUT

_STAGE: Final = re.compile(r"[_^]\^?[\[({]*(?P<letter>[A-Za-z])(?P<step>[-+]\d+)?[\])}]*(?=$|[_^])")
_ENDS: Final = re.compile(r"_(?P<end>in|out)$", re.IGNORECASE)
_LAYERS: Final = "lLiktn"
THE_LAYERS_BEFORE: Final = "{} is that of the layers before"
_BEFORE: Final = {JUMP: THE_LAYERS_BEFORE, FIELD: "{} is that of the layer before"}


def stage_of(name: str) -> tuple[str, int] | None:
    """Return the letter that numbers layers in a name and what is added to it, or None.

    Example:
        >>> stage_of("n_H^[l-1]"), stage_of("j_out"), stage_of("k_h")
        (('l', -1), ('', 0), None)
    """
    if end := _ENDS.search(name):
        return "", 0 if end["end"].lower() == "out" else -1
    for found in _STAGE.finditer(name):
        if found["letter"] in _LAYERS:
            return found["letter"], int(found["step"] or 0)
    return None


def apart(name: str, left: str) -> int | None:
    """Return by how many layers a name is behind the left side; None where that is not said."""
    one, other = stage_of(name), stage_of(left)
    if one is None or other is None or one[0] != other[0]:
        return None
    return one[1] - other[1]


def of_other_layers(left: str, roles: Mapping[str, str]) -> Iterator[str]:
    """Yield the conditions on fields and jumps that are not those of the layer before the left's.

    Args:
        left: a receptive field or a jump.
        roles: of the names on the right side.
    """
    for name, role in roles.items():
        steps = apart(name, left)
        usual = (-1,) if role == JUMP else (-1, 1)  # a field may grow from the output back
        if role in _BEFORE and steps is not None and steps not in usual:
            yield _BEFORE[role].format(name)


def of_one_layer(left: str, defines: str, roles: Mapping[str, str]) -> Iterator[str]:
    """Yield the condition that names of a size are of one layer, where their labels say others.

    Args:
        left: the size.
        defines: its role.
        roles: of the names on the right side.
    """
    found = {
        name: steps
        for name in roles
        if name[0] != "#"
        and stage_of(name) != ("", -1)
        and (steps := apart(name, left)) is not None
    }
    ends = [steps for name, steps in found.items() if roles[name] in (INPUT, OUTPUT)]
    if not any(found.values()):
        return
    own = {steps for name, steps in found.items() if roles[name] not in (INPUT, OUTPUT)}
    read = -1 if defines == OUTPUT else 1
    whole = all(steps == read for steps in ends) and len(own) <= 1 and own <= {0, read}
    if not whole:
        yield f"{', '.join((left, *found))} belong to one layer"
