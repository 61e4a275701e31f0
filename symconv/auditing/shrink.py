"""The smallest case that still shows a fault: steps that each make one size smaller."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any, Final

from symconv.auditing.case import Case
from symconv.padding import PADDING_MODES
from symconv.sizes import PaddingPairs, Shape

MAX_PAIRS_OF_STEPS: Final = 400


def shrink(case: Case, shows: Callable[[Case], bool]) -> Case:
    """Return a case that shows the fault, and that no one or two steps make smaller.

    Args:
        case: shows the fault.
        shows: whether another case does; it also decides which cases may be asked about, and
            answers no when time is up.

    Example:
        >>> from symconv.spec import ConvSpec
        >>> start = Case(ConvSpec(kernel_shape=(4, 3), stride=(2, 3), padding=1), (9, 8))
        >>> shrink(start, lambda case: "remainder" in case.tags)
        Case(spec=ConvSpec(kernel_shape=(1,), stride=(2,)), input_shape=(2,), out_channels=1)
    """
    while True:
        seen = {case}
        for smaller in chain(smaller_cases(case), islice(_two_steps(case), MAX_PAIRS_OF_STEPS)):
            if smaller not in seen and shows(smaller):
                case = smaller
                break
            seen.add(smaller)
        else:
            return case


def _two_steps(case: Case) -> Iterator[Case]:
    """Yield what two steps make of a case: some faults need two sizes to change together."""
    for halfway in _neighbours(case):
        yield from _smaller(_neighbours(halfway), case)


def smaller_cases(case: Case) -> Iterator[Case]:
    """Yield the smaller neighbours of a case, the largest steps first.

    No step makes an array empty where none was.
    """
    yield from _smaller(_neighbours(case), case)


def _smaller(cases: Iterator[Case], case: Case) -> Iterator[Case]:
    empty = "empty" in case.tags
    for smaller in cases:
        if not smaller.exists:
            continue
        if smaller.size < case.size and (empty or "empty" not in smaller.tags):
            yield smaller


def _neighbours(case: Case) -> Iterator[Case]:
    yield from _plainer(case)
    if case.spec.axes > 1:
        yield from (_without_axis(case, axis) for axis in range(case.spec.axes))
    if case.layout == "batched":
        yield from _fewer_channels(case)
    yield from _simpler_padding(case)
    for field in ("stride", "dilation"):
        yield _with_spec(case, **{field: 1})
    yield from _smaller_axes(case)


def _plainer(case: Case) -> Iterator[Case]:
    """Yield the case as one of fewer kinds, or of a plainer one."""
    spec = case.spec
    if spec.true_convolution:
        yield _with_spec(case, true_convolution=False)
    if spec.transposed:
        yield _with_spec(case, transposed=False)
    for mode in PADDING_MODES if spec.padding_mode != "zeros" else ():
        yield _with_spec(case, padding_mode=mode)


def _without_axis(case: Case, axis: int) -> Case:
    """Return the case without one spatial axis."""
    spec, leading = case.spec, len(case.input_shape) - case.spec.axes
    padding = spec.padding if isinstance(spec.padding, str) else _without(spec.padding, axis)
    smaller = replace(
        spec,
        kernel_shape=_without(spec.kernel_shape, axis),
        stride=_without(spec.stride, axis),
        dilation=_without(spec.dilation, axis),
        padding=padding,
    )
    return Case(smaller, _without(case.input_shape, leading + axis), case.out_channels)


def _fewer_channels(case: Case) -> Iterator[Case]:
    batch, channels, *sizes = case.input_shape
    groups = case.spec.groups
    for fewer in range(1, groups):
        inner, outer = channels // groups, case.out_channels // groups
        spec = replace(case.spec, groups=fewer)
        yield Case(spec, (batch, inner * fewer, *sizes), outer * fewer)
    if batch > 1:
        yield replace(case, input_shape=(1, channels, *sizes))
        yield replace(case, input_shape=(batch - 1, channels, *sizes))
    yield replace(case, input_shape=(batch, groups, *sizes))
    yield replace(case, out_channels=groups)


def _simpler_padding(case: Case) -> Iterator[Case]:
    """Yield the case with less padding, on an input of the same size or larger by as much."""
    padding = case.spec.padding
    yield _with_spec(case, padding=0)
    if isinstance(padding, str):
        yield _with_spec(case, padding=case.concrete.padding_pairs)
        yield _with_spec(case, padding="same")
        return
    leading = len(case.input_shape) - case.spec.axes
    for axis, (lo, hi) in enumerate(padding):
        for pair in ((0, 0), (0, hi), (lo, 0), (_nearer(lo), hi), (lo, _nearer(hi))):
            if pair != (lo, hi):
                less = _with_spec(case, padding=_put(padding, axis, pair))
                yield less
                size = case.sizes[axis] + lo + hi - sum(pair)
                if not case.spec.transposed and size >= 0:
                    yield replace(less, input_shape=_put(case.input_shape, leading + axis, size))


def _nearer(side: int) -> int:
    """Return the padding of one side, a cell nearer to none."""
    return side - (side > 0) + (side < 0)


def _smaller_axes(case: Case) -> Iterator[Case]:
    """Yield the case with one size of one axis at its least, then less by 1."""
    leading = len(case.input_shape) - case.spec.axes
    for field in ("kernel_shape", "stride", "dilation"):
        sizes: Shape = getattr(case.spec, field)
        for axis, size in enumerate(sizes):
            for less in (1, size - 1) if size > 1 else ():
                yield _with_spec(case, **{field: _put(sizes, axis, less)})
    for axis, (n, t) in enumerate(zip(case.sizes, case.spec.stride, strict=True)):
        for less in (1, n // 2, n - t, n - 1):
            if less >= 0:
                yield replace(case, input_shape=_put(case.input_shape, leading + axis, less))


def _with_spec(case: Case, **changes: Any) -> Case:
    return replace(case, spec=replace(case.spec, **changes))


def _without(entries: Sequence[Any], place: int) -> tuple[Any, ...]:
    return (*entries[:place], *entries[place + 1 :])


def _put(entries: Shape | PaddingPairs, place: int, entry: object) -> tuple[Any, ...]:
    return (*entries[:place], entry, *entries[place + 1 :])
