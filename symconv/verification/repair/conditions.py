"""Simple conditions under which a wrong claim is right: the stride divides, the kernel is odd."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from symconv.formula.tree import Compare, Condition, Divides, Integer, Remainder
from symconv.verification.deciding.prove import prove
from symconv.verification.questions.questions import Question
from symconv.verification.reading.words import Words
from symconv.verification.repair.edit_trials import UNCOUNTABLE, Trials
from symconv.verification.truth.algebra import ONE, all_of, equal, letters_in
from symconv.verification.truth.convolution import Axis, Model

TIMEOUT: Final = 0.5  # seconds for each query of a proof
MOST_PROVED: Final = 3
_TWO: Final = Integer(2)


@dataclass(frozen=True)
class Special:
    """A condition on sizes.

    Attributes:
        words: the condition in words.
        condition: the condition.
        meant: whether an author may have meant it without a word; others are a coincidence.
    """

    words: str
    condition: Condition
    meant: bool


def special_conditions(words: Words) -> tuple[Special, ...]:
    """Return the simple conditions under which a wrong claim may still hold."""
    axes = words.authored.geometry.model.axes
    found: dict[str, list[Special]] = {}
    for axis in axes:
        for kind, special in _of_axis(axis, words):
            found.setdefault(kind, []).append(special)
    specials = [_together(along) for along in found.values() if len(along) == len(axes)]
    if len(axes) > 1 and axes[0].kernel != axes[1].kernel:
        one, other = axes[0].kernel, axes[1].kernel
        told = f"{words.text(one)} = {words.text(other)}"
        specials.append(Special(told, equal(one, other), meant=False))
    return tuple(specials)


def _of_axis(axis: Axis, words: Words) -> Iterator[tuple[str, Special]]:
    """Yield (kind, condition) for the sizes of one axis that are no numbers."""
    kernel, stride, room = (words.text(size) for size in (axis.kernel, axis.stride, axis.room))
    if letters_in(axis.kernel):
        odd = equal(Remainder(axis.kernel, _TWO), ONE)
        yield "odd", Special(f"{kernel} is odd", odd, meant=True)
        yield "pointwise", Special(f"{kernel} = 1", equal(axis.kernel, ONE), meant=False)
    if letters_in(axis.stride):
        divides = Divides(axis.stride, axis.room)
        yield "divides", Special(f"{stride} divides {room}", divides, meant=True)
        yield "dense", Special(f"{stride} = 1", equal(axis.stride, ONE), meant=False)
        tiles = equal(axis.stride, axis.kernel)
        yield "tiles", Special(f"{stride} = {kernel}", tiles, meant=False)
        apart = Compare(">=", axis.stride, axis.kernel)
        yield "apart", Special(f"{stride} ≥ {kernel}", apart, meant=False)


def _together(along: Sequence[Special]) -> Special:
    """Return the condition that holds along all axes."""
    words = dict.fromkeys(special.words for special in along)
    conditions = dict.fromkeys(special.condition for special in along)
    return Special(" and ".join(words), all_of(*conditions), along[0].meant)


def holds_when(
    questions: Sequence[Question], model: Model, specials: Sequence[Special]
) -> tuple[Special, ...]:
    """Return the simple conditions under which all questions are proved to have a yes."""
    by_words = {special.words: special.condition for special in specials}
    left = list(specials)
    for question in questions:
        try:
            passed = Trials(model).conditions_passed(question, by_words)
        except UNCOUNTABLE:
            return ()
        left = [special for special in left if special.words in passed]
    return tuple(
        special
        for special in left[:MOST_PROVED]
        if all(_proved(question, model, special.condition) for question in questions)
    )


def _proved(question: Question, model: Model, condition: Condition) -> bool:
    assumed = replace(question, assumptions=(*question.assumptions, condition))
    return prove(assumed, model, timeout=TIMEOUT).proved
