"""Which window an open letter stands for: any that reads the cell, the last or the first."""

from __future__ import annotations

from symconv.formula.tree import (
    Ceiling,
    Condition,
    Expression,
    Floor,
    Integer,
    Largest,
    Letter,
    Quotient,
)
from symconv.verification.questions.questions import Window
from symconv.verification.truth.algebra import ONE, ZERO, between, equal, minus, plus, times
from symconv.verification.truth.convolution import Model


def window_conditions(
    model: Model, window: Window, letter: Letter, *, axis: int, cell: Expression, index_base: int
) -> list[Condition]:
    """Return what makes the open letter of an axis a window that reads a cell.

    Args:
        model: the convolution.
        window: which of the windows it is.
        letter: the open letter.
        axis: along which axis of y it picks windows.
        cell: the author's index of the cell along the axis.
        index_base: what the author's indices start from.
    """
    base, sizes = Integer(index_base), model.axes[axis]
    output = minus(letter, base)
    place = plus(minus(cell, base), sizes.before)
    offset = minus(place, times(output, sizes.stride))
    reads = between(ZERO, offset, minus(sizes.extent, ONE))
    last = equal(output, Floor(Quotient(place, sizes.stride)))
    past = plus(minus(place, sizes.extent), ONE)
    first = equal(output, Largest((ZERO, Ceiling(Quotient(past, sizes.stride)))))
    chosen = {"last": [last], "first": [first]}.get(window.name, [])
    return [reads, *chosen]
