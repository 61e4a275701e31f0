"""What the rules of the grammar get: tokens, and what the rules below them returned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from lark import Token

from symconv.formula.source import between, span_of
from symconv.formula.tree import Node, Span

Child: TypeAlias = Any  # a token, a node, or what a rule below returned


class MisreadError(Exception):
    """What stands there has no one reading; caught where a statement is read."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span


def span_over(children: Sequence[Child]) -> Span:
    """Return the span from the first child to the last."""
    return between(_span(children[0]), _span(children[-1]))


def _span(child: Child) -> Span:
    return span_of(child) if isinstance(child, Token) else child.span


def values_in(children: Sequence[Child]) -> tuple[Child, ...]:
    """Return what the children of a rule are, without the tokens."""
    return tuple(child for child in children if not isinstance(child, Token))


def is_bare(node: Node, first: Node) -> bool:
    """Return whether the node begins with `first`, without a bracket of its own."""
    return node.span.start == first.span.start
