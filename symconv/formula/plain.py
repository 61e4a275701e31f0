"""The text form, for people without LaTeX -> tokens for the grammar.

As in Python: * and // and %, max, min, floor, ceil, a if c else b, and or not, x[i, j]; as in no
Python: t | u divides, dx[u, v] is the derivative of e by x[u, v], sum(body, r=0..p-1, s=0..q-1).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lark import Token

from symconv.formula import commands as known
from symconv.formula.plain_context import with_context
from symconv.formula.scan import sign_piece
from symconv.formula.source import MAX_DIGITS, Source
from symconv.formula.words import FULL_NAME, split_words, word_set

_TOKENS = re.compile(
    r"""
    (?P<space>[^\S\r\n]+|\ufeff|\#[^\r\n]*)
  | (?P<line>\r\n|[\r\n;])
  | (?P<decimal>[0-9]+\.[0-9]+)
  | (?P<number>[0-9]+)
  | (?P<quoted>`[^`\r\n]*`)
  | (?P<name>[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*'*)
  | (?P<operator>\+=|<=>|<->|<=|>=|==|!=|=>|->|//|\*\*|\.\.\.|\.\.|&&|\|\||[%^!])
  | (?P<prose>[^\W\d_A-Za-z]+)
  | (?P<sign>[\s\S])
    """,
    re.VERBOSE,
)
_OPERATORS = {
    "+=": "PLUSEQ", "<=>": "IFF", "<->": "IFF", "=>": "IMPLIES", "->": "IMPLIES", "<=": "LE",
    ">=": "GE", "==": "EQ", "!=": "NE", "//": "FLOORDIV", "**": "POW", "^": "POW", "..": "DOTDOT",
    "...": "DOTS", "&&": "AND", "||": "OR", "%": "MOD", "!": "NOT",
}  # fmt: skip
_KEYWORDS = {
    "and": "AND", "or": "OR", "not": "NOT", "if": "IF", "else": "ELSE", "mod": "MOD",
    "when": "WHEN", "where": "WHEN", "for": "WHEN", "then": "THEN", "iff": "IFF",
    "implies": "IMPLIES", "divides": "DIVIDES", "otherwise": "OTHERWISE", "in": "IN",
}  # fmt: skip
_FUNCTIONS = {
    "max": "MAX", "min": "MIN", "floor": "FLOOR", "ceil": "CEIL", "ceiling": "CEIL",
    "mod": "MODCALL", "sum": "PSUM", "diff": "DIFF", "cases": "CASES", "matrix": "MATRIX",
}  # fmt: skip
LOSS_DERIVATIVES = word_set("dx dw dy db dX dW dY dB")
RESERVED = frozenset({*_KEYWORDS, *_FUNCTIONS, *LOSS_DERIVATIVES})
_OPEN = {"(": "LPAR", "[": "LBRACK", "（": "LPAR", "［": "LBRACK"}
_CLOSE = {")": "RPAR", "]": "RBRACK", "）": "RPAR", "］": "RBRACK"}


def plain_tokens(source: Source, start: int, end: int, functions: Sequence[str]) -> list[Token]:
    """Return the tokens of source.text[start:end], with LINE where lines end.

    Raises:
        FormulaError: a number is too long.

    Example:
        >>> [token.type for token in plain_tokens(Source("y[i] = u//t"), 0, 11, ())]
        ['NAME', 'LIDX', 'NAME', 'RIDX', 'EQ', 'NAME', 'FLOORDIV', 'NAME']
    """
    reader = _PlainReader(source, frozenset(functions))
    for found in _TOKENS.finditer(source.text, start, end):
        reader.take(found)
    return with_context(reader.tokens)


class _PlainReader:
    """Goes through the text once; knows which bracket it is in."""

    def __init__(self, source: Source, functions: frozenset[str]) -> None:
        self._source = source
        self._functions = functions
        self._open: list[str] = []
        self.tokens: list[Token] = []

    def take(self, found: re.Match[str]) -> None:
        kind, text = found.lastgroup, found.group()
        if kind == "line":
            self._take_line(found)
        elif kind == "number":
            if len(text) > MAX_DIGITS:
                raise self._source.fail(f"a number of more than {MAX_DIGITS} digits", found.start())
            self._emit("NUMBER", found)
        elif kind == "quoted":
            is_name = FULL_NAME.fullmatch(text, 1, len(text) - 1) is not None
            self._emit("NAME" if is_name else "UNKNOWN", found, text[1:-1] if is_name else text)
        elif kind == "name":
            self._take_name(found)
        elif kind == "operator":
            self._emit(_OPERATORS[text], found)
        elif kind == "prose":
            self._take_prose(found)
        elif kind == "sign":
            self._take_sign(found)
        elif kind == "decimal":
            self._emit("UNKNOWN", found, f"the decimal number {text[:30]}")

    def _emit(self, kind: str, found: re.Match[str], value: str | None = None) -> None:
        text = found.group() if value is None else value
        self.tokens.append(self._source.token(kind, text, found.start(), found.end()))

    def _take_line(self, found: re.Match[str]) -> None:
        """Emit the end of a line; in brackets it is a space, and ; begins a row of a matrix."""
        if found.group() == ";" and self._open and self._open[-1] == "MATRIX":
            self._emit("ROW", found)
        elif not self._open or found.group() == ";":
            self._emit("LINE", found)

    def _take_name(self, found: re.Match[str]) -> None:
        text, source = found.group(), self._source.text
        called = source[found.end() : found.end() + 1] == "("
        in_cases = bool(self._open) and self._open[-1] == "CASES"
        if called and text in _FUNCTIONS:
            self._emit(_FUNCTIONS[text], found)
        elif text == "if" and in_cases:
            self._emit("GUARD", found)
        elif text in _KEYWORDS:
            if text == "otherwise" and in_cases:
                self._emit("GUARD", found)
            self._emit(_KEYWORDS[text], found)
        elif called and (text in self._functions or len(text) > 1):
            self._emit("CALL", found)
        elif text in LOSS_DERIVATIVES or self._has_indices(found):
            self._emit("DNAME", found)
        else:
            self._emit("NAME", found)

    def _has_indices(self, found: re.Match[str]) -> bool:
        """Return whether the name is like the dK of dK[r, s]."""
        following = self._source.text[found.end() : found.end() + 1]
        return len(found.group()) == 2 and found.group()[0] == "d" and following == "["

    def _take_prose(self, found: re.Match[str]) -> None:
        text = found.group()
        piece = sign_piece(text, found.start(), found.end()) if len(text) == 1 else None
        if piece is not None and piece.kind in ("command", "letters"):
            self._emit("NAME", found, piece.text)
            return
        for kind, first, last in split_words(text):
            start, end = found.start() + first, found.start() + last
            self.tokens.append(self._source.token(kind, text[first:last], start, end))

    def _take_sign(self, found: re.Match[str]) -> None:
        text = found.group()
        if text in _OPEN:
            self._take_opening(found)
        elif text in _CLOSE:
            self._take_closing(found)
        elif text == "," and self._open and self._open[-1] in ("CASES", "MATRIX"):
            self._emit("ROW" if self._open[-1] == "CASES" else "CELL", found)
        elif text in known.SIGNS:
            self._emit(known.SIGNS[text], found)
        else:
            self._emit("UNKNOWN", found, f"the sign {text!r}")

    def _take_opening(self, found: re.Match[str]) -> None:
        last = self.tokens[-1] if self.tokens else None
        kind = _OPEN[found.group()]
        if last is not None and last.type in ("CASES", "MATRIX") and last.end_pos == found.start():
            self._open.append(last.type)
            return
        if last is not None and kind == "LBRACK" and last.type in ("NAME", "DNAME"):
            kind = "LIDX"
        self._open.append(kind)
        self._emit(kind, found)

    def _take_closing(self, found: re.Match[str]) -> None:
        opened = self._open.pop() if self._open else ""
        if opened in ("CASES", "MATRIX") and found.group() == ")":
            self._emit(f"END{opened}", found)
            return
        kind = _CLOSE[found.group()]
        self._emit("RIDX" if kind == "RBRACK" and opened == "LIDX" else kind, found)
