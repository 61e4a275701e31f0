"""What no kind of claim takes: why, and what would help."""

from __future__ import annotations

import re
from typing import Any, Final

from symconv.formula.notation import Marked, Name, Run, Starred, Statement
from symconv.formula.tree import walk
from symconv.verification.outcome import Outcome
from symconv.verification.reading.array_roles import DELTAS
from symconv.verification.reading.names import flat
from symconv.verification.reading.operators.words import (
    FROM_COLUMNS,
    FUNCTIONS,
    HALVES,
    PADDINGS,
    ROTATIONS,
    STRETCHES,
    TO_COLUMNS,
    TRANSPOSED,
    plain,
)
from symconv.verification.reading.roles import ARRAYS, Told

_GRADIENT: Final = re.compile(r"d[A-Z_]|d[a-z]$|nabla|grad|diff|partial")
_OPERATORS: Final = frozenset().union(
    FUNCTIONS, TRANSPOSED, ROTATIONS, HALVES, STRETCHES, PADDINGS, TO_COLUMNS, FROM_COLUMNS
)
MOST: Final = 3  # names that are asked for


def unknown(statement: Statement, told: Told) -> Outcome:
    """Return the outcome of a statement that is of no known kind."""
    if len(statement.sides) < 2 and not statement.relations:
        reason = "a fragment without a relation: nothing is claimed"
        return Outcome("fragment", "no_claim", "", reason)
    if _names_a_name(statement, told):
        reason = "it says what a name stands for, and claims nothing of a convolution"
        return Outcome("definition", "no_claim", "", reason)
    silent = (name for name in _names(statement) if name not in told.names)
    asked = [name for name in silent if plain(name) not in _OPERATORS][:MOST]
    reason = "no known statement about a convolution, its gradients or its sizes"
    help_ = ""
    if asked:
        example = ", ".join(f"{name}={role}" for name, role in zip(asked, _ROLES, strict=False))
        help_ = f"tell me what {', '.join(asked)} mean: --letters '{example}'"
    return Outcome("not understood", "not_understood", "", reason, help=help_)


def _names_a_name(statement: Statement, told: Told) -> bool:
    """Return whether a name is given to another, D_out = K, or to what a star makes of two."""
    if len(statement.sides) != 2 or statement.relations != ("=",):
        return False
    left, right = statement.sides
    parts = (right.left, right.right) if isinstance(right, Starred) else (right,)
    starred = len(parts) > 1
    return all(_is_plain_name(part, told, array=starred) for part in (left, *parts))


def _is_plain_name(side: Any, told: Told, *, array: bool) -> bool:
    """Return whether a side is a name, and no gradient; an array only where it may be one."""
    labels = side.marks if isinstance(side, Marked) else ()
    base = side.base if isinstance(side, Marked) else side
    if not isinstance(base, Name | Run) or (told.names.get(flat(side)) in ARRAYS and not array):
        return False
    if any(mark.kind != "sub" or len(mark.items) > 1 for mark in labels):
        return False
    return not _GRADIENT.match(flat(side)) and flat(base) not in DELTAS


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
