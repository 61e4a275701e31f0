"""LaTeX source -> pieces, as TeX would cut it; HTML entities and Unicode signs included."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from symconv.formula import commands as known


class Piece(NamedTuple):
    r"""A piece of the source; kind says what it is.

    Kinds: letters, number, command (text: its name), sign (one character), text, name, operator
    (arguments of \text, \mathrm, \operatorname), prose (letters of no formula), begin and end
    (text: the environment), open, close, sub, sup, prime, line, amp, wide (a wide space), unknown
    (text: the reason).
    """

    kind: str
    text: str
    start: int
    end: int


_PIECES = re.compile(
    r"""
    (?P<comment>%[^\n]*)
  | (?P<space>[\s~\u200b\ufeff]+)
  | (?P<entity>&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}
        |amp|lt|gt|nbsp|quot|apos|le|ge|ne|times|minus|middot|sdot|hellip|ensp|emsp|thinsp);)
  | (?P<line>\\\\\*?(?:\s*\[\s*-?[0-9.]+\s*[a-z]{2}\s*\])?
      | \\(?:newline|cr|tabularnewline)(?![A-Za-z])
      | \$\$?)
  | (?P<command>\\(?:operatorname\*|hspace\*|vspace\*|tag\*|[A-Za-z]+|&amp;|[\s\S]))
  | (?P<decimal>[0-9]+\.[0-9]+)
  | (?P<number>[0-9]+)
  | (?P<dots>\.{3})
  | (?P<prose>[\u2e80-\u2fff\u3040-\u9fff\uac00-\ud7af\uf900-\ufaff]+
      | [A-Za-z]*[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f](?:[^\W\d_](?<![\u0370-\uffff]))*
      | [\u0400-\u052f]+)
  | (?P<letters>[A-Za-z]+)
  | (?P<other>[\s\S])
    """,
    re.VERBOSE,
)
_SHORT = {
    "{": "open", "}": "close", "_": "sub", "^": "sup", "&": "amp",
    "'": "prime", "′": "prime", "’": "prime",
}  # fmt: skip


def scan(text: str, start: int, end: int) -> Iterator[Piece]:
    r"""Yield the pieces of text[start:end]; comments and spaces are none.

    Example:
        >>> [piece.text for piece in scan(r"\frac12 x_{ij}", 0, 14)]
        ['frac', '12', 'x', '_', '{', 'ij', '}']
    """
    for found in _PIECES.finditer(text, start, end):
        kind, part, place = found.lastgroup, found.group(), found.start()
        if kind == "entity":
            part = html.unescape(part)
            kind = "other" if len(part) == 1 else "bad"
        if kind == "other":
            piece = sign_piece(part, place, found.end())
            if piece is not None:
                yield piece
        elif kind in ("command", "dots"):
            name = "dots" if kind == "dots" else part[1:].replace("&amp;", "&").rstrip("*")
            yield Piece("command", name or part, place, found.end())
        elif kind == "decimal":
            yield Piece("unknown", f"the decimal number {part[:30]}", place, found.end())
        elif kind == "bad":
            yield Piece("unknown", part, place, found.end())
        elif kind not in ("comment", "space"):
            assert kind is not None
            yield Piece(kind, part, place, found.end())


def sign_piece(sign: str, start: int, end: int) -> Piece | None:
    """Return what one character is, None for a space; italics and Greek are letters.

    Example:
        >>> sign_piece("λ", 0, 1), sign_piece("𝑥", 1, 2).text
        (Piece(kind='command', text='lambda', start=0, end=1), 'x')
    """
    if sign.isspace():
        return None
    if sign in _SHORT:
        return Piece(_SHORT[sign], sign, start, end)
    if sign in known.SIGNS:
        return Piece("sign", sign, start, end)
    plain = unicodedata.normalize("NFKC", sign) if sign >= "\u2070" else sign
    if plain.isascii() and plain.isalpha():
        return Piece("letters", plain, start, end)
    if plain.isascii() and plain.isdigit():
        return Piece("number", plain, start, end)
    words = unicodedata.name(plain, "").split() if len(plain) == 1 else []
    if words[:1] == ["GREEK"] and words[2:3] == ["LETTER"] and len(words) == 4:
        name = words[3].lower().replace("lamda", "lambda")
        return Piece("command", name.title() if words[1] == "CAPITAL" else name, start, end)
    return Piece("unknown", f"the sign {sign!r}", start, end)
