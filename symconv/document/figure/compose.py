"""Boards and a legend put together to a figure, with what all figures of cells have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from symconv.document.figure.abridge import MOST_CELLS, slots
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
MOST_SLICES: Final = 6
MOST_DESCRIBED: Final = 150
LOOKS: Final = {
    State.PADDING: PADDING_CELL,
    State.GAP: GAP_CELL,
    State.TAIL: TAIL_CELL,
}


def input_board(
    setting: Setting, *, title: str = "", keep: Sequence[Sequence[int]] = (), most: int = MOST_CELLS
) -> Board:
    """Return the board of the padded input, long axes abridged to their ends and to `keep`.

    Of three axes, the first has a slice for each index of the input, none for the padding.
    """
    axes = []
    for axis, (start, stop) in enumerate(setting.padded):
        is_slice = len(setting.padded) == 3 and axis == 0
        kept = [cell[axis] for cell in keep]
        if is_slice:
            size = setting.input_shape[axis]
            axes.append(slots(0, size, most=MOST_SLICES, keep=kept))
        else:
            axes.append(slots(start, stop, most=most, keep=kept))
    return Board(tuple(axes), INPUT_LETTERS[: len(axes)], title)


def array_board(
    shape: Sizes,
    letters: tuple[str, ...],
    *,
    title: str,
    keep: Sequence[Sequence[int]] = (),
    most: int = MOST_CELLS,
) -> Board:
    """Return the board of an array of this shape."""
    axes = []
    for axis, size in enumerate(shape):
        is_slice = len(shape) == 3 and axis == 0
        kept = [cell[axis] for cell in keep]
        axes.append(slots(0, size, most=MOST_SLICES if is_slice else most, keep=kept))
    return Board(tuple(axes), letters[: len(shape)], title)


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
            yield Entry(setting.texts.say(message), look=LOOKS[state])


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
    """Return what stands in every input cell, row by row; "" where there are too many."""
    cells = [cell for cell in board.shown() if setting.is_input(cell)]
    if not board.whole or len(cells) > MOST_DESCRIBED:
        return ""
    rows: dict[Sizes, list[str]] = {}
    for cell in cells:
        rows.setdefault(cell[:-1] or (0,), []).append(say(cell))
    sentences = []
    for outer, entries in rows.items():
        values = {"row": number(outer[-1]), "entries": " ".join(entries)}
        if len(setting.input_shape) == 3:
            text = setting.texts.say(Message.SLICE_ROW, slice=number(outer[0]), **values)
        else:
            text = setting.texts.say(Message.ROW, **values)
        sentences.append(text)
    return " ".join(sentences)
