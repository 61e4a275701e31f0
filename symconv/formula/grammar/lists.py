"""Lists of names and the conditions they share, intervals, congruences."""

from __future__ import annotations

from dataclasses import replace

from symconv.formula.grammar import build
from symconv.formula.notation import Group, Marked, Member, Name, Range, Run
from symconv.formula.tree import Compare, Integer, Node

NAMES = (Name, Run, Marked)


def gathered(conditions: tuple[Node, ...]) -> tuple[Node, ...]:
    """Join lists of names with the condition they belong to: i, j in S; 0 <= a, b < n."""
    result: list[Node] = []
    for node in conditions:
        if isinstance(node, Member):
            result.append(_with_names(result, node))
        elif isinstance(node, Compare):
            result.append(_spread(result, node))
        else:
            result.append(node)
    return tuple(result)


def _with_names(before: list[Node], member: Member) -> Member:
    """Return the membership of the names before it as well, taking them off the list."""
    if not all(isinstance(element, NAMES) for element in member.elements):
        return member
    place = _first_name(before)
    names = before[place:]
    del before[place:]
    return replace(member, elements=(*names, *member.elements))


def _first_name(nodes: list[Node]) -> int:
    """Return the number of the first of the mere names at the end of the list."""
    place = len(nodes)
    while place and isinstance(nodes[place - 1], Name | Run):
        place -= 1
    return place


def _spread(before: list[Node], last: Compare) -> Node:
    """Return 0 <= a, b < n as conditions on both names, taking the first ones off the list."""
    place = _first_name(before)
    first = before[place - 1] if place else None
    if not isinstance(first, Compare) or not _opens(first) or not _closes(last):
        return last
    names = (first.right, *before[place:], last.left)
    if _is_part_of_another(names):
        return last
    del before[place - 1 :]
    lower = [build.compare(first.operator, first.left, name, span=first.span) for name in names]
    upper = [build.compare(last.operator, name, last.right, span=last.span) for name in names]
    return build.all_of((*lower, *upper))


def _is_part_of_another(names: tuple[Node, ...]) -> bool:
    """Return whether a name stands in a product beside it: 0 <= it, i <= g are two conditions."""
    factors = {factor for name in names if isinstance(name, Run) for factor in name.letters}
    return not factors.isdisjoint(names)


def _opens(node: Compare) -> bool:
    """Return whether the condition is lower <= name, to be followed by more names."""
    less = node.operator in {"<", "<="}
    return less and isinstance(node.right, NAMES) and not isinstance(node.left, Name | Run)


def _closes(node: Compare) -> bool:
    return node.operator in {"<", "<="} and isinstance(node.left, Name | Run)


def elements(node: Node) -> tuple[Node, ...]:
    """Return the elements of (m, n), or the node itself."""
    return node.items if isinstance(node, Group) and len(node.items) > 1 else (node,)


def container(node: Node) -> Node:
    """Return a bracket of two numbers, or range(n), as the interval that it is."""
    if isinstance(node, Marked) and node.base == Name("range", word=True):
        bounds = node.marks[0].items
        low = bounds[0] if len(bounds) > 1 else Integer(0)
        if bounds:
            return Range(low, bounds[min(len(bounds), 2) - 1], open_high=True, span=node.span)
    if isinstance(node, Group) and node.bracket in {"[", "("} and len(node.items) == 2:
        open_ends = node.bracket == "("
        return Range(node.items[0], node.items[1], open_ends, open_ends, span=node.span)
    return node


def modulo(node: Node, modulus: Node) -> Node:
    """Return an equation as one between remainders."""
    if not isinstance(node, Compare):
        return node
    left = build.remainder(node.left, modulus, span=node.left.span)
    right = build.remainder(node.right, modulus, span=node.right.span)
    return build.compare(node.operator, left, right, span=node.span)
