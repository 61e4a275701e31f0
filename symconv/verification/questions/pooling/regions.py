"""Claims about windows that are only named, and about all cells of a window at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from symconv.formula.notation import Statement
from symconv.formula.tree import Compare, Condition, Expression, Letter
from symconv.verification.outcome import Candidate
from symconv.verification.questions.pooling.backward import SUM, side_by_side
from symconv.verification.questions.pooling.deciding import Asked
from symconv.verification.questions.pooling.forward import (
    decided,
)
from symconv.verification.questions.pooling.readings import Claimed, Reading, readings_of
from symconv.verification.reading.pooling.conditions import condition
from symconv.verification.reading.pooling.elements import Bound, Element, Pooled
from symconv.verification.reading.pooling.gather import divisors_of
from symconv.verification.reading.pooling.polynomials import fraction, polynomial
from symconv.verification.reading.pooling.windows import Slot
from symconv.verification.reading.roles import Told
from symconv.verification.reading.scalars.trees import NotScalarError
from symconv.verification.truth.algebra import ONE, ZERO, conjuncts, minus, plus, times


def is_absolute(slot: Slot) -> bool:
    """Return whether an axis runs over the cells of a set that is only named."""
    bound = slot.bound
    return bound is not None and bool(bound.region) and slot.cell == Letter(bound.letter)


def in_region(
    slots: Sequence[Slot], right: Pooled, told: Told, asked: Asked
) -> Iterator[Candidate]:
    """Yield what is found about an operator over a window that is only named."""
    region = next(slot.bound.region for slot in slots if slot.bound is not None)
    outputs = ", ".join(slot.output for slot in slots)
    condition = f"{region} is the window of output ({outputs})"
    proved = asked.reading_more(condition).outcome("proved", "for all windows")
    if right.operator == "any":
        yield Candidate(0.0, replace(proved, status="no_claim", reach="the function is not said"))
        return
    above, below = fraction(times(*right.scale))
    if right.operator != "sum":
        if above == below:
            yield Candidate(0.0, proved, condition)
        return
    names = sorted(below.letters)
    if not right.scale:
        yield Candidate(0.0, proved, f"{condition} and {SUM}")
    elif all(divisors_of(right.scale, len(slots), told)) or (
        len(names) == 1 and above.constant == 1
    ):
        count = "·".join(names) or "the divisor"
        more = "" if region in count else f" and {count} is the number of its cells"
        yield Candidate(0.0, proved, condition + more)


def scattered(
    left: Element,
    slices: Sequence[Bound],
    right: Pooled,
    statement: Statement,
    told: Told,
    asked: Asked,
) -> Iterator[Candidate]:
    """Yield what is found about dx[s*h + i] = dy[h] / k, for all cells i of window h.

    The cells must be those of the window; and with "=" no cell may lie in two windows.
    """
    slots = _slots(left, right, _ranges(statement.conditions) | _ends(slices), told)
    if not slots:
        return
    entry = Element(left.array, left.label, left.indices)
    share = Pooled("sum" if right.scale else "max", entry, _bounds(slots), right.scale)
    claimed = Claimed(right.element, share, slots)
    for reading in readings_of(claimed, told):
        found = decided(claimed, reading, told, asked)
        if found is not None:
            yield _apart(found, reading, "+=" in statement.relations, bool(right.scale))
        if found is None or found.outcome.status == "proved":
            return


def _slots(
    left: Element, right: Pooled, said: Mapping[str, tuple[Expression, Expression]], told: Told
) -> tuple[Slot, ...]:
    """Return the axes; the letter beside that of the window runs over the window's cells."""
    own = right.element.indices
    if len(own) != len(left.indices) or right.bounds:
        return ()
    slots: list[Slot] = []
    axes = sum(a != b for a, b in zip(left.indices, own, strict=True))
    sizes = divisors_of(right.scale, axes, told)
    for cell, output in zip(left.indices, own, strict=True):
        if cell == output:
            continue
        inner = sorted(n for n in cell.names if polynomial(cell).linear_in(n) is not None)
        if not isinstance(output, Letter) or output.name not in inner:
            return ()
        letters = [n for n in inner if n != output.name and _is_bare(cell, n)]
        if not letters:
            return ()
        letter = letters[-1]
        divisor = sizes[len(slots)]
        size = divisor[0] if divisor else Letter(f"k{len(slots) + 1}")
        lower, upper = said.get(letter, (ZERO, minus(plus(ZERO, size), ONE)))
        slots.append(Slot(output.name, cell, Bound(letter, lower, upper)))
    return tuple(slots)


def _ends(slices: Sequence[Bound]) -> dict[str, tuple[Expression, Expression]]:
    return {
        bound.letter: (bound.lower, bound.upper)
        for bound in slices
        if bound.lower is not None and bound.upper is not None
    }


def _is_bare(cell: Expression, name: str) -> bool:
    """Return whether a letter stands in an index by itself, without a factor."""
    split = polynomial(cell).linear_in(name)
    return split is not None and split[0].constant == 1


def _ranges(conditions: Sequence[object]) -> dict[str, tuple[Expression, Expression]]:
    """Return the ranges of letters that stand beside a statement, 0 <= i < k."""
    lower: dict[str, Expression] = {}
    upper: dict[str, Expression] = {}
    for node in conditions:
        for part in _comparisons(node):
            low, high = part.left, part.right
            strict = part.operator == "<"
            if isinstance(high, Letter):
                lower[high.name] = plus(low, ONE) if strict else low
            if isinstance(low, Letter):
                upper[low.name] = minus(high, ONE) if strict else high
    return {name: (lower[name], upper[name]) for name in lower if name in upper}


def _comparisons(node: object) -> Iterator[Compare]:
    try:
        parts: list[Condition] = list(conjuncts([condition(node)]))
    except NotScalarError:
        return
    for part in parts:
        if isinstance(part, Compare) and part.operator in ("<", "<="):
            yield part


def _bounds(slots: Sequence[Slot]) -> tuple[Bound, ...]:
    return tuple(slot.bound for slot in slots if slot.bound is not None)


def _apart(found: Candidate, reading: Reading, adds: bool, shares: bool) -> Candidate:
    """Return a candidate with the condition that windows do not overlap, unless shares add up."""
    assumes = [
        part for part in found.assumes.split(" and ") if part and "the stride is" not in part
    ]
    assumes += [] if shares else [SUM]
    if not adds:
        sizes = [(axis.kernel.size, axis.stride.size) for axis in reading.axes]
        assumes.append(side_by_side(sizes))
    return replace(found, assumes=" and ".join(part for part in assumes if part))
