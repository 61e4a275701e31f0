"""Claims that pass a gradient through an activation, entry by entry: dz = da o f'(z)."""

from __future__ import annotations

from typing import Final

from symconv.formula.notation import Statement
from symconv.verification.outcome import Outcome
from symconv.verification.reading.operators.names import named
from symconv.verification.reading.operators.priors import DELTAS
from symconv.verification.reading.operators.readings import Sketcher
from symconv.verification.reading.operators.sketches import Array, Sloped, UnknownOperatorError
from symconv.verification.reading.roles import Told

KIND: Final = "gradient"


def pointwise_claim(statement: Statement, told: Told) -> Outcome | None:
    """Return the verdict on a gradient before an activation; None for any other statement."""
    if len(statement.sides) < 2:
        return None
    left = named(statement.sides[0], told)
    if left is None or not left.gradient:
        return None
    try:
        right = Sketcher(told).sketch(statement.sides[-1])
    except UnknownOperatorError:
        return None
    if not isinstance(right, Sloped) or not isinstance(right.operand, Array):
        return None
    upstream = right.operand.named
    if not upstream.gradient or upstream.base in DELTAS or upstream.base == left.base:
        return None
    reading = f"{left.shown} gradient before the activation, {upstream.shown} behind it"
    if left.layer and right.layer and left.layer - right.layer:
        why = f"the slope is that of layer {left.layer}, not of layer {right.layer}"
        return Outcome(KIND, "refuted", reading, why)
    if left.layer and upstream.layer and left.layer - upstream.layer:
        return None
    condition = f"{upstream.base} is the activation of that array, entry by entry"
    reach = "for all sizes, by the chain rule"
    return Outcome(KIND, "right_when", reading, reach, condition=condition)
