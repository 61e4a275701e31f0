"""The tables of the page: every cell, every call, who was not timed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from math import prod

from benchmarks.aims import anybody, own_call
from benchmarks.calls import MOST_TIMES, CallCost
from benchmarks.generation import Generation
from benchmarks.summary import ratio
from symconv.bench.problem import OPERATIONS
from symconv.bench.record import Cell, Entry, Status
from symconv.bench.symconv_calls import NUMPY, WINOGRAD, C
from symconv.bench.view import ratio_in_words, share_in_words, spelled, threads_in_words


def generation_table(found: Sequence[Generation]) -> str:
    """Return what generating the gradient of a 3x3 kernel takes, from the sizes to code."""
    if not found:
        return ""
    images = sorted({each.image for each in found})
    engines = list(dict.fromkeys(each.engine for each in found))
    by_both = {(each.engine, each.image): each for each in found}
    rows = []
    for engine in engines:
        texts = []
        for image in images:
            each = by_both[engine, image]
            right = "" if each.right is not False else " (wrong)"
            texts.append(spelled(each.seconds) + right if each.seconds else each.note)
        rows.append(f"| {engine} | {' | '.join(texts)} |")
    heads = " | ".join(f"{image}×{image}" for image in images)
    return (
        "## Generating the gradient of a 3×3 kernel\n\nFrom the sizes to the text of the code: "
        "derived, differentiated and emitted. symconv's code is for every\nimage; the others write "
        "out the loss of one image and differentiate it by every input cell.\n\n"
        f"| engine | {heads} |\n|---|{'---|' * len(images)}\n" + "\n".join(rows) + "\n"
    )


def calls_table(costs: Sequence[CallCost]) -> str:
    """Return what each call costs by what it is given, those that cost most first."""
    if not costs:
        return ""
    over = sorted(filter(_too_dear, costs), key=lambda each: -(each.times or float("inf")))
    within = [each for each in costs if not _too_dear(each)]
    rows = [_call_row(each) for each in (*over, *within)]
    return (
        "## Calls\n\nWhat one call of a 3×3 kernel costs, one thread: a plane of 28×28, or two "
        "images of 8 channels, 28×28. *Times* is\nhow many calls on ready arrays it costs beyond "
        f"the copy that it needs; above {MOST_TIMES:g} in bold. PyTorch's time is on the same "
        "arrays.\n\n"
        "| given | operation | target | time | copy | times | PyTorch |\n"
        "|---|---|---|---|---|---|---|\n" + "\n".join(rows) + "\n"
    )


def _too_dear(cost: CallCost) -> bool:
    return cost.times is None or cost.times > MOST_TIMES


def _call_row(cost: CallCost) -> str:
    if cost.times is None or cost.seconds is None:
        time, times = cost.note or "wrong", "**–**"
    else:
        time, times = spelled(cost.seconds), ratio_in_words(cost.times)
        times = f"**{times}**" if _too_dear(cost) else times
    words = [
        cost.given,
        cost.operation,
        f"{cost.target}, {cost.layout}",
        time,
        spelled(cost.copy) if cost.copy else "",
        times,
        spelled(cost.rival) if cost.rival else "",
    ]
    return f"| {' | '.join(words)} |"


def cell_tables(title: str, workload: str, cells: Sequence[Cell]) -> Iterator[str]:
    """Yield a table for each operation, type and number of threads; every cell is a row."""
    wanted = sorted((each for each in cells if each.problem.workload == workload), key=_order)
    if wanted:
        yield (
            f"## {title}\n\nTimes, in brackets the share of the limit that binds; then how many "
            "times as fast as the best formulation\nof anybody C and NumPy are, losses in bold.\n"
        )
    for (_, dtype, threads), group in groupby(wanted, key=lambda cell: _order(cell)[:3]):
        members = list(group)
        operation = members[0].problem.operation
        yield f"### {operation}, {dtype}, {threads_in_words(threads)}\n\n" + _table(members)


def _table(cells: Sequence[Cell]) -> str:
    fast = any(cell.entry(WINOGRAD) for cell in cells)
    heads = ["", "C", *(["Winograd"] if fast else []), "NumPy", "own call", "best formulation"]
    heads += ["C ×", "NumPy ×"]
    rows = []
    for cell in cells:
        named = f"{cell.problem.name}, " if cell.problem.name else ""
        ours = [C, *([WINOGRAD] if fast else []), NUMPY]
        own, best = cell.fastest(own_call), cell.fastest(anybody)
        row = [
            named + cell.problem.sizes,
            *(_time_and_share(cell, cell.entry(name)) for name in ours),
            _time_and_name(own),
            _time_and_name(best),
            *(_ratio_text(ratio(cell, name, anybody)) for name in (C, NUMPY)),
        ]
        rows.append(f"| {' | '.join(row)} |")
    head = f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}\n"
    return head + "\n".join(rows) + "\n"


def not_timed_table(cells: Iterable[Cell]) -> str:
    """Return how often who was wrong, failed or was left out, and why."""
    counts: dict[tuple[str, str, str], int] = {}
    for cell in cells:
        for entry in cell.entries:
            if entry.status is not Status.TIMED:
                key = (entry.contender, str(entry.status), entry.note)
                counts[key] = counts.get(key, 0) + 1
    lines = [
        f"| {who} | {status} | {count} | {note} |"
        for (who, status, note), count in sorted(counts.items())
    ]
    if not lines:
        return "## Not timed\n\nNobody was wrong, failed or was left out.\n"
    return "## Not timed\n\n| who | | cells | why |\n|---|---|---|---|\n" + "\n".join(lines) + "\n"


def _order(cell: Cell) -> tuple[int, str, int, tuple[object, ...]]:
    """Return what cells are sorted by: operation, type and threads, a table each; then by size."""
    problem = cell.problem
    where = (prod(problem.input), problem.spec.kernel_shape, problem.spec.stride)
    return (
        OPERATIONS.index(problem.operation),
        problem.dtype,
        cell.threads,
        (problem.name, problem.images, *where) if problem.name else ("", 0, *where),
    )


def _time_and_share(cell: Cell, entry: Entry | None) -> str:
    if entry is None:
        return "–"
    return f"{spelled(entry.seconds)} ({share_in_words(cell.limit_seconds / entry.seconds)})"


def _time_and_name(entry: Entry | None) -> str:
    return f"{spelled(entry.seconds)}, {entry.contender}" if entry else "–"


def _ratio_text(found: float | None) -> str:
    if found is None:
        return "–"
    return f"**{ratio_in_words(found)}**" if found < 1 else ratio_in_words(found)
