"""What is written as an index or a condition, as expressions of settled meaning."""

from __future__ import annotations

from typing import Any

from symconv.formula.notation import (
    Group,
    Juxtaposed,
    Mark,
    Marked,
    Member,
    Name,
    Range,
    Run,
)
from symconv.formula.tree import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Divides,
    Expression,
    Letter,
    Node,
    Not,
)
from symconv.verification.reading.scalars.trees import NotScalarError, scalar
from symconv.verification.truth.algebra import ONE, all_of, between, minus, plus


def condition(node: Any) -> Condition:
    """Return what is written as a condition on indices and sizes.

    Raises:
        NotScalarError: it is none.
    """
    match node:
        case Compare(operator=operator, left=left, right=right):
            return all_of(
                *(Compare(operator, a, b) for a in _several(left) for b in _several(right))
            )
        case AllOf(conditions=conditions):
            return all_of(*map(condition, conditions))
        case AnyOf(conditions=conditions):
            return AnyOf(tuple(condition(part) for part in conditions))
        case Not(condition=inner):
            return Not(condition(inner))
        case Divides(divisor=divisor, value=value):
            return Divides(scalar(divisor), scalar(value))
        case Member(elements=elements, container=Range() as container):
            return all_of(*(_in_range(scalar(element), container) for element in elements))
        case Group(items=(item,)):
            return condition(item)
    raise NotScalarError(f"{type(node).__name__} is no condition on indices")


def ends(container: Range) -> tuple[Expression, Expression]:
    """Return the first and the last integer of an interval."""
    low, high = scalar(container.low), scalar(container.high)
    return (
        plus(low, ONE) if container.open_low else low,
        minus(high, ONE) if container.open_high else high,
    )


def _in_range(value: Expression, container: Range) -> Condition:
    lower, upper = ends(container)
    return between(lower, value, upper)


def _several(node: Any) -> list[Expression]:
    """Return the expressions of a side of a comparison: u, v < K has two."""
    if isinstance(node, Group) and len(node.items) > 1:
        return [scalar(item) for item in node.items]
    return [scalar(node)]


def indices(mark: Mark) -> tuple[Expression, ...]:
    """Return the indices that stand in a mark: x_{ij} has two, and so has x_{(i+m)(j+n)}.

    Raises:
        NotScalarError: an item is no index.
    """
    if len(mark.items) != 1:
        return tuple(map(scalar, mark.items))
    item: Node = mark.items[0]
    if isinstance(item, Run):
        return tuple(Letter(letter.text) for letter in item.letters)
    if isinstance(item, Group) and len(item.items) > 1:
        return tuple(map(scalar, item.items))
    if isinstance(item, Juxtaposed) and mark.kind == "sub" and _side_by_side(item):
        return tuple(map(scalar, item.factors))
    return (scalar(item),)


def _side_by_side(item: Juxtaposed) -> bool:
    """Return whether factors in a subscript are indices side by side: (i+m)(j+n), i j."""
    return all(
        isinstance(factor, Group | Name)
        or (isinstance(factor, Marked) and isinstance(factor.base, Name))
        for factor in item.factors
    )
