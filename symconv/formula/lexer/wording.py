r"""What stands in \text{...}: a name, a word that joins, a heading, or words."""

from __future__ import annotations

import re
from typing import Final

from symconv.formula.lexer.scanner import Scanner
from symconv.formula.lexer.symbols import FUNCTIONS, KEYS
from symconv.formula.lexer.tokens import Token

_FONT: Final = re.compile(r"\\(?:text|math)[a-z]*\s*\{([^{}]*)\}|\\(?:text|math|bf|rm|it)[a-z]*\b")
_NAME: Final = re.compile(r"[^\W\d]\w*'*")
_PHRASE: Final = re.compile(r"[^\W\d]\w*(?:[ -][^\W\d]\w*){1,3}")
_FORMULA: Final = re.compile(r"[\w.]+(?:\[[\w,: ]+\]|\([^()]*\))|[\w-]+=[\w+-]+|\w+-1")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_CLAUSE: Final = re.compile(r"(\w[\w.]*)(.*)", re.DOTALL)


def wording(scanner: Scanner, start: int, end: int, first: int, last: int) -> None:
    r"""Emit the token for the text at start, ..., end - 1 of a command at first, ..., last - 1."""
    raw = scanner.text[start:end]
    plain = _FONT.sub(lambda found: found.group(1) or "", raw).replace("\\_", "_")
    plain = re.sub(r"\\[a-zA-Z]+ ?|\\.|[{}]", " ", plain) if "\\" in plain else plain
    plain = plain.replace("~", " ")
    words = plain.strip()
    if "$" in raw:
        _with_formulas(scanner, start, end)
    elif _FORMULA.fullmatch(words):
        _inner(scanner, start, end)
    else:
        for kind, text in _meaning(words):
            scanner.emit(kind, text, first, last)
    scanner.at = last


def _meaning(words: str) -> list[tuple[str, str]]:
    lowered = words.lower().strip(" ,;.")
    if len(words) == 1 and words.isalpha() and words.isascii():
        return [("letter", words)]
    if not words:
        return [("space", "")]
    if lowered in KEYS:
        return [("key", KEYS[lowered])]
    if words.endswith((":", "：")):
        return [("label", words)]
    if lowered in FUNCTIONS:
        return [FUNCTIONS[lowered]]
    if len(words) == 1 and words.isalpha():
        return [("letter", words)]
    if _NUMBER.fullmatch(words):
        return [("number", words)]
    if _NAME.fullmatch(words):
        return [("word", words)]
    first = re.split(r"[\s,]+", lowered)[0]
    if first in KEYS:
        rest = words.strip(" ,;.")[len(first) :].strip()
        return [("key", KEYS[first]), *_meaning(rest)]
    if _PHRASE.fullmatch(words) and not KEYS.keys() & set(lowered.split()):
        return [("word", words)]
    return [("prose", words)]


def _inner(scanner: Scanner, start: int, end: int) -> None:
    """Read a text that is a formula itself: padding[0], full-padding=F-1."""
    from symconv.formula.lexer.plain import scan_plain

    inner = Scanner(scanner.text, start, end, latex=False)
    scan_plain(inner, words=True)
    scanner.tokens.extend(inner.tokens)


def _with_formulas(scanner: Scanner, start: int, end: int) -> None:
    from symconv.formula.lexer.latex import scan_latex

    at = start
    for found in re.compile(r"\$([^$]*)\$").finditer(scanner.text, start, end):
        if scanner.text[at : found.start()].strip():
            wording(scanner, at, found.start(), at, found.start())
        inner = Scanner(scanner.text, found.start(1), found.end(1), latex=True)
        scan_latex(inner)
        scanner.tokens.extend(inner.tokens)
        at = found.end()
    if scanner.text[at:end].strip():
        wording(scanner, at, end, at, end)


def named(token: Token) -> bool:
    """Return whether the token is a name that was written as a word."""
    return token.kind == "word"
