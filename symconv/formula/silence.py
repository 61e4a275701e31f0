"""Which parts of a text are code by their place, and whether the text is a TeX file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_STRONG: Final = re.compile(
    r"\\(?:documentclass|usepackage|begin\{document\}|(?:sub)*section\*?\{|chapter\*?\{|maketitle)"
)
_WEAK: Final = re.compile(
    r"\\(?:begin\{(?:equation|align|gather|itemize)|label\{|e?q?ref\{|emph\{)"
)
_MARKDOWN: Final = re.compile(
    r"^[ ]{0,3}(?:#{1,6} |```|~~~|[-*+] |> |\.\. )|\]\(|\*\*|:math:`", re.M
)
_RST: Final = re.compile(r"^[ \t]*\.\. [\w-]+::|:math:`", re.MULTILINE)
_LIST: Final = re.compile(r"[ ]{0,3}(?:[-*+•]|\d{1,9}[.)])[ \t]")
_LITERAL: Final = re.compile(
    r"[ \t]*\.\. (?:code|code-block|sourcecode|parsed-literal|doctest|raw)::"
    r"|(?![ \t]*\.\. ).*::[ \t]*$"
)
LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_TAB: Final = 4
_CODE: Final = 4


def is_tex(text: str) -> bool:
    r"""Return whether a text is a TeX file, where % begins a comment and ` is a quotation mark.

    Example:
        >>> is_tex(r"\section{One} a"), is_tex("# One\n\\begin{align} a \\end{align}")
        (True, False)
    """
    if _STRONG.search(text):
        return True
    return bool(_WEAK.search(text)) and not _MARKDOWN.search(text)


def indented_code(text: str) -> list[tuple[int, int]]:
    r"""Return the spans of the indented code blocks of a Markdown or rst text.

    Markdown: lines indented by four behind a blank line, outside of lists. In rst: the indented
    lines behind a literal mark ::. What all lines are indented by does not count.

    Example:
        >>> text = "a\n\n    code\n\nb"
        >>> [text[start:end] for start, end in indented_code(text)]
        ['    code\n']
    """
    if is_tex(text):
        return []
    lines = [found.span() for found in LINE.finditer(text) if found.end() > found.start()]
    depths = [_depth(text[start:end]) for start, end in lines]
    least = min((depth for depth in depths if depth is not None), default=0)
    depths = [None if depth is None else depth - least for depth in depths]
    blocks = _literal(text, lines, depths) if _RST.search(text) else _markdown(text, lines, depths)
    return list(blocks)


def _depth(line: str) -> int | None:
    """Return by how much a line is indented; None: it is blank."""
    depth = 0
    for sign in line:
        if sign == " ":
            depth += 1
        elif sign == "\t":
            depth += _TAB - depth % _TAB
        else:
            return None if sign in "\r\n" else depth
    return None


def _markdown(
    text: str, lines: list[tuple[int, int]], depths: list[int | None]
) -> Iterator[tuple[int, int]]:
    begun: int | None = None
    blank, listed = True, False
    for (start, end), depth in zip(lines, depths, strict=True):
        if depth is None:
            blank = True
            continue
        if depth >= _CODE and not listed and (begun is not None or blank):
            begun = start if begun is None else begun
            last = end
        elif begun is not None:
            yield begun, last
            begun = None
        if depth < _CODE:
            is_item = bool(_LIST.match(text, start))
            listed = is_item or (listed and (not blank or depth > 0))
        blank = False
    if begun is not None:
        yield begun, last


def _literal(
    text: str, lines: list[tuple[int, int]], depths: list[int | None]
) -> Iterator[tuple[int, int]]:
    outer: int | None = None
    begun: int | None = None
    last = 0
    for (start, end), depth in zip(lines, depths, strict=True):
        if depth is None:
            continue
        if outer is not None and depth > outer:
            begun, last = (start if begun is None else begun), end
            continue
        if begun is not None:
            yield begun, last
        outer = depth if _LITERAL.match(text[start:end].rstrip()) else None
        begun = None
    if begun is not None:
        yield begun, last
