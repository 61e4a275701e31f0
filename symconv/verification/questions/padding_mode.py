"""Claims about a padded input, x_p[u] = x[...]: which cell each cell of the padding is a copy of.

A text does not say of which padding it speaks, nor whether it counts the padded cells from the
first of them or from that of the input, so every such reading is tried. Each axis poses three
questions: the padding in front, the input itself, the padding at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from symconv.formula.tree import (
    AnyOf,
    Cases,
    Compare,
    Condition,
    Entry,
    Equation,
    Expression,
    Integer,
    Letter,
    Not,
)
from symconv.verification.questions.questions import ConditionQuestion, Free, ScalarQuestion, Window
from symconv.verification.truth.algebra import ONE, ZERO, all_of, equal, minus, plus, times
from symconv.verification.truth.convolution import Axis, Model
from symconv.verification.truth.guarded_terms import misunderstood
from symconv.verification.truth.layout import AXES

PADDED: Final = "xp"  # our name of a padded input
_MODES: Final = ("reflect", "replicate", "circular")
_ORIGINS: Final = {
    "input": "cells counted from the first of the input",
    "padding": "cells counted from the first of the padding",
}
PADDINGS: Final = tuple(
    Window(f"{mode} {origin}", f"{mode} padding, {words}")
    for origin, words in _ORIGINS.items()
    for mode in _MODES
)
_ALWAYS: Final = equal(ZERO, ZERO)

Region: TypeAlias = tuple[str, Expression, Expression, Expression]  # part, first, last, source


def padding_questions(
    claim: Equation,
    model: Model,
    window: Window,
    *,
    index_base: int,
    assumed: tuple[Condition, ...],
) -> tuple[ScalarQuestion | ConditionQuestion, ...]:
    """Return what a claim about a padded input asks, in the reading of a window of PADDINGS.

    Raises:
        FormulaError: the reading is about something else, or a side is no entry of an array.
    """
    left = claim.left
    assert isinstance(left, Entry)
    if window not in PADDINGS:
        raise misunderstood(left, "must be read as reflect, replicate or circular padding")
    mode, _, origin = window.name.partition(" ")
    readings = [_Side(right, left, model, index_base) for right in claim.rights]
    questions: list[ScalarQuestion | ConditionQuestion] = []
    for number, axis in enumerate(model.axes):
        index = model.along_axes("x", left.indices)[number]
        if not isinstance(index, Letter):
            raise misunderstood(left, "must have letters as indices")
        shift = plus(Integer(index_base), axis.before if origin == "padding" else ZERO)
        cell = minus(index, shift)
        sizes = (*assumed, *claim.conditions, _copyable(mode, axis))
        for part, first, last, source in _regions(mode, axis, cell):
            free = (Free(index.name, plus(first, shift), plus(last, shift)),)
            kind = f"padded input, {part}" + (f", axis {number}" if len(model.axes) > 1 else "")
            questions += [side.asks(kind, number, source, free, sizes) for side in readings]
    return tuple(questions)


def _copyable(mode: str, axis: Axis) -> Condition:
    """Return the condition that an input is large enough for its padding."""
    least = {"reflect": plus(axis.before, ONE), "replicate": ONE, "circular": axis.before}[mode]
    return Compare("<=", least, axis.input)


def _regions(mode: str, axis: Axis, cell: Expression) -> tuple[Region, ...]:
    """Return the three parts of an axis: where it begins and ends, and the cell it is a copy of."""
    last = minus(axis.input, ONE)
    sources = {
        "reflect": (minus(ZERO, cell), minus(times(Integer(2), last), cell)),
        "replicate": (ZERO, last),
        "circular": (plus(cell, axis.input), minus(cell, axis.input)),
    }
    front, end = sources[mode]
    return (
        ("in front", minus(ZERO, axis.before), minus(ZERO, ONE), front),
        ("inside", ZERO, last, cell),
        ("at the end", axis.input, plus(last, axis.after), end),
    )


@dataclass(frozen=True)
class _Side:
    """One right side of a claim about a padded input."""

    right: Expression
    left: Entry
    model: Model
    index_base: int

    def asks(
        self,
        kind: str,
        axis: int,
        source: Expression,
        free: Sequence[Free],
        sizes: tuple[Condition, ...],
    ) -> ScalarQuestion | ConditionQuestion:
        """Ask whether it reads the source along an axis."""
        if not isinstance(self.right, Cases):
            claimed = self._index(self.right, axis)
            return ScalarQuestion(kind, claimed, source, (*free,), sizes)
        found: list[Condition] = []
        before: tuple[Condition, ...] = ()
        for branch in self.right.branches:
            here = () if branch.condition is None else (branch.condition,)
            reads = equal(self._index(branch.value, axis), source)
            found.append(all_of(*before, *here, reads))
            before += tuple(map(Not, here))
        return ConditionQuestion(kind, AnyOf(tuple(found)), _ALWAYS, (*free,), sizes)

    def _index(self, value: Any, axis: int) -> Expression:
        if not isinstance(value, Entry) or value.array != "x":
            raise misunderstood(value, "must be an entry of x")
        if len(value.indices) != len(self.left.indices):
            raise misunderstood(value, f"must have {len(self.left.indices)} indices")
        mine = self.model.by_role("x", value.indices)
        theirs = self.model.by_role("x", self.left.indices)
        if any(mine[role] != theirs[role] for role in mine if role not in AXES):
            raise misunderstood(value, "must be of the same image and channel")
        return minus(mine[AXES[axis]], Integer(self.index_base))
