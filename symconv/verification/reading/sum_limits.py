"""Where the limits of a sum lead beyond an array: right only if what lies outside it is 0."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, product
from typing import Any, Final

from symconv.formula.tree import (
    Branch,
    Compare,
    Condition,
    Entry,
    Equation,
    Expression,
    Integer,
    Letter,
    Node,
    SumOver,
    SumWhere,
    walk,
)
from symconv.verification.deciding.evaluation import tester
from symconv.verification.reading.index_graph import array_of
from symconv.verification.truth.algebra import (
    ONE,
    ZERO,
    all_of,
    between,
    conjuncts,
    expanded,
    is_positive,
    linear_in,
    minus,
    negative,
    plus,
    substitute,
)
from symconv.verification.truth.convolution import Model

_WORDS: Final = {"w": "kernel", "dy": "output", "x": "input"}
_SMALL: Final = (Integer(1), Integer(2), Integer(3))
_SIZES: Final = (1, 2, 3)
_INDICES: Final = range(-4, 5)


def beyond(claim: Equation, model: Model, index_base: int) -> tuple[str, ...]:
    """Return what is assumed of entries that sums read before the first or behind the last one.

    Args:
        claim: an equation in our letters.
        model: its convolution, whose sizes those of the arrays are.
        index_base: what indices start from.
    """
    found: dict[str, None] = {}
    for total in chain.from_iterable(map(_totals, walk(claim))):
        for entry in walk(total.body):
            if not isinstance(entry, Entry) or array_of(entry) not in _WORDS:
                continue
            if any(_leads_out(total, entry, model, index_base)):
                found[_said(array_of(entry))] = None
    for node in walk(claim):
        if isinstance(node, SumOver | SumWhere | Branch):
            found |= dict.fromkeys(map(_said, _past_their_size(node, model, index_base)))
    for part in walk(claim):
        found |= dict.fromkeys(map(_said, _before_the_first(part, claim, index_base)))
    return tuple(found)


def _said(array: str) -> str:
    return f"what sums read outside the {_WORDS[array]} is 0"


def _before_the_first(part: Any, claim: Equation, base: int) -> Iterator[str]:
    """Yield the arrays that a range begins before, -5 <= i*t, by an index i of theirs."""
    if not isinstance(part, Compare) or part.operator not in ("<", "<="):
        return
    step = ONE if part.operator == "<" else ZERO
    for entry in chain.from_iterable(map(walk, claim.rights)):
        if not isinstance(entry, Entry) or array_of(entry) not in _WORDS:
            continue
        for index in entry.indices:
            if not isinstance(index, Letter) or index.name not in part.right.names:
                continue
            slope, rest = linear_in(part.right, index.name) or (ZERO, ZERO)
            lowest = minus(plus(part.left, step), rest)
            if isinstance(slope, Integer | Letter) and is_positive(minus(Integer(base), lowest)):
                yield array_of(entry)


def _past_their_size(total: SumOver | SumWhere | Branch, model: Model, base: int) -> Iterator[str]:
    """Yield the arrays that a sum or a case leaves though it names their size: 0 <= u - i <= p."""
    relations = tuple(conjuncts(_relations(total)))
    for entry in walk(total.value if isinstance(total, Branch) else total.body):
        if not isinstance(entry, Entry) or array_of(entry) not in _WORDS:
            continue
        shape = model.shape(array_of(entry))
        if len(shape) != len(entry.indices):
            continue
        for index, size in zip(entry.indices, shape, strict=True):
            letters = _open(index)
            own = [one for one in relations if _open(one) <= letters]
            if not any(size.names and one.names >= letters | size.names for one in own):
                continue
            if _is_ever_behind(index, size, own, base):
                yield array_of(entry)


def _relations(total: SumOver | SumWhere | Branch) -> Iterator[Condition]:
    if isinstance(total, SumWhere | Branch):
        yield from () if total.condition is None else (total.condition,)
    elif total.lower is not None and total.upper is not None:
        yield between(total.lower, Letter(total.letter), total.upper)


def _open(node: Node) -> frozenset[str]:
    return frozenset(name for name in node.names if name.startswith("_"))


def _is_ever_behind(
    index: Expression, size: Expression, relations: Sequence[Condition], base: int
) -> bool:
    """Return whether an index is behind the last one for some small sizes where relations hold."""
    names = sorted(set(index.names).union(size.names, *(one.names for one in relations)))
    sizes = [name for name in names if not name.startswith("_")]
    if len(sizes) > len(_SMALL):
        return False
    holds = tester(all_of(*relations))
    behind = tester(Compare(">=", index, plus(size, Integer(base))))
    spans = (_INDICES if name.startswith("_") else _SIZES for name in names)
    points = (dict(zip(names, values, strict=True)) for values in product(*spans))
    try:
        return any(holds(point) and behind(point) for point in points)
    except ArithmeticError:  # something is divided by what may be 0
        return False


def _totals(node: Any) -> Iterator[SumOver]:
    """Yield a sum with limits; one over r with 0 <= r < p below it has them too."""
    if isinstance(node, SumOver) and node.lower is not None and node.upper is not None:
        yield node
    for letter in _letters(node):
        lower = upper = None
        for condition in conjuncts((node.condition,)):
            if not isinstance(condition, Compare) or condition.operator not in ("<", "<="):
                continue
            step = ONE if condition.operator == "<" else ZERO
            if condition.right == Letter(letter):
                lower = plus(condition.left, step)
            if condition.left == Letter(letter):
                upper = minus(condition.right, step)
        if lower is not None and upper is not None:
            yield SumOver(letter, lower, upper, node.body)


def _letters(node: Any) -> list[str]:
    """Return the letters that stand by themselves in the conditions below a sum."""
    if not isinstance(node, SumWhere):
        return []
    sides = [
        side
        for condition in conjuncts((node.condition,))
        if isinstance(condition, Compare)
        for side in (condition.left, condition.right)
    ]
    found = (s.name for s in sides if isinstance(s, Letter) and s.name.startswith("_"))
    return list(dict.fromkeys(found))


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
        last = expanded(minus(high, minus(size, ONE)))
        yield is_positive(negative(low))
        yield is_positive(last)
        yield array_of(entry) == "w" and _is_ever_positive(last)
        yield array_of(entry) == "dy" and _runs_over_the_input(high, model)


def _runs_over_the_input(last: Expression, model: Model) -> bool:
    """Return whether a sum ends at the last cell of the input, which outputs may not reach."""
    sizes = [axis.input for axis in model.axes if isinstance(axis.input, Letter)]
    return any(expanded(minus(size, last)) == ONE for size in sizes)


def _is_ever_positive(excess: Expression) -> bool:
    """Return whether an expression in sizes alone is positive for some small ones."""
    names = sorted({part.name for part in walk(excess) if isinstance(part, Letter)})
    if not 0 < len(names) <= len(_SMALL) or any(name.startswith("_") for name in names):
        return False
    points = (
        dict(zip(names, values, strict=True)) for values in product(_SMALL, repeat=len(names))
    )
    found = (expanded(substitute(excess, point)) for point in points)
    return any(isinstance(value, Integer) and value.value > 0 for value in found)


def _at(index: Expression, letter: str, value: Any, base: int) -> Expression:
    """Return an index, counted from 0, at a value of the letter."""
    return minus(substitute(index, {letter: value}), Integer(base))
