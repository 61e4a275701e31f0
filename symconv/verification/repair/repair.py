"""The smallest repair of a wrong claim: up to three edits that make it right for all sizes.

Edits are tried one by one, then in pairs, then in threes, each against the counterexamples met so
far, then against all small sizes; what survives is proved. The search ends after so many tries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

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
from symconv.verification.deciding.prove import prove
from symconv.verification.questions.claims import Reader
from symconv.verification.questions.questions import Question
from symconv.verification.repair.edit_search import Edited, Hunt, Patience, Repair
from symconv.verification.repair.edit_trials import UNCOUNTABLE, Trials
from symconv.verification.truth.algebra import ONE, rebuild
from symconv.verification.truth.convolution import INPUT, KERNEL, Model

MAX_EDITS: Final = 3
MOST_TRIED: Final = 6000  # sets of edits; seconds on an idle machine


def repair(
    claim: Any,
    place: int,
    readers: Sequence[Reader],
    *,
    most: int = MAX_EDITS,
    tries: int = MOST_TRIED,
    timeout: float = 2.0,
) -> Repair | None:
    """Return the smallest repair of one question of a claim, or None.

    Args:
        claim: the claim in our letters.
        place: which of its questions is to be answered with yes.
        readers: pose the questions, each under its own reading; a repair under an early one is
            preferred to one under a later one, but a single edit to several.
        most: how many edits at most.
        tries: how many sets of edits are tried at most.
        timeout: seconds for each query of a proof.
    """
    patience = Patience(tries)
    claim, place = narrowed(claim, place)
    claim = _copied(claim)  # edits are told apart by the node they change
    edited = {reader.model: Edited(claim, reader.model, reader.index_base) for reader in readers}
    hunts = [Hunt(edited[reader.model], place, reader, timeout) for reader in readers]
    for counts in (range(1, 2), range(2, most + 1)):
        for hunt in hunts:
            for count in counts:
                found = hunt.with_edits(count, patience)
                if found is not None:
                    return found
    return None


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
