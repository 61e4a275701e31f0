"""Sizes as a number plus multiples of letters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Affine:
    """A number plus multiples of sizes.

    Attributes:
        constant: the number.
        multiples: (size, multiple) in the order of the sizes, no multiple 0.
    """

    constant: int = 0
    multiples: tuple[tuple[str, int], ...] = ()

    def __add__(self, other: Affine | int) -> Affine:
        if isinstance(other, int):
            return replace(self, constant=self.constant + other)
        found = dict(self.multiples)
        for name, multiple in other.multiples:
            found[name] = found.get(name, 0) + multiple
        kept = tuple(sorted((name, value) for name, value in found.items() if value))
        return Affine(self.constant + other.constant, kept)

    def __mul__(self, factor: int) -> Affine:
        if not factor:
            return Affine()
        return Affine(self.constant * factor, tuple((n, m * factor) for n, m in self.multiples))

    def __neg__(self) -> Affine:
        return self * -1

    def __sub__(self, other: Affine | int) -> Affine:
        return self + -other

    def at(self, sizes: Mapping[str, int]) -> int:
        """Return its value for given sizes."""
        return self.constant + sum(sizes[name] * multiple for name, multiple in self.multiples)


def size(name: str) -> Affine:
    """Return a size by its letter."""
    return Affine(0, ((name, 1),))


def divided(value: Affine, by: int) -> Affine | None:
    """Return value / by, or None if that is not affine with integers."""
    if value.constant % by or any(multiple % by for _, multiple in value.multiples):
        return None
    return Affine(
        value.constant // by, tuple((n, multiple // by) for n, multiple in value.multiples)
    )
