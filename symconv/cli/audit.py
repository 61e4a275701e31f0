"""symconv audit: is somebody's function this operation? Exactly, with ==."""

from __future__ import annotations

import json
import os
import sys
from contextlib import redirect_stdout
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from symconv.cli import options
from symconv.cli.progress import progress_bar
from symconv.errors import OptionError, ToolError, shown

if TYPE_CHECKING:
    from symconv.auditing.result import Audit
    from symconv.auditing.space import Space

_SPACE = "What the function supports"
DEFAULTS: Final[dict[str, str | bool]] = {
    "stride": "1",
    "padding": "0",
    "dilation": "1",
    "groups": "1",
    "padding_mode": "zeros",
    "transposed": False,
    "output_padding": "0",
    "true_convolution": False,
}
MAX_OFFERED: Final = 8


def audit(
    function: Annotated[
        str, typer.Argument(metavar="MODULE:FUNCTION", help="What to import and call.")
    ],
    operation: Annotated[str, typer.Option(help="forward, grad_input, grad_weight or grad_bias.")],
    layout: Annotated[
        str, typer.Option(help="plane: spatial axes only; batched: (N, C, ...).")
    ] = "plane",
    axes: Annotated[
        str, typer.Option(help="Numbers of spatial axes: 2, or 1,2.", rich_help_panel=_SPACE)
    ] = "1,2,3",
    exclude: Annotated[
        str,
        typer.Option(
            metavar="TAGS",
            help="What it does without: dilation,same,groups,… An unknown word lists them all.",
            rich_help_panel=_SPACE,
        ),
    ] = "",
    kinds: Annotated[
        str,
        typer.Option(
            help="Of plain, crop, reflect, replicate, circular, transposed, flipped: one or more.",
            rich_help_panel=_SPACE,
        ),
    ] = "plain",
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
    cases: Annotated[int, typer.Option(help="Configurations to ask about, at most.")] = 300,
    seconds: Annotated[float, typer.Option(help="When to stop asking.")] = 60.0,
    seed: Annotated[int, typer.Option(help="Of the draw of configurations and integers.")] = 0,
    arrays: Annotated[
        str | None, typer.Option(help="numpy, torch or jax; else whatever the function takes.")
    ] = None,
    dtype: Annotated[
        str | None, typer.Option(help="int64, float64 or float32; else the first that works.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The outcome as JSON.")] = False,
) -> None:
    """Audit a function: it is called as fn(spec, …) with integers, every entry must be right.

    forward gets input, weight, bias; grad_input gets grad_output, weight,
    input_shape; grad_weight gets grad_output, input; grad_bias gets
    grad_output. MODULE is imported, from the current folder too. Plain
    convolutions are asked about, or those of --kinds. A kernel
    (--kernel 3x5 --stride 2) asks about that convolution alone.

    Examples:

      symconv audit mykernels:grad_input --operation grad_input

      symconv audit mykernels:conv2d --operation forward --axes 2 --exclude dilation,groups

      symconv audit mykernels:conv --operation forward --layout batched -p 3 -q 5 -t 2 --json

      symconv audit mykernels:deconv2d --operation forward --axes 2 --kinds transposed
    """
    with redirect_stdout(sys.stderr):  # what the function prints is not the outcome
        fn = _function(function)
        space = _space(
            axes=axes,
            exclude=exclude,
            kinds=kinds,
            sizes={"p": p, "q": q, "kernel": kernel, "stride": stride, "padding": padding,
                   "dilation": dilation, "groups": groups, "padding_mode": padding_mode,
                   "transposed": transposed, "output_padding": output_padding,
                   "true_convolution": true_convolution},
        )  # fmt: skip

        from symconv.auditing.loop import audit as run_audit

        with progress_bar() as progress:
            outcome = run_audit(
                fn,
                operation=operation,
                layout=layout,
                space=space,
                cases=cases,
                seconds=seconds,
                seed=seed,
                arrays=arrays,
                dtype=dtype,
                progress=progress,
            )
    _write(outcome, as_json=as_json)
    if not outcome.ok:
        raise typer.Exit(1)


def _write(outcome: Audit, *, as_json: bool) -> None:
    """Print the outcome: JSON, or panels as wide as the terminal, at most 100 columns."""
    if as_json:
        sys.stdout.write(json.dumps(outcome.to_dict(), indent=2) + "\n")
    elif not sys.stdout.isatty():
        sys.stdout.write(outcome.to_text())
    else:
        from rich.console import Console

        from symconv.auditing.report import WIDTH, audit_view

        console = Console()
        console.print(audit_view(outcome), width=min(WIDTH, console.width))
    sys.stdout.flush()


def _function(text: str) -> Any:
    """Return the function that MODULE:FUNCTION names; FUNCTION may have dots.

    Raises:
        OptionError: the words are not of that form, or there is no such module or function.
        ToolError: the module needs another one that is not installed.
    """
    module_name, colon, path = text.partition(":")
    parts = module_name.split(".") + path.split(".")
    if not colon or not all(part.isidentifier() for part in parts):
        raise OptionError(f"MODULE:FUNCTION must be like mykernels:grad_input, got {shown(text)}")
    found = _module(module_name)
    for part in path.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            raise OptionError(
                f"FUNCTION must be one of {module_name}{_offered(found)}, got {shown(path)}"
            ) from None
    if not callable(found):
        raise OptionError(f"FUNCTION must be callable, got {path} = {shown(found)}")
    return found


def _module(name: str) -> Any:
    """Import a module; the current folder comes first, as with python -m."""
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        return import_module(name)
    except ModuleNotFoundError as err:
        if err.name and (name == err.name or name.startswith(f"{err.name}.")):
            raise OptionError(
                f"MODULE must be importable here or from the current folder, got {shown(name)} "
                f"({err})"
            ) from err
        raise ToolError(f"{name} needs a module that is not installed: {err}") from err
    except (Exception, SystemExit) as err:
        first = (str(err).strip() or "no message").splitlines()[0]
        raise OptionError(
            f"MODULE must be importable, {name} raises {type(err).__name__}: {first}"
        ) from err


def _offered(owner: object) -> str:
    """Return the names that a module or class offers to call, for an error message."""
    names = [
        name
        for name, value in getattr(owner, "__dict__", {}).items()
        if callable(value) and not name.startswith("_")
    ]
    return f" ({', '.join(names[:MAX_OFFERED])})" if names else ""


def _space(*, axes: str, exclude: str, kinds: str, sizes: dict[str, Any]) -> Space:
    """Return the space that the options mean: everything, or one convolution.

    Raises:
        OptionError: a word is no number of axes, no tag or no kind, or sizes are given without a
            kernel.
        SpecError: a size breaks a rule.
    """
    from symconv.auditing.space import Space

    words = [word.strip() for word in axes.split(",")]
    numbers = [int(word) if word.isdecimal() and word.isascii() else word for word in words]
    tags, words_of_kinds = (
        [word.strip() for word in text.split(",") if word.strip()] for text in (exclude, kinds)
    )
    if options.kernel_given(kernel=sizes["kernel"], p=sizes["p"], q=sizes["q"]):
        only = [options.spec_from(**sizes)]
    elif any(sizes[name] != word for name, word in DEFAULTS.items()):
        given = ", ".join(f"--{name.replace('_', '-')}" for name in DEFAULTS)
        raise OptionError(f"a kernel must be given with {given}")
    else:
        only = []
    return Space(axes=numbers, exclude=tags, only=only, kinds=words_of_kinds)  # type: ignore[arg-type]
