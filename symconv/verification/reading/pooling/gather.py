"""Which names are the window, the stride and the padding where cells are led back to windows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Final

from symconv.formula.tree import (
    Expression,
    Integer,
    Letter,
    Node,
    Quotient,
    walk,
)
from symconv.verification.reading.pooling.polynomials import fraction
from symconv.verification.reading.pooling.roles import (
    KERNEL,
    OUTPUT,
    PADDING,
    STRIDE,
    assigned,
    fit,
)
from symconv.verification.reading.roles import Told
from symconv.verification.truth.algebra import ONE, ZERO, times

MAX_NAMES: Final = 5
TILING: Final = 1.5  # one name is both window and stride, though another could be the window


@dataclass(frozen=True)
class Gathered:
    """The sizes of one axis under one reading.

    Attributes:
        kernel, stride, before: of the windows.
        output: the name of the number of outputs, where one stands there.
        roles: the names that get a role.
        cost: what they cost.
    """

    kernel: Expression
    stride: Expression
    before: Expression
    output: str
    roles: tuple[tuple[str, str], ...]
    cost: float


def gathered(
    nodes: Sequence[Node], kernels: Sequence[Expression], indices: frozenset[str], told: Told
) -> list[Gathered]:
    """Return the readings of an axis, the likeliest first.

    Args:
        nodes: the bounds, indices and conditions along the axis.
        kernels: what else may be the window's size, such as the divisor of an average.
        indices: the names that are indices.
        told: what was said of the names.
    """
    names = _names(nodes, indices)
    if len(names) > MAX_NAMES:
        return []
    found = list(_assignments(names, _strides(nodes, indices), kernels, _numbers(nodes), told))
    found.sort(key=lambda reading: reading.cost)
    return found


def _assignments(
    names: Sequence[str],
    strides: Sequence[Expression],
    kernels: Sequence[Expression],
    numbers: Sequence[Expression],
    told: Told,
) -> Iterator[Gathered]:
    letters = [Letter(name) for name in names]
    for kernel in dict.fromkeys([*letters, *kernels, *numbers]):
        for stride in dict.fromkeys([*strides, *letters, ONE]):
            rest = [n for n in names if Letter(n) not in (kernel, stride)]
            for before, output in _others(rest):
                pairs = _roles(kernel, stride, told)
                pairs += [(before.name, PADDING)] if isinstance(before, Letter) else []
                pairs += [(output, OUTPUT)] if output else []
                cost = assigned(pairs, told)
                cost += TILING if kernel == stride and rest and not kernels else 0.0
                cost += 0.0 if stride in strides or (not strides and stride == ONE) else 3.0
                yield Gathered(kernel, stride, before, output, tuple(pairs), cost)


def _roles(kernel: Expression, stride: Expression, told: Told) -> list[tuple[str, str]]:
    """Return the roles of the names; a window that is the stride has the role that suits it."""
    if kernel == stride:
        if not isinstance(kernel, Letter):
            return []
        return [(kernel.name, min((KERNEL, STRIDE), key=lambda r: fit(kernel.name, r, told)))]
    sizes = ((kernel, KERNEL), (stride, STRIDE))
    return [(size.name, role) for size, role in sizes if isinstance(size, Letter)]


def _others(rest: Sequence[str]) -> Iterator[tuple[Expression, str]]:
    """Yield what the names that are neither window nor stride may be."""
    if not rest:
        yield ZERO, ""
    elif len(rest) == 1:
        yield Letter(rest[0]), ""
        yield ZERO, rest[0]
    elif len(rest) == 2:
        yield Letter(rest[0]), rest[1]
        yield Letter(rest[1]), rest[0]


def _names(nodes: Sequence[Node], indices: frozenset[str]) -> list[str]:
    found = (part.name for node in nodes for part in walk(node) if isinstance(part, Letter))
    return [name for name in dict.fromkeys(found) if name not in indices]


def _strides(nodes: Sequence[Node], indices: frozenset[str]) -> list[Expression]:
    """Return what divides, or multiplies an index."""
    found: list[Expression] = []
    for node in nodes:
        for part in walk(node):
            if isinstance(part, Quotient) and isinstance(part.denominator, Letter | Integer):
                found.append(part.denominator)
            factors = getattr(part, "factors", ())
            if len(factors) == 2 and any(f.names and f.names <= indices for f in factors):
                found += [f for f in factors if not f.names & indices]
    return [size for size in dict.fromkeys(found) if isinstance(size, Letter | Integer)]


def _numbers(nodes: Sequence[Node]) -> list[Expression]:
    found = [
        Integer(part.value + more)
        for node in nodes
        for part in walk(node)
        if isinstance(part, Integer)
        for more in (0, 1)
        if 1 < part.value + more < 8
    ]
    return list(dict.fromkeys(found))


def divisors_of(scale: Sequence[Expression], axes: int, told: Told) -> list[list[Expression]]:
    """Return what the divisor of an average says of the window's size along each axis.

    1/(k_h k_w) and 1/k^2 name them, 1/4 is a 2x2 window; and in two dimensions 1/k, where k is
    plainly the size of a window, says k twice.
    """
    above, below = fraction(times(*scale))
    nothing: list[list[Expression]] = [[] for _ in range(axes)]
    if len(below.terms) != 1 or len(above.terms) != 1 or above.letters:
        return nothing
    monomial, value = below.terms[0]
    number = value / above.terms[0][1]
    if len(monomial) == axes and number == 1:
        return [[size] for size in monomial]
    if len(monomial) == 1 and isinstance(monomial[0], Letter) and number == 1:
        plain = fit(monomial[0].name, KERNEL, told) == 0
        return [[monomial[0]] for _ in range(axes)] if plain else nothing
    if not monomial and number.denominator == 1 and number > 1:
        return [list(_roots(int(number), axes)) for _ in range(axes)]
    return nothing


def _roots(divisor: int, axes: int) -> list[Expression]:
    """Return the window's size along each axis whose product is a number."""
    if axes == 1:
        return [Integer(divisor)]
    root = isqrt(divisor)
    return [Integer(root)] if axes == 2 and root * root == divisor else []
