"""The errata of a text as a page: what to replace first, then every formula with its verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from symconv.errors import OptionError
from symconv.files import write_files
from symconv.render import render
from symconv.verification.outcome import Status
from symconv.verification.report.facts import (
    Fact,
    facts,
    in_short,
    kind_in_words,
    place,
    repaired,
)
from symconv.verification.report.formulas import Formula, formula
from symconv.verification.report.printable import one_line, phrase
from symconv.verification.report.report import Report, Verdict
from symconv.verification.report.statuses import IN_FULL, SHOWN, STATUSES

SUFFIXES: Final = (".html", ".md")


@dataclass(frozen=True)
class Count:
    """How many verdicts have a status."""

    status: str
    mark: str
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
    heading: str
    statement: Formula | None
    short: str
    reading: str
    help: str
    facts: tuple[Fact, ...]
    repair: Formula | None
    repaired: str
    edits: tuple[Replacement, ...]
    derived: Formula | None


@dataclass(frozen=True)
class Display:
    """One displayed formula, its verdicts, those that need it in full, and if it has several."""

    anchor: str
    title: str
    status: str
    formula: Formula
    reading: str
    items: tuple[Item, ...]
    in_full: tuple[Item, ...]
    several: bool


@dataclass(frozen=True)
class Entry:
    """One line of the errata."""

    anchor: str
    place: str
    item: Item


@dataclass(frozen=True)
class Errata:
    """The context of the templates under report/.

    Attributes:
        title: of the page.
        summary: how many verdicts of each status there are, and how much is not checked.
        counts: the same as numbers.
        entries: what is wrong.
        unsettled: what depends on a reading, is undecided or not understood.
        displays: every formula.
        notes: what was passed over and why, and options that met nothing.
    """

    title: str
    summary: str
    counts: tuple[Count, ...]
    entries: tuple[Entry, ...]
    unsettled: tuple[Entry, ...]
    displays: tuple[Display, ...]
    notes: tuple[str, ...]


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
    groups = tuple(report.displays)
    displays = tuple(_display(verdicts, number) for number, verdicts in enumerate(groups, 1))
    return Errata(
        title="Verdicts" if report.ok else "Errata",
        summary=report.summary,
        counts=tuple(
            Count(status, SHOWN[status].mark, SHOWN[status].words, number)
            for status, number in report.counts.items()
        ),
        entries=tuple(_entries(displays, groups, ("refuted",))),
        unsettled=tuple(_entries(displays, groups, ("depends", "undecided", "not_understood"))),
        displays=displays,
        notes=tuple(map(phrase, report.notes)),
    )


def _entries(
    displays: Sequence[Display], groups: Sequence[Sequence[Verdict]], wanted: Sequence[Status]
) -> Iterator[Entry]:
    for display, verdicts in zip(displays, groups, strict=True):
        for verdict, item in zip(verdicts, display.items, strict=True):
            if item.status in wanted:
                yield Entry(display.anchor, place(verdict), item)


def _display(verdicts: Sequence[Verdict], number: int) -> Display:
    first = verdicts[0]
    readings = tuple(dict.fromkeys(v.reading for v in verdicts if v.reading))
    common = len(readings) == 1 and all(v.status not in IN_FULL for v in verdicts)
    worst = next(status for status in STATUSES if any(v.status == status for v in verdicts))
    items = tuple(_item(v, common=common, alone=len(verdicts) == 1) for v in verdicts)
    return Display(
        anchor=f"formula-{number}",
        title=f"Formula {first.index}, {place(first)}",
        status=worst,
        formula=formula(first.latex),
        reading=phrase(readings[0]) if common else "",
        items=items,
        in_full=tuple(item for item in items if item.status in IN_FULL),
        several=len(items) > 1,
    )


def _item(verdict: Verdict, *, common: bool, alone: bool) -> Item:
    kind, label = kind_in_words(verdict.kind), SHOWN[verdict.status].label
    in_full = verdict.status in IN_FULL
    return Item(
        kind=kind or "–",
        status=verdict.status,
        label=label,
        heading=f"{label}: {kind}" if kind else label,
        statement=formula(one_line(verdict.statement)) if verdict.statement and not alone else None,
        short=in_short(verdict),
        reading="" if common or in_full else phrase(verdict.reading),
        help=phrase(verdict.help),
        facts=facts(verdict),
        repair=formula(verdict.repair) if verdict.repair else None,
        repaired=repaired(verdict),
        edits=tuple(Replacement(formula(e.old), formula(e.new)) for e in verdict.edits),
        derived=formula(verdict.derived) if verdict.derived else None,
    )
