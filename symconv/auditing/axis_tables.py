"""Wrong tables M of what meets what along one axis, each from the sizes of the axis.

The words of `symconv.auditing.meetings`: output i, tap r, input u, and
u + lo = t·K + rho with the phase rho.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np

from symconv.auditing.arrays import Array
from symconv.auditing.axes import Axis, resize, table

OUTPUT: Final = 0  # the axes of M
TAP: Final = 1

Change: TypeAlias = Callable[[Axis], Array]


def resized(**changes: Callable[[Axis], int | str]) -> Change:
    """Return the table of other sizes: field -> the value that a faulty kernel takes for it."""

    def change(axis: Axis) -> Array:
        return resize(axis, **{name: of(axis) for name, of in changes.items()}).meetings()

    return change


def flipped(axis: Axis) -> Array:
    """Return the table in which tap r does what tap k - 1 - r should."""
    return axis.meetings()[:, ::-1]


def blocks(shift_of: Callable[[Array], Array]) -> Change:
    """Return the table with i = K - shift_of(the right shift) for the taps of a phase."""

    def change(axis: Axis) -> Array:
        i, r, u = axis.indices()
        block, phase = np.divmod(u + axis.before, axis.stride)
        shift, off_phase = np.divmod(r * axis.dilation - phase, axis.stride)
        return table((off_phase == 0) & (i == block - shift_of(shift)))

    return change


def cut(least_dropped: Callable[[Axis], int]) -> Change:
    """Return the right table without the inputs from some index on."""

    def change(axis: Axis) -> Array:
        _, _, u = axis.indices()
        return axis.meetings() * (u < least_dropped(axis))

    return change


def filled(tap_of: Callable[[Array, Axis], Array]) -> Change:
    """Return the table of a dense kernel that gives the cells of gaps a tap all the same."""

    def change(axis: Axis) -> Array:
        i, r, u = axis.indices()
        block, phase = np.divmod(u + axis.before, axis.stride)
        gap = ~((r * axis.dilation - phase) % axis.stride == 0).any(axis=0)
        return axis.meetings() + table(gap & (i == block) & (r == tap_of(phase, axis)))

    return change


def read_from(cell_of: Callable[[Array, Axis], Array]) -> Change:
    """Return the table in which a window reads cell_of(the index that it should read)."""

    def change(axis: Axis) -> Array:
        return table(cell_of(axis.reads(), axis) == np.arange(axis.input))

    return change


def outputs_wrapped(axis: Axis) -> Array:
    """Return the table in which outputs before the first are counted from the end, as lists do."""
    i, r, u = axis.indices()
    before_first = i - axis.output
    return axis.meetings() + table(
        before_first * axis.stride + r * axis.dilation == u + axis.before
    )


def one_window(*, last: bool) -> Change:
    """Return the table in which one window at each input is kept, the last or the first."""

    def change(axis: Axis) -> Array:
        right = axis.meetings()
        met = right.sum(axis=TAP, keepdims=True)
        seen = np.flip(np.cumsum(np.flip(met, OUTPUT), axis=OUTPUT), OUTPUT)
        kept: Array = right * ((seen if last else np.cumsum(met, axis=OUTPUT)) == 1)
        return kept

    return change


def only(along: int, *, last: bool) -> Change:
    """Return the table that holds nothing but its first or last slice."""

    def change(axis: Axis) -> Array:
        return _sliced(axis, along, last=last)

    return change


def without(along: int, *, last: bool) -> Change:
    """Return the table without its first or last slice."""

    def change(axis: Axis) -> Array:
        return axis.meetings() - _sliced(axis, along, last=last)

    return change


def _sliced(axis: Axis, along: int, *, last: bool) -> Array:
    places = np.arange(axis.meetings().shape[along])
    chosen = places == (len(places) - 1 if last else 0)
    kept: Array = axis.meetings() * chosen.reshape([-1 if a == along else 1 for a in range(3)])
    return kept
