"""What a side of a statement about pooling says: entries, and an operator over windows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import Any, Final

from symconv.formula.notation import (
    Big,
    Dots,
    Group,
    Indicator,
    Juxtaposed,
    Mark,
    Marked,
    Member,
    Multiplied,
    Name,
    Range,
    Run,
    SetOf,
    Slice,
    Starred,
    Words,
)
from symconv.formula.tree import (
    AllOf,
    Compare,
    Condition,
    Expression,
    Integer,
    Largest,
    Letter,
    Negated,
    Partial,
    Power,
    Quotient,
    Smallest,
    Total,
)
from symconv.verification.reading.names import flat
from symconv.verification.reading.pooling_polynomials import (
    Polynomial,
    number,
    polynomial,
)
from symconv.verification.reading.pooling_scalars import (
    NotScalarError,
    condition,
    ends,
    indices,
    scalar,
)
from symconv.verification.truth.algebra import ONE, ZERO, conjuncts, letters_in, minus, plus

MAX_DEPTH: Final = 40
MAX_WRITTEN: Final = 64
OPERATORS: Final = {
    "max": "max", "min": "min", "sum": "sum", "maximum": "max", "avg": "mean", "mean": "mean",
    "average": "mean", "ave": "mean", "amax": "max",
}  # fmt: skip
_PRODUCTS: Final = frozenset({"*", "ast", "odot"})


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
    base, marks = _flat_base(node)
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


def _flat_base(node: Marked) -> tuple[Any, tuple[Mark, ...]]:
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


# Operators


def pooled(node: Any, depth: int = 0) -> Pooled:
    """Return what a side says of an entry: its operator, bounds and scalar factors.

    Raises:
        NotPooledError: it is something else.
    """
    if depth > MAX_DEPTH:
        raise NotPooledError("brackets are nested too deep")
    match node:
        case Group(items=(item,)):
            return pooled(item, depth + 1)
        case Big(operator=operator) if operator in OPERATORS:
            return _big(node, depth)
        case Quotient(numerator=above, denominator=below):
            return _times(pooled(above, depth + 1), Quotient(ONE, _scalar(below)))
        case Negated(operand=operand):
            return _times(pooled(operand, depth + 1), Negated(ONE))
        case Juxtaposed(factors=factors) | Multiplied(factors=factors):
            return _product(factors, depth + 1)
        case Starred(sign=sign, left=left, right=right) if sign in _PRODUCTS:
            return _product((left, right), depth)
        case Largest(operands=items) | Smallest(operands=items):
            operator = "max" if isinstance(node, Largest) else "min"
            return (
                _over_set(operator, items[0], depth)
                if len(items) == 1
                else (_written_out(operator, items))
            )
        case Total(terms=terms):
            return _written_out("sum", terms)
        case Marked():
            return _call_or_entry(node, depth)
    found = element(node)
    if found is None or not (found.indices or found.partial):
        raise NotPooledError(f"{type(node).__name__} is no entry")
    return Pooled("", found)


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
            last = minus(minus(_scalar(item.stop), _scalar(item.start)), ONE)
            bounds.append(Bound(letter, ZERO, last))
            terms: Any = (item.start, Name(letter))
            items.append(Total(terms))
        marks.append(replace(mark, items=tuple(items)))
    return element(replace(node, marks=tuple(marks))), tuple(bounds)


def _slices(mark: Mark) -> bool:
    return any(isinstance(item, Slice) for item in mark.items)


def _scalar(node: Any) -> Expression:
    try:
        return scalar(node)
    except NotScalarError as err:
        raise NotPooledError(str(err)) from err


def _times(inner: Pooled, *factors: Expression) -> Pooled:
    return replace(inner, scale=(*factors, *inner.scale))


def _product(factors: tuple[Any, ...], depth: int) -> Pooled:
    """Return a product with one entry under an operator; the other factors are scalars."""
    for place, factor in enumerate(factors):
        name, mark = _operator(factor)
        if name and mark is None and place:  # X[...].mean()
            return _product((*factors[: place - 1], Big(name, (), None, factors[place - 1])), depth)
        if name and mark is not None and place + 1 < len(factors):  # avg_{u, v} x[...]
            body = Big(name, mark.items, None, factors[place + 1])
            return _product((*factors[:place], body, *factors[place + 2 :]), depth)
    found: list[tuple[Pooled, Any]] = []
    scale: list[Expression] = []
    guards: list[Condition] = []
    for factor in factors:
        if isinstance(factor, Indicator):
            guards.append(_condition(factor.condition))
            continue
        try:
            found.append((pooled(factor, depth + 1), factor))
        except NotPooledError:
            scale.append(_scalar(factor))
    under = [inner for inner, _ in found if inner.operator]
    chosen = under or [inner for inner, _ in found]
    if len(chosen) != 1:
        raise NotPooledError("there is not one entry")
    scale += [_scalar(factor) for inner, factor in found if inner is not chosen[0]]
    inner = _times(chosen[0], *scale)
    return replace(inner, guards=(*guards, *inner.guards))


def _operator(node: Any) -> tuple[str, Mark | None]:
    """Return the operator that a factor is by itself, and what stands below it."""
    if not isinstance(node, Marked) or not isinstance(node.base, Name | Run):
        return "", None
    (mark, *more) = node.marks
    name = flat(node.base)
    if more or name not in OPERATORS or not (mark.kind == "sub" or not mark.items):
        return "", None
    return name, mark if mark.kind == "sub" else None


def _condition(node: Any) -> Condition:
    try:
        return condition(node)
    except NotScalarError as err:
        raise NotPooledError(str(err)) from err


def _big(node: Big, depth: int) -> Pooled:
    operator = OPERATORS[node.operator]
    if isinstance(node.body, SetOf) and not node.below:
        return _over_set(operator, node.body, depth)
    inner = pooled(node.body, depth + 1)
    if inner.operator not in ("", operator):
        raise NotPooledError("two operators are mixed")
    bounds, guards = _bounds(node.below, node.above, letters_in(*inner.element.indices))
    return replace(
        inner,
        operator=operator,
        bounds=(*bounds, *inner.bounds),
        guards=(*guards, *inner.guards),
    )


def _over_set(operator: str, node: Any, depth: int) -> Pooled:
    """Return the operator over {entry | conditions} or {entry, entry, ...}."""
    if isinstance(node, SetOf) and len(node.items) > 1 and not node.conditions:
        return _written_out(operator, node.items)
    if not isinstance(node, SetOf) or len(node.items) != 1 or not node.conditions:
        raise NotPooledError("what the operator runs over is not said")
    inner = pooled(node.items[0], depth + 1)
    bounds, guards = _bounds(node.conditions, None, letters_in(*inner.element.indices))
    return replace(inner, operator=operator, bounds=bounds, guards=guards)


def _written_out(operator: str, items: tuple[Any, ...]) -> Pooled:
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


def _call_or_entry(node: Marked, depth: int) -> Pooled:
    """Return max_{...}(...), mean(...), F({...}), a power of a bracket, or an entry."""
    base, marks = _flat_base(node)
    last = marks[-1]
    name = flat(base) if isinstance(base, Name | Run | Words) else ""
    called = last.kind == "paren" and len(last.items) == 1
    if name in OPERATORS and called:
        below = tuple(item for mark in marks[:-1] if mark.kind == "sub" for item in mark.items)
        if isinstance(last.items[0], SetOf):
            return _over_set(OPERATORS[name], last.items[0], depth)
        return _big(Big(OPERATORS[name], below, None, last.items[0]), depth)
    if name and called and isinstance(last.items[0], SetOf):
        return _over_set("any", last.items[0], depth)
    if isinstance(base, Group) and len(base.items) == 1 and last.kind == "sup":
        return _root(base.items[0], last, depth)
    if isinstance(base, Big | Juxtaposed | Multiplied) and len(marks) == 1 and last.kind == "sup":
        return _root(base, last, depth)
    found, bounds = entries(node)
    if found is None or not found.indices:
        raise NotPooledError("it is no entry")
    return Pooled("", found, bounds)


def _root(body: Any, mark: Mark, depth: int) -> Pooled:
    """Return (sum x^p)^(1/p), the norm of a window."""
    item = mark.items[0] if len(mark.items) == 1 else None
    if not isinstance(item, Quotient) or item.numerator != ONE:
        raise NotPooledError("a power of a sum is no pooling")
    inner = pooled(_without_power(body, item.denominator), depth + 1)
    return replace(inner, operator="lp", exponent=_scalar(item.denominator))


def _without_power(node: Any, exponent: Any) -> Any:
    """Return the body of a norm without the power of its entry."""
    match node:
        case Big(body=body):
            return replace(node, body=_without_power(body, exponent))
        case Multiplied(factors=factors) | Juxtaposed(factors=factors):
            return replace(node, factors=(*factors[:-1], _without_power(factors[-1], exponent)))
        case Power(base=base, exponent=power) if power == exponent:
            return base
        case Marked(base=base, marks=marks):
            kept = tuple(m for m in marks if not (m.kind == "sup" and m.items == (exponent,)))
            if len(kept) == len(marks):
                raise NotPooledError("the entries of a norm must be taken to its power")
            bare = base if not kept else Marked(base, kept)
            if isinstance(bare, Group) and bare.bracket == "|" and len(bare.items) == 1:
                return bare.items[0]
            return bare
    raise NotPooledError("it is no norm")


# What an operator runs over


def _bounds(
    below: tuple[Any, ...], above: Any, inside: frozenset[str]
) -> tuple[tuple[Bound, ...], tuple[Condition, ...]]:
    """Return the bounds and the further conditions below an operator.

    Args:
        below: what stands there.
        above: what stands above it.
        inside: the letters in the indices of the entry.
    """
    found: dict[str, Bound] = {}
    parts: list[Condition] = []
    for node in below:
        for bound in _bound(node, above):
            if isinstance(bound, Bound):
                found[bound.letter] = bound
            else:
                parts += conjuncts([bound])
    letters = _bounded(parts, inside | found.keys())
    guards = []
    for part in parts:
        letter = next((name for name in letters if _alone(part, name)), None)
        if letter is None:
            guards.append(part)
        else:
            found[letter] = _narrowed(found.get(letter, Bound(letter)), part)
    return tuple(found.values()), tuple(guards)


def _bound(node: Any, above: Any) -> Iterator[Bound | Condition]:
    try:
        match node:
            case Compare(operator="=", left=left, right=right) if above is not None:
                yield Bound(flat(left), scalar(right), scalar(above))
            case Compare() | AllOf():
                yield condition(node)
            case Member(elements=elements, container=container):
                yield from _members(elements, container)
            case Group(items=items) if len(items) > 1:
                yield from (Bound(flat(item)) for item in items)
            case Name() | Marked():
                yield Bound(flat(node))
            case Run(letters=letters):
                yield from (Bound(letter.text) for letter in letters)
            case _:
                raise NotPooledError("what the operator runs over is not understood")
    except NotScalarError as err:
        raise NotPooledError(str(err)) from err


def _members(elements: tuple[Any, ...], container: Any) -> Iterator[Bound]:
    """Yield the bounds that a set gives: {0,1}^2, [a, b], a named window."""
    names = [
        flat(name)
        for item in elements
        for name in (item.items if isinstance(item, Group) else (item,))
    ]
    base = container.base if isinstance(container, Marked) else container
    if isinstance(base, Range):
        lower, upper = ends(base)
        yield from (Bound(name, lower, upper) for name in names)
    elif isinstance(base, SetOf) and not base.conditions:
        yield from _in_numbers(names, base)
    else:
        region = flat(container)
        yield from (Bound(name, region=region) for name in names)


def _in_numbers(names: list[str], container: SetOf) -> Iterator[Bound]:
    """Yield the bounds of a set of consecutive numbers."""
    values = [scalar(item) for item in container.items]
    whole = all(plus(one, ONE) == other for one, other in pairwise(values))
    if not values or not whole:
        raise NotPooledError("a set must list consecutive numbers")
    yield from (Bound(name, values[0], values[-1]) for name in names)


def _bounded(parts: list[Condition], inside: Collection[str]) -> list[str]:
    """Return the letters that comparisons bound: u in 0 <= u and u < K, but not K."""
    below = [low.name for low, _ in map(_ordered, parts) if isinstance(low, Letter)]
    above = [high.name for _, high in map(_ordered, parts) if isinstance(high, Letter)]
    chained = [name for name in above if name in below]
    loose = [name for name in (*above, *below) if name in inside and name not in chained]
    return list(dict.fromkeys((*chained, *loose)))


def _alone(part: Condition, name: str) -> bool:
    """Return whether a comparison has the letter by itself on one side, and only there."""
    low, high = _ordered(part)
    pairs = ((low, high), (high, low))
    return any(side == Letter(name) and name not in letters_in(other) for side, other in pairs)


def _ordered(part: Condition) -> tuple[Expression, Expression]:
    """Return the smaller and the larger side of a comparison; two zeros for anything else."""
    if not isinstance(part, Compare) or part.operator not in ("<", "<=", ">", ">="):
        return ZERO, ZERO
    return (part.left, part.right) if part.operator in ("<", "<=") else (part.right, part.left)


def _narrowed(bound: Bound, part: Condition) -> Bound:
    """Return a bound with one comparison more."""
    assert isinstance(part, Compare)
    low, high = _ordered(part)
    strict = part.operator in ("<", ">")
    if high == Letter(bound.letter):
        return replace(bound, lower=plus(low, ONE) if strict else low)
    return replace(bound, upper=minus(high, ONE) if strict else high)
