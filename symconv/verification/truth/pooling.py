"""What is true of pooling: the cells of a window, and the windows that read a cell.

A window of output i covers the cells i*t - lo, ..., i*t - lo + d*(k-1) in steps of d. An average
passes to each of its cells the share 1/k of what arrives at it, a sum all of it; a maximum passes
all of it to the largest cell, which is defined where there are no ties.
"""

from __future__ import annotations

from collections.abc import Sequence

from symconv.formula.tree import AllOf, Condition, Divides, Expression, Letter
from symconv.verification.truth.algebra import ONE, ZERO, between, minus, plus, times
from symconv.verification.truth.convolution import Axis, Model
from symconv.verification.truth.guarded_terms import Atom, Binder, GuardedTerm
from symconv.verification.truth.layout import Layout


def pooling_model(axes: Sequence[Axis]) -> Model:
    """Return the model of a pooling layer: windows over planes, every channel by itself."""
    return Model(tuple(axes), flipped=False, layout=Layout(len(axes)))


def cells_of_window(model: Model, output: Sequence[Expression]) -> tuple[GuardedTerm, ...]:
    """Return the sum over all cells of a window; indices count from 0."""
    binders, cells = [], []
    for place, (axis, index) in enumerate(zip(model.axes, output, strict=True)):
        name = f"tap{place}#"
        binders.append(Binder(name, ZERO, minus(axis.kernel, ONE)))
        cells.append(axis.read(index, Letter(name)))
    return (GuardedTerm(1, (Atom("x", tuple(cells)),), tuple(binders)),)


def windows_of_cell(model: Model, cell: Sequence[Expression]) -> tuple[GuardedTerm, ...]:
    """Return the sum over all windows that read a cell, of what arrives at their outputs."""
    binders, outputs = [], []
    guards: list[Condition] = []
    for place, (axis, index) in enumerate(zip(model.axes, cell, strict=True)):
        name = f"window{place}#"
        binders.append(Binder(name, ZERO, minus(axis.output, ONE)))
        outputs.append(Letter(name))
        guards.append(reads(axis, Letter(name), index))
    return (GuardedTerm(1, (Atom("dy", tuple(outputs)),), tuple(binders), tuple(guards)),)


def reads(axis: Axis, output: Expression, cell: Expression) -> Condition:
    """Return the condition that the window of an output covers a cell; indices from 0."""
    offset = minus(plus(cell, axis.before), times(output, axis.stride))
    inside = between(ZERO, offset, minus(axis.extent, ONE))
    if axis.dilation == ONE:
        return inside
    return AllOf((inside, Divides(axis.dilation, offset)))
