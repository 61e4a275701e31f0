"""Texts verified: every displayed formula read, judged and, where it is wrong, repaired."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from time import perf_counter
from typing import Any, Final

from symconv.errors import FormulaError
from symconv.formula.article import read_article
from symconv.formula.reading import read_formula
from symconv.formula.spelling import spell_latex
from symconv.formula.tree import (
    Assertion,
    Claim,
    Compare,
    Condition,
    Displayed,
    Equation,
    Letter,
    Not,
    NotUnderstood,
    Span,
)
from symconv.verification.algebra import rebuild
from symconv.verification.claims import Reader
from symconv.verification.definitions import with_definitions
from symconv.verification.letters import Letters
from symconv.verification.repair import MAX_EDITS, Repair, holds_when, repair
from symconv.verification.report import Report, Verdict, in_words
from symconv.verification.resolving import Resolved, resolve, resolve_condition
from symconv.verification.solver import Query
from symconv.verification.verdict import Finding, Status, judge

SECONDS_FOR_REPAIR: Final = 15.0
_OUTER_COMMA: Final = re.compile(r",(?![^()]*\))")
_DISPLAYS: Final = ("$$", r"\[", r"\begin{equation", r"\begin{align", r"\begin{gather", "\n---\n")


def verify(
    text: str,
    *,
    letters: Mapping[str, str] | None = None,
    index_base: int = 0,
    true_convolution: bool = False,
    assume: str = "",
    formula: bool | None = None,
    repairs: bool = True,
) -> Report:
    """Return a verdict on every displayed formula of a text.

    Args:
        text: LaTeX, Markdown or HTML-escaped text with displayed formulas, or one formula.
        letters: the author's letter -> what it means: x, w, y, e, dy, b, a size such as p, q, t, m,
            n, g, h, d, P, t_h, or "index"; conventions hold for the rest.
        index_base: what the author's indices start from, 0 or 1.
        true_convolution: whether the convolution turns the kernel round.
        assume: conditions that are assumed of all claims, "t = 1, p = q".
        formula: whether the text is one formula; None finds out.
        repairs: whether refuted claims are repaired, which takes seconds for each.

    Raises:
        FormulaError: the text, or `assume`, breaks a rule of the language.
        OptionError: a letter is given an unknown meaning.

    Example:
        >>> verify("db = sum(dy[i,j], i=0..g-1, j=0..h-1)").verdicts[0].status
        'proved'
    """
    alone = not looks_like_an_article(text) if formula is None else formula
    given = Letters(dict(letters or {}), index_base, true_convolution)
    pairs = list(
        verify_text(text, given, assumed=_conditions(assume), formula=alone, repairs=repairs)
    )
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
) -> Iterator[tuple[Verdict, tuple[Query, ...]]]:
    """Yield the verdicts on a text, one by one.

    Args:
        text: an article with displayed formulas, or one formula.
        letters: what the letters mean.
        assumed: conditions that are assumed of all claims.
        formula: whether the text is one formula; else it is an article.
        repairs: whether refuted claims are repaired.

    Raises:
        FormulaError: the text breaks a limit of the language.
    """
    for display in _displays(text, formula=formula):
        for claim in with_definitions(display.claims, letters):
            if isinstance(claim, NotUnderstood):
                yield _not_understood(display, claim.reason, claim.span), ()
            else:
                yield from _verdicts(display, claim, letters, assumed, repairs=repairs)


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
) -> Iterator[tuple[Verdict, tuple[Query, ...]]]:
    started = perf_counter()
    try:
        findings = judge(claim, letters, assumed=assumed)
    except FormulaError as err:
        yield _not_understood(display, str(err), claim.span), ()
        return
    if not findings:
        seconds = perf_counter() - started
        yield (
            _verdict(display, claim.span, "definition", "proved", "", "by definition", seconds),
            (),
        )
    for place, finding in enumerate(findings):
        looked = perf_counter()
        fixed = ""
        when: tuple[str, ...] = ()
        if finding.status == "refuted" and repairs:
            fixed = _repaired(claim, place, letters, assumed, finding)
            when = holds_when(finding.question, finding.model)
        yield (
            Verdict(
                index=display.index,
                line=claim.span.line or display.span.line,
                latex=display.latex,
                kind=finding.question.kind,
                status=finding.status,
                reading=finding.reading,
                reach=finding.reach,
                counterexample=in_words(finding.counterexample),
                repair=fixed,
                holds_when=when,
                seconds=finding.seconds + perf_counter() - looked,
            ),
            finding.proof.queries if finding.proof else (),
        )


def _repaired(
    claim: Claim, place: int, letters: Letters, assumed: Sequence[Condition], finding: Finding
) -> str:
    """Return the smallest repair as LaTeX, every edited node in a box; "" if there is none."""
    resolved = resolve(claim, letters, also=tuple(assumed))
    given = tuple(resolve_condition(condition, letters) for condition in assumed)
    for most, (model, window) in product((1, MAX_EDITS), finding.tried):
        reader = Reader(model, letters.index_base, given, window)
        found = repair(resolved.claim, place, reader, most=most, seconds=SECONDS_FOR_REPAIR)
        if found is not None:
            return _boxed(found, resolved)
    return ""


def _boxed(found: Repair, resolved: Resolved) -> str:
    """Return a repair as LaTeX in the author's letters, every edited node in a box."""
    new = [node for edit in found.edits for _, node in edit.changes]
    marks = {id(node): Letter(f"marked{'x' * place}") for place, node in enumerate(new)}
    spelled: str = spell_latex(resolved.restored(_marked(found.claim, marks)))
    for node in new:
        box = rf"\boxed{{{spell_latex(resolved.restored(node))}}}"
        spelled = spelled.replace(rf"\mathrm{{{marks[id(node)].name}}}", box)
    return spelled


def _marked(node: Any, marks: Mapping[int, Letter]) -> Any:
    """Return a claim with some of its nodes, given by identity, replaced by their marks.

    What a branch excludes because an earlier one holds is left out: its author did not write it.
    """
    if isinstance(node, Equation):
        kept = tuple(c for c in node.conditions if not isinstance(c, Not))
        node = replace(node, conditions=kept)
    return marks.get(id(node)) or rebuild(node, lambda part: _marked(part, marks))


def _not_understood(display: Displayed, reason: str, span: Span) -> Verdict:
    return _verdict(display, span, "not understood", "not_understood", "", reason, 0.0)


def _verdict(
    display: Displayed,
    span: Span,
    kind: str,
    status: Status,
    reading: str,
    reach: str,
    seconds: float,
) -> Verdict:
    return Verdict(
        index=display.index,
        line=span.line or display.span.line,
        latex=display.latex,
        kind=kind,
        status=status,
        reading=reading,
        reach=reach,
        counterexample="",
        repair="",
        holds_when=(),
        seconds=seconds,
    )
