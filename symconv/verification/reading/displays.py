"""The displays of a text, each with what the text says of its names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from symconv.formula.displays import find_displays
from symconv.verification.reading.article_options import ArticleOptions, article_options
from symconv.verification.reading.presets import preset
from symconv.verification.reading.prose import ProseSays, told_so_far
from symconv.verification.reading.telling import Saying

_DISPLAYS: Final = ("$$", r"\[", r"\begin{", "\n---\n", "```math", ".. math::")


@dataclass(frozen=True)
class Display:
    """One displayed formula of a text.

    Attributes:
        index: its number in the text, from 1.
        line: the line of the text where it begins.
        source: the formula as it stands there.
        sayings: what the text says of its names, what counts most last.
        assume: conditions that the text assumes.
    """

    index: int
    line: int
    source: str
    sayings: tuple[Saying, ...] = ()
    assume: str = ""


def displays_of(text: str, *, formula: bool | None) -> list[Display]:
    """Return the displays of a text.

    Args:
        text: an article, or one formula.
        formula: whether the text is one formula; None finds out.

    Raises:
        FormulaError: the text is longer than the language allows.
        OptionError: the head of the text declares something that has no value of its kind.
    """
    alone = not any(mark in text for mark in _DISPLAYS) if formula is None else formula
    if alone:
        return [Display(1, 1, text)]
    found = find_displays(text)
    options = article_options(found.head, found.comments)
    told = told_so_far(display.prose_before for display in found.displays)
    return [
        Display(
            display.index,
            display.span.line,
            display.source,
            _sayings(options, says),
            options.assume,
        )
        for display, says in zip(found.displays, told, strict=True)
    ]


def _sayings(options: ArticleOptions, says: ProseSays) -> tuple[Saying, ...]:
    """Return what an article says, what counts most last: its own options."""
    named = preset(options.notation) if options.notation else {}
    sayings = (
        Saying("preset", tuple(named.items())),
        Saying(
            "prose",
            tuple(says.names.items()),
            says.index_base,
            says.true_convolution,
            tuple(says.facts.items()),
        ),
        Saying(
            "article",
            tuple(options.letters.items()),
            options.index_base,
            options.true_convolution,
        ),
    )
    return tuple(saying for saying in sayings if saying != Saying(saying.source))
