"""The edits that a repair may make: small changes of an index, a bound, a condition or a sum.

An edit replaces one node of a claim. Where the claim has the mirror image of that node in its other
axis (i for j, u for v, p for q ...), the edit may go with its mirror image, and both count as one.
Every edit has a rank: what authors get wrong most often comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from symconv.formula.tree import (
    Ceiling,
    Compare,
    Entry,
    Equation,
    Expression,
    Floor,
    Letter,
    Negated,
    Product,
    Quotient,
    SumOver,
    Total,
    walk,
)
from symconv.verification.truth.algebra import (
    ONE,
    letters_in,
    minus,
    negative,
    plus,
    rebuild,
    substitute,
    times,
)
from symconv.verification.truth.convolution import Model

MIRROR: Final = {"_i": "_j", "_u": "_v", "_r": "_s", "p": "q", "m": "n", "g": "h"}
_OF_SIZES: Final = (Total, Quotient, Floor, Ceiling)
_OPERATORS: Final = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


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


def apply(claim: Any, edits: tuple[Edit, ...]) -> Any:
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


def edits_of(claim: Any, model: Model, *, conditions: bool) -> list[Edit]:
    """Return all single edits of a claim, by rank.

    Args:
        claim: the claim in our letters.
        model: the convolution it is about.
        conditions: whether its conditions are edited, or else its sums and indices. The premise of
            a wrong formula is not changed to make it hold in fewer cases.
    """
    mirror = _mirror_letters(claim)
    slots = _condition_slots(claim) if conditions else _value_slots(claim)
    nodes = list(slots)
    edits: list[Edit] = []
    for node in nodes:
        for rank, new in _candidates(node, claim, model):
            if new != node and not _is_circular(claim, new):
                edits += _with_mirror(node, new, nodes, mirror, rank)
    return sorted(edits, key=lambda edit: edit.rank)


def _is_circular(claim: Any, new: Any) -> bool:
    """Return whether an edit explains a letter by itself: g = g."""
    left = claim.left if isinstance(claim, Equation) else None
    return isinstance(left, Letter) and left.name in letters_in(new)


def _value_slots(claim: Any) -> Iterator[Any]:
    """Yield the sums, bounds and indices of the right sides; of a size, whatever it is made of."""
    nodes = list(walk(claim.rights if isinstance(claim, Equation) else claim))
    if isinstance(claim, Equation) and isinstance(claim.left, Letter):
        is_size = not any(isinstance(node, Entry | SumOver) for node in nodes)
        yield from (node for node in nodes if is_size and isinstance(node, _OF_SIZES))
    for node in nodes:
        if isinstance(node, Entry) and node.array in ("x", "w", "dy"):
            yield from node.indices
        elif isinstance(node, SumOver):
            yield node
            yield from (end for end in (node.lower, node.upper) if end is not None)


def _condition_slots(claim: Any) -> Iterator[Any]:
    """Yield the comparisons and their sides."""
    for node in walk(claim):
        if isinstance(node, Compare):
            yield from (node, node.left, node.right)


def _candidates(node: Any, claim: Any, model: Model) -> Iterator[tuple[int, Any]]:
    """Yield (rank, replacement) for one node."""
    if isinstance(node, SumOver):
        yield 1, node.body
        return
    if isinstance(node, Compare):
        if node.operator in _OPERATORS:
            yield 1, Compare(_OPERATORS[node.operator], node.left, node.right)
        return
    yield 1, plus(node, ONE)
    yield 1, minus(node, ONE)
    yield from _local(node)
    yield from ((1, changed) for changed in _other_letters(node, letters_in(claim)))
    if isinstance(node, Quotient):
        yield 0, Floor(node)
    if isinstance(node, Ceiling):
        yield 0, Floor(node.operand)
    for name in sorted(_bound(claim) & _index_letters(claim)):
        for axis in model.axes:
            step = times(Letter(name), axis.stride)
            yield 0, plus(node, step)
            yield 2, minus(node, step)
        yield 2, plus(node, Letter(name))
        yield 2, minus(node, Letter(name))
    if not any(name.startswith("_") for name in letters_in(node)):
        for axis in model.axes:
            for size in (axis.kernel, axis.output, axis.input):
                yield 2, minus(size, ONE)


def _local(node: Expression) -> Iterator[tuple[int, Expression]]:
    """Yield (rank, node with one factor or term left out, negated, moved or given a stride)."""
    match node:
        case Product():
            for place in range(len(node.factors)):
                yield 0, times(*node.factors[:place], *node.factors[place + 1 :])
            yield from ((0, moved) for moved in _moved_one(node))
        case Total():
            for place, term in enumerate(node.terms):
                before, behind = node.terms[:place], node.terms[place + 1 :]
                yield 1, plus(*before, *behind)
                yield 1, plus(*before, negative(term), *behind)
                for rank, changed in _local(term):
                    yield rank, plus(*before, changed, *behind)
        case Negated():
            yield from ((rank, negative(changed)) for rank, changed in _local(node.operand))
        case Letter():
            yield 0 if node.name.startswith("_") else 1, times(node, Letter("t"))
        case Floor():
            yield from ((rank, Floor(changed)) for rank, changed in _local(node.operand))
        case Quotient():
            for rank, changed in _local(node.numerator):
                yield rank, Quotient(changed, node.denominator)


def _moved_one(product: Product) -> Iterator[Expression]:
    """Yield (a+1)*b for a*(b+1)."""
    for place, factor in enumerate(product.factors):
        if isinstance(factor, Total) and ONE in factor.terms:
            smaller = minus(factor, ONE)
            for other, target in enumerate(product.factors):
                if other != place:
                    factors = list(product.factors)
                    factors[place], factors[other] = smaller, plus(target, ONE)
                    yield times(*factors)


def _other_letters(node: Expression, used: frozenset[str]) -> Iterator[Expression]:
    """Yield the node with one letter replaced: an index by another, a size by its mirror image."""
    sizes = {**MIRROR, **{other: name for name, other in MIRROR.items()}}
    for name in sorted(letters_in(node)):
        indices = sorted(other for other in used if other.startswith("_"))
        for other in indices if name.startswith("_") else (sizes.get(name, name),):
            if other != name:
                yield substitute(node, {name: Letter(other)})


def _with_mirror(
    node: Any, new: Any, nodes: list[Any], mirror: Mapping[str, str], rank: int
) -> Iterator[Edit]:
    """Yield the edit with its mirror image in the other axis, if there is one, and without."""
    letters = {name: Letter(other) for name, other in mirror.items()}
    if isinstance(node, SumOver):
        if isinstance(new, SumOver) and new.letter == mirror.get(node.letter):
            yield Edit(((node, new.body),), rank)
    elif not isinstance(node, Compare):
        image = substitute(node, letters)
        twin = next((other for other in nodes if other == image and other is not node), None)
        if twin is not None and image != node:
            yield Edit(((node, new), (twin, substitute(new, letters))), rank)
    yield Edit(((node, new),), rank)


def _mirror_letters(claim: Any) -> dict[str, str]:
    """Return letter -> its counterpart in the other axis, sums paired in their order."""
    pairs = dict(MIRROR)
    bound = [node.letter for node in walk(claim) if isinstance(node, SumOver)]
    own = [name for name in dict.fromkeys(bound) if name not in {*pairs, *pairs.values()}]
    pairs.update(zip(own[::2], own[1::2], strict=False))
    return {**pairs, **{other: name for name, other in pairs.items()}}


def _bound(claim: Any) -> frozenset[str]:
    return frozenset(node.letter for node in walk(claim) if isinstance(node, SumOver))


def _index_letters(claim: Any) -> frozenset[str]:
    return frozenset(name for name in letters_in(claim) if name.startswith("_"))
