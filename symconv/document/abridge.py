"""The rule by which long formulas are shortened: in the text a part, in the appendix the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from sympy import Basic

from symconv.document.blocks import Block, Display, Equation, Message, Paragraph, message
from symconv.document.notation import DOTS

MAX_TERMS: Final = 30  # of one sum in the text
KEPT: Final = (12, 6)  # of a longer one, at its beginning and at its end
MAX_LISTED: Final = 160  # terms of all sums of one display in the text
MAX_FULL: Final = 3000  # terms in the appendix of one step


@dataclass(frozen=True)
class Shown:
    """Equations as the text shows them, and in full where that is more.

    Attributes:
        blocks: the display, with a note if it is abridged.
        appendix: the whole display; empty if the text has it all, or if it is too long.
    """

    blocks: tuple[Block, ...]
    appendix: tuple[Block, ...]


def shown(*groups: Sequence[Equation]) -> Shown:
    """Return groups of equations, a display each, with long sums and long lists abridged."""
    everything = [equation for group in groups for equation in group]
    kept: list[Display] = []
    listed = 0
    for group in groups:
        short = [_abridged(equation) for equation in group]
        room = [listed + used <= MAX_LISTED for used in accumulate(map(_terms, short))]
        fitting = short[: max(sum(room), 0 if kept else 1)]
        if fitting:
            kept.append(Display(tuple(fitting)))
        listed += sum(map(_terms, short))
    whole = tuple(Display(tuple(group)) for group in groups if group)
    if tuple(kept) == whole:
        return Shown(whole, ())
    full = whole if sum(map(_terms, everything)) <= MAX_FULL else ()
    missing = len(everything) - sum(len(display.equations) for display in kept)
    return Shown((*kept, Paragraph(_note(missing=missing, full=bool(full)))), full)


def _note(*, missing: int, full: bool) -> Message:
    where = (
        message("the appendix has them in full")
        if full
        else message("the command `symconv explain` shows any cell of them")
    )
    if missing:
        return message(
            "This display is abridged ({missing} more equations follow): {where}.",
            missing=missing,
            where=where,
        )
    return message(
        "Sums of more than {most} terms are abridged: {where}.", most=MAX_TERMS, where=where
    )


def _abridged(equation: Equation) -> Equation:
    return replace(equation, rights=tuple(_abridged_sum(right) for right in equation.rights))


def _abridged_sum(terms: tuple[Basic, ...]) -> tuple[Basic, ...]:
    if len(terms) <= MAX_TERMS:
        return terms
    first, last = KEPT
    return (*terms[:first], DOTS, *terms[-last:])


def _terms(equation: Equation) -> int:
    return sum(map(len, equation.rights))
