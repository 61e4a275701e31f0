"""The innermost product: a tile of the result whose sums stay in the registers of the processor.

A tile has ROWS rows and two vectors of columns. Of sixteen registers twelve hold sums, two the
columns of one step and one an entry of a row, so each step needs 8 loads for 12 multiplications.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HEIGHTS: Final = (6, 4, 2)
WIDTH: Final = 2


@dataclass(frozen=True)
class Height:
    """A number of rows: how many, their numbers, and the most rows that a lower panel takes."""

    count: int
    rows: tuple[int, ...]
    more_than: int


@dataclass(frozen=True)
class Panel:
    """The context of c/_vectors.c.jinja and c/_panel.c.jinja.

    Attributes:
        rows: the rows of a tile.
        width: how many vectors its columns are.
        vectors: their numbers.
        heights: the numbers of rows that have a function, falling.
    """

    rows: int
    width: int
    vectors: tuple[int, ...]
    heights: tuple[Height, ...]


def tile_panel() -> Panel:
    """Return the panel of a batched kernel."""
    lower = (*HEIGHTS[1:], 0)
    return Panel(
        rows=HEIGHTS[0],
        width=WIDTH,
        vectors=tuple(range(WIDTH)),
        heights=tuple(
            Height(count, tuple(range(count)), more_than)
            for count, more_than in zip(HEIGHTS, lower, strict=True)
        ),
    )
