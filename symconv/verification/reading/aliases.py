"""Names that an equation beside a claim gives to a derivative: delta_ij = de/dy_ij."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from symconv.formula.tree import Compare, Condition, Entry, Equation, Expression, Node, Partial
from symconv.verification.reading.letters import Letters
from symconv.verification.truth.algebra import conjuncts, rebuild

Aliases: TypeAlias = Mapping[str, Partial]


def alias_of(left: Expression, right: Expression, letters: Letters) -> dict[str, Partial]:
    """Return name -> derivative if the equation names one, with the same indices; else nothing."""
    if not isinstance(left, Entry) or not isinstance(right, Partial):
        return {}
    by = right.by
    fits = letters.array(left.array) in (left.array, "dy")  # no array, or known as de/dy
    if fits and isinstance(by, Entry) and by.indices == left.indices:
        return {left.array: right}
    return {}


def with_aliases(claim: Any, letters: Letters) -> Any:
    """Return an equation whose side conditions give no names, with these names replaced."""
    if not isinstance(claim, Equation):
        return claim
    aliases: dict[str, Partial] = {}
    kept: list[Condition] = []
    for condition in conjuncts(claim.conditions):
        found: dict[str, Partial] = {}
        if isinstance(condition, Compare) and condition.operator == "=":
            found = alias_of(condition.left, condition.right, letters)
        aliases |= found
        kept += [] if found else [condition]
    return replaced(replace(claim, conditions=tuple(kept)), aliases) if aliases else claim


def replaced(node: Any, aliases: Aliases) -> Any:
    """Return a node with the derivatives in place of their names."""
    if not isinstance(node, Node):
        return node
    changed = rebuild(node, lambda part: replaced(part, aliases))
    if isinstance(changed, Entry) and changed.array in aliases:
        meant = aliases[changed.array]
        assert isinstance(meant.by, Entry)
        by = replace(meant.by, indices=changed.indices)
        return Partial(meant.of, by, span=changed.span)
    return changed
