"""Where the limits of a sum lead beyond an array: right only if what lies outside it is 0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from symconv.formula.tree import Entry, Equation, Expression, Integer, Negated, SumOver, walk
from symconv.verification.reading.index_graph import array_of
from symconv.verification.truth.algebra import (
    ONE,
    expanded,
    linear_in,
    minus,
    negative,
    substitute,
)
from symconv.verification.truth.convolution import Model

_WORDS: Final = {"w": "kernel", "dy": "output", "x": "input"}


def beyond(claim: Equation, model: Model, index_base: int) -> tuple[str, ...]:
    """Return what is assumed of entries that sums read before the first or behind the last one.

    Args:
        claim: an equation in our letters.
        model: its convolution, whose sizes those of the arrays are.
        index_base: what indices start from.
    """
    found: dict[str, None] = {}
    for total in walk(claim):
        if not isinstance(total, SumOver) or total.lower is None or total.upper is None:
            continue
        for entry in walk(total.body):
            known = isinstance(entry, Entry) and array_of(entry) in _WORDS
            if known and any(_leads_out(total, entry, model, index_base)):
                found[f"what sums read outside the {_WORDS[array_of(entry)]} is 0"] = None
    return tuple(found)


def _leads_out(total: SumOver, entry: Entry, model: Model, base: int) -> Iterator[bool]:
    shape = model.shape(array_of(entry))
    if len(shape) != len(entry.indices):
        return
    for index, size in zip(entry.indices, shape, strict=True):
        slope = (linear_in(index, total.letter) or (None,))[0]
        if slope not in (ONE, negative(ONE)):
            continue
        ends = [_at(index, total.letter, end, base) for end in (total.lower, total.upper)]
        low, high = ends if slope == ONE else reversed(ends)
        first, last = expanded(low), expanded(minus(high, minus(size, ONE)))
        yield isinstance(first, Negated) and isinstance(first.operand, Integer)
        yield isinstance(last, Integer) and last.value > 0


def _at(index: Expression, letter: str, value: Any, base: int) -> Expression:
    """Return an index, counted from 0, at a value of the letter."""
    return minus(substitute(index, {letter: value}), Integer(base))
