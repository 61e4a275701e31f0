"""Walks through a text once and cuts it into tokens."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cached_property
from typing import Final

from symconv.formula.lexer.symbols import CHARACTERS, ENTITIES, SIGNS, SUBSCRIPTS, SUPERSCRIPTS
from symconv.formula.lexer.tokens import Kind, Token

_SIGN_X: Final = re.compile(r"(?<=[\w)] )x(?= [\w(])")
_ANY_X: Final = re.compile(r"(?<![A-Za-z])x(?![A-Za-z])")
_SPACE: Final = re.compile(r"\s+")
_MARKUP: Final = re.compile(r"`+_?|:math:")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_ENTITY: Final = re.compile(r"&([a-z]+);")
_TAG: Final = re.compile(r"<(/?)(sub|sup|br|b|i|em|strong|code|p|span|var)(?: [a-z]+=[^<>\n]*)?/?>")
_SIGN: Final = re.compile("|".join(re.escape(sign) for sign in sorted(SIGNS, key=len)[::-1]))
_COMMENT: Final = re.compile(r"%[^\n]*(?=\n|$)")
_DIGITS_BEHIND: Final = re.compile(r"\d+")
_QUOTED: Final = re.compile(r"(['\"‘“])([A-Za-z_ ,.>-]*)(['\"’”])")


class Scanner:
    """The tokens found so far and the place that comes next.

    Attributes:
        text: the whole text.
        at: offset of the next character.
        end: offset behind the last character to be read.
        latex: whether several letters side by side are single letters, and { } only group.
        tokens: what was found.
    """

    def __init__(self, text: str, start: int, end: int, *, latex: bool) -> None:
        self.text = text
        self.at = start
        self.end = end
        self.latex = latex
        self.tokens: list[Token] = []
        self.spaced = False

    @cached_property
    def x_is_sign(self) -> bool:
        """Whether every x of the text stands between operands, as in K x K."""
        return len(_SIGN_X.findall(self.text)) == len(_ANY_X.findall(self.text))

    def emit(self, kind: Kind, text: str, start: int, end: int) -> None:
        """Append a token and go on behind it."""
        if kind == "space":
            self.spaced = True
        else:
            self.tokens.append(Token(kind, text, start, end, self.spaced))
            self.spaced = False
        self.at = max(self.at, end)

    def last(self) -> str:
        """Return the kind of the last token, or "" at the beginning."""
        return self.tokens[-1].kind if self.tokens else ""

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return the match of the pattern at the next place, within the part that is read."""
        return pattern.match(self.text, self.at, self.end)

    def unknown(self) -> None:
        """Go on behind a character without a meaning; a sign that may mean something is kept."""
        start = self.at
        character = self.text[start]
        before = self.text[max(start - 1, 0) : start]
        glued = before.isalnum() or before in {")", "]", "}"}
        decorates = self.text[start + 1 : start + 2].isalpha() and not glued
        if unicodedata.category(character) == "Sm" and not decorates:
            self.emit("unknown", character, start, start + 1)
        self.at = start + 1

    def common(self) -> bool:
        """Read what is the same in LaTeX and in text; whether something was there."""
        return any(step(self) for step in _STEPS)


def _space(scanner: Scanner) -> bool:
    found = scanner.match(_SPACE)
    if not found:
        return False
    lines = found.group().count("\n")
    if lines >= (2 if scanner.latex else 1):
        scanner.emit("row", "blank" if lines > 1 else "line", found.start(), found.end())
    scanner.spaced = True
    scanner.at = found.end()
    return True


def _markup(scanner: Scanner) -> bool:
    """Go on behind what marks a formula in a text: backticks, :math:."""
    found = scanner.match(_MARKUP)
    if found:
        scanner.spaced = True
        scanner.at = found.end()
    return found is not None


def _number(scanner: Scanner) -> bool:
    found = scanner.match(_NUMBER)
    if found:
        scanner.emit("number", found.group(), found.start(), found.end())
    return found is not None


def _tag(scanner: Scanner) -> bool:
    """Read scripts and breaks in HTML: H<sub>out</sub>; other tags are left out."""
    found = scanner.match(_TAG)
    if not found:
        return False
    start, end = found.span()
    closing, name = found.groups()
    if name in {"sub", "sup"}:
        if not closing:
            scanner.emit("script", "_" if name == "sub" else "^", start, start)
        scanner.emit("unbrace" if closing else "brace", "{", start, end)
    elif name == "br":
        scanner.emit("row", "blank", start, end)
    scanner.at = end
    return True


def _entity(scanner: Scanner) -> bool:
    found = scanner.match(_ENTITY)
    if not found or found.group(1) not in ENTITIES:
        return False
    scanner.emit(*ENTITIES[found.group(1)], found.start(), found.end())
    return True


def _quoted(scanner: Scanner) -> bool:
    found = scanner.match(_QUOTED)
    if not found or scanner.last() not in {"open", "comma", "semicolon", "relation"}:
        return False
    scanner.emit("quoted", found.group(2), found.start(), found.end())
    return True


def _comment(scanner: Scanner) -> bool:
    """Go on behind a comment of LaTeX: at the beginning or the end of a line."""
    found = scanner.match(_COMMENT) if scanner.latex else None
    if not found:
        return False
    line = scanner.text[scanner.text.rfind("\n", 0, scanner.at) + 1 : scanner.at]
    begins = not line.strip() and "\n" in scanner.text
    if found.group()[1:].strip() and not begins:
        return False
    scanner.at = found.end()
    return True


def _sign(scanner: Scanner) -> bool:
    found = scanner.match(_SIGN)
    if not found:
        return False
    if scanner.latex and found.group() in {"!=", "||", "&&", "/="}:
        return False
    scanner.emit(*SIGNS[found.group()], found.start(), found.end())
    return True


def _small(scanner: Scanner) -> bool:
    """Read characters that are scripts themselves, ₀ᵢ ²."""
    for sign, table in (("_", SUBSCRIPTS), ("^", SUPERSCRIPTS)):
        start = scanner.at
        end = start
        while end < scanner.end and _is_small(scanner.text, end, table):
            end += 1
        if end == start:
            continue
        scanner.emit("script", sign, start, start)
        scanner.emit("brace", "{", start, start)
        _small_parts(scanner, start, end, table)
        scanner.emit("unbrace", "{", end, end)
        return True
    return False


def _is_small(text: str, at: int, table: dict[str, str]) -> bool:
    if text[at] == ",":
        return text[at - 1 : at] in {*table} and text[at + 1 : at + 2] in {*table}
    return text[at] in table


def _small_parts(scanner: Scanner, start: int, end: int, table: dict[str, str]) -> None:
    plain = "".join(table.get(character, character) for character in scanner.text[start:end])
    at = 0
    while at < len(plain):
        digits = _DIGITS_BEHIND.match(plain, at)
        if digits:
            scanner.emit("number", digits.group(), start + at, start + digits.end())
            at = digits.end()
            continue
        kind, text = CHARACTERS.get(plain[at], ("letter", plain[at]))
        scanner.emit(kind, text, start + at, start + at + 1)
        at += 1


def _character(scanner: Scanner) -> bool:
    character = scanner.text[scanner.at]
    kind, text = CHARACTERS.get(character, ("", ""))
    if not kind:
        return False
    if kind == "stop":
        ends = _ends(scanner)
        kind, text = ("stop", ".") if ends or scanner.last() != "close" else ("times", "cdot")
    scanner.emit(kind, text, scanner.at, scanner.at + 1)
    return True


def _ends(scanner: Scanner) -> bool:
    """Return whether a full stop stands at the end of a sentence, a line or a bracket."""
    rest = scanner.text[scanner.at + 1 : scanner.end]
    return not rest.strip() or rest[0] in " \n\t$\\}"


_STEPS: tuple[Callable[[Scanner], bool], ...] = (
    _space,
    _markup,
    _number,
    _entity,
    _tag,
    _comment,
    _quoted,
    _sign,
    _small,
    _character,
)
