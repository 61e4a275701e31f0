"""Sketches: operators on named arrays, as they are written; what a star means is left open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import TypeAlias

from symconv.formula.tree import Matrix, Node
from symconv.verification.reading.operators.names import Layer, Named
from symconv.verification.truth.operators import Mode


class UnknownOperatorError(ValueError):
    """An expression that is none of operators on whole arrays, and why."""


@dataclass(frozen=True)
class Array:
    """An array as it is named."""

    named: Named


@dataclass(frozen=True)
class Star:
    """left sign right.

    Attributes:
        sign: the sign or the name of the function.
        left, right: the operands.
        mode: the positions that are kept, if that is said.
        transposed: whether it is a transposed convolution of left with right.
        strided: whether it is a transposed convolution with a stride or padding of its own.
        swapped: whether it has the layer's dilation for a stride and its stride for a dilation.
    """

    sign: str
    left: Sketch
    right: Sketch
    mode: Mode | None = None
    transposed: bool = False
    swapped: bool = False
    strided: bool = False


@dataclass(frozen=True)
class Turned:
    """The operand rotated by half a turn.

    Attributes:
        operand: what is rotated.
        assumed: the name that is taken for the rotated operand, where nobody said that.
    """

    operand: Sketch
    assumed: str = ""


@dataclass(frozen=True)
class Framed:
    """The operand between zeros."""

    operand: Sketch


@dataclass(frozen=True)
class Stretched:
    """The operand with zeros between its entries, a stride apart."""

    operand: Sketch


@dataclass(frozen=True)
class Added:
    """The sum of the terms."""

    terms: tuple[Sketch, ...]


@dataclass(frozen=True)
class Multiple:
    """An integer times the operand."""

    factor: int
    operand: Sketch


@dataclass(frozen=True)
class Sloped:
    """The operand times the slope of an activation, entry by entry.

    Attributes:
        layer: the layer whose activation it is, if that is said.
        text: as it is written.
    """

    operand: Sketch
    layer: Layer | None = field(compare=False)
    text: str


@dataclass(frozen=True)
class Activated:
    """A function of the operand, entry by entry."""

    operand: Sketch


@dataclass(frozen=True)
class Channels:
    """The sum of the operand over a channel.

    Attributes:
        letters: what is summed over.
        below, above: the limits as they are written, or None.
    """

    letters: tuple[str, ...]
    below: Node | None
    above: Node | None
    operand: Sketch


@dataclass(frozen=True)
class Gathers:
    """A sum over taps: left[slope i + tap m + offset] right[m], summed over m, along every axis."""

    left: Sketch
    right: Sketch
    slope: int
    tap: int
    offset: int


@dataclass(frozen=True)
class Written:
    """A matrix that is written out."""

    matrix: Matrix


Sketch: TypeAlias = (
    Array
    | Star
    | Turned
    | Framed
    | Stretched
    | Added
    | Multiple
    | Sloped
    | Activated
    | Channels
    | Gathers
    | Written
)


def within(sketch: Sketch) -> Iterator[Sketch]:
    """Yield a sketch and all sketches in it, from left to right."""
    yield sketch
    for part in parts_of(sketch):
        yield from within(part)


def parts_of(sketch: Sketch) -> Iterator[Sketch]:
    """Yield the sketches directly below a sketch."""
    for part in fields(sketch):
        value = getattr(sketch, part.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Sketch):
                yield item


def arrays_of(sketch: Sketch) -> tuple[Named, ...]:
    """Return the arrays in a sketch, in their order."""
    return tuple(part.named for part in within(sketch) if isinstance(part, Array))
