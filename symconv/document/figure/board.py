"""A board: a grid of cells with the indices along its edges; slices of it for three axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import ceil
from typing import Final

from symconv.document.figure.abridge import Slots
from symconv.document.figure.colours import DARK_INK, EDGE, FAINT, PLAIN, UNREAD, ink_on
from symconv.document.figure.measure import fitted, text_width
from symconv.document.figure.shapes import Box, Hatch, Shape, Words
from symconv.document.figure.texts import number
from symconv.sizes import Shape as Sizes

LEFT: Final = 0.95
TOP: Final = 0.85
END: Final = 0.6
HEADING: Final = 0.95
CELL_TEXT: Final = 0.44
CELL_ROOM: Final = 0.84
INDEX_TEXT: Final = 0.38
TITLE_TEXT: Final = 0.46


@dataclass(frozen=True)
class Cell:
    """How a cell looks.

    Attributes:
        text: what stands in it.
        fill: its colour; None leaves the background.
        hatch: lines across it: no window reads it.
        dashed: a broken outline: no input, padding.
        strong: a heavy outline and bold text.
        room: how wide the text may be, in cells.
    """

    text: str = ""
    fill: str | None = PLAIN
    hatch: Hatch | None = None
    dashed: bool = False
    strong: bool = False
    room: float = CELL_ROOM

    @property
    def ink(self) -> str:
        """The colour of the text."""
        return FAINT if self.fill is None else ink_on(self.fill)


PADDING_CELL: Final = Cell(text="0", fill=None, dashed=True)
GAP_CELL: Final = Cell(fill=UNREAD, hatch=Hatch.FALLING)
TAIL_CELL: Final = Cell(fill=UNREAD, hatch=Hatch.RISING)


@dataclass(frozen=True)
class Board:
    """Where every cell of an array of 1 to 3 axes stands.

    Attributes:
        axes: the slots of each axis.
        letters: the name of each axis.
        title: a line above the board; "" for none.
        x, y: the top left corner, indices and title included.
        a_row: for three axes, how many slices stand side by side.
    """

    axes: tuple[Slots, ...]
    letters: tuple[str, ...]
    title: str = ""
    x: float = 0.0
    y: float = 0.0
    a_row: int = 1

    @property
    def columns(self) -> int:
        """Slots from left to right."""
        return self.axes[-1].length

    @property
    def rows(self) -> int:
        """Slots from top to bottom."""
        return self.axes[-2].length if len(self.axes) > 1 else 1

    @property
    def slices(self) -> int:
        """Slots along the first of three axes."""
        return self.axes[0].length if len(self.axes) == 3 else 1

    @property
    def width(self) -> float:
        """The width, indices included."""
        cells = min(self.a_row, self.slices) * self.slice_width
        return max(cells, LEFT + 1.15 * text_width(self.title, size=TITLE_TEXT))

    @property
    def height(self) -> float:
        """The height, indices and title included."""
        return self._above + ceil(self.slices / self.a_row) * self._slice_height

    @property
    def whole(self) -> bool:
        """Whether no cell is left out."""
        return all(axis.whole for axis in self.axes)

    def shown(self) -> Iterator[Sizes]:
        """Yield the indices of the shown cells, in row-major order."""
        return product(*(tuple(axis.of) for axis in self.axes))

    def place(self, cell: Sequence[int]) -> tuple[float, float] | None:
        """Return the top left corner of a cell; None when it is left out."""
        slots = [axis.of.get(index) for axis, index in zip(self.axes, cell, strict=True)]
        known = [slot for slot in slots if slot is not None]
        return self._corner(known) if len(known) == len(slots) else None

    def draw(
        self, look: Callable[[Sizes], Cell], *, index_text: float = INDEX_TEXT
    ) -> Iterator[Shape]:
        """Yield the title, the indices and every shown cell."""
        if self.title:
            yield Words(
                self.x + LEFT, self.y + 0.4, self.title, TITLE_TEXT, anchor="start", bold=True
            )
        for index in range(self.slices):
            yield from self._edges(index, size=index_text)
        for cell in self.shown():
            yield from self.cell(cell, look(cell))
        yield from self._dots()

    def cell(self, index: Sequence[int], look: Cell) -> Iterator[Shape]:
        """Yield one cell, or nothing where it is left out."""
        place = self.place(index)
        if place is not None:
            yield from drawn_cell(*place, look)

    def outline(
        self, span: Sequence[tuple[int, int]], colour: str, *, inset: float, dashed: bool = False
    ) -> Iterator[Shape]:
        """Yield a frame around the cells from the first to the last index of each axis."""
        ranges = [
            axis.span(first, last) for axis, (first, last) in zip(self.axes, span, strict=True)
        ]
        shown = [found for found in ranges if found is not None]
        if len(shown) < len(ranges):
            return
        *outer, (top, bottom), (left, right) = [(0, 0), *shown] if len(shown) == 1 else shown
        for index in self._slices_shown(*outer[0]) if outer else (0,):
            x, y = self._corner([index, top, left][-len(self.axes) :])
            yield Box(
                x + inset,
                y + inset,
                right - left + 1 - 2 * inset,
                bottom - top + 1 - 2 * inset,
                stroke=colour,
                line=0.08,
                dashed=dashed,
            )

    def _slices_shown(self, first: int, last: int) -> Iterator[int]:
        entries = self.axes[0].entries
        return (slot for slot in range(first, last + 1) if entries[slot] is not None)

    @property
    def _above(self) -> float:
        return HEADING if self.title else 0.0

    @property
    def slice_width(self) -> float:
        """The width of one slice, indices included."""
        return LEFT + self.columns + END

    @property
    def _slice_height(self) -> float:
        heading = HEADING if len(self.axes) == 3 else 0.0
        return heading + TOP + self.rows + (END if len(self.axes) > 1 else 0.25)

    def _corner(self, slots: Sequence[int]) -> tuple[float, float]:
        """Return the top left corner of the slot of each axis."""
        *outer, row, column = [0, *slots] if len(slots) == 1 else slots
        x, y = self._slice_corner(outer[0] if outer else 0)
        return x + column, y + row

    def _slice_corner(self, index: int) -> tuple[float, float]:
        down, across = divmod(index, self.a_row)
        heading = HEADING if len(self.axes) == 3 else 0.0
        return (
            self.x + across * self.slice_width + LEFT,
            self.y + self._above + down * self._slice_height + heading + TOP,
        )

    def _edges(self, index: int, *, size: float) -> Iterator[Shape]:
        """Yield the indices and letters of one slice."""
        x, y = self._slice_corner(index)
        if len(self.axes) == 3:
            entry = self.axes[0].entries[index]
            if entry is None:
                yield Words(x + self.columns / 2, y + self.rows / 2, "⋯", 1.0, colour=FAINT)
                return
            text = f"{self.letters[0]} = {number(entry)}"
            yield Words(x, y - TOP - 0.4, text, 0.42, anchor="start", italic=True)
        for slot, entry in enumerate(self.axes[-1].entries):
            if entry is not None:
                yield _index(x + slot + 0.5, y - 0.35, entry, size=size)
        yield Words(x + self.columns + 0.3, y - 0.35, self.letters[-1], 0.46, italic=True)
        if len(self.axes) == 1:
            return
        for slot, entry in enumerate(self.axes[-2].entries):
            if entry is not None:
                yield _index(x - 0.45, y + slot + 0.5, entry, size=size)
        yield Words(x - 0.45, y + self.rows + 0.3, self.letters[-2], 0.46, italic=True)

    def _dots(self) -> Iterator[Shape]:
        """Yield dots in the slots that stand for cells left out."""
        for slots in product(*(range(axis.length) for axis in self.axes)):
            entries = [axis.entries[slot] for axis, slot in zip(self.axes, slots, strict=True)]
            if None in entries[-2:]:
                x, y = self._corner(slots)
                yield Words(x + 0.5, y + 0.5, "·", 0.5, colour=FAINT)


def drawn_cell(x: float, y: float, look: Cell) -> Iterator[Shape]:
    """Yield one cell with its top left corner at (x, y)."""
    edge = FAINT if look.fill is None else EDGE
    if look.hatch is not None:
        yield Box(x, y, 1, 1, fill=look.fill, stroke=EDGE, hatch=look.hatch)
    elif look.dashed:
        yield Box(x + 0.06, y + 0.06, 0.88, 0.88, fill=look.fill, stroke=edge, dashed=True)
    else:
        yield Box(x, y, 1, 1, fill=look.fill, stroke=edge)
    if look.strong:
        yield Box(x + 0.04, y + 0.04, 0.92, 0.92, stroke=DARK_INK, line=0.1)
    if look.text and look.hatch is not None:
        yield _plate(x, y, look)
    if look.text:
        size = fitted(look.text, room=look.room, most=CELL_TEXT)
        yield Words(
            x + 0.5, y + 0.5, look.text, size, colour=look.ink, bold=look.strong, room=look.room
        )


def arranged(boards: Sequence[Board], *, most_width: float, gap: float = 0.5) -> tuple[Board, ...]:
    """Return the boards side by side, in as many rows as the width asks for."""
    placed: list[Board] = []
    x = y = height = 0.0
    for board in boards:
        fitting = replace(board, a_row=max(1, int(most_width // board.slice_width)))
        if placed and x + fitting.width > most_width:
            x, y, height = 0.0, y + height + gap, 0.0
        placed.append(replace(fitting, x=x, y=y))
        x, height = x + fitting.width + gap, max(height, fitting.height)
    return tuple(placed)


def extent_of(boards: Sequence[Board]) -> tuple[float, float]:
    """Return the width and the height that placed boards take up."""
    return max(b.x + b.width for b in boards), max(b.y + b.height for b in boards)


def _index(x: float, y: float, index: int, *, size: float) -> Words:
    text = number(index)
    return Words(x, y, text, fitted(text, room=0.8, most=size), colour=FAINT, room=0.8)


def _plate(x: float, y: float, look: Cell) -> Box:
    """Return the plain ground on which a text in a hatched cell can be read."""
    return Box(x + 0.2, y + 0.25, 0.6, 0.5, fill=look.fill)
