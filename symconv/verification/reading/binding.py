r"""Which letters a sum binds whose author only wrote a condition, \\sum_{it <= u < it + p}.

Those of the condition that nothing else explains: that are no index of the left side, bound by no
sum around it and no size; and the letter in the middle of 0 <= r < p, whatever it means elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import pairwise
from typing import Any

from symconv.formula.tree import AllOf, Compare, Condition, Letter, Node, SumOver, SumWhere, walk
from symconv.verification.reading.definitions import IsSize, letters_on_the_left
from symconv.verification.truth.algebra import rebuild
from symconv.verification.truth.guarded_terms import misunderstood


def with_bound_letters(claim: Any, is_size: IsSize) -> Any:
    """Return a claim with the letters of all its sums.

    Raises:
        FormulaError: nothing in a condition can be summed over.
    """
    return _bound(claim, letters_on_the_left(claim), is_size)


def _bound(node: Any, known: AbstractSet[str], is_size: IsSize) -> Any:
    if isinstance(node, SumWhere):
        node = node if node.letters else replace(node, letters=_letters(node, known, is_size))
        known = known | {*node.letters}
    elif isinstance(node, SumOver):
        known = known | {node.letter}
    if not isinstance(node, Node):
        return node
    return rebuild(node, lambda part: _bound(part, known, is_size))


def _letters(node: SumWhere, known: AbstractSet[str], is_size: IsSize) -> tuple[str, ...]:
    named = [part.name for part in walk(node.condition) if isinstance(part, Letter)]
    ranged = set(_ranged(node.condition))
    found = [name for name in named if name not in known and (name in ranged or not is_size(name))]
    if not found:
        found = [name for name in _lone(node.condition) if name not in known]
    if not found:
        raise misunderstood(node, "must say which letters it runs over, like r, s: condition")
    return tuple(dict.fromkeys(found))


def _ranged(condition: Condition) -> Iterator[str]:
    """Yield the r of each a <= r < b."""
    for part in walk(condition):
        if isinstance(part, AllOf):
            steps = [step for step in part.conditions if isinstance(step, Compare)]
            for low, high in pairwise(steps):
                if isinstance(low.right, Letter) and low.right == high.left:
                    yield low.right.name


def _lone(condition: Condition) -> Iterator[str]:
    """Yield the r of each r < b."""
    for part in walk(condition):
        if isinstance(part, Compare) and isinstance(part.left, Letter):
            yield part.left.name
