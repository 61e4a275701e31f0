"""Boards and a legend put together to a figure, with what all figures of cells have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from symconv.document.figure.abridge import MOST_CELLS, Slots, slots
from symconv.document.figure.board import (
    GAP_CELL,
    PADDING_CELL,
    TAIL_CELL,
    Board,
    Cell,
    arranged,
    extent_of,
)
from symconv.document.figure.legend import Entry, legend
from symconv.document.figure.setting import INPUT_LETTERS, Setting, State
from symconv.document.figure.shapes import Figure, Shape
from symconv.document.figure.texts import Message, number
from symconv.sizes import Shape as Sizes

MOST_WIDTH: Final = 28.0
TIGHT_CELLS: Final = 20
WHOLE_SLICES: Final = (6, 10, 10)  # three axes within these sizes are shown whole,
SOME_SLICES: Final = (4, 7, 7)  # larger ones abridged to these,
TIGHT_SLICES: Final = (3, 5, 5)  # or these, beside other boards
MOST_DESCRIBED: Final = 150
LOOKS: Final = {
    State.READ: Cell(),
    State.PADDING: PADDING_CELL,
    State.GAP: GAP_CELL,
    State.TAIL: TAIL_CELL,
}


def look_of(setting: Setting, state: State) -> Cell:
    """Return how a cell of a state looks; what is no padding of zeros has no 0 in it."""
    look = LOOKS[state]
    return replace(look, text="") if setting.copied or setting.spec.transposed else look


def input_board(
    setting: Setting,
    *,
    title: str = "",
    keep: Sequence[Sequence[int]] = (),
    tight: bool = False,
) -> Board:
    """Return the board of the padded input, long axes abridged.

    The cells nearest to the ends, with and without padding, and to `keep` are shown. Of three
    axes, the first has a slice for each index of the input, none for the padding.

    Args:
        setting: what it is about.
        title: a line above the board.
        keep: the cells that matter.
        tight: whether other boards stand beside it, so that less of a long axis is shown.
    """
    ranges = list(setting.padded)
    if len(ranges) == 3:
        ranges[0] = (0, setting.cell_shape[0])
    corners = ((0,) * len(ranges), tuple(size - 1 for size in setting.cell_shape))
    axes = _axes(ranges, keep=[*keep, *corners], tight=tight)
    return Board(axes, INPUT_LETTERS[: len(axes)], title)


def array_board(
    shape: Sizes,
    letters: tuple[str, ...],
    *,
    title: str,
    keep: Sequence[Sequence[int]] = (),
) -> Board:
    """Return the board of an array of this shape, beside others."""
    axes = _axes([(0, size) for size in shape], keep=keep, tight=True)
    return Board(axes, letters[: len(shape)], title)


def most_cells(axes: int) -> tuple[int, ...]:
    """Return how many cells of each axis a board by itself shows without leaving any out."""
    return WHOLE_SLICES if axes == 3 else (MOST_CELLS,) * axes


def _axes(
    ranges: Sequence[tuple[int, int]], *, keep: Sequence[Sequence[int]], tight: bool
) -> tuple[Slots, ...]:
    most = most_cells(len(ranges))
    if tight and len(ranges) < 3:
        most = (TIGHT_CELLS,) * len(ranges)
    if any(stop - start > limit for (start, stop), limit in zip(ranges, most, strict=True)):
        most = (TIGHT_SLICES if tight else SOME_SLICES) if len(ranges) == 3 else most
    return tuple(
        slots(start, stop, most=limit, keep=[cell[axis] for cell in keep])
        for axis, ((start, stop), limit) in enumerate(zip(ranges, most, strict=True))
    )


def state_entries(setting: Setting, board: Board) -> Iterator[Entry]:
    """Yield the legend of the cells that are no input, or read by no window."""
    names = {
        State.PADDING: Message.PAD_CELL,
        State.GAP: Message.GAP_CELL,
        State.TAIL: Message.TAIL_CELL,
    }
    there = {setting.state(cell) for cell in board.shown()}
    for state, message in names.items():
        if state in there:
            yield Entry(setting.texts.say(message), look=look_of(setting, state))


def dots_entries(setting: Setting, boards: Sequence[Board]) -> Iterator[Entry]:
    """Yield the note that cells are left out, where some are."""
    if not all(board.whole for board in boards):
        yield Entry(setting.texts.say(Message.DOTS))


def one_board(
    setting: Setting,
    board: Board,
    *,
    name: str,
    title: str,
    description: str,
    look: Callable[[Sizes], Cell],
    entries: Sequence[Entry],
    over: Sequence[Shape] = (),
) -> Figure:
    """Return the figure of one placed board with its legend.

    Args:
        setting: what it is about.
        board: the board, already placed.
        name: see `Figure`.
        title: see `Figure`.
        description: see `Figure`.
        look: how each cell looks.
        entries: the legend; notes on cells left out are added.
        over: what is drawn on top of the board.
    """
    width, height = extent_of([board])
    notes = [*entries, *dots_entries(setting, [board])]
    below = legend(notes, y=height + 0.2, width=width)
    return Figure(
        name=name,
        title=title,
        description=description,
        width=max(width, below.width + 0.2),
        height=below.bottom,
        shapes=(*board.draw(look), *over, *below.shapes),
    )


def placed(board: Board) -> Board:
    """Return a board by itself, its slices in as many rows as needed."""
    (alone,) = arranged([board], most_width=MOST_WIDTH)
    return alone


def described_rows(setting: Setting, board: Board, say: Callable[[Sizes], str]) -> str:
    """Return what stands in every cell, row by row; "" where there are too many."""
    cells = [cell for cell in board.shown() if setting.holds(cell)]
    if not board.whole or len(cells) > MOST_DESCRIBED:
        return ""
    rows: dict[Sizes, list[str]] = {}
    for cell in cells:
        rows.setdefault(cell[:-1] or (0,), []).append(say(cell))
    sentences = []
    for outer, entries in rows.items():
        values = {"row": number(outer[-1]), "entries": " ".join(entries)}
        if len(setting.cell_shape) == 3:
            text = setting.texts.say(Message.SLICE_ROW, slice=number(outer[0]), **values)
        else:
            text = setting.texts.say(Message.ROW, **values)
        sentences.append(text)
    return " ".join(sentences)
