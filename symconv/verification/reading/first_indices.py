"""What the indices of each array start from: where limits say it, as they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from symconv.formula.tree import (
    Integer,
    SumOver,
    walk,
)
from symconv.verification.reading.index_graph import Placed
from symconv.verification.reading.roles import Told
from symconv.verification.reading.size_hints import (
    indices_along,
    letters_along,
)

OTHER_BASE: Final = 0.7  # the cost of a first index that nothing says
MIXED_BASES: Final = 1.0  # ... of first indices that differ between arrays
_ARRAY: Final = {"x": "the input", "w": "the kernel", "dy": "the output"}


@dataclass(frozen=True)
class Bases:
    """What the indices of each array start from."""

    x: int
    w: int
    dy: int

    @property
    def common(self) -> int | None:
        """What the indices of all arrays start from; None where they differ."""
        return self.x if self.x == self.w == self.dy else None

    def of(self, array: str) -> int:
        """Return what the indices of an array start from."""
        return {"x": self.x, "w": self.w, "dy": self.dy}.get(array, 0)


def bases_of(laid: Placed, told: Told) -> Iterator[tuple[float, Bases, tuple[str, ...]]]:
    """Yield (cost, what indices start from, what is assumed); where limits say it, as they say."""
    said = _said_bases(laid)
    for fill in (0, 1) if told.index_base is None else (told.index_base,):
        limits = said if told.index_base is None else {}
        own = {array: limits.get(array, fill) for array in ("x", "w", "dy")}
        cost = MIXED_BASES * (len(set(own.values())) - 1)
        assumes: tuple[str, ...] = ()
        if told.index_base is None and not said:
            cost += OTHER_BASE * fill
            assumes = ("indices start from 1",) if fill else ()
        elif told.index_base is None and len(set(own.values())) > 1:
            counted = [f"{base} for {_ARRAY[array]}" for array, base in own.items()]
            assumes = (f"the first index is {', '.join(counted)}",)
        yield cost, Bases(**own), assumes


def _said_bases(laid: Placed) -> dict[str, int]:
    found: dict[str, int] = {}
    for axis in range(laid.layout.axes):
        letters = letters_along(laid, axis)
        for array, names in (("w", letters.tap), ("dy", letters.output), ("x", letters.cell)):
            for part in walk(laid.claim):
                if isinstance(part, SumOver) and part.letter in names:
                    low = part.lower
                    if isinstance(low, Integer) and low.value in (0, 1):
                        found.setdefault(array, low.value)
    literal: dict[str, list[int]] = {}
    for axis in range(laid.layout.axes):
        for array, index in indices_along(laid, axis):
            if isinstance(index, Integer):
                literal.setdefault(array, []).append(index.value)
    found |= {array: 0 for array, values in literal.items() if 0 in values}
    if not letters_in_claim(laid):
        base = 0 if any(0 in values for values in literal.values()) else 1
        found |= dict.fromkeys(("x", "w", "dy"), base)
    return found


def letters_in_claim(laid: Placed) -> frozenset[str]:
    """Return the index letters along all axes."""
    return frozenset().union(*laid.axes)
