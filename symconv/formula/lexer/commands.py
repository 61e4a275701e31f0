r"""What follows a backslash: commands, rows, escaped characters, texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from symconv.formula.lexer.plain import scan_plain
from symconv.formula.lexer.scanner import Scanner
from symconv.formula.lexer.symbols import COMMANDS, FONTS, TEXT_COMMANDS
from symconv.formula.lexer.wording import is_formula, plain_words, wording

Scan: TypeAlias = Callable[[Scanner], None]

_COMMAND: Final = re.compile(r"\\([A-Za-z]+\*?)")
_DOUBLED: Final = re.compile(r"\\\\([A-Za-z]{2,}|_)")
_DOLLARS: Final = re.compile(r"\$([^$]*)\$")
_ENVIRONMENT: Final = re.compile(r"\s*\{([A-Za-z]+\*?)\}")
_COLUMNS: Final = re.compile(r"\s*(?:\[[a-z]\])?\{[lcr|@{} ]*\}")
_ARGUMENT: Final = re.compile(r"\s*\{([^{}]*)\}")
_ROW: Final = re.compile(r"\\\\\*?(?:\s*\[[^\[\]]*(?:pt|em|ex|cm|mm|px)\])?")
_TAG: Final = re.compile(r"\\(tag|label)\*?\s*(?:\{([^{}]*)\}|(\S))")
_INDICATOR: Final = re.compile(r"\\(?:mathbb|mathbf|mathds|bm|boldsymbol|mathbbm)\s*(?:\{1\}|1)")
_DELIMITER: Final = re.compile(r"\\(left|right)\s*(\.|\|)")
_WIDE: Final = re.compile(r"(?:\\ |~|\\;|\\:|\\,|\\quad|\\qquad|\s){3,}")
_SPACE: Final = re.compile(r"\\ |~|\\q?quad")
_SKIPPED: Final = re.compile(r"\\[,;:!>/ -]|\\$|~")
_EXTREME: Final = re.compile(r"\s*\\?(max|min)(?![A-Za-z])")
_NEGATED: Final = re.compile(r"\s*(=|\\in|\\mid|\|)")
_OLD_FONT: Final = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]+)(?=\s*\})")
_WITH_ARGUMENT = "hspace vspace label color phantom vphantom hphantom ref cite eqref"
_IGNORED: Final = frozenset(_WITH_ARGUMENT.split())
_OLD_FONTS: Final = frozenset({"rm", "it", "sf", "tt", "bf"})
_FUNCTION_NAMES = "log exp sin cos tanh tan ln det dim ker gcd Pr"
_FUNCTIONS: Final = frozenset(_FUNCTION_NAMES.split())


def backslash(scanner: Scanner, scan: Scan) -> None:
    """Read what begins with the backslash at the next place.

    Args:
        scanner: stands at a backslash.
        scan: reads a formula within a text.
    """
    doubled = scanner.match(_DOUBLED)
    if doubled and _is_command(doubled.group(1)):
        scanner.at += 1
    for pattern, read in _SPECIAL:
        found = scanner.match(pattern)
        if found:
            read(scanner, found)
            return
    found = scanner.match(_COMMAND)
    if found:
        command(scanner, found, scan)
    else:
        _escaped(scanner)


def _is_command(name: str) -> bool:
    known = name in COMMANDS or name in FONTS or name in TEXT_COMMANDS
    return known or name in {"_", "begin", "end"}


def _wide(scanner: Scanner, found: re.Match[str]) -> None:
    """Read much white space, which separates."""
    if "quad" in found.group() or len(_SPACE.findall(found.group())) >= 2:
        scanner.emit("quad", "", found.start(), found.end())
    _skipped(scanner, found)


def _skipped(scanner: Scanner, found: re.Match[str]) -> None:
    scanner.spaced = True
    scanner.at = found.end()


def _row(scanner: Scanner, found: re.Match[str]) -> None:
    scanner.emit("row", "\\\\", found.start(), found.end())


def _tag(scanner: Scanner, found: re.Match[str]) -> None:
    kind = "tag" if found.group(1) == "tag" else "space"
    text = found.group(2) or found.group(3) or ""
    scanner.emit(kind, text.strip(), found.start(), found.end())


def _indicator(scanner: Scanner, found: re.Match[str]) -> None:
    scanner.emit("indicator", "1", found.start(), found.end())


def _delimiter(scanner: Scanner, found: re.Match[str]) -> None:
    kind = "open" if found.group(1) == "left" else "close"
    scanner.emit(kind, found.group(2), found.start(), found.end())


_SPECIAL: Final = (
    (_WIDE, _wide),
    (_ROW, _row),
    (_TAG, _tag),
    (_INDICATOR, _indicator),
    (_DELIMITER, _delimiter),
    (_SKIPPED, _skipped),
)


def command(scanner: Scanner, found: re.Match[str], scan: Scan) -> None:
    """Read a command and those of its arguments that are no formula."""
    name = found.group(found.lastindex or 0)
    start, end = found.span()
    scanner.at = end
    if name.rstrip("*") in TEXT_COMMANDS:
        _text(scanner, start, scan)
    elif name in _IGNORED:
        argument = scanner.match(_ARGUMENT)
        scanner.at = argument.end() if argument else end
        scanner.spaced = True
    elif name in _READERS:
        _READERS[name](scanner, name, start)
    elif name in FONTS:
        if name in _OLD_FONTS:
            _old_font(scanner)
    else:
        _known(scanner, name, start, end)


def _known(scanner: Scanner, name: str, start: int, end: int) -> None:
    """Read a command from the table, or one that its author defined: a name."""
    kind, text = COMMANDS.get(name.rstrip("*"), ("", ""))
    if kind == "transpose" and scanner.last() not in {"script", "brace"}:
        kind, text = "letter", "T"
    if not kind:
        kind, text = ("word" if name in _FUNCTIONS or len(name) > 4 else "letter"), name
    scanner.emit(kind, text, start, end)


def _text(scanner: Scanner, start: int, scan: Scan) -> None:
    r"""Read a text in braces: \text{...}, \mathrm{...}; without braces it is the next letter."""
    at = scanner.at
    while at < scanner.end and scanner.text[at].isspace():
        at += 1
    if at >= scanner.end or scanner.text[at] != "{":
        scanner.at = at
        return
    behind = _behind_braces(scanner, at)
    closed = scanner.text[behind - 1] == "}"
    _worded(scanner, at + 1, max(behind - closed, at + 1), start, scan)
    scanner.at = behind


def _behind_braces(scanner: Scanner, at: int) -> int:
    """Return the place behind the brace that closes the one at that place, or the end."""
    depth = 0
    for place in range(at, scanner.end):
        depth += {"{": 1, "}": -1}.get(scanner.text[place], 0)
        if depth == 0:
            return place + 1
    return scanner.end


def _worded(scanner: Scanner, start: int, end: int, first: int, scan: Scan) -> None:
    raw = scanner.text[start:end]
    if "$" in raw:
        _with_formulas(scanner, start, end, scan)
    elif is_formula(plain_words(raw)):
        inner = Scanner(scanner.text, start, end, latex=False)
        scan_plain(inner, words="/" not in raw)
        scanner.tokens.extend(inner.tokens)
    else:
        wording(scanner, start, end, first, end)


def _with_formulas(scanner: Scanner, start: int, end: int, scan: Scan) -> None:
    """Read a text with formulas between dollars."""
    at = start
    for found in _DOLLARS.finditer(scanner.text, start, end):
        if scanner.text[at : found.start()].strip():
            wording(scanner, at, found.start(), at, found.start())
        inner = Scanner(scanner.text, found.start(1), found.end(1), latex=True)
        scan(inner)
        scanner.tokens.extend(inner.tokens)
        at = found.end()
    if scanner.text[at:end].strip():
        wording(scanner, at, end, at, end)


def _old_font(scanner: Scanner) -> None:
    r"""Read the word behind {\rm, which goes to the end of its braces."""
    found = scanner.match(_OLD_FONT)
    if found:
        scanner.emit("word", found.group(1), found.start(1), found.end())


def _environment(scanner: Scanner, name: str, start: int) -> None:
    found = scanner.match(_ENVIRONMENT)
    if not found:
        return
    scanner.at = found.end()
    environment = found.group(1).rstrip("*")
    columns = scanner.match(_COLUMNS)
    if name == "begin" and columns and environment in {"array", "tabular", "alignat", "alignedat"}:
        scanner.at = columns.end()
    scanner.emit(name, environment, start, scanner.at)


def _stack(scanner: Scanner, name: str, start: int) -> None:
    scanner.emit("stack", name, start, scanner.at)


def _labelled_arrow(scanner: Scanner, name: str, start: int) -> None:
    """Read an arrow with a text over it."""
    at = scanner.at
    behind = _behind_braces(scanner, at) if scanner.text[at : at + 1] == "{" else at
    inner = re.sub(r"\\[a-z]+|[{}]", "", scanner.text[at:behind]).strip()
    scanner.emit("relation", f"arrow:{inner}" if inner else "arrow", start, behind)


def _negation(scanner: Scanner, name: str, start: int) -> None:
    found = scanner.match(_NEGATED)
    if not found:
        scanner.spaced = True
        return
    meanings = {"=": ("compare", "!="), "\\in": ("in", "notin")}
    scanner.emit(*meanings.get(found.group(1), ("mid", "!|")), start, found.end())


def _extreme(scanner: Scanner, name: str, start: int) -> None:
    r"""Read \arg\max."""
    found = scanner.match(_EXTREME)
    if found:
        scanner.emit("big", "arg" + found.group(1), start, found.end())
    else:
        scanner.emit("word", name, start, scanner.at)


_READERS: Final = {
    "begin": _environment,
    "end": _environment,
    "substack": _stack,
    "xrightarrow": _labelled_arrow,
    "not": _negation,
    "arg": _extreme,
}
_ESCAPED: Final = {
    "{": ("open", "{"), "}": ("close", "{"), "|": ("bar", "||"), "%": ("mod", "mod"),
    "&": ("logic", "and"), "_": ("space", ""), "#": ("space", ""), "(": ("space", ""),
    ")": ("space", ""), "[": ("space", ""), "]": ("space", ""), "$": ("space", ""),
    "'": ("space", ""), "^": ("space", ""),
}  # fmt: skip


def _escaped(scanner: Scanner) -> None:
    start = scanner.at
    character = scanner.text[start + 1 : start + 2]
    if character == "_" and scanner.last() in {"letter", "word", "close", "unbrace"}:
        scanner.emit("script", "_", start, start + 2)
        return
    kind, text = _ESCAPED.get(character, ("space", ""))
    width = 2 if character in _ESCAPED else 1
    if scanner.text.startswith("&amp;", start + 1):
        width = len("\\&amp;")
    scanner.emit(kind, text, start, start + width)
