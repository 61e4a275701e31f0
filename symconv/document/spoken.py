"""An outline in one language and one spelling: plain data that the templates of a format place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from symconv.document.blocks import (
    Block,
    Display,
    Exercise,
    Illustration,
    Listing,
    Outline,
    Paragraph,
    Reach,
    Reference,
    Step,
    StepReference,
    Table,
    Value,
    message,
)
from symconv.document.breaking import PAGE_WIDTH, Line, rows_of
from symconv.document.language import Language
from symconv.document.numbering import Numbering
from symconv.document.rich import spelled
from symconv.document.width import estimated_width


class Spelling(Protocol):
    """How one format writes the smallest things."""

    def text(self, rich: str) -> str:
        """Return running text with its formulas and code."""

    def reference(self, reference: Reference | StepReference, numbering: Numbering) -> str:
        """Return a reference as running text."""

    def line(self, line: Line, number: int | None) -> SpokenLine:
        """Return a line of a display; the number is that of its equation, on its last line."""

    def picture(self, illustration: Illustration, caption: str, language: Language) -> str:
        """Return a figure; empty where the format cannot show it."""

    def code(self, listing: Listing) -> str:
        """Return lines of code."""


@dataclass(frozen=True)
class SpokenLine:
    """A line of a display: two sides, and the number of the equation or ""."""

    left: str
    right: str
    number: str = ""
    label: str = ""


@dataclass(frozen=True)
class SpokenExercise:
    """An exercise: its title, its question, the word above the solution, and the solution."""

    title: str
    question: tuple[SpokenBlock, ...]
    solution_title: str
    solution: tuple[SpokenBlock, ...]


@dataclass(frozen=True)
class SpokenBlock:
    """A block: one of its fields is filled, the rest is empty.

    Attributes:
        paragraph: running text.
        follows_paragraph: whether the block before is a paragraph too.
        display: the lines of a display, row by row; short equations stand side by side.
        numbered: whether some equation of the display has a number.
        heads, rows: of a table.
        wide: for each column, whether its cells take several lines.
        long: whether the table may go over several pages.
        listing: lines of code.
        figure: a picture with its caption.
        exercise: an exercise.
    """

    paragraph: str = ""
    follows_paragraph: bool = False
    display: tuple[tuple[SpokenLine, ...], ...] = ()
    numbered: bool = False
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    wide: tuple[bool, ...] = ()
    long: bool = False
    listing: str = ""
    figure: str = ""
    exercise: SpokenExercise | None = None


@dataclass(frozen=True)
class SpokenStep:
    """A step with its heading, its blocks, and a line on why it holds and how far it is checked."""

    name: str
    number: str
    title: str
    blocks: tuple[SpokenBlock, ...]
    reason: str = ""
    reach: str = ""


@dataclass(frozen=True)
class SpokenDocument:
    """A whole document, ready to be placed.

    Attributes:
        language: its code.
        title: the heading.
        plain_title: the heading without formulas.
        imprint: what made it, and from what.
        steps: the steps.
        appendix: long formulas in full; may be empty.
    """

    language: str
    title: str
    plain_title: str
    imprint: str
    steps: tuple[SpokenStep, ...]
    appendix: tuple[SpokenStep, ...]


WIDEST_TABLE: Final = 44.0  # whose cells take one line each, in ems
WIDEST_CELL: Final = 12.0  # of a wider table, on one line
MOST_ROWS: Final = 20  # of a table on one page
REACHES = {
    Reach.DEFINITION: message("definition"),
    Reach.PROVED: message("proved for all sizes"),
    Reach.EXACT: message("exact for these sizes"),
}


def speak(
    outline: Outline,
    language: Language,
    spelling: Spelling,
    *,
    numbering: Numbering,
    command: str,
    width: float = PAGE_WIDTH,
) -> SpokenDocument:
    """Return an outline in one language and one spelling.

    Args:
        outline: what to say.
        language: in which language.
        spelling: how the format writes text, formulas and figures.
        numbering: the numbers of the steps and equations.
        command: the command that makes the document.
        width: how wide a displayed line may be, in ems.
    """
    speaker = _Speaker(language, spelling, numbering, width)
    return SpokenDocument(
        language=language.code,
        title=speaker.say(outline.title),
        plain_title=speaker.plain(outline.title),
        imprint=speaker.say(message("Made by symconv: `{command}`", command=command)),
        steps=tuple(speaker.step(step) for step in outline.steps),
        appendix=tuple(speaker.appendix(step) for step in outline.steps if step.appendix),
    )


def _wide(rows: Sequence[Sequence[str]]) -> tuple[bool, ...]:
    """Return for each column of a table whether its cells have to take several lines."""
    widths = [max(map(estimated_width, column)) for column in zip(*rows, strict=True)]
    return tuple(width > WIDEST_CELL and sum(widths) > WIDEST_TABLE for width in widths)


@dataclass(frozen=True)
class _Speaker:
    language: Language
    spelling: Spelling
    numbering: Numbering
    width: float

    def say(self, value: Value) -> str:
        return self.spelling.text(self._said(value))

    def plain(self, value: Value) -> str:
        """Return text whose formulas are sizes at most, without any markup."""
        return spelled(
            self._said(value),
            words=str,
            formula=lambda latex: latex.replace(r" \times ", "×"),
            code=str,
        )

    def _said(self, value: Value) -> str:
        def refer(reference: Reference | StepReference) -> str:
            return self.spelling.reference(reference, self.numbering)

        return self.language.say(value, refer=refer)

    def step(self, step: Step) -> SpokenStep:
        return SpokenStep(
            name=step.name,
            number=str(self.numbering.steps[step.name]),
            title=self.say(step.title),
            blocks=self.blocks(step.blocks),
            reason=self.say(step.reason),
            reach=self.say(REACHES[step.reach]),
        )

    def appendix(self, step: Step) -> SpokenStep:
        return SpokenStep(
            name=f"{step.name}-full",
            number="",
            title=self.say(message("Appendix: {title}", title=step.title)),
            blocks=self.blocks(step.appendix),
        )

    def blocks(self, blocks: Sequence[Block]) -> tuple[SpokenBlock, ...]:
        """Return the blocks of one step, its exercises counted."""
        number = 0
        spoken: list[SpokenBlock] = []
        for block in blocks:
            number += isinstance(block, Exercise)
            found = self._block(block, number)
            if found == SpokenBlock():  # a figure that the format does not show
                continue
            follows = bool(spoken) and bool(spoken[-1].paragraph)
            spoken.append(replace(found, follows_paragraph=follows))
        return tuple(spoken)

    def _block(self, block: Block, number: int) -> SpokenBlock:
        match block:
            case Paragraph():
                return SpokenBlock(paragraph=self.say(block.text))
            case Display():
                numbered = any(equation.label for equation in block.equations)
                return SpokenBlock(display=self._lines(block), numbered=numbered)
            case Table():
                heads = tuple(map(self.say, block.heads))
                rows = tuple(tuple(map(self.say, row)) for row in block.rows)
                long = len(rows) > MOST_ROWS
                return SpokenBlock(heads=heads, rows=rows, wide=_wide(rows), long=long)
            case Listing():
                return SpokenBlock(listing=self.spelling.code(block))
            case Illustration():
                return SpokenBlock(figure=self._figure(block))
            case Exercise():
                return SpokenBlock(exercise=self._exercise(block, number))

    def _figure(self, illustration: Illustration) -> str:
        caption = self.say(illustration.caption)
        return self.spelling.picture(illustration, caption, self.language)

    def _lines(self, display: Display) -> tuple[tuple[SpokenLine, ...], ...]:
        numbers = self.numbering.equations
        return tuple(
            tuple(self.spelling.line(line, numbers.get(line.label)) for line in row)
            for row in rows_of(display.equations, self.language, width=self.width)
        )

    def _exercise(self, exercise: Exercise, number: int) -> SpokenExercise:
        return SpokenExercise(
            title=self.say(message("Exercise {number}", number=str(number))),
            question=self.blocks(exercise.question),
            solution_title=self.say(message("Solution")),
            solution=self.blocks(exercise.solution),
        )
