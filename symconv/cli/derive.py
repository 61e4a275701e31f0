"""symconv derive: the derivation of one convolution."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from symconv.cli import options


class Format(StrEnum):
    """What a derivation can be written as."""

    TEXT = "text"
    LATEX = "latex"


def derive(
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
    form: Annotated[
        Format, typer.Option("--format", help="Text for a terminal, or the bare LaTeX formulas.")
    ] = Format.TEXT,
    output: options.Output = None,
) -> None:
    """Derive y, its derivatives and all gradients, phase by phase.

    With --input, every entry is written out as well (and "same" padding is
    resolved).

    Examples:

      symconv derive -p 3 -q 5 -t 2

      symconv derive --kernel 2x2 --stride 2 --input 4x5

      symconv derive --kernel 3 --dilation 2 --padding 1:0 --format latex -o conv.tex
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
    shape = options.shape_from(input_sizes)
    if shape is not None:
        spec = spec.at(shape)
        spec.output_shape(shape)

    from symconv.document.formulas import latex_written_out
    from symconv.document.text import written_out_text
    from symconv.facade import derive as derive_spec

    derivation = derive_spec(spec)
    text = derivation.to_latex() if form is Format.LATEX else derivation.to_text()
    if shape is not None:
        write = latex_written_out if form is Format.LATEX else written_out_text
        text += "\n" + write(derivation, shape)
    options.write_out(text, output)
