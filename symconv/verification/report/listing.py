"""A report for the terminal: a line for each claim and how it was read, then the bad ones in full.

It is as wide as the terminal: readable at 60 columns, and complete at 40.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from symconv.verification.report.facts import facts, in_short, kind_in_words, place
from symconv.verification.report.printable import folded, one_line, phrase, shortened
from symconv.verification.report.report import Report, Verdict
from symconv.verification.report.statuses import IN_FULL, SHOWN, summed

INDENT: Final = 6
LEAST: Final = 12  # cells of a formula; with less room it stands on the next line
TONES: Final = {"": "", "bad": "red", "good": "green"}


def report_view(report: Report) -> RenderableType:
    """Return the report for Rich to print, as wide as its console."""
    in_full = [_in_full(verdict) for verdict in report.verdicts if verdict.status in IN_FULL]
    listed: list[RenderableType] = [_Listing(report.verdicts), ""] if report.verdicts else []
    notes = [Text(f"note: {phrase(note)}", style="yellow") for note in report.notes]
    return Group(*listed, *in_full, _summary(report), *notes)


@dataclass(frozen=True)
class _Listing:
    """One line for each claim, with its verdict, and below it how it was read."""

    verdicts: Sequence[Verdict]

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        label = max(cell_len(SHOWN[verdict.status].label) for verdict in self.verdicts)
        source = before = None
        for verdict in self.verdicts:
            if verdict.source and verdict.source != source:
                yield Text(phrase(verdict.source), style="bold", overflow="fold")
            source = verdict.source
            claim = "" if (verdict.source, verdict.index) == before else verdict.latex
            before = (verdict.source, verdict.index)
            yield _head(verdict, verdict.statement or claim, label, options.max_width)
            yield Padding(_below(verdict), (0, 0, 0, INDENT))


def _head(verdict: Verdict, claim: str, label: int, width: int) -> Text:
    """Return the line, the verdict and as much of the formula as there is room for."""
    shown = SHOWN[verdict.status]
    start = f"{verdict.line:>{INDENT - 2}}  "
    room = width - len(start) - label - 2
    text = shortened(one_line(claim), room) if room >= LEAST else ""
    padding = " " * (label - cell_len(shown.label) + 2 if text else 0)
    return Text.assemble(start, (shown.label, shown.colour), padding, text)


def _below(verdict: Verdict) -> Text:
    """Return what the claim is about, the condition and the reading; the rest is said in full."""
    kind, short = kind_in_words(verdict.kind), in_short(verdict)
    text = Text(overflow="fold")
    if verdict.status == "right_when":
        text.append(f"{short}\n", SHOWN["right_when"].colour)
        short = ""
    parts = [short] if verdict.status in IN_FULL else [phrase(verdict.reading), short]
    said = "; ".join(filter(None, parts))
    return text.append(f"{kind}: {said}" if kind and said else kind or said, "dim")


def _in_full(verdict: Verdict) -> RenderableType:
    """Return the facts about a verdict, and what should stand in place of a wrong claim."""
    shown = SHOWN[verdict.status]
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, content in _rows(verdict):
        grid.add_row(name, content)
    kind = kind_in_words(verdict.kind)
    title = Text.assemble(
        (f"{place(verdict)}{f', {kind}' if kind else ''}: ", "bold"), (shown.words, shown.colour)
    )
    return Group(title, Padding(grid, (0, 0, 1, 2)))


@dataclass(frozen=True)
class _Source:
    """The source of a formula, broken between two signs where it is too long."""

    text: str

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        yield from map(Text, folded(self.text, options.max_width))

    def __rich_measure__(self, _: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(LEAST, cell_len(self.text)).with_maximum(options.max_width)


def _rows(verdict: Verdict) -> Iterator[tuple[str, RenderableType]]:
    yield "formula", _Source(one_line(verdict.statement or verdict.latex))
    for fact in facts(verdict):
        for name, line in zip((fact.name, *[""] * len(fact.lines)), fact.lines, strict=False):
            yield name, Text(line, style=TONES[fact.tone])
    for edit in verdict.edits:
        yield (
            "replace",
            Text.assemble((one_line(edit.old), "red"), " by ", (one_line(edit.new), "green")),
        )
    if verdict.repair:
        yield "repaired", _Source(one_line(verdict.repair))
        if verdict.repair_reach:
            yield "", Text(f"proved {phrase(verdict.repair_reach)}")
    if verdict.derived_text:
        yield "what is right", Text(phrase(verdict.derived_text), style="green")


def _summary(report: Report) -> Text:
    return Text.assemble(
        *(
            (words, SHOWN[status].colour if status else "")
            for words, status in summed(report.counts)
        )
    )
