"""symconv explain: which outputs read one input cell, through which taps."""

from __future__ import annotations

from typing import Annotated

import typer

from symconv.cli import options
from symconv.errors import SpecError
from symconv.notation import read_sizes, write_sizes


def explain(
    at: Annotated[
        str,
        typer.Option(
            "--at",
            metavar="U,V",
            help="The input cell, zero-based: 4,7; with --transposed, the output.",
        ),
    ],
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
    output: options.Output = None,
) -> None:
    """Explain which windows read one input cell, and what its gradient is.

    With --input, only the windows of that image count; else the image has
    no end. With --transposed: which inputs reach one output. Where padding is
    copied from the input, its windows and those of its copies; this needs
    --input.

    Examples:

      symconv explain -p 3 -q 5 -t 2 --at 4,7

      symconv explain -p 3 -q 5 -t 2 --at 8,10 --input 9x11

      symconv explain -p 3 -q 3 -t 2 --transposed --at 4,5

      symconv explain --kernel 3 --padding 1 --padding-mode reflect --at 1 --input 6
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
    cell = read_sizes("--at", at, separator=",")
    if len(cell) != spec.axes or min(cell) < 0:
        raise SpecError(f"--at must be {spec.axes} indices >= 0, got {at!r}")
    shape = options.shape_from(input_sizes)
    if shape is not None:
        outputs = spec.output_shape(shape)
        spec = spec.at(shape)
        plane, sizes = ("output", outputs) if spec.transposed else ("input", shape)
        if any(u >= size for u, size in zip(cell, sizes, strict=True)):
            raise SpecError(f"--at must lie inside the {plane} {write_sizes(sizes)}, got {at!r}")

    from symconv.document.answers import explain_text
    from symconv.facade import derive

    options.write_out(explain_text(derive(spec), cell, input_shape=shape), output)
