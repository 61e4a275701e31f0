"""Which letters count images, channels and groups: told by what they bound, then by convention."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from symconv.formula.tree import (
    Compare,
    Entry,
    Expression,
    Letter,
    Quotient,
    Remainder,
    SumOver,
    walk,
)
from symconv.verification.reading.letters import Letters
from symconv.verification.truth.layout import Layout

COUNTS: Final = {"batch": "N", "input": "C", "output": "K"}
INPUTS: Final = ("C", "C_i", "C_in", "D", "I")
GROUPS: Final = ("G", "g", "groups")


def channel_letters(claim: Any, letters: Letters, layout: Layout) -> dict[str, str]:
    """Return letter -> "N", "C", "K" or "G", for those that count along no axis."""
    if layout.is_plain:
        return {}
    roles = _roles_of_letters(claim, letters, layout)
    found: dict[str, str] = {}
    for name, bound in _bounds(claim):
        own = roles.get(name, set())
        if own and own <= COUNTS.keys():
            divisors = _divisors(bound)
            found |= dict.fromkeys(divisors, "G")
            counting = bound.names - divisors - roles.keys()
            role = min(own) if not layout.depthwise else "input"
            found |= {letter: COUNTS[role] for letter in counting if letter not in found}
    return found | _by_convention(claim, layout, found)


def _roles_of_letters(claim: Any, letters: Letters, layout: Layout) -> dict[str, set[str]]:
    """Return index letter -> the roles of the places where it stands alone."""
    roles: dict[str, set[str]] = {}
    for part in walk(claim):
        if isinstance(part, Entry):
            array = letters.array(part.array)
            named = layout.roles("dy" if array == "y" else array)
            for role, index in zip(named, part.indices, strict=False):
                if isinstance(index, Letter):
                    roles.setdefault(index.name, set()).add(role)
    return roles


def _bounds(claim: Any) -> Iterator[tuple[str, Expression]]:
    """Yield (letter, what it is compared with or runs up to)."""
    for part in walk(claim):
        if isinstance(part, SumOver) and part.upper is not None:
            yield part.letter, part.upper
        elif isinstance(part, Compare) and part.operator not in ("=", "!="):
            for letter, bound in ((part.left, part.right), (part.right, part.left)):
                if isinstance(letter, Letter):
                    yield letter.name, bound


def _divisors(bound: Expression) -> set[str]:
    return {
        part.denominator.name
        for part in walk(bound)
        if isinstance(part, Quotient) and isinstance(part.denominator, Letter)
    }


def _by_convention(claim: Any, layout: Layout, found: dict[str, str]) -> dict[str, str]:
    """Return what letters mean that bound nothing: those of C/G and K/G, of a mod G, and N."""
    known = {name for name, meaning in found.items() if meaning == "G"} | {*GROUPS}
    named: dict[str, str] = {}
    for part in walk(claim):
        if isinstance(part, Quotient) and _is_one_of(part.denominator, known):
            if isinstance(part.numerator, Letter) and part.numerator.name not in found:
                inputs = part.numerator.name in INPUTS
                named[part.numerator.name] = "C" if inputs or layout.depthwise else "K"
            if isinstance(part.denominator, Letter):
                named[part.denominator.name] = "G"
        elif isinstance(part, Compare) and _is_one_of(part.left, {*INPUTS}) and layout.inputs:
            named |= dict.fromkeys(part.left.names, "C")
        elif isinstance(part, Remainder) and _is_one_of(part.modulus, {"G", "groups"}):
            named |= dict.fromkeys(part.modulus.names, "G")
    return named


def _is_one_of(node: Expression, names: set[str]) -> bool:
    return isinstance(node, Letter) and node.name in names
