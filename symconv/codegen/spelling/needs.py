"""What some names of a file need: all that their definitions name, and so on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol


class Part(Protocol):
    """A piece of a file with the names that it defines and those that it reads."""

    @property
    def defines(self) -> frozenset[str]:
        """The names that it defines."""
        ...

    @property
    def reads(self) -> frozenset[str]:
        """The names that it reads."""
        ...


def reachable(parts: Sequence[Part], wanted: Collection[str]) -> frozenset[str]:
    """Return all names that some need, and themselves."""
    found: set[str] = set()
    left = set(wanted)
    while left:
        found |= left
        left = {name for part in parts if part.defines & left for name in part.reads} - found
    return frozenset(found)
