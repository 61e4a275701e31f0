"""One axis as a strip, a line for each window: stride, dilation, padding, gap and tail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symconv.algebra.derivation import DerivedGradients, derive_gradients
from symconv.document.figure.board import Cell
from symconv.document.figure.colours import PLAIN
from symconv.document.figure.compose import look_of
from symconv.document.figure.legend import Entry, legend
from symconv.document.figure.setting import INPUT_LETTERS, Setting, State, setting_of
from symconv.document.figure.shapes import Figure
from symconv.document.figure.strip import Strip, blank
from symconv.document.figure.texts import Message, Texts, Translate, number, times, untranslated
from symconv.document.sizes import axis_spec
from symconv.errors import SpecError


def axis_figure(
    derivation: DerivedGradients,
    input_shape: Sequence[int] | None = None,
    *,
    axis: int = 0,
    translate: Translate = untranslated,
) -> Figure:
    """Return one axis as a strip of cells, and below it a line for each window with its taps.

    Args:
        derivation: the derivation.
        input_shape: the sizes of the input, all axes; the telling ones by default.
        axis: which axis, from 0.
        translate: from an English message to another language.

    Raises:
        SpecError: a window does not fit into the input, or there is no such axis.
    """
    whole = setting_of(derivation, input_shape, texts=Texts(translate))
    if not 0 <= axis < whole.spec.axes:
        raise SpecError(f"axis must be from 0 to {whole.spec.axes - 1}, got {axis}")
    alone = derive_gradients(axis_spec(whole.spec, axis))
    setting = Setting(alone, whole.input_shape[axis : axis + 1], whole.texts)
    strip = Strip(setting, INPUT_LETTERS[axis])
    texts, letter = setting.texts, INPUT_LETTERS[axis]
    below = legend(tuple(_entries(strip)), y=strip.bottom, width=strip.width)
    return Figure(
        name=whole.named("axis", letter),
        title=texts.say(
            Message.AXIS_TITLE,
            letter=letter,
            input=times(whole.cell_shape),
            spec=texts.spec(whole.spec),
        ),
        description=_description(strip),
        width=max(strip.width, below.width + 0.2),
        height=below.bottom,
        shapes=(*strip.shapes(), *below.shapes),
    )


def _entries(strip: Strip) -> Iterator[Entry]:
    """Yield the legend."""
    say = strip.setting.texts.say
    shown = {strip.setting.state((u,)) for u in strip.cells.of}
    yield Entry(say(Message.TAP), look=Cell(text="0", fill=PLAIN))
    for state, message in (
        (State.PADDING, Message.PAD_CELL),
        (State.GAP, Message.GAP_CELL),
        (State.TAIL, Message.TAIL_CELL),
    ):
        if state in shown:
            yield Entry(say(message), look=blank(look_of(strip.setting, state)))
    if not strip.cells.whole or None in strip.windows:
        yield Entry(say(Message.DOTS))


def _description(strip: Strip) -> str:
    """Return the text alternative."""
    setting = strip.setting
    ((before, after),) = setting.spec.padding_pairs
    gap = [number(u) for u in strip.cells.of if setting.state((u,)) is State.GAP]
    return setting.texts.say(
        Message.AXIS_DESCRIPTION,
        cells=setting.cell_shape[0],
        letter=strip.letter,
        before=before,
        after=after,
        windows=setting.window_shape[0],
        taps=setting.spec.kernel_shape[0],
        dilation=setting.spec.dilation[0],
        stride=setting.spec.stride[0],
        gap=", ".join(gap) or setting.texts.say(Message.NONE),
        tail=setting.tail[0],
    )
