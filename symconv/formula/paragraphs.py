r"""Paragraphs of prose: which are nothing but formulas, and which begin with "where"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_BLANK: Final = re.compile(
    r"(?:\r?\n|\A)(?:[ \t]*\r?\n)+|\r?\n(?=[ \t]*(?:[-*+•]|\d{1,9}[.)])[ \t])"
)
_MARKER: Final = re.compile(r"[ \t]*(?:(?:[-*+•]|\d{1,9}[.)]|>)[ \t]+)*")
_INLINE: Final = re.compile(
    r"(?<![\\$])\$(?!\$)(?P<dollars>(?:[^$\\]|\\.)+)\$(?!\$)"
    r"|\\\((?P<paren>.+?)\\\)|:math:`(?P<role>[^`]+)`",
    re.DOTALL,
)
_JOINTS: Final = re.compile(r"(?:[\s,;.:=≈≤≥&，。、；\\]|\b(?:and|or|und|et|y)\b|和|及|и)*")
_RELATION: Final = re.compile(
    r"[=<>≤≥≈∈∝←]|\\(?:leq?|geq?|in|approx|equiv|sim|to|gets|leftarrow|Rightarrow)\b"
)
_FORMULA: Final = re.compile(r"[=<>≤≥+*/^_\\()|]|\d")
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_TEXT: Final = re.compile(
    r"\\(?:text\w*|mathrm|operatorname\*?|mbox|label|tag)\s*\{(?:[^{}\\]|\\.|\{[^{}]*\})*\}"
)
_LABELS: Final = re.compile(r"\\(?:begin|end)\{\w+\*?\}|[_^]\{[^{}]*\}")
_COMMAND: Final = re.compile(r"\\[A-Za-z]+")
_STRUCTURE: Final = re.compile(
    r"\\(?:frac|sum|lfloor|lceil|partial|left|cdot|times|star|ast|delta|nabla|begin)|[\^_]"
)
_DEFINES: Final = re.compile(
    r"\\(?:def|let|(?:re)?newcommand|providecommand|DeclareMathOperator|set\w+|usepackage|input|"
    r"include\w*|documentclass|newtheorem|hypersetup|title|author)(?![A-Za-z])"
)
_LONGEST: Final = 4_000
_WHERE: Final = re.compile(
    r"[\s,.;:，。；]*(?:(?:where|with|here|in which|où|ou|ici|avec|donde|siendo|aquí|wobei|dabei|"
    r"hier|mit|где|здесь)\b|其中|这里|此处|式中|ここで|ただし|여기서|단,)",
    re.IGNORECASE,
)
_SENTENCE_END: Final = re.compile(r"[.!?](?=\s|$)|[。！？]")
_ITEM: Final = re.compile(r"\s*(?:[-*+•]|\d{1,9}[.)]|\||:?`|\$)")


def paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of the paragraphs and list items between two places, without markers."""
    place = start
    for found in _BLANK.finditer(text, start, end):
        yield from _trimmed(text, place, found.start())
        place = found.end()
    yield from _trimmed(text, place, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    marker = _MARKER.match(text, start, end)
    start = marker.end() if marker else start
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def only_formulas(paragraph: str) -> bool:
    r"""Return whether a paragraph is nothing but formulas that claim something.

    They stand between single dollars and are joined by commas, "=" or "and"; or the first and the
    last dollar are missing; or all dollars are, and TeX's commands leave no doubt.

    Example:
        >>> only_formulas("$a$ = $b$"), only_formulas("so $a = b$")
        (True, False)
        >>> only_formulas(r"g = \frac{m}{t}"), only_formulas("a = 1$ for $b = c")
        (True, True)
    """
    if len(paragraph) > _LONGEST or not _RELATION.search(paragraph) or _DEFINES.search(paragraph):
        return False
    outside = _INLINE.sub("", paragraph)
    if outside != paragraph and _JOINTS.fullmatch(outside):
        return True
    signs = _without_texts(paragraph)
    if signs.count("$") - signs.count(r"\$") == 0:
        return bool(_STRUCTURE.search(paragraph)) and "\\" in signs and not _has_words(signs)
    return "$" in signs and _is_turned_inside_out(signs)


def _without_texts(paragraph: str) -> str:
    for _ in range(3):
        paragraph = _TEXT.sub(" ", paragraph)
    return paragraph


def _has_words(signs: str) -> bool:
    return bool(_WORD.search(_COMMAND.sub(" ", _LABELS.sub(" ", signs))))


_LINKS: Final = re.compile(
    r"[\s,;.:=]*(?:and|or|for|where|if|with|when|und|et|y|für|pour|para|对|当)?[\s,;.:=]*"
)


def _is_turned_inside_out(signs: str) -> bool:
    """Return whether formulas stand outside of the dollars and only links inside of them."""
    pieces = re.split(r"(?<!\\)\$", signs)
    if len(pieces) < 3 or len(pieces) % 2 == 0:
        return False
    formulas, links = pieces[::2], pieces[1::2]
    if not all(map(_LINKS.fullmatch, links)) or any(map(_has_words, formulas)):
        return False
    return all(_FORMULA.search(piece) for piece in formulas if piece.strip(" .,"))


def is_where(behind: str) -> str:
    r"""Return the sentence behind a display if it says what its letters are, else nothing.

    Example:
        >>> is_where(", where $s$ is the stride. It follows that …"), is_where("It follows")
        (', where $s$ is the stride.', '')
    """
    if not _WHERE.match(behind):
        return ""
    blank = _blank_behind(behind)
    end = _sentence_end(behind, blank)
    if behind[:end].rstrip()[-1:] in (":", "：") or len(behind[:end].split()) < 3:
        return behind[: _list_end(behind, blank)].strip()
    return behind[:end].strip()


def _blank_behind(text: str) -> int:
    found = re.search(r"\r?\n[ \t]*\r?\n", text[len(text) - len(text.lstrip()) :])
    return found.start() + len(text) - len(text.lstrip()) if found else len(text)


def _sentence_end(text: str, limit: int) -> int:
    """Return where the first sentence ends that is not inside dollars."""
    for found in _SENTENCE_END.finditer(text, len(text) - len(text.lstrip(" \t\r\n,.;")), limit):
        if text.count("$", 0, found.start()) % 2 == 0:
            return found.end()
    return limit


def _list_end(text: str, place: int) -> int:
    """Return where the list ends that begins behind a place."""
    while place < len(text) and _ITEM.match(text, place):
        found = re.search(r"\r?\n[ \t]*\r?\n", text[place:].lstrip())
        skipped = len(text[place:]) - len(text[place:].lstrip())
        place = place + skipped + found.start() if found else len(text)
    return place
