"""Claims that a gradient goes to the largest cell of a window, or to all cells of one, by cases.

The gradient of a maximum goes to the cell that has it. That is a derivative where no two cells of a
window are equally large; and an equation that names one window for a cell holds where windows do
not overlap, for else a cell gets the sum over all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from symconv.formula.notation import Big, Group, Indicator, Marked, Member, Name, Run, Words
from symconv.formula.spelling import spell_text
from symconv.formula.tree import (
    AllOf,
    Cases,
    Compare,
    Integer,
    Largest,
    Letter,
    Node,
    Partial,
    Smallest,
    walk,
)
from symconv.verification.outcome import Candidate
from symconv.verification.questions.pooling.deciding import Asked
from symconv.verification.reading.names import flat
from symconv.verification.reading.pooling.elements import Element, NotPooledError, Pooled, element
from symconv.verification.reading.pooling.notation import pooled
from symconv.verification.reading.pooling.polynomials import fraction
from symconv.verification.reading.scalars.trees import NotScalarError, scalar
from symconv.verification.report.wording import Example
from symconv.verification.truth.algebra import ONE, letters_in, times

TIES: Final = "no two cells of a window are equally large"
APART: Final = "windows do not overlap"
_LARGEST: Final = ("argmax", "arg max", "max", "最大", "largest", "maximum", "maximal")
_STARRED: Final = re.compile(r"\^(\*|ast|star|max)|argmax|_max|_star")
_SMALLEST: Final = ("argmin", "arg min", "min", "最小", "smallest", "minimum")


@dataclass(frozen=True)
class Choice:
    """value where the condition holds, else 0.

    Attributes:
        value: what goes back.
        kind: "max", "min" or "average", by the condition.
        summed: whether it is summed over windows.
        otherwise: what goes back else; None where nothing is said.
    """

    value: Any
    kind: str
    summed: bool
    otherwise: Any = None


def choice(side: Any, conditions: Sequence[Node]) -> Choice | None:
    """Return what a side says of the cell that a gradient goes to, or None."""
    match side:
        case Group(items=(item,)):
            return choice(item, conditions)
        case Indicator(condition=condition) if _kind(condition):
            return Choice(ONE, _kind(condition), False, Integer(0))
        case Big(operator="sum", body=body):
            inner = choice(body, ())
            return None if inner is None else Choice(inner.value, inner.kind, True, inner.otherwise)
        case Cases(branches=branches) if 1 <= len(branches) <= 2:
            kind = _kind(branches[0].condition)
            otherwise = branches[1].value if len(branches) == 2 else None
            return Choice(branches[0].value, kind, False, otherwise) if kind else None
    factors = getattr(side, "factors", None) or (
        (side.left, side.right) if hasattr(side, "left") and hasattr(side, "right") else ()
    )
    ones = [factor for factor in factors if isinstance(factor, Indicator)]
    rest = [factor for factor in factors if not isinstance(factor, Indicator)]
    if len(ones) == 1 and len(rest) == 1 and _kind(ones[0].condition):
        return Choice(rest[0], _kind(ones[0].condition), False, Integer(0))
    for condition in conditions:
        if _kind(condition):
            return Choice(side, _kind(condition), False)
    return None


def _kind(condition: Any) -> str:
    """Return which cells a condition chooses: "max", "min", "average" or ""."""
    match condition:
        case None:
            return ""
        case Words(text=text):
            return _by_words(text.lower())
        case Member(container=container):
            words = flat(container).lower()
            return "average" if not any(part in words for part in _LARGEST) else "max"
        case AllOf(conditions=conditions):
            kinds = [kind for kind in map(_kind, conditions) if kind]
            return kinds[0] if kinds else ""
        case Compare(operator="=", left=left, right=right):
            return _by_choice(left) or _by_choice(right) or _equal_entries(left, right)
    return ""


def _by_words(text: str) -> str:
    if any(part in text for part in _LARGEST):
        return "max"
    return "average" if any(part in text for part in ("window", "region", "窗口")) else ""


def _by_choice(side: Any) -> str:
    """Return "max" for argmax(...), max(...) and names that say so."""
    for node in walk(side):
        if isinstance(node, Big):
            return {"argmax": "max", "max": "max", "argmin": "min", "min": "min"}.get(
                node.operator, ""
            )
        if isinstance(node, Largest | Smallest):
            return "max" if isinstance(node, Largest) else "min"
        if isinstance(node, Marked) and _STARRED.search(flat(node)):
            return "max"
        if isinstance(node, Name | Run | Words):
            text = flat(node).lower()
            if any(part in text for part in _LARGEST):
                return "max"
            if text in _SMALLEST:
                return "min"
    return ""


def _equal_entries(left: Any, right: Any) -> str:
    """Return "max" for x_{...} = y_{...}: the cell whose value is that of the output."""
    one, other = element(left), element(right)
    if one is None or other is None or not (one.indices or other.indices):
        return ""
    return "max" if one.array != other.array else ""


def chosen(left: Element, found: Choice, asked: Asked) -> Iterator[Candidate]:
    """Yield what is found about a gradient that goes to chosen cells."""
    value = _value(found.value)
    if value is None or not _is_zero(found.otherwise):
        return
    arrives = value.element
    known = letters_in(*left.indices) if left.indices else frozenset()
    unbound = letters_in(*arrives.indices) - known if arrives.indices else frozenset()
    asked = asked.reading_more(
        f"{left.array} gradient of the input, {arrives.array} gradient of the output"
    )
    above, below = fraction(times(*value.scale))
    if found.kind == "average":
        yield from _share(value, asked, apart=bool(unbound) and not found.summed)
    elif found.kind == "min":
        yield Candidate(0.0, asked.outcome("refuted", "every window", counterexample=_OTHER_CELL))
    elif above != below:
        yield Candidate(0.0, asked.outcome("refuted", "every window", counterexample=_SHARED))
    else:
        assumes = [TIES] + ([APART] if unbound and not found.summed else [])
        yield Candidate(0.0, asked.outcome("proved", "for all windows"), " and ".join(assumes))


def _share(value: Pooled, asked: Asked, *, apart: bool) -> Iterator[Candidate]:
    _, below = fraction(times(*value.scale))
    cells = spell_text(below.expression())
    assumes = [f"a window has {cells} cells"] if value.scale else [_SUM]
    assumes += [APART] if apart else []
    yield Candidate(0.0, asked.outcome("proved", "for all windows"), " and ".join(assumes))


def constant_share(value: Any, asked: Asked) -> Iterator[Candidate]:
    """Yield what is found about dy/dx = 1/k^2, for a cell of the window."""
    for found in _share_of_one(value, asked):
        yield replace(found, assumes=f"the cell lies in the window and {found.assumes}")


def _share_of_one(value: Any, asked: Asked) -> Iterator[Candidate]:
    """Yield what is found about dy/dx = 1/k^2 for the cells of the window, 0 else."""
    try:
        above, below = fraction(scalar(value))
    except NotScalarError:
        return
    if above.constant != 1 or below.constant == 1:
        return
    proved = asked.outcome("proved", "for all windows")
    yield Candidate(0.0, proved, f"a window has {spell_text(below.expression())} cells")


def to_the_largest(left: Element, right: Pooled, asked: Asked) -> Iterator[Candidate]:
    """Yield what is found about dx[m*_n] = dy[n], where m*_n is called the largest of window n."""
    names = [index.name for index in left.indices if isinstance(index, Letter)]
    windows = letters_in(*right.element.indices) if right.element.indices else frozenset()
    starred = [name for name in names if _STARRED.search(name)]
    if not starred or right.operator or not windows:
        return
    if not all(any(window in name for window in windows) for name in starred):
        return
    above, below = fraction(times(*right.scale))
    proved = asked.reading_more(f"{', '.join(starred)} is the largest cell of the window")
    if above == below:
        outcome = proved.outcome("proved", "for all windows")
        yield Candidate(0.0, outcome, f"{TIES} and {APART}")


def _value(node: Any) -> Pooled | None:
    try:
        found = pooled(node)
    except NotPooledError:
        return None
    return found if not found.operator else None


def _is_zero(node: Any) -> bool:
    return node is None or node == Integer(0)


# The derivative of one output


def derivative(of: Any, found: Choice, asked: Asked) -> Iterator[Candidate]:
    """Yield what is found about dy/dx of pooling: 1 for the largest cell, 0 else."""
    if not isinstance(of, Partial) or not _is_zero(found.otherwise) or found.summed:
        return
    if found.kind == "average":
        yield from _share_of_one(found.value, asked)
    elif found.kind == "max" and found.value == ONE:
        yield Candidate(0.0, asked.outcome("proved", "for all windows"), TIES)
    elif found.kind in ("max", "min"):
        case = _SHARED if found.kind == "max" else _OTHER_CELL
        yield Candidate(0.0, asked.outcome("refuted", "every window", counterexample=case))


_SUM: Final = "a sum over the window is meant, not an average"
_OTHER_CELL: Final = Example(
    {"window": 2}, {}, "to the smaller cell", "to the larger cell",
    ("for x = (0, 1) all of the gradient goes back to the second cell",),
)  # fmt: skip
_SHARED: Final = Example(
    {"window": 2}, {}, "a part of it, or a multiple", "all of it",
    ("for x = (0, 1) all of the gradient goes back to the second cell, no part of it",),
)  # fmt: skip
