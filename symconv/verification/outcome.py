"""What is found out about one statement of a text, whatever kind of claim it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from symconv.verification.deciding.solver import Query
    from symconv.verification.report.wording import Example

Status: TypeAlias = Literal[
    "refuted", "depends", "right_when", "undecided", "not_understood", "no_claim", "proved"
]
RIGHT: Final[tuple[Status, ...]] = ("proved", "right_when")
SMALLEST: Final = "smallest counterexample"
REACH: Final = 4.0  # how much dearer than the likeliest reading one may be and still count
CLOSE: Final = 1.0  # readings that near to the likeliest one are as plausible as it


@dataclass(frozen=True)
class Outcome:
    """What is found out about one statement, under the reading that is shown.

    Attributes:
        kind: what the statement is about: "output", "grad_input", "output size", ...
        status: see Status.
        reading: every name in words: "O output, I input, s stride; first index 0".
        reach: for which sizes the status holds, or why it is not more.
        condition: under which it is right, or what it depends on, in the author's names.
        help: what would help, where it is not understood: "tell me what a is: --letters 'a=input'".
        counterexample: the smallest one, when it is refuted.
        repair, edits, derived, derived_text: what should stand there; see report.Verdict.
        repair_reach: for which sizes the repair is proved: "for all H, k, s".
        queries: what the solver was asked.
        basis: the reading that a repair starts from; None where there is no repair.
    """

    kind: str
    status: Status
    reading: str
    reach: str
    condition: str = ""
    help: str = ""
    counterexample: Example | None = None
    repair: str = ""
    edits: tuple[tuple[str, str], ...] = ()
    derived: str = ""
    derived_text: str = ""
    repair_reach: str = ""
    queries: tuple[Query, ...] = ()
    basis: object = None


@dataclass(frozen=True)
class Candidate:
    """One reading of a statement, and what was found out about the statement under it.

    Attributes:
        cost: how implausible the reading is; 0 is the likeliest. Names count, and conventions.
        outcome: its status is "proved", "refuted" or "undecided".
        assumes: what the reading takes for granted that nobody said and that its truth hangs on, in
            words: "the stride is 1", "* is a cross-correlation"; "" for nothing.
    """

    cost: float
    outcome: Outcome
    assumes: str = ""


def weighed(candidates: Sequence[Candidate]) -> Outcome:
    """Return the verdict that all readings within reach give together.

    It is refuted only if every reading within reach is; proved if the likeliest is proved without
    an assumption and none as plausible is refuted; right under a condition if the likeliest is
    right under its assumption; and depends if one plausible reading is right and another wrong.
    """
    ranked = sorted(candidates, key=lambda candidate: candidate.cost)
    near = [c for c in ranked if c.cost <= ranked[0].cost + REACH]
    best = near[0]
    right = next((c for c in near if c.outcome.status == "proved"), None)
    wrong = next((c for c in near if c.outcome.status == "refuted"), None)
    if right is None:
        close = [c for c in near if c.cost <= best.cost + CLOSE]
        unsure = next((c for c in close if c.outcome.status == "undecided"), None)
        return (unsure or best).outcome
    if best.outcome.status == "proved":
        rival = wrong is not None and wrong.cost <= best.cost + CLOSE
        if not best.assumes and not rival:
            return best.outcome
        if best.assumes:
            return _conditional(best.outcome, best.assumes)
    elif best.outcome.status == "undecided":
        return best.outcome
    if right.assumes and right.cost <= best.cost + CLOSE:
        return _conditional(right.outcome, right.assumes)
    assert wrong is not None
    return _depends(right, wrong)


def _conditional(outcome: Outcome, assumption: str) -> Outcome:
    return replace(outcome, status="right_when", condition=assumption)


def _depends(right: Candidate, wrong: Candidate) -> Outcome:
    return replace(
        right.outcome,
        status="depends",
        condition=_told_apart(right, wrong),
        counterexample=wrong.outcome.counterexample,
    )


def _told_apart(right: Candidate, wrong: Candidate) -> str:
    """Return in which of two readings a claim is right, by what they do not have in common.

    What they take for granted tells them apart, or else what they read its names as.
    """
    assumed = [_phrases(candidate.assumes) for candidate in (right, wrong)]
    read = [_phrases(candidate.outcome.reading) for candidate in (right, wrong)]
    told = read if set(assumed[0]) <= set(assumed[1]) and set(read[0]) - set(read[1]) else assumed
    one, other = (
        [phrase for phrase in told[place] if phrase not in told[1 - place]] for place in (0, 1)
    )
    shared = [phrase for phrase in assumed[0] if phrase in assumed[1]]
    where = f"where {' and '.join(shared)}: " if shared else ""
    if not one:
        return f"{where}wrong if {', '.join(other)}; right if not"
    if not other:
        return f"{where}right if {', '.join(one)}; wrong if not"
    return f"{where}right if {', '.join(one)}; wrong if {', '.join(other)}"


def _phrases(text: str) -> list[str]:
    """Return what stands between the commas and semicolons of a text."""
    return [phrase for part in text.split("; ") for phrase in part.split(", ") if phrase]
