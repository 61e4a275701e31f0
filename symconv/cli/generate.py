"""symconv generate: a specialised kernel, or the whole committed catalogue."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from symconv.cli import options
from symconv.errors import OptionError


def generate(
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
    target: Annotated[str, typer.Option(help="The language: numpy or c.")] = "numpy",
    layout: Annotated[
        str, typer.Option(help="plane: spatial axes only; batched: (N, C, *spatial).")
    ] = "plane",
    unroll: Annotated[
        str, typer.Option(help="taps: for any input; element: entry by entry, for --input MxN.")
    ] = "taps",
    fixed: Annotated[
        bool,
        typer.Option(
            "--fixed",
            help="With --target c: write the sizes of --input in, for small devices; entry by "
            "entry where they are few.",
        ),
    ] = False,
    outputs: Annotated[
        int | None,
        typer.Option(
            "--outputs",
            metavar="O",
            help="With --fixed and --layout batched: the output channels; --input is NxCxMxN.",
        ),
    ] = None,
    algorithm: Annotated[
        str,
        typer.Option(
            help="direct, or winograd: fast tiles, for batches with stride 1; in C, calls with few "
            "channels or tiles are summed directly all the same."
        ),
    ] = "direct",
    tile: Annotated[
        str | None,
        typer.Option(metavar="MxN", help="Outputs of a fast tile: 4, 4x2; by default the fastest."),
    ] = None,
    error_bound: Annotated[
        float | None,
        typer.Option(
            metavar="E",
            help="Take fast tiles whose float32 error is sure to be at most E * max|x| * sum of "
            "|w|, for sums over up to 1024 channels; else direct.",
        ),
    ] = None,
    style: Annotated[
        str | None,
        typer.Option(
            metavar="unrolled|fast",
            help="Of NumPy kernels of any input size. unrolled, the default: the formulas as code, "
            "a term a line, to be read; fast: the same results, faster for small planes, forward, "
            "grad_weight and batches, with out= and workspace=.",
        ),
    ] = None,
    dtype: Annotated[
        str | None,
        typer.Option(
            metavar="TYPES",
            help="With --target c: the types of entries, f32 (the default), f64, i32 or i64, or "
            "some, f32,i64.",
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The name of the kernel and its files: blur."),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(
            metavar="FUNCTIONS",
            help="The functions to write: forward,grad_weight; by default all four.",
        ),
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to write into.")
    ] = Path(),
    catalogue: Annotated[
        bool, typer.Option("--catalogue", help="Make all that generated/manifest.toml lists.")
    ] = False,
    onnx: Annotated[
        Path | None,
        typer.Option(
            "--onnx",
            metavar="MODEL",
            help="Make a batched kernel for every Conv and ConvTranspose of an ONNX model, and "
            "layers.md; --input gives the sizes that the model leaves open. With --target c "
            "--fixed, C for the input of each layer and a program that checks it.",
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="With --catalogue: compare, and write nothing.")
    ] = False,
) -> None:
    """Generate a kernel from the derivation, checked against it before it is written.

    The NumPy file needs only NumPy: forward, grad_input, grad_weight,
    grad_bias, backward, each the formula of the derivation, a term a
    line. The C files need only a C99 compiler.

    Examples:

      symconv generate -p 3 -q 5 -t 2

      symconv generate --kernel 3x3 --padding 1 -o kernels

      symconv generate --kernel 3x3 --padding 1 --style fast

      symconv generate --kernel 3x3 --padding 1 --layout batched

      symconv generate --kernel 3x3 --padding 1 --layout batched --algorithm winograd

      symconv generate -p 3 -q 5 -t 2 --name blur --only forward,grad_input

      symconv generate -p 3 -q 5 -t 2 --target c

      symconv generate -p 3 -q 5 -t 2 --target c --dtype f64,i32

      symconv generate -p 3 -q 3 --target c --fixed --input 32x32

      symconv generate -p 3 -q 3 --target c --fixed --layout batched --input 1x3x16x16 --outputs 8

      symconv generate --kernel 3x3 --unroll element --input 8x8

      symconv generate --onnx model.onnx --input 224x224 -o kernels

      symconv generate --onnx model.onnx --target c --fixed -o kernels

      symconv generate --catalogue --check
    """
    named = options.kernel_given(kernel=kernel, p=p, q=q)
    if check and not catalogue:
        raise OptionError("--check goes with --catalogue")
    if onnx is not None:
        words = (stride, padding, dilation, groups, padding_mode, output_padding, unroll)
        usual = words == ("1", "0", "1", "1", "zeros", "0", "taps")
        usual = usual and (target, fixed) in (("numpy", False), ("c", True))
        usual = usual and not (fixed and style)
        usual = usual and (algorithm, tile, error_bound, dtype) == ("direct", None, None, None)
        usual = usual and name is None and only is None
        if named or catalogue or transposed or true_convolution or not usual:
            raise OptionError("--onnx takes its kernels from the model, not from options")
        from symconv.cli.model import generate_model

        sizes = options.shape_from(input_sizes)
        generate_model(onnx, output, input_shape=sizes, fixed=fixed, style=style)
        return
    if catalogue:
        if named:
            raise OptionError("--catalogue takes its kernels from the manifest, not from options")
        _catalogue(Path("generated") if output == Path() else output, check=check)
        return
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
    shape = options.shape_from(input_sizes, batched=fixed and layout == "batched")

    from symconv.codegen.request import request_kernel
    from symconv.codegen.targets import build_of
    from symconv.files import write_files

    request = request_kernel(
        spec,
        target=target,
        layout=layout,
        unroll=unroll,
        fixed=fixed,
        input_shape=shape,
        out_channels=outputs,
        algorithm=algorithm,
        tile=options.shape_from(tile, name="--tile"),
        error_bound=error_bound,
        style=style,
        dtype=dtype,
        name=name,
        only=only,
    )
    started = perf_counter()
    made = build_of(request).checked
    seconds = perf_counter() - started
    paths = write_files(output, {file.path: file.text for file in made.files})
    inputs = ", ".join("x".join(map(str, sizes)) for sizes in made.input_shapes)
    typer.echo(
        f"wrote {', '.join(map(str, paths))}: {made.how} for input {inputs}, every entry equals "
        f"the derivation ({seconds:.2f} s)",
        err=True,
    )


def _catalogue(folder: Path, *, check: bool) -> None:
    """Make the catalogue with a progress bar; write it, or compare it with what is there."""
    from rich.console import Console
    from rich.progress import track

    from symconv.catalogue import (
        compare_catalogue,
        make_catalogue,
        read_manifest,
        write_catalogue,
    )

    entries = read_manifest(folder)
    made = track(
        make_catalogue(entries),
        description="deriving, emitting, checking",
        total=len(entries),
        console=Console(stderr=True),
        transient=True,
    )
    texts = dict(made)
    if check:
        compare_catalogue(folder, texts)
        typer.echo(f"{folder} is up to date: {len(texts)} files", err=True)
        return
    changed = write_catalogue(folder, texts)
    listed = f"changed {', '.join(changed)}" if changed else "nothing changed"
    typer.echo(
        f"{folder}: {len(texts)} files, each kernel equal to its derivation; {listed}", err=True
    )
