"""A bench for a terminal: a table for each problem and number of threads."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from rich.console import Group
from rich.table import Table
from rich.text import Text

from symconv.bench.contender import Kind
from symconv.bench.record import Cell, Entry, Run, Status


def run_view(run: Run) -> Group:
    """Return everything that was measured, and what was not."""
    missing = [Text(missing_line(name), style="dim") for name in run.missing]
    parts: list[Table | Text] = []
    for cell in run.cells:
        parts += [cell_table(cell), *(Text(line, style="red") for line in not_timed(cell)), Text()]
    return Group(*parts, *missing)


def cell_table(cell: Cell) -> Table:
    """Return one problem as a table, the fastest first."""
    table = Table(
        title=f"{cell.problem.title}, {threads_in_words(cell.threads)}",
        caption=f"at best {spelled(cell.limit_seconds)}: {limit_in_words(cell)}",
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("who")
    table.add_column("as")
    for heading in ("time", "times slower", "of the limit"):
        table.add_column(heading, justify="right")
    ours = cell.fastest(lambda entry: entry.kind is Kind.OURS)
    for entry in sorted(cell.timed(), key=lambda entry: entry.seconds):
        style = "bold" if entry.kind is Kind.OURS else ""
        table.add_row(*_row(cell, entry, ours), style=style)
    return table


def not_timed(cell: Cell) -> list[str]:
    """Return a line for everybody who was not timed, with the reason."""
    return [
        f"{entry.contender}: {entry.status}, {entry.note}"
        for entry in cell.entries
        if entry.status is not Status.TIMED
    ]


def missing_line(package: str) -> str:
    """Return what to say of a package that is not installed."""
    return f"{package} is not installed and takes no part"


def threads_in_words(threads: int) -> str:
    """Return "1 thread" or "2 threads"."""
    return f"{threads} thread{'s' if threads > 1 else ''}"


def limit_in_words(cell: Cell) -> str:
    """Return which limit binds and how much there is to do."""
    if cell.limit == "copy":
        return f"a copy that moves {amount(cell.problem.bytes)}B"
    return f"{amount(cell.problem.flops)}flop at {amount(cell.gemm_flops)}flop/s of a product"


def spelled(seconds: float) -> str:
    """Return a time with three digits and its unit.

    Example:
        >>> spelled(0.25), spelled(1.5), spelled(0.000012)
        ('250 ms', '1.50 s', '12.0 µs')
    """
    if seconds == inf:
        return "–"
    value, unit = seconds, "s"
    for smaller in ("ms", "µs"):
        if value < 1:
            value, unit = value * 1000, smaller
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{digits}f} {unit}"


def ratio_in_words(ratio: float) -> str:
    """Return a ratio with two or three digits.

    Example:
        >>> ratio_in_words(0.456), ratio_in_words(12.345), ratio_in_words(123.4)
        ('0.46', '12.3', '123')
    """
    digits = 2 if ratio < 10 else 1 if ratio < 100 else 0
    return f"{ratio:.{digits}f}"


def amount(number: float) -> str:
    """Return a number with three digits and a prefix of the SI, ready for its unit.

    Example:
        >>> amount(512), amount(16_588_836), amount(71.5e9)
        ('512 ', '16.6 M', '71.5 G')
    """
    value, prefixes = float(number), iter(("", "k", "M", "G", "T"))
    prefix = next(prefixes)
    while value >= 1000:
        value, prefix = value / 1000, next(prefixes)
    return f"{value:.3g} {prefix}"


def share_in_words(share: float) -> str:
    """Return a share of a limit in per cent, small ones with a digit more.

    Example:
        >>> share_in_words(0.534), share_in_words(0.0123)
        ('53 %', '1.2 %')
    """
    return f"{100 * share:.{0 if share >= 0.1 else 1}f} %"


def _row(cell: Cell, entry: Entry, ours: Entry | None) -> Sequence[str]:
    slower = ratio_in_words(entry.seconds / ours.seconds) if ours else ""
    share = share_in_words(cell.limit_seconds / entry.seconds)
    return (entry.contender, str(entry.kind), spelled(entry.seconds), slower, share)
