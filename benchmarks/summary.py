"""What the cells come to: a line for each aim, with geometric mean, worst cell and cells lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import geometric_mean
from typing import Final

from benchmarks.aims import AIMS, Aim, Rivals
from benchmarks.generation import Generation
from symconv.bench.record import Cell
from symconv.bench.symconv_calls import NUMPY, WINOGRAD, C

OURS: Final = (NUMPY, C, WINOGRAD)
ENGINE: Final = "symconv, NumPy target"
SHARES: Final = {1: 0.4, 2: 0.7}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one aim comes to, for one of our contenders and one number of threads.

    Attributes:
        what: the aim in words.
        contender: ours.
        threads: how many.
        target: the aim; 0 for none.
        least: the aim of the worst cell; 0 for none.
        reached: the geometric mean, or the share.
        worst: the least ratio of a cell.
        where: that cell.
        rival: who is the fastest there.
        lost: how many cells have a ratio below 1.
        cells: how many cells there are.
    """

    what: str
    contender: str
    threads: int
    target: float
    reached: float
    worst: float
    where: str
    rival: str
    lost: int
    cells: int
    least: float = 0

    @property
    def missed(self) -> bool:
        """Whether the mean or the worst cell is below its aim."""
        return self.reached < self.target or self.worst < self.least


def ratio(cell: Cell, contender: str, rivals: Rivals) -> float | None:
    """Return how many times slower the fastest rival is; None where either is missing."""
    ours, best = cell.entry(contender), cell.fastest(rivals)
    return best.seconds / ours.seconds if ours and best else None


def outcomes(cells: Sequence[Cell]) -> list[Outcome]:
    """Return what the aims come to, those without cells left out; a target of 0 is none."""
    threads = sorted({cell.threads for cell in cells})
    found = []
    for aim in AIMS:
        for contender in [name for name in OURS if name in aim.targets or not aim.targets]:
            for number in threads:
                wanted = [cell for cell in cells if cell.threads == number and aim.cells(cell)]
                found += _outcome(aim, contender, number, wanted)
    return found


def bandwidth(cells: Iterable[Cell]) -> list[Outcome]:
    """Return the share of copy bandwidth of 3x3 grad_input at 1080x1920, in C."""
    found = []
    for cell in cells:
        problem = cell.problem
        asked = (problem.operation, problem.spec.name, problem.input)
        ours = cell.entry(C)
        if ours and asked == ("grad_input", "conv_k3x3_s1", (1080, 1920)):
            share = cell.copy_seconds / ours.seconds
            found.append(
                Outcome(
                    what=f"share of copy bandwidth, {problem.title}",
                    contender=C,
                    threads=cell.threads,
                    target=SHARES.get(cell.threads, 0),
                    reached=share,
                    worst=share,
                    where="",
                    rival="",
                    lost=0,
                    cells=1,
                )
            )
    return found


def generating(found: Sequence[Generation]) -> list[tuple[int, str, float, float]]:
    """Return (image, engine, its seconds, how many times longer than ours) of all others."""
    ours = {each.image: each.seconds for each in found if each.engine == ENGINE}
    return [
        (each.image, each.engine, each.seconds, each.seconds / own)
        for each in found
        if each.seconds and (own := ours.get(each.image)) and not each.engine.startswith("symconv")
    ]


def _outcome(aim: Aim, contender: str, threads: int, cells: Sequence[Cell]) -> list[Outcome]:
    ratios = [
        (found, cell.problem.title, best.contender)
        for cell in cells
        if (best := cell.fastest(aim.rivals)) is not None
        and (found := ratio(cell, contender, aim.rivals)) is not None
    ]
    if not ratios:
        return []
    worst, where, rival = min(ratios)
    return [
        Outcome(
            what=aim.what,
            contender=contender,
            threads=threads,
            target=aim.targets.get(contender, 0),
            least=aim.least.get(contender, 0),
            reached=geometric_mean(found for found, _, _ in ratios),
            worst=worst,
            where=where,
            rival=rival,
            lost=sum(found < 1 for found, _, _ in ratios),
            cells=len(ratios),
        )
    ]
