"""Where each padded cell comes from along one axis, as data: a few affine pieces.

Padded cells are counted from the first input cell: those in front are -lo ... -1, those after the
input are n ... n+hi-1. A piece says that the padded cells first ... last hold x[slope*cell +
offset]; all three bounds may depend on the size n of the input. Cells that no piece holds are zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class InSize:
    """The number constant + sizes*n, with n the size of the input.

    Example:
        >>> InSize(-2, 2).at(5)
        8
    """

    constant: int
    sizes: int = 0

    def at(self, size: int) -> int:
        """Return the number for an input of this size."""
        return self.constant + self.sizes * size


@dataclass(frozen=True)
class Copy:
    """One piece: the padded cells first ... last hold x[slope*cell + offset].

    Attributes:
        first, last: the padded cells of the piece, both included.
        slope: 1 in order, -1 mirrored, 0 one cell many times.
        offset: the source of padded cell 0, were it in the piece.

    Example:
        >>> mirrored = Copy(first=InSize(-2), last=InSize(-1), slope=-1, offset=InSize(0))
        >>> [mirrored.source(cell, size=5) for cell in mirrored.padded_cells(5)]
        [2, 1]
        >>> list(mirrored.copies(2, size=5)), list(mirrored.cells(5))
        ([-2], [1, 2])
    """

    first: InSize
    last: InSize
    slope: int
    offset: InSize

    def padded_cells(self, size: int) -> range:
        """Return the padded cells of the piece."""
        return range(self.first.at(size), self.last.at(size) + 1)

    def source(self, cell: int, *, size: int) -> int:
        """Return the input cell that a padded cell of the piece is a copy of."""
        return self.slope * cell + self.offset.at(size)

    def cells(self, size: int) -> range:
        """Return the input cells that the piece is copied from, ascending."""
        padded = self.padded_cells(size)
        if not padded:
            return range(0)
        ends = [self.source(cell, size=size) for cell in (padded[0], padded[-1])]
        return range(min(ends), max(ends) + 1)

    def copies(self, cell: int, *, size: int) -> range:
        """Return the padded cells of the piece that are copies of an input cell."""
        if cell not in self.cells(size):
            return range(0)
        if self.slope == 0:
            return self.padded_cells(size)
        copy = self.slope * (cell - self.offset.at(size))
        return range(copy, copy + 1)


INPUT_ITSELF: Final = Copy(first=InSize(0), last=InSize(-1, 1), slope=1, offset=InSize(0))
