r"""Markdown, TeX or HTML-escaped text -> its displayed formulas, each with its place.

A display is $$ ... $$, \[ ... \], a fenced block of math, or an environment like equation or
align. Code, comments and verbatim text hold none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from symconv.errors import FormulaError
from symconv.formula.reading import read_range
from symconv.formula.source import MAX_ARTICLE, Source
from symconv.formula.tree import Claim, Displayed, NotUnderstood

_ENVIRONMENTS = "equation|align|gather|multline|flalign|alignat|eqnarray|displaymath|dmath"
_OPENERS = re.compile(
    rf"""
    ^[ ]{{0,3}}(?P<fence>`{{3,}}|~{{3,}})[ \t]*(?P<language>[^\r\n`]*)$
  | (?P<comment><!--)
  | <(?P<tag>pre|code|style)\b
  | \\begin\{{(?P<verbatim>verbatim|lstlisting|minted|comment|Verbatim)(?P<star>\*?)\}}
  | (?P<escaped>\\[\\$`%])
  | (?P<percent>%)
  | (?P<code>`+)
  | (?P<dollars>\$\$)
  | (?P<bracket>\\\[)
  | \\begin\{{(?P<environment>(?:{_ENVIRONMENTS})\*?)\}}(?:\{{[0-9]+\}})?
    """,
    re.VERBOSE | re.MULTILINE,
)
_FRONT_MATTER = re.compile(
    r"\ufeff?---[ \t]*\r?\n(?P<fields>.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.DOTALL | re.MULTILINE
)
_FIELD = re.compile(r"^(?P<key>[A-Za-z_][\w-]*)[ \t]*:(?P<value>[^\r\n]*)", re.MULTILINE)
_TEX = re.compile(r"\\(?:documentclass|usepackage|begin\{document\}|(?:sub)*section\*?\{|chapter)")
_BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n")
_DOLLARS = re.compile(r"(?<!\\)\$\$")
_BRACKET = re.compile(r"(?<!\\)(?:\\\\)*(?P<end>\\\])")
_SAYS_SOMETHING = re.compile(r"[=<>\\^_]")
_MAX_INLINE_CODE = 2_000
_LINE_END = re.compile(r"[\r\n]|\Z")


@dataclass(frozen=True)
class Article:
    """What was found in a text.

    Attributes:
        displayed: the displayed formulas, in their order.
        front_matter: key -> value of the lines between --- at the beginning.
    """

    displayed: tuple[Displayed, ...]
    front_matter: Mapping[str, str]


def read_article(text: str, *, functions: Sequence[str] = ()) -> Article:
    r"""Return the displayed formulas of a text, and what each one says.

    What cannot be read is a NotUnderstood among the claims; the others are read all the same.

    Args:
        text: Markdown, TeX, or HTML-escaped Markdown.
        functions: names that call a function; the front matter may name more, functions: f, g.

    Raises:
        FormulaError: the text is longer than the language allows.

    Example:
        >>> article = read_article("---\nletters: L=e\n---\n$$ b = 1 \\\\ ? $$")
        >>> article.front_matter["letters"], [d.span.line for d in article.displayed]
        ('L=e', [4])
        >>> [type(claim).__name__ for claim in article.displayed[0].claims]
        ['Equation', 'NotUnderstood']
    """
    source = Source(text)
    if len(text) > MAX_ARTICLE:
        raise source.fail(f"an article of more than {MAX_ARTICLE:,} characters", MAX_ARTICLE)
    front = _FRONT_MATTER.match(text)
    fields = front_matter(text)
    named = [name.strip() for name in fields.get("functions", "").split(",") if name.strip()]
    displays = _displays(text, front.end() if front else 0)
    displayed = [
        _read_display(source, index, display, [*functions, *named])
        for index, display in enumerate(displays, 1)
    ]
    return Article(tuple(displayed), MappingProxyType(fields))


def front_matter(text: str) -> dict[str, str]:
    r"""Return key -> value of the lines between --- at the beginning of a text.

    Example:
        >>> front_matter("---\nletters: L=e\n---\n")
        {'letters': 'L=e'}
    """
    front = _FRONT_MATTER.match(text)
    fields = _FIELD.finditer(front["fields"]) if front else ()
    return {field["key"]: _unquoted(field["value"].strip()) for field in fields}


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


@dataclass(frozen=True)
class _Display:
    """Offsets of a formula in the text; `closed` is False if its end is missing."""

    start: int
    end: int
    closed: bool = True


def _read_display(
    source: Source, index: int, display: _Display, functions: Sequence[str]
) -> Displayed:
    span = source.span(display.start, display.end)
    claims: tuple[Claim | NotUnderstood, ...]
    try:
        if display.closed:
            claims = read_range(
                source, display.start, display.end, form="latex", functions=functions
            )
        else:
            claims = (NotUnderstood("the end of the displayed formula is missing", span),)
    except FormulaError as error:
        at = source.offset(error.line, error.column)
        claims = (NotUnderstood(error.reason, source.span(at, at)),)
    latex = source.text[display.start : display.end]
    return Displayed(index=index, latex=latex, span=span, claims=claims)


def _displays(text: str, place: int) -> Iterator[_Display]:
    """Yield the displays behind a place, from the first to the last."""
    finder = _Finder(text)
    while found := _OPENERS.search(text, place):
        if found["dollars"] or found["bracket"] or found["environment"]:
            display, place = finder.display(found)
        elif found["fence"] and found["language"].strip().lower() in ("math", "latex-math"):
            end, place = finder.fence_end(found)
            display = _Display(found.end(), end)
        else:
            place = finder.behind_silent(found)
            continue
        if text[display.start : display.end].strip():
            yield display


class _Finder:
    """Finds where things end; what is missing once is not looked for again."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._is_tex = _TEX.search(text) is not None
        self._missing: set[str] = set()

    def _search(self, pattern: re.Pattern[str], start: int) -> re.Match[str] | None:
        if pattern.pattern in self._missing:
            return None
        found = pattern.search(self._text, start)
        if found is None:
            self._missing.add(pattern.pattern)
        return found

    def display(self, found: re.Match[str]) -> tuple[_Display, int]:
        """Return the display that begins there, and the place behind it."""
        start = found.end()
        if found["dollars"]:
            closer = self._search(_DOLLARS, start)
        elif found["bracket"]:
            closer = self._search(_BRACKET, start)
        else:
            name = re.escape(found["environment"])
            closer = self._search(re.compile(rf"\\end\{{{name}\}}"), start)
        if closer is None:
            blank = _BLANK_LINE.search(self._text, start)
            end = blank.start() if blank else len(self._text)
            return _Display(start, end, closed=False), end
        end = closer.start("end") if found["bracket"] else closer.start()
        if found["bracket"] and not _SAYS_SOMETHING.search(self._text, start, end):
            end = start  # \[1\] in Markdown is a reference
        return _Display(start, end), closer.end()

    def fence_end(self, found: re.Match[str]) -> tuple[int, int]:
        """Return where the inside of a fenced block ends, and the place behind the block."""
        sign, least = found["fence"][0], len(found["fence"])
        closer = re.compile(rf"^[ ]{{0,3}}{sign}{{{least},}}[ \t]*\r?$", re.MULTILINE)
        closing = closer.search(self._text, found.end())
        end = len(self._text)
        return (closing.start(), closing.end()) if closing else (end, end)

    def behind_silent(self, found: re.Match[str]) -> int:
        """Return the place behind what holds no display: code, a comment, an escaped sign."""
        place = found.end()
        if found["percent"]:
            end = _LINE_END.search(self._text, place)
            return end.start() if self._is_tex and end else place
        if found["fence"]:
            return place if self._is_tex else self.fence_end(found)[1]
        if found["code"]:
            return place if self._is_tex else self._behind_code(found)
        closers = {
            "comment": "-->",
            "tag": f"</{found['tag']}>",
            "verbatim": rf"\end{{{found['verbatim']}{found['star']}}}",
        }
        closer = next((end for kind, end in closers.items() if found[kind]), "")
        closing = self._search(re.compile(re.escape(closer)), place) if closer else None
        return closing.end() if closing else place

    def _behind_code(self, found: re.Match[str]) -> int:
        """Return the place behind inline code: as many backticks again, in the same paragraph."""
        limit = found.end() + _MAX_INLINE_CODE
        blank = _BLANK_LINE.search(self._text, found.end(), limit)
        closer = re.compile(rf"(?<!`){found['code']}(?!`)")
        closing = closer.search(self._text, found.end(), blank.start() if blank else limit)
        return closing.end() if closing else found.end()
