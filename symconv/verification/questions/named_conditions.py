"""Conditions whose words say what they are about: when windows overlap, which outputs there are.

A condition by itself claims nothing. "Windows overlap: t <= p - 1" says that it holds exactly when
windows overlap, and "index range: 0 <= i <= (m - p)//t" that it holds exactly for the outputs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from symconv.errors import FormulaError
from symconv.formula.notation import Member, Name, Statement, Words
from symconv.formula.tree import AllOf, AnyOf, Compare, Condition, Divides, Letter, Not
from symconv.verification.deciding.finding import find
from symconv.verification.outcome import Candidate, Outcome, weighed
from symconv.verification.questions.conditions import ConditionReader
from symconv.verification.questions.questions import OUTPUTS, WINDOWS, ConditionQuestion, Question
from symconv.verification.reading.names import alternatives
from symconv.verification.reading.roles import Told
from symconv.verification.reading.settling import Settler, UnsettledError
from symconv.verification.reading.size_hints import Hint, family_costs
from symconv.verification.report.wording import example
from symconv.verification.truth.algebra import ONE, ZERO, substitute
from symconv.verification.truth.convolution import Axis, Model
from symconv.verification.truth.layout import Layout

OVERLAP: Final = re.compile(
    r"overlap|disjoint|disjun[ck]t|überlapp|chevauch|se recouvr|solap|superpon|"
    r"重叠|重疊|重なり|겹치|перекры",
    re.IGNORECASE,
)
RANGE: Final = re.compile(
    r"\b(?:index|output) (?:range|indices)|range of (?:the )?(?:index|output)", re.IGNORECASE
)
NEGATED: Final = re.compile(
    r"\b(?:not?|never|don't|kein|nicht|ne|pas|без)\b|不|disjoint|disjun[ck]t", re.IGNORECASE
)
OURS: Final[Mapping[str, str]] = {
    "kernel": "p",
    "stride": "t",
    "dilation": "d",
    "padding": "P",
    "input": "m",
    "output": "g",
}
INDICES: Final = frozenset("ijkl")
TIMEOUT: Final = 5.0
MOST: Final = 4  # readings
SURE: Final = 3.0  # how much more names count than in equations, whose form says more
REACHES: Final = "for all sizes"


@dataclass(frozen=True)
class Named:
    """A condition with what its words say of it.

    Attributes:
        kind: "overlap" or "index range".
        negated: whether the words say when it is not so.
        condition: the condition, in notation.
    """

    kind: str
    negated: bool
    condition: Any


def decide(statements: Sequence[Statement], told: Told) -> list[Outcome | None]:
    """Return what is found out about each condition whose words say what it is about.

    Words that a reader cuts into several statements may have lost a "not"; only labels are whole.
    """
    lone = len(statements) == 1
    return [
        _decided(statement, told) if lone or statement.label else None for statement in statements
    ]


def _decided(statement: Statement, told: Told) -> Outcome | None:
    for _, (settled,) in alternatives((statement,)):
        named = _named(settled)
        if named is None:
            continue
        try:
            condition = Settler(frozenset()).condition(named.condition)
        except UnsettledError:
            continue
        candidates = list(_candidates(named, condition, told))
        if candidates:
            outcome = weighed(candidates)
            guessed = named.kind == "index range" and not _is_told(condition, told)
            return None if guessed and outcome.status != "proved" else outcome
    return None


def _is_told(condition: Condition, told: Told) -> bool:
    """Return whether something says what every size is; names alone do not tell six kinds apart."""
    return all(name in told.names or name in INDICES for name in condition.names)


def _named(statement: Statement) -> Named | None:
    """Return a condition and what its words say it is: a label, a side or a remark."""
    conditions = [side for side in statement.sides if _is_condition(side)]
    words = [side.text for side in statement.sides if isinstance(side, Name | Words)]
    if len(conditions) != 1 or len(words) + 1 != len(statement.sides):
        return None
    remarks = [part.text for part in statement.conditions if isinstance(part, Words)]
    if len(remarks) < len(statement.conditions) or not {*statement.relations} <= {"iff"}:
        return None
    text = " ".join((statement.label, *words, *remarks))
    for kind, pattern in (("overlap", OVERLAP), ("index range", RANGE)):
        if pattern.search(text):
            return Named(kind, bool(NEGATED.search(text)), conditions[0])
    return None


def _is_condition(side: Any) -> bool:
    return isinstance(side, Compare | AllOf | AnyOf | Not | Divides | Member)


def _candidates(named: Named, condition: Condition, told: Told) -> Iterator[Candidate]:
    """Yield what is found out under the likeliest readings of the sizes."""
    for cost, roles in _readings(named, condition, told):
        letters: dict[str, Any] = {name: Letter(ours) for name, ours in roles.items()}
        asked: Condition = substitute(condition, letters)
        reader = ConditionReader(_model(roles), told.index_base or 0, ())
        question = _question(named, asked, reader)
        if question is not None:
            yield Candidate(cost, _outcome(named, question, roles))


def _readings(named: Named, condition: Condition, told: Told) -> list[tuple[float, dict[str, str]]]:
    """Return (cost, name -> our letter, "_i" for the index), the likeliest first."""
    families = ("kernel", "stride") if named.kind == "overlap" else tuple(OURS)
    hints: list[Hint] = [(family, 0) for family in families]
    names = sorted(condition.names)
    options: list[list[tuple[float, str]]] = []
    for name in names[:6]:
        own = [(cost, OURS[f]) for cost, f in family_costs(name, hints, told) if f in families]
        if named.kind == "index range":
            own.append((0.0 if name in INDICES else 1.0, OUTPUTS[0]))
        options.append(sorted(own)[:3])
    found = [
        (
            SURE * sum(cost for cost, _ in choice),
            {n: o for n, (_, o) in zip(names, choice, strict=True)},
        )
        for choice in product(*options)
        if len({ours for _, ours in choice}) == len(names)
    ]
    needed = {"p", "t"} if named.kind == "overlap" else {OUTPUTS[0]}
    fitting = [pair for pair in found if needed <= set(pair[1].values())]
    return sorted(fitting, key=lambda pair: pair[0])[:MOST]


def _model(roles: Mapping[str, str]) -> Model:
    used = set(roles.values())
    padding = Letter("P") if "P" in used else ZERO
    stride = Letter("t") if "t" in used else ONE
    dilation = Letter("d") if "d" in used else ONE
    axis = Axis(Letter("p"), stride, dilation, padding, padding, Letter("m"), Letter("g"))
    return Model((axis,), False, Layout(1))


def _question(named: Named, condition: Condition, reader: ConditionReader) -> Question | None:
    try:
        if named.kind == "index range":
            question = reader.index_range([condition], [OUTPUTS[0]])
        else:
            question = reader.overlap(condition)
    except FormulaError:
        return None
    if named.negated and isinstance(question, ConditionQuestion):
        return ConditionQuestion(question.kind, condition, Not(question.true), question.free, ())
    return question


def _outcome(named: Named, question: Question, roles: Mapping[str, str]) -> Outcome:
    families = {ours: family for family, ours in OURS.items()}
    said = [f"{name} {families.get(ours, 'index of an output')}" for name, ours in roles.items()]
    words = f"{', '.join(said)}; {'no ' if named.negated else ''}{named.kind}"
    model = _model(roles)
    found = find(question, model, WINDOWS[0], bound=4, timeout=TIMEOUT)
    return Outcome(
        kind=named.kind,
        status=found.status,
        reading=words,
        reach=REACHES if found.status == "proved" else found.reach,
        counterexample=example(found.counterexample) if found.counterexample else None,
        queries=found.proof.queries if found.proof else (),
    )
