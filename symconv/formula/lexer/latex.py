"""Tokens of LaTeX: letters are single, commands are looked up, unknown ones are names."""

from __future__ import annotations

import re
from typing import Final

from symconv.formula.lexer.phrases import letters_of_other_scripts
from symconv.formula.lexer.plain import scan_plain
from symconv.formula.lexer.scanner import Scanner
from symconv.formula.lexer.symbols import CHARACTERS, COMMANDS, FONTS, TEXT_COMMANDS
from symconv.formula.lexer.wording import is_formula, plain_words, wording
from symconv.formula.lexer.words import KEYS

_COMMAND: Final = re.compile(r"\\([A-Za-z]+\*?)")
_LETTER: Final = re.compile(r"[^\W\d_]")
_WORD: Final = re.compile(
    r"[A-Za-z]{2,}(?:(?:\\_|_)[A-Za-z]{3,})+(?!\{)|[A-Za-z]+(?:\\_[A-Za-z]+)+"
)
_KEY: Final = re.compile(r"(?:where|for|with|when|otherwise|and|if|such that)(?=\s)")
_PHRASE: Final = re.compile(r"[a-z]{4,}(?: [a-z]{4,})+(?![A-Za-z_^])")
_HEADING: Final = re.compile(r"[【《]([^】》\n]*)[】》]")
_DOLLARS: Final = re.compile(r"\$([^$]*)\$")
_DIGITS: Final = re.compile(r"\d+")
_ENVIRONMENT: Final = re.compile(r"\s*\{([A-Za-z]+\*?)\}")
_COLUMNS: Final = re.compile(r"\s*(?:\[[a-z]\])?\{[lcr|@{} ]*\}")
_ARGUMENT: Final = re.compile(r"\s*\{([^{}]*)\}")
_LOST: Final = re.compile(
    r"(?<![A-Za-z\\])(?:(?:d?frac|text|sqrt|mathrm|mathbf|begin|end|operatorname)(?=\{)"
    r"|(?:left|right)(?=\s*(?:[lr]floor|[lr]ceil|[()\[\].|]|\\))"
    r"|(?<![{_^])(?:times|cdot|lfloor|rfloor|lceil|rceil|partial|leq|geq|sum|infty|quad|qquad)"
    r"(?![A-Za-z}]))"
)
_INDICATOR: Final = re.compile(r"\\(?:mathbb|mathbf|mathds|bm|boldsymbol|mathbbm)\s*(?:\{1\}|1)")
_DELIMITER: Final = re.compile(r"\\(left|right)\s*(\.|\|)")
_SKIPPED: Final = re.compile(r"\\[,;:!>/ -]|\\$|~")
_ROW: Final = re.compile(r"\\\\\*?(?:\s*\[[^\[\]]*(?:pt|em|ex|cm|mm|px)\])?")
_TAG: Final = re.compile(r"\\(tag|label)\*?\s*(?:\{([^{}]*)\}|(\S))")
_WIDE: Final = re.compile(r"(?:\\ |~|\\;|\\:|\\,|\\quad|\\qquad|\s){3,}")


def scan_latex(scanner: Scanner) -> None:
    """Cut the rest of the text into tokens."""
    while scanner.at < scanner.end:
        character = scanner.text[scanner.at]
        if character == "\\":
            _backslash(scanner)
        elif not (_headings(scanner) or _letters(scanner) or scanner.common()):
            scanner.at += 1


def _headings(scanner: Scanner) -> bool:
    """Read 【...】, and go on behind // and \\# at the beginning of a cell."""
    found = scanner.match(_HEADING)
    if found:
        scanner.emit("label", found.group(1).strip(), found.start(), found.end())
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
        command(scanner, found.group(), found.start(), found.end())
    else:
        scanner.emit("word", found.group().replace("\\_", "_"), found.start(), found.end())
    return True


def _letter(scanner: Scanner) -> None:
    start = scanner.at
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


def _backslash(scanner: Scanner) -> None:
    doubled = re.compile(r"\\\\([A-Za-z]{2,}|_)").match(scanner.text, scanner.at, scanner.end)
    if doubled and _is_command(doubled.group(1)):
        scanner.at += 1
    for pattern in (_WIDE, _ROW, _TAG, _INDICATOR, _DELIMITER):
        found = scanner.match(pattern)
        if found:
            _special(scanner, pattern, found)
            return
    found = scanner.match(_SKIPPED)
    if found:
        scanner.spaced = True
        scanner.at = found.end()
        return
    found = scanner.match(_COMMAND)
    if found:
        command(scanner, found.group(1), found.start(), found.end())
    else:
        _escaped(scanner)


def _is_command(name: str) -> bool:
    return (
        name in COMMANDS or name in FONTS or name in TEXT_COMMANDS or name in {"_", "begin", "end"}
    )


def _special(scanner: Scanner, pattern: re.Pattern[str], found: re.Match[str]) -> None:
    start, end = found.span()
    if pattern is _WIDE:
        wide = len(re.findall(r"\\ |~|\\quad|\\qquad", found.group())) >= 2
        if wide or "quad" in found.group():
            scanner.emit("quad", "", start, end)
        scanner.spaced = True
        scanner.at = end
    elif pattern is _ROW:
        scanner.emit("row", "\\\\", start, end)
    elif pattern is _TAG:
        kind = "tag" if found.group(1) == "tag" else "space"
        scanner.emit(kind, (found.group(2) or found.group(3) or "").strip(), start, end)
    elif pattern is _INDICATOR:
        scanner.emit("indicator", "1", start, end)
    elif found.group(1) == "left":
        scanner.emit("open", found.group(2), start, end)
    else:
        scanner.emit("close", found.group(2), start, end)


def command(scanner: Scanner, name: str, start: int, end: int) -> None:
    """Read the command that stands at start, ..., end - 1 with the arguments that are no formula."""
    scanner.at = end
    if name in {"begin", "end"}:
        _environment(scanner, name, start)
    elif name.rstrip("*") in TEXT_COMMANDS:
        _text(scanner, start)
    elif name in {
        "hspace",
        "vspace",
        "label",
        "color",
        "phantom",
        "vphantom",
        "hphantom",
        "ref",
        "cite",
    }:
        argument = scanner.match(_ARGUMENT)
        scanner.at = argument.end() if argument else end
        scanner.spaced = True
    elif name == "substack":
        scanner.emit("stack", name, start, end)
    elif name == "xrightarrow":
        _labelled_arrow(scanner, start)
    elif name == "not":
        _negated(scanner, start)
    elif name == "arg":
        found = re.compile(r"\s*\\?(max|min)(?![A-Za-z])").match(scanner.text, end, scanner.end)
        if found:
            scanner.emit("big", "arg" + found.group(1), start, found.end())
        else:
            scanner.emit("word", "arg", start, end)
    elif name in FONTS:
        if name in {"rm", "it", "sf", "tt", "bf"}:
            _old_font(scanner)
        scanner.at = max(scanner.at, end)
    else:
        _known(scanner, name, start, end)


def _known(scanner: Scanner, name: str, start: int, end: int) -> None:
    kind, text = COMMANDS.get(name.rstrip("*"), ("", ""))
    if kind == "transpose" and scanner.last() not in {"script", "brace"}:
        kind, text = "letter", "T"
    if not kind:
        functions = (
            "log",
            "exp",
            "sin",
            "cos",
            "tanh",
            "tan",
            "ln",
            "det",
            "dim",
            "ker",
            "gcd",
            "Pr",
        )
        kind, text = ("word" if name in functions or len(name) > 4 else "letter"), name
    digits = _DIGITS.match(scanner.text, end, scanner.end)
    scanner.emit(kind, text, start, end)
    if kind == "letter" and digits and scanner.last() == "script":
        return


def _text(scanner: Scanner, start: int) -> None:
    """Read a text in braces: \\text{...}, \\mathrm{...}; without braces it is the next letter."""
    at = scanner.at
    while at < scanner.end and scanner.text[at].isspace():
        at += 1
    if at >= scanner.end or scanner.text[at] != "{":
        scanner.at = at
        return
    depth = 0
    for end in range(at, scanner.end):
        depth += {"{": 1, "}": -1}.get(scanner.text[end], 0)
        if depth == 0:
            break
    else:
        end = scanner.end
    _worded(scanner, at + 1, end, start, min(end + 1, scanner.end))


def _worded(scanner: Scanner, start: int, end: int, first: int, last: int) -> None:
    raw = scanner.text[start:end]
    if "$" in raw:
        _with_formulas(scanner, start, end)
    elif is_formula(plain_words(raw)):
        inner = Scanner(scanner.text, start, end, latex=False)
        scan_plain(inner, words=True)
        scanner.tokens.extend(inner.tokens)
    else:
        wording(scanner, start, end, first, last)
    scanner.at = last


def _with_formulas(scanner: Scanner, start: int, end: int) -> None:
    at = start
    for found in _DOLLARS.finditer(scanner.text, start, end):
        if scanner.text[at : found.start()].strip():
            wording(scanner, at, found.start(), at, found.start())
        inner = Scanner(scanner.text, found.start(1), found.end(1), latex=True)
        scan_latex(inner)
        scanner.tokens.extend(inner.tokens)
        at = found.end()
    if scanner.text[at:end].strip():
        wording(scanner, at, end, at, end)


def _old_font(scanner: Scanner) -> None:
    """Read the word behind {\\rm, which goes to the end of its braces."""
    found = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]+)(?=\s*\})").match(
        scanner.text, scanner.at, scanner.end
    )
    if found:
        scanner.emit("word", found.group(1), found.start(1), found.end())


def _environment(scanner: Scanner, name: str, start: int) -> None:
    found = scanner.match(_ENVIRONMENT)
    if not found:
        return
    scanner.at = found.end()
    environment = found.group(1).rstrip("*")
    if name == "begin":
        columns = scanner.match(_COLUMNS)
        if columns and environment in {"array", "tabular", "alignat", "alignedat"}:
            scanner.at = columns.end()
    scanner.emit(name, environment, start, scanner.at)


def _labelled_arrow(scanner: Scanner, start: int) -> None:
    depth = 0
    at = scanner.at
    while at < scanner.end:
        depth += {"{": 1, "}": -1}.get(scanner.text[at], 0)
        at += 1
        if depth == 0:
            break
    inner = re.sub(r"\\[a-z]+|[{}]", "", scanner.text[scanner.at : at]).strip()
    scanner.emit("relation", f"arrow:{inner}", start, at)


def _negated(scanner: Scanner, start: int) -> None:
    found = re.compile(r"\s*(=|\\in|\\mid|\|)").match(scanner.text, scanner.at, scanner.end)
    if not found:
        scanner.spaced = True
        return
    meanings = {"=": ("compare", "!="), "\\in": ("in", "notin")}
    scanner.emit(*meanings.get(found.group(1), ("mid", "!|")), start, found.end())


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
    scanner.emit(kind, text, start, start + (2 if character in _ESCAPED else 1))
