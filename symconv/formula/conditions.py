"""The grammar's rules for conditions and case distinctions -> nodes of the tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from lark import Token

from symconv.formula.expressions import (
    Child,
    Expressions,
    MisreadError,
    is_bare,
    span_over,
    values_in,
)
from symconv.formula.source import between
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
    Letter,
    Negated,
    Not,
    Span,
    Total,
)

_OPERATORS = {"EQ": "=", "NE": "!=", "LT": "<", "LE": "<=", "GT": ">", "GE": ">="}


@dataclass(frozen=True)
class Chain:
    """a = b <= c before it is known whether it is an equation or a condition.

    Attributes:
        lefts: the values left of the first relation; i, j >= 0 has two.
        relations: the relations' tokens.
        rights: the values right of each relation.
        span: where.
    """

    lefts: tuple[Expression, ...]
    relations: tuple[Token, ...]
    rights: tuple[Expression, ...]
    span: Span

    @property
    def is_equation(self) -> bool:
        """Whether nothing but = relates the values."""
        return len(self.lefts) == 1 and {token.type for token in self.relations} == {"EQ"}


@dataclass(frozen=True)
class Both:
    """Chains and conditions joined by "and", before it is known whether they are equations."""

    items: tuple[Item, ...]
    span: Span


Item: TypeAlias = Chain | Both | Condition


@dataclass(frozen=True)
class Listing:
    """Items with commas between them."""

    items: tuple[Item, ...]
    span: Span


def lowered(item: Item) -> Condition:
    """Return the condition that an item says."""
    if isinstance(item, Chain):
        return _lower_chain(item)
    if isinstance(item, Both):
        return AllOf(tuple(map(lowered, item.items)), span=item.span)
    return item


def conditions_of(listing: Listing) -> tuple[Condition, ...]:
    """Return the conditions of a list, one an item; 0 <= i, j < n bounds both letters.

    Raises:
        MisreadError: a comma stands beside "or".
    """
    items = tuple(_shared_bounds(listing.items))
    conditions = tuple(map(lowered, items))
    for condition in conditions:
        if len(items) > 1 and isinstance(condition, AnyOf) and _is_open(condition):
            reason = 'a comma beside "or" may group either way: write brackets, or "and"'
            raise MisreadError(reason, condition.span)
    return conditions


def condition_of(listing: Listing) -> Condition:
    """Return the one condition that a list says."""
    conditions = conditions_of(listing)
    return conditions[0] if len(conditions) == 1 else AllOf(conditions, span=listing.span)


def share_bounds(first: Condition | Chain, second: Condition | Chain) -> bool:
    """Return whether "0 <= i" and "j < n", side by side, are the bounds of both i and j.

    Example:
        >>> zero, n = Integer(0), Letter("n")
        >>> share_bounds(Compare("<=", zero, Letter("i")), Compare("<", Letter("j"), n))
        True
    """
    before, behind = _ends(first), _ends(second)
    if before is None or behind is None:
        return False
    (low, i, rising), (j, _, rising_too) = before, behind
    letters = isinstance(i, Letter) and isinstance(j, Letter) and i != j
    return letters and rising and rising_too and isinstance(low, Integer)


def _ends(item: Condition | Chain) -> tuple[Expression, Expression, bool] | None:
    if isinstance(item, Chain):
        if len(item.relations) != 1 or len(item.lefts) != 1:
            return None
        return item.lefts[0], item.rights[0], item.relations[0].type in ("LT", "LE")
    if isinstance(item, Compare):
        return item.left, item.right, item.operator in ("<", "<=")
    return None


def _shared_bounds(items: Sequence[Item]) -> Iterator[Item]:
    place = 0
    while place < len(items):
        first = items[place]
        second = items[place + 1] if place + 1 < len(items) else None
        if isinstance(first, Chain) and isinstance(second, Chain) and share_bounds(first, second):
            relations = first.relations + second.relations
            for letter in (first.rights[0], second.lefts[0]):
                yield Chain(
                    first.lefts,
                    relations,
                    (letter, second.rights[0]),
                    between(first.span, second.span),
                )
            place += 2
        else:
            yield first
            place += 1


def _is_open(condition: AnyOf) -> bool:
    return is_bare(condition, condition.conditions[0])


def _lower_chain(chain: Chain) -> Condition:
    compared: list[Condition] = []
    for left in chain.lefts:
        operands = (left, *chain.rights)
        pairs = zip(operands, chain.relations, operands[1:], strict=False)
        compared += [_compare(*pair, alone=len(chain.relations) == 1) for pair in pairs]
    return compared[0] if len(compared) == 1 else AllOf(tuple(compared), span=chain.span)


def _compare(left: Expression, token: Token, right: Expression, *, alone: bool) -> Condition:
    span = between(left.span, right.span)
    if token.type in _OPERATORS:
        return Compare(_OPERATORS[token.type], left, right, span=span)
    if not alone:
        raise MisreadError("a divisibility in a chain of relations: write two conditions", span)
    divides = Divides(left, right, span=span)
    return Not(divides, span=span) if token.type == "NOTDIVIDES" else divides


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
        span = span_over(children)
        one, zero = Integer(1, span=span), Integer(0, span=span)
        holds = Branch(one, condition_of(children[1]), span=span)
        return Cases((holds, Branch(zero, None, span=span)), span=span)


def _is_choice(node: Cases) -> bool:
    return is_bare(node, node.branches[0].value) and node.branches[-1].condition is None


def _congruence(left: Expression, right: Expression, modulus: Expression, span: Span) -> Divides:
    subtracted = Negated(right, span=right.span)
    return Divides(modulus, Total((left, subtracted), span=span), span=span)
