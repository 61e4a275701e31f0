"""Wrong tables M of an axis whose padding holds copies: wrong sources, or copies lost or repeated.

The padded cells of an axis are ..., -1 | 0 ... n-1 | n, ...: those outside are copies.
"""

from __future__ import annotations

import numpy as np

from symconv.auditing.arrays import Array
from symconv.auditing.axes import Axis, table
from symconv.auditing.axis_tables import Change


def symmetric(axis: Axis) -> Array:
    """Return the table in which the mirror stands behind the border cell, so that it is repeated.

    That is what NumPy calls "symmetric"; the mirror of "reflect" is the border cell itself.
    """
    cells, last = axis.reads(), axis.input - 1
    mirrored = np.where(cells < 0, -1 - cells, np.where(cells > last, 2 * last + 1 - cells, cells))
    return table(mirrored == np.arange(axis.input))


def copied_from(*, before: int, after: int) -> Change:
    """Return the table in which copies come from cells some places away from the right ones.

    Args:
        before: how far, for the cells in front.
        after: how far, for the cells at the end.
    """

    def change(axis: Axis) -> Array:
        cells = axis.reads()
        shift = before * (cells < 0) + after * (cells >= axis.input)
        return table(axis.source(axis.source(cells) + shift) == np.arange(axis.input))

    return change


def copies_counted(*, before: int = 1, after: int = 1) -> Change:
    """Return the table in which every copy counts so many times.

    Args:
        before: how often, for the cells in front.
        after: how often, for the cells at the end.
    """

    def change(axis: Axis) -> Array:
        cells = axis.reads()
        times = np.where(cells < 0, before, np.where(cells >= axis.input, after, 1))
        counted: Array = axis.meetings() * times
        return counted

    return change


def last_of_padded(*, with_own: bool) -> Change:
    """Return the table in which the last padded cell of a source replaces the other ones.

    Args:
        with_own: whether the cell's own gradient is kept beside that of its last copy.
    """

    def change(axis: Axis) -> Array:
        cells = axis.reads()
        padded = np.arange(-axis.before, axis.input + axis.after)
        sources = axis.source(padded)[:, np.newaxis] == np.arange(axis.input)
        if with_own:
            sources &= (padded != axis.source(padded))[:, np.newaxis]
        last = np.where(sources, padded[:, np.newaxis], -axis.before - 1).max(axis=0)
        own = cells == np.arange(axis.input)
        kept: Array = axis.meetings() * ((cells == last) | (own & with_own))
        return kept

    return change
