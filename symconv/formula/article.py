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
_FIELD = re.compile(r"^(?P<key>[A-Za-z_][\w-]*)[ \t]*:[ \t]*(?P<value>.*?)[ \t]*\r?$", re.MULTILINE)
_TEX = re.compile(r"\\(?:documentclass|usepackage|begin\{document\}|(?:sub)*section\*?\{|chapter)")
_BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n")
_DOLLARS = re.compile(r"(?<!\\)\$\$")
_BRACKET = re.compile(r"(?<!\\)(?:\\\\)*(?P<end>\\\])")
_SAYS_SOMETHING = re.compile(r"[=<>\\^_]")
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
    fields = _fields(front["fields"]) if front else {}
    named = [name.strip() for name in fields.get("functions", "").split(",") if name.strip()]
    displays = _displays(text, front.end() if front else 0)
    displayed = [
        _read_display(source, index, display, [*functions, *named])
        for index, display in enumerate(displays, 1)
    ]
    return Article(tuple(displayed), MappingProxyType(fields))


def _fields(text: str) -> dict[str, str]:
    found = {field["key"]: field["value"] for field in _FIELD.finditer(text)}
    return {key: _unquoted(value) for key, value in found.items()}


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
    is_tex = _TEX.search(text) is not None
    while found := _OPENERS.search(text, place):
        place = found.end()
        if found["dollars"] or found["bracket"] or found["environment"]:
            display, place = _display(text, found)
        elif found["fence"] and found["language"].strip().lower() in ("math", "latex-math"):
            end, place = _fence_end(text, found)
            display = _Display(found.end(), end)
        else:
            place = _behind_silent(text, found, is_tex=is_tex)
            continue
        if text[display.start : display.end].strip():
            yield display


def _display(text: str, found: re.Match[str]) -> tuple[_Display, int]:
    """Return the display that begins there, and the place behind it."""
    start = found.end()
    if found["dollars"]:
        closer = _DOLLARS.search(text, start)
    elif found["bracket"]:
        closer = _BRACKET.search(text, start)
    else:
        closer = re.compile(re.escape(rf"\end{{{found['environment']}}}")).search(text, start)
    if closer is None:
        blank = _BLANK_LINE.search(text, start)
        end = blank.start() if blank else len(text)
        return _Display(start, end, closed=False), end
    end = closer.start("end") if found["bracket"] else closer.start()
    if found["bracket"] and not _SAYS_SOMETHING.search(text, start, end):
        return _Display(start, start), start  # \[1\] in Markdown is a reference
    return _Display(start, end), closer.end()


def _fence_end(text: str, found: re.Match[str]) -> tuple[int, int]:
    """Return where the inside of a fenced block ends, and the place behind the block."""
    fence = found["fence"]
    closer = re.compile(rf"^[ ]{{0,3}}{fence[0]}{{{len(fence)},}}[ \t]*\r?$", re.MULTILINE)
    closing = closer.search(text, found.end())
    return (closing.start(), closing.end()) if closing else (len(text), len(text))


def _behind_silent(text: str, found: re.Match[str], *, is_tex: bool) -> int:
    """Return the place behind what holds no display: code, a comment, an escaped sign."""
    place = found.end()
    if found["percent"]:
        end = _LINE_END.search(text, place)
        return end.start() if is_tex and end else place
    if found["fence"]:
        return place if is_tex else _fence_end(text, found)[1]
    if found["code"]:
        return place if is_tex else _behind_code(text, found)
    closers = {
        "comment": "-->",
        "tag": f"</{found['tag']}>",
        "verbatim": rf"\end{{{found['verbatim']}{found['star']}}}",
    }
    closer = next((end for kind, end in closers.items() if found[kind]), "")
    closing = text.find(closer, place) if closer else -1
    return place if closing < 0 else closing + len(closer)


def _behind_code(text: str, found: re.Match[str]) -> int:
    """Return the place behind inline code: the same number of backticks, in the same paragraph."""
    blank = _BLANK_LINE.search(text, found.end())
    limit = blank.start() if blank else len(text)
    closer = re.compile(rf"(?<!`){found['code']}(?!`)").search(text, found.end(), limit)
    return closer.end() if closer else found.end()
