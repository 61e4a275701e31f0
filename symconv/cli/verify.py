"""symconv verify: is this formula right?"""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from symconv.cli.progress import progress_bar
from symconv.errors import OptionError

if TYPE_CHECKING:
    from symconv.verification.report.report import Report

MAX_BYTES = 20_000_000
WIDTH = 100  # of a report that is not printed to a terminal
_TOLD: Final = "What is known of the formulas"
_WHICH: Final = "Which operation is called convolution"
_RUN: Final = "How they are checked"
_SHOWN: Final = "What is written"


class Notation(StrEnum):
    """Whose letters a text is likely to use."""

    GOODFELLOW = "goodfellow"
    DUMOULIN = "dumoulin"
    PYTORCH = "pytorch"
    CS231N = "cs231n"
    ARTICLE = "article"


def verify(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE…", help="Articles; - is standard input.")
    ] = None,
    formula: Annotated[
        list[str] | None,
        typer.Option("--formula", metavar="TEXT", help="One formula instead of files."),
    ] = None,
    letters: Annotated[
        str,
        typer.Option(
            metavar="WORDS",
            help="What names mean, in words: 'F=kernel, s=stride, P=padding, a=input, "
            "H_{in}=input height, d=upstream gradient'. The rest is inferred.",
            rich_help_panel=_TOLD,
        ),
    ] = "",
    index_base: Annotated[
        int | None,
        typer.Option(
            metavar="0|1",
            min=0,
            max=1,
            help="What indices start from; inferred where it is not said.",
            rich_help_panel=_TOLD,
        ),
    ] = None,
    true_convolution: Annotated[
        bool | None,
        typer.Option(
            "--true-convolution/--no-true-convolution",
            help="Whether the kernel is turned round; inferred where it is not said.",
            rich_help_panel=_WHICH,
            show_default=False,
        ),
    ] = None,
    assume: Annotated[
        str,
        typer.Option(
            metavar="CONDITIONS",
            help="Assumed of all claims, in the author's letters: 's = 1, K_h = K_w'.",
            rich_help_panel=_TOLD,
        ),
    ] = "",
    notation: Annotated[
        Notation | None,
        typer.Option(
            metavar="NAME",
            help="Whose letters are likely: goodfellow, dumoulin, pytorch, cs231n or article. "
            "What the text says comes first.",
            rich_help_panel=_TOLD,
            show_default=False,
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Exit code 1 also for what is undecided, not understood or depends on a reading, "
            "and where no formula is found.",
            rich_help_panel=_RUN,
        ),
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            help="Processes; by default one for each core. The report is the same for any number.",
            rich_help_panel=_RUN,
        ),
    ] = None,
    no_repair: Annotated[
        bool,
        typer.Option(
            "--no-repair", help="Do not look for what should stand there.", rich_help_panel=_RUN
        ),
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print the report as JSON.", rich_help_panel=_SHOWN),
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write an errata page, .html or .md.", rich_help_panel=_SHOWN
        ),
    ] = None,
    certificates: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write each query that the solver found unsatisfiable as SMT-LIB 2, and an index.",
            rich_help_panel=_SHOWN,
        ),
    ] = None,
) -> None:
    r"""Verify formulas of convolutions and their gradients, in LaTeX or in text form.

    Every displayed formula gets a verdict and the reading it is about:
    proved for all sizes, right when a condition holds, wrong, with the
    smallest counterexample and repair, depends on the reading, undecided,
    not understood, with what would help, or no claim at all. Exit code 0
    if nothing is wrong, 1 if something is, 2 for bad input. An article may
    say letters, index_base, true_convolution, assume and notation itself, in
    its front matter or in comments; names, first index and flipped kernels
    are read from its sentences too.

    Examples:

      symconv verify --formula 'H_{out} = \lfloor (H + 2p - k)/s \rfloor + 1'

      symconv verify article.md --report errata.html

      symconv verify notes.tex --letters 'F=kernel, s=stride, a=input' --index-base 1

      symconv verify --strict --json --assume 's = 1' chapter*.tex
    """
    from symconv.verification.report.errata import check_report_path

    if (not formula) == (not files):
        raise OptionError("verify needs files or --formula, one of the two")
    if formula and (len(formula) > 1 or not formula[0].strip()):
        raise OptionError("--formula takes one formula; several go into a file, each between $$")
    if report is not None:
        check_report_path(report)
    texts = {"": formula[0]} if formula else _texts(files or ())
    found = _verified(
        texts,
        formula=bool(formula),
        letters=letters,
        index_base=index_base,
        true_convolution=true_convolution,
        assume=assume,
        notation=notation,
        jobs=jobs,
        repairs=not no_repair,
    )
    _write_files(found, report=report, certificates=certificates)
    if as_json:
        sys.stdout.write(json.dumps(found.to_json(), ensure_ascii=False, indent=2) + "\n")
    else:
        _print(found)
    if strict and found.ok and not found.checked(strict=True):
        typer.echo(f"symconv: --strict: {_unsettled(found)}", err=True)
    raise typer.Exit(0 if found.checked(strict=strict) else 1)


def _verified(
    texts: dict[str, str],
    *,
    formula: bool,
    letters: str,
    index_base: int | None,
    true_convolution: bool | None,
    assume: str,
    notation: Notation | None,
    jobs: int | None,
    repairs: bool,
) -> Report:
    """Return the report on some texts.

    Raises:
        OptionError: the letters are not of their form, or a meaning is not known.
        FormulaError: a text, or what is assumed, breaks a limit of the language.
    """
    from symconv.verification.parallel import cores
    from symconv.verification.reading.vocabulary import letters_from
    from symconv.verification.report.report import merged
    from symconv.verification.verify import verify as verify_text

    given = letters_from(letters, "--letters")
    with progress_bar(unit="formulas") as progress:
        return merged(
            {
                name: verify_text(
                    text,
                    letters=given,
                    index_base=index_base,
                    true_convolution=true_convolution,
                    assume=assume,
                    notation=notation.value if notation else None,
                    formula=formula,
                    repairs=repairs,
                    jobs=jobs or cores(),
                    folder=None if formula or name == "-" else Path(name).parent,
                    progress=progress,
                )
                for name, text in texts.items()
            }
        )


def _texts(names: list[str] | tuple[()]) -> dict[str, str]:
    """Return the texts of some files, each of them once."""
    return {name: _read(name) for name in dict.fromkeys(names)}


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


def _write_files(found: Report, *, report: Path | None, certificates: Path | None) -> None:
    """Write the files that were asked for, and say so on stderr."""
    from symconv.files import write_files
    from symconv.verification.report.certificates import certificates as certificate_files
    from symconv.verification.report.errata import write_report

    if certificates is not None:
        texts = certificate_files(found)
        write_files(certificates, texts)
        typer.echo(
            f"wrote {len(texts) - 1} certificates and index.json to {certificates}", err=True
        )
    if report is not None:
        write_report(found, report)
        typer.echo(f"wrote {report}", err=True)


def _unsettled(found: Report) -> str:
    """Return why a report does not pass a strict check, though nothing in it is wrong."""
    from symconv.verification.report.statuses import NOTHING, SHOWN

    counts = found.unsettled.items()
    return ", ".join(f"{number} {SHOWN[status].words}" for status, number in counts) or NOTHING


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
