"""The search for a counterexample: sizes in order, every free letter, until two sides differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, floor
from types import MappingProxyType
from typing import Final, TypeAlias

from symconv.formula.tree import Compare, Condition, Expression, Integer, Letter
from symconv.verification.algebra import conjuncts
from symconv.verification.exact import (
    Environment,
    Number,
    Polynomial,
    Sizes,
    Value,
    counted,
    evaluator,
    tester,
)
from symconv.verification.model import Axis, Model
from symconv.verification.questions import (
    ConditionQuestion,
    Free,
    Question,
    ScalarQuestion,
    SumQuestion,
)
from symconv.verification.terms import conjunction

BOUND: Final = 4  # largest kernel and stride
PADDING_BOUND: Final = 2
MAX_CASES: Final = 100_000
MAX_FIXED: Final = 64
NOTHING_FIXED: Final[Mapping[str, int]] = MappingProxyType({})
CHANNEL_BOUND: Final = 2
FEW_IMAGES: Final = 3  # where channels are counted out beside them
IMAGES: Final = ((1, 1), (2, 1), (1, 2), (2, 2), (3, 2), (2, 4))  # windows along each axis


Side: TypeAlias = Polynomial | Number | bool
Comparison: TypeAlias = Callable[[Environment], tuple[Side, Side]]


@dataclass(frozen=True)
class Counterexample:
    """The smallest sizes and letters for which a claim is wrong.

    Attributes:
        sizes: letter -> value.
        letters: free letter -> value, such as u and v.
        claimed: what the claim says there: a polynomial, a number, or whether a condition holds.
        true: what is true there.
    """

    sizes: Mapping[str, int]
    letters: Mapping[str, int]
    claimed: Side
    true: Side


@dataclass(frozen=True)
class Searched:
    """What a search found.

    Attributes:
        counterexample: the first difference, or None.
        cases: how many (sizes, letters) were compared.
        bound: the largest kernel and stride that were tried.
        complete: whether no more cases were left out.
    """

    counterexample: Counterexample | None
    cases: int
    bound: int
    complete: bool = True


def search(
    question: Question, model: Model, *, bound: int = BOUND, cases: int = MAX_CASES
) -> Searched:
    """Compare both sides of a question for all sizes up to a bound, smallest first.

    Args:
        question: what to compare.
        model: the convolution.
        bound: the largest kernel and stride; a size whose value is assumed has that one.
        cases: after how many comparisons the search ends.

    Raises:
        FormulaError: a part of the question is no integer expression.
        RangeError: a sum runs over too many values to be counted out.
    """
    compare = comparison(question, model)
    assumed = tester(conjunction(question.assumptions))
    free = [(evaluator(letter.lower), evaluator(letter.upper)) for letter in question.free]
    compared = 0
    for sizes in sizes_of(model, bound=bound, fixed=_fixed(question.assumptions)):
        for letters in _values(question.free, free, sizes):
            env: Environment = {**sizes, **letters}
            if not assumed(env):
                continue
            if compared >= cases:
                return Searched(None, compared, bound, complete=False)
            compared += 1
            claimed, true = compare(env)
            if claimed != true:
                found = Counterexample(sizes, letters, claimed, true)
                return Searched(found, compared, bound)
    return Searched(None, compared, bound)


def _fixed(assumptions: Sequence[Condition]) -> dict[str, int]:
    """Return the sizes that have one value: K = 3."""
    found: dict[str, int] = {}
    for condition in conjuncts(assumptions):
        match condition:
            case Compare("=", Letter(name=name), Integer(value=value)) if value <= MAX_FIXED:
                found[name] = value
    return found


def compare_at(
    question: Question,
    model: Model,
    values: Mapping[str, int],
    *,
    compare: Comparison | None = None,
) -> Counterexample | None:
    """Return the difference at one assignment of sizes and letters, if there is one.

    Args:
        question: what to compare.
        model: the convolution.
        values: letter -> value; what a solver found. Incomplete ones give None.
        compare: the comparison of the question, where it is at hand.
    """
    names = {letter.name for letter in question.free}
    given = set(values) | set(model.derived)
    if not values or not names.union(model.sizes) <= given:
        return None
    env = dict(values)
    for name, size in model.derived.items():
        env.setdefault(name, int(evaluator(size)(env)))
    if not tester(conjunction(question.assumptions))(env):
        return None
    claimed, true = (compare or comparison(question, model))(env)
    if claimed == true:
        return None
    return Counterexample(
        sizes={name: env[name] for name in model.sizes},
        letters={name: env[name] for name in sorted(names)},
        claimed=claimed,
        true=true,
    )


def comparison(question: Question, model: Model) -> Comparison:
    """Return a function from sizes and letters to what is claimed and what is true there."""
    match question:
        case SumQuestion():
            one, other = counted(question.claimed, model), counted(question.true, model)
            return lambda env: (one.polynomial(env), other.polynomial(env))
        case ScalarQuestion():
            left, right = evaluator(question.claimed), evaluator(question.true)
            return lambda env: (left(env), right(env))
        case ConditionQuestion():
            claim, truth = tester(question.claimed), tester(question.true)
            return lambda env: (claim(env), truth(env))


def _values(
    free: Sequence[Free], ranges: Sequence[tuple[Value, Value]], sizes: Sizes
) -> Iterator[dict[str, int]]:
    """Yield every assignment of the free letters."""
    env = dict(sizes)
    spans = [range(ceil(lower(env)), floor(upper(env)) + 1) for lower, upper in ranges]
    for values in product(*spans):
        yield {letter.name: value for letter, value in zip(free, values, strict=True)}


def sizes_of(
    model: Model, *, bound: int, fixed: Mapping[str, int] = NOTHING_FIXED
) -> Iterator[dict[str, int]]:
    """Yield the sizes of all small convolutions of a model, smallest first."""
    letters = [_axis_letters(axis, bound) for axis in model.axes]
    common: dict[str, range] = {}
    for own in letters:
        common.update(own)
    channels = range(1, max(CHANNEL_BOUND, bound - 1) + 1)
    common.update(dict.fromkeys(model.channels, channels))
    common.update(
        {name: range(value, value + 1) for name, value in fixed.items() if name in common}
    )
    found = []
    shapes = IMAGES[:FEW_IMAGES] if model.channels else IMAGES
    images = sorted({image[: len(model.axes)] for image in shapes}, key=sum)
    for values in product(*common.values()):
        sizes = dict(zip(common, values, strict=True))
        for image in images:
            found += list(_images(model, sizes, image))
        found += list(_given_images(model, sizes, fixed))
    found.sort(key=lambda sizes: (sum(sizes.values()), tuple(sizes.values())))
    yield from found


def _axis_letters(axis: Axis, bound: int) -> dict[str, range]:
    spans = {
        axis.kernel: range(1, bound + 1),
        axis.stride: range(1, bound + 1),
        axis.dilation: range(1, bound),
        axis.before: range(PADDING_BOUND + 1),
        axis.after: range(PADDING_BOUND + 1),
    }
    return {size.name: span for size, span in spans.items() if isinstance(size, Letter)}


def _images(
    model: Model, sizes: dict[str, int], windows: tuple[int, ...]
) -> Iterator[dict[str, int]]:
    """Yield the sizes with inputs of that many windows, with and without a remainder."""
    per_axis = []
    for axis, count in zip(model.axes, windows, strict=True):
        stride = _value(axis.stride, sizes)
        smallest = (count - 1) * stride + _value(axis.extent, sizes)
        smallest -= _value(axis.before, sizes) + _value(axis.after, sizes)
        remainders = sorted({0, 1 % stride, stride - 1})
        per_axis.append([smallest + rest for rest in remainders if smallest + rest >= 1])
    for inputs in product(*per_axis):
        image = dict(sizes)
        for axis, size in zip(model.axes, inputs, strict=True):
            if isinstance(axis.input, Letter):
                image[axis.input.name] = size
        for name, value in model.derived.items():
            image[name] = int(evaluator(value)(image))
        yield image


def _given_images(
    model: Model, sizes: dict[str, int], fixed: Mapping[str, int]
) -> Iterator[dict[str, int]]:
    """Yield the sizes with inputs of the size that is assumed, if it holds a window."""
    inputs = [
        fixed.get(axis.input.name, 0) for axis in model.axes if isinstance(axis.input, Letter)
    ]
    if all(inputs):
        image = dict(sizes)
        for axis, size in zip(model.axes, inputs, strict=True):
            image |= {axis.input.name: size} if isinstance(axis.input, Letter) else {}
        for name, value in model.derived.items():
            image[name] = int(evaluator(value)(image))
        if all(image[axis.output.name] >= 1 for axis in model.axes):
            yield image


def _value(expression: Expression, sizes: dict[str, int]) -> int:
    return (
        expression.value if isinstance(expression, Integer) else int(evaluator(expression)(sizes))
    )
