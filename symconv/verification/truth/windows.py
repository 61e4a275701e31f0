"""Which window an open letter stands for: any that reads the cell, the last or the first."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.formula.tree import (
    AnyOf,
    Ceiling,
    Compare,
    Condition,
    Expression,
    Floor,
    Integer,
    Largest,
    Letter,
    Quotient,
    Remainder,
)
from symconv.verification.questions.questions import OUTPUTS, Window
from symconv.verification.truth.algebra import ONE, ZERO, between, equal, minus, plus, times
from symconv.verification.truth.convolution import Model


def window_conditions(
    model: Model, window: Window, *, axis: int, cell: Expression, index_base: int
) -> list[Condition]:
    """Return what makes the open letter of an axis a window that reads a cell.

    Args:
        model: the convolution.
        window: which of the windows it is.
        axis: 0 or 1; the letter is i or j.
        cell: the author's index of the cell along the axis.
        index_base: what the author's indices start from.
    """
    base, sizes = Integer(index_base), model.axes[axis]
    output = minus(Letter(OUTPUTS[axis]), base)
    place = plus(minus(cell, base), sizes.before)
    offset = minus(place, times(output, sizes.stride))
    reads = between(ZERO, offset, minus(sizes.extent, ONE))
    last = equal(output, Floor(Quotient(place, sizes.stride)))
    past = plus(minus(place, sizes.extent), ONE)
    first = equal(output, Largest((ZERO, Ceiling(Quotient(past, sizes.stride)))))
    chosen = {"last": [last], "first": [first]}.get(window.name, [])
    return [reads, *chosen]


def unread(model: Model, cells: Sequence[Expression]) -> Condition:
    """Return the condition that no window spans a cell: it lies in a gap or behind the last."""
    missed: list[Condition] = []
    for sizes, cell in zip(model.axes, cells, strict=True):
        place = plus(cell, sizes.before)
        last = times(minus(sizes.output, ONE), sizes.stride)
        missed.append(Compare(">=", Remainder(place, sizes.stride), sizes.extent))
        missed.append(Compare(">=", place, plus(last, sizes.extent)))
    return AnyOf(tuple(missed))
