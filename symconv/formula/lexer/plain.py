"""Tokens of plain text and code: identifiers, functions, one line a statement."""

from __future__ import annotations

import re
from typing import Final

from symconv.formula.lexer.scanner import Scanner
from symconv.formula.lexer.symbols import FUNCTIONS, KEYS

_IDENTIFIER: Final = re.compile(r"[^\W\d_]\w*")
_OTHER: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_MODULE: Final = re.compile(r"(?:math|np|numpy|torch|tf|jnp|F|nn|keras|K|self)\.(?=[a-z_])")
_DOTTED: Final = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z_]\w*)+")
_SPACED: Final = re.compile(r"[A-Za-z](?: [A-Za-z](?![A-Za-z_]))+(?= *[-−+=)\]×*/]|$)")
_PART: Final = re.compile(r"[^\W\d_]\d*")
_GREEK: Final = re.compile(r"(?:alpha|beta|gamma|delta|sigma|theta|lambda|omega|epsilon|tau|mu)")
_INDICES: Final = frozenset("abcdefhijklmnopqrstuvwxyz")
_WORDS: Final = frozenset(
    "bias size rate step conv relu loss data full same valid true rows cols dims time".split()
)
_IGNORED: Final = re.compile(r"`+|\\(?=_)|#[^\n]*|//\s*[^\W\d_][^\n=]*\w \w[^\n=]*$", re.MULTILINE)
_TIMES: Final = re.compile(r"[xX](?=\s*[\d(])")


def scan_plain(scanner: Scanner, *, words: bool = False) -> None:
    """Cut the rest of the text into tokens; with words, each identifier is one name."""
    while scanner.at < scanner.end:
        found = scanner.match(_IGNORED)
        if found:
            scanner.at = found.end()
        elif not _names(scanner, words=words) and not scanner.common():
            scanner.at += 1


def _names(scanner: Scanner, *, words: bool) -> bool:
    at = scanner.at
    if not (scanner.text[at].isalpha() or scanner.text[at] == "_"):
        return False
    if _times(scanner):
        return True
    for pattern, step in ((_OTHER, _other), (_MODULE, _skip), (_DOTTED, _dotted), (_SPACED, _spaced)):
        found = scanner.match(pattern)
        if found and step(scanner, found):
            return True
    found = scanner.match(_IDENTIFIER)
    if not found:
        return False
    _identifier(scanner, found.group(), found.start(), words=words)
    return True


def _times(scanner: Scanner) -> bool:
    found = scanner.match(_TIMES)
    if not found or not scanner.tokens:
        return False
    last = scanner.tokens[-1]
    if last.kind == "number" or (last.kind == "close" and scanner.spaced):
        scanner.emit("times", "times", found.start(), found.end())
        return True
    return False


def _other(scanner: Scanner, found: re.Match[str]) -> bool:
    """Read a word in a script without spaces, with the letters that are glued to it."""
    text = found.group()
    if text in KEYS:
        scanner.emit("key", KEYS[text], found.start(), found.end())
        return True
    whole = re.compile(r"[\w]+").match(scanner.text, found.start(), scanner.end)
    assert whole
    scanner.emit("word", whole.group(), whole.start(), whole.end())
    return True


def _skip(scanner: Scanner, found: re.Match[str]) -> bool:
    scanner.at = found.end()
    return True


def _dotted(scanner: Scanner, found: re.Match[str]) -> bool:
    parts = found.group().split(".")
    start = found.start()
    if parts[-1] in {"T", "t"} and len(parts) == 2:
        _identifier(scanner, parts[0], start, words=False)
        end = found.end()
        scanner.emit("script", "^", end - 2, end - 1)
        scanner.emit("transpose", "T", end - 1, end)
        return True
    if all(len(part.split("_")[0]) == 1 and part[0].isupper() for part in parts):
        for part in parts:
            if part is not parts[0]:
                scanner.emit("times", "cdot", start - 1, start)
            _identifier(scanner, part, start, words=False)
            start += len(part) + 1
        return True
    scanner.emit("word", found.group(), found.start(), found.end())
    return True


def _spaced(scanner: Scanner, found: re.Match[str]) -> bool:
    """Read letters that lost their fonts and got spaces: H o u t."""
    letters = found.group().split(" ")
    if len(letters) < 3:
        return False
    _identifier(scanner, "".join(letters), found.start(), words=False)
    scanner.at = found.end()
    return True


def _identifier(scanner: Scanner, name: str, start: int, *, words: bool) -> None:
    end = start + len(name)
    lowered = name.lower()
    if name in FUNCTIONS and not words:
        scanner.emit(*FUNCTIONS[name], start, end)
    elif lowered in KEYS and len(name) > 1:
        scanner.emit("key", KEYS[lowered], start, end)
    elif name.startswith(("sum_", "max_", "min_", "prod_")) and name.endswith("_"):
        scanner.emit(*FUNCTIONS[name[:-1]], start, end - 1)
        scanner.emit("script", "_", end - 1, end)
    elif "_" in name.strip("_"):
        _scripted(scanner, name, start)
    else:
        _simple(scanner, name.rstrip("_"), start, words=words)
        if name.endswith("_"):
            scanner.emit("script", "_", end - 1, end)
    scanner.at = max(scanner.at, end)


def _scripted(scanner: Scanner, name: str, start: int) -> None:
    """Read a name with an underscore: x_i is marked, H_out and kernel_size are words."""
    trailing = name.endswith("_")
    base, _, last = name.rstrip("_").rpartition("_")
    indices = last.isdigit() or (len(last) <= 2 and _INDICES.issuperset(last) and last != "in")
    short = len(base) <= 2 or last.isdigit()
    if "_" in base or not indices or not short:
        scanner.emit("word", name.rstrip("_"), start, start + len(name.rstrip("_")))
    else:
        _simple(scanner, base, start, words=False)
        at = start + len(base)
        scanner.emit("script", "_", at, at + 1)
        scanner.emit("brace", "{", at + 1, at + 1)
        if last.isdigit():
            scanner.emit("number", last, at + 1, at + 1 + len(last))
        else:
            _simple(scanner, last, at + 1, words=False)
        scanner.emit("unbrace", "{", scanner.at, scanner.at)
    if trailing:
        scanner.emit("script", "_", start + len(name) - 1, start + len(name))


def _simple(scanner: Scanner, name: str, start: int, *, words: bool) -> None:
    end = start + len(name)
    plain = name.rstrip("0123456789")
    if len(plain) == 1 and not words and len(name) >= 1:
        from symconv.formula.lexer.symbols import CHARACTERS

        kind, text = CHARACTERS.get(plain, ("letter", plain))
        scanner.emit(kind, text + name[1:], start, end)
    elif len(name) == 1:
        scanner.emit("letter", name, start, end)
    elif words or _is_word(plain):
        scanner.emit("word", name, start, end)
    else:
        at = 0
        for part in _PART.finditer(name):
            scanner.emit("letter", part.group(), start + part.start(), start + part.end())
            at = part.end()
        scanner.at = start + at


def _is_word(name: str) -> bool:
    return (
        (len(name) >= 5 and not any(character.isdigit() for character in name))
        or name.lower() in _WORDS
        or _GREEK.fullmatch(name) is not None
        or not name.isascii()
    )
