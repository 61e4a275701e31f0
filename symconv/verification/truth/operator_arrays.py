"""Operators on whole arrays entry by entry, by their definitions as sums, for small sizes.

This is the second evaluation of `operators`, independent of `operator_forms`: arrays are tables of
polynomials with integer coefficients, one axis or two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from symconv.verification.truth.operators import (
    Convolved,
    Gated,
    Gathered,
    Operand,
    Padded,
    Rotated,
    Scaled,
    Spread,
    Summed,
    Whole,
)

Place: TypeAlias = tuple[int, ...]
Symbol: TypeAlias = tuple[str, Place]
Monomial: TypeAlias = tuple[Symbol, ...]
Polynomial: TypeAlias = dict[Monomial, int]


class MisfitError(ValueError):
    """Operands whose sizes do not go together."""


@dataclass(frozen=True)
class Table:
    """An array of polynomials, indices from 0.

    Attributes:
        shape: the size of each axis.
        entries: place -> polynomial; what is left out is zero.
    """

    shape: Place
    entries: Mapping[Place, Polynomial]

    def at(self, place: Place) -> Polynomial:
        """Return an entry; zero outside the array."""
        return self.entries.get(place, {})

    @property
    def places(self) -> Iterator[Place]:
        """All indices of the array."""
        return product(*map(range, self.shape))


def added(one: Polynomial, other: Polynomial, factor: int = 1) -> Polynomial:
    """Return one + factor * other."""
    total = dict(one)
    for monomial, many in other.items():
        total[monomial] = total.get(monomial, 0) + factor * many
    return {monomial: many for monomial, many in total.items() if many}


def multiplied(one: Polynomial, other: Polynomial) -> Polynomial:
    """Return the product of two polynomials."""
    total: Polynomial = {}
    for left, many in one.items():
        for right, times in other.items():
            key = tuple(sorted((*left, *right)))
            total[key] = total.get(key, 0) + many * times
    return {monomial: many for monomial, many in total.items() if many}


def symbols(name: str, shape: Place) -> Table:
    """Return an array of symbols."""
    places = product(*map(range, shape))
    return Table(shape, {place: {((name, place),): 1} for place in places})


def table(operand: Operand, arrays: Mapping[str, Table]) -> Table:
    """Return the value of an operand.

    Args:
        operand: what is asked for.
        arrays: the value of each whole array.

    Raises:
        MisfitError: sizes do not go together.
    """
    match operand:
        case Whole(role=role):
            return arrays[role]
        case Rotated(operand=inner):
            return _rotated(table(inner, arrays))
        case Padded(operand=inner, by=by):
            return _padded(table(inner, arrays), arrays[by].shape)
        case Spread(operand=inner, stride=stride):
            return _spread(table(inner, arrays), stride)
        case Scaled(factor=factor, operand=inner):
            found = table(inner, arrays)
            return _filled(found.shape, lambda place: added({}, found.at(place), factor))
        case Gated(operand=inner, gate=gate):
            found = table(inner, arrays)
            gates = symbols(gate, found.shape)
            return _filled(found.shape, lambda at: multiplied(found.at(at), gates.at(at)))
        case Summed(terms=terms):
            return _sum([table(term, arrays) for term in terms])
        case Convolved():
            return _convolved(operand, arrays)
        case Gathered():
            return _gathered(operand, arrays)


def _filled(shape: Place, entry: Callable[[Place], Polynomial]) -> Table:
    if any(size < 1 for size in shape):
        raise MisfitError("the sliding operand is larger than the signal")
    return Table(shape, {place: entry(place) for place in product(*map(range, shape))})


def _rotated(found: Table) -> Table:
    return _filled(
        found.shape,
        lambda at: found.at(tuple(n - 1 - i for n, i in zip(found.shape, at, strict=True))),
    )


def _padded(found: Table, kernel: Place) -> Table:
    shape = tuple(n + 2 * (k - 1) for n, k in zip(found.shape, kernel, strict=True))
    return _filled(
        shape, lambda at: found.at(tuple(i - k + 1 for i, k in zip(at, kernel, strict=True)))
    )


def _spread(found: Table, stride: int) -> Table:
    shape = tuple((size - 1) * stride + 1 for size in found.shape)

    def entry(at: Place) -> Polynomial:
        if any(i % stride for i in at):
            return {}
        return found.at(tuple(i // stride for i in at))

    return _filled(shape, entry)


def _sum(tables: list[Table]) -> Table:
    if len({found.shape for found in tables}) > 1:
        raise MisfitError("terms of a sum have different sizes")

    def entry(place: Place) -> Polynomial:
        total: Polynomial = {}
        for found in tables:
            total = added(total, found.at(place))
        return total

    return _filled(tables[0].shape, entry)


def _convolved(operand: Convolved, arrays: Mapping[str, Table]) -> Table:
    signal, sliding = table(operand.signal, arrays), table(operand.sliding, arrays)
    found = slid(signal, sliding, flips=operand.flips, mode=operand.mode)
    stride = operand.stride
    shape = tuple((size - 1) // stride + 1 for size in found.shape)
    return _filled(shape, lambda at: found.at(tuple(i * stride for i in at)))


def slid(signal: Table, sliding: Table, *, flips: bool, mode: str) -> Table:
    """Return what an array that slides over a signal gives: see operators.Convolved."""
    pairs = list(zip(signal.shape, sliding.shape, strict=True))
    if mode == "same" and any(k % 2 == 0 for k in sliding.shape):
        raise MisfitError("the sliding operand has to have an odd size")
    shape = tuple({"full": n + k - 1, "valid": n - k + 1, "same": n}[mode] for n, k in pairs)

    def entry(place: Place) -> Polynomial:
        total: Polynomial = {}
        for tap in sliding.places:
            cell = tuple(
                i + r - _before(k, mode) for i, r, k in zip(place, tap, sliding.shape, strict=True)
            )
            turned = tuple(k - 1 - r for r, k in zip(tap, sliding.shape, strict=True))
            weight = sliding.at(turned if flips else tap)
            total = added(total, multiplied(signal.at(cell), weight))
        return total

    return _filled(shape, entry)


def _before(size: int, mode: str) -> int:
    """Return by how much the first position sticks out of the signal."""
    return {"full": size - 1, "valid": 0, "same": (size - 1) // 2}[mode]


def _gathered(operand: Gathered, arrays: Mapping[str, Table]) -> Table:
    left, right = table(operand.left, arrays), table(operand.right, arrays)

    def entry(place: Place) -> Polynomial:
        total: Polynomial = {}
        for tap in right.places:
            cell = tuple(
                operand.slope * i + operand.tap * m + operand.offset
                for i, m in zip(place, tap, strict=True)
            )
            total = added(total, multiplied(left.at(cell), right.at(tap)))
        return total

    return _filled(arrays[operand.length_of].shape, entry)


def derivative(forward: Table, by: Table, upstream: Table) -> Table:
    """Return the derivative of the sum of upstream[i] forward[i] by each symbol of `by`.

    Args:
        forward: entries that are linear in the symbols of `by`.
        by: an array of symbols.
        upstream: an array of the shape of `forward`.
    """
    total: Polynomial = {}
    for place in forward.places:
        total = added(total, multiplied(forward.at(place), upstream.at(place)))

    def entry(place: Place) -> Polynomial:
        ((symbol,),) = by.at(place)
        return {
            tuple(factor for factor in monomial if factor != symbol): many
            for monomial, many in total.items()
            if symbol in monomial
        }

    return _filled(by.shape, entry)
