"""From wrong answers to failures: grouped by cause, made small, shown at one entry.

wrong answers  -> causes         by the class of the fault, else by the kind of failure
cause          -> smallest case  that has the same cause
smallest case  -> Failure        the first pair of unit vectors that is answered wrongly
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

import numpy as np

from symconv.auditing.case import Case
from symconv.auditing.fault import Fault
from symconv.auditing.faults import Diagnosis, diagnose, plainness
from symconv.auditing.question import Answer, Question, units
from symconv.auditing.result import Failure
from symconv.auditing.session import Session
from symconv.auditing.shrink import shrink
from symconv.auditing.tags import TAGS
from symconv.sizes import Shape

MAX_FAILURES: Final = 5
MAX_UNITS: Final = 4000  # questions spent on finding the entry
NOT_LINEAR: Final = "not linear"
UNSTEADY: Final = "not repeatable"
NOT_FINITE: Final = "not finite"
_NOT_FINITE: Final = "some entries are NaN or infinite"
_NOT_LINEAR: Final = (
    "zero and all pairs of unit vectors are answered rightly, dense integers are not: the "
    "function is not linear in each array"
)
_MEASURED: Final = ("value", "shape")  # kinds of failure with an array to look into


def failures(
    session: Session, wrong: Sequence[Answer], right: Sequence[Question]
) -> tuple[Failure, ...]:
    """Return the causes of the wrong answers: known classes first, then the most frequent.

    Args:
        session: the audit under way; it stops making cases smaller when the time is up.
        wrong: all wrong answers.
        right: the questions that were answered rightly.
    """
    causes = sorted(_causes(wrong, right), key=lambda c: (c.fault is None, -len(c.answers)))
    asked = [answer.question.case for answer in wrong] + [question.case for question in right]
    found = []
    for number, cause in enumerate(causes[:MAX_FAILURES]):
        session.progress("making failures small", number, min(len(causes), MAX_FAILURES))
        found.append(_failure(session, cause, asked))
    return tuple(found)


def _causes(wrong: Sequence[Answer], right: Sequence[Question]) -> Iterator[Diagnosis]:
    yield from diagnose([answer for answer in wrong if answer.kind in _MEASURED], right)
    others: dict[tuple[str, str], list[Answer]] = {}
    for answer in wrong:
        if answer.kind not in _MEASURED:
            others.setdefault(_complaint(answer), []).append(answer)
    for answers in others.values():
        yield Diagnosis(None, tuple(sorted(answers, key=plainness)))


def _complaint(answer: Answer) -> tuple[str, str]:
    """Return the kind of failure, with the class of the exception."""
    return answer.kind, answer.message.partition(":")[0]


def _failure(session: Session, cause: Diagnosis, asked: Sequence[Case]) -> Failure:
    """Return a cause on the smallest case that has it."""
    first = cause.answers[0]
    if not session.over and not _same(first, session.caller(first.question)):
        return _unsteady(cause, asked)
    smallest = _smallest(session, first, cause.fault)
    shown, at = _localised(session, smallest)
    fault, sentence = ("", "") if cause.fault is None else (cause.fault.name, cause.fault.sentence)
    if shown.kind == "value" and not fault and _is_infinite(shown):
        fault, sentence = NOT_FINITE, _NOT_FINITE
    if shown.kind == "value" and shown.question.units is None and not session.over:
        fault, sentence = fault or NOT_LINEAR, sentence or _NOT_LINEAR
    return Failure(
        kind=smallest.kind,
        fault=fault,
        sentence=sentence,
        answer=shown,
        at=at,
        count=len(cause.answers),
        found=first.question.case,
        tags=_common_tags(cause.answers, asked),
    )


def _same(answer: Answer, again: Answer) -> bool:
    """Return whether two answers to one question are alike."""
    if answer.got is None or again.got is None:
        return _complaint(answer) == _complaint(again)
    if answer.got.shape != again.got.shape:
        return False
    nowhere = (answer.got != answer.got) & (again.got != again.got)  # NaN differs from itself
    return bool(np.all((answer.got == again.got) | nowhere))


def _is_infinite(answer: Answer) -> bool:
    """Return whether some entry that came back is NaN or infinite."""
    if answer.got is None or answer.got.dtype.kind not in "fc":
        return False
    return not bool(np.isfinite(answer.got).all())


def _unsteady(cause: Diagnosis, asked: Sequence[Case]) -> Failure:
    """Return the failure of a function that answers the same question differently."""
    first = cause.answers[0]
    return Failure(
        kind=first.kind,
        fault=UNSTEADY,
        sentence="the same question is answered differently from call to call",
        answer=first,
        at=_wrong_entry(first) if first.kind == "value" else None,
        count=len(cause.answers),
        found=first.question.case,
        tags=_common_tags(cause.answers, asked),
    )


def _smallest(session: Session, first: Answer, fault: Fault | None) -> Answer:
    """Return a wrong answer with the same cause on the smallest case there is."""
    found = {first.question.case: first}

    def shows(case: Case) -> bool:
        if not session.allows(case):
            return False
        answer = session.ask(case)
        same = _complaint(answer) == _complaint(first)
        if answer.right or not (same if fault is None else fault.explains(answer)):
            return False
        found[case] = answer
        return True

    if first.question.units is not None:  # dense integers do not show it, so no other case can
        return first
    return found[shrink(first.question.case, shows)]


def _localised(session: Session, answer: Answer) -> tuple[Answer, Shape | None]:
    """Return the wrong answer to a pair of unit vectors if there is one, and a wrong entry."""
    if answer.kind != "value":
        return answer, None
    if answer.question.units is None:
        questions = islice(units(session.operation, answer.question.case), MAX_UNITS)
        for question in questions:
            if session.over:
                break
            other = session.caller(question)
            if other.kind == "value":
                answer = other
                break
    return answer, _wrong_entry(answer)


def _wrong_entry(answer: Answer) -> Shape:
    """Return the index of a wrong entry, one that should not be 0 if there is one."""
    assert answer.got is not None
    expected = answer.question.expected
    differs = np.asarray(answer.got != expected)
    missing = differs & (expected != 0)
    places = np.argwhere(missing if missing.any() else differs)
    return tuple(int(index) for index in places[0])


def _common_tags(answers: Sequence[Answer], asked: Sequence[Case]) -> tuple[str, ...]:
    """Return the tags that all these cases have, and not all the others that were asked about."""
    common = frozenset.intersection(*(answer.question.case.tags for answer in answers))
    always = frozenset.intersection(*(case.tags for case in asked))
    return tuple(tag for tag in TAGS if tag in common - always)
