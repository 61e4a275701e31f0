"""Which indices of a long axis are shown, and in which slot each one stands.

The rule: an axis of at most `most` indices is shown whole. Of a longer one, the indices nearest
to its two ends and to the indices that matter are shown; a slot with dots stands for the others.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

MOST_CELLS: Final = 24


@dataclass(frozen=True)
class Slots:
    """The slots of one axis, in order: an index each, or None for the indices left out."""

    entries: tuple[int | None, ...]

    @property
    def length(self) -> int:
        """The number of slots."""
        return len(self.entries)

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return None not in self.entries

    @cached_property
    def of(self) -> Mapping[int, int]:
        """Index -> slot, of the shown indices in ascending order."""
        return {index: slot for slot, index in enumerate(self.entries) if index is not None}

    def span(self, first: int, last: int) -> tuple[int, int] | None:
        """Return the first and last slot of what is shown of first <= index <= last."""
        shown = tuple(self.of)
        low, high = bisect_left(shown, first), bisect_right(shown, last)
        return (self.of[shown[low]], self.of[shown[high - 1]]) if low < high else None


def slots(start: int, stop: int, *, most: int = MOST_CELLS, keep: Iterable[int] = ()) -> Slots:
    """Return the slots of the axis start <= index < stop.

    Args:
        start: the first index.
        stop: the one after the last.
        most: how many indices are shown at most.
        keep: the indices that matter besides the ends.

    Example:
        >>> slots(0, 100, most=4).entries
        (0, 1, None, 98, 99)
    """
    if stop - start <= most:
        return Slots(tuple(range(start, stop)))
    shown = sorted(_nearest(start, stop, most=most, places=(start, stop - 1, *sorted(set(keep)))))
    entries: list[int | None] = []
    for before, index in pairwise([start - 1, *shown]):
        if index == before + 2:
            entries.append(before + 1)
        elif index > before + 1:
            entries.append(None)
        entries.append(index)
    return Slots(tuple(entries))


def _nearest(start: int, stop: int, *, most: int, places: Iterable[int]) -> set[int]:
    """Return `most` indices, nearest to the places; the places themselves come first."""
    chosen: dict[int, None] = {}
    ring = list(dict.fromkeys(places))
    for distance in range(stop - start):
        for place in ring:
            for index in (place - distance, place + distance):
                if start <= index < stop:
                    chosen[index] = None
                if len(chosen) == most:
                    return set(chosen)
    return set(chosen)
