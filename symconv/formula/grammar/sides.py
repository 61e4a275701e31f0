"""Sides with relations between them, where they stand as a condition beside a claim."""

from __future__ import annotations

from itertools import pairwise

from symconv.formula.grammar import build
from symconv.formula.grammar.derivatives import in_brackets
from symconv.formula.notation import ForAll, Member, Range
from symconv.formula.tree import AllOf, AnyOf, Compare, Divides, Node, Not

_CLAIMABLE = (Compare, Divides, Not, Member, ForAll)
_IMPLICATIONS = frozenset({"implies", "iff", "arrow"})


def is_condition(node: Node) -> bool:
    """Return whether the node may be claimed or stand beside a claim."""
    if isinstance(node, AllOf | AnyOf):
        return all(is_condition(part) for part in node.conditions)
    return isinstance(node, _CLAIMABLE)


def is_beside(sides: tuple[Node, ...], relations: tuple[str, ...]) -> bool:
    """Return whether a part says for which values something holds: 0 <= i < n, i = 1, ..., n."""
    if relations:
        return relations == ("=",) and isinstance(sides[-1], Range)
    return is_condition(in_brackets(sides[0]))


def as_condition(sides: tuple[Node, ...], relations: tuple[str, ...]) -> Node:
    """Return sides with relations between them as one condition."""
    if not relations:
        return in_brackets(sides[0])
    pairs: list[Node] = []
    for relation, (left, right) in zip(relations, pairwise(sides), strict=False):
        if isinstance(right, Range):
            pairs.append(Member((left,), right, span=right.span))
            continue
        operator = "=" if relation in {":=", "=", "equiv"} else relation
        inner = _first_operand(right)
        pairs.append(build.compare(operator, left, inner, span=right.span))
        if inner is not right:
            pairs.append(right)
    return pairs[0] if len(pairs) == 1 else build.all_of(tuple(pairs))


def _first_operand(node: Node) -> Node:
    """Return b of b in S or b <= c, which goes on from a = b."""
    if isinstance(node, Member) and len(node.elements) == 1:
        return node.elements[0]
    return node.left if isinstance(node, Compare) else node


def implied(relations: list[str]) -> list[int]:
    """Return the places of arrows that stand between equations; none where all are arrows."""
    places = [place for place, sign in enumerate(relations) if sign in _IMPLICATIONS]
    return places if len(places) < len(relations) else []


def between_arrows(sides: list[Node], relations: list[str], places: list[int]) -> list[Node]:
    """Return what stands between arrows, each as one condition."""
    cuts = [0, *(place + 1 for place in places), len(sides)]
    return [
        as_condition(tuple(sides[first:last]), tuple(relations[first : last - 1]))
        for first, last in pairwise(cuts)
    ]
