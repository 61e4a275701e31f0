"""The application: commands, errors as one line, exit codes.

Exit codes: 0 good, 1 a check failed, 2 bad input, 3 a missing tool or an internal fault.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Final

import typer

import symconv
from symconv.cli.audit import audit
from symconv.cli.bench import bench
from symconv.cli.cases import cases
from symconv.cli.demo import demo
from symconv.cli.derive import derive
from symconv.cli.explain import explain
from symconv.cli.generate import generate
from symconv.cli.plot import plot
from symconv.cli.translate import translate
from symconv.cli.verify import verify
from symconv.errors import SymconvError

BAD_INPUT: Final = 2
INTERNAL_FAULT: Final = 3
INTERRUPTED: Final = 130
COMPLETION: Final = "_SYMCONV_COMPLETE"

app = typer.Typer(
    name="symconv",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (derive, cases, explain, plot, generate, verify, audit, translate, bench, demo):
    app.command()(command)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"symconv {symconv.__version__}")
        raise typer.Exit


@app.callback()
def symconv_command(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Derive, verify, generate, audit: the calculus of convolution, checked by machine.

    Give the sizes of a convolution, kernel p×q and stride t; get its
    gradients, derived with SymPy, and a NumPy kernel that computes them,
    both exact.

    Examples:

      symconv derive -p 3 -q 5 -t 2

      symconv generate -p 3 -q 5 -t 2 -o kernels

      symconv cases
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit; whatever goes wrong is one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks ∂ shows ?
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Return the exit code of a command line."""
    command = typer.main.get_command(app)
    if COMPLETION in os.environ:  # the shell asks what could follow
        command.main(prog_name="symconv")
    try:
        with command.make_context("symconv", list(arguments)) as context:
            command.invoke(context)
        sys.stdout.flush()
    except SymconvError as err:
        return _complain(str(err), code=err.exit_code)
    except typer.Exit as err:
        return err.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return _complain("interrupted; no file is left half-written", code=INTERRUPTED)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except typer.TyperException as err:
        return _complain(err.format_message().replace("Value error, ", ""), code=BAD_INPUT)
    except Exception as err:
        if os.environ.get("SYMCONV_TRACEBACK"):
            raise
        what = f"{type(err).__name__}: {err}".splitlines()[0]
        return _complain(
            f"internal fault: {what} (SYMCONV_TRACEBACK=1 shows where)", code=INTERNAL_FAULT
        )
    return 0


def _complain(message: str, *, code: int) -> int:
    typer.echo(f"symconv: {message}", err=True)
    return code
