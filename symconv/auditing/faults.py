"""All classes of faults that an audit knows, and the one that a set of wrong answers has.

A class is named only on evidence: it explains all the wrong answers, in every entry; or at least a
third of them, and makes none wrong that was right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from symconv.auditing.adjoint_faults import adjoint_faults
from symconv.auditing.axis_faults import axis_faults
from symconv.auditing.fault import Fault
from symconv.auditing.kind_faults import kind_faults
from symconv.auditing.order_faults import order_faults
from symconv.auditing.question import Answer, Question
from symconv.auditing.sum_faults import sum_faults

SUSPECTS: Final = 8  # of the smallest wrong answers, any of which may point to a fault
ENOUGH: Final = 3  # wrong answers that an open fault must explain
LEAST_SHARE: Final = 3  # one in so many wrong answers must be explained
WITNESSES: Final = 60  # right answers that a fault must not contradict

FAULTS: Final = (*kind_faults(), *adjoint_faults(), *order_faults(), *axis_faults(), *sum_faults())


@dataclass(frozen=True)
class Diagnosis:
    """Wrong answers that have one cause.

    Attributes:
        fault: the class that explains all of them; None if they are alike in no known way.
        answers: the wrong answers, smallest case first.
    """

    fault: Fault | None
    answers: tuple[Answer, ...]


def plainness(answer: Answer) -> tuple[bool, int]:
    """Return what to sort answers by: those with entries first, then the smaller cases."""
    case = answer.question.case
    return "empty" in case.tags, case.size


def diagnose(wrong: Sequence[Answer], right: Sequence[Question]) -> Iterator[Diagnosis]:
    """Yield the causes of wrong answers, each class with the answers it explains.

    Args:
        wrong: answers of one operation with a wrong value or shape.
        right: questions that were answered rightly.
    """
    left = sorted(wrong, key=plainness)
    while left:
        fault, explained = _best(left, right[:WITNESSES])
        yield Diagnosis(fault, tuple(explained))
        ids = set(map(id, explained))
        left = [answer for answer in left if id(answer) not in ids]


def _best(left: list[Answer], right: Sequence[Question]) -> tuple[Fault | None, list[Answer]]:
    """Return the fault that explains most of the answers, or None with all of them.

    A fault that leaves something open has to explain all of them, and does not stand in the way of
    one that does so without.
    """
    fault, explained = _best_closed(left, right)
    if len(explained) < len(left) >= ENOUGH:
        for other in FAULTS:
            if other.is_open and all(map(other.explains, left)):
                return other, left
    return (fault, explained) if explained else (None, left)


def _best_closed(
    left: list[Answer], right: Sequence[Question]
) -> tuple[Fault | None, list[Answer]]:
    """Return the fault that explains most, and what it explains; it leaves nothing open.

    Faults that explain more of the smallest answers are tried first, which lets the others be
    given up early.
    """
    faults = [fault for fault in FAULTS if not fault.is_open]
    hits = [sum(map(fault.explains, left[:SUSPECTS])) for fault in faults]
    best: tuple[Fault | None, list[Answer]] = (None, [])
    for number in sorted(range(len(faults)), key=lambda n: -hits[n]):
        if not hits[number] or len(best[1]) == len(left):
            break
        explained = _explained(faults[number], left, more_than=len(best[1]))
        if len(explained) > len(best[1]) and _is_evident(faults[number], explained, left, right):
            best = faults[number], explained
    return best


def _explained(fault: Fault, left: Sequence[Answer], *, more_than: int) -> list[Answer]:
    """Return the answers that a fault explains; fewer where they cannot become `more_than`."""
    explained: list[Answer] = []
    for number, answer in enumerate(left):
        if len(explained) + len(left) - number <= more_than:
            break
        if fault.explains(answer):
            explained.append(answer)
    return explained


def _is_evident(
    fault: Fault, explained: list[Answer], left: list[Answer], right: Sequence[Question]
) -> bool:
    """Return whether a fault is more than a chance fit: see the docstring of the module."""
    if len(explained) == len(left):
        return True
    share = max(2, len(left) / LEAST_SHARE)
    return len(explained) >= share and all(map(fault.spares, right))
