"""Which input an output reads through a tap, and the axes that such a relation allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Final

from symconv.formula.tree import (
    Ceiling,
    Equation,
    Expression,
    Floor,
    Integer,
    Letter,
    Negated,
    Product,
    Quotient,
    Total,
    holds_entry,
    walk,
)
from symconv.verification.reading.index_graph import Placed
from symconv.verification.reading.size_hints import (
    indices_along,
    letters_along,
)
from symconv.verification.truth.algebra import (
    ONE,
    ZERO,
    expanded,
    linear_in,
    minus,
    negative,
    plus,
    rebuild,
    times,
)
from symconv.verification.truth.convolution import (
    Axis,
)

OFFSET: Final = 1.0  # ... of windows that do not begin where y says


@dataclass(frozen=True)
class Relation:
    """Output i reads input stride*i + dilation*r + rest through tap r; - if it flips."""

    stride: Expression
    dilation: Expression
    rest: Expression
    flips: bool


def relation_of(claim: Equation, laid: Placed, axis: int, base: int) -> Relation | None:
    """Return which input an output reads along an axis; None where that is not affine.

    With x = a i + b m + c and w = g i + e m + f, where e is 1 or -1, m = e (w - g i - f).
    """
    moved = replace(laid, claim=claim, axes=tuple(frozenset(f"_{n}" for n in s) for s in laid.axes))
    letters = letters_along(moved, axis)
    found = dict(indices_along(moved, axis))
    if "x" not in found or "w" not in found or len(letters.output) != 1:
        return None
    (output,) = letters.output
    if isinstance(found["w"], Integer):
        return _relation_of_taps(moved, axis, output, base)
    own = sorted((found["x"].names | found["w"].names) & moved.axes[axis] - {output})
    if len(own) != 1:
        return None
    x, w = (minus(found[array], Integer(base)) for array in ("x", "w"))
    parts_x, parts_w = _affine(x, output, own[0]), _affine(w, output, own[0])
    if parts_x is None or parts_w is None:
        return None
    (a, b, c), (g, e, f) = parts_x, parts_w
    if e not in (ONE, negative(ONE)):
        return None
    slope = expanded(b if e == ONE else negative(b))
    flips = isinstance(slope, Negated)
    stride = expanded(minus(a, times(slope, g)))
    rest = plus(minus(c, times(slope, f)), times(stride, Integer(base)))
    return Relation(stride, negative(slope) if flips else slope, expanded(rest), flips)


def _relation_of_taps(laid: Placed, axis: int, output: str, base: int) -> Relation | None:
    """Return which input an output reads where the taps are written out, w_0 x_i + w_1 x_{i-1}.

    Two products alone would fit any dilation, so that theirs must be 1.
    """
    read = [(tap - base, minus(index, Integer(base))) for tap, index in _inputs_of_taps(laid, axis)]
    if len({tap for tap, _ in read}) < 2:
        return None
    (low, start), (high, end) = (pick(read, key=lambda pair: pair[0]) for pick in (min, max))
    slope = _quotient(expanded(minus(end, start)), high - low)
    parts = linear_in(start, output)
    if slope is None or parts is None or (len(read) == 2 and abs(slope) != 1):
        return None
    stride, rest = parts[0], minus(parts[1], Integer(slope * low))
    for tap, index in read:
        told = plus(times(stride, Letter(output)), rest, Integer(slope * tap))
        if expanded(minus(index, told)) != ZERO:
            return None
    rest = expanded(plus(rest, times(stride, Integer(base))))
    return Relation(stride, Integer(abs(slope)), rest, slope < 0)


def _inputs_of_taps(laid: Placed, axis: int) -> Iterator[tuple[int, Expression]]:
    """Yield (tap, index of the input) along an axis for each product of an entry of each."""
    for part in walk(laid.claim):
        if isinstance(part, Product):
            found = dict(indices_along(replace(laid, claim=Equation(part, (), ())), axis))
            tap = found.get("w")
            if "x" in found and isinstance(tap, Integer):
                yield tap.value, found["x"]


def _quotient(number: Expression, divisor: int) -> int | None:
    """Return a number divided by another; None where it is no number or leaves a rest."""
    match number:
        case Integer(value=value) | Negated(operand=Integer(value=value)):
            value = -value if isinstance(number, Negated) else value
            return value // divisor if value % divisor == 0 else None
    return None


def _affine(
    index: Expression, one: str, other: str
) -> tuple[Expression, Expression, Expression] | None:
    first = linear_in(index, one)
    second = linear_in(first[1], other) if first else None
    return (first[0], second[0], second[1]) if first and second else None


def with_numbers(axis: Axis, relation: Relation | None) -> Axis:
    """Return an axis with the stride and the dilation that are numbers in the indices."""
    if relation is None:
        return axis
    stride = relation.stride if _is_number(relation.stride) else axis.stride
    dilation = relation.dilation if _is_number(relation.dilation) else axis.dilation
    return replace(axis, stride=stride, dilation=dilation)


def stepped(
    axes: Sequence[Axis],
) -> Iterator[tuple[float, bool, list[Axis], list[str]]]:
    """Yield the axes with small strides and dilations: entries in numbers do not name them."""
    for stride, dilation in product((1, 2, 3), (1, 2, 3)):
        if stride * dilation > 1 and all(a.stride == a.dilation == ONE for a in axes):
            sizes = (("stride", stride), ("dilation", dilation))
            assumes = [f"the {name} is {size}" for name, size in sizes if size > 1]
            own = [replace(a, stride=Integer(stride), dilation=Integer(dilation)) for a in axes]
            yield OFFSET, False, own, assumes


def fully_padded(axis: Axis) -> Axis:
    """Return the axis of a true convolution x[i - r]: the first output reads one cell only."""
    whole = expanded(minus(axis.extent, ONE))
    return replace(axis, before=plus(whole, axis.before), after=plus(whole, axis.after))


def is_half(size: Expression, axis: Axis) -> bool:
    """Return whether a size is half a kernel, rounded or for an odd one, with or without gaps."""
    found = simplified(size)
    for whole in (axis.kernel, expanded(axis.extent)):
        less = expanded(minus(whole, ONE))
        if expanded(minus(less, times(Integer(2), found))) == ZERO:
            return True
        for half in _halves(whole, less):
            spread = expanded(times(axis.dilation, half))
            if found in (simplified(half), simplified(minus(less, half)), simplified(spread)):
                return True
    return False


def _halves(whole: Expression, less: Expression) -> list[Expression]:
    """Return the halves of a size and of one less, exact and rounded."""
    exact = [Quotient(whole, Integer(2)), Quotient(less, Integer(2))]
    up: list[Expression] = list(map(Ceiling, exact))
    return [*exact, *(Floor(half) for half in exact), *up, minus(up[0], ONE)]


def begun(axis: Axis, relation: Relation, flipped: bool) -> Axis:
    """Return an axis whose first window begins where the indices say."""
    before = negative(relation.rest)
    if flipped:
        before = expanded(plus(minus(axis.extent, ONE), before))
    return replace(axis, before=before, after=ZERO if isinstance(before, Negated) else before)


def simplified(node: Any) -> Any:
    """Return a node whose indices are multiplied out."""
    if isinstance(node, Total | Product) and not holds_entry(node):
        return expanded(node)
    return rebuild(node, simplified)


def _is_number(size: Expression) -> bool:
    return isinstance(size, Integer) and size.value > 1
