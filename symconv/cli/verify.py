"""symconv verify: is this formula right?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symconv.cli.progress import progress_bar
from symconv.errors import OptionError

if TYPE_CHECKING:
    from symconv.verification.report.report import Report

MAX_BYTES = 20_000_000
WIDTH = 100  # of a report that is not printed to a terminal


def verify(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE…", help="Articles; - is standard input.")
    ] = None,
    formula: Annotated[
        str | None, typer.Option("--formula", metavar="TEXT", help="One formula instead of files.")
    ] = None,
    letters: Annotated[
        str, typer.Option(metavar="L=e,K=w", help="What the author's letters mean.")
    ] = "",
    index_base: Annotated[
        int | None,
        typer.Option(
            metavar="0|1",
            min=0,
            max=1,
            help="What indices start from; 0 by default.",
        ),
    ] = None,
    true_convolution: Annotated[
        bool, typer.Option("--true-convolution", help="The convolution turns the kernel round.")
    ] = False,
    assume: Annotated[
        str, typer.Option(metavar="CONDITIONS", help="Assumed of all claims: 't = 1, p = q'.")
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per verdict.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write an errata page, .html or .md."),
    ] = None,
    certificates: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write every query of every proof as SMT-LIB 2."),
    ] = None,
) -> None:
    r"""Verify formulas of convolutions and their gradients, in LaTeX or in text form.

    Every displayed formula gets a verdict: proved for all sizes, refuted
    with the smallest counterexample and the smallest repair, undecided, or
    not understood. Exit code 1 if anything is refuted. The front matter
    of an article may say letters, index_base, true_convolution and assume.

    Examples:

      symconv verify article.md --report errata.html

      symconv verify --formula 'g = (m - p)//t + 1'

      symconv verify --letters 'L=e, K=w' --index-base 1 --json notes.tex
    """
    from symconv.verification.reading.front_matter import letters_from
    from symconv.verification.report.errata import check_report_path, write_report
    from symconv.verification.report.report import merged
    from symconv.verification.verify import verify as verify_text

    if (formula is None) == (not files):
        raise OptionError("verify needs files or --formula, one of the two")
    if report is not None:
        check_report_path(report)
    texts = {"": formula} if formula is not None else {name: _read(name) for name in files or ()}
    given = letters_from(letters, "--letters")
    with progress_bar() as progress:
        found = merged(
            {
                name: verify_text(
                    text,
                    letters=given,
                    index_base=index_base,
                    true_convolution=true_convolution or None,
                    assume=assume,
                    formula=formula is not None,
                    progress=progress,
                )
                for name, text in texts.items()
            }
        )
    if certificates is not None:
        _write_certificates(found, certificates)
    if report is not None:
        write_report(found, report)
        typer.echo(f"wrote {report}", err=True)
    if as_json:
        sys.stdout.write(json.dumps(found.to_json(), ensure_ascii=False, indent=2) + "\n")
    else:
        _print(found)
    raise typer.Exit(0 if found.ok else 1)


def _read(name: str) -> str:
    """Return the text of a file or of standard input."""
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as err:
        raise OptionError(f"cannot read {name}: {err.strerror}") from err
    if len(data) > MAX_BYTES:
        raise OptionError(f"{name} must have at most {MAX_BYTES} bytes, got {len(data)}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        raise OptionError(f"{name} must be UTF-8: byte {err.start} is not") from err


def _print(report: Report) -> None:
    """Print the report as wide as the terminal, or plainly where there is none."""
    from rich.console import Console

    from symconv.verification.report.listing import report_view

    terminal = Console(highlight=False)
    console = terminal if terminal.is_terminal else Console(highlight=False, width=WIDTH)
    with console.capture() as shown:
        console.print(report_view(report))
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in shown.get().splitlines()))
    sys.stdout.flush()


def _write_certificates(report: Report, folder: Path) -> None:
    from symconv.files import write_files

    texts = {
        f"{number:03d}-{place:02d}.smt2": query.smtlib
        for number, queries in enumerate(report.queries, start=1)
        for place, query in enumerate(queries, start=1)
        if query.answer == "unsat"
    }
    write_files(folder, texts)
    typer.echo(f"wrote {len(texts)} certificates under {folder}", err=True)
