"""A figure as plain data: boxes, lines and words, drawn once and spelled by every writer.

The unit is one cell of a grid; x runs to the right and y downwards from the top left corner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, TypeAlias

from symconv.document.figure.colours import on_white

Anchor: TypeAlias = Literal["start", "middle", "end"]
Point: TypeAlias = tuple[float, float]

HAIRLINE: Final = 0.03
BASELINE: Final = 0.35
HATCH_STEP: Final = 0.25


class Hatch(StrEnum):
    """Which way the lines of a hatched box run."""

    RISING = "rising"
    FALLING = "falling"


@dataclass(frozen=True)
class Line:
    """A line through two or more points.

    Attributes:
        points: the corners.
        colour: "#rrggbb", or a name of `colours.LIGHT` that follows the background.
        width: in cells.
        dashed: broken instead of solid.
    """

    points: tuple[Point, ...]
    colour: str
    width: float = HAIRLINE
    dashed: bool = False


@dataclass(frozen=True)
class Box:
    """A rectangle.

    Attributes:
        x, y: its top left corner.
        width, height: its sizes.
        fill, stroke: colours as in `Line`; None paints nothing.
        line: width of the outline.
        dashed: whether the outline is broken.
        hatch: lines across the box, in the colour of the outline.
    """

    x: float
    y: float
    width: float
    height: float
    fill: str | None = None
    stroke: str | None = None
    line: float = HAIRLINE
    dashed: bool = False
    hatch: Hatch | None = None

    def hatching(self) -> Iterator[tuple[Point, Point]]:
        """Yield the ends of the diagonal lines that hatch the box."""
        lines = round((self.width + self.height) / HATCH_STEP)
        for number in range(1, lines):
            reach = number * HATCH_STEP
            start = (min(reach, self.width), max(0.0, reach - self.width))
            end = (max(0.0, reach - self.height), min(reach, self.height))
            yield self._hatch_point(start), self._hatch_point(end)

    def _hatch_point(self, point: Point) -> Point:
        across = self.width - point[0] if self.hatch is Hatch.FALLING else point[0]
        return self.x + across, self.y + point[1]


@dataclass(frozen=True)
class Words:
    """One line of text.

    Attributes:
        x, y: where it is anchored; y is its middle.
        text: Unicode; mathematical signs are spelled by the writers.
        size: of the font, in cells.
        anchor: which part of the text stands at x.
        colour: as in `Line`.
        bold, italic: the style.
        room: the width that it must not exceed, where it stands in something.
    """

    x: float
    y: float
    text: str
    size: float
    anchor: Anchor = "middle"
    colour: str = "ink"
    bold: bool = False
    italic: bool = False
    room: float | None = None

    @property
    def baseline(self) -> float:
        """The y of the line that the letters stand on."""
        return self.y + BASELINE * self.size


Shape: TypeAlias = Box | Line | Words


def colours_of(shapes: Iterable[Shape]) -> set[str]:
    """Return every colour of the shapes, as it is on white."""
    used: set[str | None] = set()
    for shape in shapes:
        used |= {shape.fill, shape.stroke} if isinstance(shape, Box) else {shape.colour}
    return {on_white(colour) for colour in used if colour is not None}


@dataclass(frozen=True)
class Moment:
    """Shapes that are seen during some ticks of an animation: first <= tick < stop."""

    first: int
    stop: int
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class Figure:
    """A picture, or an animation, as data.

    Attributes:
        name: an identifier made from the content; no two different figures share it.
        title: a short line of text, for the title of the file or a caption.
        description: the text alternative: what a reader who does not see it must know.
        width, height: in cells.
        shapes: what is always seen, in the order of painting.
        moments: what is seen for a while, on top; empty for a still picture.
        ticks: how many ticks an animation has; 1 for a still picture.
        still: the tick that a still picture of an animation shows.

    Example:
        >>> from symconv.algebra.derivation import derive_gradients
        >>> from symconv.document.figure import overlap_figure
        >>> from symconv.spec import ConvSpec
        >>> figure = overlap_figure(derive_gradients(ConvSpec(kernel_shape=(3, 5), stride=2)))
        >>> figure.name
        'conv_k3x5_s2-overlap-6x10'
    """

    name: str
    title: str
    description: str
    width: float
    height: float
    shapes: tuple[Shape, ...]
    moments: tuple[Moment, ...] = ()
    ticks: int = 1
    still: int = 0

    def at(self, tick: int) -> tuple[Shape, ...]:
        """Return every shape that is seen at one tick, in the order of painting."""
        seen = [m.shapes for m in self.moments if m.first <= tick < m.stop]
        return self.shapes + tuple(shape for shapes in seen for shape in shapes)

    def _repr_svg_(self) -> str:
        from symconv.document.figure.svg import write_svg

        return write_svg(self)
