"""Which names are the window, the stride and the padding where cells are led back to windows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isqrt

from symconv.formula.tree import (
    Expression,
    Integer,
    Largest,
    Letter,
    Node,
    Quotient,
    Smallest,
    walk,
)
from symconv.verification.reading.pooling_roles import (
    KERNEL,
    OUTPUT,
    PADDING,
    STRIDE,
    assigned,
    fit,
)
from symconv.verification.reading.roles import Told
from symconv.verification.truth.algebra import ONE, ZERO

MAX_NAMES = 5


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


def roots(divisor: int, axes: int) -> list[Expression]:
    """Return the window's size along each axis whose product is a number: 1/4 is a 2x2 window."""
    if axes == 1:
        return [Integer(divisor)]
    root = isqrt(divisor)
    return [Integer(root)] if axes == 2 and root * root == divisor else []


def has_extremes(node: Node) -> bool:
    """Return whether a bound is cut off at the ends of the array, max(0, ...)."""
    return any(isinstance(part, Largest | Smallest) for part in walk(node))
