"""Right formulas with channels and images, from those of one channel and one image."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from symconv.formula.tree import Entry, Equation, Letter, Partial, SumOver, Total
from symconv.verification.reading.index_graph import array_of
from symconv.verification.truth.algebra import plus, rebuild
from symconv.verification.truth.convolution import ARRAYS
from symconv.verification.truth.layout import AXES, Layout

CHANNELS: Final[Mapping[str, str]] = MappingProxyType(
    {"batch": "_n", "input": "_c", "output": "_o"}
)


def with_channels(claim: Equation, layout: Layout) -> Equation:
    """Return an equation with the indices of channels and images, summed where they must be.

    What stands on the left is free; what else a product has is summed, over all there are.

    Args:
        claim: without channels.
        layout: the dimensions that the arrays have.
    """
    if layout.is_plain:
        return claim
    free = _roles(claim.left, layout)
    left = _with_indices(claim.left, layout)
    return Equation(left, tuple(_summed(right, free, layout) for right in claim.rights), ())


def _summed(value: Any, free: frozenset[str], layout: Layout) -> Any:
    """Return a value with sums over the channels that only the right side has."""
    if isinstance(value, Total):
        return plus(*(_summed(term, free, layout) for term in value.terms))
    result = _with_indices(value, layout)
    for role in reversed(tuple(CHANNELS)):
        if role in _roles(value, layout) - free:
            result = SumOver(CHANNELS[role], None, None, result)
    return result


def _roles(node: Any, layout: Layout) -> frozenset[str]:
    """Return the channels that the arrays in a node have."""
    match node:
        case Entry():
            return frozenset(layout.roles(array_of(node))) - {*AXES}
        case Letter(name="b"):
            return frozenset(layout.roles("b"))
        case Partial(of=of, by=by):
            return _roles(of, layout) | _roles(by, layout)
    found: set[str] = set()

    def collect(part: Any) -> Any:
        found.update(_roles(part, layout))
        return part

    rebuild(node, collect)
    return frozenset(found)


def _with_indices(node: Any, layout: Layout) -> Any:
    if isinstance(node, Letter) and node.name == "b" and layout.roles("b"):
        return Entry("b", (Letter(CHANNELS["output"]),))
    if isinstance(node, Entry) and array_of(node) in ARRAYS:
        along = dict(zip(AXES, node.indices, strict=False))
        indices = tuple(
            along[role] if role in along else Letter(CHANNELS[role])
            for role in layout.roles(array_of(node))
        )
        return Entry(node.array, indices)
    return rebuild(node, lambda part: _with_indices(part, layout))
