"""Brackets that were left out or typed twice: which are added, which are left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Final

from symconv.formula.lexer.tokens import Token

_CLOSERS: Final = {"open": "close", "brace": "unbrace", "begin": "end"}
_OPENERS: Final = {closer: opener for opener, closer in _CLOSERS.items()}
_ROUNDING: Final = frozenset({"floor", "ceil"})
_LOOSE: Final = frozenset({"(", "[", ".", "|", "<", "||"})


def balanced(tokens: list[Token]) -> list[Token]:
    """Return the tokens with every bracket closed where an outer one closes.

    A closing bracket without any partner is left out. Brackets that nothing closes stay open:
    the end of the row closes them.
    """
    result: list[Token] = []
    waiting: list[Token] = []
    counts: Counter[str] = Counter()
    for token in tokens:
        if token.kind in _CLOSERS:
            waiting.append(token)
            counts[_family(token)] += 1
        elif token.kind in _OPENERS:
            family = _family(token)
            if not waiting or not (counts[family] or family == "any"):
                if token.kind != "close" or token.text not in {"|", "."}:
                    continue
            else:
                _close(result, waiting, counts, token, family)
        result.append(token)
    return result


def _close(
    result: list[Token], waiting: list[Token], counts: Counter[str], token: Token, family: str
) -> None:
    """Close what is open within the bracket that the token closes."""
    while waiting:
        opening = waiting.pop()
        counts[_family(opening)] -= 1
        if family in {_family(opening), "any"} or _family(opening) == "any":
            return
        closer = replace(opening, kind=_CLOSERS[opening.kind], start=token.start, end=token.start)
        result.append(closer)


def _family(token: Token) -> str:
    """Return which brackets close one another: [0, n) may, ( and a brace may not."""
    if token.kind in {"brace", "unbrace"}:
        return "brace"
    if token.kind in {"begin", "end"}:
        return "table"
    if token.text == ".":
        return "any"
    if token.text in _ROUNDING:  # which a floor closed as a ceiling is, the grammar says
        return "rounding"
    return "round" if token.text in _LOOSE else token.text
