"""Every text of every figure, in one place, so that catalogues of messages can translate it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, TypeAlias

from symconv.padding import PaddingMode
from symconv.spec import ConvSpec

Translate: TypeAlias = Callable[[str], str]


def untranslated(message: str) -> str:
    """Return the message itself: English."""
    return message


def N_(message: str) -> str:
    """Mark a message for the catalogues, and return it."""
    return message


class Message(StrEnum):
    """The messages; the names in braces are filled in after translation."""

    KERNEL = N_("kernel {sizes}")
    STRIDE = N_("stride {sizes}")
    DILATION = N_("dilation {sizes}")
    PADDING = N_("padding {sizes}")
    SEPARATOR = N_(", ")

    WINDOWS_TITLE = N_("The windows on a {input} input: {spec}")
    WINDOWS_DESCRIPTION = N_(
        "A grid of {input} cells. Windows of extent {extent} start every {stride} cells; there "
        "are {output} of them. The first cell of each carries its index; the outlined ones are "
        "{outlined}."
    )
    OVERLAP_TITLE = N_("How many windows read each cell of a {input} input: {spec}")
    OVERLAP_DESCRIPTION = N_(
        "A grid of {input} cells; in each, the number of windows that read it, from {least} to "
        "{most}."
    )
    PHASES_TITLE = N_("The phases of a {input} input: {spec}")
    PHASES_DESCRIPTION = N_(
        "A grid of {input} cells; in each, its phase, the remainder of its index plus the padding "
        "in front by the stride {stride}."
    )
    MEETING_TITLE = N_("What meets at {cell}: {spec}")
    MEETING_DESCRIPTION = N_(
        "Three grids: the {input} input with the windows that read {cell}, the kernel with the "
        "taps they read it through, and the gradient by the output with their entries. {sum}"
    )
    AXIS_TITLE = N_("Axis {letter} of a {input} input: {spec}")
    AXIS_DESCRIPTION = N_(
        "A strip of {cells} cells along {letter} with padding ({before}, {after}), and below it a "
        "line for each of the {windows} windows with the cells that its {taps} taps read, "
        "{dilation} apart; each window starts {stride} further on. Cells in the gap: {gap}. "
        "Cells in the unread tail: {tail}."
    )
    SCATTER_TITLE = N_("The gradient scattered back to a {input} input: {spec}")
    SCATTER_DESCRIPTION = N_(
        "An animation of {steps} steps. In each, one entry of the {output} gradient by the output, "
        "times every entry of the kernel, is added to the cells that its window reads. At the end "
        "each cell of the {input} gradient by the input has received as many terms as windows "
        "read it."
    )
    NONE = N_("none")
    ROW = N_("Row {row}: {entries}.")
    SLICE_ROW = N_("Slice {slice}, row {row}: {entries}.")

    INPUT = N_("input {x}, {sizes}")
    WEIGHT = N_("kernel {w}, {sizes}")
    GRAD_OUTPUT = N_("{dy}, {sizes}")
    GRAD_INPUT = N_("{dx}, {sizes}")

    WINDOW = N_("window of {entry}")
    FIRST_CELLS = N_("{index}: the first cell of the window of {entry}")
    READ_BY_FIRST = N_("cells that {entry} reads")
    PAD_CELL = N_("padding")
    GAP_CELL = N_("read by none")
    TAIL_CELL = N_("unread tail")
    READERS_ONE = N_("read by 1 window")
    READERS = N_("by {count}")
    PHASE_TAP = N_("{phase}: tap {taps}")
    PHASE_TAPS = N_("{phase}: taps {taps}")
    PHASE_GAP = N_("{phase}: no tap, a gap")
    PHASE_GAPS = N_("the other {count} phases of {letter}: no tap")
    PHASES_MORE = N_("{count} more phases of {letter}")
    THE_CELL = N_("the cell {cell}")
    ZERO = N_("{gradient} = 0: no window reads the cell")
    MORE_TERMS = N_("and {count} terms more")
    OUTLINED = N_("outlined: the first {count} windows")
    READ_BY = N_("windows")
    DOTS = N_("Dots: cells left out, those farthest from the ends and the marked cells.")
    TAP = N_("tap")
    STEP = N_("step {step} of {steps}: {entry} · w is added where its window reads")
    DONE = N_("done: every cell has one term for each window that reads it")
    TERMS = N_("number of terms received")
    ARRIVING = N_("arriving through the tap written there")
    SCATTERED = N_("the entry that is scattered")
    DROPPED = N_("falls into the padding")

    COPIES_TITLE = N_("Which cells the padding of a {input} input copies: {spec}")
    COPIES_DESCRIPTION = N_(
        "A grid of {input} cells with its padding. In each cell of the padding stands the index of "
        "the input cell that it is a copy of, in each cell of the input its own; the more cells "
        "hold one entry, from {least} to {most}, the darker it is."
    )
    COPY_OF = N_("padding, with the cell it is a copy of")
    HELD_ONCE = N_("an input that no padding copies")
    HELD = N_("held by {count} cells")
    PADDING_REFLECT = N_("reflect padding {sizes}")
    PADDING_REPLICATE = N_("replicate padding {sizes}")
    PADDING_CIRCULAR = N_("circular padding {sizes}")


# Where the cells are those of a padded input that holds copies.
COPIED: Final = {
    Message.OVERLAP_DESCRIPTION: N_(
        "A grid of {input} cells with the copies around it; in each, the number of windows that "
        "read it, from {least} to {most}."
    ),
    Message.INPUT: N_("padded input {x}, {sizes} inside"),
    Message.SCATTER_TITLE: N_("The gradient scattered back to a padded {input} input: {spec}"),
    Message.SCATTER_DESCRIPTION: N_(
        "An animation of {steps} steps. In each, one entry of the {output} gradient by the output, "
        "times every entry of the kernel, is added to the cells that its window reads, copies "
        "among them. At the end each cell of the padded {input} input has received as many terms "
        "as windows read it."
    ),
    Message.PAD_CELL: N_("a copy"),
    Message.GRAD_INPUT: N_("{dx}, {sizes} inside"),
}

# Where the windows are inputs, spread over the cells, which are outputs; {input} is the size of
# what stands at the cells here, too.
TRANSPOSED: Final = {
    Message.KERNEL: N_("transposed, kernel {sizes}"),
    Message.WINDOWS_TITLE: N_("The windows of the inputs on a {input} output: {spec}"),
    Message.WINDOWS_DESCRIPTION: N_(
        "A grid of {input} output cells. Each of the {output} inputs is spread over a window of "
        "extent {extent}; the windows start every {stride} cells. The first cell of each carries "
        "the index of its input; the outlined ones are {outlined}."
    ),
    Message.OVERLAP_TITLE: N_("How many inputs reach each cell of a {input} output: {spec}"),
    Message.OVERLAP_DESCRIPTION: N_(
        "A grid of {input} output cells; in each, the number of inputs that reach it, from {least} "
        "to {most}."
    ),
    Message.PHASES_TITLE: N_("The phases of a {input} output: {spec}"),
    Message.PHASES_DESCRIPTION: N_(
        "A grid of {input} output cells; in each, its phase, the remainder of its index plus what "
        "is cut off in front by the stride {stride}."
    ),
    Message.MEETING_DESCRIPTION: N_(
        "Three grids: the {input} output with the windows that reach {cell}, the kernel with the "
        "taps they reach it through, and the input with their entries. {sum}"
    ),
    Message.AXIS_TITLE: N_("Axis {letter} of a {input} output: {spec}"),
    Message.AXIS_DESCRIPTION: N_(
        "A strip of {cells} output cells along {letter}, beside which ({before}, {after}) are cut "
        "off, and below it a line for each of the {windows} inputs with the cells that its {taps} "
        "taps reach, {dilation} apart; each window starts {stride} further on. Cells in the gap: "
        "{gap}. Cells behind the last window: {tail}."
    ),
    Message.SCATTER_TITLE: N_("A {input} output built up, input by input: {spec}"),
    Message.SCATTER_DESCRIPTION: N_(
        "An animation of {steps} steps. In each, one entry of the {output} input, times every "
        "entry of the kernel, is added to the cells of its window. At the end each cell of the "
        "{input} output has received as many terms as inputs reach it; the bias is still to be "
        "added."
    ),
    Message.INPUT: N_("output {x}, {sizes}"),
    Message.GRAD_OUTPUT: N_("input {dy}, {sizes}"),
    Message.GRAD_INPUT: N_("output {dx}, {sizes}"),
    Message.READ_BY_FIRST: N_("cells that {entry} reaches"),
    Message.PAD_CELL: N_("cut off"),
    Message.GAP_CELL: N_("reached by none"),
    Message.TAIL_CELL: N_("behind the last window"),
    Message.READERS_ONE: N_("reached by 1 input"),
    Message.ZERO: N_("{gradient} = 0: no input reaches the cell"),
    Message.READ_BY: N_("inputs"),
    Message.STEP: N_("step {step} of {steps}: {entry} · w is added in its window"),
    Message.DONE: N_("done: every cell has one term for each input that reaches it"),
    Message.DROPPED: N_("is cut off"),
}


@dataclass(frozen=True)
class Texts:
    """The messages in one language.

    Attributes:
        translate: from the English message, braces and all, to the other language.
        others: what is said instead of some messages.
    """

    translate: Translate = untranslated
    others: Mapping[Message, str] = field(default_factory=dict)

    def about(self, spec: ConvSpec) -> Texts:
        """Return the texts with the words for a transposed spec, or for one that copies."""
        if spec.transposed:
            return replace(self, others=TRANSPOSED)
        return self if spec.padding_mode == "zeros" else replace(self, others=COPIED)

    def say(self, message: Message, **values: object) -> str:
        """Return a message with its values filled in."""
        return self.translate(self.others.get(message, str(message))).format(**values)

    def spec(self, spec: ConvSpec) -> str:
        """Return a spec in words, the defaults left out."""
        words = [self.say(Message.KERNEL, sizes=times(spec.kernel_shape))]
        words.append(self.say(Message.STRIDE, sizes=_short(spec.stride)))
        if set(spec.dilation) != {1}:
            words.append(self.say(Message.DILATION, sizes=_short(spec.dilation)))
        if any(map(any, spec.padding_pairs)):
            words.append(self.say(_PADDING[spec.padding_mode], sizes=_short(_sides(spec))))
        return self.say(Message.SEPARATOR).join(words)


_PADDING: Final[Mapping[PaddingMode, Message]] = {
    "zeros": Message.PADDING,
    "reflect": Message.PADDING_REFLECT,
    "replicate": Message.PADDING_REPLICATE,
    "circular": Message.PADDING_CIRCULAR,
}


def times(sizes: Sequence[object]) -> str:
    """Return "3×5"."""
    return "×".join(map(str, sizes))


def pair(indices: Sequence[int], *, separator: str = ",") -> str:
    """Return "0,1", with a true minus sign before negative indices."""
    return separator.join(map(number, indices))


def number(index: int) -> str:
    """Return an integer with a true minus sign."""
    return str(index).replace("-", "−")


def entry(letter: str, indices: Sequence[int]) -> str:
    """Return "w[0,1]"."""
    return f"{letter}[{pair(indices)}]"


def _sides(spec: ConvSpec) -> tuple[str, ...]:
    return tuple(str(lo) if lo == hi else f"({lo}, {hi})" for lo, hi in spec.padding_pairs)


def _short(sizes: Sequence[object]) -> str:
    return str(sizes[0]) if len(set(sizes)) == 1 else times(sizes)
