"""The input grid with its windows, and how many windows read each cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Final

from symconv.algebra.derivation import DerivedGradients
from symconv.document.figure.axis import axis_figure
from symconv.document.figure.board import Board, Cell
from symconv.document.figure.colours import BLUE, PLAIN, count_fill, mark, tint
from symconv.document.figure.compose import (
    described_rows,
    input_board,
    look_of,
    one_board,
    placed,
    state_entries,
)
from symconv.document.figure.legend import Entry
from symconv.document.figure.setting import Setting, State, setting_of, windows_of
from symconv.document.figure.shapes import Figure, Shape
from symconv.document.figure.texts import (
    Message,
    Texts,
    Translate,
    entry,
    pair,
    times,
    untranslated,
)
from symconv.sizes import Shape as Sizes

MOST_OUTLINED: Final = 4
MOST_SAMPLES: Final = 7
LABEL_ROOM: Final = 0.56  # between the outlines


def windows_figure(
    derivation: DerivedGradients,
    input_shape: Sequence[int] | None = None,
    *,
    translate: Translate = untranslated,
) -> Figure:
    """Return the input grid with its windows.

    The first cell of every window carries the index of its output; the first window, the next one
    along each axis and the last one are outlined. Padding is dashed, what no window reads hatched.
    With one axis it is the strip of that axis, a line for each window.

    Args:
        derivation: the derivation.
        input_shape: the sizes of the input; the telling ones by default.
        translate: from an English message to another language.

    Raises:
        SpecError: a window does not fit into the input.
    """
    setting = setting_of(derivation, input_shape, texts=Texts(translate))
    if setting.spec.axes == 1:
        strip = axis_figure(derivation, setting.input_shape, translate=translate)
        return replace(strip, name=setting.named("windows"))
    texts, spec = setting.texts, setting.spec
    board = placed(input_board(setting))
    outlined = _outlined(setting.window_shape)
    first = frozenset(setting.window_cells(outlined[0]).values())
    return one_board(
        setting,
        board,
        name=setting.named("windows"),
        title=texts.say(
            Message.WINDOWS_TITLE, input=times(setting.cell_shape), spec=texts.spec(spec)
        ),
        description=texts.say(
            Message.WINDOWS_DESCRIPTION,
            input=times(setting.cell_shape),
            extent=times(spec.extent),
            stride=times(spec.stride),
            output=times(setting.window_shape),
            outlined=" ".join(entry(setting.names.windows, window) for window in outlined),
        ),
        look=lambda cell: _window_cell(setting, cell, first),
        entries=_window_entries(setting, board, outlined),
        over=_outlines(setting, board, outlined),
    )


def overlap_figure(
    derivation: DerivedGradients,
    input_shape: Sequence[int] | None = None,
    *,
    translate: Translate = untranslated,
) -> Figure:
    """Return the overlap map: in each cell, the number of windows that read it.

    Args:
        derivation: the derivation.
        input_shape: the sizes of the input; the telling ones by default.
        translate: from an English message to another language.

    Raises:
        SpecError: a window does not fit into the input.
    """
    setting = setting_of(derivation, input_shape, texts=Texts(translate))
    texts = setting.texts
    board = placed(input_board(setting))
    counts = {c: setting.readers(c) for c in board.shown() if setting.holds(c)}
    most = max(counts.values(), default=0)
    looks = {cell: _count_cell(setting, cell, count, most) for cell, count in counts.items()}
    size = times(setting.cell_shape)
    return one_board(
        setting,
        board,
        name=setting.named("overlap"),
        title=texts.say(Message.OVERLAP_TITLE, input=size, spec=texts.spec(setting.spec)),
        description=" ".join(
            (
                texts.say(
                    Message.OVERLAP_DESCRIPTION,
                    input=size,
                    least=min(counts.values(), default=0),
                    most=most,
                ),
                described_rows(setting, board, lambda cell: str(counts[cell])),
            )
        ).strip(),
        look=lambda cell: looks.get(cell, look_of(setting, State.PADDING)),
        entries=_count_entries(setting, board, sorted(set(counts.values()))),
    )


def _outlined(output_shape: Sizes) -> tuple[Sizes, ...]:
    """Return the first window, the next one along each axis, the last; all, if they are few."""
    last = tuple(size - 1 for size in output_shape)
    zero = (0,) * len(output_shape)
    steps = [
        tuple(int(axis == other) for other in range(len(output_shape)))
        for axis, size in reversed(list(enumerate(output_shape)))
        if size > 1
    ]
    if prod(output_shape) <= MOST_OUTLINED:
        return windows_of(output_shape)
    return tuple(dict.fromkeys([zero, *steps, last]))


def _window_cell(setting: Setting, cell: Sizes, first: frozenset[Sizes]) -> Cell:
    start = setting.starting_at(cell)
    text = "" if start is None else pair(start)
    state = setting.state(cell)
    if state is State.READ:
        return Cell(text=text, fill=tint(BLUE, 0.22) if cell in first else PLAIN, room=LABEL_ROOM)
    if state is State.PADDING:
        fill = tint(BLUE, 0.22) if cell in first else None
        return Cell(
            text=text or look_of(setting, state).text, fill=fill, dashed=True, room=LABEL_ROOM
        )
    return look_of(setting, state)


def _outlines(setting: Setting, board: Board, outlined: Sequence[Sizes]) -> tuple[Shape, ...]:
    shapes: list[Shape] = []
    for number, window in enumerate(outlined):
        shapes += board.outline(
            setting.window_span(window), mark(number), inset=_inset(number), dashed=number % 2 == 1
        )
    return tuple(shapes)


def _inset(number: int) -> float:
    return 0.04 + 0.04 * number


def _window_entries(setting: Setting, board: Board, outlined: Sequence[Sizes]) -> list[Entry]:
    say = setting.texts.say
    entries = [
        Entry(
            say(Message.WINDOW, entry=entry(setting.names.windows, window)),
            frame=mark(number),
            dashed=number % 2 == 1,
        )
        for number, window in enumerate(outlined)
    ]
    first = entry(setting.names.windows, outlined[0])
    entries.append(Entry(say(Message.READ_BY_FIRST, entry=first), look=Cell(fill=tint(BLUE, 0.22))))
    example = outlined[-1]
    label = say(
        Message.FIRST_CELLS, index=pair(example), entry=entry(setting.names.windows, example)
    )
    return [*entries, Entry(label), *state_entries(setting, board)]


def _count_cell(setting: Setting, cell: Sizes, count: int, most: int) -> Cell:
    if count:
        dashed = not setting.is_input(cell)
        return Cell(text=str(count), fill=count_fill(count, most=most), dashed=dashed)
    plain = look_of(setting, setting.state(cell))
    return replace(plain, text="0")


def _count_entries(setting: Setting, board: Board, counts: Sequence[int]) -> list[Entry]:
    """Return a sample for every count, or for some of them spread from the least to the most."""
    positive = [count for count in counts if count]
    steps = range(min(MOST_SAMPLES, len(positive)))
    spread = [positive[step * (len(positive) - 1) // max(len(steps) - 1, 1)] for step in steps]
    most = max(positive, default=1)
    say = setting.texts.say
    entries = [
        Entry(
            say(Message.READERS_ONE) if count == 1 else say(Message.READERS, count=count),
            look=Cell(fill=count_fill(count, most=most), text=str(count)),
        )
        for count in spread
    ]
    return [*entries, *state_entries(setting, board)]
