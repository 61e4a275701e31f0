"""Equations of one display are about one convolution: what one of them has, another leaves out.

y with a padding P, and a gradient beside it without: the gradient is right where nothing is padded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from symconv.verification.outcome import RIGHT, Outcome
from symconv.verification.questions.array_verdicts import Reading
from symconv.verification.truth.algebra import ONE, ZERO
from symconv.verification.truth.convolution import Axis

LEFT_OUT: Final[tuple[tuple[str, Callable[[Axis], bool]], ...]] = (
    ("the stride is 1", lambda axis: axis.stride == ONE),
    ("the dilation is 1", lambda axis: axis.dilation == ONE),
    ("nothing is padded", lambda axis: axis.before == ZERO and axis.after == ZERO),
)


def direction_beside(outcomes: Sequence[Outcome | None]) -> bool | None:
    """Return whether the y of a display turns the kernel round; None where it has none, or both."""
    found = {
        outcome.basis.geometry.model.flipped
        for outcome in outcomes
        if outcome
        and outcome.status == "proved"
        and isinstance(outcome.basis, Reading)
        and _is_forward(outcome.basis)
    }
    return found.pop() if len(found) == 1 else None


def hangs_on_direction(outcome: Outcome | None, turned: bool) -> bool:
    """Return whether a gradient is right of the other direction only, or of one of the two."""
    if outcome is None or not isinstance(outcome.basis, Reading) or _is_forward(outcome.basis):
        return False
    other = outcome.basis.geometry.model.flipped != turned
    right = outcome.status in RIGHT
    return outcome.status == "depends" or (right and other)


def with_neighbours(outcomes: Sequence[Outcome | None]) -> list[Outcome | None]:
    """Return outcomes with what they leave out of the convolution beside them as a condition."""
    return [
        _limited(outcome, [other for other in outcomes if other is not outcome])
        if outcome and outcome.status in RIGHT
        else outcome
        for outcome in outcomes
    ]


def _limited(outcome: Outcome, others: Sequence[Outcome | None]) -> Outcome:
    """Return an outcome that holds only where the convolution beside it has no more than it."""
    found = [words for words in _missing(outcome, others) if words not in outcome.condition]
    if not found:
        return outcome
    condition = "; ".join([*filter(None, [outcome.condition]), *found])
    return replace(outcome, status="right_when", condition=condition)


def _missing(outcome: Outcome, others: Sequence[Outcome | None]) -> Iterator[str]:
    own = outcome.basis
    if not isinstance(own, Reading):
        return
    beside = [
        other.basis
        for other in others
        if other and isinstance(other.basis, Reading) and _kernels(other.basis) == _kernels(own)
    ]
    for words, is_plain in LEFT_OUT:
        if all(map(is_plain, own.geometry.model.axes)) and any(
            not is_plain(axis)
            for other in beside
            if _is_forward(other)
            for axis in other.geometry.model.axes
        ):
            yield words


def _kernels(reading: Reading) -> list[str]:
    return [name for name, role in reading.typed.names.items() if role == "w"]


def _is_forward(reading: Reading) -> bool:
    """Return whether an equation is of y itself, which says what the convolution is."""
    return "y" in reading.typed.names.values() and "e" not in reading.typed.names.values()
