"""The layers of an ONNX model: their kernels and layers.md written, the table on stdout."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from symconv.cli.progress import progress_bar
from symconv.errors import OptionError

if TYPE_CHECKING:
    from symconv.codegen.model import ModelKernels

TABLE = "layers.md"


def generate_model(
    path: Path,
    folder: Path,
    *,
    input_shape: Sequence[int] | None,
    fixed: bool,
    style: str | None,
) -> None:
    """Write a kernel for each distinct convolution of a model, and the table of its layers.

    Args:
        path: the model.
        folder: where the files go.
        input_shape: sizes of the dynamic spatial axes of the model's input.
        fixed: write C for the input of each layer, with a program that checks it.
        style: of NumPy kernels, unrolled by default.

    Raises:
        OptionError: the file is no model, or has no convolution, or there is no such style.
        ToolError: onnx is not installed, or the C compiler fails.
    """
    from symconv.codegen.model import kernels_of, layers_table, summary
    from symconv.conventions import layers_of
    from symconv.files import write_files

    layers = layers_of(path, input_shape=input_shape)
    if not layers:
        raise OptionError("the model must have a Conv or ConvTranspose node, got none")
    with progress_bar() as progress:
        kernels = kernels_of(layers, fixed=fixed, style=style, progress=progress)
    title = "".join(sign if sign.isprintable() else "?" for sign in path.name)
    write_files(folder, {**kernels.files, TABLE: layers_table(kernels, title=title)})
    _print(kernels)
    typer.echo(f"wrote {folder / TABLE}: {summary(kernels)}", err=True)


def _print(kernels: ModelKernels) -> None:
    """Print a table on a terminal; elsewhere one line per layer, its columns parted by tabs."""
    from symconv.codegen.model import HEADS

    if not sys.stdout.isatty():
        for cells in (HEADS, *(row.cells for row in kernels.rows)):
            sys.stdout.write("\t".join(cells) + "\n")
        return

    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for head in HEADS:
        numbers = head in ("multiplications", "parameters")
        table.add_column(head, overflow="fold", justify="right" if numbers else "left")
    for row in kernels.rows:
        table.add_row(*map(Text, row.cells))
    Console(highlight=False).print(table)
