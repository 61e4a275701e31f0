"""The displays of a text, each with what the text says of its names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from symconv.formula.article import read_article
from symconv.verification.reading.telling import Saying

_DISPLAYS: Final = ("$$", r"\[", r"\begin{equation", r"\begin{align", r"\begin{gather", "\n---\n")


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
    """
    alone = not any(mark in text for mark in _DISPLAYS) if formula is None else formula
    if alone:
        return [Display(1, 1, text)]
    return [Display(d.index, d.span.line, d.latex) for d in read_article(text).displayed]
