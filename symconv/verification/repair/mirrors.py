"""What the letters of one axis are in another: i for j, u for v, p for q."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Final

from symconv.formula.tree import (
    Entry,
    Equation,
    Expression,
    walk,
)
from symconv.verification.reading.index_graph import array_of
from symconv.verification.truth.algebra import (
    letters_in,
)
from symconv.verification.truth.convolution import (
    DILATIONS,
    EVEN_PADDINGS,
    INPUT,
    KERNEL,
    OUTPUT,
    STRIDES,
    Model,
)
from symconv.verification.truth.layout import AXES

_ARRAYS: Final = ("x", "w", "dy")


def mirrors(claim: Equation, model: Model) -> tuple[Mapping[str, str], ...]:
    """Return letter -> its counterpart in the other axis, for any two axes."""
    return tuple(
        _mirror(claim, model, one, other) for one, other in combinations(range(len(model.axes)), 2)
    )


def _mirror(claim: Equation, model: Model, one: int, other: int) -> dict[str, str]:
    first = len(STRIDES) - len(model.axes)
    own = [[*names[: len(model.axes)]] for names in (KERNEL, INPUT, OUTPUT)]
    own += [[*names[first:]] for names in (STRIDES, DILATIONS, EVEN_PADDINGS)]
    pairs = {names[one]: names[other] for names in own}
    for part in walk(claim):
        if isinstance(part, Entry) and array_of(part) in _ARRAYS:
            roles = model.layout.roles(array_of(part))
            if len(roles) == len(part.indices):
                index = dict(zip(roles, part.indices, strict=True))
                here, there = (_bare(index[AXES[axis]]) for axis in (one, other))
                if here and there and here != there:
                    pairs.setdefault(here, there)
    return {**{there: here for here, there in pairs.items()}, **pairs}


def _bare(index: Expression) -> str:
    """Return the one index letter of an index."""
    names = [name for name in sorted(letters_in(index)) if name.startswith("_")]
    return names[0] if len(names) == 1 else ""
