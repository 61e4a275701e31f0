"""Claims whose premises stand beside them: g = m where t = 1 and 2P = p - 1.

Two sizes are equal only under conditions, so that such a statement is an implication. And what
stands before an implication in one display, "2P = p - 1 and t = 1 => g = m", is a premise as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from symconv.formula.notation import Marked, Name, Run, Statement
from symconv.formula.tree import AllOf, AnyOf, Compare, Divides, Not
from symconv.verification.outcome import Outcome
from symconv.verification.questions.scalars import statements as scalars
from symconv.verification.reading.roles import Told
from symconv.verification.truth.algebra import all_of


def decide(statements: Sequence[Statement], told: Told) -> list[Outcome | None]:
    """Return what is found out about statements whose premises stand elsewhere."""
    found: list[Outcome | None] = [None] * len(statements)
    for place, statement in enumerate(statements):
        first, implication = place, _with_conditions(statement)
        if statement.relations == ("implies",):
            first = _first_premise(statements, place)
            premises = [_condition(one) for one in statements[first:place]]
            implication = _implication([*premises, statement.sides[0]], statement.sides[1])
        if implication is None or (first == place and statement.relations == ("implies",)):
            continue
        (found[place],) = scalars.decide([replace(implication, span=statement.span)], told)
        found[first:place] = [_premise() for _ in range(first, place)]
    return found


def _with_conditions(statement: Statement) -> Statement | None:
    """Return an equality of two names under conditions as an implication."""
    match statement:
        case Statement(sides=(left, right), relations=("=",), conditions=(_, *_) as conditions):
            if _is_name(left) and _is_name(right) and all(map(_is_condition, conditions)):
                equality = Compare("=", left, right)  # type: ignore[arg-type]  # of notation
                return _implication(conditions, equality)
    return None


def _first_premise(statements: Sequence[Statement], place: int) -> int:
    """Return where the premises of an implication begin: the statements right before it."""
    first = place
    while first > 0 and not statements[first].label and _condition(statements[first - 1]):
        first -= 1
    return first


def _condition(statement: Statement) -> Any:
    """Return a statement that is nothing but an equation or a condition as a condition."""
    match statement:
        case Statement(sides=(left, right), relations=("=",), conditions=()):
            return Compare("=", left, right)  # type: ignore[arg-type]  # of notation
        case Statement(sides=(side,), relations=(), conditions=()) if _is_condition(side):
            return side
    return None


def _implication(premises: Sequence[Any], conclusion: Any) -> Statement:
    whole = all_of(*premises)
    return Statement((whole, conclusion), ("implies",))


def _premise() -> Outcome:
    return Outcome("premise", "no_claim", "", "it is a premise of the implication behind it")


def _is_name(node: Any) -> bool:
    return isinstance(node, Name | Run | Marked)


def _is_condition(node: Any) -> bool:
    return isinstance(node, Compare | AllOf | AnyOf | Not | Divides)
