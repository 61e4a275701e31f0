"""Tokens of plain text and code: identifiers, functions, words, one line a statement."""

from __future__ import annotations

import re
from typing import Final

from symconv.formula.lexer.identifiers import identifier, simple
from symconv.formula.lexer.loops import loop
from symconv.formula.lexer.phrases import letters_of_other_scripts, phrase, remark_in_brackets
from symconv.formula.lexer.scanner import Scanner

_IDENTIFIER: Final = re.compile(
    r"[A-Za-zÀ-ÖØ-öø-ɏ](?:[A-Za-zÀ-ÖØ-öø-ɏ0-9_]|\\_)*|[Α-Ωα-ωϵϕ](?:_[A-Za-z0-9]+)?\d*"
)
_MODULE: Final = re.compile(
    r"(?:math|Math|np|numpy|torch|tf|jnp|nn|keras|K|self|layers)\.(?=[a-z_])"
)
_FUNCTIONAL: Final = re.compile(r"F\.(?=[a-z]{3})")
_DOTTED: Final = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z_]\w*)+")
_SPACED: Final = re.compile(r"[A-Za-z](?: [A-Za-z](?![A-Za-z_])){2,9}(?= *[-−+=)\]×*/]|$)")
_TYPES = r"u?int\d*(?:_t)?|size_t|float|double|auto|const|let|var|def|return|assert"
_TYPE: Final = re.compile(rf"(?:(?:{_TYPES}) +)+(?=[A-Za-z_(])")
_IGNORED: Final = re.compile(
    r"`+|:math:|#(?=[A-Za-z])|//[\w ,.'-]*[^\W\d_]{2} [^\W\d_]{2}[\w ,.'-]*$|#[^\n]*", re.M
)
_REMARK: Final = re.compile(
    r"(?<=\s)\((?=[^)\n]{0,90}[^\W\d_]{4})(?:[^\W\d_]{2,}[ -]){1,8}[^\W\d_]{2,}\)(?=\s*$)", re.M
)
_ASIDE: Final = re.compile(r"(?<=\s\s)\([A-Za-z]{4,}\)(?=\s*$)", re.M)
_ATTRIBUTE: Final = re.compile(r"\.(T|t|shape|size)(?!\w)")
_METHOD: Final = re.compile(r"\.(?:(dot)(?=\()|sum\([^()]*\))")
_TIMES: Final = re.compile(r"[xX](?=\s*[\d(])")
_BETWEEN: Final = re.compile(r"x(?= [\w(])")
_IN: Final = re.compile(r"in(?=[ \[{(])")
_FOR_ALL: Final = re.compile(r"for (?:all|every|each)(?= [^\W\d_]{1,2}\b)")
_EQUIVALENCE: Final = re.compile(r"if and only if|exactly when")
_HEADING: Final = re.compile(r"[【《][^】》\n]*[】》]|#+ [^\n]*(?=\n)")
_OPERANDS: Final = frozenset({"letter", "word", "close", "unbrace"})


_MARKER: Final = re.compile(r"(?:[-*•#]|\(?\d{1,2}[.)])\s+(?=[^\n]*[=<>≤≥])")
_NUMBER_BEHIND: Final = re.compile(
    r"(?:\s*[.…·]{2,}\s*|\s{2,})\((\d+(?:\.\d+)?[a-z]?)\)\s*(?=\n|$)"
)


def scan_plain(scanner: Scanner, *, words: bool = False) -> None:
    """Cut the rest of the text into tokens; with words, each identifier is one name."""
    while scanner.at < scanner.end:
        if _skips(scanner) or _remarks(scanner) or attribute(scanner):
            continue
        if remark_in_brackets(scanner) or loop(scanner, scan_plain):
            continue
        if not _names(scanner, words=words) and not scanner.common():
            scanner.unknown()


def _skips(scanner: Scanner) -> bool:
    patterns = (_MARKER, _IGNORED) if scanner.last() in {"", "row"} else (_IGNORED,)
    for pattern in patterns:
        found = scanner.match(pattern)
        if found:
            scanner.at = found.end()
            return True
    return False


def _remarks(scanner: Scanner) -> bool:
    found = scanner.match(_NUMBER_BEHIND)
    if found:
        scanner.emit("tag", found.group(1), found.start(1), found.end())
        return True
    for pattern, kind in ((_REMARK, "prose"), (_ASIDE, "prose"), (_HEADING, "label")):
        found = scanner.match(pattern)
        if found:
            scanner.emit(kind, found.group().strip("()【】《》# "), found.start(), found.end())
            return True
    return False


def _names(scanner: Scanner, *, words: bool) -> bool:
    character = scanner.text[scanner.at]
    if not (character.isalpha() or character == "_"):
        return False
    if not words and any(step(scanner) for step in _STEPS):
        return True
    found = scanner.match(_IDENTIFIER)
    if found is None:
        return False
    identifier(scanner, found.group(), found.start(), words=words)
    return True


def _equivalence(scanner: Scanner) -> bool:
    """Read words that stand for a sign: if and only if, for all."""
    found = scanner.match(_FOR_ALL)
    if found:
        scanner.emit("key", "for", found.start(), found.end())
        scanner.emit("forall", "forall", found.end(), found.end())
        return True
    found = scanner.match(_EQUIVALENCE)
    if found:
        scanner.emit("relation", "iff", found.start(), found.end())
    return found is not None


def _times(scanner: Scanner) -> bool:
    """Read x as a sign: 3x3, (a) x (b)."""
    found = scanner.match(_TIMES) or scanner.match(_BETWEEN)
    if not found or not scanner.tokens:
        return False
    last = scanner.tokens[-1]
    digit = last.kind == "number" and scanner.text[found.end() : found.end() + 1].isdigit()
    operand = last.kind in _OPERANDS and scanner.spaced and scanner.match(_BETWEEN)
    if (
        digit
        or (operand and scanner.x_is_sign)
        or (last.kind in {"close", "number"} and scanner.spaced)
    ):
        scanner.emit("times", "times", found.start(), found.end())
        return True
    return False


def _membership(scanner: Scanner) -> bool:
    """Read "in" behind an operand: i in range(n)."""
    found = scanner.match(_IN)
    if not found or not scanner.spaced or scanner.last() not in _OPERANDS:
        return False
    if scanner.text[found.end() : found.end() + 1] in {"[", "("}:
        return False  # an array of that name
    scanner.emit("in", "in", found.start(), found.end())
    return True


def _skipped_name(scanner: Scanner) -> bool:
    """Go on behind a module or a type that stands before a name."""
    for pattern in (_MODULE, _FUNCTIONAL, _TYPE):
        found = scanner.match(pattern)
        if found:
            scanner.at = found.end()
            return True
    return False


def _dotted(scanner: Scanner) -> bool:
    """Read X.T, X.shape, F.F.D_1 and other names with dots."""
    found = scanner.match(_DOTTED)
    if not found:
        return False
    parts = found.group().split(".")
    capitals = all(len(part.split("_")[0]) == 1 and part[0].isupper() for part in parts)
    if capitals and (parts[-1] != "T" or len(parts) > 2):
        _product(scanner, parts, found.start())
        return True
    methods = parts[1:] if parts[-1] in {"dot", "sum"} else []
    if methods and scanner.text.startswith("(", found.end()):
        identifier(scanner, parts[0], found.start(), words=False)
        while attribute(scanner):
            pass
        return True
    if len(parts) != 2 or parts[1] not in {"T", "shape", "size", "t"}:
        scanner.emit("word", found.group(), found.start(), found.end())
        return True
    identifier(scanner, parts[0], found.start(), words=False)
    scanner.at = found.end() - len(parts[1]) - 1
    return attribute(scanner)


def attribute(scanner: Scanner) -> bool:
    """Read .T as a transpose and .shape as a label of what stands before."""
    found = scanner.match(_METHOD)
    if found and scanner.last() in {*_OPERANDS, "transpose"}:
        _method(scanner, found)
        return True
    found = scanner.match(_ATTRIBUTE)
    if not found or scanner.last() not in {*_OPERANDS, "number"}:
        return False
    start, end = found.span()
    transposed = found.group(1) in {"T", "t"}
    scanner.emit("script", "^" if transposed else "_", start, start + 1)
    if transposed:
        scanner.emit("transpose", "T", start + 1, end)
    else:
        scanner.emit("word", found.group(1), start + 1, end)
    return True


def _method(scanner: Scanner, found: re.Match[str]) -> None:
    """Read a.dot(b) as a product of matrices, a.sum() as a sum over all."""
    start, end = found.span()
    if found.group(1):
        scanner.emit("star", "@", start, end)
    else:
        scanner.emit("method", "sum", start, end)


def _product(scanner: Scanner, parts: list[str], start: int) -> None:
    for number, part in enumerate(parts):
        if number:
            scanner.emit("times", "cdot", start - 1, start)
        identifier(scanner, part, start, words=False)
        start += len(part) + 1


def _spaced(scanner: Scanner) -> bool:
    """Read letters that lost their fonts and got spaces: H o u t."""
    found = scanner.match(_SPACED)
    if not found or len(found.group()) < 5 or (" x " in found.group() and scanner.x_is_sign):
        return False
    simple(scanner, found.group().replace(" ", ""), found.start(), words=False)
    scanner.at = found.end()
    return True


_STEPS: Final = (
    _times,
    _equivalence,
    _membership,
    letters_of_other_scripts,
    _skipped_name,
    _dotted,
    _spaced,
    phrase,
)
