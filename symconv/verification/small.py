"""All small convolutions of a model, smallest first: the sizes that the exact check counts out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from types import MappingProxyType
from typing import Final

from symconv.formula.tree import Expression, Integer, Letter
from symconv.verification.exact import evaluator
from symconv.verification.model import Axis, Model

PADDING_BOUND: Final = 2
NOTHING_FIXED: Final[Mapping[str, int]] = MappingProxyType({})
CHANNEL_BOUND: Final = 2
FEW_IMAGES: Final = 3  # where channels are counted out beside them
IMAGES: Final = ((1, 1), (2, 1), (1, 2), (2, 2), (3, 2), (2, 4))  # windows along each axis


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
