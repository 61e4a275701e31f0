"""Claims about pooling: maxima, averages and norms over windows, and how gradients go back.

A statement is one of these where one side is an entry and the other is an operator over entries of
one other array, without weights. Which of them is the gradient decides on the direction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from symconv.errors import FormulaError
from symconv.formula.notation import Statement
from symconv.formula.tree import Letter, Partial
from symconv.verification.outcome import RIGHT, Candidate, Outcome, weighed
from symconv.verification.questions.pooling.arrays import array_definition
from symconv.verification.questions.pooling.backward import (
    freed,
    from_a_window,
    gather,
    over_region,
    ways_of,
)
from symconv.verification.questions.pooling.choice import (
    Choice,
    choice,
    chosen,
    constant_share,
    derivative,
    to_the_largest,
)
from symconv.verification.questions.pooling.deciding import Asked
from symconv.verification.questions.pooling.forward import (
    NOUNS,
    candidates,
)
from symconv.verification.questions.pooling.operators import spread_back
from symconv.verification.questions.pooling.places import places
from symconv.verification.questions.pooling.readings import Claimed, slots_of
from symconv.verification.questions.pooling.regions import in_region, is_absolute, scattered
from symconv.verification.questions.pooling.whole import from_one, over_all
from symconv.verification.reading.names import alternatives, flat
from symconv.verification.reading.pooling.elements import (
    Bound,
    Element,
    NotPooledError,
    Pooled,
    element,
    entries,
)
from symconv.verification.reading.pooling.notation import pooled
from symconv.verification.reading.pooling.polynomials import TooLargeError, fraction
from symconv.verification.reading.roles import Told
from symconv.verification.truth.algebra import letters_in, times

EQUALITIES: Final = frozenset({"=", ":=", "+=", "equiv", "arrow"})
MAX_SETTLED: Final = 4
_UNSURE: Final = frozenset({"g", "G"})
_PARAMETERS: Final = frozenset(
    {"b", "beta", "bias", "w", "W", "K", "k", "F", "f", "theta", "omega"}
)
_GRADIENT: Final = re.compile(
    r"delta|Delta|epsilon|varepsilon|g|G|d[A-Z]\w*|d[axyz]|d_?out|grad\w*|nabla"
)


def decide(statements: Sequence[Statement], told: Told) -> list[Outcome | None]:
    """Return what is found out about the statements that are about pooling."""
    return [_decide(statement, told) for statement in statements]


def _decide(statement: Statement, told: Told) -> Outcome | None:
    if not EQUALITIES.issuperset(statement.relations):
        return None
    if len(statement.sides) < 2:
        spread = list(spread_back(statement))
        return weighed(spread) if spread else None
    found: list[Candidate] = []
    for cost, (settled,) in alternatives([statement])[:MAX_SETTLED]:
        try:
            found += [replace(one, cost=one.cost + cost) for one in _candidates(settled, told)]
        except (NotPooledError, TooLargeError, FormulaError, RecursionError):
            continue
        if any(one.outcome.status in RIGHT for one in found):
            break
    return weighed(found) if found else None


def _candidates(statement: Statement, told: Told) -> Iterator[Candidate]:
    side, value = statement.sides[0], statement.sides[-1]
    special = [
        *places(statement, told), *array_definition(statement, told), *spread_back(statement)
    ]  # fmt: skip
    if special:
        yield from special
        return
    found = choice(value, statement.conditions)
    if isinstance(side, Partial) and _is_output(side.of, told):
        asked = Asked("dy/dx of pooling", f"{flat(side.of)} output, {flat(side.by)} input")
        if found is not None:
            yield from derivative(side, found, asked)
        elif _is_entry(side.by):
            yield from constant_share(value, asked)
        return
    left, slices = entries(side)
    if left is None:
        raise NotPooledError("the left side is no entry")
    if is_gradient(left, told) and not _is_plain(left, value, told):
        yield from _backward(left, slices, value, found, statement, told)
        return
    right = _without_arrays(pooled(value))
    if not right.operator or is_gradient(right.element, told):
        raise NotPooledError("there is no operator over cells")
    if right.operator == "sum" and right.element.label.isdigit() > left.label.isdigit():
        raise NotPooledError("the entries are taken to a power")
    if right.element.array == left.array and right.element.label == left.label:
        raise NotPooledError("both sides are about one array")
    yield from _forward(left, right, told)


def _without_arrays(right: Pooled) -> Pooled:
    """Return the right side, whose factors are sizes below a line and no entries of arrays.

    Raises:
        NotPooledError: they are something else.
    """
    above, below = fraction(times(*right.scale))
    if above.letters or any(set(name) & set("[](),") for name in below.letters):
        raise NotPooledError("the factor is no number over a number of cells")
    return right


def _is_output(node: Any, told: Told) -> bool:
    """Return whether it is an output that is differentiated, and no loss."""
    found = element(node)
    if found is None or told.names.get(found.array) == "loss":
        return False
    return bool(found.indices) or found.array in ("y", "Y", "z", "o", "out", "a", "h", "s")


def _is_entry(node: Any) -> bool:
    found = element(node)
    return found is not None and bool(found.indices)


def is_gradient(found: Element, told: Told) -> bool:
    """Return whether an array is a derivative of the loss, by what it is called."""
    said = told.names.get(found.array)
    if found.partial or said in ("grad_output", "grad_input"):
        return True
    return said is None and _GRADIENT.fullmatch(found.array) is not None


def _is_plain(left: Element, value: Any, told: Told) -> bool:
    """Return whether a name that could be a gradient is an array: the right side has none."""
    if left.partial or left.array not in _UNSURE or left.array in told.names:
        return False
    try:
        right = pooled(value)
    except NotPooledError:
        return False
    return bool(right.operator) and not is_gradient(right.element, told)


def _forward(left: Element, right: Pooled, told: Told) -> Iterator[Candidate]:
    asked = Asked(NOUNS[right.operator], "")
    if len(left.indices) < len(right.element.indices):
        yield from over_all(left, right, told, asked)
        return
    slots = slots_of(left, right)
    if not slots:
        return
    if all(slot.bound is not None and is_absolute(slot) for slot in slots):
        yield from in_region(slots, right, told, asked)
        return
    yield from candidates(Claimed(left, right, slots), told, asked)


def _backward(
    left: Element,
    slices: tuple[Bound, ...],
    value: Any,
    found: Choice | None,
    statement: Statement,
    told: Told,
) -> Iterator[Candidate]:
    if told.names.get(left.array) in ("bias", "grad_bias", "kernel", "grad_weight"):
        return
    if left.partial and left.array in _PARAMETERS and left.array not in told.names:
        return
    if found is not None:
        yield from chosen(left, found, Asked(f"gradient of {found.kind} pooling", ""))
        return
    right = freed(left, _without_arrays(pooled(value)))
    if not is_gradient(right.element, told) or right.operator not in ("", "sum"):
        return
    largest = list(to_the_largest(left, right, Asked("gradient of max pooling", "")))
    if largest:
        yield from largest
        return
    asked = Asked("gradient of average pooling", "")
    if not all(isinstance(index, Letter) for index in left.indices):
        yield from scattered(left, slices, right, statement, told, asked)
        return
    known = letters_in(*left.indices) | {bound.letter for bound in right.bounds}
    own = right.element.indices
    if not right.operator and any(isinstance(i, Letter) and i.name not in known for i in own):
        yield from from_a_window(left, right, told, asked)
        return
    ways = ways_of(left, right)
    if ways is None:
        yield from from_one(left, right, told, asked)
    elif all(way.is_open for way in ways):
        yield from over_region(ways, right, told, asked)
    elif right.scale or right.operator:
        yield from gather(ways, left, right, told, asked)
