"""Faults in the sum: contributions lost or averaged, the bias, a factor, cells that must stay 0."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import prod
from typing import Any, Final, TypeAlias

import numpy as np

from symconv.auditing.arrays import Array
from symconv.auditing.axes import axes_of
from symconv.auditing.fault import (
    FORWARD,
    GRAD_BIAS,
    GRAD_INPUT,
    GRAD_WEIGHT,
    Fault,
    Meaning,
    with_arrays,
)
from symconv.auditing.question import Question

Count: TypeAlias = Callable[[Question], int]


def sum_faults() -> Iterator[Fault]:
    """Yield the faults of what is added up; the open ones last."""
    yield from _accumulations()
    yield from _biases()
    yield from _factors()
    yield from _open()


def _accumulations() -> Iterator[Fault]:
    for place, sentence in (
        (-1, "the last image replaces the others"),
        (0, "the first image alone is kept"),
    ):
        yield Fault("accumulation", sentence, _one_image(place), GRAD_WEIGHT + GRAD_BIAS)
    yield Fault("accumulation", "the images are not added up", _each_image, GRAD_BIAS)
    yield Fault("accumulation", "overlapping windows are averaged", _averaged, GRAD_INPUT)


def _one_image(place: int) -> Meaning:
    def meaning(question: Question, _: Array) -> Array | None:
        if question.case.batch < 2:
            return question.expected
        dy = np.zeros_like(question.arrays["grad_output"])
        dy[place] = question.arrays["grad_output"][place]
        if question.operation == "grad_bias":
            return np.asarray(dy[place].reshape((dy.shape[1], -1)).sum(axis=1))
        return with_arrays(question, grad_output=dy)

    return meaning


def _each_image(question: Question, _: Array) -> Array | None:
    if question.case.layout == "plane":
        return question.expected
    dy = question.arrays["grad_output"]
    return np.asarray(dy.sum(axis=tuple(range(2, dy.ndim))))


def _averaged(question: Question, _: Array) -> Array | None:
    if "bias" in question.arrays:
        return None
    reads = _reads(question)
    return question.expected / np.maximum(reads, 1)


def _reads(question: Question) -> Array:
    """Return how many windows read each cell, (*in)."""
    reads = np.ones((), np.int64)
    for axis in axes_of(question):
        reads = np.multiply.outer(reads, axis.meetings().sum(axis=(0, 1)))
    return reads


def _biases() -> Iterator[Fault]:
    counts: dict[str, Count] = {
        "the bias is forgotten": lambda q: 0,
        "the bias is added once per tap": lambda q: prod(q.case.spec.kernel_shape),
        "the bias is added once per input channel": lambda q: (
            q.case.weight_shape[1] if q.case.bias_shape else 1
        ),
        "the bias is subtracted": lambda q: -1,
        "the bias is added twice": lambda q: 2,
    }
    for sentence, count in counts.items():
        yield Fault("bias", sentence, _bias_times(count), FORWARD + GRAD_INPUT)
    yield Fault(
        "accumulation",
        "the last tap replaces the others and the bias",
        _last_tap_alone,
        FORWARD,
    )


def _last_tap_alone(question: Question, _: Array) -> Array | None:
    if "bias" not in question.arrays:
        return None
    weight = np.zeros_like(question.arrays["weight"])
    last: tuple[Any, ...] = (..., *(-1,) * question.case.spec.axes)
    weight[last] = question.arrays["weight"][last]
    return with_arrays(question, weight=weight, bias=question.arrays["bias"] * 0)


def _bias_times(count: Count) -> Meaning:
    def meaning(question: Question, _: Array) -> Array | None:
        if "bias" not in question.arrays:
            return None
        return with_arrays(question, bias=question.arrays["bias"] * count(question))

    return meaning


_FACTORS: Final[Mapping[str, Count]] = {
    "the number of images": lambda q: q.case.batch,
    "the number of outputs": lambda q: prod(q.case.windows),
    "images × outputs": lambda q: q.case.batch * prod(q.case.windows),
    "the number of taps": lambda q: prod(q.case.spec.kernel_shape),
    "the stride": lambda q: prod(q.case.spec.stride),
    "the groups": lambda q: q.case.spec.groups,
}


def _factors() -> Iterator[Fault]:
    yield Fault("extra factor", "the sign is wrong", lambda q, _: -q.expected)
    yield Fault("extra factor", "the result is twice as large", lambda q, _: 2 * q.expected)
    yield Fault("extra factor", "the result is half as large", lambda q, _: q.expected / 2)
    for name, count in _FACTORS.items():
        yield Fault("extra factor", f"the result is multiplied by {name}", _times(count))
        yield Fault("extra factor", f"the result is divided by {name}", _divided(count))


def _times(count: Count) -> Meaning:
    return lambda question, _: question.expected * count(question)


def _divided(count: Count) -> Meaning:
    return lambda question, _: question.expected / max(1, count(question))


def _open() -> Iterator[Fault]:
    yield Fault(
        "gap filled",
        "cells of a gap, which no window reads, are not 0",
        _gap_left,
        GRAD_INPUT,
        is_open=True,
    )
    yield Fault(
        "gap filled", "cells that no window reads are not 0", _unread_left, GRAD_INPUT, is_open=True
    )
    yield Fault("extra factor", "all entries have the same wrong factor", _any_factor, is_open=True)


def _gap_left(question: Question, got: Array) -> Array | None:
    gap = np.zeros((), bool)
    for axis in axes_of(question):
        _, r, u = axis.indices()
        met = (u + axis.before - r * axis.dilation) % axis.stride == 0
        gap = np.logical_or.outer(gap, ~met.any(axis=0))
    return _left(question, got, gap)


def _unread_left(question: Question, got: Array) -> Array | None:
    return _left(question, got, _reads(question) == 0)


def _left(question: Question, got: Array, cells: Array) -> Array | None:
    """Return the right answer but in some cells, which are taken from the answer given."""
    if got.shape != question.expected.shape:
        return None
    return np.where(cells, got, question.expected)


def _any_factor(question: Question, got: Array) -> Array | None:
    places = np.flatnonzero(question.expected)
    if got.shape != question.expected.shape or not len(places):
        return None
    factor = got.flat[places[0]] / question.expected.flat[places[0]]
    return np.asarray(question.expected * factor, float)
