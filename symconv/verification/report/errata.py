"""The errata of a text as a page: what to replace first, then every formula with its verdicts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Final

from markupsafe import Markup, escape

from symconv.errors import OptionError
from symconv.files import write_files
from symconv.mathml import mathml
from symconv.render import render
from symconv.verification.judge import Status
from symconv.verification.report.report import STATUSES, Report, Verdict
from symconv.verification.report.wording import Example

SUFFIXES: Final = (".html", ".md")
LABELS: Final[dict[Status, str]] = {
    "proved": "✓ proved",
    "refuted": "✗ wrong",
    "undecided": "? undecided",
    "not_understood": "… not understood",
}
_KINDS: Final = {
    "output": "output y",
    "output without bias": "output y without b",
    "output by input": "∂y/∂x",
    "output by weight": "∂y/∂w",
    "output by bias": "∂y/∂b",
    "grad_input": "∂e/∂x",
    "grad_weight": "∂e/∂w",
    "grad_bias": "∂e/∂b",
    "scatter": "∂e/∂x, added window by window",
}
_UNSAFE: Final = re.compile(
    r"\\(href|url|html|class|cssId|style|require|unicode|(re)?new|[gex]?def\b|let\b|input|include)"
)
_FENCES: Final = re.compile(r"`+")


@dataclass(frozen=True)
class Formula:
    """A formula in the spelling of every format."""

    html: Markup
    inline_html: Markup
    markdown: str
    inline_markdown: str


@dataclass(frozen=True)
class Count:
    """How many verdicts have a status."""

    status: str
    label: str
    number: int


@dataclass(frozen=True)
class Replacement:
    """What stands in a formula, and what should."""

    old: Formula
    new: Formula


@dataclass(frozen=True)
class Item:
    """One verdict on a formula; what it does not have is empty."""

    kind: str
    status: str
    label: str
    reach: str
    reading: str
    wrong: bool
    example: Example | None
    where: str
    repair: Formula | None
    edits: tuple[Replacement, ...]
    derived: Formula | None
    holds_when: str


@dataclass(frozen=True)
class Display:
    """One displayed formula with its verdicts, the wrong ones in full."""

    anchor: str
    title: str
    status: str
    formula: Formula
    reading: str
    items: tuple[Item, ...]
    wrong: tuple[Item, ...]


@dataclass(frozen=True)
class Entry:
    """One line of the errata."""

    anchor: str
    place: str
    item: Item


@dataclass(frozen=True)
class Errata:
    """The context of the templates under report/."""

    title: str
    total: str
    counts: tuple[Count, ...]
    entries: tuple[Entry, ...]
    displays: tuple[Display, ...]


def check_report_path(path: Path) -> None:
    """Check that a report can be written there.

    Raises:
        OptionError: the name ends in no known format, or is that of a folder.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise OptionError(f"--report must end in {' or '.join(SUFFIXES)}, got {path}")
    if path.is_dir():
        raise OptionError(f"--report must be a file, got the folder {path}")


def write_report(report: Report, path: Path) -> None:
    """Write the errata as a page or as Markdown, by the name's ending.

    Raises:
        OptionError: the ending is unknown, or the file cannot be written.
    """
    check_report_path(path)
    html = path.suffix.lower() == ".html"
    text = errata_page(report) if html else errata_markdown(report)
    write_files(path.parent, {path.name: text})


def errata_page(report: Report) -> str:
    """Return the errata as one self-contained HTML file."""
    return render("report/page.html.jinja", _errata(report))


def errata_fragment(report: Report) -> str:
    """Return the errata as HTML to stand inside another page, such as a notebook."""
    return render("report/fragment.html.jinja", _errata(report))


def errata_markdown(report: Report) -> str:
    """Return the errata as Markdown, displayed formulas between $$."""
    return render("report/errata.md.jinja", _errata(report))


def _errata(report: Report) -> Errata:
    displays = [_display(verdicts, number) for number, verdicts in enumerate(report.displays, 1)]
    return Errata(
        title="Errata" if not report.ok else "Verdicts",
        total=report.total,
        counts=tuple(
            Count(status, status.replace("_", " ").replace("refuted", "wrong"), number)
            for status, number in report.counts.items()
        ),
        entries=tuple(
            Entry(display.anchor, place, item)
            for display, verdicts in zip(displays, report.displays, strict=True)
            for place, item in zip(map(_place, verdicts), display.items, strict=True)
            if item.wrong
        ),
        displays=tuple(displays),
    )


def _display(verdicts: Sequence[Verdict], number: int) -> Display:
    first = verdicts[0]
    readings = list(dict.fromkeys(verdict.reading for verdict in verdicts if verdict.reading))
    common = readings[0] if len(readings) == 1 else ""
    items = tuple(_item(verdict, reading="" if common else verdict.reading) for verdict in verdicts)
    worst = next(status for status in STATUSES if any(v.status == status for v in verdicts))
    return Display(
        anchor=f"formula-{number}",
        title=f"Formula {first.index}, {_place(first)}",
        status=worst,
        formula=_formula(first.latex),
        reading=common,
        items=items,
        wrong=tuple(item for item in items if item.wrong),
    )


def _place(verdict: Verdict) -> str:
    return f"{verdict.source}, line {verdict.line}" if verdict.source else f"line {verdict.line}"


def _item(verdict: Verdict, *, reading: str) -> Item:
    return Item(
        kind=kind_in_words(verdict.kind),
        status=verdict.status,
        label=LABELS[verdict.status],
        reach=verdict.reach,
        reading=reading,
        wrong=verdict.status == "refuted",
        example=verdict.counterexample,
        where=verdict.counterexample.where if verdict.counterexample else "",
        repair=_formula(verdict.repair) if verdict.repair else None,
        edits=tuple(Replacement(_formula(e.old), _formula(e.new)) for e in verdict.edits),
        derived=_formula(verdict.derived) if verdict.derived else None,
        holds_when=", or ".join(verdict.holds_when),
    )


def kind_in_words(kind: str) -> str:
    """Return what a question is about, as a person says it.

    Example:
        >>> kind_in_words("grad_input, case 2")
        '∂e/∂x, case 2'
    """
    head, comma, rest = kind.partition(",")
    return f"{_KINDS.get(head, head)}{comma}{rest}"


def _formula(latex: str) -> Formula:
    plain = unescape(latex).strip()
    return Formula(
        html=_html(plain, block=True),
        inline_html=_html(plain, block=False),
        markdown=_markdown(plain),
        inline_markdown=_inline_markdown(plain),
    )


def _html(latex: str, *, block: bool) -> Markup:
    """Return MathML, or the source where it cannot be shown."""
    shown = mathml(latex, block=block)
    if shown is not None:
        return Markup(shown)  # noqa: S704  mathml keeps nothing but elements of formulas
    return Markup('<code class="tex">{}</code>').format(escape(latex))


def _shows_in_markdown(latex: str) -> bool:
    return "$" not in latex and not _UNSAFE.search(latex) and mathml(latex) is not None


def _in_dollars(latex: str) -> str:
    """Return LaTeX in which no sign means anything to HTML."""
    lines = (line for line in latex.splitlines() if line.strip())
    return "\n".join(lines).replace("<", r"\lt ").replace(">", r"\gt ")


def _markdown(latex: str) -> str:
    if _shows_in_markdown(latex):
        return f"$$\n{_in_dollars(latex)}\n$$"
    fence = "`" * max(3, 1 + max(map(len, _FENCES.findall(latex)), default=0))
    return f"{fence}tex\n{latex}\n{fence}"


def _inline_markdown(latex: str) -> str:
    if _shows_in_markdown(latex):
        return f"${' '.join(_in_dollars(latex).split())}$"
    fence = "`" * (1 + max(map(len, _FENCES.findall(latex)), default=0))
    return f"{fence} {' '.join(latex.split())} {fence}"
