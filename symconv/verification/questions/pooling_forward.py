"""Claims about what pooling gives: maxima, averages and norms over the cells of a window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from symconv.formula.spelling import spell_text
from symconv.formula.tree import Condition, Expression, Integer, Letter, Remainder
from symconv.verification.outcome import REACH, Candidate
from symconv.verification.questions.pooling_deciding import Asked, candidate, factor_example
from symconv.verification.questions.questions import SumQuestion, ranging
from symconv.verification.reading.pooling_gather import divisors_of
from symconv.verification.reading.pooling_notation import Bound, Element, Pooled
from symconv.verification.reading.pooling_polynomials import fraction, polynomial
from symconv.verification.reading.pooling_roles import (
    AGAINST,
    DILATION,
    KERNEL,
    PADDING,
    STRIDE,
    assigned,
    fit,
    said_to_be,
    side_of,
)
from symconv.verification.reading.pooling_windows import AxisReading, Option, Slot, axis_readings
from symconv.verification.reading.roles import Told
from symconv.verification.truth.algebra import (
    ONE,
    ZERO,
    equal,
    letters_in,
    minus,
    plus,
    substitute,
    times,
)
from symconv.verification.truth.convolution import Axis
from symconv.verification.truth.guarded_terms import Atom, Binder, GuardedTerm
from symconv.verification.truth.pooling import cells_of_window, pooling_model

ROLES: Final = (KERNEL, STRIDE, DILATION, PADDING)  # in the order of AxisReading.options
_PARTS: Final = ("kernel", "stride", "dilation", "before")
MAX_PER_AXIS: Final = 6
MAX_READINGS: Final = 8
OTHER_BASE: Final = 1.5
UNEVEN: Final = 0.5  # the same names mean something else along another axis
NOUNS: Final = {
    "max": "max pooling", "min": "min pooling", "sum": "average pooling", "mean": "average pooling",
    "lp": "Lp pooling", "any": "pooling with some function of the window",
}  # fmt: skip
AXES: Final = {
    1: ("size",), 2: ("height", "width"), 3: ("depth", "height", "width"),
}  # fmt: skip


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
    return tuple(slots) if _move(slots) and len(slots) in AXES else None


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


def candidates(claimed: Claimed, told: Told, asked: Asked) -> list[Candidate]:
    """Return what every reading of a forward statement gives, the likeliest first."""
    found: list[Candidate] = []
    for reading in readings_of(claimed, told):
        one = decided(claimed, reading, told, asked)
        found += [one] if one is not None else []
        if found and found[0].outcome.status == "proved":
            break
    return found


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
                against = _against(axes, straight, outputs, told)
                other = cost if against else cost + OTHER_BASE
                yield Reading(straight, slots, base, other, assumes)
                cost += against
            yield Reading(axes, slots, base, cost, assumes)


def uncrossed(
    axes: tuple[AxisReading, ...], outputs: Sequence[str], told: Told
) -> tuple[AxisReading, ...]:
    """Return the axes with sizes that are written along the other axis where they belong.

    In x[s_w*h + m, s_h*w + n] the stride s_w stands along the height.
    """
    if len(axes) != 2:
        return axes
    own = _own_sides(outputs) or ["height", "width"]
    first, second = axes
    for part in _PARTS:
        one, other = getattr(first, part), getattr(second, part)
        said = [_side(option, told) for option in (one, other)]
        if said == own[::-1]:
            first, second = (
                replace(first, **{part: other}),
                replace(second, **{part: one}),
            )
    return first, second


def _own_sides(outputs: Sequence[str]) -> list[str]:
    """Return which axes the indices themselves name, [h, w]; nothing where they do not."""
    own = [side_of(f"_{output}", Told()) for output in outputs]
    return own if set(own) == {"height", "width"} else []


def _against(
    axes: tuple[AxisReading, ...],
    straight: tuple[AxisReading, ...],
    outputs: Sequence[str],
    told: Told,
) -> float:
    """Return what it costs that sizes stand along the other axis.

    Where all do, and the indices do not name the axes, the first one may be the width.
    """
    sided = [part for part in _PARTS if _side(getattr(axes[0], part), told)]
    moved = [part for part in sided if getattr(axes[0], part) != getattr(straight[0], part)]
    if _own_sides(outputs) or moved != sided:
        return AGAINST
    return 0.0 if tuple(outputs) in (("x", "y"), ("u", "v")) else OTHER_BASE


def _side(option: Option, told: Told) -> str:
    return side_of(option.roles[0][0], told) if len(option.roles) == 1 else ""


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


# Deciding


def decided(claimed: Claimed, reading: Reading, told: Told, asked: Asked) -> Candidate | None:
    """Return what is found about one reading."""
    axes = _axes(reading)
    named = {name: size for axis in reading.axes for name, size in axis.kernel.named.items()}
    asked = replace(
        asked.reading_more(*_words(claimed, reading)),
        arrays={"x": claimed.right.element.array},
        base=reading.base,
    )
    scaled = _scale(claimed, axes, named, told)
    if scaled is None:
        if claimed.right.operator != "sum" and not letters_in(*claimed.right.scale):
            return None
        wrong = factor_example(
            substitute(times(*claimed.right.scale), named), [axis.kernel for axis in axes], ()
        )
        if wrong is None:
            return None
        outcome = asked.outcome("refuted", "smallest counterexample", counterexample=wrong)
        return Candidate(reading.cost, outcome)
    model = pooling_model(axes)
    free = tuple(
        ranging(slot.output, axis.output, index_base=reading.base)
        for slot, axis in zip(reading.slots, axes, strict=True)
    )
    outputs = [minus(Letter(slot.output), Integer(reading.base)) for slot in reading.slots]
    question = SumQuestion(
        asked.kind, (_term(claimed, reading, named),), cells_of_window(model, outputs), free, ()
    )
    assumes = (*scaled, *_assumed(claimed, reading, told))
    found = candidate(asked, question, model, reading.cost, assumes)
    halved = [axis.kernel for axis in axes if _is_half(axis.before, axis.kernel)]
    if halved and found is not None and found.outcome.status == "refuted":
        odd = tuple(equal(Remainder(size, Integer(2)), ONE) for size in dict.fromkeys(halved))
        assumes += tuple(f"{shown(size)} is odd" for size in halved)
        question = replace(question, assumptions=odd)
        found = candidate(asked, question, model, reading.cost, assumes)
    return found if found is None else _in_words(found, claimed.right.operator)


def _is_half(before: Expression, kernel: Expression) -> bool:
    """Return whether windows are centred by halving their size: (k-1)/2 or floor(k/2)."""
    return isinstance(kernel, Letter) and not isinstance(before, Letter | Integer)


def _axes(reading: Reading) -> tuple[Axis, ...]:
    names = AXES[len(reading.axes)]
    return tuple(
        Axis(
            axis.kernel.size,
            axis.stride.size,
            axis.dilation.size,
            axis.before.size,
            axis.before.size,
            Letter(f"input {name}"),
            Letter(f"output {name}"),
        )
        for axis, name in zip(reading.axes, names, strict=True)
    )


def _term(claimed: Claimed, reading: Reading, named: Mapping[str, Expression]) -> GuardedTerm:
    """Return the sum over the cells as the author says it; indices from 0."""
    bound = [slot.bound for slot in reading.slots if slot.bound is not None]
    renamed: dict[str, Expression] = {b.letter: Letter(f"{b.letter}#") for b in bound}
    renamed |= named
    binders = tuple(
        Binder(f"{b.letter}#", substitute(b.lower, renamed), substitute(b.upper, renamed))
        for b in bound
        if b.lower is not None and b.upper is not None
    )
    cells = tuple(
        minus(substitute(slot.cell, renamed), Integer(reading.base)) for slot in reading.slots
    )
    guards: tuple[Condition, ...] = tuple(
        substitute(guard, renamed) for guard in claimed.right.guards
    )
    return GuardedTerm(1, (Atom("x", cells),), binders, guards)


def _scale(
    claimed: Claimed, axes: Sequence[Axis], named: Mapping[str, Expression], told: Told
) -> tuple[str, ...] | None:
    """Return what the factor takes for granted, or None where it is wrong."""
    right = claimed.right
    scale = substitute(times(*right.scale), named)
    above, below = fraction(scale)
    if right.operator != "sum":
        return () if above == below or right.operator == "lp" else None
    if not right.scale:
        return ("a sum over the window is meant, not an average",)
    cells, _ = fraction(times(*(axis.kernel for axis in axes)))
    if above * cells == below:
        return ()
    one, other = above.constant, below.constant
    if one is not None and other and (right.written_out or not 0 < one / other < 1):
        return ("a weighted sum is meant, not an average",)
    names = sorted(below.letters)
    alone = above.constant == 1 and len(below.terms) == 1 and below.terms[0][1] == 1
    sizes = letters_in(*(axis.kernel for axis in axes))
    both = len(names) == 1 and len(axes) > 1 and fit(names[0], KERNEL, told) == 0
    if alone and names and not both and sizes.isdisjoint(names):
        return (f"{'·'.join(names)} is the number of cells of a window",)
    return None


def _assumed(claimed: Claimed, reading: Reading, told: Told) -> Iterator[str]:
    """Yield what nobody said and the truth of the statement hangs on."""
    names = {name for axis in reading.axes for name, _ in axis.roles}
    for axis in reading.axes:
        yield from (option.assumes for option in axis.options)
    for region in reading.assumes:
        if "window" not in region.lower():
            sizes = " × ".join(shown(axis.kernel.size) for axis in reading.axes)
            yield f"{region} is the set of the {sizes} offsets of a window"
    strides = said_to_be(STRIDE, told)
    if all(axis.stride.size == ONE for axis in reading.axes):
        centred = all("centred" in axis.before.note for axis in reading.axes)
        if strides:
            yield f"{strides[0]} = 1"
        elif not centred:
            yield "the stride is 1"
    if not any(axis.before.size != ZERO for axis in reading.axes):
        yield from (f"{name} = 0" for name in said_to_be(PADDING, told)[:1] if name not in names)


def _words(claimed: Claimed, reading: Reading) -> Iterator[str]:
    """Yield the reading in words."""
    left, right = claimed.left, claimed.right.element
    names: dict[str, list[str]] = {}
    for axis in reading.axes:
        for option, role in zip(axis.options, ROLES, strict=True):
            for name, _ in option.roles:
                roles = names.setdefault(name, [])
                roles += [role] if role not in roles else []
    named = [f"{name} {' and '.join(roles)}" for name, roles in names.items()]
    yield ", ".join([f"{left.array} output", f"{right.array} input", *named])
    kernels = [axis.kernel.size for axis in reading.axes]
    if not all(isinstance(size, Letter) and size.name in names for size in kernels):
        yield f"windows of {' × '.join(map(shown, kernels))} cells"
    strides = dict.fromkeys(axis.stride.size for axis in reading.axes)
    if not all(isinstance(size, Letter) for size in strides):
        yield f"stride {' × '.join(map(shown, strides))}"
    yield from (option.note for axis in reading.axes for option in axis.options)
    yield f"first index {reading.base}"


def shown(size: Expression) -> str:
    """Return a size as text."""
    match size:
        case Letter(name=name):
            return name
        case Integer(value=value):
            return str(value)
    return spell_text(size)


def _in_words(found: Candidate, operator: str) -> Candidate:
    """Return a candidate whose counterexample speaks of a maximum, not of a sum."""
    case = found.outcome.counterexample
    if case is None or operator == "sum":
        return found
    name = {"lp": "norm", "any": "function", "mean": "mean"}.get(operator, operator)
    told = replace(
        case,
        claimed=f"{name} of {case.claimed.replace(' + ', ', ')}",
        true=f"{name} of {case.true.replace(' + ', ', ')}",
    )
    return replace(found, outcome=replace(found.outcome, counterexample=told))
