"""The grammar's rules for conditions and case distinctions -> nodes of the tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lark import Token

from symconv.formula.children import Child, MisreadError, is_bare, span_over, values_in
from symconv.formula.expressions import Expressions
from symconv.formula.listing import Both, Chain, Item, Listing, condition_of, lowered
from symconv.formula.source import between, span_of
from symconv.formula.tree import (
    AllOf,
    AnyOf,
    Branch,
    Cases,
    Compare,
    Condition,
    Divides,
    Expression,
    Integer,
    Negated,
    Not,
    Quotient,
    Span,
    Total,
)


def _within(letter: Expression, low: Expression, high: Expression, operator: str) -> Condition:
    span = letter.span
    above = Compare("<=", low, letter, span=span)
    return AllOf((above, Compare(operator, letter, high, span=span)), span=span)


def _joined(conditions: Sequence[Condition], span: Span) -> Condition:
    return conditions[0] if len(conditions) == 1 else AllOf(tuple(conditions), span=span)


class Conditions(Expressions):
    """One method a rule; what may still be an equation stays a Chain or Both."""

    def conditions(self, children: list[Child]) -> Listing:
        return Listing(values_in(children), span_over(children))

    def disjunction(self, children: list[Child]) -> Item:
        items: tuple[Item, ...] = values_in(children)
        if len(items) == 1:
            return items[0]
        return AnyOf(tuple(map(lowered, items)), span=span_over(children))

    def conjunction(self, children: list[Child]) -> Item:
        items: tuple[Item, ...] = values_in(children)
        return items[0] if len(items) == 1 else Both(items, span_over(children))

    def negated(self, children: list[Child]) -> Not:
        return Not(lowered(children[1]), span=span_over(children))

    def parenthesised(self, children: list[Child]) -> Condition:
        return replace(condition_of(children[1]), span=span_over(children))

    def chain(self, children: list[Child]) -> Chain:
        lefts, *rest = children
        return Chain(lefts, tuple(rest[::2]), tuple(rest[1::2]), span_over([lefts[0], *rest]))

    def congruent(self, children: list[Child]) -> Condition:
        (left, *others), rest = children[0], values_in(children[1:])
        if others:
            raise MisreadError("a congruence relates two values, not a list", others[0].span)
        *rights, modulus = rest
        span = between(left.span, span_over(children[1:]))
        difference = [_congruence(left, right, modulus, span) for right in rights]
        return _joined(difference, span)

    def incongruent(self, children: list[Child]) -> Condition:
        congruent = self.congruent(children)
        return Not(congruent, span=congruent.span)

    def ranging(self, children: list[Child]) -> Condition:
        lefts, *rest = children
        if rest[0].type not in ("EQ", "IN"):
            raise MisreadError("only = and \\in have a range at their right", span_over(rest))
        values = values_in(rest)
        if len(values) != 2:
            raise MisreadError("a range has no other relation beside it", span_over(rest))
        low, high = values
        operator = "<" if rest[-1] == ")" else "<="
        span = span_over([lefts[0], *rest])
        return _joined([_within(letter, low, high, operator) for letter in lefts], span)

    def listed(self, children: list[Child]) -> Condition:
        lefts, *rest = children
        span = span_over([lefts[0], *rest])
        each: list[Condition] = []
        for letter in lefts:
            equal = [Compare("=", letter, value, span=value.span) for value in values_in(rest)]
            each.append(equal[0] if len(equal) == 1 else AnyOf(tuple(equal), span=span))
        return _joined(each, span)

    def whole(self, children: list[Child]) -> Condition:
        lefts, _, name, *index = [child for child in children if child is not None]
        span = between(lefts[0].span, span_of(name))
        natural = name == "N" and bool(index) and index[1] == [Integer(0)]
        if not natural and (name != "Z" or index):
            raise MisreadError("only Z, N_0 and ranges have values in them", span)
        each: list[Condition] = []
        for value in lefts:
            each.append(_divisible(value, span))
            if natural:
                each.append(Compare(">=", value, Integer(0, span=span), span=span))
        return _joined(each, span)

    def branch(self, children: list[Child]) -> Branch:
        value, _, condition = children
        guard = None if isinstance(condition, Token) else condition_of(condition)
        return Branch(value, guard, span=span_over(children))

    def choice(self, children: list[Child]) -> Cases:
        value, _, condition, _, other = children
        branch = Branch(value, lowered(condition), span=span_over(children[:3]))
        span = span_over(children)
        if isinstance(other, Cases) and _is_choice(other):
            return Cases((branch, *other.branches), span=span)
        return Cases((branch, Branch(other, None, span=other.span)), span=span)

    def iverson(self, children: list[Child]) -> Cases:
        return _indicator(children[1], span_over(children))

    def indicator(self, children: list[Child]) -> Cases:
        if children[0] != "1":
            raise MisreadError("a number has no subscript", span_of(children[0]))
        listing = next(child for child in children if isinstance(child, Listing))
        return _indicator(listing, span_over(children))


def _indicator(listing: Listing, span: Span) -> Cases:
    """Return 1 where the conditions hold, else 0."""
    one, zero = Integer(1, span=span), Integer(0, span=span)
    holds = Branch(one, condition_of(listing), span=span)
    return Cases((holds, Branch(zero, None, span=span)), span=span)


def _is_choice(node: Cases) -> bool:
    return is_bare(node, node.branches[0].value) and node.branches[-1].condition is None


def _divisible(value: Expression, span: Span) -> Divides:
    """Return the condition that a value is an integer."""
    if isinstance(value, Quotient):
        return Divides(value.denominator, value.numerator, span=span)
    return Divides(Integer(1, span=span), value, span=span)


def _congruence(left: Expression, right: Expression, modulus: Expression, span: Span) -> Divides:
    subtracted = Negated(right, span=right.span)
    return Divides(modulus, Total((left, subtracted), span=span), span=span)
