"""Relations and conditions while it is not known yet whether they are equations or conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from lark import Token

from symconv.formula.children import MisreadError, is_bare
from symconv.formula.source import between
from symconv.formula.tree import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Divides,
    Expression,
    Integer,
    Letter,
    Not,
    Span,
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
    items = tuple(with_shared_bounds(listing.items))
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


def with_shared_bounds(items: Sequence[Item]) -> Iterator[Item]:
    """Yield the items; 0 <= i, j < n becomes 0 <= i < n and 0 <= j < n."""
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
