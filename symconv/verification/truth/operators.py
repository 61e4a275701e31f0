"""Expressions of whole arrays: convolutions, rotations, padding, and sums of them.

An expression says what its author's operators do, once a reading has fixed what the signs mean:
whether a star turns its second operand round, which positions it keeps, which operand slides. It is
evaluated twice, independently: `operator_forms` as one index map for all sizes, `operator_arrays`
entry by entry for small ones. All axes are alike, so that one axis stands for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

Mode: TypeAlias = Literal["full", "valid", "same"]


@dataclass(frozen=True)
class Whole:
    """An array without indices, by its role: "input", "kernel", "grad_output", or a free name."""

    role: str


@dataclass(frozen=True)
class Rotated:
    """The operand with every axis turned round: entry i is the operand's entry size - 1 - i."""

    operand: Operand


@dataclass(frozen=True)
class Convolved:
    """Signal and sliding array, multiplied and summed at every position that the mode keeps.

    Attributes:
        signal: the operand that stays.
        sliding: the operand that slides; in mode "valid" it never leaves the signal.
        flips: whether the sliding operand is turned round, as in a true convolution.
        mode: the positions that are kept.
        stride: of these, every stride-th is kept.
    """

    signal: Operand
    sliding: Operand
    flips: bool
    mode: Mode
    stride: int = 1


@dataclass(frozen=True)
class Padded:
    """The operand between zeros, on each side of each axis one less than the size of `by`."""

    operand: Operand
    by: str


@dataclass(frozen=True)
class Spread:
    """The operand with stride - 1 zeros between neighbours along every axis."""

    operand: Operand
    stride: int


@dataclass(frozen=True)
class Summed:
    """The entrywise sum of the terms."""

    terms: tuple[Operand, ...]


@dataclass(frozen=True)
class Scaled:
    """The operand times an integer."""

    factor: int
    operand: Operand


@dataclass(frozen=True)
class Gated:
    """The operand times, entry by entry, an array that nothing moves: the activation's slope."""

    operand: Operand
    gate: str


@dataclass(frozen=True)
class Gathered:
    """A sum over taps: entry i is the sum over m of left[a i + b m + c] right[m].

    Attributes:
        left: the operand with the index a i + b m + c; a and b are 1 or -1.
        right: the operand that the sum runs through.
        slope, tap, offset: a, b and c.
        length_of: the role of the array that the entries have the size of.
    """

    left: Operand
    right: Operand
    slope: int
    tap: int
    offset: int
    length_of: str


Operand: TypeAlias = (
    Whole | Rotated | Convolved | Padded | Spread | Summed | Scaled | Gated | Gathered
)


def parts(operand: Operand) -> Iterator[Operand]:
    """Yield the operand and all operands in it."""
    yield operand
    for part in fields(operand):
        value = getattr(operand, part.name)
        for item in value if isinstance(value, tuple) else (value,):
            if not isinstance(item, str | int):
                yield from parts(item)


def roles(operand: Operand) -> tuple[str, ...]:
    """Return the arrays in an operand, each once, in their order."""
    return tuple(dict.fromkeys(part.role for part in parts(operand) if isinstance(part, Whole)))
