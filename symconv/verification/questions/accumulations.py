"""Loops that add to an array for every window, dx[it:it+p] += dy[i]*w, in NumPy's notation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from symconv.formula.notation import Statement
from symconv.formula.tree import (
    AllOf,
    Ceiling,
    Compare,
    Condition,
    Entry,
    Equation,
    Expression,
    Letter,
    Not,
    Partial,
    Quotient,
    SumWhere,
    walk,
)
from symconv.verification.outcome import Outcome
from symconv.verification.questions.array_verdicts import Reading
from symconv.verification.questions.arrays import Form, judged, readings_of
from symconv.verification.reading.geometries import Geometry
from symconv.verification.reading.loops import Loop, Stretch, loop_of
from symconv.verification.reading.names import alternatives
from symconv.verification.reading.roles import Told
from symconv.verification.reading.settling import UnsettledError
from symconv.verification.truth.algebra import ONE, ZERO, between, equal, minus, plus, substitute
from symconv.verification.truth.convolution import Axis

SCATTERED: Final = "{} is the gradient of the input, or the output of a transposed convolution"


def decide(statements: Sequence[Statement], told: Told) -> list[Outcome | None]:
    """Return what is found out about each statement that is a loop."""
    return [judged(_readings(statement, told)) for statement in statements]


def _readings(statement: Statement, told: Told) -> Iterator[Reading]:
    for cost, (settled,) in alternatives((statement,)):
        try:
            loop = loop_of(settled)
        except UnsettledError:
            continue
        if loop is not None:
            for reading in _readings_of(loop, cost, told):
                if (guarded := _guarded(reading, loop)) is not None:
                    yield replace(guarded, as_written=False)


def _readings_of(loop: Loop, cost: float, told: Told) -> Iterator[Reading]:
    """Yield the readings of a loop; what is scattered is a gradient, whatever it is called."""
    form = Form(loop.equation, (), "")
    if not loop.scatters:
        yield from readings_of(form, cost, told)
        return
    own = readings_of(form, cost, told)
    found = [reading for reading in own if isinstance(reading.geometry.claim.left, Partial)]
    yield from found
    left = loop.equation.left
    if found or not isinstance(left, Entry) or left.array in told.names:
        return
    called = replace(told, names={**told.names, left.array: "grad_input"})
    yield from readings_of(replace(form, assumes=(SCATTERED.format(left.array),)), cost, called)


def _guarded(reading: Reading, loop: Loop) -> Reading | None:
    """Return a reading with what NumPy demands of slices; None where it does not fit a loop."""
    geometry = reading.geometry
    (right,) = geometry.claim.rights
    if len(loop.stretches) not in (0, len(geometry.model.axes)) or not isinstance(right, SumWhere):
        return None
    guards = [
        guard
        for stretch, axis in zip(loop.stretches, geometry.model.axes, strict=False)
        for guard in _Slice(stretch, axis, geometry, loop).guards()
    ]
    if not guards:
        return reading
    condition = AllOf((right.condition, *guards))
    claim: Equation = replace(geometry.claim, rights=(replace(right, condition=condition),))
    return replace(reading, geometry=replace(geometry, claim=claim))


@dataclass(frozen=True)
class _Slice:
    """A slice of a loop, along an axis of the convolution that it is read as."""

    stretch: Stretch
    axis: Axis
    geometry: Geometry
    loop: Loop

    def guards(self) -> Iterator[Condition]:
        """Yield the conditions under which what is added here arrives, and stays."""
        interval = self.stretch.interval
        start, stop = self._ours(interval.start or ZERO), self._ours(interval.stop)
        length = self._ours(Ceiling(Quotient(self.stretch.span, self.stretch.step)))
        yield equal(length, self.axis.kernel)
        if not self.loop.adds:
            yield self._stays(start, stop)

    def _stays(self, start: Expression, stop: Expression) -> Condition:
        """Return the condition that the next window does not set the entry again.

        The windows that reach an entry follow each other, so the last one is the one whose
        successor does not reach it.
        """
        bound = {name for part in (start, stop) for name in part.names if name.startswith("_")}
        if len(bound) != 1:
            return Not(AllOf(()))
        (name,) = bound
        following = plus(Letter(name), ONE)
        first, behind = (substitute(end, {name: following}) for end in (start, stop))
        there = Compare("<=", following, minus(self.axis.output, ONE))
        cell = Letter(f"_{self.stretch.cell}")
        return Not(AllOf((there, between(first, cell, minus(behind, ONE)))))

    def _ours(self, node: Any) -> Any:
        """Return an expression of the author in our letters."""
        ours = {author: our for our, author in self.geometry.author.items()}
        letters = {part.name for part in walk(node) if isinstance(part, Letter)}
        return substitute(node, {n: Letter(ours.get(n, f"_{n}")) for n in sorted(letters)})
