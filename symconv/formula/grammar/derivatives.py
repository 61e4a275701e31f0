"""Fractions of differentials: which are derivatives, of what and by what."""

from __future__ import annotations

from dataclasses import replace

from symconv.formula.grammar import build
from symconv.formula.notation import Differential, Group, Juxtaposed, Marked, Name, Run, Words
from symconv.formula.tree import Node, Partial, Span


def derivative(numerator: Node, denominator: Node, span: Span) -> Partial | None:
    """Return numerator / denominator as a derivative, or None if it is a mere quotient."""
    if isinstance(numerator, Differential) is not isinstance(denominator, Differential):
        return None
    of = undifferentiated(numerator)
    by = undifferentiated(denominator)
    if of is None or by is None:
        return None
    return build.partial(of, by, span=span)


def undifferentiated(node: Node) -> Node | None:
    """Return X of dX or of a differential of X, or None if the node is neither."""
    if isinstance(node, Differential):
        return node.operand if node.sign == "partial" and node.operand != Words("") else None
    if isinstance(node, Run):
        return _without_d(node)
    if isinstance(node, Marked) and isinstance(node.base, Run):
        base = _without_d(node.base)
        return replace(node, base=base) if base else None
    if isinstance(node, Juxtaposed) and node.factors[0] == Name("d"):
        rest = node.factors[1:]
        return rest[0] if len(rest) == 1 else replace(node, factors=rest)
    return None


def _without_d(run: Run) -> Node | None:
    if run.letters[0].text != "d":
        return None
    rest = run.letters[1:]
    return rest[0] if len(rest) == 1 else replace(run, letters=rest)


def in_brackets(node: Node) -> Node:
    """Return what a mere bracket holds."""
    if isinstance(node, Group) and len(node.items) == 1:
        return node.items[0]
    return node
