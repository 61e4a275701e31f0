"""Figures of a convolution, drawn as data from its derivation and spelled in several formats.

Stage by stage, with what goes in and what comes out:

    setting     derivation, input shape -> what each cell is, which windows read it
    abridge     indices of an axis      -> slots, with dots for what is left out
    board       slots                   -> where every cell stands
    windows, phases, meeting, axis, scatter    setting -> Figure: boxes, lines and words
    svg, tikz, raster                   Figure  -> text, or bytes
"""

from symconv.document.figure.axis import axis_figure
from symconv.document.figure.meeting import meeting_figure
from symconv.document.figure.phases import phases_figure
from symconv.document.figure.raster import write_gif, write_png
from symconv.document.figure.scatter import scatter_animation
from symconv.document.figure.shapes import Figure
from symconv.document.figure.svg import write_svg
from symconv.document.figure.tikz import write_tikz
from symconv.document.figure.windows import overlap_figure, windows_figure

__all__ = [
    "Figure",
    "axis_figure",
    "meeting_figure",
    "overlap_figure",
    "phases_figure",
    "scatter_animation",
    "windows_figure",
    "write_gif",
    "write_png",
    "write_svg",
    "write_tikz",
]
