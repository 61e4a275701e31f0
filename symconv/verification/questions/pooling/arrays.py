"""Definitions of arrays by their entries: padded with zeros, spread with zeros, turned round.

A[q] = X[q - p] where that is an entry of X, else 0; A[i] = X[i/s] where s divides i, else 0;
A[a] = X[k-1-a]. The condition must say exactly when the entry exists, whatever the sizes are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from symconv.formula.notation import Conditional, Marked, Name, Statement
from symconv.formula.tree import (
    Branch,
    Cases,
    Compare,
    Condition,
    Divides,
    Expression,
    Integer,
    Letter,
    Quotient,
    Remainder,
)
from symconv.verification.outcome import Candidate
from symconv.verification.questions.pooling.deciding import Asked
from symconv.verification.reading.axis_names import displaced
from symconv.verification.reading.operators.words import ROTATIONS
from symconv.verification.reading.pooling.conditions import condition
from symconv.verification.reading.pooling.elements import Element, element
from symconv.verification.reading.pooling.polynomials import Polynomial, letter, number, polynomial
from symconv.verification.reading.pooling.roles import INPUT, KERNEL, NEUTRAL, OUTPUT, fit
from symconv.verification.reading.roles import Told
from symconv.verification.reading.scalars.size_priors import taken_apart
from symconv.verification.reading.scalars.trees import NotScalarError
from symconv.verification.reading.turned_axes import turned_axes_assumed
from symconv.verification.report.wording import Example
from symconv.verification.truth.algebra import ZERO, conjuncts

_ACCENTS: Final = ("_tilde", "_hat", "_bar", "_check", "_breve", "_dot", "_rot", "'")
_BRACKETS: Final = ("paren", "bracket")
_PREFIXES: Final = ("p", "pad", "zp")


def array_definition(statement: Statement, told: Told) -> Iterator[Candidate]:
    """Yield what is found about a statement that defines one array by another."""
    left = element(_named_after(statement.sides[0]))
    if left is None or left.partial or not left.indices or len(statement.sides) != 2:
        return
    right: Any = statement.sides[1]
    if isinstance(right, Conditional):
        branches = (Branch(right.value, right.condition), Branch(right.otherwise, None))  # type: ignore[arg-type]
        right = Cases(branches)
    if isinstance(right, Cases):
        yield from _by_cases(left, right, told)
        return
    source = element(right)
    if source is not None and not source.partial and _related(left, source):
        yield from _turned(left, source, told)
        yield from _spread(left, source)


def _named_after(side: Any) -> Any:
    """Return rot180(K)_{m,n} as an entry of an array of its own, K_rot."""
    match side:
        case Marked(base=Name(text=text), marks=marks) if text in ROTATIONS - {"rot90"}:
            places = [place for place, mark in enumerate(marks) if mark.kind in _BRACKETS]
            inner: Any = marks[places[0]].items[0] if places else None
            rest = marks[places[0] + 1 :] if places else ()
            if rest and isinstance(inner, Name):
                return Marked(Name(f"{inner.text}_rot"), rest, span=side.span)
    return side


def _related(left: Element, source: Element) -> bool:
    """Return whether an array is called after another: X^P after X, p-delta after delta."""
    same_name = (left.array, left.label) == (source.array, source.label)
    return not same_name and _root(left.array) in (_root(source.array), source.array)


def _root(name: str) -> str:
    for accent in _ACCENTS:
        name = name.removesuffix(accent)
    for prefix in _PREFIXES:
        if len(name) > len(prefix) + 1 and name.startswith(prefix):
            name = name.removeprefix(prefix)
    return name.split("_")[0] or name


def _written(found: Element) -> str:
    return f"{found.array}^{found.label}" if found.label else found.array


# Padding and spreading, by cases


@dataclass(frozen=True)
class _Along:
    """One axis: the letter on the left, and the index of the entry on the right."""

    place: str
    source: Expression


def _by_cases(left: Element, right: Cases, told: Told) -> Iterator[Candidate]:
    branches = right.branches
    if len(branches) != 2 or branches[1].value != Integer(0) or branches[0].condition is None:
        return
    source: Any = element(branches[0].value)
    if source is None or source.partial or len(source.indices) != len(left.indices):
        return
    axes = []
    for place, index in zip(left.indices, source.indices, strict=True):
        if place == index:
            continue
        if not isinstance(place, Letter):
            return
        axes.append(_Along(place.name, index))
    try:
        parts = list(conjuncts([condition(branches[0].condition)]))
    except NotScalarError:
        return
    words = f"{_written(left)} made of {_written(source)}"
    if axes and all(isinstance(axis.source, Quotient) for axis in axes):
        yield from _by_division(axes, parts, Asked("array spread with zeros", words))
    elif axes:
        yield from _by_range(axes, parts, Asked("padded array", words), told)


def _by_range(
    axes: Sequence[_Along], parts: Sequence[Condition], asked: Asked, told: Told
) -> Iterator[Candidate]:
    """Compare the conditions with first <= index <= first + size - 1 for a size of the source."""
    said = [_excess(part) for part in parts]
    if any(part is None for part in said):
        return
    left_over = [part for part in said if part is not None]
    bases: list[int] = []
    places: list[tuple[str, int]] = []
    for order, axis in enumerate(axes):
        index = polynomial(axis.source)
        own = [part for part in left_over if axis.place in part.letters]
        left_over = [part for part in left_over if axis.place not in part.letters]
        ends = _ends(own, index, axis.place)
        if ends is None:
            return
        lowest, size, base = ends
        if lowest != number(base) or (excess := _excess_of(size, told)) is None:
            return
        if excess:
            wrong = (f"{excess} more indices are allowed than the array has",)
            case = Example({}, {}, "an entry behind the last one", "0", wrong)
            yield Candidate(0.0, asked.outcome("refuted", "all sizes", counterexample=case))
            return
        bases.append(base)
        names = [unknown.name for unknown in size.unknowns if isinstance(unknown, Letter)]
        places += [(name, order) for name in names]
    if not left_over and len(set(bases)) == 1 and told.index_base in (None, bases[0]):
        reading = asked.reading_more(f"first index {bases[0]}, zero outside")
        assumed = displaced(places, told) if len(axes) == 2 else ()
        yield Candidate(0.0, reading.outcome("proved", "for all sizes"), "; ".join(assumed))


def _excess(part: Condition) -> Polynomial | None:
    """Return a polynomial that is 0 or more where a comparison holds."""
    if not isinstance(part, Compare) or part.operator not in ("<", "<=", ">", ">="):
        return None
    low, high = polynomial(part.left), polynomial(part.right)
    if part.operator in (">", ">="):
        low, high = high, low
    return high - low - (number(1) if part.operator in ("<", ">") else number(0))


def _ends(
    own: Sequence[Polynomial], index: Polynomial, place: str
) -> tuple[Polynomial, Polynomial, int] | None:
    """Return (lowest index, number of indices, first index) that the conditions allow."""
    lower = [index - part for part in own if place not in (index - part).letters]
    upper = [index + part for part in own if place not in (index + part).letters]
    if len(lower) != 1 or len(upper) != 1 or len(own) != 2:
        return None
    base = 1 if lower[0].constant == 1 else 0
    return lower[0], upper[0] - lower[0] + number(1), base


def _excess_of(size: Polynomial, told: Told) -> int | None:
    """Return by how many a number of indices exceeds a size; None where there is no such size.

    Fewer are a part of the array, which may well be meant.
    """
    names = [unknown.name for unknown in size.unknowns if isinstance(unknown, Letter)]
    if len(names) != 1 or min(fit(names[0], role, told) for role in (INPUT, OUTPUT)) > NEUTRAL:
        return None
    excess = (size - letter(names[0])).constant
    return int(excess) if excess is not None and excess >= 0 else None


def _by_division(
    axes: Sequence[_Along], parts: Sequence[Condition], asked: Asked
) -> Iterator[Candidate]:
    """Compare the conditions with "the stride divides the index" along every axis."""
    wanted = {(axis.place, _divisor(axis)) for axis in axes}
    said = {_division(part) for part in parts}
    if None in said or any(divisor is None for _, divisor in wanted):
        return
    if said == wanted:
        strides = " × ".join(sorted({str(divisor) for _, divisor in wanted}))
        reading = asked.reading_more(f"zeros between entries, stride {strides}, first index 0")
        yield Candidate(0.0, reading.outcome("proved", "for all sizes"))
    elif len(said) == len(wanted) and {place for place, _ in wanted} == {
        division[0] for division in said if division is not None
    }:
        case = Example(
            {}, {}, "an index that is no integer", "0", ("the condition is of another divisor",)
        )
        yield Candidate(0.0, asked.outcome("refuted", "all sizes", counterexample=case))


def _divisor(axis: _Along) -> str | None:
    source = axis.source
    if isinstance(source, Quotient) and source.numerator == Letter(axis.place):
        return _named(source.denominator)
    return None


def _division(part: Condition) -> tuple[str, str | None] | None:
    """Return (index, divisor) of s | i and of i mod s = 0."""
    match part:
        case Divides(divisor=divisor, value=Letter(name=name)):
            return name, _named(divisor)
        case Compare(operator="=", left=Remainder(value=Letter(name=name), modulus=divisor),
                     right=right) if right == ZERO:  # fmt: skip
            return name, _named(divisor)
    return None


def _named(size: Expression) -> str | None:
    if isinstance(size, Letter):
        return size.name
    return str(size.value) if isinstance(size, Integer) else None


def _spread(left: Element, source: Element) -> Iterator[Candidate]:
    """Yield what is found about A[s*i] = X[i]: X spread with zeros between."""
    if len(left.indices) != len(source.indices):
        return
    strides = []
    for place, index in zip(left.indices, source.indices, strict=True):
        if place == index:
            continue
        if not isinstance(index, Letter):
            return
        split = polynomial(place).linear_in(index.name)
        if split is None or split[1].terms or index.name in split[0].letters:
            return
        strides.append(split[0])
    if strides:
        asked = Asked("array spread with zeros", f"{_written(left)} made of {_written(source)}")
        yield Candidate(
            0.0,
            asked.outcome("proved", "for all sizes"),
            f"all other entries of {left.array} are 0",
        )


# Turned round


def _turned(left: Element, source: Element, told: Told) -> Iterator[Candidate]:
    """Yield what is found about A[a] = X[k-1-a], an array turned round along its axes."""
    if len(left.indices) != len(source.indices):
        return
    kept = [index for index in source.indices if index in left.indices]
    places = [index for index in left.indices if index not in kept]
    indices = [index for index in source.indices if index not in kept]
    sums = []
    for place, index in zip(places, indices, strict=False):
        if not isinstance(place, Letter):
            return
        mirrored = polynomial(index) + letter(place.name)
        if place.name in mirrored.letters:
            return
        sums.append(mirrored)
    if not sums or len(places) != len(indices):
        return
    fixed, turned = (
        [index.name for index in own if isinstance(index, Letter)] for own in (kept, places)
    )
    for found in _mirrored(left, source, sums, told):
        sizes = [_size_of(mirrored) for mirrored in sums]
        assumed = turned_axes_assumed(fixed, turned, sizes, told)
        yield replace(found, assumes="; ".join(assumed))


def _size_of(mirrored: Polynomial) -> str:
    return next((name.name for name in mirrored.unknowns if isinstance(name, Letter)), "")


def _mirrored(
    left: Element, source: Element, sums: Sequence[Polynomial], told: Told
) -> Iterator[Candidate]:
    sizes = [_size_of(mirrored) for mirrored in sums]
    if not all(sizes):
        return
    shifts = {
        (mirrored - letter(size)).constant for mirrored, size in zip(sums, sizes, strict=True)
    }
    base = {-1: 0, 1: 1}.get(int(next(iter(shifts)) or 0)) if len(shifts) == 1 else None
    if [taken_apart(size).axis for size in sizes] == ["w", "h"]:
        return  # the sizes of the axes are exchanged, or the axes are
    asked = Asked("array turned round", f"{_written(left)} is {_written(source)} turned round")
    if base is not None and told.index_base in (None, base):
        reading = asked.reading_more(
            f"{', '.join(dict.fromkeys(sizes))} its sizes, first index {base}"
        )
        yield Candidate(0.0, reading.outcome("proved", "for all sizes"))
    elif all(fit(size, KERNEL, told) == 0 for size in sizes):
        size = sizes[0]
        shown = "K - 1 - a with indices from 0, K + 1 - a with indices from 1".replace("K", size)
        case = Example({size: 1}, {}, f"entry {size} - a", shown, ("it runs off the array",))
        yield Candidate(0.0, asked.outcome("refuted", "all sizes", counterexample=case))
