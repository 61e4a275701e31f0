"""The smallest repair of a wrong claim: up to three edits that make it right for all sizes.

Edits are tried one by one, then in pairs, then in threes, each against the counterexamples met so
far, then against all small sizes; what survives is proved. A time limit ends the search.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from time import monotonic
from typing import Any, Final

from symconv.errors import FormulaError
from symconv.formula.tree import (
    Cases,
    Compare,
    Condition,
    Divides,
    Equation,
    Expression,
    Letter,
    Not,
)
from symconv.verification.algebra import ONE
from symconv.verification.claims import Reader
from symconv.verification.edits import Edit, apply, edits_of
from symconv.verification.exact import RangeError
from symconv.verification.model import INPUT, KERNEL, Model
from symconv.verification.questions import ConditionQuestion, Question
from symconv.verification.search import compare_at, comparison, search
from symconv.verification.theorem import Proof, prove

MAX_EDITS: Final = 3
SECONDS: Final = 6.0
QUICK: Final = 2
MAX_TRIED: Final = 40_000


@dataclass(frozen=True)
class Repair:
    """A right claim near a wrong one.

    Attributes:
        claim: the repaired claim, in our letters.
        edits: what was changed.
        proof: why it is right.
    """

    claim: Any
    edits: tuple[Edit, ...]
    proof: Proof


def repair(
    claim: Any,
    place: int,
    reader: Reader,
    *,
    most: int = MAX_EDITS,
    seconds: float = SECONDS,
    timeout: float = 2.0,
) -> Repair | None:
    """Return the smallest repair of one question of a claim, or None.

    Args:
        claim: the claim in our letters.
        place: which of its questions is to be answered with yes.
        reader: poses the questions.
        most: how many edits at most.
        seconds: how long to look.
        timeout: seconds for each query of a proof.
    """
    ends = monotonic() + seconds
    claim, place = narrowed(claim, place)
    asks = isinstance(_question(claim, place, reader), ConditionQuestion)
    seen: list[dict[str, int]] = []
    singles = _worthwhile(edits_of(claim, reader.model, conditions=asks), claim, place, reader)
    for edits in _combinations(singles, most=most):
        if monotonic() > ends:
            return None
        repaired = apply(claim, edits)
        question = _question(repaired, place, reader)
        if question is None or not _survives(question, reader.model, seen):
            continue
        proof = prove(question, reader.model, timeout=timeout)
        if proof.proved:
            return Repair(repaired, edits, proof)
    return None


def narrowed(claim: Any, place: int) -> tuple[Any, int]:
    """Return the part of an equation that poses one of its questions, and the question's place."""
    if not isinstance(claim, Equation):
        return claim, place
    parts: list[Equation] = []
    for right in claim.rights:
        if not isinstance(right, Cases):
            parts.append(replace(claim, rights=(right,)))
            continue
        before: tuple[Condition, ...] = ()
        for branch in right.branches:
            holds = () if branch.condition is None else (branch.condition,)
            conditions = (*claim.conditions, *map(Not, before), *holds)
            parts.append(Equation(claim.left, (branch.value,), conditions))
            before += holds
    return (parts[place], 0) if place < len(parts) else (claim, place)


def _combinations(singles: Sequence[Edit], *, most: int) -> Iterator[tuple[Edit, ...]]:
    """Yield sets of edits: fewest first, then likeliest first."""
    for count in range(1, most + 1):
        if len(singles) ** count > MAX_TRIED:
            singles = singles[: int(MAX_TRIED ** (1 / count))]
        yield from sorted(
            combinations(singles, count), key=lambda edits: sum(edit.rank for edit in edits)
        )


def _worthwhile(edits: Sequence[Edit], claim: Any, place: int, reader: Reader) -> list[Edit]:
    """Return the edits that change what the question asks, one for each changed question."""
    original = _question(claim, place, reader)
    kept: dict[str, Edit] = {}
    for edit in edits:
        question = _question(apply(claim, (edit,)), place, reader)
        if question is not None and question != original:
            kept.setdefault(repr(question), edit)
    return list(kept.values())


def _question(claim: Any, place: int, reader: Reader) -> Question | None:
    if claim is None:
        return None
    try:
        questions = reader.questions(claim)
    except FormulaError:
        return None
    return questions[place] if place < len(questions) else None


def _survives(question: Question, model: Model, seen: list[dict[str, int]]) -> bool:
    """Return whether no small counterexample exists; new ones are added to `seen`."""
    try:
        compare = comparison(question, model)
        if any(compare_at(question, model, values, compare=compare) for values in seen):
            return False
        found = search(question, model, bound=QUICK).counterexample
    except (FormulaError, RangeError, ZeroDivisionError, KeyError):
        return False
    if found:
        seen.insert(0, {**found.sizes, **found.letters})
    return found is None


def simple_conditions(model: Model) -> dict[str, Condition]:
    """Return the simple conditions under which a wrong claim may still hold, by their words."""
    conditions: dict[str, Condition] = {}
    if len(model.axes) > 1:
        conditions["p = q"] = Compare("=", model.axes[0].kernel, model.axes[1].kernel)
    for axis, kernel, size in zip(model.axes, KERNEL, INPUT, strict=False):
        stride = spell_letter(axis.stride)
        conditions[f"{stride} = 1"] = Compare("=", axis.stride, ONE)
        conditions[f"{kernel} = 1"] = Compare("=", axis.kernel, ONE)
        conditions[f"{stride} = {kernel}"] = Compare("=", axis.stride, axis.kernel)
        conditions[f"{stride} ≥ {kernel}"] = Compare(">=", axis.stride, axis.kernel)
        conditions[f"{stride} divides {size} − {kernel}"] = Divides(axis.stride, axis.room)
    return conditions


def holds_when(question: Question, model: Model, *, timeout: float = 2.0) -> tuple[str, ...]:
    """Return the simple conditions, by their words, under which a wrong claim is proved right."""
    found = []
    for words, condition in simple_conditions(model).items():
        narrowed = replace(question, assumptions=(*question.assumptions, condition))
        try:
            searched = search(narrowed, model, bound=QUICK)
        except (FormulaError, RangeError, ZeroDivisionError):
            continue
        survives = searched.cases and not searched.counterexample
        if survives and prove(narrowed, model, timeout=timeout).proved:
            found.append(words)
    return tuple(found)


def spell_letter(stride: Expression) -> str:
    """Return the name of a stride, or its number."""
    return stride.name if isinstance(stride, Letter) else "t"
