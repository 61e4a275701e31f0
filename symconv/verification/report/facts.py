"""A verdict in full: what is said of it beside its label, in the same words in every format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from symconv.verification.report.printable import phrase
from symconv.verification.report.report import Verdict

Tone: TypeAlias = Literal["", "bad", "good"]
_HALVES: Final = re.compile(r"; (?=wrong (?:if|when) )")
_KINDS: Final = {  # no letters: those of the author are others than ours
    "output by input": "∂output/∂input",
    "output by weight": "∂output/∂kernel",
    "output by bias": "∂output/∂bias",
    "grad_input": "∂loss/∂input",
    "grad_weight": "∂loss/∂kernel",
    "grad_bias": "∂loss/∂bias",
    "scatter": "∂loss/∂input, added window by window",
    "not understood": "",
}


@dataclass(frozen=True)
class Fact:
    """One thing that is said of a verdict.

    Attributes:
        name: what it is: "read as", "it says", ...
        lines: the words, a line each.
        tone: "bad" for what is wrong, "good" for what is right.
    """

    name: str
    lines: tuple[str, ...]
    tone: Tone = ""


def facts(verdict: Verdict) -> tuple[Fact, ...]:
    """Return everything that is said of a verdict but its formulas, which each format spells."""
    return tuple(fact for fact in (*_meaning(verdict), *_example(verdict)) if any(fact.lines))


def _meaning(verdict: Verdict) -> Iterator[Fact]:
    yield Fact("read as", (phrase(verdict.reading),))
    when = (phrase(verdict.when),)
    match verdict.status:
        case "refuted":
            yield Fact("right when", when, "good")
        case "right_when":
            yield Fact("right when", when, "good")
            yield Fact("reach", (phrase(verdict.reach),))
        case "depends":
            yield Fact("it depends", tuple(_HALVES.split(phrase(verdict.when))))
        case _:
            yield Fact("condition", when)
            yield Fact("why" if verdict.status != "proved" else "reach", (phrase(verdict.reach),))
    yield Fact("what would help", (phrase(verdict.help),))


def _example(verdict: Verdict) -> Iterator[Fact]:
    found = verdict.counterexample
    if found is None:
        if verdict.status == "refuted":
            yield Fact("why", (phrase(verdict.reach),))
        return
    yield Fact("smallest sizes" if verdict.status == "refuted" else "wrong at", (found.where,))
    yield Fact("it says", (phrase(found.claimed),), "bad")
    yield Fact("true is", (phrase(found.true),), "good")
    yield Fact("difference", tuple(map(phrase, found.difference)))


def in_short(verdict: Verdict) -> str:
    """Return what a verdict says beside its label on one line: its condition, or its reach."""
    if verdict.status in ("right_when", "depends") and verdict.when:
        return phrase(verdict.when)
    if verdict.status == "refuted" and verdict.counterexample:
        return f"wrong at {verdict.counterexample.where}"
    return phrase(verdict.reach)


def place(verdict: Verdict) -> str:
    """Return where the formula of a verdict stands: "notes.md, line 4"."""
    source = phrase(verdict.source)
    return f"{source}, line {verdict.line}" if source else f"line {verdict.line}"


def kind_in_words(kind: str) -> str:
    """Return what a question is about, as a person says it.

    Example:
        >>> kind_in_words("grad_input, case 2")
        '∂loss/∂input, case 2'
    """
    head, comma, rest = kind.partition(",")
    return phrase(f"{_KINDS.get(head, head.replace('_', ' '))}{comma}{rest}")


def repaired(verdict: Verdict) -> str:
    """Return the heading of a repair: for which sizes it is proved, if that is known."""
    reach = phrase(verdict.repair_reach)
    return f"Repaired, proved {reach}" if reach else "Repaired"
