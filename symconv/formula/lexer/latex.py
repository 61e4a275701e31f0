"""Tokens of LaTeX: letters are single, commands are looked up, unknown ones are names."""

from __future__ import annotations

import re
from typing import Final

from symconv.formula.lexer.commands import backslash, command
from symconv.formula.lexer.phrases import letters_of_other_scripts, remark_in_brackets
from symconv.formula.lexer.scanner import Scanner
from symconv.formula.lexer.symbols import CHARACTERS
from symconv.formula.lexer.words import FUNCTIONS, KEYS

_LETTER: Final = re.compile(r"[^\W\d_]")
_WORD: Final = re.compile(
    r"[A-Za-z]{2,}(?:(?:\\_|_)[A-Za-z]{3,})+(?!\{)|[A-Za-z]+(?:\\_[A-Za-z]+)+"
)
_KEY: Final = re.compile(r"(?:where|for|with|when|otherwise|and|or|if|such that)(?=\s|\\[;,: ]|~)")
_PHRASE: Final = re.compile(r"[a-z]{4,}(?: [a-z]{4,})+(?![A-Za-z_^])")
_REMARK: Final = re.compile(
    r"(?<=[\s}~])\(\\(?:text|mbox|textrm|mathrm)\{([^{}$]*)\}\)(?=[\s.,;]*(?:$|\\\\|\\end|\n\n))"
)
_HEADING: Final = re.compile(r"[【《]([^】》\n]*)[】》]")
_FUNCTION: Final = re.compile(r"(floor|ceil|max|min|float|int)(?=\s*(?:\\left\s*)?\()")
_LABEL: Final = re.compile(
    r"(?:in|out|pad|top|left|right|bottom|new|old|eff|total|max|min|col|conv|full)(?![A-Za-z])"
)
_DIGITS: Final = re.compile(r"\d+")
_LOST: Final = re.compile(
    r"(?<![A-Za-z\\])(?:(?:d?frac|text|sqrt|mathrm|mathbf|begin|end|operatorname)(?=\{)"
    r"|(?:left|right)(?=\s*(?:[lr]floor|[lr]ceil|[()\[\].|]|\\))"
    r"|(?<![{_^])(?:times|cdot|lfloor|rfloor|lceil|rceil|partial|leq|geq|sum|infty|quad|qquad)"
    r"(?![A-Za-z}]))"
)


def scan_latex(scanner: Scanner) -> None:
    """Cut the rest of the text into tokens."""
    while scanner.at < scanner.end:
        character = scanner.text[scanner.at]
        if character == "\\":
            backslash(scanner, scan_latex)
        elif not any(step(scanner) for step in _STEPS):
            scanner.unknown()


def _headings(scanner: Scanner) -> bool:
    """Read 【...】, and a comment sign at the beginning of a cell."""
    found = scanner.match(_HEADING)
    if found:
        scanner.emit("label", found.group(1).strip(), found.start(), found.end())
        return True
    remark = scanner.match(_REMARK)
    if remark:
        scanner.emit("prose", remark.group(1).strip(), remark.start(), remark.end())
        return True
    begins = scanner.last() in {"", "row", "cell", "quad"}
    if begins and scanner.text.startswith("//", scanner.at):
        scanner.emit("key", "where", scanner.at, scanner.at + 2)
        return True
    return False


def _letters(scanner: Scanner) -> bool:
    if not _LETTER.match(scanner.text, scanner.at):
        return False
    if letters_of_other_scripts(scanner):
        return True
    if scanner.last() != "script":
        if _function(scanner):
            return True
        found = scanner.match(_KEY)
        if found and scanner.spaced and scanner.last() not in {"brace", "open"}:
            scanner.emit("key", KEYS[found.group().split()[0]], found.start(), found.end())
            return True
        for pattern in (_LOST, _WORD, _PHRASE):
            found = scanner.match(pattern)
            if found and _word(scanner, found, lost=pattern is _LOST):
                return True
    _letter(scanner)
    return True


def _word(scanner: Scanner, found: re.Match[str], *, lost: bool) -> bool:
    if lost:
        command(scanner, found, scan_latex)
    else:
        scanner.emit("word", found.group().replace("\\_", "_"), found.start(), found.end())
    return True


def _letter(scanner: Scanner) -> None:
    start = scanner.at
    if scanner.last() == "script" and _label(scanner):
        return
    kind, text = CHARACTERS.get(scanner.text[start], ("letter", scanner.text[start]))
    if kind != "letter":
        scanner.emit(kind, text, start, start + 1)
        return
    end = start + 1
    if scanner.last() != "script":
        digits = _DIGITS.match(scanner.text, end, scanner.end)
        if digits:
            end = digits.end()
            text += digits.group()
    scanner.emit("letter", text, start, end)


def _label(scanner: Scanner) -> bool:
    """Read a label whose braces its author forgot: H_out."""
    found = scanner.match(_LABEL)
    if not found:
        return False
    start, end = found.span()
    scanner.emit("brace", "{", start, start)
    for place in range(start, end):
        scanner.emit("letter", scanner.text[place], place, place + 1)
    scanner.emit("unbrace", "{", end, end)
    return True


def _function(scanner: Scanner) -> bool:
    """Read floor(...) and the like, which their author wrote without a backslash."""
    found = scanner.match(_FUNCTION)
    before = scanner.text[scanner.at - 1 : scanner.at]
    if not found or before.isalpha() or before in {"\\", "_"}:
        return False
    scanner.emit(*FUNCTIONS[found.group(1)], found.start(1), found.end(1))
    return True


_STEPS: Final = (_headings, remark_in_brackets, _letters, Scanner.common)
