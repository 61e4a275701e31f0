"""What is written as a size, an index or a condition, as expressions of settled meaning."""

from __future__ import annotations

from typing import Any, Final

from symconv.formula.notation import (
    Group,
    Juxtaposed,
    Mark,
    Marked,
    Member,
    Multiplied,
    Name,
    Range,
    Run,
    Starred,
    Words,
)
from symconv.formula.tree import (
    AllOf,
    AnyOf,
    Ceiling,
    Compare,
    Condition,
    Divides,
    Expression,
    Floor,
    Integer,
    Largest,
    Letter,
    Negated,
    Node,
    Not,
    Power,
    Product,
    Quotient,
    Remainder,
    Smallest,
    Total,
)
from symconv.verification.reading.names import flat
from symconv.verification.truth.algebra import ONE, between, minus, plus

MAX_DEPTH: Final = 60
_PRODUCT_SIGNS: Final = frozenset({"*", "ast", "cdot", "times"})


class NotScalarError(ValueError):
    """What is written is no size and no index."""


def scalar(node: Any, depth: int = 0) -> Expression:
    """Return what is written as an expression in letters; a name with labels is one letter.

    Raises:
        NotScalarError: it is none.
    """
    if depth > MAX_DEPTH:
        raise NotScalarError("brackets are nested too deep")

    def part(node: Any) -> Expression:
        return scalar(node, depth + 1)

    match node:
        case Integer():
            return Integer(node.value)
        case Name() | Run():
            return Letter(flat(node))
        case Letter():
            return node
        case Group(bracket="(" | "[" | "{", items=(item,)):
            return part(item)
        case Group(bracket="|", items=(item,)):
            return Letter(f"|{flat(item)}|")
        case Total(terms=terms):
            return plus(*map(part, terms))
        case Negated(operand=operand):
            return minus(Integer(0), part(operand))
        case Juxtaposed(factors=factors) | Multiplied(factors=factors) | Product(factors=factors):
            return Product(tuple(map(part, factors)))
        case Starred(sign=sign, left=left, right=right) if sign in _PRODUCT_SIGNS:
            return Product((part(left), part(right)))
        case Quotient(numerator=above, denominator=below):
            return Quotient(part(above), part(below))
        case Floor(operand=operand):
            return Floor(part(operand))
        case Ceiling(operand=operand):
            return Ceiling(part(operand))
        case Remainder(value=value, modulus=modulus):
            return Remainder(part(value), part(modulus))
        case Largest(operands=operands):
            return Largest(tuple(map(part, operands)))
        case Smallest(operands=operands):
            return Smallest(tuple(map(part, operands)))
        case Power(base=base, exponent=exponent):
            return Power(part(base), part(exponent))
        case Marked():
            return _marked(node, depth)
    raise NotScalarError(f"{type(node).__name__} is no size and no index")


def _marked(node: Marked, depth: int) -> Expression:
    """Return a name with its labels, a power, or a product K(k-1)."""
    *inner, last = node.marks
    base: Any = Marked(node.base, tuple(inner)) if inner else node.base
    if last.kind == "sup" and len(last.items) == 1 and isinstance(last.items[0], Integer):
        return Power(scalar(base, depth + 1), last.items[0])
    if last.kind == "paren" and len(last.items) == 1 and not isinstance(last.items[0], Words):
        return Product((scalar(base, depth + 1), scalar(last.items[0], depth + 1)))
    if isinstance(node.base, Group):
        raise NotScalarError("a bracket with a mark is no size")
    return Letter(flat(node))


def condition(node: Any) -> Condition:
    """Return what is written as a condition on indices and sizes.

    Raises:
        NotScalarError: it is none.
    """
    match node:
        case Compare(operator=operator, left=left, right=right):
            return _all([Compare(operator, a, b) for a in _several(left) for b in _several(right)])
        case AllOf(conditions=conditions):
            return _all([condition(part) for part in conditions])
        case AnyOf(conditions=conditions):
            return AnyOf(tuple(condition(part) for part in conditions))
        case Not(condition=inner):
            return Not(condition(inner))
        case Divides(divisor=divisor, value=value):
            return Divides(scalar(divisor), scalar(value))
        case Member(elements=elements, container=Range() as container):
            return _all([_in_range(scalar(element), container) for element in elements])
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


def _all(conditions: list[Condition]) -> Condition:
    return conditions[0] if len(conditions) == 1 else AllOf(tuple(conditions))


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
