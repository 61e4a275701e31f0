"""Formulas over numbered layers, r_l = r_{l-1} + (k_l - 1) prod s_i, unrolled for one number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from symconv.formula.notation import Big, Group, Juxtaposed, Marked, Multiplied, Name, Run, Starred
from symconv.formula.tree import (
    Compare,
    Expression,
    Integer,
    Letter,
    Negated,
    Power,
    Product,
    Quotient,
    Total,
    walk,
)
from symconv.verification.reading.names import flat, flat_mark
from symconv.verification.reading.scalars.trees import PRODUCTS, NotScalarError

MAX_RANGE: Final = 12


def unrolled(node: Any, index: Mapping[str, int], first: int) -> Expression:
    """Return a formula with its sums and products written out.

    Args:
        node: of the notation.
        index: the values of the letters that number layers.
        first: where a product over i < l begins.

    Returns:
        An expression; a name of layer 3 is the letter "k[3]".

    Raises:
        NotScalarError: a part of it is no number, or a range is not known.
    """

    def inner(part: Any) -> Expression:
        return unrolled(part, index, first)

    match node:
        case Integer():
            return node
        case Name(text=text):
            return _number(index[text]) if text in index else Letter(text)
        case Run():
            return Letter(flat(node))
        case Negated(operand=operand):
            return Negated(inner(operand))
        case Total(terms=terms):
            return Total(tuple(map(inner, terms)))
        case Juxtaposed(factors=factors) | Multiplied(factors=factors):
            return Product(tuple(map(inner, factors)))
        case Starred(sign=sign, left=left, right=right) if sign in PRODUCTS:
            return Product((inner(left), inner(right)))
        case Quotient(numerator=above, denominator=below):
            return Quotient(inner(above), inner(below))
        case Group(items=(single,)):
            return inner(single)
        case Marked():
            return _marked(node, index, inner)
        case Big(operator="sum" | "prod"):
            return _big(node, index, first)
    raise NotScalarError(type(node).__name__)


def _marked(node: Marked, index: Mapping[str, int], inner: Any) -> Expression:
    base: Expression
    labels = [mark for mark in node.marks if mark.kind in ("sub", "bracket")]
    others = [mark for mark in node.marks if mark not in labels]
    if not isinstance(node.base, Name | Run):
        base = inner(node.base)
    else:
        name = flat(node.base)
        for mark in labels:
            value = _index(mark.items, index)
            name += f"[{value}]" if value is not None else flat_mark(mark)
        base = Letter(name)
        if not labels and name in index:
            base = _number(index[name])
    for mark in others:
        if len(mark.items) != 1:
            raise NotScalarError("a list")
        item = mark.items[0]
        if mark.kind == "paren":
            base = Product((base, inner(item)))
        elif isinstance(item, Run) or (isinstance(item, Name) and item.word):
            base = Letter(f"{flat(base)}^{flat(item)}" if not isinstance(base, Letter)
                          else f"{base.name}^{flat(item)}")  # fmt: skip
        else:
            base = Power(base, inner(item))
    return base


def _index(items: tuple[Any, ...], index: Mapping[str, int]) -> int | None:
    """Return the number of the layer that a subscript says, if all its letters number layers."""
    if len(items) != 1:
        return None
    names = [node.text for node in walk(items[0]) if isinstance(node, Name)]
    if not names or any(name not in index for name in names):
        return None
    return _whole(items[0], index)


def _whole(node: Any, index: Mapping[str, int]) -> int | None:
    """Return the value of l, l - 1, 3; None for anything else."""
    match node:
        case Integer(value=value):
            return value
        case Name(text=text):
            return index.get(text)
        case Negated(operand=operand):
            value_of = _whole(operand, index)
            return None if value_of is None else -value_of
        case Group(items=(single,)):
            return _whole(single, index)
        case Total(terms=terms):
            values = [_whole(term, index) for term in terms]
            if any(value is None for value in values):
                return None
            return sum(value for value in values if value is not None)
    return None


def _big(node: Big, index: Mapping[str, int], first: int) -> Expression:
    letter, low, high = _range(node, index, first)
    if high - low > MAX_RANGE:
        raise NotScalarError("a long sum")
    parts = [unrolled(node.body, {**index, letter: value}, first) for value in range(low, high + 1)]
    if node.operator == "sum":
        return Total(tuple(parts)) if parts else Integer(0)
    return Product(tuple(parts)) if parts else Integer(1)


def _range(node: Big, index: Mapping[str, int], first: int) -> tuple[str, int, int]:
    """Return the letter of a sum or product and its first and last value."""
    if len(node.below) == 1 and isinstance(node.below[0], Compare):
        compare: Any = node.below[0]
        if isinstance(compare.left, Name):
            letter = compare.left.text
            bound = _whole(compare.right, index)
            if bound is not None and compare.operator == "=" and node.above is not None:
                high = _whole(node.above, index)
                if high is not None:
                    return letter, bound, high
            if bound is not None and compare.operator in ("<", "<=") and node.above is None:
                return letter, first, bound - (compare.operator == "<")
    raise NotScalarError("a sum without a range")


def _number(value: int) -> Expression:
    return Integer(value) if value >= 0 else Negated(Integer(-value))


def bound_letters(node: Any) -> Iterator[str]:
    """Yield the letters of all sums and products in a formula."""
    for part in walk(node):
        if isinstance(part, Big):
            for compare in part.below:
                if isinstance(compare, Compare) and isinstance(compare.left, Name):
                    yield compare.left.text


def limit_letters(node: Any) -> Iterator[str]:
    """Yield the letters of the limits and subscripts, which number layers, in their order."""
    for part in walk(node):
        if isinstance(part, Big):
            for limit in (part.above, *(c.right for c in part.below if isinstance(c, Compare))):
                if limit is not None:
                    yield from (name.text for name in walk(limit) if isinstance(name, Name))
        elif isinstance(part, Marked) and part.marks and part.marks[0].kind == "sub":
            for item in part.marks[0].items:
                if isinstance(item, Name) and not item.word:
                    yield item.text
