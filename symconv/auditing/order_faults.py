"""Faults of order: transposed arrays, channels and groups, "same" padding, result sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, TypeAlias

import numpy as np

from symconv.auditing.arrays import Array
from symconv.auditing.axes import axes_of, table
from symconv.auditing.fault import (
    FORWARD,
    GRAD_INPUT,
    MEETING,
    Fault,
    Meaning,
    axes_answered,
    with_arrays,
    with_axes,
)
from symconv.auditing.meetings import channels_of, result_of
from symconv.auditing.question import Question

# what is read of the sizes G groups, I = C_in/G and J = C_out/G: a condition on (o, k, c)
Channels: TypeAlias = Callable[[Array, Array, Array, int, int, int], Array]


def order_faults() -> Iterator[Fault]:
    """Yield the faults of order: of axes, channels, groups, padding sides and sizes."""
    yield from _sizes()
    yield from _orders()
    yield from _channels()


def _orders() -> Iterator[Fault]:
    yield Fault("axes swapped", "the kernel is transposed", _kernel_transposed, MEETING)
    yield Fault("axes swapped", "the result is transposed", _transposed, MEETING)
    yield Fault("axes swapped", "input and output channels are swapped", _channels_swapped, MEETING)
    yield Fault(
        "SAME upper for lower",
        "the odd cell of padding lies on the other side",
        _other_same,
        MEETING,
    )


def _sizes() -> Iterator[Fault]:
    right = with_axes(lambda axes: [axis.meetings() for axis in axes])
    yield Fault(
        "remainder dropped",
        "the result has the smallest size that fits, not input_shape",
        _smallest,
        GRAD_INPUT,
    )
    yield Fault(
        "output padding", "the entries are right, the size of the result is not", right, GRAD_INPUT
    )
    yield Fault(
        "output size", "the entries are right, the number of windows is not", right, FORWARD
    )


def _kernel_transposed(question: Question, _: Array) -> Array | None:
    if len(set(question.case.spec.kernel_shape)) > 1:
        return None
    if question.operation == "grad_weight":
        return _reversed(question, question.expected)
    return with_arrays(question, weight=_reversed(question, question.arrays["weight"]))


def _transposed(question: Question, _: Array) -> Array:
    return _reversed(question, question.expected)


def _reversed(question: Question, array: Array) -> Array:
    """Return an array with its spatial axes in reverse order."""
    leading = array.ndim - question.case.spec.axes
    return array.transpose((*range(leading), *reversed(range(leading, array.ndim))))


def _channels_swapped(question: Question, _: Array) -> Array | None:
    weight = question.arrays.get("weight", question.expected)
    if question.case.layout == "plane" or weight.shape[0] != weight.shape[1]:
        return None
    if question.operation == "grad_weight":
        return weight.swapaxes(0, 1)
    return with_arrays(question, weight=weight.swapaxes(0, 1))


def _other_same(question: Question, _: Array) -> Array | None:
    if not isinstance(question.case.spec.padding, str):
        return question.expected
    axes = axes_of(question)
    return result_of(question, [replace(axis, before=axis.after).meetings() for axis in axes])


def _smallest(question: Question, got: Array) -> Array | None:
    axes = axes_answered(question, got)
    if axes is None:
        return None
    right = axes_of(question)
    if any(
        a.input not in (b.input, max(0, b.input - b.remainder))
        for a, b in zip(axes, right, strict=True)
    ):
        return None
    return result_of(question, [axis.meetings() for axis in axes])


_GROUPS: Final[dict[str, Channels]] = {
    "all groups read the first group's channels": lambda o, k, c, g, i, j: (k == c) & (o >= 0),
    "input channels are dealt out to the groups in turn": lambda o, k, c, g, i, j: (
        k * g + o // j == c
    ),
    "output channels are dealt out to the groups in turn": lambda o, k, c, g, i, j: (
        o % g * i + k == c
    ),
    "the groups come in reverse order": lambda o, k, c, g, i, j: (g - 1 - o // j) * i + k == c,
    "only the first group is computed": lambda o, k, c, g, i, j: (k == c) & (o < j),
    "only the last group is computed": lambda o, k, c, g, i, j: (
        (o // j * i + k == c) & (o // j == g - 1)
    ),
}
_LAST_CHANNELS: Final[dict[str, tuple[tuple[str, ...], Channels]]] = {
    "the last output channel replaces the others": (
        GRAD_INPUT,
        lambda o, k, c, g, i, j: (o // j * i + k == c) & (o % j == j - 1),
    ),
    "the last input channel replaces the others": (
        FORWARD,
        lambda o, k, c, g, i, j: (o // j * i + k == c) & (k == i - 1),
    ),
}


def _channels() -> Iterator[Fault]:
    for sentence, reads in _GROUPS.items():
        yield Fault("groups", sentence, _with_channels(reads), MEETING)
    for sentence, (operations, reads) in _LAST_CHANNELS.items():
        yield Fault("accumulation", sentence, _with_channels(reads), operations)


def _with_channels(reads: Channels) -> Meaning:
    def meaning(question: Question, got: Array) -> Array | None:
        axes = axes_answered(question, got)
        if axes is None:
            return None
        groups, (outputs, inputs) = question.case.spec.groups, channels_of(question)
        inner, outer = inputs // groups, outputs // groups
        o, k, c = np.ogrid[:outputs, :inner, :inputs]
        channels = table(reads(o, k, c, groups, inner, outer))
        return result_of(question, [axis.meetings() for axis in axes], channels=channels)

    return meaning
