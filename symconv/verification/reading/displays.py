"""The displays of a text, each with what the text says of its names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from symconv.formula.displays import find_displays
from symconv.verification.reading.article_options import ArticleOptions, article_options
from symconv.verification.reading.presets import preset
from symconv.verification.reading.prose import told_by_prose
from symconv.verification.reading.telling import Saying

_DISPLAYS: Final = ("$$", r"\[", r"\begin{", "\n---\n", "```math", ".. math::")


@dataclass(frozen=True)
class Display:
    """One displayed formula of a text.

    Attributes:
        index: its number in the text, from 1.
        line: the line of the text where it begins.
        source: the formula as it stands there.
        sayings: what the text says of its names, the nearest last.
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
    article = _by_author(options)
    displays, sayings = [], article
    for display in found.displays:
        said = _by_prose(display.prose_before)
        sayings = (*sayings, said) if said else sayings
        displays.append(
            Display(display.index, display.span.line, display.source, sayings, options.assume)
        )
    return displays


def _by_author(options: ArticleOptions) -> tuple[Saying, ...]:
    own = Saying(
        "article",
        tuple(options.letters.items()),
        options.index_base,
        options.true_convolution,
    )
    if not options.notation:
        return (own,)
    return (Saying("preset", tuple(preset(options.notation).items())), own)


def _by_prose(prose: str) -> Saying | None:
    """Return what the prose before a display says; None where it says nothing."""
    says = told_by_prose(prose)
    names: Mapping[str, str] = says.names
    saying = Saying(
        "prose",
        tuple(names.items()),
        says.index_base,
        says.true_convolution,
        tuple(says.facts.items()),
    )
    return saying if saying != Saying("prose") else None
