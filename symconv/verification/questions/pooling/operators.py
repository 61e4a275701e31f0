"""Claims in operators on whole arrays: the error of the layer before pooling, spread back.

delta^l = f'(z^l) . up(delta^{l+1}), where up gives each cell its share, as the pooling does it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from symconv.formula.notation import (
    Group,
    Juxtaposed,
    Mark,
    Marked,
    Multiplied,
    Name,
    Run,
    Starred,
    Statement,
    Words,
)
from symconv.verification.outcome import Candidate
from symconv.verification.questions.pooling.deciding import Asked
from symconv.verification.reading.names import flat

_UP: Final = re.compile(r"up|upsample|upsampling|unpool|unpooling|up_?sample", re.IGNORECASE)
_GRADIENTS: Final = re.compile(r"delta|d[A-Z]\w*|epsilon|g|G")
_PRODUCTS: Final = frozenset({"odot", "circ", "*", "otimes", "cdot"})


def spread_back(statement: Statement) -> Iterator[Candidate]:
    """Yield what is found about a gradient that is spread back through a pooling layer."""
    factors = list(_factors(statement.sides[-1]))
    ups = [factor for factor in factors if _is_up(factor)]
    rest = [factor for factor in factors if not _is_up(factor)]
    if len(ups) != 1 or not all(_is_slope(factor) for factor in rest):
        return
    left = statement.sides[0] if len(statement.sides) > 1 else None
    if left is not None and not _is_gradient(left):
        return
    label = _label(left) if left is not None else ""
    slopes = {_label(argument) for factor in rest for argument in _arguments(factor)}
    inner = {_label(argument) for argument in _arguments(ups[0])}
    if label and (inner == {label} or (slopes - {"", label})):
        return
    asked = Asked("gradient of pooling", "up spreads each entry over its window")
    condition = "up spreads as the pooling gathers: evenly for an average, to the maximum for a max"
    yield Candidate(0.0, asked.outcome("proved", "for all windows"), condition)


def _factors(side: Any) -> Iterator[Any]:
    match side:
        case Group(items=(item,)):
            yield from _factors(item)
        case Starred(sign=sign, left=left, right=right) if sign in _PRODUCTS:
            yield from _factors(left)
            yield from _factors(right)
        case Juxtaposed(factors=factors) | Multiplied(factors=factors):
            for factor in factors:
                yield from _factors(factor)
        case Marked(marks=(*_, Mark(kind="paren", items=(Starred() | Juxtaposed() as item,)))):
            yield from _factors(item)
        case _:
            yield side


def _is_up(node: Any) -> bool:
    if not isinstance(node, Marked) or not isinstance(node.base, Name | Run | Words):
        return False
    named = _UP.fullmatch(flat(node.base)) is not None
    return named and bool(_arguments(node)) and all(map(_is_gradient, _arguments(node)))


def _is_slope(node: Any) -> bool:
    """Return whether a factor is the derivative of an activation, f'(z)."""
    if not isinstance(node, Marked) or not isinstance(node.base, Name | Run):
        return False
    return flat(node.base).endswith("'") and bool(_arguments(node))


def _is_gradient(node: Any) -> bool:
    base = node.base if isinstance(node, Marked) else node
    return isinstance(base, Name | Run) and _GRADIENTS.fullmatch(flat(base)) is not None


def _arguments(node: Any) -> tuple[Any, ...]:
    marks: tuple[Mark, ...] = node.marks if isinstance(node, Marked) else ()
    return marks[-1].items if marks and marks[-1].kind == "paren" else ()


def _label(node: Any) -> str:
    """Return what stands above a name, the layer."""
    marks: tuple[Mark, ...] = node.marks if isinstance(node, Marked) else ()
    return next((flat(mark.items[0]) for mark in marks if mark.kind == "sup" and mark.items), "")
