"""For one input cell: the windows, the taps and the entries of the gradient that meet there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_lowercase
from typing import Final

from symconv.algebra.derivation import DerivedGradients
from symconv.document.figure.board import Board, Cell, arranged, extent_of
from symconv.document.figure.colours import PLAIN, YELLOW, mark, tint
from symconv.document.figure.compose import (
    MOST_WIDTH,
    array_board,
    dots_entries,
    input_board,
    look_of,
    state_entries,
)
from symconv.document.figure.legend import Entry, legend
from symconv.document.figure.setting import (
    OUTPUT_LETTERS,
    TAP_LETTERS,
    Setting,
    setting_of,
)
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
from symconv.document.sizes import telling_input_shape
from symconv.errors import SpecError
from symconv.sizes import Shape as Sizes

ALL_OUTLINED: Final = 6  # as many windows are outlined all; of more, the first four
MOST_OUTLINED: Final = 4
MOST_TERMS: Final = 12
DEPTH: Final = 0.45
THE_CELL: Final = Cell(fill=YELLOW, strong=True)


def meeting_figure(
    derivation: DerivedGradients,
    input_shape: Sequence[int] | None = None,
    *,
    at: Sequence[int] | None = None,
    translate: Translate = untranslated,
) -> Figure:
    """Return what meets at one input cell, joined by letter and colour.

    Input, kernel and gradient by the output stand side by side; each window that reads the cell,
    the tap it reads it through and its entry of the gradient carry the same letter. The sum of
    their products, the gradient by that cell, stands below.

    Args:
        derivation: the derivation.
        input_shape: the sizes of the input; by default the telling ones, or where `at` lies
            outside, large enough for every window that reads it.
        at: the cell (u, v); by default one that as many windows read as any.
        translate: from an English message to another language.

    Raises:
        SpecError: a window does not fit into the input, or the cell lies outside it.
    """
    if at is not None and len(at) != derivation.spec.axes:
        raise SpecError(f"at must have one entry per axis ({derivation.spec.axes}), got {at}")
    if input_shape is None and at is not None:
        input_shape = _shape_around(derivation, at)
    setting = setting_of(derivation, input_shape, texts=Texts(translate))
    cell = _busiest(setting) if at is None else tuple(at)
    if not setting.is_input(cell):
        plane = "output" if setting.spec.transposed else "input"
        raise SpecError(f"at must lie inside the {plane} {setting.cell_shape}, got {cell}")
    reads = setting.reads(cell)
    boards = arranged(_boards(setting, cell, reads), most_width=MOST_WIDTH)
    width, height = extent_of(boards)
    below = legend(_entries(setting, boards, cell, reads), y=height + 0.2, width=width)
    texts = setting.texts
    return Figure(
        name=setting.named("meeting", pair(cell, separator="x")),
        title=texts.say(
            Message.MEETING_TITLE,
            cell=entry(setting.names.cells, cell),
            spec=texts.spec(setting.spec),
        ),
        description=texts.say(
            Message.MEETING_DESCRIPTION,
            input=times(setting.cell_shape),
            cell=entry(setting.names.cells, cell),
            sum=_sum(setting, cell, reads),
        ),
        width=max(width, below.width + 0.2),
        height=below.bottom,
        shapes=(*_drawn(setting, boards, cell, reads), *below.shapes),
    )


def label(number: int) -> str:
    """Return the label of a meeting: a, b, ..., z, aa, ab, ...

    Example:
        >>> label(0), label(25), label(26)
        ('a', 'z', 'aa')
    """
    first, last = divmod(number, 26)
    return (label(first - 1) if first else "") + ascii_lowercase[last]


def _shape_around(derivation: DerivedGradients, cell: Sequence[int]) -> Sizes:
    """Return the telling input, longer along the axes where the cell lies outside."""
    sizes = zip(telling_input_shape(derivation), cell, derivation.spec.extent, strict=True)
    return tuple(size if u < size else u + extent for size, u, extent in sizes)


def _busiest(setting: Setting) -> Sizes:
    """Return the cell most windows read; of several, the one nearest to the middle."""
    cell = []
    for axis, size in enumerate(setting.cell_shape):
        shown = [u for u in input_board(setting).axes[axis].of if 0 <= u < size]
        cell.append(
            max(shown, key=lambda u: (len(setting.axis_reads(axis, u)), -abs(2 * u + 1 - size)))
        )
    return tuple(cell)


def _boards(
    setting: Setting, cell: Sizes, reads: Sequence[tuple[Sizes, Sizes]]
) -> tuple[Board, Board, Board]:
    say, spec = setting.texts.say, setting.spec
    outputs, taps = [output for output, _ in reads], [tap for _, tap in reads]
    sizes = times(setting.cell_shape)
    return (
        input_board(
            setting,
            title=say(Message.INPUT, x=setting.names.cells, sizes=sizes),
            keep=(cell,),
            tight=True,
        ),
        array_board(
            spec.kernel_shape,
            TAP_LETTERS,
            title=say(Message.WEIGHT, w="w", sizes=times(spec.kernel_shape)),
            keep=taps,
        ),
        array_board(
            setting.window_shape,
            OUTPUT_LETTERS,
            title=say(
                Message.GRAD_OUTPUT, dy=setting.names.sent, sizes=times(setting.window_shape)
            ),
            keep=outputs,
        ),
    )


def _drawn(
    setting: Setting,
    boards: Sequence[Board],
    cell: Sizes,
    reads: Sequence[tuple[Sizes, Sizes]],
) -> list[Shape]:
    on_input, on_kernel, on_output = boards
    outputs = {output: number for number, (output, _) in enumerate(reads)}
    taps = {tap: number for number, (_, tap) in enumerate(reads)}

    def input_look(place: Sizes) -> Cell:
        start = setting.starting_at(place)
        number = None if start is None else outputs.get(start)
        if place == cell:
            return Cell("" if number is None else label(number), fill=YELLOW, strong=True)
        if number is not None:
            dashed = not setting.is_input(place)
            return Cell(label(number), fill=tint(mark(number), DEPTH), dashed=dashed)
        return look_of(setting, setting.state(place))

    shapes = [*on_input.draw(input_look)]
    shapes += on_kernel.draw(lambda tap: _labelled(taps, tap))
    shapes += on_output.draw(lambda output: _labelled(outputs, output))
    for number, output in enumerate(_outlined(reads)):
        shapes += on_input.outline(
            setting.window_span(output),
            mark(number),
            inset=0.04 + 0.035 * number,
            dashed=number % 2 == 1,
        )
    return [*shapes, *on_input.cell(cell, input_look(cell))]


def _outlined(reads: Sequence[tuple[Sizes, Sizes]]) -> tuple[Sizes, ...]:
    shown = reads if len(reads) <= ALL_OUTLINED else reads[:MOST_OUTLINED]
    return tuple(output for output, _ in shown)


def _labelled(numbers: Mapping[Sizes, int], index: Sizes) -> Cell:
    if index not in numbers:
        return Cell(fill=PLAIN)
    number = numbers[index]
    return Cell(label(number), fill=tint(mark(number), DEPTH))


def _entries(
    setting: Setting,
    boards: Sequence[Board],
    cell: Sizes,
    reads: Sequence[tuple[Sizes, Sizes]],
) -> list[Entry]:
    say = setting.texts.say
    gradient = _gathered(setting, cell)
    entries = [Entry(say(Message.THE_CELL, cell=entry(setting.names.cells, cell)), look=THE_CELL)]
    entries += state_entries(setting, boards[0])
    if len(_outlined(reads)) < len(reads):
        entries.append(Entry(say(Message.OUTLINED, count=MOST_OUTLINED)))
    entries += dots_entries(setting, boards)
    if not reads:
        return [*entries, Entry(say(Message.ZERO, gradient=gradient), breaks=True)]
    entries.append(Entry(f"{gradient} =", breaks=True))
    shown = reads if len(reads) <= MOST_TERMS else reads[: MOST_TERMS - 1]
    for number, (output, tap) in enumerate(shown):
        more = "" if number == len(reads) - 1 else " +"
        look = Cell(label(number), fill=tint(mark(number), DEPTH))
        entries.append(Entry(_product(setting, output, tap) + more, look=look))
    if len(shown) < len(reads):
        entries.append(Entry(say(Message.MORE_TERMS, count=len(reads) - len(shown))))
    return entries


def _gathered(setting: Setting, cell: Sizes) -> str:
    """Return what the products at a cell add up to."""
    return entry(setting.names.gathered, cell) + (" − b" if setting.spec.transposed else "")


def _product(setting: Setting, output: Sizes, tap: Sizes) -> str:
    return f"{entry(setting.names.sent, output)}·{entry('w', tap)}"


def _sum(setting: Setting, cell: Sizes, reads: Sequence[tuple[Sizes, Sizes]]) -> str:
    products = [_product(setting, output, tap) for output, tap in reads[:MOST_TERMS]]
    dots = ["…"] if len(reads) > MOST_TERMS else []
    return f"{_gathered(setting, cell)} = {' + '.join([*products, *dots]) or '0'}"
