"""Several sizes of one shape, (A, B) or A x B, decided together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from symconv.formula.tree import Expression, Integer, Letter
from symconv.verification.outcome import RIGHT
from symconv.verification.questions.scalars.sizes import Judged, judged_size
from symconv.verification.reading.roles import Told
from symconv.verification.reading.scalars.size_priors import taken_apart
from symconv.verification.reading.scalars.trees import names_of


def judged_shape(parts: Sequence[Expression], told: Told, hints: str = "") -> Judged | None:
    """Return what is found out about the sizes of one shape, (A, B) or A x B, together."""
    found: list[Judged] = []
    plain: dict[Expression, Judged | None] = {}
    repeated: list[Expression] = []
    for part in parts:
        if isinstance(part, Letter | Integer):
            continue
        if part in plain:
            repeated.append(part)
        else:
            plain[part] = judged_size(None, part, told, hints)
        one = plain[part]
        if one is None:
            return None
        found.append(one)
    if not found or not of_one_mind(found):
        return None
    worst = max(found, key=lambda one: _ORDER.index(one.outcome.status))
    outcomes = list(dict.fromkeys(one.outcome for one in found))
    conditions = list(dict.fromkeys(one.condition for one in outcomes if one.condition))
    square = [part for part in repeated if any(taken_apart(n).axis for n in names_of(part))]
    status = worst.outcome.status
    if square and status in RIGHT:
        conditions.append("height and width are the same")
        status = "right_when"
    readings = "; ".join(dict.fromkeys(one.reading for one in outcomes))
    outcome = replace(
        worst.outcome, status=status, reading=readings, condition=", ".join(conditions)
    )
    return Judged(max(one.cost for one in found), outcome)


def of_one_mind(found: Sequence[Judged]) -> bool:
    """Return whether no name is one size in one part of a shape and another one in another."""
    roles: dict[str, str] = {}
    return all(
        roles.setdefault(name, role) == role for one in found for name, role in one.roles.items()
    )


_ORDER: Final = ("proved", "right_when", "depends", "undecided", "no_claim", "refuted")
