"""The edits that a repair may make: small changes of an index, a bound, a condition or a sum.

An edit replaces one node of a claim. Where the claim has the mirror image of that node in its other
axis (i for j, u for v, p for q ...), the edit may go with its mirror image, and both count as one.
Every edit has a rank: what authors get wrong most often comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from symconv.formula.tree import (
    Compare,
    Divides,
    Entry,
    Equation,
    Letter,
    Negated,
    Product,
    Quotient,
    SumOver,
    Total,
    holds_entry,
    walk,
)
from symconv.verification.reading.index_graph import array_of
from symconv.verification.repair.edit_changes import Changes
from symconv.verification.repair.mirrors import mirrors
from symconv.verification.truth.algebra import (
    letters_in,
    rebuild,
    substitute,
)
from symconv.verification.truth.convolution import (
    Model,
)

_ARRAYS: Final = ("x", "w", "dy")


@dataclass(frozen=True)
class Edit:
    """Nodes of a claim, by identity, and what stands in their place.

    Attributes:
        changes: (old node, new node) pairs; two when the axes share the edit.
        rank: 0 for the likeliest slips of the pen, then more.
    """

    changes: tuple[tuple[Any, Any], ...]
    rank: int

    @property
    def removes_a_sum(self) -> bool:
        """Whether a sum is replaced, so that letters it bound may stand open."""
        return any(isinstance(old, SumOver) for old, _ in self.changes)


def apply(claim: Any, edits: Sequence[Edit]) -> Any:
    """Return the claim with the edits made, or None where two of them touch the same node."""
    new = {id(old): value for edit in edits for old, value in edit.changes}
    if len(new) < sum(len(edit.changes) for edit in edits):
        return None
    made = 0

    def change(node: Any) -> Any:
        nonlocal made
        if id(node) in new:
            made += 1
            return new[id(node)]
        return rebuild(node, change)

    result = change(claim)
    return result if made == len(new) else None


def edits_of(
    claim: Equation, model: Model, *, index_base: int, named: frozenset[str], conditions: bool
) -> list[Edit]:
    """Return all single edits of a claim, by rank.

    Args:
        claim: the claim in our letters.
        model: the convolution it is about.
        index_base: what its indices start from.
        named: the sizes that its author has names for; an edit brings in no others.
        conditions: whether its conditions are edited, or else its right sides. The conditions of a
            wrong formula are not changed to make it hold in fewer cases.
    """
    nodes = list(_condition_slots(claim) if conditions else _value_slots(claim))
    changes = Changes(claim, model, index_base)
    pairs = mirrors(claim, model)
    edits: list[Edit] = []
    for node in nodes:
        found = changes.of_condition(node) if conditions else changes.of(node)
        for rank, new in found:
            sizes = {name for name in letters_in(new) if not name.startswith("_")}
            if new != node and sizes <= named | letters_in(node):
                edits += _with_mirrors(node, new, nodes, pairs, rank)
    return sorted(edits, key=lambda edit: edit.rank)


# Where edits are made


def _value_slots(claim: Equation) -> Iterator[Any]:
    """Yield what the right sides are made of: factors, sums, bounds, indices, their conditions."""
    for node in chain.from_iterable(map(walk, claim.rights)):
        match node:
            case Entry() if array_of(node) in _ARRAYS:
                yield from node.indices
            case SumOver():
                yield node
                yield from (end for end in (node.lower, node.upper) if end is not None)
            case Product() | Negated() | Quotient() | Total() if holds_entry(node):
                yield node
            case Compare():
                yield from (node, node.left, node.right)
            case Divides():
                yield from (node.divisor, node.value)


def _condition_slots(claim: Equation) -> Iterator[Any]:
    """Yield the comparisons below a claim and their sides."""
    for node in chain.from_iterable(map(walk, claim.conditions)):
        if isinstance(node, Compare):
            yield from (node, node.left, node.right)


# Both axes at once


def _with_mirrors(
    node: Any, new: Any, nodes: Sequence[Any], pairs: Sequence[Mapping[str, str]], rank: int
) -> Iterator[Edit]:
    """Yield the edit with its mirror image in another axis, where there is one, and without."""
    for mirror in pairs:
        letters = {name: Letter(other) for name, other in mirror.items()}
        if isinstance(node, SumOver):
            if isinstance(new, SumOver) and new.letter == mirror.get(node.letter):
                yield Edit(((node, new.body),), rank)
        elif not isinstance(node, Compare) and not holds_entry(node):
            image = substitute(node, letters)
            twin = next((other for other in nodes if other == image and other is not node), None)
            if twin is not None and image != node:
                yield Edit(((node, new), (twin, substitute(new, letters))), rank)
    yield Edit(((node, new),), rank)
