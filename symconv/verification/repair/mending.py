"""What should stand in place of a wrong equation, in its author's names: repaired, or derived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from symconv.errors import FormulaError
from symconv.verification.deciding.counterexample_search import search
from symconv.verification.deciding.prove import prove
from symconv.verification.outcome import Outcome
from symconv.verification.questions.array_verdicts import Reading
from symconv.verification.questions.claims import Reader
from symconv.verification.questions.questions import Question
from symconv.verification.reading.sum_limits import beyond
from symconv.verification.repair.author_letters import in_author_letters
from symconv.verification.repair.conditions import holds_when, special_conditions
from symconv.verification.repair.derived import derived
from symconv.verification.repair.edit_trials import QUICK, Trials
from symconv.verification.repair.repair import TIMEOUT, repair
from symconv.verification.repair.shown import boxed, latex_of, text_of

MOST_CASES: Final = 3000


def mended(outcome: Outcome, *, repairs: bool) -> Outcome:
    """Return an outcome with what a wrong equation needs: a condition, a repair, the right formula.

    Args:
        outcome: of an equation of entries, with the reading it is shown under.
        repairs: whether it is looked for what should stand there.
    """
    reading = outcome.basis
    outcome = replace(outcome, basis=None)
    if outcome.status != "refuted" or not isinstance(reading, Reading):
        return outcome
    geometry = reading.geometry
    reader = Reader(geometry.model, geometry.index_base, (), reading.window)
    try:
        questions = reader.questions(geometry.claim)
    except FormulaError:
        return outcome
    trials = Trials(geometry.model)
    wrong = [question for question in questions if not trials.passes(question)]
    outcome = _under_a_condition(outcome, reading, wrong)
    if outcome.status != "refuted" or not repairs:
        return outcome
    return _put_right(outcome, reading, reader, wrong)


def _under_a_condition(outcome: Outcome, reading: Reading, wrong: Sequence[Question]) -> Outcome:
    """Return an outcome with the simple condition under which its claim is right after all."""
    words = reading.words
    found = holds_when(wrong, reading.geometry.model, special_conditions(words)) if wrong else ()
    if not found:
        return outcome
    meant = next((special for special in found if special.meant), None)
    if meant is not None:
        condition = "; ".join((*reading.assumes, meant.words))
        return replace(outcome, status="right_when", condition=condition, reach=words.reach())
    told = " or ".join(special.words for special in found)
    return replace(outcome, reach=f"{outcome.reach}; it holds when {told}")


def _put_right(
    outcome: Outcome, reading: Reading, reader: Reader, wrong: Sequence[Question]
) -> Outcome:
    authored, claim = reading.words.authored, reading.geometry.claim
    if authored.is_nameless or authored.typed.passed:
        return outcome
    named = frozenset(reading.geometry.author)
    found = repair(claim, reader, named=named) if reading.as_written else None
    if found is not None:
        shown, edits = boxed(found, authored)
        reach = _reach(reading, found.claim)
        return replace(outcome, repair=shown, edits=edits, repair_reach=reach)
    right = _derived(reader, wrong)
    if right is None:
        return outcome
    own = in_author_letters(right, authored)
    lettered = [f"{name} the {reading.words.unnamed_size(our)}" for our, name in own.sizes.items()]
    reach = _reach(reading, right)
    reach = f"{reach}, with {' and '.join(lettered)}" if lettered else reach
    return replace(
        outcome,
        derived=latex_of(own.claim),
        derived_text=text_of(own.claim),
        repair_reach=reach if _is_proved(right, reader) else "",
    )


def _reach(reading: Reading, claim: Any) -> str:
    """Return for which sizes another claim is proved under a reading, and what it assumes."""
    geometry = reading.geometry
    of_wrong = beyond(geometry.claim, geometry.model, geometry.index_base)
    kept = [words for words in reading.assumes if words not in of_wrong]
    kept += beyond(claim, geometry.model, geometry.index_base)
    reach = reading.words.reach()
    return f"{reach}, where {' and '.join(kept)}" if kept else reach


def _derived(reader: Reader, wrong: Sequence[Question]) -> Any:
    """Return the right equation in our letters, if it stands a check at small sizes."""
    if not wrong:
        return None
    right = derived(wrong[0], reader.model, index_base=reader.index_base)
    if right is None:
        return None
    try:
        asked = reader.questions(right)
        searched = [search(q, reader.model, bound=QUICK, cases=MOST_CASES) for q in asked]
    except (FormulaError, ArithmeticError, KeyError):
        return None
    sound = bool(searched) and all(one.cases and not one.counterexample for one in searched)
    return right if sound else None


def _is_proved(claim: Any, reader: Reader) -> bool:
    questions = reader.questions(claim)
    return all(prove(question, reader.model, timeout=TIMEOUT).proved for question in questions)
