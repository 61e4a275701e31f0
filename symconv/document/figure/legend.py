"""The legend below a figure: samples with words, in lines no wider than the figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from symconv.document.figure.board import Cell
from symconv.document.figure.colours import EDGE, FAINT
from symconv.document.figure.measure import fitted, text_width
from symconv.document.figure.shapes import Box, Shape, Words

LEAST_TEXT: Final = 0.4
MOST_TEXT: Final = 0.55
SIZES_A_LINE: Final = 46  # a figure this many text sizes wide has the smallest text
LEAST_WIDTH: Final = 10.0


@dataclass(frozen=True)
class Entry:
    """One sample with its words.

    Attributes:
        text: the words.
        look: the cell that is explained; None for words alone.
        frame: the colour of an outline that is explained.
        dashed: whether that outline is broken.
        breaks: whether it begins a line.
    """

    text: str
    look: Cell | None = None
    frame: str | None = None
    dashed: bool = False
    breaks: bool = False


@dataclass(frozen=True)
class Legend:
    """A placed legend.

    Attributes:
        shapes: what to draw.
        width, bottom: how far it reaches.
    """

    shapes: tuple[Shape, ...] = field(default=())
    width: float = 0.0
    bottom: float = 0.0


def legend(entries: Sequence[Entry], *, y: float, width: float) -> Legend:
    """Return the legend below y, in lines of at most `width` (at least ten cells) each."""
    room = max(width, LEAST_WIDTH)
    size = min(MOST_TEXT, max(LEAST_TEXT, room / SIZES_A_LINE))
    shapes: list[Shape] = []
    x, line, reach = 0.2, y + 0.8 * size, 0.0
    for entry in entries:
        length = _length(entry, size=size)
        if x > 0.2 and (entry.breaks or x + length > room):
            x, line = 0.2, line + 1.75 * size
        shapes += _drawn(entry, x, line, size=size, room=room)
        reach = max(reach, min(x + length, room))
        x += length + 1.3 * size
    return Legend(tuple(shapes), reach, line + 1.2 * size)


def _length(entry: Entry, *, size: float) -> float:
    sample = 0.0 if entry.look is None and entry.frame is None else 1.75 * size
    return sample + text_width(entry.text, size=size)


def _drawn(entry: Entry, x: float, y: float, *, size: float, room: float) -> Iterator[Shape]:
    side, top = 1.25 * size, y - 0.62 * size
    start = x
    if entry.look is not None:
        look = entry.look
        edge = FAINT if look.fill is None else EDGE
        yield Box(x, top, side, side, look.fill, edge, dashed=look.dashed, hatch=look.hatch)
        if look.text:
            letter = fitted(look.text, room=0.9 * side, most=0.8 * size)
            yield Words(x + side / 2, y, look.text, letter, colour=look.ink, bold=look.strong)
        start += 1.75 * size
    elif entry.frame is not None:
        yield Box(x, top, side, side, stroke=entry.frame, line=0.08, dashed=entry.dashed)
        start += 1.75 * size
    fits = fitted(entry.text, room=room - start, most=size)
    yield Words(start, y, entry.text, fits, anchor="start", room=room - start)
