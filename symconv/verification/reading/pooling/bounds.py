"""What an operator over a window runs over: limits, comparisons, sets, named windows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from symconv.formula.notation import (
    Group,
    Marked,
    Member,
    Name,
    Range,
    Run,
    SetOf,
)
from symconv.formula.tree import (
    AllOf,
    Compare,
    Condition,
    Expression,
    Letter,
)
from symconv.verification.reading.names import flat
from symconv.verification.reading.pooling.conditions import condition, ends
from symconv.verification.reading.pooling.elements import (
    Bound,
    NotPooledError,
)
from symconv.verification.reading.scalars.trees import NotScalarError, scalar
from symconv.verification.truth.algebra import ONE, ZERO, conjuncts, letters_in, minus, plus


def bounds_of(
    below: tuple[Any, ...], above: Any, inside: frozenset[str]
) -> tuple[tuple[Bound, ...], tuple[Condition, ...]]:
    """Return the bounds and the further conditions below an operator.

    Args:
        below: what stands there.
        above: what stands above it.
        inside: the letters in the indices of the entry.
    """
    found: dict[str, Bound] = {}
    parts: list[Condition] = []
    for node in below:
        for bound in _bound(node, above):
            if isinstance(bound, Bound):
                found[bound.letter] = bound
            else:
                parts += conjuncts([bound])
    letters = _bounded(parts, inside | found.keys())
    guards = []
    for part in parts:
        letter = next((name for name in letters if _alone(part, name)), None)
        if letter is None:
            guards.append(part)
        else:
            found[letter] = _narrowed(found.get(letter, Bound(letter)), part)
    return tuple(found.values()), tuple(guards)


def _bound(node: Any, above: Any) -> Iterator[Bound | Condition]:
    try:
        match node:
            case Compare(operator="=", left=left, right=right) if above is not None:
                yield Bound(flat(left), scalar(right), scalar(above))
            case Compare() | AllOf():
                yield condition(node)
            case Member(elements=elements, container=container):
                yield from _members(elements, container)
            case Group(items=items) if len(items) > 1:
                yield from (Bound(flat(item)) for item in items)
            case Name() | Marked():
                yield Bound(flat(node))
            case Run(letters=letters):
                yield from (Bound(letter.text) for letter in letters)
            case _:
                raise NotPooledError("what the operator runs over is not understood")
    except NotScalarError as err:
        raise NotPooledError(str(err)) from err


def _members(elements: tuple[Any, ...], container: Any) -> Iterator[Bound]:
    """Yield the bounds that a set gives: {0,1}^2, [a, b], a named window."""
    names = [
        flat(name)
        for item in elements
        for name in (item.items if isinstance(item, Group) else (item,))
    ]
    base = container.base if isinstance(container, Marked) else container
    if isinstance(base, Range):
        lower, upper = ends(base)
        yield from (Bound(name, lower, upper) for name in names)
    elif isinstance(base, SetOf) and not base.conditions:
        yield from _in_numbers(names, base)
    else:
        region = flat(container)
        yield from (Bound(name, region=region) for name in names)


def _in_numbers(names: list[str], container: SetOf) -> Iterator[Bound]:
    """Yield the bounds of a set of consecutive numbers."""
    values = [scalar(item) for item in container.items]
    whole = all(plus(one, ONE) == other for one, other in pairwise(values))
    if not values or not whole:
        raise NotPooledError("a set must list consecutive numbers")
    yield from (Bound(name, values[0], values[-1]) for name in names)


def _bounded(parts: list[Condition], inside: Collection[str]) -> list[str]:
    """Return the letters that comparisons bound: u in 0 <= u and u < K, but not K."""
    below = [low.name for low, _ in map(_ordered, parts) if isinstance(low, Letter)]
    above = [high.name for _, high in map(_ordered, parts) if isinstance(high, Letter)]
    chained = [name for name in above if name in below]
    loose = [name for name in (*above, *below) if name in inside and name not in chained]
    return list(dict.fromkeys((*chained, *loose)))


def _alone(part: Condition, name: str) -> bool:
    """Return whether a comparison has the letter by itself on one side, and only there."""
    low, high = _ordered(part)
    pairs = ((low, high), (high, low))
    return any(side == Letter(name) and name not in letters_in(other) for side, other in pairs)


def _ordered(part: Condition) -> tuple[Expression, Expression]:
    """Return the smaller and the larger side of a comparison; two zeros for anything else."""
    if not isinstance(part, Compare) or part.operator not in ("<", "<=", ">", ">="):
        return ZERO, ZERO
    return (part.left, part.right) if part.operator in ("<", "<=") else (part.right, part.left)


def _narrowed(bound: Bound, part: Condition) -> Bound:
    """Return a bound with one comparison more."""
    assert isinstance(part, Compare)
    low, high = _ordered(part)
    strict = part.operator in ("<", ">")
    if high == Letter(bound.letter):
        return replace(bound, lower=plus(low, ONE) if strict else low)
    return replace(bound, upper=minus(high, ONE) if strict else high)
