"""What the cells come to: a line for each aim, with geometric mean, worst cell and cells lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import prod
from statistics import geometric_mean
from typing import Final, TypeAlias

from benchmarks.generation import Generation
from symconv.bench.contender import Kind
from symconv.bench.record import Cell, Entry
from symconv.bench.symconv_calls import NUMPY, WINOGRAD, C

Rivals: TypeAlias = Callable[[Entry], bool]
FRAMEWORKS: Final = ("torch", "jax")
OURS: Final = (NUMPY, C, WINOGRAD)
LEAST_LARGE: Final = 112 * 112
ENGINE: Final = "symconv, NumPy target"


@dataclass(frozen=True, kw_only=True)
class Aim:
    """A comparison, and how large the ratio should be.

    Attributes:
        what: the cells and the rivals, in words.
        cells: which cells count.
        rivals: whose fastest entry is compared with.
        targets: our contender -> the least geometric mean.
    """

    what: str
    cells: Callable[[Cell], bool]
    rivals: Rivals
    targets: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one aim comes to, for one of our contenders and one number of threads.

    Attributes:
        what: the aim in words.
        contender: ours.
        threads: how many.
        target: the aim.
        reached: the geometric mean, or the share.
        worst: the least ratio of a cell.
        where: that cell.
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
    lost: int
    cells: int


def of_planes(*, least: int, most: int | None = None) -> Callable[[Cell], bool]:
    """Return whether a cell is of a plane with so many entries."""
    limit = most or float("inf")
    return lambda cell: (
        cell.problem.workload == "planes" and least <= prod(cell.problem.input) <= limit
    )


def of_layers(cell: Cell) -> bool:
    """Return whether a cell is of a layer."""
    return cell.problem.workload == "layers"


def for_winograd(cell: Cell) -> bool:
    """Return whether a cell is of a layer with a 3x3 kernel and stride 1."""
    spec = cell.problem.spec
    return of_layers(cell) and spec.kernel_shape == (3, 3) and spec.stride == (1, 1)


def own_call(entry: Entry) -> bool:
    """Return whether an entry is a framework's own call."""
    return entry.package in FRAMEWORKS and entry.kind is Kind.OWN


def pytorch(entry: Entry) -> bool:
    """Return whether an entry is PyTorch's own call."""
    return entry.package == "torch" and entry.kind is Kind.OWN


def anybody(entry: Entry) -> bool:
    """Return whether an entry is not ours."""
    return entry.kind is not Kind.OURS


def numpy_only(entry: Entry) -> bool:
    """Return whether an entry is plain NumPy of others."""
    return entry.kind is Kind.NUMPY


AIMS: Final = (
    Aim(what="planes from 112×112, the frameworks' own call", cells=of_planes(least=LEAST_LARGE),
        rivals=own_call, targets={NUMPY: 3, C: 12}),
    Aim(what="planes from 112×112, the best formulation of anybody",
        cells=of_planes(least=LEAST_LARGE), rivals=anybody, targets={NUMPY: 1.3, C: 6}),
    Aim(what="planes 28×28, anybody", cells=of_planes(least=784, most=784), rivals=anybody,
        targets={NUMPY: 1, C: 3}),
    Aim(what="planes 8×8, anybody", cells=of_planes(least=64, most=64), rivals=anybody,
        targets={NUMPY: 0.7, C: 2}),
    Aim(what="layers, PyTorch's own call", cells=of_layers, rivals=pytorch,
        targets={NUMPY: 0.7, C: 1}),
    Aim(what="layers, the best formulation of anybody", cells=of_layers, rivals=anybody,
        targets={}),
    Aim(what="layers, the best of plain NumPy", cells=of_layers, rivals=numpy_only,
        targets={NUMPY: 1.5}),
    Aim(what="layers 3×3 stride 1, PyTorch's own call", cells=for_winograd, rivals=pytorch,
        targets={WINOGRAD: 1.3}),
)  # fmt: skip
SHARES: Final = {1: 0.4, 2: 0.7}


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
        (found, cell.problem.title)
        for cell in cells
        if (found := ratio(cell, contender, aim.rivals)) is not None
    ]
    if not ratios:
        return []
    worst, where = min(ratios)
    return [
        Outcome(
            what=aim.what,
            contender=contender,
            threads=threads,
            target=aim.targets.get(contender, 0),
            reached=geometric_mean(each for each, _ in ratios),
            worst=worst,
            where=where,
            lost=sum(each < 1 for each, _ in ratios),
            cells=len(ratios),
        )
    ]
