"""Texts verified: every displayed formula read, judged and, where it is wrong, repaired."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import perf_counter
from typing import Final, TypeAlias

from symconv.errors import FormulaError
from symconv.formula.article import front_matter, read_article
from symconv.formula.reading import read_formula
from symconv.formula.tree import (
    Assertion,
    Claim,
    Compare,
    Condition,
    Displayed,
    Equation,
    NotUnderstood,
    Span,
)
from symconv.verification.deciding.solver import Query
from symconv.verification.judge import Finding, judge
from symconv.verification.reading.definitions import with_definitions
from symconv.verification.reading.front_matter import Declared, declared
from symconv.verification.reading.letters import Letters
from symconv.verification.repair.corrections import Fix, fixed
from symconv.verification.repair.repair import holds_when
from symconv.verification.report.report import Report, Verdict
from symconv.verification.report.wording import example

Progress: TypeAlias = Callable[[str, int, int], None]
_OUTER_COMMA: Final = re.compile(r",(?![^()]*\))")
_DISPLAYS: Final = ("$$", r"\[", r"\begin{equation", r"\begin{align", r"\begin{gather", "\n---\n")


def silent(_stage: str, _done: int, _total: int) -> None:
    """Tell nobody."""


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
    progress: Progress = silent,
) -> Report:
    """Return a verdict on every displayed formula of a text.

    Args:
        text: LaTeX, Markdown or HTML-escaped text with displayed formulas, or one formula.
        letters: the author's letter -> what it means: x, w, y, e, dy, b, a size such as p, q, t, m,
            n, g, h, d, P, t_h, or "index"; conventions hold for the rest.
        index_base: what the author's indices start from, 0 or 1; None: what the front matter of
            the text says, or 0.
        true_convolution: whether the convolution turns the kernel round; None: what the front
            matter says, or False.
        assume: conditions that are assumed of all claims, "t = 1, p = q", beside those of the
            front matter.
        notation: whose letters are likely; not used yet.
        formula: whether the text is one formula; None finds out.
        repairs: whether refuted claims are repaired, which takes seconds for each.
        jobs: how many processes may work at once; not used yet.
        progress: is told (what is done, claims done, claims in all).

    Raises:
        FormulaError: the text, or `assume`, breaks a rule of the language.
        OptionError: a letter is given an unknown meaning, or a field of the front matter has no
            value of its kind.

    Example:
        >>> verify("db = sum(dy[i,j], i=0..g-1, j=0..h-1)").verdicts[0].status
        'proved'
    """
    alone = not looks_like_an_article(text) if formula is None else formula
    says = Declared() if alone else declared(front_matter(text))
    given = Letters(
        {**says.letters, **(letters or {})},
        says.index_base if index_base is None else index_base,
        says.true_convolution if true_convolution is None else true_convolution,
    )
    verdicts = verify_text(
        text,
        given,
        assumed=(*_conditions(says.assume), *_conditions(assume)),
        formula=alone,
        repairs=repairs,
        progress=progress,
    )
    pairs = list(verdicts)
    return Report(tuple(verdict for verdict, _ in pairs), tuple(queries for _, queries in pairs))


def looks_like_an_article(text: str) -> bool:
    """Return whether a text displays formulas, rather than being one."""
    return any(mark in text for mark in _DISPLAYS)


def _conditions(text: str) -> tuple[Condition, ...]:
    """Return the conditions of "t = 1, p = q"."""
    conditions: list[Condition] = []
    for part in filter(None, (entry.strip() for entry in _OUTER_COMMA.split(text))):
        for claim in read_formula(part):
            match claim:
                case Equation(left=left, rights=(right,)):
                    conditions.append(Compare("=", left, right))
                case Assertion(condition=condition):
                    conditions.append(condition)
                case _:
                    raise FormulaError(f"assume must be conditions, got {part}", line=1, column=1)
    return tuple(conditions)


def verify_text(
    text: str,
    letters: Letters,
    *,
    assumed: Sequence[Condition] = (),
    formula: bool = False,
    repairs: bool = True,
    progress: Progress = silent,
) -> Iterator[tuple[Verdict, tuple[Query, ...]]]:
    """Yield the verdicts on a text, one by one.

    Args:
        text: an article with displayed formulas, or one formula.
        letters: what the letters mean.
        assumed: conditions that are assumed of all claims.
        formula: whether the text is one formula; else it is an article.
        repairs: whether refuted claims are repaired.
        progress: is told what is done, claim by claim.

    Raises:
        FormulaError: the text breaks a limit of the language.
    """
    progress("reading", 0, 0)
    claims = [
        (shown, claim)
        for shown in _displays(text, formula=formula)
        for claim in with_definitions(shown.claims, letters)
    ]
    for done, (display, claim) in enumerate(claims):

        def tell(stage: str, *, line: int = _line(display, claim.span), done: int = done) -> None:
            progress(f"line {line}: {stage}", done, len(claims))

        if isinstance(claim, NotUnderstood):
            yield _unread(display, claim.reason, claim.span), ()
        else:
            yield from _verdicts(display, claim, letters, assumed, repairs=repairs, tell=tell)
    progress("done", len(claims), len(claims))


def _displays(text: str, *, formula: bool) -> tuple[Displayed, ...]:
    if not formula:
        displayed: tuple[Displayed, ...] = read_article(text).displayed
        return displayed
    span = Span(line=1, column=1, start=0, end=len(text))
    return (Displayed(1, text.strip(), span, read_formula(text)),)


def _verdicts(
    display: Displayed,
    claim: Claim,
    letters: Letters,
    assumed: Sequence[Condition],
    *,
    repairs: bool,
    tell: Callable[[str], None],
) -> Iterator[tuple[Verdict, tuple[Query, ...]]]:
    try:
        findings = judge(claim, letters, assumed=assumed, tell=tell)
    except FormulaError as err:
        yield _unread(display, str(err), claim.span), ()
        return
    if not findings:
        line = _line(display, claim.span)
        yield (
            Verdict(
                "", display.index, line, display.latex, "definition", "", "proved", "by definition"
            ),
            (),
        )
    for place, finding in enumerate(findings):
        started = perf_counter()
        fix = Fix()
        when: tuple[str, ...] = ()
        if finding.status == "refuted" and repairs:
            tell("repair")
            fix = fixed(claim, place, finding, letters=letters, assumed=assumed)
            when = holds_when(finding.question, finding.model)
        looked = perf_counter() - started
        yield _judged(display, claim, finding, fix, when, looked), _queries(finding)


def _judged(
    display: Displayed,
    claim: Claim,
    finding: Finding,
    fix: Fix,
    when: tuple[str, ...],
    looked: float,
) -> Verdict:
    return Verdict(
        source="",
        index=display.index,
        line=_line(display, claim.span),
        latex=display.latex,
        kind=finding.question.kind,
        reading=finding.reading,
        status=finding.status,
        reach=finding.reach,
        counterexample=example(finding.counterexample) if finding.counterexample else None,
        repair=fix.repair,
        edits=fix.edits,
        derived=fix.derived,
        derived_text=fix.derived_text,
        holds_when=when,
        seconds=finding.seconds + looked,
    )


def _queries(finding: Finding) -> tuple[Query, ...]:
    return finding.proof.queries if finding.proof else ()


def _unread(display: Displayed, reason: str, span: Span) -> Verdict:
    line, kind = _line(display, span), "not understood"
    return Verdict("", display.index, line, display.latex, kind, "", "not_understood", reason)


def _line(display: Displayed, span: Span) -> int:
    return span.line or display.span.line
