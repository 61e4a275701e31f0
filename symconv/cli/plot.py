"""symconv plot: a picture of one convolution."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from symconv.cli import options
from symconv.document.choices import Picture
from symconv.errors import OptionError
from symconv.notation import read_sizes

if TYPE_CHECKING:
    from symconv.document.figure import Figure


SUFFIXES: Final = (".svg", ".png", ".gif", ".tex")


def plot(
    p: options.P = None,
    q: options.Q = None,
    kernel: options.Kernel = None,
    stride: options.Stride = "1",
    padding: options.Padding = "0",
    dilation: options.Dilation = "1",
    padding_mode: options.PaddingMode = "zeros",
    transposed: options.Transposed = False,
    output_padding: options.OutputPadding = "0",
    true_convolution: options.TrueConvolution = False,
    input_sizes: options.Input = None,
    figure: Annotated[
        Picture | None, typer.Option("--figure", help="What to show; overlap by default.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="U,V", help="The cell of the meeting figure: 4,7."),
    ] = None,
    axis: Annotated[
        int | None, typer.Option("--axis", metavar="N", help="The axis of the axis figure, from 0.")
    ] = None,
    animate: Annotated[
        bool, typer.Option("--animate", help="Animate the backward scatter, step by step.")
    ] = False,
    lang: options.Lang = "en",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="FILE.svg, .png, .gif or .tex (TikZ); SVG to the terminal without it, or for -.",
        ),
    ] = None,
) -> None:
    """Plot a picture of a convolution: SVG, PNG, GIF or TikZ.

    windows: the input grid with its windows. overlap: how many windows
    read each cell. phases: the phases in colours. meeting: what meets at
    one cell. axis: one axis as a strip. scatter: the gradient scattered
    back, step by step. copies: which cells a padding mode copies. Of a
    transposed convolution the cells are its outputs, and its inputs have the
    windows. Without --input, the smallest telling image is shown.

    Examples:

      symconv plot -p 3 -q 5 -t 2 -o overlap.svg

      symconv plot -p 3 -q 5 -t 2 --at 2,4 -o meeting.tex

      symconv plot --kernel 3x3 --padding 1 --animate -o scatter.gif

      symconv plot --kernel 4 -t 2 --dilation 3 --figure axis -o axis.png

      symconv plot -p 3 -q 3 --padding 1 --padding-mode reflect --figure copies -o copies.svg

      symconv plot -p 3 -q 3 -t 2 --transposed --animate -o transposed.gif
    """
    spec = options.spec_from(
        kernel=kernel,
        p=p,
        q=q,
        stride=stride,
        padding=padding,
        dilation=dilation,
        padding_mode=padding_mode,
        transposed=transposed,
        output_padding=output_padding,
        true_convolution=true_convolution,
    )
    picture = _picture(figure, at=at, axis=axis, animate=animate)
    target = None if output == Path("-") else output
    if target is not None and target.suffix.lower() not in SUFFIXES:
        raise OptionError(f"--output must end in {', '.join(SUFFIXES)}, got {str(output)!r}")
    shape = options.shape_from(input_sizes)
    if shape is not None:
        spec = spec.at(shape)
        spec.output_shape(shape)
    cell = None if at is None else read_sizes("--at", at, separator=",")

    from symconv.facade import derive

    drawn = derive(spec).figure(picture, input_shape=shape, at=cell, axis=axis or 0, lang=lang)
    if target is None:
        options.write_out(str(_spelled(drawn, ".svg")), None)
    else:
        options.write_file(_spelled(drawn, target.suffix.lower()), target)


def _picture(figure: Picture | None, *, at: str | None, axis: int | None, animate: bool) -> Picture:
    """Return the figure that the options ask for, by name or by what belongs to it."""
    asked = {
        "--at": (at is not None, Picture.MEETING),
        "--axis": (axis is not None, Picture.AXIS),
        "--animate": (animate, Picture.SCATTER),
    }
    implied = [(option, picture) for option, (given, picture) in asked.items() if given]
    for option, picture in implied:
        if (figure or implied[0][1]) is not picture:
            raise OptionError(f"{option} goes with --figure {picture}")
    return figure or (implied[0][1] if implied else Picture.OVERLAP)


def _spelled(figure: Figure, suffix: str) -> str | bytes:
    from symconv.document import figure as figures

    writers: dict[str, Callable[[Figure], str | bytes]] = {
        ".svg": figures.write_svg,
        ".png": figures.write_png,
        ".gif": figures.write_gif,
        ".tex": figures.write_tikz,
    }
    return writers[suffix](figure)
