"""The small cases of a question, smallest first: sizes and letters that are counted out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, floor
from types import MappingProxyType
from typing import Final

from symconv.formula.tree import Letter
from symconv.verification.deciding.evaluation import Test, Value, early_tests, evaluator
from symconv.verification.questions.questions import Question
from symconv.verification.truth.algebra import minus, plus
from symconv.verification.truth.convolution import KERNEL, Axis, Model, letters_in_order

PADDING_BOUND: Final = 2
NOTHING_FIXED: Final[Mapping[str, int]] = MappingProxyType({})
CHANNEL_BOUND: Final = 2
FEW_IMAGES: Final = 3  # where channels are counted out beside them
IMAGES: Final = ((1, 1, 1), (2, 1, 1), (1, 2, 1), (2, 2, 1), (3, 2, 1), (2, 4, 1))  # windows
SOLID_IMAGES: Final = ((1, 1, 1), (2, 1, 1), (1, 2, 1), (1, 1, 2), (2, 1, 2))  # of three axes
SOLID_BOUND: Final = 2  # of their kernels and strides


def cases_of(
    question: Question, model: Model, *, bound: int, fixed: Mapping[str, int] = NOTHING_FIXED
) -> Iterator[tuple[dict[str, int], dict[str, int]]]:
    """Yield (sizes, free letters) that meet the assumptions of a question, smallest sizes first.

    Where an assumption has no value, because it divides by zero, it does not hold.

    Args:
        question: what is asked.
        model: the convolution it is about.
        bound: the largest kernel and stride.
        fixed: sizes that have one value.
    """
    names = [letter.name for letter in question.free]
    ends = [(evaluator(letter.lower), evaluator(letter.upper)) for letter in question.free]
    tests = early_tests(question.assumptions, names)

    def walk(env: dict[str, int], spans: list[range], depth: int) -> Iterator[None]:
        if depth == len(spans):
            yield
            return
        for value in spans[depth]:
            env[names[depth]] = value
            if _holds(tests[depth + 1], env):
                yield from walk(env, spans, depth + 1)

    for sizes in sizes_of(model, bound=bound, fixed=fixed):
        if not _holds(tests[0], sizes):
            continue
        env = dict(sizes)
        spans = [range(ceil(lower(sizes)), floor(upper(sizes)) + 1) for lower, upper in ends]
        for _ in walk(env, spans, 0):
            yield sizes, {name: env[name] for name in names}


def _windows(model: Model, image: Sequence[int], fixed: Mapping[str, int]) -> tuple[int, ...]:
    """Return the numbers of outputs along the axes; those that are fixed as they are."""
    pairs = zip(model.axes, image, strict=False)
    return tuple(fixed.get(axis.output.name, count) for axis, count in pairs)


def _holds(test: Test, env: dict[str, int]) -> bool:
    try:
        return test(env)
    except ArithmeticError:
        return False


def sizes_of(
    model: Model, *, bound: int, fixed: Mapping[str, int] = NOTHING_FIXED
) -> Iterator[dict[str, int]]:
    """Yield the sizes of all small convolutions of a model, smallest first."""
    solid = len(model.axes) == len(KERNEL)
    bound = min(bound, SOLID_BOUND) if solid else bound
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
    rules = _Rules.of(model)
    shapes: Sequence[tuple[int, ...]] = SOLID_IMAGES if solid else IMAGES
    shapes = shapes[:FEW_IMAGES] if model.channels else shapes
    images = sorted({_windows(model, image, fixed) for image in shapes}, key=sum)
    for values in product(*common.values()):
        sizes = dict(zip(common, values, strict=True))
        for image in images:
            found += list(_images(rules, sizes, image))
        found += list(_given_images(rules, sizes, fixed))
    found.sort(key=lambda sizes: (sum(sizes.values()), tuple(sizes.values())))
    yield from found


def _axis_letters(axis: Axis, bound: int) -> dict[str, range]:
    """Return the letters of an axis with their values; those of 2k + 1 begin at 0."""
    spans = (
        (axis.before, range(PADDING_BOUND + 1)),
        (axis.after, range(PADDING_BOUND + 1)),
        (axis.kernel, range(1, bound + 1)),
        (axis.stride, range(1, bound + 1)),
        (axis.dilation, range(1, max(bound, 3))),
    )
    found: dict[str, range] = {}
    for size, span in spans:
        for name in letters_in_order(size):
            known = found.get(name)
            own = span if isinstance(size, Letter) else range(PADDING_BOUND + 1)
            found[name] = own if known is None or isinstance(size, Letter) else known
    order = [axis.kernel, axis.stride, axis.dilation, axis.before, axis.after]
    return {name: found[name] for size in order for name in letters_in_order(size)}


@dataclass(frozen=True)
class _Rules:
    """What of a model depends on its sizes, ready to be counted out.

    Attributes:
        axes: (stride, extent less padding, the letter of the input or "") of each axis.
        derived: size -> its value, from the others.
        outputs: the letters of the outputs.
    """

    axes: tuple[tuple[Value, Value, str], ...]
    derived: tuple[tuple[str, Value], ...]
    outputs: tuple[str, ...]

    @classmethod
    def of(cls, model: Model) -> _Rules:
        """Return the rules of a model."""
        axes = [
            (
                evaluator(axis.stride),
                evaluator(minus(axis.extent, plus(axis.before, axis.after))),
                axis.input.name if isinstance(axis.input, Letter) else "",
            )
            for axis in model.axes
        ]
        derived = [(name, evaluator(value)) for name, value in model.derived.items()]
        return cls(tuple(axes), tuple(derived), tuple(axis.output.name for axis in model.axes))

    def image(self, sizes: Mapping[str, int], inputs: Sequence[int]) -> dict[str, int]:
        """Return the sizes with those of the input and what follows from them."""
        image = dict(sizes)
        for (_, _, name), size in zip(self.axes, inputs, strict=True):
            if name:
                image[name] = size
        for name, value in self.derived:
            image[name] = int(value(image))
        return image


def _images(
    rules: _Rules, sizes: dict[str, int], windows: tuple[int, ...]
) -> Iterator[dict[str, int]]:
    """Yield the sizes with inputs of that many windows, with and without a remainder."""
    per_axis = []
    for (stride_of, least_of, _), count in zip(rules.axes, windows, strict=True):
        stride = int(stride_of(sizes))
        smallest = (count - 1) * stride + int(least_of(sizes))
        remainders = sorted({0, 1 % stride, stride - 1})
        per_axis.append([smallest + rest for rest in remainders if smallest + rest >= 1])
    for inputs in product(*per_axis):
        yield rules.image(sizes, inputs)


def _given_images(
    rules: _Rules, sizes: dict[str, int], fixed: Mapping[str, int]
) -> Iterator[dict[str, int]]:
    """Yield the sizes with inputs of the size that is assumed, if it holds a window."""
    inputs = [fixed.get(name, 0) if name else 1 for _, _, name in rules.axes]
    if all(inputs) and any(name for _, _, name in rules.axes):
        image = rules.image(sizes, inputs)
        if all(image[name] >= 1 for name in rules.outputs):
            yield image
