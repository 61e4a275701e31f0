"""What a document is made of, as data: steps of blocks, without a language and without a format.

Prose is a Message: an English sentence with named places, which a catalogue may translate. The
values put into the places, and everything displayed, are exact SymPy objects; they are spelled
once, as LaTeX, which all formats share. Prose may hold short notation between dollar signs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from sympy import Basic

from symconv.algebra.derivation import DerivedGradients
from symconv.document.choices import Picture
from symconv.document.figure import Figure
from symconv.document.figure.gallery import draw
from symconv.document.figure.texts import Translate
from symconv.sizes import Shape

Value: TypeAlias = "int | str | Basic | Message | Reference | StepReference"


class Reach(Enum):
    """How far a step is checked."""

    DEFINITION = "definition"
    PROVED = "proved for all sizes"
    EXACT = "exact for these sizes"


@dataclass(frozen=True)
class Message:
    """A sentence in English, with places {name} for its values; the key of its translations."""

    text: str
    values: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True)
class Reference:
    """The number of an equation, by its label."""

    label: str


@dataclass(frozen=True)
class StepReference:
    """The number of a step, by its name."""

    name: str


def message(text: str, **values: Value) -> Message:
    """Return a message; every call with a literal text is found by the extractor of catalogues."""
    return Message(text, tuple(values.items()))


@dataclass(frozen=True)
class Equation:
    """A displayed equation, left = right, or left = right = right ...

    Attributes:
        left: what is said to be equal.
        rights: each a sequence of terms whose sum it is, in the order of reading.
        where: conditions on its letters, shown behind it.
        label: what a Reference calls it; labelled equations are numbered.
    """

    left: Basic
    rights: tuple[tuple[Basic, ...], ...]
    where: tuple[Basic, ...] = ()
    label: str = ""


def equation(
    left: Basic,
    *rights: Basic | Sequence[Basic],
    where: Sequence[Basic] = (),
    label: str = "",
) -> Equation:
    """Return an equation; a right side is one expression, or the sequence of its terms."""
    terms = tuple((right,) if isinstance(right, Basic) else tuple(right) for right in rights)
    return Equation(left, terms, tuple(where), label)


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: Message


@dataclass(frozen=True)
class Display:
    """Equations one under the other, aligned at their equal signs."""

    equations: tuple[Equation, ...]


@dataclass(frozen=True)
class Table:
    """A table: a heading for each column, and rows of cells."""

    heads: tuple[Message, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True)
class Illustration:
    """A figure with its caption.

    Attributes:
        picture: what it shows.
        derivation: of what.
        input_shape: on which image.
        caption: one sentence.
        axis: which axis, for a strip.
    """

    picture: Picture
    derivation: DerivedGradients
    input_shape: Shape
    caption: Message
    axis: int = 0

    @property
    def name(self) -> str:
        """A name that no other figure of the document has."""
        return f"axis-{self.axis}" if self.picture is Picture.AXIS else self.picture.value

    @property
    def moving(self) -> bool:
        """Whether it is an animation, for formats that can show one."""
        return self.picture is Picture.SCATTER

    def drawn(self, translate: Translate) -> Figure:
        """Return the figure, its words translated."""
        return draw(
            self.derivation,
            self.picture,
            input_shape=self.input_shape,
            axis=self.axis,
            translate=translate,
        )


@dataclass(frozen=True)
class Listing:
    """Lines of code, numbered from `first_line` where that is not 0.

    Attributes:
        code: the text.
        language: "python".
        first_line: the number of the first line; 0 for no numbers.
    """

    code: str
    language: str
    first_line: int = 0


@dataclass(frozen=True)
class Exercise:
    """A question with its solution; formats may fold the solution away."""

    question: tuple[Block, ...]
    solution: tuple[Block, ...]


Block: TypeAlias = Paragraph | Display | Table | Illustration | Listing | Exercise


@dataclass(frozen=True)
class Step:
    """One step of the derivation.

    Attributes:
        name: its anchor.
        title: its heading.
        blocks: what it says.
        reason: what justifies it.
        reach: how far it is checked.
        appendix: its long formulas in full, where `blocks` abridges them.
    """

    name: str
    title: Message
    blocks: tuple[Block, ...]
    reason: Message
    reach: Reach
    appendix: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Outline:
    """A whole document.

    Attributes:
        title: the heading of the document.
        steps: the derivation in order.
    """

    title: Message
    steps: tuple[Step, ...]

    def blocks(self) -> Iterator[Block]:
        """Yield every block in order, those inside exercises too."""
        for step in self.steps:
            for block in (*step.blocks, *step.appendix):
                yield block
                if isinstance(block, Exercise):
                    yield from (*block.question, *block.solution)
