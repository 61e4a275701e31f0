"""The smallest repair of a wrong claim: up to three edits that make it right for all sizes.

Edits are tried one by one, then in pairs, then in threes, each against the counterexamples met so
far, then against all small sizes; what survives is proved. A time limit ends the search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
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
from symconv.verification.algebra import ONE, letters_in, rebuild
from symconv.verification.claims import Reader
from symconv.verification.edits import Edit, apply, edits_of
from symconv.verification.model import INPUT, KERNEL, Model
from symconv.verification.questions import ConditionQuestion, Question, SumQuestion
from symconv.verification.terms import Normaliser, letters_bound_in
from symconv.verification.theorem import Proof, prove
from symconv.verification.trials import UNCOUNTABLE, Trials

MAX_EDITS: Final = 3
SECONDS: Final = 6.0
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
    readers: Sequence[Reader],
    *,
    most: int = MAX_EDITS,
    seconds: float = SECONDS,
    timeout: float = 2.0,
) -> Repair | None:
    """Return the smallest repair of one question of a claim, or None.

    Args:
        claim: the claim in our letters.
        place: which of its questions is to be answered with yes.
        readers: pose the questions, each under its own reading; a repair under an early one is
            preferred to one under a later one, but a single edit to several.
        most: how many edits at most.
        seconds: how long to look.
        timeout: seconds for each query of a proof.
    """
    ends = monotonic() + seconds
    claim, place = narrowed(claim, place)
    claim = _copied(claim)  # edits are told apart by the node they change
    hunts = [_Hunt(claim, place, reader, timeout) for reader in readers]
    for counts in (range(1, 2), range(2, most + 1)):
        for hunt in hunts:
            for count in counts:
                found = hunt.with_edits(count, ends=ends)
                if found is not None:
                    return found
    return None


class _Hunt:
    """The hunt for the repair of one question under one reading."""

    def __init__(self, claim: Any, place: int, reader: Reader, timeout: float) -> None:
        self._claim, self._place, self._reader = claim, place, reader
        self._timeout = timeout
        self._trials = Trials(reader.model)

    def with_edits(self, count: int, *, ends: float) -> Repair | None:
        """Return the likeliest repair with that many edits; None when time is over."""
        for edits in _combinations(self._singles, count):
            if monotonic() > ends:
                return None
            question = self._claiming(edits)
            if question is None or not self._trials.passes(question):
                continue
            repaired = apply(self._claim, edits)
            asked = self._question(repaired)
            if asked is None:
                continue
            proof = prove(asked, self._reader.model, timeout=self._timeout)
            if proof.proved:
                return Repair(repaired, edits, proof)
        return None

    @cached_property
    def _original(self) -> Question | None:
        return self._question(self._claim)

    @cached_property
    def _singles(self) -> list[Edit]:
        """The edits that change what the question asks, one for each changed question."""
        asks = isinstance(self._original, ConditionQuestion)
        original = self._claiming(())
        kept: dict[Question, Edit] = {}
        for edit in edits_of(self._claim, self._reader.model, conditions=asks):
            question = self._claiming((edit,))
            if question is not None and question != original:
                kept.setdefault(question, edit)
        return list(kept.values())

    def _claiming(self, edits: tuple[Edit, ...]) -> Question | None:
        """Return the question of the edited claim, as good as a trial needs it.

        As long as the same letters stand open in a sum, nothing but what is claimed has changed:
        the rest of the question, which takes most of the time, is that of the original.
        """
        claim = apply(self._claim, edits)
        if claim is None or self._known is None or any(edit.removes_a_sum for edit in edits):
            return self._question(claim)
        original, bound, opened = self._known
        (right,) = claim.rights
        if letters_in(right) - bound != opened:
            return self._question(claim)
        normaliser = Normaliser(self._reader.model, self._reader.index_base)
        try:
            return replace(original, claimed=normaliser.terms(right))
        except FormulaError:
            return None

    @cached_property
    def _known(self) -> tuple[SumQuestion, set[str], frozenset[str]] | None:
        """The question of an equation of sums, and the letters bound and open on its right side."""
        claim, question = self._claim, self._original
        if not isinstance(question, SumQuestion) or not isinstance(claim, Equation):
            return None
        if self._reader.window.name == "none" or self._place or len(claim.rights) != 1:
            return None
        bound = letters_bound_in(claim.rights[0])
        return question, bound, letters_in(claim.rights[0]) - bound

    def _question(self, claim: Any) -> Question | None:
        if claim is None:
            return None
        try:
            questions = self._reader.questions(claim)
        except FormulaError:
            return None
        return questions[self._place] if self._place < len(questions) else None


def _copied(node: Any) -> Any:
    """Return a copy in which no node stands at two places."""
    copied = rebuild(node, _copied)
    return replace(copied) if copied is node else copied


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


def _combinations(singles: Sequence[Edit], count: int) -> list[tuple[Edit, ...]]:
    """Return sets of that many edits, likeliest first."""
    if len(singles) ** count > MAX_TRIED:
        singles = singles[: int(MAX_TRIED ** (1 / count))]
    return sorted(combinations(singles, count), key=lambda edits: sum(edit.rank for edit in edits))


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
    conditions = simple_conditions(model)
    try:
        passed = Trials(model).conditions_passed(question, conditions)
    except UNCOUNTABLE:
        return ()
    return tuple(
        words
        for words in passed
        if prove(
            replace(question, assumptions=(*question.assumptions, conditions[words])),
            model,
            timeout=timeout,
        ).proved
    )


def spell_letter(stride: Expression) -> str:
    """Return the name of a stride, or its number."""
    return stride.name if isinstance(stride, Letter) else "t"
