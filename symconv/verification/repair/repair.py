"""The smallest repair of a wrong claim: up to two edits that make it right for all sizes.

Edits are tried one by one, then in pairs, each against the counterexamples met so
far, then against all small sizes; what survives is proved. The search ends after so many tries.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from symconv.errors import FormulaError
from symconv.formula.tree import (
    Cases,
    Condition,
    Equation,
    Integer,
    Not,
    SumOver,
    walk,
)
from symconv.verification.deciding.prove import prove
from symconv.verification.questions.claims import Reader
from symconv.verification.questions.questions import Question
from symconv.verification.repair.edit_search import Edited, Hunt, Patience, Repair
from symconv.verification.repair.edit_trials import Trials
from symconv.verification.repair.edits import Edit, apply
from symconv.verification.truth.algebra import rebuild

MAX_EDITS: Final = 2
MOST_WORK: Final = 30_000  # sets of edits times the weight of the claim; about a second
FEWEST: Final = 60  # sets of edits that are worth beginning for
ROUNDS_A_NODE: Final = 5  # rounds of a sum that weigh as much as a node of the claim
MOST_PROVED: Final = 6
TIMEOUT: Final = 0.5  # seconds for each query of a proof


def repair(
    claim: Equation,
    reader: Reader,
    *,
    named: frozenset[str],
    most: int = MAX_EDITS,
    work: int = MOST_WORK,
    timeout: float = TIMEOUT,
) -> Repair | None:
    """Return the smallest repair of all that is wrong with a claim, or None.

    Args:
        claim: the claim in our letters.
        reader: poses the questions; each of them is to be answered with yes.
        named: the sizes that the claim's author has names for; a repair brings in no others.
        most: how many edits at most, for one question.
        work: how much the claims that are tried weigh together, at most.
        timeout: seconds for each query of a proof.
    """
    weight = sum(1 for _ in walk(claim)) + _rounds(claim) // ROUNDS_A_NODE
    if work < FEWEST * weight:
        return None  # one trial alone would take seconds
    patience = Patience(work // weight, MOST_PROVED)
    mended: Any = copied(claim)  # edits are told apart by the node they change
    edits: tuple[Edit, ...] = ()
    for place in _wrong(mended, reader):
        part, own = narrowed(mended, place)
        edited = Edited(part, reader.model, reader.index_base, named)
        found = _smallest(Hunt(edited, own, reader, timeout), most, patience)
        mended = apply(mended, found) if found else None
        if not found or mended is None:
            return None
        edits += found
    return _proved(mended, edits, reader, timeout) if edits else None


def _rounds(claim: Equation) -> int:
    """Return how often the body of nested sums is counted, as far as their limits are numbers."""
    rounds = 1
    for part in walk(claim):
        match part:
            case SumOver(lower=Integer(value=low), upper=Integer(value=high)):
                rounds *= max(high - low + 1, 1)
    return rounds


def _smallest(hunt: Hunt, most: int, patience: Patience) -> tuple[Edit, ...]:
    for count in range(1, most + 1):
        found = hunt.with_edits(count, patience)
        if found is not None:
            return found.edits
    return ()


def _wrong(claim: Equation, reader: Reader) -> list[int]:
    """Return the places of the questions that fail at small sizes."""
    trials = Trials(reader.model)
    questions = _questions(claim, reader)
    return [place for place, asked in enumerate(questions) if not trials.passes(asked)]


def _proved(
    claim: Equation, edits: tuple[Edit, ...], reader: Reader, timeout: float
) -> Repair | None:
    """Return a repair if everything that the repaired claim says is proved."""
    questions = _questions(claim, reader)
    proofs = [prove(asked, reader.model, timeout=timeout) for asked in questions]
    if not proofs or not all(proof.proved for proof in proofs):
        return None
    return Repair(claim, edits, tuple(query for proof in proofs for query in proof.queries))


def _questions(claim: Equation, reader: Reader) -> tuple[Question, ...]:
    try:
        return reader.questions(claim)
    except FormulaError:
        return ()


def copied(node: Any) -> Any:
    """Return a copy in which no node stands at two places."""
    copy = rebuild(node, copied)
    return replace(copy) if copy is node else copy


def narrowed(claim: Equation, place: int) -> tuple[Equation, int]:
    """Return the part of an equation that poses one of its questions, and the question's place."""
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
