"""How a statement about what pooling gives may be read: its axes, sizes and first index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from symconv.formula.tree import Expression, Integer, Letter
from symconv.verification.outcome import REACH
from symconv.verification.reading.pooling.elements import Bound, Element, Pooled
from symconv.verification.reading.pooling.gather import divisors_of
from symconv.verification.reading.pooling.polynomials import polynomial
from symconv.verification.reading.pooling.roles import (
    assigned,
)
from symconv.verification.reading.pooling.sides import against, uncrossed
from symconv.verification.reading.pooling.windows import AxisReading, Slot, axis_readings
from symconv.verification.reading.roles import Told
from symconv.verification.truth.algebra import (
    ONE,
    letters_in,
    minus,
    plus,
)

MAX_AXES: Final = 3
MAX_PER_AXIS: Final = 6
MAX_READINGS: Final = 8
OTHER_BASE: Final = 1.5
UNEVEN: Final = 0.5  # the same names mean something else along another axis


@dataclass(frozen=True)
class Claimed:
    """A statement about the forward pass.

    Attributes:
        left: the entry of the output.
        right: what it is said to be.
        slots: the axes along which windows run; other indices are channels.
    """

    left: Element
    right: Pooled
    slots: tuple[Slot, ...]


def slots_of(left: Element, right: Pooled) -> tuple[Slot, ...] | None:
    """Return the axes along which windows run, or None where the indices do not match.

    An index that is the same on both sides is a channel, unless the operator runs over a letter
    that no index uses.
    """
    own = right.element.indices
    if len(left.indices) != len(own):
        return None
    bounds = {bound.letter: bound for bound in right.bounds}
    used = letters_in(*own) if own else frozenset()
    spare = [bound for bound in right.bounds if bound.letter not in used]
    places: list[tuple[int, Bound | None]] = []
    for place, (output, cell) in enumerate(zip(left.indices, own, strict=True)):
        inside = [bounds[name] for name in sorted(cell.names & bounds.keys())]
        if len(inside) > 1:
            return None
        if inside or cell != output:
            places.append((place, inside[0] if inside else None))
    places += _spare(left, spare, {place for place, _ in places})
    places.sort(key=lambda pair: pair[0])
    slots = []
    for place, bound in places:
        output = left.indices[place]
        if not isinstance(output, Letter):
            return None
        slots.append(Slot(output.name, own[place], bound))
    return tuple(slots) if _move(slots) and len(slots) <= MAX_AXES else None


def _move(slots: Sequence[Slot]) -> bool:
    """Return whether every output's index moves the window, along some axis."""
    used: set[str] = set()
    for slot in slots:
        ends = (slot.bound.lower, slot.bound.upper) if slot.bound is not None else ()
        used |= slot.cell.names.union(*(end.names for end in ends if end is not None))
    named = any(slot.bound is not None and slot.bound.region for slot in slots)
    return named or all(slot.output in used for slot in slots)


def _spare(left: Element, spare: Sequence[Bound], taken: set[int]) -> list[tuple[int, Bound]]:
    """Return the places of letters that no index uses: where their bounds say, else the last."""
    free = [place for place in range(len(left.indices)) if place not in taken]
    found = []
    for bound in reversed(spare):
        ends = [end for end in (bound.lower, bound.upper) if end is not None]
        names = letters_in(*ends) if ends else frozenset()
        said = [place for place in free if left.indices[place].names & names]
        if not free:
            break
        place = said[-1] if said else free[-1]
        free.remove(place)
        found.append((place, bound))
    return found


@dataclass(frozen=True)
class Reading:
    """One reading of a forward statement.

    Attributes:
        axes: what is read along each axis.
        slots: the axes, with the ends of every bound.
        base: the first index.
        cost: how implausible it is.
        assumes: what it takes for granted.
    """

    axes: tuple[AxisReading, ...]
    slots: tuple[Slot, ...]
    base: int
    cost: float
    assumes: tuple[str, ...] = ()


def readings_of(claimed: Claimed, told: Told) -> list[Reading]:
    """Return the readings within reach of the likeliest, which is the first."""
    readings = sorted(_readings(claimed, told), key=lambda reading: reading.cost)
    near = [reading for reading in readings if reading.cost <= readings[0].cost + REACH]
    return near[:MAX_READINGS]


def _readings(claimed: Claimed, told: Told) -> Iterator[Reading]:
    """Yield every reading; the first index is the one from which windows begin at a cell."""
    bases = (0, 1) if told.index_base is None else (told.index_base,)
    found = {base: _along_axes(claimed, base, told) for base in bases}
    likely = min(bases, key=lambda base: (_uneasy(found[base][0]), base != _likely_base(claimed)))
    for base, (per_axis, slots, assumes) in found.items():
        for axes in product(*per_axis):
            roles = [pair for axis in axes for pair in axis.roles]
            cost = sum(axis.cost for axis in axes) / len(axes) + assigned(roles, told)
            cost += OTHER_BASE if base != likely else 0.0
            cost += UNEVEN * (len({axis.roles for axis in axes}) - 1)
            outputs = [slot.output for slot in slots]
            straight = uncrossed(axes, outputs, told)
            if straight != axes:
                more = against(axes, straight, outputs, told)
                other = cost if more else cost + OTHER_BASE
                yield Reading(straight, slots, base, other, assumes)
                cost += more
            yield Reading(axes, slots, base, cost, assumes)


def _along_axes(
    claimed: Claimed, base: int, told: Told
) -> tuple[list[list[AxisReading]], tuple[Slot, ...], tuple[str, ...]]:
    """Return the readings of each axis, the axes with their ends, and what these assume."""
    slots, assumes = _with_ends(claimed, base, told)
    names = sorted(_size_names(claimed, slots))
    per_axis = [axis_readings(slot, base, told, names)[:MAX_PER_AXIS] for slot in slots]
    return per_axis, slots, assumes


def _uneasy(per_axis: Sequence[Sequence[AxisReading]]) -> float:
    """Return what the likeliest readings cost for where their first windows begin."""
    return sum(axes[0].before.cost for axes in per_axis if axes)


def _likely_base(claimed: Claimed) -> int:
    """Return 1 where a sum starts at 1 or an index says -1, else 0."""
    for slot in claimed.slots:
        if slot.bound is not None and slot.bound.lower == ONE:
            return 1
        numbers = [c for m, c in polynomial(slot.cell).terms if not m]
        if numbers and numbers[0] < 0:
            return 1
    return 0


def _size_names(claimed: Claimed, slots: Sequence[Slot]) -> set[str]:
    names: set[str] = set()
    for slot in slots:
        names |= slot.cell.names - {slot.output}
        if slot.bound is not None:
            ends = [end for end in (slot.bound.lower, slot.bound.upper) if end is not None]
            names |= letters_in(*ends) if ends else set()
            names -= {slot.bound.letter, slot.output}
    names |= letters_in(*claimed.right.scale) if claimed.right.scale else set()
    return names


def _with_ends(claimed: Claimed, base: int, told: Told) -> tuple[tuple[Slot, ...], tuple[str, ...]]:
    """Return the axes with ends for every letter that nothing bounds: those of the window."""
    sizes = _divisors(claimed.right, len(claimed.slots), told)
    slots, assumes = [], []
    for place, slot in enumerate(claimed.slots):
        bound = slot.bound
        if bound is not None and (bound.lower is None or bound.upper is None):
            size = sizes[place]
            lower = bound.lower or _lower(slot, bound, base)
            upper = bound.upper or minus(plus(lower, size), ONE)
            slot = replace(slot, bound=replace(bound, lower=lower, upper=upper))
            assumes += [bound.region] if bound.region else []
        slots.append(slot)
    return tuple(slots), tuple(dict.fromkeys(assumes))


def _divisors(right: Pooled, axes: int, told: Told) -> list[Expression]:
    """Return the window's sizes as its divisor says them, 1/(k_h k_w); else names of ours."""
    said = divisors_of(right.scale, axes, told)
    taken = right.element.indices
    stem = next((s for s in "kKFw" if not any(s in index.names for index in taken)), "window ")
    return [
        size[0] if size else Letter(f"{stem}{place + 1}" if axes > 1 else stem)
        for place, size in enumerate(said)
    ]


def _lower(slot: Slot, bound: Bound, base: int) -> Expression:
    split = polynomial(slot.cell).linear_in(bound.letter)
    rest = split[1] if split is not None else polynomial(slot.cell)
    numbers = [c for m, c in rest.terms if not m]
    return ONE if base == 1 and numbers and numbers[0] < 0 else Integer(0)
