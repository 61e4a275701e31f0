"""A convolution as a product of matrices, Y = W C, and its derivatives as words of matrices.

W has a row for each output channel, a column of C (im2col) is one window, Y has a column for each
position. Authors may store each of them transposed: that is their layout. A product of these
matrices is a word; derivatives follow from trace calculus: dW = dY C^T, dC = W^T dY.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final, TypeAlias

Letter: TypeAlias = tuple[str, bool]  # a matrix by its role, and whether it is transposed
Word: TypeAlias = tuple[Letter, ...]

TRUE: Final[Mapping[str, Word]] = {
    "output": (("kernel", False), ("columns", False)),
    "grad_weight": (("grad_output", False), ("columns", True)),
    "grad_columns": (("kernel", True), ("grad_output", False)),
}
_STORED: Final[Mapping[str, str]] = {
    "output": "output",
    "grad_output": "output",
    "kernel": "kernel",
    "grad_weight": "kernel",
    "columns": "columns",
    "grad_columns": "columns",
}
COSTS: Final[Mapping[tuple[bool, bool, bool], float]] = {
    (False, False, False): 0.0,  # Y = W C
    (True, True, True): 0.0,  # Y = C W
    (True, False, True): 0.5,  # Y = C W^T
    (False, False, True): 0.5,  # Y = W C^T
    (False, True, False): 0.5,  # Y = W^T C
    (True, True, False): 1.0,  # Y = C^T W
}
"""How unusual a layout is; Y = W^T C^T and Y = C^T W^T are not used."""


@dataclass(frozen=True)
class Layout:
    """Which matrices an author stores transposed."""

    output: bool = False
    kernel: bool = False
    columns: bool = False

    @property
    def cost(self) -> float:
        """How unusual it is."""
        return COSTS[self.output, self.kernel, self.columns]

    def word(self, role: str) -> Word:
        """Return what a matrix is equal to, in the author's layout."""
        word = tuple((name, turned != self._turns(name)) for name, turned in TRUE[role])
        return transposed(word) if self._turns(role) else word

    def _turns(self, role: str) -> bool:
        return bool(getattr(self, _STORED[role]))


def transposed(word: Word) -> Word:
    """Return the transpose of a product."""
    return tuple((name, not turned) for name, turned in reversed(word))


def layouts() -> tuple[Layout, ...]:
    """Return the layouts that are used, the usual ones first."""
    found = [Layout(*flags) for flags in product((False, True), repeat=3) if flags in COSTS]
    return tuple(sorted(found, key=lambda layout: layout.cost))
