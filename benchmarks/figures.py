"""Figures with their budgets, and how they are shown and written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from rich.table import Table

STYLES: Final = {"ok": "green", "over": "yellow", "failed": "yellow", "wrong": "bold red", "": ""}


@dataclass(frozen=True)
class Rival:
    """Another way to the same result.

    Attributes:
        name: the column it is shown in.
        seconds: what it takes.
        ratio: how many times slower than ours it is, measured side by side.
        at_least: the budget of that ratio, or None.
    """

    name: str
    seconds: float
    ratio: float
    at_least: float | None = None


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        name: what was measured.
        seconds: what it takes; None where it could not be measured.
        at_most: the budget in seconds, or None.
        rivals: others who do the same.
        correct: whether the result is right; None where there is nothing to compare with.
        note: anything else worth knowing.
    """

    name: str
    seconds: float | None
    at_most: float | None = None
    rivals: tuple[Rival, ...] = ()
    correct: bool | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """One of "ok", "over" (a budget is missed), "failed", "wrong", or "" without a budget."""
        if self.correct is False:
            return "wrong"
        if self.seconds is None:
            return "failed"
        kept = [] if self.at_most is None else [self.seconds <= self.at_most]
        kept += [rival.ratio >= rival.at_least for rival in self.rivals if rival.at_least]
        if not kept:
            return ""
        return "ok" if all(kept) else "over"

    @property
    def budget(self) -> str:
        """The budgets in words, "<= 50.0 ms" or ">= 3x scipy.signal"."""
        words = [] if self.at_most is None else [f"<= {spelled(self.at_most)}"]
        words += [f">= {rival.at_least:g}x {rival.name}" for rival in self.rivals if rival.at_least]
        return ", ".join(words)


@dataclass(frozen=True)
class Section:
    """A table of figures: its title, how they were measured, and its rows."""

    title: str
    method: str
    rows: tuple[Row, ...]

    def table(self) -> Table:
        """Return the section as a table, with a column for each rival."""
        names = list(dict.fromkeys(rival.name for row in self.rows for rival in row.rivals))
        table = Table(title=self.title, caption=self.method, title_justify="left")
        table.add_column("what")
        for heading in ("symconv" if names else "time", *names):
            table.add_column(heading, justify="right")
        for heading in ("budget", "verdict", "note"):
            table.add_column(heading)
        for row in self.rows:
            rivals = {rival.name: _compared(rival) for rival in row.rivals}
            table.add_row(
                row.name,
                "-" if row.seconds is None else spelled(row.seconds),
                *(rivals.get(name, "") for name in names),
                row.budget,
                row.verdict,
                row.note,
                style=STYLES[row.verdict],
            )
        return table


def as_json(sections: Sequence[Section]) -> list[dict[str, Any]]:
    """Return the sections as plain data, each row with its verdict."""
    return [
        {
            "title": section.title,
            "method": section.method,
            "rows": [{**asdict(row), "verdict": row.verdict} for row in section.rows],
        }
        for section in sections
    ]


def spelled(seconds: float) -> str:
    """Return a time with three digits and its unit.

    Example:
        >>> spelled(0.25), spelled(1.5), spelled(0.000012)
        ('250 ms', '1.50 s', '12.0 us')
    """
    value, unit = seconds, "s"
    for smaller in ("ms", "us"):
        if value < 1:
            value, unit = value * 1000, smaller
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{digits}f} {unit}"


def _compared(rival: Rival) -> str:
    ratio = f"{rival.ratio:.2f}" if rival.ratio < 10 else f"{rival.ratio:.0f}"
    return f"{spelled(rival.seconds)} ({ratio}x)"
