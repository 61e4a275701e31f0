"""What an identifier of plain text is: a letter, letters side by side, a word, or marked."""

from __future__ import annotations

import re
from typing import Final

from symconv.formula.lexer.scanner import Scanner
from symconv.formula.lexer.symbols import CHARACTERS
from symconv.formula.lexer.words import FUNCTIONS, KEYS, PLAIN_KEYS

_PART: Final = re.compile(r"[^\W\d_]\d*")
_SPELLED_OUT: Final = re.compile(
    r"alpha|beta|gamma|delta|sigma|theta|lambda|omega|epsilon|kappa|partial"
)
_DIGIT_INSIDE: Final = re.compile(r"[A-Za-z]{3,}\d+[A-Za-z]+\d*|im2col|col2im")
_WORDS_LIST = (
    "bias size rate step conv relu loss data full same valid true rows cols time corr flip"
)
_WORDS: Final = frozenset(_WORDS_LIST.split())
_INDICES: Final = frozenset("abcdefghijklmnopqrstuvwxyz")
_SMALL: Final = re.compile(r"(sum|max|min|prod|argmax|argmin)_([a-z]?)$")


def identifier(scanner: Scanner, name: str, start: int, *, words: bool) -> None:
    """Emit the tokens of an identifier; with words it is one name, whatever its length."""
    end = start + len(name)
    plain = name.replace("\\_", "_")
    sign = _SMALL.match(plain)
    if not words and sign:
        behind = start + len(sign.group(1))
        scanner.emit(*FUNCTIONS[sign.group(1)], start, behind)
        scanner.emit("script", "_", behind, behind + 1)
        if sign.group(2):
            simple(scanner, sign.group(2), behind + 1, words=False)
    elif not words and plain in FUNCTIONS:
        _function(scanner, plain, start, end)
    elif plain in {"iff", "implies"}:
        scanner.emit("relation", plain, start, end)
    elif plain.lower() in PLAIN_KEYS:
        scanner.emit("key", KEYS[plain.lower()], start, end)
    elif "_" in plain.strip("_") and not words:
        _scripted(scanner, plain, start, len(name))
    else:
        simple(scanner, plain.rstrip("_"), start, words=words)
        if plain.endswith("_"):
            scanner.emit("script", "_", end - 1, end)
    scanner.at = max(scanner.at, end)


def _function(scanner: Scanner, name: str, start: int, end: int) -> None:
    """Read floor, max, mod, ...; without a bracket behind them some are mere names."""
    kind, text = FUNCTIONS[name]
    behind = scanner.text[end : scanner.end].lstrip()[:1]
    if kind == "rounding" and behind != "(":
        simple(scanner, name, start, words=False)
    else:
        scanner.emit(kind, text, start, end)


def _scripted(scanner: Scanner, name: str, start: int, width: int) -> None:
    """Read a name with an underscore: x_i is marked, H_out and kernel_size are words."""
    bare = name.rstrip("_")
    base, _, last = bare.rpartition("_")
    if _is_marked(base, last) and width == len(name):
        simple(scanner, base, start, words=False)
        at = start + len(base)
        scanner.emit("script", "_", at, at + 1)
        scanner.emit("brace", "{", at + 1, at + 1)
        _label(scanner, last, at + 1)
        scanner.emit("unbrace", "{", start + len(bare), start + len(bare))
    else:
        scanner.emit("word", bare, start, start + width)
    if name.endswith("_"):
        scanner.emit("script", "_", start + width - 1, start + width)


def _is_marked(base: str, last: str) -> bool:
    if "_" in base or not base:
        return False
    if last.isdigit():
        return True
    short = len(base) <= 2
    return short and len(last) <= 2 and _INDICES.issuperset(last) and last != "in"


def _label(scanner: Scanner, label: str, start: int) -> None:
    if label.isdigit():
        scanner.emit("number", label, start, start + len(label))
    else:
        simple(scanner, label, start, words=False)


def simple(scanner: Scanner, name: str, start: int, *, words: bool) -> None:
    """Emit a name without underscores: a letter, a word, or letters side by side."""
    end = start + len(name)
    plain = name.rstrip("0123456789")
    if len(plain) == 1:
        kind, text = CHARACTERS.get(plain, ("letter", plain))
        scanner.emit(kind, text + name[1:] if kind == "letter" else text, start, end)
    elif words or _is_word(name, plain):
        scanner.emit("word", name, start, end)
    else:
        for part in _PART.finditer(name):
            scanner.emit("letter", part.group(), start + part.start(), start + part.end())
    scanner.at = max(scanner.at, end)


def _is_word(name: str, plain: str) -> bool:
    if any(character.isdigit() for character in plain):
        return _DIGIT_INSIDE.fullmatch(name) is not None
    return (
        len(plain) >= 5
        or plain.lower() in _WORDS
        or _SPELLED_OUT.fullmatch(plain) is not None
        or not plain.isascii()
    )
