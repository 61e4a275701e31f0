"""Where symconv loses: how many cells, how badly, and to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from benchmarks.aims import anybody
from benchmarks.summary import ratio
from symconv.bench.record import Cell
from symconv.bench.symconv_calls import NUMPY, C

Group: TypeAlias = tuple[str, str, str, int]
Ratio: TypeAlias = tuple[float, str, str]


@dataclass(frozen=True, kw_only=True)
class Loss:
    """The cells of a workload and an operation in which a rival is faster.

    Attributes:
        workload, operation: of the cells.
        contender: ours.
        threads: how many.
        lost: how many cells have a ratio below 1.
        cells: how many cells there are.
        rivals: who is the fastest in the cells lost, with the number of cells, most first.
        worst: the least ratio.
        where: that cell.
        rival: who is the fastest there.
    """

    workload: str
    operation: str
    contender: str
    threads: int
    lost: int
    cells: int
    rivals: tuple[tuple[str, int], ...]
    worst: float
    where: str
    rival: str


def losses(cells: Sequence[Cell]) -> list[Loss]:
    """Return where a rival is faster than C or NumPy, by workload, the largest shares first."""
    groups: dict[Group, list[Ratio]] = {}
    for cell in cells:
        best = cell.fastest(anybody)
        for contender in (C, NUMPY):
            found = ratio(cell, contender, anybody)
            if best is not None and found is not None:
                key = (cell.problem.workload, cell.problem.operation, contender, cell.threads)
                groups.setdefault(key, []).append((found, cell.problem.title, best.contender))
    found_losses = [_loss(key, ratios) for key, ratios in groups.items() if min(ratios)[0] < 1]
    return sorted(found_losses, key=lambda each: (-each.lost / each.cells, each.worst))


def _loss(key: Group, ratios: Sequence[Ratio]) -> Loss:
    workload, operation, contender, threads = key
    worst, where, rival = min(ratios)
    winners = Counter(name for found, _, name in ratios if found < 1)
    return Loss(
        workload=workload,
        operation=operation,
        contender=contender,
        threads=threads,
        lost=winners.total(),
        cells=len(ratios),
        rivals=tuple(winners.most_common()),
        worst=worst,
        where=where,
        rival=rival,
    )
