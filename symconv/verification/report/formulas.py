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
    inline = mathml(plain)
    lines = _lines(plain) if inline is not None and _is_safe(plain) else []
    return Formula(
        html=_html(plain, mathml(plain, block=True) if inline is not None else None),
        inline_html=_html(plain, inline),
        markdown=_markdown(plain, lines),
        inline_markdown=_inline_markdown(plain, lines),
    )


def _html(latex: str, shown: str | None) -> Markup:
    if shown is not None:
        return Markup(shown)  # noqa: S704  mathml keeps nothing but elements of formulas
    return Markup('<code class="tex">{}</code>').format(escape(latex))


def _is_safe(latex: str) -> bool:
    """Return whether LaTeX cannot break out of the dollars of Markdown."""
    return not ({"$", "`"} & set(latex) or _UNSAFE.search(latex) or latex.endswith("\\"))


def _lines(latex: str) -> list[str]:
    """Return the lines of LaTeX, without comments, in which no sign means anything to HTML."""
    plain = _COMMENT.sub(r"\1", latex).translate(_IN_DOLLARS)
    lines = (line.strip() for line in plain.splitlines())
    return [line for line in lines if line]


def _markdown(latex: str, lines: list[str]) -> str:
    """Return lines between dollars; where there are none, the source as code."""
    if lines:
        kept = (f"{{}}{line}" if _BLOCK.match(line) else line for line in lines)
        return "\n".join(("$$", *kept, "$$"))
    fence = "`" * max(3, 1 + max(map(len, _FENCES.findall(latex)), default=0))
    return f"{fence}tex\n{latex}\n{fence}"


def _inline_markdown(latex: str, lines: list[str]) -> str:
    if lines:
        return f"${' '.join(lines)}$"
    plain = " ".join(latex.split())
    fence = "`" * (1 + max(map(len, _FENCES.findall(plain)), default=0))
    return f"{fence} {plain or '…'} {fence}"
