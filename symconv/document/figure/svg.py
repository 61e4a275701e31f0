"""A figure as SVG: one self-contained element, still or moved by SMIL, to be inlined or saved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from symconv.document.figure.colours import DARK, LIGHT, on_white
from symconv.document.figure.numbers import short
from symconv.document.figure.shapes import Box, Figure, Line, Moment, Shape, Words
from symconv.render import render

CELL: Final = 40
MARGIN: Final = 0.3
SECONDS: Final = 0.9
MOST_PIXELS: Final = 960


@dataclass(frozen=True)
class SvgShape:
    """One element: exactly one of `path`, `box`, `words` is true.

    Attributes:
        path, box, words: which element it is.
        place: the attributes that say where it is.
        paint: the attributes that say how it looks.
        text: the content of a text element.
    """

    place: str
    paint: str
    path: bool = False
    box: bool = False
    words: bool = False
    text: str = ""


@dataclass(frozen=True)
class SvgLayer:
    """Elements seen together: always, or when the animation shows them.

    Attributes:
        shapes: the elements.
        timed: whether it comes and goes.
        resting: whether it is seen where motion is not wanted.
        values: SMIL's list of visibilities.
        times: SMIL's list of moments.
    """

    shapes: tuple[SvgShape, ...]
    timed: bool = False
    resting: bool = False
    values: str = ""
    times: str = ""


@dataclass(frozen=True)
class SvgFigure:
    """The context of svg/figure.svg.jinja."""

    name: str
    title: str
    description: str
    width: str
    height: str
    view_box: str
    ground: str
    paper: str
    ink_dark: str
    faint_dark: str
    paper_dark: str
    animated: bool
    seconds: str
    layers: tuple[SvgLayer, ...]


def write_svg(figure: Figure) -> str:
    """Return the figure as SVG, without XML declaration, so that it can stand in HTML.

    It brings its own background, light or dark as the reader's system asks for, and its ids begin
    with the figure's name. Where motion is not wanted, an animation rests at its still picture.
    """
    width, height = figure.width + 2 * MARGIN, figure.height + 2 * MARGIN
    scale = min(1.0, MOST_PIXELS / (width * CELL))
    layers = [SvgLayer(tuple(_spelled(figure.shapes)))]
    layers += [_layer(moment, figure) for moment in figure.moments]
    box = (-MARGIN, -MARGIN, width, height)
    return render(
        "svg/figure.svg.jinja",
        SvgFigure(
            name=figure.name,
            title=escape(figure.title),
            description=escape(figure.description),
            width=short(width * CELL * scale),
            height=short(height * CELL * scale),
            view_box=" ".join(_px(number) for number in box),
            ground=_area(*box),
            paper=LIGHT["paper"],
            ink_dark=DARK["ink"],
            faint_dark=DARK["faint"],
            paper_dark=DARK["paper"],
            animated=bool(figure.moments),
            seconds=short(figure.ticks * SECONDS),
            layers=tuple(layers),
        ),
    )


def _layer(moment: Moment, figure: Figure) -> SvgLayer:
    steps = [(0, moment.first == 0), (moment.first, True), (moment.stop, False)]
    turns = [step for step in dict(steps).items() if step[0] < figure.ticks]
    return SvgLayer(
        shapes=tuple(_spelled(moment.shapes)),
        timed=True,
        resting=moment.first <= figure.still < moment.stop,
        values=";".join("visible" if seen else "hidden" for _, seen in turns),
        times=";".join(f"{tick / figure.ticks:.6f}" for tick, _ in turns),
    )


def _spelled(shapes: Sequence[Shape]) -> Iterator[SvgShape]:
    for shape in shapes:
        match shape:
            case Box():
                yield from _box(shape)
            case Line():
                points = " ".join(f"{_px(x)},{_px(y)}" for x, y in shape.points)
                paint = _paint(fill=None, stroke=shape.colour)
                yield SvgShape(
                    f'd="M{points}"', f"{paint} {_pen(shape.width, shape.dashed)}", path=True
                )
            case Words():
                yield _words(shape)


def _box(box: Box) -> Iterator[SvgShape]:
    place = _area(box.x, box.y, box.width, box.height)
    pen = f" {_pen(box.line, box.dashed)}" if box.stroke else ""
    if box.hatch is None:
        yield SvgShape(place, _paint(fill=box.fill, stroke=box.stroke) + pen, box=True)
        return
    lines = "".join(
        f"M{_px(x1)},{_px(y1)}L{_px(x2)},{_px(y2)}" for (x1, y1), (x2, y2) in box.hatching()
    )
    outline = _paint(fill=None, stroke=box.stroke) + pen
    yield SvgShape(place, _paint(fill=box.fill, stroke=None), box=True)
    yield SvgShape(f'd="{lines}"', outline, path=True)
    yield SvgShape(place, outline, box=True)


def _words(words: Words) -> SvgShape:
    style = [
        f'font-size="{_px(words.size)}"',
        f'text-anchor="{words.anchor}"',
        _paint(fill=words.colour, stroke=None),
        'font-weight="bold"' if words.bold else "",
        'font-style="italic"' if words.italic else "",
    ]
    place = f'x="{_px(words.x)}" y="{_px(words.baseline)}"'
    paint = " ".join(filter(None, style))
    return SvgShape(place, paint, words=True, text=escape(words.text))


def _area(x: float, y: float, width: float, height: float) -> str:
    return f'x="{_px(x)}" y="{_px(y)}" width="{_px(width)}" height="{_px(height)}"'


def _pen(width: float, dashed: bool) -> str:
    dashes = f' stroke-dasharray="{_px(0.14)} {_px(0.1)}"' if dashed else ""
    return f'stroke-width="{_px(width)}"{dashes}'


def _paint(*, fill: str | None, stroke: str | None) -> str:
    """Return the colours; those that follow the background have a class besides."""
    colours = (("fill", fill or "none"), ("stroke", stroke))
    known = [(kind, colour) for kind, colour in colours if colour is not None]
    classes = " ".join(f"{kind}-{colour}" for kind, colour in known if colour in LIGHT)
    attributes = [f'class="{classes}"'] if classes else []
    attributes += [f'{kind}="{on_white(colour)}"' for kind, colour in known]
    return " ".join(attributes)


def _px(cells: float) -> str:
    return short(cells * CELL)
