"""What is found out about an equation of entries under one reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from symconv.errors import FormulaError
from symconv.verification.judge import Finding, find
from symconv.verification.outcome import Outcome
from symconv.verification.questions.claims import Reader
from symconv.verification.questions.questions import WINDOWS
from symconv.verification.reading.array_roles import WORDS, Typed
from symconv.verification.reading.geometries import Geometry
from symconv.verification.report.wording import example

TIMEOUT: Final = 5.0


@dataclass(frozen=True)
class Reading:
    """One way to read an equation.

    Attributes:
        cost: how implausible it is.
        typed: which array is which.
        geometry: the convolution it is about.
        assumes: what it takes for granted.
    """

    cost: float
    typed: Typed
    geometry: Geometry
    assumes: tuple[str, ...]


def outcome_of(reading: Reading) -> Outcome | None:
    """Return what is found out under one reading; None where it poses no question."""
    geometry = reading.geometry
    best: list[Finding] | None = None
    for window in WINDOWS[:3]:
        reader = Reader(geometry.model, geometry.index_base, (), window)
        try:
            questions = reader.questions(geometry.claim)
        except FormulaError:
            continue
        words = in_words(reading)
        found = [
            find(q, geometry.model, window, words, bound=4, timeout=TIMEOUT, tell=_silent)
            for q in questions
        ]
        if not found:
            continue
        if best is None or _worst(found) < _worst(best):
            best = found
        opened = any(letter.opened for question in questions for letter in question.free)
        if not opened or _worst(found) == 0:
            break
    if best is None:
        return None
    worst = max(best, key=lambda finding: _ORDER[finding.status])
    example_ = example(worst.counterexample) if worst.counterexample else None
    return Outcome(
        kind=worst.question.kind,
        status=worst.status,
        reading=worst.reading,
        reach=worst.reach,
        counterexample=example_,
        queries=tuple(q for finding in best if finding.proof for q in finding.proof.queries),
    )


_ORDER: Final = {"proved": 0, "undecided": 1, "refuted": 2}


def _worst(findings: Sequence[Finding]) -> int:
    return max(_ORDER[finding.status] for finding in findings)


def _silent(_stage: str) -> None:
    return


def in_words(reading: Reading) -> str:
    """Return a reading with every name: "O output, I input, s stride; indices from 0"."""
    arrays = [f"{name} {WORDS[role]}" for name, role in reading.typed.names.items()]
    sizes = [f"{name} {family}" for name, family in reading.geometry.families.items() if family]
    kind = "true convolution" if reading.geometry.model.flipped else "cross-correlation"
    return f"{', '.join([*arrays, *sizes])}; {kind}, {reading.geometry.shown_base}"
