"""Sentences with formulas between dollars: which part is which, and the words around."""

from __future__ import annotations

import re
from typing import Final

from symconv.formula.lexer.phrases import REMARK
from symconv.formula.lexer.scanner import Scanner
from symconv.formula.lexer.words import KEYS

_DELIMITER: Final = re.compile(r"(?<!\\)[{}]|(?<!\\)\$\$?|(?<!\\)\\[\[\]()](?!\d*pt)")
_WORD: Final = re.compile(r"[^\W\d_][\w'’]*")
_SENTENCE: Final = re.compile(r"[^\W\d_]{3,} [^\W\d_]{3,}")
_MATHS: Final = re.compile(r"[=\\_^]|[+*/<>]\s*\w")


def segments(text: str) -> list[tuple[int, int, bool]]:
    """Return start and end of the parts of a text, and whether each is a formula."""
    parts: list[tuple[int, int]] = []
    start = depth = 0
    for found in _DELIMITER.finditer(text):
        depth = max(depth + {"{": 1, "}": -1}.get(found.group(), 0), 0)
        if depth or found.group() == "}":
            continue
        parts.append((start, found.start()))
        start = found.end()
    parts.append((start, len(text)))
    if len(parts) == 1:
        return [(0, len(text), True)]
    return [
        (start, end, _is_formula(text[start:end], between=number % 2 == 1))
        for number, (start, end) in enumerate(parts)
    ]


def _is_formula(part: str, *, between: bool) -> bool:
    """Return whether a part is a formula; dollars may have been opened and closed wrongly."""
    if _MATHS.search(part):
        return True
    words = {word.lower() for word in _WORD.findall(part)}
    return between and not words & (KEYS.keys() | REMARK) and not _SENTENCE.search(part)


def scan_prose(scanner: Scanner) -> None:
    """Cut the words around formulas into tokens."""
    while scanner.at < scanner.end:
        found = scanner.match(_WORD)
        if found is None:
            if not scanner.common():
                scanner.unknown()
            continue
        word = found.group().lower()
        if word in KEYS:
            scanner.emit("key", KEYS[word], found.start(), found.end())
        else:
            _words(scanner, found.start())


def _words(scanner: Scanner, start: int) -> None:
    """Read words up to one that joins, a sign or the end."""
    end = start
    while found := re.compile(r"[ \t]*([^\W\d_][\w'’-]*)").match(scanner.text, end, scanner.end):
        if found.group(1).lower() in KEYS:
            break
        end = found.end()
    scanner.emit("prose", scanner.text[start:end], start, end)
