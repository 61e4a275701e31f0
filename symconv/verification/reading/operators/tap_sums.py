"""Sums over taps inside expressions of whole arrays: rot180{sum_m sum_n d_{i+m,j+n} w_{m,n}}."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from symconv.formula.notation import Big, Juxtaposed, Mark, Marked, Multiplied, Name, Run, Starred
from symconv.formula.tree import Compare, Integer, Negated, Total, walk
from symconv.verification.reading.names import flat
from symconv.verification.reading.operators.names import bare
from symconv.verification.reading.operators.sketches import Gathers, Sketch
from symconv.verification.truth.algebra import rebuild

Index: TypeAlias = tuple[str, int, str, int, int]  # (tap letter, +-1, free letter, +-1, number)


def tap_sum(node: Big, operand: Callable[[Sequence[Any]], Sketch]) -> Gathers | None:
    """Return a sum of products of two entries as a sum over taps; None for any other sum.

    Args:
        node: the outermost sum.
        operand: reads the factors of one operand.
    """
    bound, body = _binders(node)
    body = bare(body)
    factors = list(body.factors) if isinstance(body, Juxtaposed | Multiplied) else []
    if isinstance(body, Starred) and body.sign == "*":
        factors = [body.left, body.right]
    groups = _entries(factors)
    if len(groups) != 2:
        return None
    indices = [_indices(group[-1]) for group in groups]
    for moving, still in ((0, 1), (1, 0)):
        found = _matched(indices[moving], indices[still], bound)
        if found is not None:
            left, right = (operand(_bare_names(groups[place])) for place in (moving, still))
            return Gathers(left, right, *found)
    return None


def _binders(node: Big) -> tuple[tuple[str, ...], Any]:
    """Return (the letters that are summed over, the body)."""
    letters: list[str] = []
    inner: Any = node
    while isinstance(inner, Big) and inner.operator == "sum":
        letters += [flat(b.left if isinstance(b, Compare) else b) for b in inner.below]
        inner = bare(inner.body)
    return tuple(letters), inner


def _entries(factors: list[Any]) -> list[list[Any]]:
    """Return the factors in groups that end with an entry: rot180 W_{m,n} is one."""
    groups: list[list[Any]] = [[]]
    for factor in factors:
        groups[-1].append(factor)
        if _indices(factor):
            groups.append([])
    return [group for group in groups if group] if not groups[-1] else []


def _bare_names(factors: list[Any]) -> list[Any]:
    """Return the factors of an operand without the indices of its entry."""
    *before, last = factors
    return [*before, _without(last)]


def _without(node: Any) -> Any:
    if isinstance(node, Marked) and isinstance(node.base, Name | Run):
        kept = tuple(mark for mark in node.marks if mark.kind == "sup" or not _is_index(mark))
        if len(kept) < len(node.marks):
            return Marked(node.base, kept) if kept else node.base
    return rebuild(node, _without)


def _indices(node: Any) -> tuple[Any, ...]:
    """Return the indices of the entry in a factor."""
    marks = [
        mark
        for part in walk(node)
        if isinstance(part, Marked) and isinstance(part.base, Name | Run)
        for mark in part.marks
        if mark.kind in ("sub", "bracket", "paren") and _is_index(mark)
    ]
    if len(marks) != 1:
        return ()
    (mark,) = marks
    if len(mark.items) == 1 and isinstance(mark.items[0], Run):
        return mark.items[0].letters
    return mark.items


def _is_index(mark: Mark) -> bool:
    return all(isinstance(item, Name | Run | Total) for item in mark.items) and any(
        len(part.text) < 3 for item in mark.items for part in walk(item) if isinstance(part, Name)
    )


def _matched(
    moving: tuple[Any, ...], still: tuple[Any, ...], bound: tuple[str, ...]
) -> tuple[int, int, int] | None:
    """Return (slope, tap, offset) if every axis is left[slope i + tap m + offset] right[m]."""
    found = set()
    for index in moving:
        if isinstance(index, Name):
            continue
        term = _affine(index, bound)
        if term is None or not any(isinstance(s, Name) and s.text == term[0] for s in still):
            return None
        found.add((term[3], term[1], term[4]))
    taps = {letter for letter in bound if any(letter == flat(index) for index in still)}
    used = {term[0] for index in moving if (term := _affine(index, bound)) is not None}
    spare = {flat(index) for index in moving if isinstance(index, Name)}
    return found.pop() if len(found) == 1 and taps - spare == used else None


def _affine(index: Any, bound: tuple[str, ...]) -> Index | None:
    """Return an index that is a free letter plus or minus a tap, and a number."""
    if not isinstance(index, Total):
        return None
    tap: list[tuple[str, int]] = []
    free: list[tuple[str, int]] = []
    number = 0
    for term in index.terms:
        sign = -1 if isinstance(term, Negated) else 1
        inner = bare(term.operand if isinstance(term, Negated) else term)
        if isinstance(inner, Integer):
            number += sign * inner.value
        elif isinstance(inner, Name):
            (tap if inner.text in bound else free).append((inner.text, sign))
        else:
            return None
    if len(tap) != 1 or len(free) != 1:
        return None
    return (*tap[0], *free[0], number)
