"""The grammar's rules for sums -> nodes of the tree: which letters a sum binds, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from symconv.formula.children import Child, MisreadError, is_bare, span_over, values_in
from symconv.formula.conditions import Conditions
from symconv.formula.listing import (
    Chain,
    Listing,
    condition_of,
    conditions_of,
)
from symconv.formula.source import between
from symconv.formula.tree import (
    AllOf,
    Compare,
    Condition,
    Expression,
    Integer,
    Letter,
    Negated,
    Remainder,
    Span,
    SumOver,
    SumWhere,
    Total,
)

Binding: TypeAlias = tuple[str, Expression | None, Expression | None]


class Sums(Conditions):
    """One method a rule."""

    def bound_letters(self, children: list[Child]) -> tuple[tuple[Expression, ...], None]:
        return children[0], None

    def bound_where(self, children: list[Child]) -> tuple[tuple[Expression, ...], Condition]:
        return children[0], condition_of(children[2])

    def bound_condition(self, children: list[Child]) -> Listing:
        listing: Listing = children[0]
        return listing

    def sum(self, children: list[Child]) -> SumOver | SumWhere:
        bound, upper, body = children[2], children[-3], children[-1]
        span = span_over(children)
        if isinstance(body, Remainder) and is_bare(body, body.value):
            raise MisreadError("the sum may stand inside the remainder or around it", body.span)
        if isinstance(bound, Listing):
            if upper is None:
                return SumWhere((), condition_of(bound), body, span=span)
            return _between(bound, upper, body, span)
        if upper is not None:
            raise MisreadError("a sum with an upper bound needs a lower one, like r=0", upper.span)
        values, condition = bound
        letters = _names(values)
        if condition is not None:
            return SumWhere(letters, condition, body, span=span)
        return _nested([(letter, None, None) for letter in letters], body, span)

    def plain_sum(self, children: list[Child]) -> SumOver | SumWhere:
        body, bindings = children[2], [child for child in children if isinstance(child, tuple)]
        where = next((child for child in children if isinstance(child, Listing)), None)
        span = span_over([child for child in children if child is not None])
        if where is None:
            return _nested(bindings, body, span)
        conditions = [_within(binding, where.span) for binding in bindings if binding[1]]
        letters = tuple(name for name, _, _ in bindings)
        return SumWhere(letters, _all([*conditions, condition_of(where)], span), body, span=span)

    def loop(self, children: list[Child]) -> Binding:
        ends: tuple[Expression, ...] = children[-2]
        if len(ends) > 2:
            raise MisreadError("a loop with a step: sum over a multiple instead", ends[2].span)
        lower = ends[0] if len(ends) == 2 else Integer(0, span=ends[0].span)
        one = Negated(Integer(1, span=ends[-1].span), span=ends[-1].span)
        return str(children[1]), lower, Total((ends[-1], one), span=ends[-1].span)

    def binder(self, children: list[Child]) -> Binding:
        lower, upper = values_in(children) or (None, None)
        return str(children[0]), lower, upper


def _nested(bindings: Sequence[Binding], body: Expression, span: Span) -> SumOver:
    """Return one sum in the other; the first binding is the outermost."""
    for letter, lower, upper in reversed(bindings):
        body = SumOver(letter, lower, upper, body, span=span)
    assert isinstance(body, SumOver)
    return body


def _names(values: Sequence[Expression]) -> tuple[str, ...]:
    for value in values:
        if not isinstance(value, Letter):
            reason = "a sum runs over letters; name them, like \\sum_{r,s: condition}"
            raise MisreadError(reason, value.span)
    return tuple(value.name for value in values if isinstance(value, Letter))


def _between(bound: Listing, upper: Expression, body: Expression, span: Span) -> SumOver | SumWhere:
    r"""Return the sum of \sum_{r=0}^{p-1}; further conditions make it a sum over those."""
    first, *others = bound.items
    if not isinstance(first, Chain) or [token.type for token in first.relations] != ["EQ"]:
        raise MisreadError("a sum with an upper bound needs a lower one, like r=0", bound.span)
    letters, lower = _names(first.lefts), first.rights[0]
    bindings: list[Binding] = [(letter, lower, upper) for letter in letters]
    if not others:
        return _nested(bindings, body, span)
    within = [_within(binding, first.span) for binding in bindings]
    rest = conditions_of(Listing(tuple(others), bound.span))
    return SumWhere(letters, _all([*within, *rest], bound.span), body, span=span)


def _within(binding: Binding, span: Span) -> Condition:
    name, lower, upper = binding
    assert lower is not None
    assert upper is not None
    letter = Letter(name, span=replace(span))
    above = Compare("<=", lower, letter, span=between(lower.span, span))
    return AllOf((above, Compare("<=", letter, upper, span=span)), span=span)


def _all(conditions: Sequence[Condition], span: Span) -> Condition:
    return conditions[0] if len(conditions) == 1 else AllOf(tuple(conditions), span=span)
