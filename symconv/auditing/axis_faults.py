"""Faults along one axis: the classes, and the wrong table that each of them computes with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, TypeAlias

import numpy as np

from symconv.auditing.arrays import Array
from symconv.auditing.axes import Axis, resize
from symconv.auditing.axis_tables import (
    OUTPUT,
    TAP,
    Change,
    blocks,
    cut,
    filled,
    flipped,
    one_window,
    only,
    outputs_wrapped,
    read_from,
    resized,
    without,
)
from symconv.auditing.fault import (
    FORWARD,
    GRAD_INPUT,
    GRAD_WEIGHT,
    MEETING,
    Concern,
    Fault,
    all_cases,
    with_axes,
)

Chosen: TypeAlias = Callable[[int, int], bool]  # (axis, axes) -> whether it has the fault
Source: TypeAlias = Callable[[int, int], int]  # (axis, axes) -> the axis whose sizes it takes


def axis_faults() -> Iterator[Fault]:
    """Yield the faults along all axes, along one of them, and of one axis taken for another.

    Example:
        >>> [fault.sentence for fault in axis_faults() if fault.name == "stride forgotten"][:2]
        ['windows step by 1', 'windows step by 1 (last axis)']
    """
    by_fault = [list(faults_along(fault)) for fault in _AXIS_FAULTS]
    yield from chain.from_iterable(zip(*by_fault, strict=True))
    for what, fields in _MIXED.items():
        for sentence, source in _SOURCES.items():
            meaning = with_axes(_mixed(fields, source))
            yield Fault("axes swapped", sentence.format(what), meaning, MEETING)


@dataclass(frozen=True)
class AxisFault:
    """A class of faults, what such a kernel does, and the table it computes with."""

    name: str
    sentence: str
    change: Change
    operations: tuple[str, ...] = MEETING


def faults_along(fault: AxisFault, *, concerns: Concern = all_cases) -> Iterator[Fault]:
    """Yield a fault along all axes, then along some of them.

    Args:
        fault: the fault of an axis.
        concerns: which cases it can be seen in.
    """
    for place, chosen in _PLACES.items():
        meaning = with_axes(_along(fault.change, chosen))
        yield Fault(
            fault.name, fault.sentence + place, meaning, fault.operations, concerns=concerns
        )


def _along(change: Change, chosen: Chosen) -> Callable[[tuple[Axis, ...]], Sequence[Array]]:
    """Return the change of the chosen axes; the others keep their tables."""

    def change_all(axes: tuple[Axis, ...]) -> Sequence[Array]:
        return [
            change(axis) if chosen(number, len(axes)) else axis.meetings()
            for number, axis in enumerate(axes)
        ]

    return change_all


def _mixed(fields: Sequence[str], source: Source) -> Callable[[tuple[Axis, ...]], Sequence[Array]]:
    """Return the change that takes some sizes of an axis from axis source(axis, axes)."""

    def change_all(axes: tuple[Axis, ...]) -> Sequence[Array]:
        others = [axes[source(number, len(axes))] for number in range(len(axes))]
        return [
            resize(axis, **{field: getattr(other, field) for field in fields}).meetings()
            for axis, other in zip(axes, others, strict=True)
        ]

    return change_all


_PLACES: Final[dict[str, Chosen]] = {
    "": lambda axis, axes: True,
    " (last axis)": lambda axis, axes: axis == axes - 1,
    " (axis 0)": lambda axis, axes: axis == 0,
    " (axis 1)": lambda axis, axes: axis == 1,
    " (all axes but the first)": lambda axis, axes: axis > 0,
    " (all axes but the last)": lambda axis, axes: axis < axes - 1,
}
_DROPPED = "remainder dropped"
_BLOCK = "K for K - 1"
_BORDER = "border off by one"
_ADDED = "accumulation"

_AXIS_FAULTS: Final = (
    AxisFault("stride forgotten", "windows step by 1", resized(stride=lambda a: 1)),
    AxisFault("dilation forgotten", "taps are 1 apart", resized(dilation=lambda a: 1)),
    AxisFault(
        "stride and dilation swapped",
        "windows step by the dilation and taps are a stride apart",
        resized(stride=lambda a: a.dilation, dilation=lambda a: a.stride),
    ),
    AxisFault("padding forgotten", "the padding before is taken as 0", resized(before=lambda a: 0)),
    AxisFault(
        "padding sides swapped",
        "the padding after is taken for the padding before",
        resized(before=lambda a: a.after),
    ),
    AxisFault(
        "kernel flipped",
        "a true convolution: tap r is taken for k - 1 - r",
        flipped,
        FORWARD + GRAD_WEIGHT,
    ),
    AxisFault("kernel not flipped", "tap r is taken for k - 1 - r", flipped, GRAD_INPUT),
    AxisFault(_BLOCK, "every tap of a phase takes output K", blocks(lambda shift: shift * 0)),
    AxisFault(_BLOCK, "output K + α is taken for K - α", blocks(lambda shift: -shift)),
    AxisFault(_BLOCK, "output i is taken for i - 1", resized(before=lambda a: a.before - a.stride)),
    AxisFault(_BLOCK, "output i is taken for i + 1", resized(before=lambda a: a.before + a.stride)),
    AxisFault(
        _DROPPED,
        "inputs past the last whole stride count as 0",
        cut(lambda a: a.input // a.stride * a.stride),
    ),
    AxisFault(
        _DROPPED,
        "inputs past the last whole stride of the padded image count as 0",
        cut(lambda a: (a.input + a.before + a.after) // a.stride * a.stride - a.before),
    ),
    AxisFault(
        _DROPPED,
        "inputs past the last whole stride, padding before included, count as 0",
        cut(lambda a: (a.input + a.before) // a.stride * a.stride - a.before),
    ),
    AxisFault(
        _DROPPED,
        "inputs past stride × outputs count as 0",
        cut(lambda a: a.output * a.stride - a.before),
    ),
    AxisFault(
        "gap filled",
        "cells of a gap get the last tap of their window",
        filled(lambda phase, a: np.minimum(phase, a.kernel - 1)),
    ),
    AxisFault(
        "gap filled",
        "cells of a gap get tap phase mod k",
        filled(lambda phase, a: phase % a.kernel),
    ),
    AxisFault(
        "output padding",
        "the remainder is put before the image instead of behind it",
        resized(before=lambda a: a.before - a.remainder),
    ),
    AxisFault(_BORDER, "input u + 1 is taken for u", resized(before=lambda a: a.before - 1)),
    AxisFault(_BORDER, "input u - 1 is taken for u", resized(before=lambda a: a.before + 1)),
    AxisFault(_BORDER, "the last window is left out", without(OUTPUT, last=True)),
    AxisFault(_BORDER, "the first window is left out", without(OUTPUT, last=False)),
    AxisFault("tap left out", "the last tap is left out", without(TAP, last=True)),
    AxisFault("tap left out", "the first tap is left out", without(TAP, last=False)),
    AxisFault(
        "padding not zero",
        "the padding repeats the cell at the edge",
        read_from(lambda index, a: np.clip(index, 0, a.input - 1)),
        FORWARD + GRAD_WEIGHT,
    ),
    AxisFault(
        "padding not zero",
        "the padding repeats the image",
        read_from(lambda index, a: index % max(1, a.input)),
        FORWARD + GRAD_WEIGHT,
    ),
    AxisFault(
        "negative index",
        "inputs before the first are counted from the end",
        read_from(lambda index, a: np.where(index < 0, index + a.input, index)),
    ),
    AxisFault(
        "negative index",
        "outputs before the first are counted from the end",
        outputs_wrapped,
        GRAD_INPUT,
    ),
    AxisFault(
        _ADDED,
        "the last window at a cell replaces the others",
        one_window(last=True),
        GRAD_INPUT,
    ),
    AxisFault(
        _ADDED, "the last tap at a cell replaces the others", one_window(last=False), GRAD_INPUT
    ),
    AxisFault(_ADDED, "the last tap replaces the others", only(TAP, last=True), FORWARD),
    AxisFault(_ADDED, "the first tap alone is kept", only(TAP, last=False), FORWARD),
    AxisFault(_ADDED, "the last window replaces the others", only(OUTPUT, last=True), GRAD_WEIGHT),
    AxisFault(_ADDED, "the first window alone is kept", only(OUTPUT, last=False), GRAD_WEIGHT),
)

_MIXED: Final = {
    "stride": ("stride",),
    "dilation": ("dilation",),
    "padding": ("before", "after"),
    "stride, dilation and padding": ("stride", "dilation", "before", "after"),
}
_SOURCES: Final[dict[str, Source]] = {
    "the {} of the axes is swapped": lambda axis, axes: axes - 1 - axis,
    "the {} of axis 0 is taken for all axes": lambda axis, axes: 0,
    "the {} of the last axis is taken for all axes": lambda axis, axes: axes - 1,
}
