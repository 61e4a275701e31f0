"""What a side of a statement about pooling says: an operator over entries, and its factors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from symconv.formula.notation import (
    Big,
    Group,
    Indicator,
    Juxtaposed,
    Mark,
    Marked,
    Multiplied,
    Name,
    Run,
    SetOf,
    Starred,
    Words,
)
from symconv.formula.tree import (
    Condition,
    Expression,
    Largest,
    Negated,
    Power,
    Quotient,
    Smallest,
    Total,
)
from symconv.verification.reading.names import flat
from symconv.verification.reading.pooling.bounds import bounds_of
from symconv.verification.reading.pooling.conditions import condition
from symconv.verification.reading.pooling.elements import (
    OPERATORS,
    NotPooledError,
    Pooled,
    element,
    entries,
    flat_base,
    size_of,
)
from symconv.verification.reading.pooling.written import written_out
from symconv.verification.reading.scalars.trees import NotScalarError
from symconv.verification.truth.algebra import ONE, letters_in

MAX_DEPTH: Final = 40
_PRODUCTS: Final = frozenset({"*", "ast", "odot"})


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
            return _times(pooled(above, depth + 1), Quotient(ONE, size_of(below)))
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
                else (written_out(operator, items))
            )
        case Total(terms=terms):
            return written_out("sum", terms)
        case Marked():
            return _call_or_entry(node, depth)
    found = element(node)
    if found is None or not (found.indices or found.partial):
        raise NotPooledError(f"{type(node).__name__} is no entry")
    return Pooled("", found)


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
            scale.append(size_of(factor))
    under = [inner for inner, _ in found if inner.operator]
    chosen = under or [inner for inner, _ in found]
    if len(chosen) != 1:
        raise NotPooledError("there is not one entry")
    scale += [size_of(factor) for inner, factor in found if inner is not chosen[0]]
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
    bounds, guards = bounds_of(node.below, node.above, letters_in(*inner.element.indices))
    return replace(
        inner,
        operator=operator,
        bounds=(*bounds, *inner.bounds),
        guards=(*guards, *inner.guards),
    )


def _over_set(operator: str, node: Any, depth: int) -> Pooled:
    """Return the operator over {entry | conditions} or {entry, entry, ...}."""
    if isinstance(node, SetOf) and len(node.items) > 1 and not node.conditions:
        return written_out(operator, node.items)
    if not isinstance(node, SetOf) or len(node.items) != 1 or not node.conditions:
        raise NotPooledError("what the operator runs over is not said")
    inner = pooled(node.items[0], depth + 1)
    bounds, guards = bounds_of(node.conditions, None, letters_in(*inner.element.indices))
    return replace(inner, operator=operator, bounds=bounds, guards=guards)


def _call_or_entry(node: Marked, depth: int) -> Pooled:
    """Return max_{...}(...), mean(...), F({...}), a power of a bracket, or an entry."""
    base, marks = flat_base(node)
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
    return replace(inner, operator="lp", exponent=size_of(item.denominator))


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
