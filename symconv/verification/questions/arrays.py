"""Equations of entries: y itself, its derivatives, the gradients; each under its readings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from symconv.errors import FormulaError
from symconv.formula.notation import Dots, Group, Mark, Marked, Name, Starred, Statement
from symconv.formula.tree import Compare, Condition, Entry, Equation, Letter, Partial, Total, walk
from symconv.verification.judge import Finding, find
from symconv.verification.outcome import Candidate, Outcome, weighed
from symconv.verification.questions.claims import Reader
from symconv.verification.questions.questions import WINDOWS
from symconv.verification.reading.array_roles import WORDS, Typed, typed
from symconv.verification.reading.geometries import Geometry, geometries
from symconv.verification.reading.index_graph import NoLayoutError, bound_letters
from symconv.verification.reading.names import alternatives, flat
from symconv.verification.reading.roles import Told
from symconv.verification.reading.settling import Settler, UnsettledError, index_letters
from symconv.verification.report.wording import example

MOST_TRIED: Final = 10  # readings of one equation
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


def decide(statements: Sequence[Statement], told: Told) -> list[Outcome | None]:
    """Return what is found out about each statement that is an equation of entries.

    Args:
        statements: those of one display.
        told: what was said of the names.
    """
    return [_decided(statement, told) for statement in statements]


def _decided(statement: Statement, told: Told) -> Outcome | None:
    if len(statement.sides) < 2 or "+=" in statement.relations:
        return None
    readings = list(_readings(statement, told))
    if not readings:
        return None
    readings.sort(key=lambda reading: reading.cost)
    candidates: list[Candidate] = []
    for reading in readings[:MOST_TRIED]:
        outcome = _outcome(reading, told)
        if outcome is None:
            continue
        candidates.append(Candidate(reading.cost, outcome, "; ".join(reading.assumes)))
        if outcome.status == "proved":
            break
    return weighed(candidates) if candidates else None


# Readings


def _readings(statement: Statement, told: Told) -> Iterator[Reading]:
    """Yield the readings of a statement, in no order."""
    met: set[Any] = set()
    for cost, (settled,) in alternatives((statement,)):
        for digits in (True, False):
            for equation, assumes in _equations(settled, digits=digits):
                if equation in met:
                    continue
                met.add(equation)
                yield from _of_equation(equation, cost, assumes, told)


def _of_equation(
    equation: Equation, cost: float, assumes: tuple[str, ...], told: Told
) -> Iterator[Reading]:
    indices = frozenset(bound_letters(equation) | _letters_on_the_left(equation.left))
    for candidate in typed(equation, told)[:6]:
        try:
            found = geometries(candidate, indices, told)
        except NoLayoutError:
            continue
        for geometry in found:
            total = cost + geometry.cost
            yield Reading(total, candidate, geometry, (*assumes, *geometry.assumes))


def _letters_on_the_left(left: Any) -> set[str]:
    entries = [part for part in walk(left) if isinstance(part, Entry)]
    return {
        part.name
        for entry in entries
        for index in entry.indices
        for part in walk(index)
        if isinstance(part, Letter)
    }


def _equations(statement: Statement, *, digits: bool) -> Iterator[tuple[Equation, tuple[str, ...]]]:
    """Yield the equations of entries that a chain of sides may be."""
    sides, star = _without_operators(statement.sides)
    if len(sides) < 2:
        return
    layers = _layers(statement)
    shown = replace(statement, sides=sides)
    settler = Settler(index_letters(shown), layers, digits)
    try:
        values = [settler.value(side) for side in sides]
        conditions = tuple(_conditions(statement, settler))
    except UnsettledError:
        return
    left, *rights = values
    if not isinstance(left, Partial) and rights and isinstance(rights[0], Partial) and rights[1:]:
        left, *rights = rights
    rights = [right for right in rights if not isinstance(right, Partial)]
    if rights and any(isinstance(part, Entry) for right in rights for part in walk(right)):
        yield Equation(left, tuple(rights), conditions, span=statement.span), star


def _without_operators(sides: Sequence[Any]) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """Return the sides without those that only name an operation, and what its sign must mean."""
    assumes: tuple[str, ...] = ()
    kept: list[Any] = []
    for side in sides:
        sign = _operation(side)
        if sign == "":
            kept.append(side)
            continue
        assumes = (sign,)
        if not kept:
            kept.append(_named(side))
    return tuple(kept), ()


def _operation(side: Any) -> str:
    """Return the sign of a side like (x * w)_{ij} or X * K; "" for others."""
    match side:
        case Starred(sign=sign, left=left, right=right):
            return sign if _is_array(left) and _is_array(right) else ""
        case Group(items=(inner,)):
            return _operation(inner)
        case Marked(base=Group(items=(inner,))):
            return _operation(inner)
    return ""


def _is_array(node: Any) -> bool:
    return isinstance(node, Name | Marked)


def _named(side: Any) -> Any:
    """Return (x * w)_{ij} as an entry of an array with a name of its own."""
    marks = side.marks if isinstance(side, Marked) else ()
    return Marked(Name("(x * w)", word=True), marks) if marks else Name("(x * w)", word=True)


def _layers(statement: Statement) -> frozenset[str]:
    """Return the letters that count layers: l, where l - 1 or l + 1 stands above some name."""
    found = {"l", "L"}
    for part in walk(statement):
        if isinstance(part, Mark) and part.kind == "sup":
            for item in part.items:
                inner = item.items[0] if isinstance(item, Group) else item
                if isinstance(inner, Total):
                    found |= {n.text for n in walk(inner) if isinstance(n, Name)}
    return frozenset(found)


def _conditions(statement: Statement, settler: Settler) -> Iterator[Condition]:
    for condition in statement.conditions:
        try:
            yield settler.condition(condition)
        except UnsettledError:
            continue


# Verdicts


def _outcome(reading: Reading, told: Told) -> Outcome | None:
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
        status=worst.status,  # type: ignore[arg-type]
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


_ = (Compare, Dots, flat)
