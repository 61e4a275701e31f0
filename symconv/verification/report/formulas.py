"""A formula in the spelling of every format: MathML for pages, dollars for Markdown, or source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from symconv.mathml import mathml, unescaped
from symconv.verification.report.printable import printable

_UNSAFE: Final = re.compile(
    r"\\(href|url|html|class|cssId|style|require|unicode|(re)?new|[gex]?def\b|let\b|input|include)"
)
_FENCES: Final = re.compile(r"`+")
_COMMENT: Final = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_BLOCK: Final = re.compile(r"[-+=#>*~|:]|\d+[.)]")  # what makes a line of Markdown a list, ...
_IN_DOLLARS: Final = str.maketrans({"<": r"\lt ", ">": r"\gt "})


@dataclass(frozen=True)
class Formula:
    """A formula in the spelling of every format."""

    html: Markup
    inline_html: Markup
    markdown: str
    inline_markdown: str


def formula(latex: str) -> Formula:
    """Return a formula in every spelling; what cannot be shown is shown as its source."""
    plain = printable(unescaped(latex).replace("\r\n", "\n")).strip()
    return Formula(
        html=_html(plain, block=True),
        inline_html=_html(plain, block=False),
        markdown=_markdown(plain),
        inline_markdown=_inline_markdown(plain),
    )


def _html(latex: str, *, block: bool) -> Markup:
    shown = mathml(latex, block=block)
    if shown is not None:
        return Markup(shown)  # noqa: S704  mathml keeps nothing but elements of formulas
    return Markup('<code class="tex">{}</code>').format(escape(latex))


def _shows_in_markdown(latex: str) -> bool:
    return (
        not {"$", "`"} & set(latex)
        and not _UNSAFE.search(latex)
        and not latex.endswith("\\")
        and mathml(latex) is not None
    )


def _lines(latex: str) -> list[str]:
    """Return the lines of LaTeX, without comments, in which no sign means anything to HTML."""
    plain = _COMMENT.sub(r"\1", latex).translate(_IN_DOLLARS)
    lines = (line.strip() for line in plain.splitlines())
    return [line for line in lines if line]


def _markdown(latex: str) -> str:
    lines = _lines(latex)
    if lines and _shows_in_markdown(latex):
        kept = (f"{{}}{line}" if _BLOCK.match(line) else line for line in lines)
        return "\n".join(("$$", *kept, "$$"))
    fence = "`" * max(3, 1 + max(map(len, _FENCES.findall(latex)), default=0))
    return f"{fence}tex\n{latex}\n{fence}"


def _inline_markdown(latex: str) -> str:
    lines = _lines(latex)
    if lines and _shows_in_markdown(latex):
        return f"${' '.join(lines)}$"
    plain = " ".join(latex.split())
    fence = "`" * (1 + max(map(len, _FENCES.findall(plain)), default=0))
    return f"{fence} {plain or '…'} {fence}"
