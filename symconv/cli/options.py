"""The options that commands share, and what they mean."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from symconv.errors import OptionError, SpecError, shown
from symconv.notation import read_sizes, read_spec
from symconv.spec import ConvSpec

_SIZES = "Sizes"

P: TypeAlias = Annotated[
    str | None,
    typer.Option("-p", metavar="P", help="Kernel rows; with -q.", rich_help_panel=_SIZES),
]
Q: TypeAlias = Annotated[
    str | None,
    typer.Option("-q", metavar="Q", help="Kernel columns; with -p.", rich_help_panel=_SIZES),
]
Kernel: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--kernel",
        metavar="PxQ",
        help="Kernel sizes of 1 to 3 axes: 5, 3x5, 3x3x3.",
        rich_help_panel=_SIZES,
    ),
]
Stride: TypeAlias = Annotated[
    str,
    typer.Option(
        "--stride",
        "-t",
        metavar="T",
        help="Stride of all axes, or of each: 2, 2x1.",
        rich_help_panel=_SIZES,
    ),
]
Padding: TypeAlias = Annotated[
    str,
    typer.Option(
        "--padding",
        metavar="PAD",
        help="Cells around the input: 1, 1x2, before:after as in 1x0:2, -1 to cut off, or "
        "valid, same, same_lower, full.",
        rich_help_panel=_SIZES,
    ),
]
Dilation: TypeAlias = Annotated[
    str,
    typer.Option(
        "--dilation",
        metavar="D",
        help="Distance between taps: 2, 2x1.",
        rich_help_panel=_SIZES,
    ),
]
Groups: TypeAlias = Annotated[
    str,
    typer.Option(
        "--groups", metavar="G", help="Groups of channels; 1 for planes.", rich_help_panel=_SIZES
    ),
]
PaddingMode: TypeAlias = Annotated[
    str,
    typer.Option(
        "--padding-mode",
        metavar="MODE",
        help="What padding holds: zeros, or copies of the input: reflect, replicate, circular.",
        rich_help_panel=_SIZES,
    ),
]
Transposed: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--transposed",
        help="The transposed convolution, adjoint of the one with these sizes.",
        rich_help_panel=_SIZES,
    ),
]
OutputPadding: TypeAlias = Annotated[
    str,
    typer.Option(
        "--output-padding",
        metavar="N",
        help="With --transposed: cells that the output is longer at the end: 1, 1x0.",
        rich_help_panel=_SIZES,
    ),
]
TrueConvolution: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--true-convolution", help="Flip the kernel along every axis.", rich_help_panel=_SIZES
    ),
]
Input: TypeAlias = Annotated[
    str | None,
    typer.Option("--input", metavar="MxN", help="Input sizes: 9x11.", rich_help_panel=_SIZES),
]
Lang: TypeAlias = Annotated[
    str, typer.Option("--lang", metavar="en|zh", help="The language of the words.")
]
Output: TypeAlias = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write there instead of to the terminal."),
]


def kernel_given(*, kernel: str | None, p: str | None, q: str | None) -> bool:
    """Return whether the command line names a kernel at all."""
    return any(word is not None for word in (kernel, p, q))


def spec_from(
    *,
    kernel: str | None,
    p: str | None,
    q: str | None,
    stride: str,
    padding: str = "0",
    dilation: str = "1",
    groups: str = "1",
    padding_mode: str = "zeros",
    transposed: bool = False,
    output_padding: str = "0",
    true_convolution: bool = False,
) -> ConvSpec:
    """Return the spec that the options of a command line mean.

    Raises:
        OptionError: no kernel is given, or it is given twice.
        SpecError: a size is not a number, or breaks a rule.
    """
    if not kernel_given(kernel=kernel, p=p, q=q):
        raise OptionError("a kernel must be given: -p 3 -q 5, or --kernel 3x5")
    if kernel is None:
        if p is None or q is None:
            raise OptionError(
                "-p and -q must be given together; --kernel 5 is a kernel of one axis"
            )
        kernel = f"{_number('-p', p)}x{_number('-q', q)}"
    elif p is not None or q is not None:
        raise OptionError("the kernel must be given once: either -p and -q, or --kernel")
    return read_spec(
        kernel=kernel,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        padding_mode=padding_mode,
        transposed=transposed,
        output_padding=output_padding,
        true_convolution=true_convolution,
    )


def shape_from(
    text: str | None, *, name: str = "--input", batched: bool = False
) -> tuple[int, ...] | None:
    """Return the shape that "9x11" means, or "4x3x9x11" with images and channels; None for none."""
    return None if text is None else read_sizes(name, text, batched=batched)


def write_out(content: str | bytes, output: Path | None) -> None:
    """Print a text, or write it whole to a file and say so on stderr; bytes need a file.

    Raises:
        OptionError: the file cannot be written.
    """
    if output is None:
        if isinstance(content, bytes):
            raise OptionError("--output must be given for a file that is no text: add -o FILE")
        sys.stdout.write(content)
    else:
        write_file(content, output)


def write_file(
    content: str | bytes, output: Path, *, beside: Mapping[str, str | bytes] | None = None
) -> None:
    """Write a file whole, and the files that belong beside it, and say so on stderr.

    Raises:
        OptionError: the file cannot be written.
    """
    from symconv.files import write_files

    if output.is_dir():
        raise OptionError(f"--output must be a file, got the folder {output}")
    write_files(output.parent, {output.name: content, **(beside or {})})
    typer.echo(f"wrote {output}", err=True)


def _number(name: str, text: str) -> int:
    try:
        (number,) = read_sizes(name, text)
    except ValueError as err:
        raise SpecError(f"{name} must be one integer, got {shown(text)}") from err
    return number
