"""What is found out about an equation of entries under one reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from symconv.errors import FormulaError
from symconv.verification.deciding.finding import ORDER, Finding, find
from symconv.verification.outcome import Outcome
from symconv.verification.questions.array_examples import example_of
from symconv.verification.questions.claims import Reader
from symconv.verification.questions.questions import WINDOWS, Question, Window
from symconv.verification.reading.array_roles import Typed
from symconv.verification.reading.authored import Authored
from symconv.verification.reading.geometries import Geometry
from symconv.verification.reading.reading_words import in_one_sentence
from symconv.verification.reading.words import NO_SPELLINGS, Words
from symconv.verification.truth.convolution import Model

TIMEOUT: Final = 5.0


@dataclass(frozen=True)
class Reading:
    """One way to read an equation.

    Attributes:
        cost: how implausible it is.
        typed: which array is which.
        geometry: the convolution it is about.
        assumes: what it takes for granted.
        spelled: base of a name -> as the author spelled it.
        window: which window an open letter stands for.
        as_written: whether the equation has the form of the statement, so that a repair of it can
            be shown.
    """

    cost: float
    typed: Typed
    geometry: Geometry
    assumes: tuple[str, ...]
    spelled: Mapping[str, str] = field(default_factory=lambda: NO_SPELLINGS)
    window: Window = WINDOWS[0]
    as_written: bool = True

    @cached_property
    def words(self) -> Words:
        """The reading in words."""
        return Words(Authored(self.typed, self.geometry), self.spelled)


def outcome_of(reading: Reading) -> Outcome | None:
    """Return what is found out under one reading; None where it poses no question."""
    found = _findings(reading)
    if not found:
        return None
    worst = max(found, key=lambda finding: ORDER[finding.status])
    words = reading.words
    counterexample = worst.counterexample
    return Outcome(
        kind=worst.question.kind,
        status=worst.status,
        reading=in_one_sentence(words),
        reach=words.reach() if worst.status == "proved" else worst.reach,
        counterexample=example_of(counterexample, words) if counterexample else None,
        queries=tuple(q for finding in found if finding.proof for q in finding.proof.queries),
        basis=replace(reading, window=worst.window),
    )


def leaves_out(reading: Reading) -> bool:
    """Return whether the cases of a claim are not known to cover everything."""
    geometry = reading.geometry
    reader = Reader(geometry.model, geometry.index_base, (), reading.window)
    try:
        question = reader.coverage(geometry.claim)
    except FormulaError:
        return True
    if question is None:
        return False
    return (
        find(question, geometry.model, reading.window, bound=4, timeout=TIMEOUT).status != "proved"
    )


def _findings(reading: Reading) -> list[Finding]:
    """Return what is found about each question, for the window under which it is best."""
    geometry = reading.geometry
    best: list[Finding] = []
    for window in WINDOWS:
        reader = Reader(geometry.model, geometry.index_base, (), window)
        try:
            questions = reader.questions(geometry.claim)
        except FormulaError:
            continue
        found = _found(questions, geometry.model, window)
        if found and (not best or _worst(found) < _worst(best)):
            best = found
        opened = any(letter.opened for question in questions for letter in question.free)
        if found and (not opened or _worst(found) == 0):
            break
    return best


def _found(questions: Sequence[Question], model: Model, window: Window) -> list[Finding]:
    """Return what is found about each question, up to the first that is refuted."""
    found: list[Finding] = []
    for question in questions:
        found.append(find(question, model, window, bound=4, timeout=TIMEOUT))
        if found[-1].status == "refuted":
            break
    return found


def _worst(findings: Sequence[Finding]) -> int:
    return max(ORDER[finding.status] for finding in findings)
