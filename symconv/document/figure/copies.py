"""The padded input: which input cell each cell of the padding is a copy of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from symconv.algebra.derivation import DerivedGradients
from symconv.document.figure.board import Cell
from symconv.document.figure.colours import count_fill
from symconv.document.figure.compose import (
    described_rows,
    input_board,
    look_of,
    one_board,
    placed,
)
from symconv.document.figure.legend import Entry
from symconv.document.figure.setting import Setting, State, setting_of, windows_of
from symconv.document.figure.shapes import Figure
from symconv.document.figure.texts import Message, Texts, Translate, pair, times, untranslated
from symconv.errors import SpecError
from symconv.sizes import Shape as Sizes


def copies_figure(
    derivation: DerivedGradients,
    input_shape: Sequence[int] | None = None,
    *,
    translate: Translate = untranslated,
) -> Figure:
    """Return the padded input, in each cell the index of the input cell that it holds.

    Args:
        derivation: the derivation.
        input_shape: the sizes of the input; the telling ones by default.
        translate: from an English message to another language.

    Raises:
        SpecError: the padding holds no copies, or cannot be copied from so small an input.
    """
    setting = setting_of(derivation, input_shape, texts=Texts(translate))
    if not setting.copied:
        raise SpecError(
            "padding_mode must be one that copies for the figure copies, "
            f"got {setting.spec.padding_mode!r}"
        )
    texts, size = setting.texts, times(setting.cell_shape)
    board = placed(input_board(setting))
    held = _held(setting)
    described = texts.say(
        Message.COPIES_DESCRIPTION, input=size, least=min(held.values()), most=max(held.values())
    )
    rows = described_rows(setting, board, lambda cell: f"({pair(setting.source(cell))})")
    return one_board(
        setting,
        board,
        name=setting.named("copies"),
        title=texts.say(Message.COPIES_TITLE, input=size, spec=texts.spec(setting.spec)),
        description=f"{described} {rows}".strip(),
        look=lambda cell: _look(setting, held, cell),
        entries=_entries(setting, held),
    )


def _held(setting: Setting) -> Counter[Sizes]:
    """Return how many padded cells hold each cell of the input, itself counted."""
    first = tuple(start for start, _ in setting.padded)
    shape = tuple(stop - start for start, stop in setting.padded)
    places = (
        tuple(u + start for u, start in zip(cell, first, strict=True)) for cell in windows_of(shape)
    )
    return Counter(setting.source(place) for place in places)


def _look(setting: Setting, held: Counter[Sizes], cell: Sizes) -> Cell:
    source = setting.source(cell)
    if not setting.is_input(cell):
        return Cell(text=pair(source), fill=None, dashed=True)
    return Cell(text=pair(source), fill=_fill(held[source], held))


def _fill(count: int, held: Counter[Sizes]) -> str:
    return count_fill(count, most=2 * max(held.values()))


def _entries(setting: Setting, held: Counter[Sizes]) -> list[Entry]:
    say = setting.texts.say
    counts = sorted({*held.values()} - {1})
    entries = [Entry(say(Message.COPY_OF), look=look_of(setting, State.PADDING))]
    if 1 in held.values():
        entries.append(Entry(say(Message.HELD_ONCE), look=Cell(fill=_fill(1, held))))
    return entries + [
        Entry(say(Message.HELD, count=count), look=Cell(fill=_fill(count, held)))
        for count in counts
    ]
