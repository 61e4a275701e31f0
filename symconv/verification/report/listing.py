"""A report for the terminal: a table of all verdicts, then what is wrong in full."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from symconv.verification.judge import Status
from symconv.verification.report.errata import LABELS, kind_in_words
from symconv.verification.report.report import Report, Verdict

COLOURS: Final[dict[Status, str]] = {
    "proved": "green",
    "refuted": "bold red",
    "undecided": "yellow",
    "not_understood": "magenta",
}


def report_view(report: Report) -> RenderableType:
    """Return the report for Rich to print, as wide as its console."""
    parts: list[RenderableType] = [_table(report)] if report.verdicts else []
    parts += [_details(verdict) for verdict in report.verdicts if verdict.status == "refuted"]
    return Group(*parts, _totals(report))


def _table(report: Report) -> Table:
    """Return one row per verdict; formulas are cut where there is no room."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, expand=False)
    several = len({verdict.source for verdict in report.verdicts}) > 1
    if several:
        table.add_column("file", overflow="fold")
    table.add_column("line", justify="right", no_wrap=True)
    table.add_column("formula", no_wrap=True, overflow="ellipsis", max_width=36, ratio=2)
    table.add_column("claim about", overflow="fold")
    table.add_column("verdict", no_wrap=True)
    table.add_column("reach", overflow="fold", ratio=3)
    before = None
    for verdict in report.verdicts:
        place = (verdict.source, verdict.index)
        found = verdict.counterexample
        source = " ".join(unescape(verdict.latex).split())
        table.add_row(
            *([Text(verdict.source)] if several else []),
            Text(str(verdict.line)),
            Text("" if place == before else source, style="dim"),
            Text(kind_in_words(verdict.kind)),
            Text(LABELS[verdict.status], style=COLOURS[verdict.status]),
            Text(f"wrong at {found.where}" if found else verdict.reach),
        )
        before = place
    return table


def _details(verdict: Verdict) -> RenderableType:
    """Return the counterexample and what should stand in place of a wrong claim."""
    place = f"{verdict.source}, line {verdict.line}" if verdict.source else f"line {verdict.line}"
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, content in _rows(verdict):
        grid.add_row(name, content)
    title = Text.assemble(
        (f"{place}, {kind_in_words(verdict.kind)}", "bold"), " is ", ("wrong", COLOURS["refuted"])
    )
    return Group(title, Padding(grid, (0, 0, 1, 2)))


def _rows(verdict: Verdict) -> Iterator[tuple[str, Text]]:
    yield "reading", Text(verdict.reading)
    if found := verdict.counterexample:
        yield "counterexample", Text(found.where)
        yield "claimed", Text(found.claimed, style="red")
        yield "true", Text(found.true, style="green")
        for phrase in found.difference:
            yield "", Text(phrase)
    for edit in verdict.edits:
        yield "replace", Text.assemble((edit.old, "red"), " by ", (edit.new, "green"))
    if verdict.repair:
        yield "repair", Text(verdict.repair)
    if verdict.derived_text:
        yield "derived", Text(verdict.derived_text, style="green")
    if verdict.holds_when:
        yield "holds when", Text(", or ".join(verdict.holds_when))


def _totals(report: Report) -> Text:
    if not report.verdicts:
        return Text("no displayed formula found")
    counts = [
        Text(f"{number} {status.replace('_', ' ')}", style=COLOURS[status])
        for status, number in report.counts.items()
    ]
    return Text.assemble(f"{report.total}: ", Text(", ").join(counts))
