r"""What stands in \text{...}: a name, a word that joins, a heading, or words."""

from __future__ import annotations

import re
from typing import Final

from symconv.formula.lexer.phrases import REMARK
from symconv.formula.lexer.scanner import Scanner
from symconv.formula.lexer.words import EQUIVALENCES, FOR_ALL, FUNCTIONS, KEYS

_FONT: Final = re.compile(r"\\(?:text|math)[a-z]*\s*\{([^{}]*)\}|\\(?:text|math|bf|rm|it)[a-z]*\b")
_NAME: Final = re.compile(r"[^\W\d]\w*'*")
_PHRASE: Final = re.compile(r"[^\W\d]\w*(?:[ -][^\W\d]\w*){1,3}")
_FORMULA: Final = re.compile(
    r"[d∂]\w+/[d∂]\w+|[\w.]+(?:\[[\w,: ]+\]|\([^()]*\))|[\w-]+=[\w+-]+|\w+-1"
)
_EQUIVALENT: Final = re.compile(rf"(?P<what>.+) (?P<sign>{'|'.join(EQUIVALENCES)})")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")


def wording(scanner: Scanner, start: int, end: int, first: int, last: int) -> None:
    r"""Emit the token for the text at start, ..., end - 1 of a command at first, ..., last - 1."""
    words = plain_words(scanner.text[start:end])
    for kind, text in _meaning(words):
        scanner.emit(kind, text, first, last)
    scanner.at = last


def is_formula(words: str) -> bool:
    """Return whether a text is a formula itself: padding[0], full-padding=F-1."""
    return _FORMULA.fullmatch(words) is not None


def plain_words(raw: str) -> str:
    """Return the text without fonts, escapes and other commands."""
    plain = _FONT.sub(lambda found: found.group(1) or "", raw).replace("\\_", "_")
    plain = re.sub(r"\\[a-zA-Z]+ ?|\\.|[{}]", " ", plain) if "\\" in plain else plain
    plain = plain.replace("~", " ")
    return plain.strip()


def _meaning(words: str) -> list[tuple[str, str]]:
    lowered = words.lower().strip(" ,;.")
    if len(words) == 1 and words.isalpha() and words.isascii():
        return [("letter", words)]
    if not words:
        return [("space", "")]
    if lowered in FOR_ALL:
        return [("key", "for"), ("forall", "forall")]
    if lowered in EQUIVALENCES:
        return [("relation", EQUIVALENCES[lowered])]
    if lowered in KEYS:
        return [("key", KEYS[lowered])]
    if words.endswith((":", "：")):
        return [("label", words)]
    if lowered.replace(" ", "") in FUNCTIONS:
        return [FUNCTIONS[lowered.replace(" ", "")]]
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
    if found := _EQUIVALENT.fullmatch(lowered):
        what = _meaning(words[: found.end("what")])
        if what[0][0] == "word":
            return [*what, ("relation", EQUIVALENCES[found["sign"]])]
    if _PHRASE.fullmatch(words) and not (KEYS.keys() | REMARK) & set(lowered.split()):
        return [("word", words)]
    return [("prose", words)]
