"""symconv derive: the derivation of one convolution."""

from __future__ import annotations

from typing import Annotated

import typer

from symconv.cli import options
from symconv.document.choices import Format, Level
from symconv.errors import OptionError


def derive(
    p: options.P = None,
    q: options.Q = None,
    kernel: options.Kernel = None,
    stride: options.Stride = "1",
    padding: options.Padding = "0",
    dilation: options.Dilation = "1",
    groups: options.Groups = "1",
    padding_mode: options.PaddingMode = "zeros",
    transposed: options.Transposed = False,
    output_padding: options.OutputPadding = "0",
    true_convolution: options.TrueConvolution = False,
    input_sizes: options.Input = None,
    form: Annotated[
        Format, typer.Option("--format", help="Text for a terminal, or a document.")
    ] = Format.TEXT,
    lang: options.Lang = "en",
    level: Annotated[
        Level,
        typer.Option(
            "--level", help="The formulas; the whole derivation; or a lesson with exercises."
        ),
    ] = Level.FULL,
    fragment: Annotated[
        bool, typer.Option("--fragment", help="LaTeX without preamble, to be pasted.")
    ] = False,
    output: options.Output = None,
) -> None:
    """Derive y, its derivatives and all gradients, phase by phase.

    With --input, every entry is written out for that image (and "same" padding
    is resolved); documents choose a small image by themselves.

    Examples:

      symconv derive -p 3 -q 5 -t 2

      symconv derive --kernel 2x2 --stride 2 --input 4x5

      symconv derive -p 3 -q 5 -t 2 --format html -o derivation.html

      symconv derive --kernel 3 --dilation 2 --padding 1:0 --format latex --lang zh -o conv.tex
    """
    spec = options.spec_from(
        kernel=kernel,
        p=p,
        q=q,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        padding_mode=padding_mode,
        transposed=transposed,
        output_padding=output_padding,
        true_convolution=true_convolution,
    )
    shape = options.shape_from(input_sizes)
    if shape is not None:
        spec = spec.at(shape)
        spec.output_shape(shape)

    if output is None and form is Format.PDF:
        raise OptionError("--output must be given for --format pdf: add -o FILE")

    from symconv.facade import DocumentChoices
    from symconv.facade import derive as derive_spec

    derivation = derive_spec(spec)
    choices: DocumentChoices = {"lang": lang, "level": level, "input_shape": shape}
    if output is None:
        options.write_out(derivation.to_document(form, fragment=fragment, **choices), None)
    else:
        files = derivation.document_files(output.name, form, fragment=fragment, **choices)
        options.write_file(files.pop(output.name), output, beside=files)
