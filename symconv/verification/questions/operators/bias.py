"""Claims about the gradient of a bias as a sum over a whole array: db = sum dY."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from symconv.formula.notation import Big, Group, Marked, Statement
from symconv.formula.tree import Compare, Integer
from symconv.verification.outcome import Outcome
from symconv.verification.reading.names import flat
from symconv.verification.reading.operators.names import Named, bare, named
from symconv.verification.reading.operators.priors import BIASES, INPUT, KERNEL, OUTPUT, prior
from symconv.verification.reading.roles import Told

KIND: Final = "grad_bias"


def bias_claim(statement: Statement, told: Told, *, indexed: bool) -> Outcome | None:
    """Return the verdict on db = the sum of dY; None for any other statement.

    Args:
        statement: what is claimed.
        told: what is said of names.
        indexed: whether a sum with indices counts, too; else it is left to others.
    """
    if len(statement.sides) != 2:
        return None
    left = named(statement.sides[0], told)
    right = bare(statement.sides[1])
    if left is None or not left.gradient or left.base.split("_")[0] not in BIASES:
        return None
    if not isinstance(right, Big) or right.operator != "sum":
        return None
    inner = _summed(right.body, told, indexed=indexed)
    if inner is None or not inner.gradient or not _is_upstream(inner):
        return None
    reading = f"{left.shown} gradient of the bias, {inner.shown} upstream gradient"
    over = ", ".join(map(flat, right.below))
    if axes := _axes(right.below):
        condition = f"axes {', '.join(map(str, axes))} of {inner.shown} are those of the images "
        condition += "and positions, and its other axis is that of the channels"
        return Outcome(KIND, "right_when", reading, "for all sizes", condition=condition)
    if not over or indexed:
        reach = f"for all sizes; summed over {over or 'all positions (and images)'}"
        return Outcome(KIND, "proved", reading, reach)
    condition = f"{over} run over all positions (and images), and over nothing else"
    return Outcome(KIND, "right_when", reading, "for all sizes", condition=condition)


def _axes(below: Sequence[Any]) -> tuple[int, ...]:
    """Return the axes that a sum runs over in NumPy's notation, axis=(0, 2, 3)."""
    match below:
        case (Compare(operator="=", left=left, right=Group(items=items)),) if flat(left) == "axis":
            return tuple(item.value for item in items if isinstance(item, Integer))
    return ()


def _summed(body: Any, told: Told, *, indexed: bool) -> Named | None:
    """Return the array that is summed up; one in brackets may have indices behind them."""
    body = bare(body)
    if isinstance(body, Marked) and isinstance(body.base, Group):
        body = bare(body.base)
    found = named(body, told)
    return found if found and (indexed or not found.labels) else None


def _is_upstream(array: Named) -> bool:
    """Return whether a gradient may be with respect to the output."""
    return prior(array.base, OUTPUT) <= min(prior(array.base, role) for role in (INPUT, KERNEL))
