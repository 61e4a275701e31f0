"""Text -> claims: the form is found out, the text cut into statements, each one read by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Literal, TypeAlias

from lark import Token

from symconv.formula.claims import claims_of
from symconv.formula.latex import latex_tokens
from symconv.formula.lines import statements
from symconv.formula.plain import plain_tokens
from symconv.formula.sentences import read_sentence
from symconv.formula.source import MAX_FORMULA, MAX_LEVELS, MAX_NESTING, Source
from symconv.formula.terminals import CLOSING, OPENING
from symconv.formula.tree import Claim, Node, NotUnderstood

Form: TypeAlias = Literal["latex", "plain"]

_SIGNS_OF_LATEX = re.compile(r"[\\{}$]|&(?:amp|lt|gt|#)")


def read_formula(
    text: str, *, form: Form | None = None, functions: Sequence[str] = ()
) -> tuple[Claim | NotUnderstood, ...]:
    r"""Return what a formula says: one claim or several, or why a part of it cannot be read.

    Args:
        text: LaTeX, or the text form for people without LaTeX.
        form: which of both; None finds it out: LaTeX has one of the signs \ { } $.
        functions: names that call a function before a bracket, where they would be a factor.

    Raises:
        FormulaError: the text breaks a limit: its length, its nesting, the length of a number.

    Example:
        >>> (claim,) = read_formula("y_{ij} = b")
        >>> claim.left
        Entry(array='y', indices=(Letter(name='i'), Letter(name='j')))
    """
    return read_range(Source(text), 0, len(text), form=form, functions=functions)


def read_range(
    source: Source, start: int, end: int, *, form: Form | None = None, functions: Sequence[str] = ()
) -> tuple[Claim | NotUnderstood, ...]:
    """Return what source.text[start:end] says; spans count from the beginning of the source."""
    if end - start > MAX_FORMULA:
        raise source.fail(f"a formula of more than {MAX_FORMULA:,} characters", start)
    is_latex = form == "latex"
    if form is None:
        is_latex = _SIGNS_OF_LATEX.search(source.text, start, end) is not None
    tokens = (latex_tokens if is_latex else plain_tokens)(source, start, end, functions)
    _check_brackets(source, tokens)
    claims = claims_of(map(read_sentence, statements(tokens)))
    _check_levels(source, claims)
    return claims


def _check_brackets(source: Source, tokens: Iterable[Token]) -> None:
    depth = 0
    for token in tokens:
        depth += (token.type in OPENING) - (token.type in CLOSING)
        if depth > MAX_NESTING:
            assert token.start_pos is not None
            raise source.fail(f"more than {MAX_NESTING} brackets in each other", token.start_pos)


def _check_levels(source: Source, claims: Iterable[Claim | NotUnderstood]) -> None:
    """Raise if a tree is so deep that functions that follow it down would fail."""
    waiting: list[tuple[object, int]] = [(claim, 0) for claim in claims]
    while waiting:
        item, level = waiting.pop()
        if isinstance(item, tuple):
            waiting.extend((part, level) for part in item)
        elif isinstance(item, Node):
            if level > MAX_LEVELS:
                reason = f"more than {MAX_LEVELS} values or conditions in each other"
                raise source.fail(reason, item.span.start)
            parts = (getattr(item, part.name) for part in fields(item))
            waiting.extend((part, level + 1) for part in parts)
