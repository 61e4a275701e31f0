"""What no kind of claim takes: why, and what would help."""

from __future__ import annotations

from typing import Final

from symconv.formula.notation import Marked, Name, Run, Statement
from symconv.formula.tree import walk
from symconv.verification.outcome import Outcome
from symconv.verification.reading.names import flat
from symconv.verification.reading.roles import Told

MOST: Final = 3  # names that are asked for


def unknown(statement: Statement, told: Told) -> Outcome:
    """Return the outcome of a statement that is of no known kind."""
    if len(statement.sides) < 2 and not statement.relations:
        reason = "a fragment without a relation: nothing is claimed"
        return Outcome("fragment", "no_claim", "", reason)
    names = _names(statement)
    asked = [name for name in names if name not in told.names][:MOST]
    reason = "no known statement about a convolution, its gradients or its sizes"
    help_ = ""
    if asked:
        example = ", ".join(f"{name}={role}" for name, role in zip(asked, _ROLES, strict=False))
        help_ = f"tell me what {', '.join(asked)} mean: --letters '{example}'"
    return Outcome("not understood", "not_understood", "", reason, help=help_)


_ROLES: Final = ("input", "kernel", "stride")


def _names(statement: Statement) -> list[str]:
    found: dict[str, None] = {}
    for side in statement.sides:
        for part in walk(side):
            if isinstance(part, Marked):
                found.setdefault(flat(part.base))
            elif isinstance(part, Name | Run):
                found.setdefault(flat(part))
    return list(found)
