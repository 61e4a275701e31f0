"""A figure as a TikZ picture that is never wider than the line; needs the package tikz alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from symconv.document.figure.colours import on_white
from symconv.document.figure.numbers import short
from symconv.document.figure.shapes import Box, Figure, Line, Point, Shape, Words, colours_of
from symconv.render import render

CELL_MM: Final = 8.0
MOST_HEIGHT_MM: Final = 170.0
PT_PER_MM: Final = 72.27 / 25.4
FONT_PT: Final = 10
ANCHORS: Final = {"start": "base west", "middle": "base", "end": "base east"}
SIGNS: Final = {
    "ρ": r"$\rho$",
    "∂": r"$\partial$",
    "×": r"$\times$",
    "−": r"$-$",
    "·": r"$\cdot$",
    "⋯": r"$\cdots$",
    "…": r"\dots{}",
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"$<$",
    ">": r"$>$",
    **{sign: "\\" + sign for sign in "&%$#_{}"},
}
MATH: Final = {"∂": r"\partial ", "−": "-"}
_ENTRY = re.compile(r"(?:∂e/∂[xy]|\b[xyw])(?:\[[−0-9,]+\])?(?!\w)")


@dataclass(frozen=True)
class TikzShape:
    """One command: a path, or words when `words` is true.

    Attributes:
        options: what stands in its brackets.
        place: the path, or the point where the words stand.
        words: whether it is a node.
        text: the content of the node.
    """

    options: str
    place: str
    words: bool = False
    text: str = ""


@dataclass(frozen=True)
class TikzColour:
    """A colour and its name in the picture."""

    name: str
    html: str


@dataclass(frozen=True)
class TikzFigure:
    """The context of tikz/figure.tex.jinja."""

    title: str
    unit: str
    corner: str
    colours: tuple[TikzColour, ...]
    shapes: tuple[TikzShape, ...]


def write_tikz(figure: Figure) -> str:
    r"""Return the figure as a tikzpicture in a box at most \linewidth wide and 17 cm high.

    It belongs into a figure, or after \noindent. An animation shows its still picture.
    """
    shapes = figure.at(figure.still)
    millimetres = min(CELL_MM, MOST_HEIGHT_MM / figure.height)
    speller = Speller(points=millimetres * PT_PER_MM)
    return render(
        "tikz/figure.tex.jinja",
        TikzFigure(
            title=figure.title,
            unit=f"{short(millimetres)}mm",
            corner=_point((figure.width, figure.height)),
            colours=tuple(TikzColour(_name(c), c[1:]) for c in sorted(colours_of(shapes))),
            shapes=tuple(speller.spelled(shapes)),
        ),
    )


def spell_text(text: str) -> str:
    r"""Return a text of a figure in LaTeX; entries such as w[0,1] are set as mathematics.

    Example:
        >>> print(spell_text("kernel 3×5: ∂e/∂y[−1,0]·w[2,3]"))
        kernel 3$\times$5: $\partial e/\partial y[-1,0] \cdot w[2,3]$
    """
    parts, end = [], 0
    for found in _ENTRY.finditer(text):
        parts += [_plain(text[end : found.start()]), f"${_math(found.group())}$"]
        end = found.end()
    spelled = "".join([*parts, _plain(text[end:])])
    return spelled.replace("$$", " ")  # what meets in the middle is one formula


def _plain(text: str) -> str:
    return "".join(SIGNS.get(letter, letter) for letter in text)


def _math(text: str) -> str:
    return "".join(MATH.get(letter, letter) for letter in text)


@dataclass(frozen=True)
class Speller:
    """Spells shapes as commands of TikZ.

    Attributes:
        points: the side of a cell, in TeX's pt; widths of lines and sizes of fonts follow it.
    """

    points: float

    def spelled(self, shapes: Sequence[Shape]) -> Iterator[TikzShape]:
        """Yield the commands that draw the shapes."""
        for shape in shapes:
            match shape:
                case Box():
                    yield from self._box(shape)
                case Line():
                    place = " -- ".join(map(_point, shape.points))
                    yield TikzShape(self._drawn(shape.colour, shape.width, shape.dashed), place)
                case Words():
                    yield self._words(shape)

    def _box(self, box: Box) -> Iterator[TikzShape]:
        place = (
            f"{_point((box.x, box.y))} rectangle {_point((box.x + box.width, box.y + box.height))}"
        )
        fill = [f"fill={_name(box.fill)}"] if box.fill else []
        draw = [self._drawn(box.stroke, box.line, box.dashed)] if box.stroke else []
        if box.hatch is None:
            yield TikzShape(", ".join([*fill, *draw]), place)
            return
        lines = " ".join(f"{_point(start)} -- {_point(end)}" for start, end in box.hatching())
        yield TikzShape(", ".join(fill), place)
        yield TikzShape(", ".join(draw), f"{lines} {place}")

    def _words(self, words: Words) -> TikzShape:
        style = r"\bfseries\boldmath " if words.bold else ""
        style += r"\itshape " if words.italic else ""
        options = [
            f"anchor={ANCHORS[words.anchor]}",
            f"scale={short(words.size * self.points / FONT_PT)}",
            f"text={_name(words.colour)}",
        ]
        place = _point((words.x, words.baseline))
        text = spell_text(words.text)
        return TikzShape(
            ", ".join(options), place, words=True, text=f"{{{style}{text}}}" if style else text
        )

    def _drawn(self, colour: str, width: float, dashed: bool) -> str:
        dashes = ", dash pattern=on 3pt off 2pt" if dashed else ""
        return f"draw={_name(colour)}, line width={short(width * self.points)}pt{dashes}"


def _name(colour: str) -> str:
    return f"symconv{on_white(colour)[1:]}"


def _point(point: Point) -> str:
    return f"({short(point[0])},{short(point[1])})"
