"""What is aimed at: for some cells, how many times as fast as some rivals each target should be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from typing import Final, TypeAlias

from symconv.bench.contender import Kind
from symconv.bench.record import Cell, Entry
from symconv.bench.symconv_calls import NUMPY, WINOGRAD, C

Rivals: TypeAlias = Callable[[Entry], bool]
FRAMEWORKS: Final = ("torch", "jax")
LEAST_LARGE: Final = 112 * 112


@dataclass(frozen=True, kw_only=True)
class Aim:
    """A comparison, and how large the ratio should be.

    Attributes:
        what: the cells and the rivals, in words.
        cells: which cells count.
        rivals: whose fastest entry is compared with.
        targets: our contender -> the least geometric mean.
        least: our contender -> the least ratio of a single cell, where one is aimed at.
    """

    what: str
    cells: Callable[[Cell], bool]
    rivals: Rivals
    targets: dict[str, float]
    least: dict[str, float] = field(default_factory=dict)


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


def of_kernels(cell: Cell) -> bool:
    """Return whether a cell is of a large or narrow kernel."""
    return cell.problem.workload == "kernels"


def of_squares(dtype: str) -> Callable[[Cell], bool]:
    """Return whether a cell is of a square kernel of 3x3 to 31x31, stride 1, in a type."""

    def wanted(cell: Cell) -> bool:
        problem = cell.problem
        square = len(set(problem.spec.kernel_shape)) == 1 and set(problem.spec.stride) == {1}
        gradients = problem.operation in ("forward", "grad_input")
        return of_kernels(cell) and square and gradients and problem.dtype == dtype

    return wanted


def of_signals(cell: Cell) -> bool:
    """Return whether a cell is of a signal."""
    return cell.problem.workload == "signals"


def of_volumes(cell: Cell) -> bool:
    """Return whether a cell is of a volume."""
    return cell.problem.workload == "volumes"


def depthwise(cell: Cell) -> bool:
    """Return whether a cell is of a layer with a group for each input channel."""
    problem = cell.problem
    layered = problem.workload in ("layers", "channels")
    return layered and problem.spec.groups == problem.inputs > 1


def few_channels(cell: Cell) -> bool:
    """Return whether a cell is of a layer with up to four channels and a stride of four or more."""
    problem = cell.problem
    layered = problem.workload in ("layers", "channels")
    return layered and problem.inputs <= 4 <= min(problem.spec.stride)


def filter2d(entry: Entry) -> bool:
    """Return whether an entry is OpenCV's filter2D."""
    return entry.contender == "OpenCV filter2D"


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
    Aim(what="planes from 112×112, the own call of PyTorch or JAX",
        cells=of_planes(least=LEAST_LARGE), rivals=own_call, targets={NUMPY: 3, C: 12}),
    Aim(what="planes from 112×112, the best formulation of anybody",
        cells=of_planes(least=LEAST_LARGE), rivals=anybody, targets={NUMPY: 1.3, C: 6}),
    Aim(what="planes 28×28, anybody", cells=of_planes(least=784, most=784), rivals=anybody,
        targets={NUMPY: 1, C: 3}),
    Aim(what="planes 8×8, anybody", cells=of_planes(least=64, most=64), rivals=anybody,
        targets={NUMPY: 0.7, C: 2}),
    Aim(what="kernels 3×3 to 31×31, float32, OpenCV filter2D", cells=of_squares("float32"),
        rivals=filter2d, targets={C: 1.2}, least={C: 1}),
    Aim(what="kernels 3×3 to 31×31, float64, OpenCV filter2D", cells=of_squares("float64"),
        rivals=filter2d, targets={C: 2}, least={C: 1}),
    Aim(what="large and narrow kernels, anybody", cells=of_kernels, rivals=anybody,
        targets={C: 1}, least={C: 1}),
    Aim(what="signals of 10⁶, anybody", cells=of_signals, rivals=anybody, targets={C: 1},
        least={C: 1}),
    Aim(what="volumes, anybody", cells=of_volumes, rivals=anybody, targets={C: 1}),
    Aim(what="layers, PyTorch's own call", cells=of_layers, rivals=pytorch,
        targets={NUMPY: 1.1, C: 1.4}, least={C: 0.8}),
    Aim(what="depthwise layers, PyTorch's own call", cells=depthwise, rivals=pytorch,
        targets={NUMPY: 0.5, C: 1}),
    Aim(what="few channels and a large stride, PyTorch's own call", cells=few_channels,
        rivals=pytorch, targets={NUMPY: 0.5, C: 1}),
    Aim(what="layers, the best formulation of anybody", cells=of_layers, rivals=anybody,
        targets={}),
    Aim(what="layers, the best of plain NumPy", cells=of_layers, rivals=numpy_only,
        targets={NUMPY: 1.5}),
    Aim(what="layers 3×3 stride 1, PyTorch's own call", cells=for_winograd, rivals=pytorch,
        targets={WINOGRAD: 1.3}),
)  # fmt: skip
