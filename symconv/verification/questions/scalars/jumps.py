"""Receptive fields beside the jumps of their display: j_l = j_{l-1} s_l counts layer l itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symconv.formula.notation import Statement
from symconv.verification.outcome import Outcome
from symconv.verification.questions.scalars.stages import THE_LAYERS_BEFORE
from symconv.verification.reading.names import flat
from symconv.verification.truth.sizes import JUMPS


def with_own_jumps(
    statements: Sequence[Statement], outcomes: Sequence[Outcome | None]
) -> list[Outcome | None]:
    """Return outcomes where a jump that the display sets is not taken for that of a layer before.

    r_l = r_{l-1} + (k_l - 1) j_l is right of a j_l that leaves out the stride of layer l, and wrong
    beside j_l = j_{l-1} s_l.
    """
    jumps = [
        flat(statement.sides[0])
        for statement, outcome in zip(statements, outcomes, strict=True)
        if outcome is not None and (outcome.kind, outcome.status) == (JUMPS, "proved")
    ]
    return [outcome and _beside(outcome, jumps) for outcome in outcomes]


def _beside(outcome: Outcome, jumps: Sequence[str]) -> Outcome:
    for name in jumps:
        if THE_LAYERS_BEFORE.format(name) in outcome.condition:
            reach = f"{name} counts the stride of the layer itself, as the display sets it"
            return replace(outcome, status="refuted", reach=reach, condition="")
    return outcome
