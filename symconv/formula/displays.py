r"""Markdown, rst, TeX or HTML -> its displayed formulas, each with its place and its prose.

A display is $$ ... $$, \[ ... \], an environment like equation or align, a fenced block of math, a
math directive, or a paragraph that holds nothing but formulas between single dollars. Code,
comments and verbatim text hold none. No formula is read here; the time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from symconv.formula.article_head import head_of
from symconv.formula.paragraphs import is_where, only_formulas, paragraphs
from symconv.formula.silence import LINE, indented_code, is_tex
from symconv.formula.source import MAX_ARTICLE, Source
from symconv.formula.tree import Span

_ENVIRONMENTS: Final = (
    "equation|align|gather|multline|flalign|alignat|eqnarray|displaymath|dmath|IEEEeqnarray"
)
_OPENERS: Final = re.compile(
    rf"""
    ^(?:[ \t]|>){{0,12}}(?P<fence>`{{3,}}|~{{3,}})[ \t]*(?P<language>[^\r\n`]*)$
  | (?P<comment><!--)
  | <(?P<script>script)\b[^>]{{0,200}}math/tex[^>]{{0,40}}display[^>]{{0,40}}>
  | <(?P<tag>pre|code|style|script)\b
  | \\begin\{{(?P<verbatim>verbatim|lstlisting|minted|comment|Verbatim)(?P<star>\*?)\}}
  | \\verb(?P<bar>[|!+"/])
  | (?P<escaped>\\[\\$`%])
  | (?P<percent>%)
  | (?P<code>`+)
  | (?P<dollars>\$\$)
  | (?P<bracket>\\\[)
  | \\begin\{{(?P<environment>(?:{_ENVIRONMENTS})\*?)\}}(?:\{{[0-9A-Za-z]{{1,20}}\}})?
  | ^(?P<margin>[ \t]*)\.\.[ ](?P<directive>math)::
    """,
    re.VERBOSE | re.MULTILINE,
)
_BLANK_LINE: Final = re.compile(r"\r?\n[ \t]*\r?\n")
_DOLLARS: Final = re.compile(r"(?<!\\)\$\$")
_BRACKET: Final = re.compile(r"(?<!\\)(?:\\\\)*(?P<end>\\\])")
_LINE_END: Final = re.compile(r"[\r\n]|\Z")
_SAYS_SOMETHING: Final = re.compile(r"[=<>\\^_]")
_OPTION: Final = re.compile(r"[ \t]*:[\w-]+:")
_BETWEEN: Final = re.compile(r"[ \t]*\r?\n?[ \t]*(?:=|:=|\\approx|≈|≤|≥)[ \t]*\r?\n?[ \t]*")
_MAX_INLINE_CODE: Final = 2_000


@dataclass(frozen=True)
class Display:
    """One displayed formula.

    Attributes:
        index: its number in the text, from 1.
        source: the formula as it is written; the signs around its parts are blanked out.
        span: where it stands.
        prose_before: the text between the display before and this one, and the sentence behind
            this one if it begins with "where".
        closed: whether its end was found.
    """

    index: int
    source: str
    span: Span
    prose_before: str = ""
    closed: bool = True


@dataclass(frozen=True)
class Displays:
    """What was found in a text.

    Attributes:
        displays: the displayed formulas, in their order.
        head: key -> value of the lines between --- at the beginning.
        comments: what the comments say, outside of code.
    """

    displays: tuple[Display, ...]
    head: Mapping[str, str]
    comments: tuple[str, ...]


def find_displays(text: str) -> Displays:
    r"""Return the displayed formulas of a text, unread.

    Args:
        text: Markdown, rst, TeX or HTML.

    Raises:
        FormulaError: the text is longer than the language allows.

    Example:
        >>> found = find_displays("Here $s$ is the stride.\n\n$$ g = m/s $$\n\nwhere $m$ is …")
        >>> [(d.source, d.span.line, d.prose_before) for d in found.displays]
        [(' g = m/s ', 3, 'Here $s$ is the stride.\n\nwhere $m$ is …')]
    """
    source = Source(text)
    if len(text) > MAX_ARTICLE:
        raise source.fail(f"an article of more than {MAX_ARTICLE:,} characters", MAX_ARTICLE)
    fields, start = head_of(text)
    finder = _Finder(text)
    parts = _without_names(text, _joined(text, list(finder.parts(start))))
    parts = list(_with_paragraphs(text, start, parts))
    return Displays(
        tuple(_displays(source, start, parts)),
        MappingProxyType(fields),
        tuple(text[part.start : part.end] for part in parts if part.kind == "comment"),
    )


@dataclass(frozen=True)
class _Part:
    """A display, or what shows nothing.

    Attributes:
        kind: "display", "comment" or "code".
        start, end: the inside.
        left, right: the whole.
        closed: whether its end was found.
    """

    kind: str
    start: int
    end: int
    left: int
    right: int
    closed: bool = True


class _Finder:
    """Finds where things end; what is missing once is not looked for again."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._is_tex = is_tex(text)
        self._missing: set[str] = set()
        self._code = indented_code(text)
        self._starts = [start for start, _ in self._code]

    def parts(self, place: int) -> Iterator[_Part]:
        """Yield the displays and the silent parts behind a place, from the first to the last."""
        for start, end in (*self._code, (len(self._text), len(self._text))):
            while (found := _OPENERS.search(self._text, place)) and found.start() < start:
                part = self._part(found)
                place = part.right if part else found.end()
                if part and (part.kind != "display" or self._text[part.start : part.end].strip()):
                    yield part
            if start >= place and end > start:
                yield _Part("code", start, end, start, end)
            place = max(place, end)

    def _part(self, found: re.Match[str]) -> _Part | None:
        if found["dollars"] or found["bracket"] or found["environment"]:
            return self._display(found)
        if found["fence"]:
            return None if self._is_tex else self._fence(found)
        if found["directive"]:
            return self._directive(found)
        if found["percent"]:
            return self._tex_comment(found)
        if found["code"]:
            return None if self._is_tex else self._inline_code(found)
        if found["bar"]:
            end = self._text.find(found["bar"], found.end(), found.end() + _MAX_INLINE_CODE)
            return _Part("code", found.end(), end, found.start(), end + 1) if end > 0 else None
        return self._silent(found)

    def _search(self, pattern: re.Pattern[str], start: int) -> re.Match[str] | None:
        if pattern.pattern in self._missing:
            return None
        found = pattern.search(self._text, start)
        if found is None:
            self._missing.add(pattern.pattern)
        return found

    def _display(self, found: re.Match[str]) -> _Part:
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
            return _Part("display", start, end, found.start(), end, closed=False)
        end = closer.start("end") if found["bracket"] else closer.start()
        if found["bracket"] and not _SAYS_SOMETHING.search(self._text, start, end):
            end = start  # \[1\] in Markdown is a reference
        return _Part("display", start, end, found.start(), closer.end())

    def _fence(self, found: re.Match[str]) -> _Part:
        sign, least = found["fence"][0], len(found["fence"])
        closer = self._search(
            re.compile(rf"^(?:[ \t]|>){{0,12}}{sign}{{{least},}}[ \t]*\r?$", re.MULTILINE),
            found.end(),
        )
        end, right = (closer.start(), closer.end()) if closer else (len(self._text),) * 2
        is_math = found["language"].strip().lower() in ("math", "latex-math", "{math}")
        return _Part("display" if is_math else "code", found.end(), end, found.start(), right)

    def _directive(self, found: re.Match[str]) -> _Part:
        """Return the block of a math directive: the lines that are indented by more than it."""
        margin = len(found["margin"].expandtabs())
        right = found.end()
        start: int | None = None
        for line in LINE.finditer(self._text, found.end()):
            words = line[0].strip()
            first = line.start() == found.end()
            depth = len(line[0].expandtabs()) - len(line[0].expandtabs().lstrip())
            if (words and not first and depth <= margin) or line.start() == len(self._text):
                break
            if words and not (start is None and _OPTION.match(line[0])):
                start = line.start() if start is None else start
                right = line.start() + len(line[0].rstrip())
        return _Part("display", right if start is None else start, right, found.start(), right)

    def _tex_comment(self, found: re.Match[str]) -> _Part | None:
        line = self._text.rfind("\n", max(0, found.start() - 200), found.start()) + 1
        leads = not self._text[line : found.start()].strip() and found.start() - line < 200
        if not (self._is_tex or leads):
            return None
        end = _LINE_END.search(self._text, found.end())
        right = end.start() if end else len(self._text)
        return _Part("comment", found.end(), right, found.start(), right)

    def _inline_code(self, found: re.Match[str]) -> _Part | None:
        """Skip inline code: as many backticks again, in the same paragraph."""
        limit = found.end() + _MAX_INLINE_CODE
        blank = _BLANK_LINE.search(self._text, found.end(), limit)
        closer = re.compile(rf"(?<!`){found['code']}(?!`)")
        end = closer.search(self._text, found.end(), blank.start() if blank else limit)
        if end is None:
            return None
        return _Part("inline", found.end(), end.start(), found.start(), end.end())

    def _silent(self, found: re.Match[str]) -> _Part | None:
        closers = {
            "comment": "-->",
            "script": "</script>",
            "tag": f"</{found['tag']}>",
            "verbatim": rf"\end{{{found['verbatim']}{found['star']}}}",
        }
        kind = next((kind for kind in closers if found[kind]), "")
        closing = self._search(re.compile(re.escape(closers[kind])), found.end()) if kind else None
        if closing is None:
            return None
        shown = {"comment": "comment", "script": "display"}.get(kind, "code")
        return _Part(shown, found.end(), closing.start(), found.start(), closing.end())


def _joined(text: str, parts: list[_Part]) -> list[_Part]:
    """Return the parts with displays that only an "=" separates in one."""
    joined: list[_Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.kind == part.kind == "display"
            and last.closed
            and _BETWEEN.fullmatch(text, last.right, part.left)
        ):
            joined[-1] = replace(last, end=part.end, right=part.right, closed=part.closed)
        else:
            joined.append(part)
    return joined


_NAME_ALONE: Final = re.compile(r"[^=<>≤≥≈\r\n]{1,60}")
_WORDS_BESIDE: Final = re.compile(r"[^\W\d_]{2}")


def _without_names(text: str, parts: list[_Part]) -> list[_Part]:
    """Return the parts without the $$x$$ inside of a sentence, which are names and no displays."""
    return [part for part in parts if not _is_name_in_sentence(text, part)]


def _is_name_in_sentence(text: str, part: _Part) -> bool:
    inside = text[part.start : part.end]
    if part.kind != "display" or not text.startswith("$$", part.left):
        return False
    if not _NAME_ALONE.fullmatch(inside) or re.search(r"\\(?:leq?|geq?|in|sum|frac)\b", inside):
        return False
    before = text[max(0, part.left - 200) : part.left].rpartition("\n")[2]
    behind = text[part.right : part.right + 200].partition("\n")[0]
    return bool(_WORDS_BESIDE.search(before.rpartition("$$")[2] + behind.partition("$$")[0]))


def _with_paragraphs(text: str, start: int, parts: list[_Part]) -> Iterator[_Part]:
    """Yield the parts, and between them the paragraphs that are nothing but formulas."""
    place = start
    for part in (*parts, None):
        if part is not None and part.kind == "inline":
            continue
        end = len(text) if part is None else part.left
        for first, last in paragraphs(text, place, end):
            if only_formulas(text[first:last]):
                yield _Part("display", first, last, first, last)
        if part is not None:
            yield part
            place = part.right


def _displays(source: Source, start: int, parts: list[_Part]) -> Iterator[Display]:
    index = 0
    for place, part in enumerate(parts):
        if part.kind != "display":
            continue
        index += 1
        before = _prose(source.text, start, parts, place)
        behind = is_where(_behind(source.text, parts, place))
        prose = "\n\n".join(filter(None, (before, behind)))
        inside = source.text[part.start : part.end]
        yield Display(index, blanked(inside), source.span(part.start, part.end), prose, part.closed)


def blanked(source: str) -> str:
    r"""Return a formula with the dollars between its parts blanked out; dollars in \text stay.

    Example:
        >>> blanked(r"a$ = $b")
        'a  =  b'
    """
    depth = 0
    signs = list(source)
    for found in re.finditer(r"\\[\\$()\[\]{}]|:math:`|[{}$`]", source):
        sign = found[0]
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth <= 0 and sign in ("$", r"\(", r"\)", ":math:`", "`"):
            signs[found.start() : found.end()] = " " * len(sign)
    return "".join(signs)


def _prose(text: str, start: int, parts: list[_Part], place: int) -> str:
    """Return the text between the display before a place and the part there."""
    first = place
    while first > 0 and parts[first - 1].kind != "display":
        first -= 1
    begin = parts[first - 1].right if first > 0 else start
    pieces = []
    for part in parts[first:place]:
        pieces.append(text[begin : part.left])
        begin = part.right
    pieces.append(text[begin : parts[place].left if place < len(parts) else len(text)])
    return "".join(pieces).strip()


def _behind(text: str, parts: list[_Part], place: int) -> str:
    """Return the text between a display and the next part."""
    end = parts[place + 1].left if place + 1 < len(parts) else len(text)
    return text[parts[place].right : min(end, parts[place].right + 4_000)]
