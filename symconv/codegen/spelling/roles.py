"""Which array is read where: the names that a convolution and its adjoint give the two planes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from symconv.algebra.symbols import (
    INPUT_INDEX,
    INPUT_SIZE,
    OUTPUT_INDEX,
    OUTPUT_SIZE,
    TAP_INDEX,
)
from symconv.codegen.plan.kernel import KernelPlan

INPUT_SIZES: Final = tuple(symbol.name for symbol in INPUT_SIZE)
OUTPUT_SIZES: Final = tuple(symbol.name for symbol in OUTPUT_SIZE)
WINDOW_LETTERS: Final = tuple(symbol.name for symbol in OUTPUT_INDEX)
CELL_LETTERS: Final = tuple(symbol.name for symbol in INPUT_INDEX)
TAP_LETTERS: Final = tuple(symbol.name for symbol in TAP_INDEX)


@dataclass(frozen=True)
class Roles:
    """The names of the arrays at windows and at cells, and of the sizes of both planes.

    Attributes:
        windows: the array at the windows that cells gather.
        cells: the array at the cells that windows read.
        weighed: the result at the windows.
        gathered: the result at the cells.
        window_sizes, cell_sizes: the letters of the sizes, per axis.
    """

    windows: str
    cells: str
    weighed: str
    gathered: str
    window_sizes: Sequence[str]
    cell_sizes: Sequence[str]


def roles_of(plan: KernelPlan) -> Roles:
    """Return the names; where padding is copied, the cells are those of xp."""
    inputs, outputs = INPUT_SIZES[: plan.axes], OUTPUT_SIZES[: plan.axes]
    if plan.transposed:
        return Roles("x", "dy", "dx", "y", window_sizes=inputs, cell_sizes=outputs)
    padded = "p" if plan.copied else ""
    return Roles("dy", f"x{padded}", "y", f"dx{padded}", window_sizes=outputs, cell_sizes=inputs)
