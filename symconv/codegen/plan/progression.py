"""The taps of a phase, and what they read: numbers a step apart."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.errors import DerivationError


def progression(values: Sequence[int]) -> tuple[int, int, int]:
    """Return (first, step, count) of numbers a step apart; the step of a single one is 1.

    Raises:
        DerivationError: they are not.

    Example:
        >>> progression([7, 5, 3])
        (7, -2, 3)
    """
    distinct = list(dict.fromkeys(values))
    step = distinct[1] - distinct[0] if len(distinct) > 1 else 1
    if distinct != [distinct[0] + step * place for place in range(len(distinct))]:
        raise DerivationError(f"taps of a phase must lie a step apart, got {distinct}")
    return distinct[0], step, len(distinct)
