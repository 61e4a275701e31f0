"""The layout of a strip: the cells of one axis, and below them a line for each window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from symconv.document.figure.abridge import Slots, slots
from symconv.document.figure.board import Cell, drawn_cell
from symconv.document.figure.colours import FAINT, INK, phase_fill
from symconv.document.figure.compose import look_of
from symconv.document.figure.measure import fitted
from symconv.document.figure.setting import INPUT_LETTERS, Setting, State
from symconv.document.figure.shapes import Anchor, Box, Line, Shape, Words
from symconv.document.figure.texts import (
    Message,
    entry,
    number,
)

MOST_COLUMNS: Final = 28
MOST_LINES: Final = 12  # the first six and the last six
LEFT: Final = 2.0
STRIP_Y: Final = 1.75
LINE_HEIGHT: Final = 1.1
SIZE_TEXT: Final = 0.36


@dataclass(frozen=True)
class Strip:
    """The layout of a strip.

    Attributes:
        setting: the axis by itself.
        letter: its name.
    """

    setting: Setting
    letter: str

    @cached_property
    def cells(self) -> Slots:
        """The columns: cells of the padded input; of many, those near the ends and the windows."""
        ((start, stop),) = self.setting.padded
        windows = (0, min(1, self.setting.window_shape[0] - 1), self.setting.window_shape[0] - 1)
        spans = (self.setting.window_span((window,))[0] for window in windows)
        ends = [0, self.setting.cell_shape[0] - 1, *(u for span in spans for u in span)]
        return slots(start, stop, most=MOST_COLUMNS, keep=ends)

    @cached_property
    def windows(self) -> tuple[int | None, ...]:
        """The lines: the windows that read a shown cell; None stands for windows left out."""
        reading = sorted(
            {output for cell in self.cells.of for output, _ in self.setting.axis_reads(0, cell)}
        )
        if len(reading) > MOST_LINES:
            reading = [*reading[: MOST_LINES // 2], *reading[-MOST_LINES // 2 :]]
        lines: list[int | None] = []
        for before, window in pairwise([-1, *reading]):
            lines += [window] if window == before + 1 else [None, window]
        return tuple(lines)

    @property
    def width(self) -> float:
        """The width of the strip with its labels."""
        return LEFT + self.cells.length + 0.8

    @property
    def bottom(self) -> float:
        """Where the legend may begin."""
        return self._line_y(len(self.windows)) + (2.3 if self.setting.tail[0] else 1.5)

    def shapes(self) -> Iterator[Shape]:
        """Yield the whole strip from top to bottom."""
        yield from self._sizes()
        yield from self._cells()
        for slot, window in enumerate(self.windows):
            yield from self._window(slot, window)
        yield from self._stride()
        yield from self._dilation()
        yield from self._counts()

    def _sizes(self) -> Iterator[Shape]:
        """Yield the sizes of the padding and of the input, above the strip."""
        ((before, after),) = self.setting.spec.padding_pairs
        (size,) = self.setting.cell_shape
        sizes = "ghf" if self.setting.spec.transposed else "mno"
        name = sizes[INPUT_LETTERS.index(self.letter)]
        parts: tuple[tuple[str, int, int, Anchor], ...] = (
            ("lo", -before, before, "end"),
            (name, 0, size, "middle"),
            ("hi", size, after, "start"),
        )
        for letters, first, cells, anchor in parts:
            found = self.cells.span(first, first + cells - 1)
            if found is not None and cells:
                left, right = LEFT + found[0], LEFT + found[1] + 1
                yield from _measure(left, right, 0.6, f"{letters} = {cells}", anchor=anchor)

    def _cells(self) -> Iterator[Shape]:
        """Yield the indices and the cells, each with its phase."""
        yield Words(LEFT - 0.4, STRIP_Y - 0.4, self.letter, 0.46, italic=True)
        yield Words(LEFT - 0.4, STRIP_Y + 0.5, "ρ", 0.46, italic=True)
        for slot, cell in enumerate(self.cells.entries):
            x = LEFT + slot
            if cell is None:
                yield Words(x + 0.5, STRIP_Y + 0.5, "·", 0.5, colour=FAINT)
                continue
            size = fitted(number(cell), room=0.8, most=0.38)
            yield Words(x + 0.5, STRIP_Y - 0.4, number(cell), size, colour=FAINT, room=0.8)
            yield from drawn_cell(x, STRIP_Y, self._look(cell))

    def _look(self, cell: int) -> Cell:
        state = self.setting.state((cell,))
        if state is not State.READ and not (state is State.PADDING and self.setting.copied):
            return blank(look_of(self.setting, state))
        _, phase = self.setting.derivation.phases.locate((cell,))
        dashed = state is State.PADDING
        return Cell(text=number(phase.residues[0]), fill=self._fill(cell), dashed=dashed)

    def _fill(self, cell: int) -> str:
        _, phase = self.setting.derivation.phases.locate((cell,))
        return phase_fill(phase.residues, strides=self.setting.spec.stride)

    def _window(self, slot: int, window: int | None) -> Iterator[Shape]:
        """Yield the line of one window: its extent, its taps and its name."""
        y = self._line_y(slot)
        if window is None:
            yield Words(LEFT - 0.9, y + 0.5, "·", 0.5, colour=FAINT)
            return
        yield Words(
            LEFT - 0.25, y + 0.5, entry(self.setting.names.windows, (window,)), 0.42, anchor="end"
        )
        found = self.cells.span(*self.setting.window_span((window,))[0])
        if found is None:
            return
        left, right = found
        ends = ((LEFT + left + 0.1, y + 0.5), (LEFT + right + 0.9, y + 0.5))
        yield Line(ends, FAINT, width=0.06)
        for (tap,), (cell,) in self.setting.window_cells((window,)).items():
            place = self.cells.of.get(cell)
            if place is not None:
                inside = self.setting.holds((cell,))
                look = Cell(str(tap), fill=self._fill(cell) if inside else None, dashed=not inside)
                yield from _tap(LEFT + place, y, look)

    def _stride(self) -> Iterator[Shape]:
        """Yield how far the second window starts from the first, on its line."""
        starts = [self.setting.window_span((i,))[0][0] for i in (0, 1)]
        places = [place for start in starts if (place := self.cells.of.get(start)) is not None]
        if self.setting.window_shape[0] > 1 and len(places) == 2:
            left, right = places
            text = f"t = {self.setting.spec.stride[0]}"
            yield from _measure(LEFT + left, LEFT + right, self._line_y(1) + 0.62, text)

    def _dilation(self) -> Iterator[Shape]:
        """Yield the distance of the first two taps, on the line of the first window."""
        dilation = self.setting.spec.dilation[0]
        cells = list(self.setting.window_cells((0,)).values())[:2]
        places = [place for (cell,) in cells if (place := self.cells.of.get(cell)) is not None]
        if dilation > 1 and len(places) == 2:
            left, right = places
            text = f"d = {dilation}"
            size = fitted(text, room=right - left - 0.9, most=SIZE_TEXT)
            middle = LEFT + (left + right + 1) / 2
            yield Words(middle, self._line_y(0) + 0.25, text, size, room=right - left - 0.9)

    def _counts(self) -> Iterator[Shape]:
        """Yield how many windows read each cell, and the length of the unread tail."""
        y = self._line_y(len(self.windows)) + 0.2
        yield Line(((LEFT, y), (LEFT + self.cells.length, y)), FAINT)
        text = self.setting.texts.say(Message.READ_BY)
        size = fitted(text, room=LEFT - 0.35, most=0.38)
        yield Words(LEFT - 0.25, y + 0.5, text, size, anchor="end", room=LEFT - 0.35)
        for cell, slot in self.cells.of.items():
            if self.setting.holds((cell,)):
                count = str(self.setting.readers((cell,)))
                fits = fitted(count, room=0.8, most=0.42)
                yield Words(LEFT + slot + 0.5, y + 0.5, count, fits, room=0.8)
        (size_of_input,), (tail,) = self.setting.cell_shape, self.setting.tail
        found = self.cells.span(size_of_input - tail, size_of_input - 1)
        if tail and found is not None:
            words = f"{self.setting.texts.say(Message.TAIL_CELL)}: {tail}"
            yield from _measure(
                LEFT + found[0], LEFT + found[1] + 1, y + 1.05, words, anchor="end", below=True
            )

    def _line_y(self, slot: int) -> float:
        return STRIP_Y + 1.25 + slot * LINE_HEIGHT


def blank(look: Cell) -> Cell:
    """Return a look without its text."""
    return Cell(fill=look.fill, hatch=look.hatch, dashed=look.dashed)


def _tap(x: float, y: float, look: Cell) -> Iterator[Shape]:
    stroke = FAINT
    fill = "paper" if look.fill is None else look.fill
    yield Box(x + 0.1, y + 0.1, 0.8, 0.8, fill=fill, stroke=stroke, dashed=look.dashed)
    size = fitted(look.text, room=0.7, most=0.42)
    yield Words(x + 0.5, y + 0.5, look.text, size, colour=look.ink, room=0.7)


def _measure(
    left: float,
    right: float,
    y: float,
    text: str,
    *,
    anchor: Anchor = "middle",
    below: bool = False,
) -> Iterator[Shape]:
    """Yield a line from left to right with ticks at its ends, and the text beside it."""
    left, right = left + 0.05, right - 0.05
    yield Line(((left, y), (right, y)), INK)
    for end in (left, right):
        yield Line(((end, y - 0.12), (end, y + 0.12)), INK)
    across = {"start": left, "middle": (left + right) / 2, "end": right}[anchor]
    room = max(right - left, 1.0) if anchor == "middle" else 2 * LEFT
    size = fitted(text, room=room, most=SIZE_TEXT)
    yield Words(across, y + 0.4 if below else y - 0.28, text, size, anchor=anchor)
