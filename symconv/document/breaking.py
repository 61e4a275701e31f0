r"""Displayed equations as lines that fit on a page.

A line is broken in front of a plus sign of the outermost sum, where a person would break it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from symconv.document.blocks import Equation
from symconv.document.language import Language
from symconv.document.width import estimated_width

PAGE_WIDTH: Final = 38.0  # in widths of the letter M, at the size of the text
LONG_LIST: Final = 6  # equations from which on short ones stand side by side
MOST_COLUMNS: Final = 3
_SIGN: Final = 1.2  # an equal sign with the space around it


@dataclass(frozen=True)
class Line:
    """One line of a display: what stands left of the alignment, and what right of it.

    Attributes:
        left: the left side; empty on all but the first line of an equation.
        right: the rest, beginning with "=", or continuing a sum.
        label: what references call it, on the last line of a labelled equation; else empty.
    """

    left: str
    right: str
    label: str = ""


def rows_of(
    equations: Sequence[Equation], language: Language, *, width: float = PAGE_WIDTH
) -> tuple[tuple[Line, ...], ...]:
    """Return the rows of a display: one line each, or several short equations side by side.

    Args:
        equations: the equations, to be read row by row.
        language: for the words inside formulas.
        width: how wide a row may be, in ems.
    """
    lines = [line for equation in equations for line in _equation(equation, language, width)]
    columns = 1
    if len(lines) == len(equations) >= LONG_LIST and not any(line.label for line in lines):
        widest = max(estimated_width(line.left) + estimated_width(line.right) for line in lines)
        columns = max(1, min(MOST_COLUMNS, int(width / (widest + 2))))
    return tuple(tuple(lines[start : start + columns]) for start in range(0, len(lines), columns))


def _equation(equation: Equation, language: Language, width: float) -> Iterator[Line]:
    left = language.formula(equation.left)
    room = width - estimated_width(left) - _SIGN
    rights: list[str] = []
    for terms in equation.rights:
        lines = list(_broken(_terms(terms, language), room))
        rights.append(f"= {lines[0]}")
        rights += [rf"\quad {line}" for line in lines[1:]]
    if equation.where:
        conditions = r",\; ".join(language.formula(condition) for condition in equation.where)
        if estimated_width(rights[-1]) + estimated_width(conditions) + 2 <= room:
            rights[-1] += rf", \qquad {conditions}"
        else:
            rights[-1] += ","
            rights.append(rf"\qquad {conditions}")
    for place, right in enumerate(rights):
        last = place == len(rights) - 1
        yield Line(left if place == 0 else "", right, equation.label if last else "")


def _terms(terms: Sequence[object], language: Language) -> list[str]:
    """Return the terms with their signs: the first one as it is, the others + a or - a."""
    spelled = [language.formula(term) for term in terms]
    signed = (f"- {term[1:]}" if term.startswith("-") else f"+ {term}" for term in spelled[1:])
    return [spelled[0], *signed]


def _broken(terms: Sequence[str], room: float) -> Iterator[str]:
    line, used = terms[0], estimated_width(terms[0])
    for term in terms[1:]:
        wide = estimated_width(term)
        if used + wide > room:
            yield line
            line, used = term, 1 + wide
        else:
            line, used = f"{line} {term}", used + wide
    yield line
