"""Entries of arrays, and what an operator over them is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from symconv.formula.notation import (
    Group,
    Mark,
    Marked,
    Name,
    Run,
    Slice,
    Words,
)
from symconv.formula.tree import (
    Condition,
    Expression,
    Integer,
    Partial,
    Total,
)
from symconv.verification.reading.names import flat
from symconv.verification.reading.pooling.conditions import indices
from symconv.verification.reading.scalars.trees import NotScalarError, scalar
from symconv.verification.truth.algebra import ONE, ZERO, minus

OPERATORS: Final = {
    "max": "max", "min": "min", "sum": "sum", "maximum": "max", "avg": "mean", "mean": "mean",
    "average": "mean", "ave": "mean", "amax": "max",
}  # fmt: skip


@dataclass(frozen=True)
class Element:
    """An entry of an array, or the derivative of the loss by one.

    Attributes:
        array: the array's name without indices: "X", "delta", "pz".
        label: what stands above it: "l-1", "P", "flip"; "" for nothing.
        indices: as they are written.
        partial: whether it is a derivative of the loss by the entry.
    """

    array: str
    label: str
    indices: tuple[Expression, ...]
    partial: bool = False


@dataclass(frozen=True)
class Bound:
    """A letter that an operator runs over, or a pair of them in a set that is only named.

    Attributes:
        letter: the name.
        lower, upper: its first and last value; None where nothing is said.
        region: the name of the set that it lies in, "R_ij"; "" for none.
    """

    letter: str
    lower: Expression | None = None
    upper: Expression | None = None
    region: str = ""


@dataclass(frozen=True)
class Pooled:
    """An operator over entries: scale * sum or maximum over the bounds of an entry.

    Attributes:
        operator: "max", "min", "sum", "mean", "lp", "any" (some function of a set), "" for none.
        element: the entry.
        bounds: what the operator runs over.
        scale: scalar factors.
        guards: further conditions.
        exponent: p of an Lp norm.
        written_out: whether the entries are written one by one.
    """

    operator: str
    element: Element
    bounds: tuple[Bound, ...] = ()
    scale: tuple[Expression, ...] = ()
    guards: tuple[Condition, ...] = ()
    exponent: Expression | None = None
    written_out: bool = False


class NotPooledError(ValueError):
    """A side is no entry under an operator."""


# Entries


def element(node: Any) -> Element | None:
    """Return the entry that a node is, or None."""
    match node:
        case Group(items=(item,)):
            return element(item)
        case Partial(by=by):
            inner = element(by)
            return None if inner is None else replace(inner, partial=True)
        case Name() | Run():
            return Element(flat(node), "", ())
        case Marked():
            return _marked(node)
    return None


def _marked(node: Marked) -> Element | None:
    base, marks = flat_base(node)
    if not isinstance(base, Name | Run | Words) or flat(base) in OPERATORS:
        return None
    behind = [mark for mark in marks if mark.kind in ("paren", "bracket")]
    labels: list[str] = []
    found: list[Expression] = []
    name = flat(base)
    try:
        for mark in _without_arguments(marks):
            if mark.kind == "sup":
                labels.append(",".join(map(flat, mark.items)))
            elif mark.kind == "sub" and (_is_word(mark) or (behind and _is_number(mark))):
                name += "_" + ",".join(map(flat, mark.items))
            else:
                found += indices(mark)
    except NotScalarError:
        return None
    return Element(name, " ".join(labels), tuple(found))


def _without_arguments(marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """Return the marks without the arrays of a function: MaxPool(X)_{ij} is an entry of MaxPool."""
    return tuple(
        mark
        for place, mark in enumerate(marks)
        if mark.kind != "paren" or not any(_has_indices(later) for later in marks[place + 1 :])
    )


def _has_indices(mark: Mark) -> bool:
    return mark.kind != "sup" and not _is_word(mark)


def flat_base(node: Marked) -> tuple[Any, tuple[Mark, ...]]:
    """Return what all marks stand behind, and the marks."""
    base: Any = node.base
    marks = node.marks
    while isinstance(base, Marked):
        base, marks = base.base, base.marks + marks
    return base, marks


def _is_word(mark: Mark) -> bool:
    return len(mark.items) == 1 and (
        isinstance(mark.items[0], Words)
        or (isinstance(mark.items[0], Name) and mark.items[0].word)
        or (isinstance(mark.items[0], Run) and mark.items[0].text in ("in", "out", "pad"))
    )


def _is_number(mark: Mark) -> bool:
    return len(mark.items) == 1 and isinstance(mark.items[0], Integer)


def entries(node: Any) -> tuple[Element | None, tuple[Bound, ...]]:
    """Return the entry that a node is, and what its slices run over: X[i*s : i*s+k] is X[i*s+u]."""
    if not isinstance(node, Marked) or not any(_slices(mark) for mark in node.marks):
        return element(node), ()
    bounds: list[Bound] = []
    marks = []
    for mark in node.marks:
        items: list[Any] = []
        for item in mark.items:
            if not isinstance(item, Slice):
                items.append(item)
                continue
            if item.start is None or item.stop is None or item.step is not None:
                return None, ()
            letter = f"cell {len(bounds) + 1}"
            last = minus(minus(size_of(item.stop), size_of(item.start)), ONE)
            bounds.append(Bound(letter, ZERO, last))
            terms: Any = (item.start, Name(letter))
            items.append(Total(terms))
        marks.append(replace(mark, items=tuple(items)))
    return element(replace(node, marks=tuple(marks))), tuple(bounds)


def _slices(mark: Mark) -> bool:
    return any(isinstance(item, Slice) for item in mark.items)


def size_of(node: Any) -> Expression:
    """Return a size or an index as an expression.

    Raises:
        NotPooledError: it is none.
    """
    try:
        return scalar(node)
    except NotScalarError as err:
        raise NotPooledError(str(err)) from err
