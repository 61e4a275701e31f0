"""Small algebra on the expressions of the syntax tree: building, substituting, taking apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from symconv.formula.tree import (
    AllOf,
    Compare,
    Condition,
    Expression,
    Integer,
    Letter,
    Negated,
    Node,
    Product,
    Total,
    parts_of,
)

ZERO = Integer(0)
ONE = Integer(1)


def plus(*terms: Expression) -> Expression:
    """Return the sum of the terms, zeros left out and numbers added up.

    Example:
        >>> plus(Letter("i"), Integer(2), Integer(3))
        Total(terms=(Letter(name='i'), Integer(value=5)))
    """
    kept: list[Expression] = []
    number = 0
    for term in _flat(terms):
        if isinstance(term, Integer):
            number += term.value
        elif isinstance(term, Negated) and isinstance(term.operand, Integer):
            number -= term.operand.value
        else:
            kept.append(term)
    if number:
        kept.append(Integer(number) if number > 0 else Negated(Integer(-number)))
    if not kept:
        return ZERO
    return kept[0] if len(kept) == 1 else Total(tuple(kept))


def minus(left: Expression, right: Expression) -> Expression:
    """Return left - right."""
    return plus(left, negative(right))


def negative(operand: Expression) -> Expression:
    """Return -operand."""
    if isinstance(operand, Negated):
        return operand.operand
    if isinstance(operand, Total):
        return plus(*(negative(term) for term in operand.terms))
    return ZERO if operand == ZERO else Negated(operand)


def times(*factors: Expression) -> Expression:
    """Return the product of the factors, ones left out; zero makes it zero."""
    kept = [factor for factor in factors if factor != ONE]
    if ZERO in kept:
        return ZERO
    if not kept:
        return ONE
    return kept[0] if len(kept) == 1 else Product(tuple(kept))


def expanded(expression: Expression) -> Expression:
    """Return a sum of products multiplied out, with equal products added up.

    Parts that are no sums, products, differences or numbers stay as they are.

    Example:
        >>> i, s = Letter("i"), Letter("s")
        >>> expanded(plus(times(minus(i, ONE), s), s)) == times(i, s)
        True
    """
    found: dict[tuple[Expression, ...], int] = {}
    for factors, coefficient in _products(expression):
        found[factors] = found.get(factors, 0) + coefficient
    return plus(*(_term(factors, c) for factors, c in found.items() if c))


def is_positive(expression: Expression) -> bool:
    """Return whether an expression is a number above 0, once it is multiplied out."""
    value = expanded(expression)
    return isinstance(value, Integer) and value.value > 0


def _term(factors: tuple[Expression, ...], coefficient: int) -> Expression:
    size = abs(coefficient)
    whole = times(*factors) if size == 1 else times(Integer(size), *factors)
    return whole if coefficient > 0 else negative(whole)


def _products(node: Expression) -> list[tuple[tuple[Expression, ...], int]]:
    match node:
        case Integer(value=value):
            return [((), value)]
        case Negated(operand=operand):
            return [(factors, -c) for factors, c in _products(operand)]
        case Total(terms=terms):
            return [product for term in terms for product in _products(term)]
        case Product(factors=factors):
            found: list[tuple[tuple[Expression, ...], int]] = [((), 1)]
            for factor in factors:
                found = [(_sorted(a + b), c * d) for a, c in found for b, d in _products(factor)]
            return found
    return [((node,), 1)]


def _sorted(factors: tuple[Expression, ...]) -> tuple[Expression, ...]:
    return tuple(sorted(factors, key=repr))


def equal(left: Expression, right: Expression) -> Compare:
    """Return the condition left = right."""
    return Compare("=", left, right)


def between(lower: Expression, value: Expression, upper: Expression) -> AllOf:
    """Return the condition lower <= value <= upper."""
    return AllOf((Compare("<=", lower, value), Compare("<=", value, upper)))


def _flat(terms: tuple[Expression, ...]) -> Iterator[Expression]:
    for term in terms:
        if isinstance(term, Total):
            yield from _flat(term.terms)
        else:
            yield term


def rebuild(node: Node, change: Callable[[Any], Any]) -> Any:
    """Return the node with `change` applied to every node directly below it.

    A node whose parts all stay the same objects is returned itself: what it knows about itself
    need not be found out again.
    """
    changed: dict[str, Any] = {}
    kind: Any = type(node)  # mypy takes a dataclass itself for unhashable
    for name in parts_of(kind):
        value = getattr(node, name)
        if isinstance(value, tuple):
            new: Any = _rebuild_entries(value, change)
        elif isinstance(value, Node):
            new = change(value)
        else:
            continue
        if new is not value:
            changed[name] = new
    return replace(node, **changed) if changed else node


def _rebuild_entries(entries: tuple[Any, ...], change: Callable[[Any], Any]) -> tuple[Any, ...]:
    new = []
    for entry in entries:
        if isinstance(entry, tuple):
            new.append(_rebuild_entries(entry, change))
        else:
            new.append(change(entry) if isinstance(entry, Node) else entry)
    same = all(one is other for one, other in zip(new, entries, strict=True))
    return entries if same else tuple(new)


def substitute(node: Node, values: Mapping[str, Expression]) -> Any:
    """Return the node with letters replaced; letters bound inside must not be among them."""
    if isinstance(node, Letter):
        return values.get(node.name, node)
    if node.names.isdisjoint(values):
        return node
    return rebuild(node, lambda part: substitute(part, values))


def letters_in(*nodes: Node) -> frozenset[str]:
    """Return the names of all letters in some nodes, those that a sum binds included."""
    return frozenset().union(*(node.names for node in nodes))


def linear_in(expression: Expression, name: str) -> tuple[Expression, Expression] | None:
    """Return (slope, rest) with expression = slope*letter + rest, or None if it is not affine.

    Example:
        >>> linear_in(Total((Product((Letter("a"), Letter("t"))), Letter("u"))), "a")
        (Letter(name='t'), Letter(name='u'))
    """
    if isinstance(expression, Letter) and expression.name == name:
        return ONE, ZERO
    if name not in letters_in(expression):
        return ZERO, expression
    if isinstance(expression, Negated):
        part = linear_in(expression.operand, name)
        return None if part is None else (negative(part[0]), negative(part[1]))
    if isinstance(expression, Total):
        parts = [linear_in(term, name) for term in expression.terms]
        if any(part is None for part in parts):
            return None
        slopes, rests = zip(*(part for part in parts if part is not None), strict=True)
        return plus(*slopes), plus(*rests)
    if isinstance(expression, Product):
        return _linear_product(expression, name)
    return None


def _linear_product(product: Product, name: str) -> tuple[Expression, Expression] | None:
    inside = [factor for factor in product.factors if name in letters_in(factor)]
    if len(inside) != 1:
        return None
    others = [factor for factor in product.factors if factor is not inside[0]]
    part = linear_in(inside[0], name)
    return None if part is None else (times(*others, part[0]), times(*others, part[1]))


def conjuncts(conditions: Iterable[Condition]) -> Iterator[Condition]:
    """Yield the conditions, those of an AllOf one by one."""
    for condition in conditions:
        if isinstance(condition, AllOf):
            yield from conjuncts(condition.conditions)
        else:
            yield condition


def all_of(*conditions: Condition) -> Condition:
    """Return the condition that all of them hold."""
    return conditions[0] if len(conditions) == 1 else AllOf(tuple(conditions))
