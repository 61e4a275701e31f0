"""The backward pass as an animation: the gradient by the output scattered to the input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from math import prod
from typing import Final

from symconv.algebra.derivation import DerivedGradients
from symconv.document.figure.board import Board, Cell, arranged, extent_of
from symconv.document.figure.colours import ORANGE, count_fill, tint
from symconv.document.figure.compose import (
    MOST_WIDTH,
    array_board,
    input_board,
    look_of,
    most_cells,
    state_entries,
)
from symconv.document.figure.legend import Entry, legend
from symconv.document.figure.measure import fitted
from symconv.document.figure.setting import (
    OUTPUT_LETTERS,
    TAP_LETTERS,
    Setting,
    setting_of,
    windows_of,
)
from symconv.document.figure.shapes import Figure, Moment, Shape, Words
from symconv.document.figure.texts import (
    Message,
    Texts,
    Translate,
    entry,
    pair,
    times,
    untranslated,
)
from symconv.errors import SpecError
from symconv.sizes import Shape as Sizes

MOST_STEPS: Final = 64
HELD: Final = 3
SENDING: Final = Cell(fill=ORANGE, strong=True)
ARRIVING: Final = Cell(fill=tint(ORANGE, 0.45))


def scatter_animation(
    derivation: DerivedGradients,
    input_shape: Sequence[int] | None = None,
    *,
    translate: Translate = untranslated,
) -> Figure:
    """Return the backward scatter step by step: one entry of the gradient by the output a step.

    In each step the cells that the entry reaches show the tap it arrives through; every other
    cell shows how many terms it has received. The last picture is the overlap map.

    Args:
        derivation: the derivation.
        input_shape: the sizes of the input; the telling ones by default.
        translate: from an English message to another language.

    Raises:
        SpecError: a window does not fit into the input, or there is too much to be animated.
    """
    setting = setting_of(derivation, input_shape, texts=Texts(translate))
    _check_size(setting)
    windows = windows_of(setting.window_shape)
    boards = arranged(_boards(setting), most_width=MOST_WIDTH)
    width, height = extent_of(boards)
    line = Words(0.2, height + 0.5, "", 0.46, anchor="start", bold=True)
    below = legend(tuple(_entries(setting, boards[2])), y=height + 1.0, width=width)
    texts, sizes = setting.texts, times(setting.cell_shape)
    return Figure(
        name=setting.named("scatter"),
        title=texts.say(Message.SCATTER_TITLE, input=sizes, spec=texts.spec(setting.spec)),
        description=texts.say(
            Message.SCATTER_DESCRIPTION,
            steps=len(windows),
            output=times(setting.window_shape),
            input=sizes,
        ),
        width=max(width, below.width + 0.2),
        height=below.bottom,
        shapes=(*_background(setting, boards), *below.shapes),
        moments=(
            *_received(setting, boards[2], windows),
            *_steps(setting, boards, windows, line=line, width=width),
        ),
        ticks=len(windows) + HELD,
        still=len(windows) // 2,
    )


def _check_size(setting: Setting) -> None:
    """Check that the animation is neither too long nor too large to be followed."""
    steps = prod(setting.window_shape)
    if steps > MOST_STEPS:
        raise SpecError(
            f"input_shape must give at most {MOST_STEPS} windows to be animated, got {steps} "
            f"for {setting.cell_shape}"
        )
    sizes = zip(setting.padded, most_cells(setting.spec.axes), strict=True)
    for axis, ((start, stop), most) in enumerate(sizes):
        if stop - start > most:
            raise SpecError(
                f"input_shape[{axis}] must be at most {most} with its padding to be animated, "
                f"got {stop - start}"
            )


def _boards(setting: Setting) -> tuple[Board, Board, Board]:
    say, spec = setting.texts.say, setting.spec
    outputs = times(setting.window_shape)
    title = say(Message.GRAD_INPUT, dx=setting.names.gathered, sizes=times(setting.cell_shape))
    return (
        array_board(
            setting.window_shape,
            OUTPUT_LETTERS,
            title=say(Message.GRAD_OUTPUT, dy=setting.names.sent, sizes=outputs),
        ),
        array_board(
            spec.kernel_shape,
            TAP_LETTERS,
            title=say(Message.WEIGHT, w="w", sizes=times(spec.kernel_shape)),
        ),
        input_board(setting, title=title),
    )


def _background(setting: Setting, boards: Sequence[Board]) -> Iterator[Shape]:
    """Yield what never moves: the three boards, nothing received yet."""
    on_output, on_kernel, on_input = boards
    yield from on_output.draw(lambda _: Cell())
    yield from on_kernel.draw(lambda tap: replace(ARRIVING, text=pair(tap)))
    yield from on_input.draw(lambda cell: replace(look_of(setting, setting.state(cell)), text=""))


def _received(setting: Setting, board: Board, windows: Sequence[Sizes]) -> Iterator[Moment]:
    """Yield for each cell the number of terms it has received, from one arrival to the next."""
    order = {window: tick for tick, window in enumerate(windows)}
    cells = [cell for cell in board.shown() if setting.holds(cell)]
    most = max(map(setting.readers, cells), default=1)
    seen: dict[tuple[int, int], list[Shape]] = {}
    for cell in cells:
        arrivals = sorted(order[window] for window, _ in setting.reads(cell))
        ends = [*arrivals, len(windows) + HELD]
        for count, (arrival, following) in enumerate(pairwise(ends), start=1):
            look = Cell(str(count), fill=count_fill(count, most=most))
            seen.setdefault((arrival + 1, following), []).extend(board.cell(cell, look))
    for (first, stop), shapes in sorted(seen.items()):
        if first < stop:
            yield Moment(first, stop, tuple(shapes))


def _steps(
    setting: Setting,
    boards: Sequence[Board],
    windows: Sequence[Sizes],
    *,
    line: Words,
    width: float,
) -> Iterator[Moment]:
    """Yield each step: the entry that is sent, where it arrives, and what happens in words."""
    on_output, _, on_input = boards
    say = setting.texts.say
    for tick, window in enumerate(windows):
        shapes = [*on_output.cell(window, SENDING)]
        for tap, cell in setting.window_cells(window).items():
            dropped = not setting.holds(cell)
            shapes += on_input.cell(cell, replace(ARRIVING, text=pair(tap), dashed=dropped))
        span = setting.window_span(window)
        shapes += on_input.outline(span, ORANGE, inset=0.0)
        text = say(
            Message.STEP, step=tick + 1, steps=len(windows), entry=entry(setting.names.sent, window)
        )
        yield Moment(tick, tick + 1, (*shapes, _said(line, text, width)))
    done = _said(line, say(Message.DONE), width)
    yield Moment(len(windows), len(windows) + HELD, (done,))


def _said(line: Words, text: str, width: float) -> Words:
    room = max(width, 10.0) - 0.4
    return replace(line, text=text, size=fitted(text, room=room / 1.1, most=line.size))


def _entries(setting: Setting, board: Board) -> Iterator[Entry]:
    say = setting.texts.say
    yield Entry(say(Message.SCATTERED), look=SENDING)
    tap = replace(ARRIVING, text=pair((0,) * setting.spec.axes))
    yield Entry(say(Message.ARRIVING), look=tap)
    yield Entry(say(Message.TERMS), look=Cell("1", fill=count_fill(1, most=2)))
    if any(map(any, setting.spec.padding_pairs)) and not setting.copied:
        yield Entry(say(Message.DROPPED), look=replace(ARRIVING, dashed=True))
    for entry_of_state in state_entries(setting, board):
        if entry_of_state.look is not None:
            yield replace(entry_of_state, look=replace(entry_of_state.look, text=""))
