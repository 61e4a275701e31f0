"""Channels in groups: all channels as G times those of one group."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from symconv.formula.tree import (
    Expression,
    Floor,
    Letter,
    Product,
    Quotient,
)
from symconv.verification.truth.algebra import (
    rebuild,
    times,
)
from symconv.verification.truth.convolution import (
    GROUPS,
    INPUTS_OF_GROUP,
    OUTPUTS_OF_GROUP,
)


def grouped(node: Any) -> Any:
    """Return an equation with the channels of all groups as G times those of one."""
    match node:
        case Letter(name="C"):
            return times(INPUTS_OF_GROUP, GROUPS)
        case Letter(name="K"):
            return times(OUTPUTS_OF_GROUP, GROUPS)
        case Quotient() | Floor():
            return _cancelled(rebuild(node, grouped))
    return rebuild(node, grouped)


def of_one_group(node: Any) -> Any:
    """Return an equation about one group: C / G is how many channels it has."""
    match node:
        case Quotient(numerator=Letter(name="C" | "K"), denominator=Letter(name="G")):
            return node.numerator
    return rebuild(node, of_one_group)


def _cancelled(part: Any) -> Any:
    """Return a quotient of channels by groups as the channels of one group, C_g G / G = C_g."""
    if isinstance(part, Floor):
        return part.operand if part.operand in (INPUTS_OF_GROUP, OUTPUTS_OF_GROUP) else part
    above, below = _factors(part.numerator), _factors(part.denominator)
    if GROUPS not in below or GROUPS not in above:
        return part
    above.remove(GROUPS)
    below.remove(GROUPS)
    if not below:
        return times(*above)
    return replace(part, numerator=times(*above), denominator=times(*below))


def _factors(node: Expression) -> list[Expression]:
    return [*node.factors] if isinstance(node, Product) else [node]
