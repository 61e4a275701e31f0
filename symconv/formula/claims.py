"""What the statements of a display say together: which conditions belong to which equation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from symconv.formula.children import MisreadError
from symconv.formula.listing import Both, Chain, Item, Listing, condition_of, conditions_of
from symconv.formula.sentences import Equivalent, Implied, Premise, Sentence, Stated
from symconv.formula.source import between
from symconv.formula.tree import (
    AllOf,
    Assertion,
    Claim,
    Condition,
    Equation,
    Equivalence,
    Implication,
    NotUnderstood,
    Scatter,
    Span,
)


def claims_of(sentences: Iterable[Sentence | NotUnderstood]) -> tuple[Claim | NotUnderstood, ...]:
    """Return the claims of one display.

    A line of conditions belongs to the equation above it; one that ends with "then", or that
    stands first and begins with "if", to the claim below it. Equations side by side are
    claims of their own, under the conditions that stand beside them.
    """
    collected = _Collected()
    for sentence in sentences:
        try:
            collected.add(sentence)
        except MisreadError as error:
            collected.refuse(NotUnderstood(error.reason, error.span))
    return collected.finished()


class _Collected:
    """The claims so far, and the conditions that wait for the next one."""

    def __init__(self) -> None:
        self._claims: list[Claim | NotUnderstood] = []
        self._premises: tuple[Condition, ...] = ()
        self._premise_span: Span | None = None

    def add(self, sentence: Sentence | NotUnderstood) -> None:
        if isinstance(sentence, NotUnderstood):
            self.refuse(sentence)
        elif isinstance(sentence, Premise):
            self._add_premise(sentence)
        elif isinstance(sentence, Stated):
            self._add_stated(sentence)
        else:
            self._add_unconditional(sentence)

    def refuse(self, refused: NotUnderstood) -> None:
        """Keep what was not understood; conditions that waited would have belonged to it."""
        self._premises, self._premise_span = (), None
        self._claims.append(refused)

    def finished(self) -> tuple[Claim | NotUnderstood, ...]:
        if self._premise_span is not None:
            self.refuse(NotUnderstood("a condition without a claim", self._premise_span))
        return tuple(self._claims)

    def _add_premise(self, sentence: Premise) -> None:
        conditions = _all_conditions(sentence.sides)
        if not sentence.closed and self._give_to_last(conditions):
            return
        self._premises += conditions
        self._premise_span = self._premise_span or sentence.span

    def _give_to_last(self, conditions: Sequence[Condition]) -> bool:
        """Add conditions to the claim above, if it can have any."""
        last = self._claims[-1] if self._claims else None
        if isinstance(last, NotUnderstood) and conditions:
            reason = "it may belong to what could not be read above"
            raise MisreadError(reason, between(conditions[0].span, conditions[-1].span))
        if not isinstance(last, Equation | Scatter):
            return False
        span = between(last.span, conditions[-1].span) if conditions else last.span
        self._claims[-1] = replace(last, conditions=(*last.conditions, *conditions), span=span)
        return True

    def _taken(self) -> tuple[Condition, ...]:
        premises, self._premises, self._premise_span = self._premises, (), None
        return premises

    def _add_stated(self, sentence: Stated) -> None:
        equations, others = _sorted_items(sentence.items)
        sides = _all_conditions(sentence.sides)
        if equations:
            beside = conditions_of(Listing(others, sentence.span)) if others else ()
            conditions = (*self._taken(), *beside, *sides)
            for chain in equations:
                left, rights = chain.lefts[0], chain.rights
                span = sentence.span if len(equations) == 1 else chain.span
                self._claims.append(Equation(left, rights, conditions, span=span))
            return
        condition = condition_of(Listing(sentence.items, sentence.span))
        premises = (*self._taken(), *sides)
        if premises:
            premise = premises[0] if len(premises) == 1 else AllOf(premises, span=premises[0].span)
            self._claims.append(Implication(premise, condition, span=sentence.span))
        elif not self._give_to_last(conditions_of(Listing(sentence.items, sentence.span))):
            self._claims.append(Assertion(condition, span=sentence.span))

    def _add_unconditional(self, sentence: Implied | Equivalent | Scatter) -> None:
        if self._premise_span is not None:
            reason = "an implication, an equivalence or += under a condition: write it without"
            self.refuse(NotUnderstood(reason, self._premise_span))
        elif isinstance(sentence, Scatter):
            self._claims.append(sentence)
        elif isinstance(sentence, Equivalent):
            conditions = tuple(map(condition_of, sentence.parts))
            self._claims.append(Equivalence(conditions, span=sentence.span))
        else:
            conditions = tuple(map(condition_of, sentence.parts))
            for premise, conclusion in pairwise(conditions):
                span = between(premise.span, conclusion.span)
                self._claims.append(Implication(premise, conclusion, span=span))


def _sorted_items(items: Sequence[Item]) -> tuple[list[Chain], tuple[Item, ...]]:
    """Return the equations and the conditions among the items."""
    equations: list[Chain] = []
    others: list[Item] = []
    for item in items:
        if isinstance(item, Chain) and item.is_equation:
            equations.append(item)
        elif isinstance(item, Both) and _are_equations(item.items):
            equations += [chain for chain in item.items if isinstance(chain, Chain)]
        else:
            others.append(item)
    return equations, tuple(others)


def _are_equations(items: Sequence[Item]) -> bool:
    return all(isinstance(item, Chain) and item.is_equation for item in items)


def _all_conditions(sides: Sequence[Listing]) -> tuple[Condition, ...]:
    return tuple(condition for side in sides for condition in conditions_of(side))
