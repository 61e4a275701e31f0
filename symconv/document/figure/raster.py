"""A figure as pixels, PNG or GIF, drawn by Pillow; the same bytes for the same figure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from itertools import pairwise
from math import hypot
from pathlib import Path
from typing import TYPE_CHECKING, Final

from symconv.document.figure.colours import LIGHT, mixed, on_white, parts
from symconv.document.figure.shapes import Box, Figure, Line, Point, Shape, Words, colours_of
from symconv.errors import ToolError

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

CELL: Final = 44
MOST_PIXELS: Final = 1400
FINER: Final = 2
MARGIN: Final = 0.3
DASH: Final = (0.14, 0.1)
STEP_MS: Final = 900
MOST_COLOURS: Final = 256
FONTS: Final = Path("mpl-data", "fonts", "ttf")
ANCHORS: Final = {"start": "ls", "middle": "ms", "end": "rs"}


def write_png(figure: Figure) -> bytes:
    """Return the figure as a PNG file on white; an animation shows its still picture.

    Raises:
        ToolError: Pillow, or matplotlib's fonts, are missing.
    """
    _require_pillow()
    buffer = BytesIO()
    _picture(figure, figure.still).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def write_gif(figure: Figure) -> bytes:
    """Return the animation as a GIF file that runs for ever; a still picture has one frame.

    Raises:
        ToolError: Pillow, or matplotlib's fonts, are missing.
    """
    _require_pillow()
    from PIL.Image import Dither

    palette = _palette(figure)
    frames = [
        _picture(figure, tick).quantize(palette=palette, dither=Dither.NONE)
        for tick in range(figure.ticks)
    ]
    buffer = BytesIO()
    frames[0].save(
        buffer,
        format="GIF",
        save_all=True,
        append_images=frames[1:],
        duration=STEP_MS,
        loop=0,
        optimize=False,
    )
    return buffer.getvalue()


def _require_pillow() -> None:
    try:
        import PIL.ImageFont  # noqa: F401
    except ImportError as err:
        raise ToolError("PNG and GIF need Pillow: pip install 'symconv[plot]'") from err
    if find_spec("matplotlib") is None:
        raise ToolError("PNG and GIF need matplotlib's fonts: pip install 'symconv[plot]'")


def _picture(figure: Figure, tick: int) -> Image:
    """Return one tick, drawn finer than asked for and made smaller, which smooths the edges."""
    import PIL.Image
    import PIL.ImageDraw

    width, height = figure.width + 2 * MARGIN, figure.height + 2 * MARGIN
    cell = min(CELL, int(MOST_PIXELS / width))
    size = (round(width * cell), round(height * cell))
    picture = PIL.Image.new("RGB", (FINER * size[0], FINER * size[1]), LIGHT["paper"])
    brush = Brush(PIL.ImageDraw.Draw(picture), FINER * cell)
    for shape in figure.at(tick):
        brush.draw(shape)
    return picture.resize(size, PIL.Image.Resampling.BOX)


def _palette(figure: Figure) -> Image:
    """Return a picture that holds the colours of the figure, and their mixtures along edges."""
    import PIL.Image

    moments = (shape for moment in figure.moments for shape in moment.shapes)
    plain = sorted(colours_of([*figure.shapes, *moments]))
    edges = [
        mixed(colour, ink, share)
        for share in (0.5, 0.25, 0.75)
        for ink in (LIGHT["ink"], LIGHT["paper"])
        for colour in plain
    ]
    entries = list(dict.fromkeys([*plain, *edges]))[:MOST_COLOURS]
    palette = PIL.Image.new("P", (1, 1))
    palette.putpalette([part for entry in entries for part in parts(entry)])
    return palette


class Brush:
    """Draws shapes of a figure on a picture."""

    def __init__(self, canvas: ImageDraw, cell: int) -> None:
        """Take the canvas, and the pixels of one cell."""
        self._canvas = canvas
        self._cell = cell

    def draw(self, shape: Shape) -> None:
        """Draw one shape."""
        match shape:
            case Box():
                self._box(shape)
            case Line():
                self._line(shape.points, shape.colour, shape.width, dashed=shape.dashed)
            case Words():
                self._words(shape)

    def _box(self, box: Box) -> None:
        x, y, right, bottom = box.x, box.y, box.x + box.width, box.y + box.height
        if box.fill:
            self._canvas.rectangle(
                (self._pixel((x, y)), self._pixel((right, bottom))), on_white(box.fill)
            )
        if box.stroke is None:
            return
        if box.hatch is not None:
            for ends in box.hatching():
                self._line(ends, box.stroke, box.line, dashed=False)
        around = ((x, y), (right, y), (right, bottom), (x, bottom), (x, y))
        self._line(around, box.stroke, box.line, dashed=box.dashed)

    def _line(self, points: tuple[Point, ...], colour: str, width: float, *, dashed: bool) -> None:
        pixels = max(1, round(width * self._cell))
        strokes = _dashes(points) if dashed else iter([points])
        for stroke in strokes:
            path = [self._pixel(point) for point in stroke]
            self._canvas.line(path, fill=on_white(colour), width=pixels, joint="curve")

    def _words(self, words: Words) -> None:
        font = _font(round(words.size * self._cell), bold=words.bold, italic=words.italic)
        place = self._pixel((words.x, words.baseline))
        self._canvas.text(
            place, words.text, fill=on_white(words.colour), font=font, anchor=ANCHORS[words.anchor]
        )

    def _pixel(self, point: Point) -> tuple[int, int]:
        return round((point[0] + MARGIN) * self._cell), round((point[1] + MARGIN) * self._cell)


def _dashes(points: tuple[Point, ...]) -> Iterator[tuple[Point, Point]]:
    """Yield the dashes along a line; each part of it begins with one."""
    for (x1, y1), (x2, y2) in pairwise(points):
        length = hypot(x2 - x1, y2 - y1)
        start = 0.0
        while start < length:
            end = min(start + DASH[0], length)
            yield (
                (x1 + (x2 - x1) * start / length, y1 + (y2 - y1) * start / length),
                (x1 + (x2 - x1) * end / length, y1 + (y2 - y1) * end / length),
            )
            start += sum(DASH)


@cache
def _font(pixels: int, *, bold: bool, italic: bool) -> FreeTypeFont:
    """Return DejaVu Sans as matplotlib brings it: the same letters on every machine."""
    import PIL.ImageFont

    spec = find_spec("matplotlib")
    assert spec is not None
    assert spec.origin is not None
    style = "-Bold" if bold else "-Oblique" if italic else ""
    path = Path(spec.origin).parent / FONTS / f"DejaVuSans{style}.ttf"
    return PIL.ImageFont.truetype(str(path), pixels)
