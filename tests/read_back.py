"""The displayed equations of a document as trees: read by the reader, settled as its letters say.

A document has arrays, matrices and numbers; what a settler of claims about a convolution does not
know of them stands here.
"""

import re
from dataclasses import dataclass

from symconv.formula import notation, tree
from symconv.formula.reader import read
from symconv.verification.reading.names import alternatives
from symconv.verification.reading.settling import Settler, UnsettledError, index_letters
from tests.worlds import BLOCK, INPUT_INDEX, OUTPUT_INDEX, PHASE, TAP_INDEX

LONG = 15_000  # characters; the reader takes few more at once
LETTERS = {*INPUT_INDEX, *OUTPUT_INDEX, *TAP_INDEX, *BLOCK, *PHASE}


@dataclass(frozen=True)
class NotUnderstood:
    """A displayed formula that is no equation, and why."""

    reason: str


@dataclass(frozen=True)
class Assertion:
    """A condition that is displayed by itself."""

    condition: tree.Node


@dataclass(frozen=True)
class Reading(Settler):
    """A settler that knows matrices, written out and by their names, and vec."""

    def value(self, node):
        match node:
            case tree.Matrix(rows=rows):
                return tree.Matrix(tuple(tuple(map(self.value, row)) for row in rows))
            case notation.Marked(base=notation.Name(text=name), marks=(mark,)) if _is_transpose(
                mark
            ):
                return tree.Letter(f"{name}^T")
            case (
                tree.Floor() | tree.Ceiling() | tree.Remainder() | tree.Largest() | tree.Smallest()
            ):
                return self.index(node)
            case notation.Marked(base=notation.Name(text="vec"), marks=(mark,)):
                return tree.Call("vec", tuple(map(self.value, mark.items)))
        return super().value(node)


def _is_transpose(mark):
    return mark.kind == "sup" and mark.items == (notation.Name("T"),)


def claims_of(latex):
    """Return the equations and conditions of a display, or why one of them cannot be read."""
    claims = []
    for part in (part for rows in _rows(latex) for part in read(rows, form="latex")):
        if isinstance(part, notation.Unread):
            claims.append(NotUnderstood(part.reason))
            continue
        try:
            claims.append(_claim(part))
        except UnsettledError as err:
            claims.append(NotUnderstood(err.reason))
    return claims


def _rows(latex):
    """Return a long display in rows that each have a left side; others whole."""
    if len(latex) < LONG:
        return [latex]
    return re.split(r"\\\\\n(?=\\frac\{\\partial e\})", latex)


def _claim(statement):
    settled = alternatives((statement,))[0][1][0]
    reading = Reading(index_letters(settled) | LETTERS)
    conditions = tuple(map(reading.condition, settled.conditions))
    if not settled.relations:
        return Assertion(reading.condition(settled.sides[0]))
    left, *rights = map(reading.value, settled.sides)
    return tree.Equation(left, tuple(rights), conditions)
