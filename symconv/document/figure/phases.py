"""The input grid coloured by phase."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from symconv.algebra.derivation import DerivedGradients
from symconv.algebra.phases import AxisPhase, AxisTable
from symconv.document.figure.board import GAP_CELL, Cell
from symconv.document.figure.colours import phase_fill
from symconv.document.figure.compose import described_rows, input_board, look_of, one_board, placed
from symconv.document.figure.legend import Entry
from symconv.document.figure.setting import INPUT_LETTERS, Setting, State, setting_of
from symconv.document.figure.shapes import Figure
from symconv.document.figure.texts import Message, Texts, Translate, pair, times, untranslated
from symconv.sizes import Shape as Sizes

MOST_PHASES: Final = 5
MOST_TAPS: Final = 6


def phases_figure(
    derivation: DerivedGradients,
    input_shape: Sequence[int] | None = None,
    *,
    translate: Translate = untranslated,
) -> Figure:
    """Return the input grid with the phase (ρ, ρ') of each cell, a colour for each phase.

    Phases that no tap reaches, the gaps, are hatched. The legend lists the taps of each axis phase.

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
    size = times(setting.cell_shape)
    described = texts.say(Message.PHASES_DESCRIPTION, input=size, stride=times(setting.spec.stride))
    rows = described_rows(setting, board, lambda cell: f"({pair(_residues(setting, cell))})")
    entries = [
        entry
        for axis, table in enumerate(derivation.phases.axes)
        for entry in _axis_entries(setting, INPUT_LETTERS[axis], table)
    ]
    if any(setting.spec.padding_pairs[axis] != (0, 0) for axis in range(setting.spec.axes)):
        entries.append(Entry(texts.say(Message.PAD_CELL), look=look_of(setting, State.PADDING)))
    return one_board(
        setting,
        board,
        name=setting.named("phases"),
        title=texts.say(Message.PHASES_TITLE, input=size, spec=texts.spec(setting.spec)),
        description=f"{described} {rows}".strip(),
        look=lambda cell: _phase_cell(setting, cell),
        entries=entries,
    )


def _residues(setting: Setting, cell: Sizes) -> Sizes:
    return setting.derivation.phases.locate(cell)[1].residues


def _phase_cell(setting: Setting, cell: Sizes) -> Cell:
    if not setting.holds(cell):
        return look_of(setting, State.PADDING)
    _, phase = setting.derivation.phases.locate(cell)
    text = pair(phase.residues)
    if not phase.taps:
        return Cell(text=text, fill=GAP_CELL.fill, hatch=GAP_CELL.hatch)
    strides = [table.stride for table in setting.derivation.phases.axes]
    fill = phase_fill(phase.residues, strides=strides)
    return Cell(text=text, fill=fill, dashed=not setting.is_input(cell))


def _axis_entries(setting: Setting, letter: str, table: AxisTable) -> Iterator[Entry]:
    """Yield the taps of each phase of one axis; of many phases, the first."""
    say = setting.texts.say
    for phase in table.phases[:MOST_PHASES]:
        message = Message.PHASE_TAP if len(phase.taps) == 1 else Message.PHASE_TAPS
        yield Entry(say(message, phase=f"{letter}: ρ = {phase.residue}", taps=_taps(phase)))
    if len(table.phases) > MOST_PHASES:
        more = len(table.phases) - MOST_PHASES
        yield Entry(say(Message.PHASES_MORE, count=more, letter=letter))
    gaps = table.stride - len(table.phases)
    if gaps == 1:
        (missing,) = {*range(table.stride)} - {phase.residue for phase in table.phases}
        yield Entry(say(Message.PHASE_GAP, phase=f"{letter}: ρ = {missing}"), look=GAP_CELL)
    elif gaps:
        yield Entry(say(Message.PHASE_GAPS, count=gaps, letter=letter), look=GAP_CELL)


def _taps(phase: AxisPhase) -> str:
    taps = [str(tap.index) for tap in phase.taps]
    return ", ".join(taps if len(taps) <= MOST_TAPS else [*taps[:3], "…", taps[-1]])
