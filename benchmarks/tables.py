"""The results for a terminal: every cell in a row, every call, the losses, and what it comes to."""

from __future__ import annotations

from typing import Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from benchmarks.aims import anybody, own_call
from benchmarks.calls import MOST_TIMES
from benchmarks.losses import losses
from benchmarks.results import Results
from benchmarks.summary import bandwidth, outcomes, ratio
from symconv.bench.record import Cell, Entry
from symconv.bench.symconv_calls import NUMPY, WINOGRAD, C
from symconv.bench.view import missing_line, not_timed, ratio_in_words, share_in_words, spelled

LOST: Final = "yellow"


def results_view(results: Results) -> Group:
    """Return tables of everything that was measured, and lines for what was not."""
    run = results.run
    lines = [missing_line(name) for name in run.missing]
    lines += sorted({line for cell in run.cells for line in not_timed(cell)})
    lines += [] if run.complete else ["ended early: the rest was not measured"]
    parts: list[Table | Text] = [_cells(run.cells)] if run.cells else []
    if results.generations:
        parts.append(_generations(results))
    if results.calls:
        parts.append(_calls(results))
    if run.cells:
        parts += [_losses(run.cells), _summary(run.cells)]
    return Group(*parts, *(Text(line, style="dim") for line in lines))


def _summary(cells: tuple[Cell, ...]) -> Table:
    table = Table(title="How many times as fast as others", title_justify="left")
    for heading in ("against", "symconv's", "threads", "aim", "mean", "worst", "of", "lost", "of"):
        table.add_column(heading, justify="left" if heading in ("against",) else "right")
    for each in outcomes(cells):
        table.add_row(
            each.what,
            each.contender.removeprefix("symconv "),
            str(each.threads),
            f"{each.target:g}" if each.target else "",
            ratio_in_words(each.reached),
            ratio_in_words(each.worst),
            each.rival,
            str(each.lost),
            str(each.cells),
            style=LOST if each.missed else "",
        )
    for each in bandwidth(cells):
        share = share_in_words(each.reached)
        row = (each.what, "C", str(each.threads), share_in_words(each.target), share)
        table.add_row(*row, style=LOST if each.reached < each.target else "")
    return table


def _losses(cells: tuple[Cell, ...]) -> Table:
    table = Table(title="Where the best formulation of anybody is faster", title_justify="left")
    for heading in ("workload", "operation", "symconv's", "threads", "lost", "of", "worst", "to"):
        table.add_column(heading)
    for each in losses(cells):
        table.add_row(
            each.workload,
            each.operation,
            each.contender.removeprefix("symconv "),
            str(each.threads),
            str(each.lost),
            str(each.cells),
            f"{ratio_in_words(each.worst)} {each.where}",
            ", ".join(f"{name} {count}" for name, count in each.rivals),
        )
    return table


def _calls(results: Results) -> Table:
    table = Table(title="What one call costs", title_justify="left")
    for heading in ("given", "operation", "target", "time", "copy", "plain calls", "PyTorch"):
        table.add_column(heading)
    for each in results.calls:
        seconds = each.note or "wrong" if each.seconds is None else spelled(each.seconds)
        table.add_row(
            each.given,
            each.operation,
            f"{each.target}, {each.layout}",
            seconds,
            spelled(each.copy) if each.copy else "",
            "–" if each.times is None else ratio_in_words(each.times),
            spelled(each.rival) if each.rival else "",
            style=LOST if each.times is None or each.times > MOST_TIMES else "",
        )
    return table


def _generations(results: Results) -> Table:
    table = Table(title="Generating the gradient of a 3×3 kernel", title_justify="left")
    for heading in ("engine", "image", "time", ""):
        table.add_column(heading)
    for each in results.generations:
        time = "–" if each.seconds is None else spelled(each.seconds)
        note = "wrong" if each.right is False else each.note
        table.add_row(each.engine, f"{each.image}×{each.image}", time, note)
    return table


def _cells(cells: tuple[Cell, ...]) -> Table:
    table = Table(title="Times, and shares of the limit that binds", title_justify="left")
    table.add_column("what")
    fast = [WINOGRAD] if any(cell.entry(WINOGRAD) for cell in cells) else []
    for heading in ("threads", "C", *fast, "NumPy"):
        table.add_column(heading, justify="right")
    for heading in ("own call of a framework", "best formulation of anybody"):
        table.add_column(heading)
    for heading in ("C ×", "NumPy ×"):
        table.add_column(heading, justify="right")
    for cell in cells:
        ratios = [ratio(cell, name, anybody) for name in (C, NUMPY)]
        table.add_row(
            cell.problem.title,
            str(cell.threads),
            *(_ours(cell, cell.entry(name)) for name in (C, *fast, NUMPY)),
            _other(cell.fastest(own_call)),
            _other(cell.fastest(anybody)),
            *("–" if each is None else ratio_in_words(each) for each in ratios),
            style=LOST if any(each is not None and each < 1 for each in ratios) else "",
        )
    return table


def _ours(cell: Cell, entry: Entry | None) -> str:
    if entry is None:
        return "–"
    return f"{spelled(entry.seconds)} {share_in_words(cell.limit_seconds / entry.seconds)}"


def _other(entry: Entry | None) -> str:
    return f"{spelled(entry.seconds)} {entry.contender}" if entry else "–"
