"""Operators over entries that are written one by one, all of them or with dots."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any, Final

from symconv.formula.notation import (
    Dots,
)
from symconv.formula.tree import (
    Integer,
    Letter,
)
from symconv.verification.reading.pooling.elements import (
    Bound,
    NotPooledError,
    Pooled,
    element,
)
from symconv.verification.reading.pooling.polynomials import (
    Polynomial,
    number,
    polynomial,
)
from symconv.verification.truth.algebra import ZERO, plus

MAX_WRITTEN: Final = 64


def written_out(operator: str, items: tuple[Any, ...]) -> Pooled:
    """Return an operator over entries that are written one by one and fill a box of cells."""
    if any(isinstance(item, Dots) for item in items):
        return _with_dots(operator, items)
    entries = [element(item) for item in items]
    first = entries[0]
    found = [entry for entry in entries if entry is not None and entry.indices]
    if first is None or len(found) != len(items) or len(items) > MAX_WRITTEN:
        raise NotPooledError("not all terms are entries")
    if any(replace(entry, indices=first.indices) != first for entry in found):
        raise NotPooledError("the entries are of several arrays")
    places = [[polynomial(index) for index in entry.indices] for entry in found]
    offsets = [_offsets(place, places[0]) for place in places]
    axes = list(zip(*offsets, strict=True))
    spans = [range(min(axis), max(axis) + 1) for axis in axes]
    if sorted(offsets) != sorted(product(*spans)):
        raise NotPooledError("the entries do not fill a box of cells")
    indices, bounds = [], []
    for place, (index, span) in enumerate(zip(places[0], spans, strict=True)):
        moved = (index + number(span[0])).expression()
        if len(span) > 1:
            letter = f"offset {place + 1}"
            moved = plus(moved, Letter(letter))
            bounds.append(Bound(letter, ZERO, Integer(len(span) - 1)))
        indices.append(moved)
    entry = replace(first, indices=tuple(indices))
    return Pooled(operator, entry, tuple(bounds), written_out=True)


def _with_dots(operator: str, items: tuple[Any, ...]) -> Pooled:
    """Return an operator over x_i, x_{i+1}, ..., x_{i+k-1}."""
    *before, dots, last = items
    found = [element(item) for item in (*before, last)]
    known = [entry for entry in found if entry is not None and entry.indices]
    if not isinstance(dots, Dots) or len(known) != len(items) - 1 or not before:
        raise NotPooledError("what the dots stand for is not said")
    start, end = known[0], known[-1]
    if any(replace(entry, indices=start.indices) != start for entry in known):
        raise NotPooledError("the entries are of several arrays")
    moved = [place for place, (a, b) in enumerate(zip(start.indices, end.indices, strict=True))
             if polynomial(a) != polynomial(b)]  # fmt: skip
    if len(moved) != 1:
        raise NotPooledError("the entries do not lie in one row")
    (place,) = moved
    for step, entry in enumerate(known[:-1]):
        ahead = polynomial(entry.indices[place]) - polynomial(start.indices[place])
        if ahead != number(step):
            raise NotPooledError("the entries are not one cell apart")
    span = polynomial(end.indices[place]) - polynomial(start.indices[place])
    letter = f"offset {place + 1}"
    indices = list(start.indices)
    indices[place] = plus(indices[place], Letter(letter))
    bound = Bound(letter, ZERO, span.expression())
    return Pooled(operator, replace(start, indices=tuple(indices)), (bound,), written_out=True)


def _offsets(place: list[Polynomial], start: list[Polynomial]) -> tuple[int, ...]:
    """Return by how many cells an entry lies behind another."""
    if len(place) != len(start):
        raise NotPooledError("the entries have different numbers of indices")
    steps = [(index - first).constant for index, first in zip(place, start, strict=True)]
    if any(step is None or step.denominator != 1 for step in steps):
        raise NotPooledError("the entries are not a fixed number of cells apart")
    return tuple(int(step) for step in steps if step is not None)
