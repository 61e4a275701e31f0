"""Claims about what pooling gives: maxima, averages and norms over the cells of a window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from symconv.formula.spelling import spell_text
from symconv.formula.tree import Condition, Expression, Integer, Letter, Remainder
from symconv.verification.outcome import SMALLEST, Candidate
from symconv.verification.questions.pooling.deciding import Asked, candidate, factor_example
from symconv.verification.questions.pooling.readings import Claimed, Reading, readings_of
from symconv.verification.questions.questions import SumQuestion, ranging
from symconv.verification.reading.axis_names import displaced
from symconv.verification.reading.pooling.polynomials import fraction
from symconv.verification.reading.pooling.roles import (
    AGAINST,
    DILATION,
    KERNEL,
    PADDING,
    STRIDE,
    fit,
    said_to_be,
)
from symconv.verification.reading.roles import Told
from symconv.verification.reading.words import DIRECTIONS
from symconv.verification.truth.algebra import (
    ONE,
    ZERO,
    equal,
    letters_in,
    minus,
    substitute,
    times,
)
from symconv.verification.truth.convolution import Axis
from symconv.verification.truth.guarded_terms import Atom, Binder, GuardedTerm
from symconv.verification.truth.pooling import cells_of_window, pooling_model

ROLES: Final = (KERNEL, STRIDE, DILATION, PADDING)  # in the order of AxisReading.options
NOUNS: Final = {
    "max": "max pooling", "min": "min pooling", "sum": "average pooling", "mean": "average pooling",
    "lp": "Lp pooling", "any": "pooling with some function of the window",
}  # fmt: skip


def candidates(claimed: Claimed, told: Told, asked: Asked) -> list[Candidate]:
    """Return what every reading of a forward statement gives, the likeliest first."""
    found: list[Candidate] = []
    for reading in readings_of(claimed, told):
        one = decided(claimed, reading, told, asked)
        if one is not None and one.outcome.status == "proved" and reading.cost >= AGAINST:
            continue  # a name would mean two things, or what it was said not to be
        found += [one] if one is not None else []
        if found and found[0].outcome.status == "proved":
            break
    return found


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
        outcome = asked.outcome("refuted", SMALLEST, counterexample=wrong)
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
    assumes = (*scaled, *_assumed(reading, told))
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
    names = DIRECTIONS[len(reading.axes)]
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
    if alone and not letters_in(*(axis.stride for axis in axes)).isdisjoint(names):
        return _equal_to_the_windows(below.terms[0][0], axes)
    both = len(names) == 1 and len(axes) > 1 and fit(names[0], KERNEL, told) == 0
    if alone and names and not both and sizes.isdisjoint(names):
        divisor = "·".join(map(spell_text, below.terms[0][0]))
        return (f"{divisor} is the number of cells of a window",)
    return None


def _equal_to_the_windows(
    divisor: Sequence[Expression], axes: Sequence[Axis]
) -> tuple[str, ...] | None:
    """Return that windows lie side by side, where the strides s, s stand for their k x k cells."""
    strides = sorted((axis.stride for axis in axes), key=spell_text)
    if sorted(divisor, key=spell_text) != strides:
        return None
    pairs = dict.fromkeys((spell_text(axis.stride), spell_text(axis.kernel)) for axis in axes)
    return tuple(f"{stride} = {kernel}" for stride, kernel in pairs)


def _assumed(reading: Reading, told: Told) -> Iterator[str]:
    """Yield what nobody said and the truth of the statement hangs on."""
    names = {name for axis in reading.axes for name, _ in axis.roles}
    if len(reading.axes) == 2:
        placed = [(name, n) for n, axis in enumerate(reading.axes) for name, _ in axis.roles]
        yield from displaced(placed, told)
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
    plain = all(isinstance(size, Letter) and size.name in names for size in kernels)
    if not plain or len(set(kernels)) > 1:
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
