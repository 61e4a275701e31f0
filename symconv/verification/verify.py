"""Texts verified: every displayed formula read, understood and judged.

article    a text                     -> displays, each with the prose before it
telling    options, head, prose       -> what was said of the names
read       a display                  -> statements, in notation
KINDS      statements, what was said  -> outcomes: each kind of claim has a module that decides it
report     outcomes                   -> verdicts
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any, Final, TypeAlias, cast

from symconv.errors import FormulaError, OptionError
from symconv.formula.notation import Member, Statement, Unread
from symconv.formula.reader import read
from symconv.formula.tree import AllOf, AnyOf, Compare, Divides, Node, Not
from symconv.verification.outcome import Outcome
from symconv.verification.parallel import ordered_map
from symconv.verification.questions import (
    accumulations,
    arrays,
    named_conditions,
    no_claim,
    padded_inputs,
    premises,
    windows_conditions,
)
from symconv.verification.questions.operators import statements as operators
from symconv.verification.questions.pooling import statements as pooling
from symconv.verification.questions.scalars import statements as scalars
from symconv.verification.questions.unknown import unknown
from symconv.verification.reading.displays import Article, Display, article_of
from symconv.verification.reading.presets import preset
from symconv.verification.reading.roles import Told
from symconv.verification.reading.telling import Saying, told
from symconv.verification.reading.vocabulary import letters_of
from symconv.verification.repair.mending import mended
from symconv.verification.report.printable import one_line
from symconv.verification.report.report import Report, Verdict, verdict_of
from symconv.verification.truth.algebra import equal

Progress: TypeAlias = Callable[[str, int, int], None]
Decide: TypeAlias = Callable[[Sequence[Statement], Told], list[Outcome | None]]
KINDS: Final[tuple[Decide, ...]] = (
    accumulations.decide,
    padded_inputs.decide,
    named_conditions.decide,
    premises.decide,
    operators.decide,
    pooling.decide,
    arrays.decide,
    windows_conditions.decide,
    scalars.decide,
    no_claim.decide,
)
_COMMAND: Final = re.compile(r"\\[A-Za-z]+")
BASES: Final = (None, 0, 1)


@dataclass(frozen=True)
class Task:
    """One display to judge; it can be sent to another process.

    Attributes:
        source: the display.
        sayings: what was said of its names.
        assume: conditions that are assumed, in the author's letters.
        repairs: whether wrong claims are repaired.
        lead: the words that lead to the display.
    """

    source: str
    sayings: tuple[Saying, ...]
    assume: str
    repairs: bool
    lead: str = ""


@dataclass(frozen=True)
class Judged:
    """What was found out about one display.

    Attributes:
        outcomes: (line within the display from 0, source, outcome), one for each statement.
        seconds: how long it took.
    """

    outcomes: tuple[tuple[int, str, Outcome], ...]
    seconds: float


def silent(_stage: str, _done: int, _total: int) -> None:
    """Report no progress."""


def verify(
    text: str,
    *,
    letters: Mapping[str, str] | None = None,
    index_base: int | None = None,
    true_convolution: bool | None = None,
    assume: str = "",
    notation: str | None = None,
    formula: bool | None = None,
    repairs: bool = True,
    jobs: int = 1,
    folder: Path | None = None,
    progress: Progress = silent,
) -> Report:
    r"""Return a verdict on every displayed formula of a text.

    What an option leaves out is inferred: from the formula, from the sentences around it, from
    what names usually mean.

    Args:
        text: LaTeX, Markdown or HTML-escaped text with displayed formulas, or one formula.
        letters: name -> what it means, in words: {"F": "kernel", "s": "stride"}; docs/letters.md
            lists the vocabulary.
        index_base: what indices start from, 0 or 1.
        true_convolution: whether the convolution turns the kernel round.
        assume: conditions that hold of all claims, in the author's letters: "s = 1, p = q".
        notation: whose letters are likely: goodfellow, dumoulin, pytorch, cs231n or article.
        formula: whether the text is one formula; None finds out.
        repairs: whether it is looked for what should stand in place of a wrong claim.
        jobs: how many processes work side by side; the report is the same for any number.
        folder: where the files are that a TeX text reads with \input; None: they are not followed.
        progress: is told (what is done, displays done, displays in all).

    Raises:
        FormulaError: the text, or `assume`, breaks a limit of the language.
        OptionError: a meaning is not in the vocabulary, or an option has no value of its kind.

    Example:
        >>> verify("db = sum(dy[i,j], i=0..g-1, j=0..h-1)").verdicts[0].status
        'proved'
    """
    if index_base not in BASES:
        raise OptionError(f"index_base must be 0 or 1, got {index_base!r}")
    options = Saying(
        "option",
        tuple(letters_of(letters or {}).items()),
        index_base,
        true_convolution,
    )
    usual = Saying("preset", tuple(preset(notation).items()) if notation else ())
    article = article_of(text, formula=formula, folder=folder)
    displays = article.displays
    tasks = [
        Task(
            source=display.source,
            sayings=(usual, *display.sayings, options),
            assume=", ".join(filter(None, (display.assume, assume))),
            repairs=repairs,
            lead=display.lead,
        )
        for display in displays
    ]
    for said in dict.fromkeys((assume, *(task.assume for task in tasks))):
        _conditions(said)  # what is no condition is refused before any work

    def counted(which: int, done: int, total: int) -> None:
        progress(f"line {displays[which].line}", done, total)

    progress("reading", 0, len(tasks))
    found = ordered_map(judge_display, tasks, jobs=jobs, failed=_failed, progress=counted)
    pairs = [
        pair for display, one in zip(displays, found, strict=True) for pair in _shown(display, one)
    ]
    progress("done", len(tasks), len(tasks))
    return Report(
        tuple(verdict for verdict, _ in pairs),
        tuple(outcome.queries for _, outcome in pairs),
        (*article.notes, *_unmet(letters or {}, article)),
    )


def _unmet(letters: Mapping[str, str], article: Article) -> Iterator[str]:
    """Yield a note on each name that was told and stands in no formula."""
    text = " ".join(display.source for display in article.displays)
    bare = _COMMAND.sub(" ", text)
    for name in letters:
        base = re.split(r"[_^\[({]", name.strip("\\$ "))[0]
        if text and base and base not in bare and f"\\{base}" not in text:
            yield f"{one_line(name)} was told, and stands in no formula"


def judge_display(task: Task) -> Judged:
    """Return what is found out about the statements of one display."""
    started = perf_counter()
    try:
        parts = read(task.source)
    except FormulaError as err:
        return Judged(((0, "", _unread(err.reason)),), perf_counter() - started)
    assumed = _conditions(task.assume)
    statements = [
        replace(part, conditions=(*part.conditions, *assumed))
        for part in parts
        if isinstance(part, Statement)
    ]
    if statements:
        statements[0] = _led(statements[0], task.lead)
    try:
        decided = iter(_decided(statements, told(task.sayings), repairs=task.repairs))
    except FormulaError as err:  # a number or a power beyond the limits of the language
        decided = iter([_unread(err.reason)] * len(statements))
    outcomes = [
        (
            max(part.span.line - 1, 0),
            task.source[part.span.start : part.span.end],
            _unread(part.reason) if isinstance(part, Unread) else next(decided),
        )
        for part in parts
    ]
    return Judged(tuple(outcomes), perf_counter() - started)


def _led(statement: Statement, lead: str) -> Statement:
    """Return a condition by itself with the words that lead to it as its label."""
    alone = not statement.relations and not statement.label
    return replace(statement, label=lead) if alone and lead else statement


def _decided(statements: Sequence[Statement], said: Told, *, repairs: bool) -> list[Outcome]:
    """Ask the kinds of claims one after the other; what no kind takes is not understood."""
    found: list[Outcome | None] = [None] * len(statements)
    for decide in KINDS:
        if all(outcome is not None for outcome in found):
            break
        found = [
            one if one is not None else other
            for one, other in zip(found, decide(statements, said), strict=True)
        ]
    return [
        mended(outcome, repairs=repairs) if outcome else unknown(statement, said)
        for outcome, statement in zip(found, statements, strict=True)
    ]


_CONDITIONS: Final = (Compare, AllOf, AnyOf, Not, Divides, Member)


def _conditions(assume: str) -> tuple[Node, ...]:
    """Return the conditions of "s = 1, p = q" in notation.

    Raises:
        FormulaError: a part of it is no condition.
    """
    conditions: list[Any] = []
    for part in read(assume) if assume.strip() else ():
        match part:
            case Statement(sides=sides, relations=("=", *_)):
                conditions += [equal(*cast(Any, two)) for two in pairwise(sides)]
            case Statement(sides=(side,)) if isinstance(side, _CONDITIONS):
                conditions.append(side)
            case Statement(conditions=(_, *_)):
                pass
            case _:
                reason = "assume must be conditions such as 's = 1, p = q'"
                raise FormulaError(f"{reason}, got {assume[:60]!r}", line=1, column=1)
        conditions += part.conditions
    return tuple(conditions)


def _unread(reason: str) -> Outcome:
    return Outcome("not understood", "not_understood", "", reason)


def _failed(_task: Task, reason: str) -> Judged:
    return Judged(((0, "", Outcome("not decided", "undecided", "", reason)),), 0.0)


def _shown(display: Display, judged: Judged) -> Iterator[tuple[Verdict, Outcome]]:
    several = len(judged.outcomes) > 1
    for line, source, outcome in judged.outcomes:
        verdict = verdict_of(
            outcome,
            source=display.file,
            index=display.index,
            line=display.line + line,
            latex=display.source,
            seconds=judged.seconds / len(judged.outcomes),
            statement=source if several else "",
        )
        yield verdict, outcome
