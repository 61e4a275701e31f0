"""The smallest sizes at which two scalar expressions differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, Final

from symconv.formula.tree import Expression
from symconv.verification.questions.scalars.roles import KEEP, Reading
from symconv.verification.questions.scalars.values import Values, value_of
from symconv.verification.questions.scalars.words import in_names
from symconv.verification.reading.scalars.size_priors import (
    AFTER,
    BEFORE,
    DILATION,
    EXTRA,
    FIELD,
    HOLES,
    INPUT,
    PADDING,
    PLACE,
    REST,
    STRIDE,
    TOTAL,
)
from symconv.verification.report.wording import Example
from symconv.verification.truth.sizes import NAMED, room, variants_of

_RANGES: Final[Mapping[str, range]] = {
    INPUT: range(1, 8),
    STRIDE: range(1, 4),
    DILATION: range(1, 4),
    HOLES: range(3),
    PADDING: range(3),
    TOTAL: range(3),
    BEFORE: range(3),
    AFTER: range(3),
    EXTRA: range(2),
    REST: range(3),
    FIELD: range(1, 5),
    PLACE: range(3),
}
_USUAL: Final = range(1, 5)
MAX_CASES: Final = 20_000


def smallest(
    names: Sequence[str],
    ranges: Mapping[str, range],
    one: Callable[[Values], Any],
    other: Callable[[Values], Any],
    holds: Callable[[Values], bool] | None = None,
) -> Example | None:
    """Return the smallest values at which two functions differ, or None.

    Args:
        names: of the values, in the order in which they are shown.
        ranges: of each name; others go from 1 to 4.
        one: what is claimed.
        other: what is true.
        holds: which values count.
    """
    for env in cases(names, ranges):
        try:
            if holds is not None and not holds(env):
                continue
            claimed, true = one(env), other(env)
        except ArithmeticError:
            continue
        if claimed != true:
            return Example(dict(env), {}, _side(claimed), _side(true), (_said(claimed, true),))
    return None


def _side(value: Any) -> str:
    if isinstance(value, bool):
        return "holds" if value else "does not hold"
    return str(value)


def _said(claimed: Any, true: Any) -> str:
    if isinstance(claimed, bool):
        return f"the condition {_side(claimed)} and should{' not' if claimed else ''}"
    return f"the number should be {true}, not {claimed}"


def cases(names: Sequence[str], ranges: Mapping[str, range]) -> Iterator[dict[str, int]]:
    """Yield values of some names, the smallest first; fewer of each where there are many names."""
    spans = [ranges.get(name, _USUAL) for name in names]
    while prod(map(len, spans)) > MAX_CASES and any(len(span) > 2 for span in spans):
        spans = [span[:-1] if len(span) > 2 else span for span in spans]
    if prod(map(len, spans)) > MAX_CASES:
        return
    values = sorted(product(*spans), key=lambda value: (sum(value), value))
    for value in values:
        yield dict(zip(names, value, strict=True))


def size_example(
    reading: Reading, expression: Expression, numbers: Mapping[str, int]
) -> Example | None:
    """Return the smallest sizes at which an expression is not what its law says."""
    variants = variants_of(reading.law, reading.named)
    if not variants:
        return None
    claimed = value_of(expression)
    true = value_of(in_names(variants[0].value, reading))
    held: Callable[[Values], bool] | None = None
    if reading.law.room and reading.named & NAMED:
        left = value_of(in_names(room(reading.named), reading))
        held = lambda env: left(env) >= 0  # noqa: E731
    names = [name for name in reading.roles if name not in numbers or name[0] != "#"]
    ranges = {
        name: _RANGES.get(role, _USUAL) for name, role in reading.roles.items() if role != KEEP
    }
    ranges |= {name: range(value, value + 1) for name, value in numbers.items()}
    fixed = dict(numbers)

    def at(function: Callable[[Values], Any]) -> Callable[[Values], Any]:
        return lambda env: function({**env, **fixed}) if fixed else function(env)

    return smallest(names, ranges, at(claimed), at(true), at(held) if held else None)
