"""symconv bench: how fast the kernels of one spec are here, beside what is installed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Final

import typer

from symconv.cli import options
from symconv.cli.progress import progress_bar
from symconv.errors import OptionError, shown
from symconv.notation import read_sizes
from symconv.sizes import BATCH_AXES

if TYPE_CHECKING:
    from symconv.bench.problem import Problem
    from symconv.bench.record import Run

PIPED_WIDTH: Final = 110
WHOLE: Final = "forward,grad_input,grad_weight,backward"


def bench(
    input: Annotated[
        str,
        typer.Option(
            "--input",
            metavar="MxN",
            help="Input sizes: 224x224; batched with images and channels: 4x64x56x56.",
        ),
    ],
    p: options.P = None,
    q: options.Q = None,
    kernel: options.Kernel = None,
    stride: options.Stride = "1",
    padding: options.Padding = "0",
    dilation: options.Dilation = "1",
    groups: options.Groups = "1",
    layout: Annotated[
        str, typer.Option(help="plane: spatial axes only; batched: (N, C, ...).")
    ] = "plane",
    outputs: Annotated[
        str | None, typer.Option(metavar="C", help="Output channels; batched only.")
    ] = None,
    operation: Annotated[
        str, typer.Option(metavar="NAMES", help="One or more, with commas between.")
    ] = WHOLE,
    dtype: Annotated[str, typer.Option(help="float32 or float64.")] = "float32",
    threads: Annotated[
        str, typer.Option(metavar="N", help="Numbers of threads, and of cores: 1, or 1,2.")
    ] = "1",
    peers: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES", help="Only some of numpy,scipy,opencv,numba,halide,torch,inductor,jax."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The outcome as JSON.")] = False,
) -> None:
    """Measure a convolution of yours here, against the libraries installed beside symconv.

    Everybody gets the same arrays, is checked against the definition first, and
    then timed in turns with all others; the median of the rounds counts.
    Libraries take part with their own call and in the best formulations known
    to us. The last column is the share of what a copy of as many bytes, or as
    many multiplications in a product of matrices, would allow.

    Examples:

      symconv bench -p 3 -q 3 --input 224x224

      symconv bench -p 5 -q 5 -t 2 --input 1080x1920 --operation grad_input --threads 1,2

      symconv bench -p 3 -q 3 --padding 1 --layout batched --input 4x64x56x56 --outputs 64
    """
    from symconv.bench.threads import rest_soon

    rest_soon()
    spec_words = {"p": p, "q": q, "kernel": kernel, "stride": stride, "padding": padding,
                  "dilation": dilation, "groups": groups}  # fmt: skip
    problems = _problems(
        spec_words=spec_words,
        input=input,
        layout=layout,
        outputs=outputs,
        operations=_words(operation),
        dtype=dtype,
    )
    numbers = [_thread_number(word) for word in _words(threads)]
    run = _measured(problems, numbers, None if peers is None else _words(peers))
    _write(run, as_json=as_json)
    if _wrong(run):
        raise typer.Exit(1)


def _problems(
    *,
    spec_words: dict[str, str | None],
    input: str,
    layout: str,
    outputs: str | None,
    operations: list[str],
    dtype: str,
) -> list[Problem]:
    """Return what the options ask for, an operation each.

    Raises:
        OptionError: sizes are missing, or do not fit the layout.
        SpecError: a size breaks a rule.
    """
    from symconv.bench.problem import Problem

    spec = options.spec_from(**spec_words)  # type: ignore[arg-type]  # only p, q, kernel are None
    images, inputs, *sizes = (
        _batch(input) if layout == "batched" else (1, 1, *read_sizes("--input", input))
    )
    if (outputs is None) == (layout == "batched"):
        raise OptionError("--outputs must be given with layout=batched, and only there")
    return [
        Problem(
            spec=spec.at(sizes),
            operation=each,
            input=tuple(sizes),
            layout=layout,
            images=images,
            inputs=inputs,
            outputs=1 if outputs is None else read_sizes("--outputs", outputs)[0],
            dtype=dtype,
        )
        for each in operations
    ]


def _batch(text: str) -> tuple[int, ...]:
    """Return images, channels and sizes of "4x64x56x56"."""
    sizes = read_sizes("--input", text, batched=True)
    if len(sizes) <= BATCH_AXES:
        raise OptionError(
            f"--input must be images, channels and sizes like 4x64x56x56, got {shown(text)}"
        )
    return sizes


def _measured(problems: list[Problem], threads: list[int], peers: list[str] | None) -> Run:
    from symconv.bench.measure import Bench, measured
    from symconv.bench.registry import chosen

    contenders, missing = chosen(peers)
    with progress_bar() as progress:
        return measured(
            Bench(contenders),
            problems,
            threads=threads,
            command="symconv bench",
            missing=missing,
            progress=progress,
        )


def _write(run: Run, *, as_json: bool) -> None:
    """Print the outcome: JSON, or tables; wide enough where that is no terminal."""
    if as_json:
        from symconv.bench.record import run_as_dict, write_json

        sys.stdout.write(write_json(run_as_dict(run)))
        return
    from rich.console import Console

    from symconv.bench.view import run_view

    Console(width=None if sys.stdout.isatty() else PIPED_WIDTH).print(run_view(run))


def _wrong(run: Run) -> bool:
    """Return whether a kernel of symconv's is wrong."""
    from symconv.bench.contender import Kind
    from symconv.bench.record import Status

    entries = (entry for cell in run.cells for entry in cell.entries)
    return any(each.kind is Kind.OURS and each.status is Status.WRONG for each in entries)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _thread_number(word: str) -> int:
    from symconv.bench.threads import checked_threads

    if not (word.isascii() and word.isdecimal()):
        raise OptionError(f"--threads must be numbers like 1,2, got {shown(word)}")
    return checked_threads(int(word))
