"""The bench: convolutions of all sizes beside everybody, calls, and what generating takes.

`make bench`, `python -m benchmarks`. A long run may be made in pieces, `--only kernels --json A`,
`--only layers --json B`, that `--from A --from B` joins.

Exit codes: 0 good, 1 a kernel of symconv is wrong, 2 bad input. Ctrl-C keeps what is measured.
"""

from __future__ import annotations

import random
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from math import inf
from pathlib import Path
from time import perf_counter
from typing import Final

from symconv.bench.threads import checked_threads, cores, rest_soon

rest_soon()  # before anything imports NumPy

from rich.console import Console  # noqa: E402
from rich.progress import (  # noqa: E402
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from benchmarks.calls import CallCost, call_costs  # noqa: E402
from benchmarks.charts import charts  # noqa: E402
from benchmarks.generation import Generation, generations  # noqa: E402
from benchmarks.grid import (  # noqa: E402
    OF_SHAPES,
    PRESETS,
    Choice,
    Preset,
    layers,
    planes,
    shapes,
)
from benchmarks.page import page  # noqa: E402
from benchmarks.results import Results, as_json, joined, read_results  # noqa: E402
from benchmarks.tables import results_view  # noqa: E402
from symconv.bench.clock import Pace  # noqa: E402
from symconv.bench.contender import Kind  # noqa: E402
from symconv.bench.measure import Bench, measured  # noqa: E402
from symconv.bench.problem import DTYPES, OPERATIONS, Problem  # noqa: E402
from symconv.bench.record import Run, Status  # noqa: E402
from symconv.bench.registry import PEERS, chosen  # noqa: E402
from symconv.errors import OptionError, SymconvError  # noqa: E402
from symconv.files import write_files  # noqa: E402
from symconv.notation import read_sizes  # noqa: E402

DOCS: Final = Path(__file__).resolve().parents[1] / "docs"
GRIDS: Final[dict[str, Callable[[Preset], list[Problem]]]] = {
    "planes": planes,
    "layers": layers,
    **{name: partial(shapes, workload=name) for name in OF_SHAPES},
}
WORKLOADS: Final = (*GRIDS, "calls", "generation")
PIPED_WIDTH: Final = 150


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code.

    Args:
        arguments: of the command line; by default those of the process.
    """
    options = _parser().parse_args(arguments)
    try:
        read = list(map(read_results, options.from_ or ()))
        results = joined(read) if read else _measure(options)
        Console(width=None if sys.stdout.isatty() else PIPED_WIDTH).print(results_view(results))
        _write(results, options)
    except SymconvError as err:
        print(f"benchmarks: {err}", file=sys.stderr)
        return err.exit_code
    return int(_wrong(results.run))


def _measure(options: Namespace) -> Results:
    """Return what the options ask for, measured in an order that mixes small and large."""
    preset = PRESETS["quick" if options.quick else "full" if options.full else "default"]
    workloads = options.only or WORKLOADS
    problems = _problems(options, preset, workloads)
    mixed = list(problems)
    random.Random(0).shuffle(mixed)
    contenders, missing = chosen(_split(options.peers))
    bench = Bench(contenders, Pace(seconds=preset.seconds))
    begin = perf_counter()
    with _progress() as tell:
        run = measured(
            bench,
            mixed,
            threads=_threads(options.threads),
            command=_command(options),
            missing=missing,
            progress=tell,
            most_seconds=60 * options.minutes,
        )
        found: list[Generation] = []
        calls: list[CallCost] = []
        interrupted = not run.complete and run.seconds < 60 * options.minutes
        with suppress(KeyboardInterrupt):
            if "calls" in workloads and not interrupted:
                calls += call_costs(Pace(seconds=preset.seconds / 4))
            if "generation" in workloads and not interrupted:
                found += generations(preset.generation)
    place = {problem: number for number, problem in enumerate(problems)}
    cells = sorted(run.cells, key=lambda cell: (place[cell.problem], cell.threads))
    seconds = perf_counter() - begin
    whole = replace(run, cells=tuple(cells), seconds=seconds)
    return Results(whole, tuple(found), tuple(calls))


def _command(options: Namespace) -> str:
    """Return the command line that measures the same; names of files are nobody's business."""
    words = ["python -m benchmarks"]
    words += [f"--{name}" for name in ("quick", "full") if getattr(options, name)]
    for name in ("only", "operation", "size", "kernel", "dtype", "threads", "peers"):
        given = getattr(options, name) or []
        words += [f"--{name} {each}" for each in ([given] if isinstance(given, str) else given)]
    return " ".join(words)


def _problems(options: Namespace, preset: Preset, workloads: Sequence[str]) -> list[Problem]:
    choice = Choice(
        operations=tuple(options.operation or ()),
        images=tuple(read_sizes("--size", text) for text in options.size or ()),
        kernels=tuple(read_sizes("--kernel", text) for text in options.kernel or ()),
        dtypes=tuple(options.dtype or ()),
    )
    found = [
        problem
        for name, make in GRIDS.items()
        if name in workloads
        for problem in make(preset)
        if choice.takes(problem)
    ]
    if not found and not {"calls", "generation"} & set(workloads):
        raise OptionError("the options must leave something to measure, got nothing")
    return found


def _write(results: Results, options: Namespace) -> None:
    if options.json:
        write_files(options.json.parent, {options.json.name: as_json(results)})
    if options.write:
        files = {f"pictures/{name}": text for name, text in charts(results).items()}
        for path in write_files(DOCS, {"benchmarks.md": page(results), **files}):
            print(f"wrote docs/{path.relative_to(DOCS)}", file=sys.stderr)


def _wrong(run: Run) -> bool:
    entries = (entry for cell in run.cells for entry in cell.entries)
    return any(each.kind is Kind.OURS and each.status is Status.WRONG for each in entries)


def _threads(text: str | None) -> list[int]:
    """Return the numbers of threads; by default 1, and 2 where there are two cores."""
    if text is None:
        return [1, 2] if len(cores()) > 1 else [1]
    words = _split(text) or []
    if not words or not all(word.isascii() and word.isdecimal() for word in words):
        raise OptionError(f"--threads must be numbers like 1,2, got {text!r}")
    return [checked_threads(int(word)) for word in words]


def _split(text: str | None) -> list[str] | None:
    return None if text is None else [word.strip() for word in text.split(",") if word.strip()]


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show what is measured and how much time is left, on stderr where that is a terminal."""
    console = Console(stderr=True)
    columns = (BarColumn(), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
               TextColumn("{task.description}", markup=False))  # fmt: skip
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=None)
        yield lambda title, done, total: bar.update(
            task, description=title, completed=done, total=total
        )


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    length = parser.add_mutually_exclusive_group()
    for name in ("quick", "full"):
        minutes = f"{PRESETS[name].minutes:g}"
        text = f"about {minutes} minutes, not {PRESETS['default'].minutes:g}"
        length.add_argument(f"--{name}", action="store_true", help=text)
    parser.add_argument("--only", action="append", choices=WORKLOADS, help="may be repeated")
    parser.add_argument("--operation", action="append", choices=OPERATIONS, help="may be repeated")
    parser.add_argument("--size", action="append", metavar="MxN", help="an input; may be repeated")
    parser.add_argument("--kernel", action="append", metavar="PxQ", help="may be repeated")
    parser.add_argument("--dtype", action="append", choices=DTYPES, help="may be repeated")
    parser.add_argument("--threads", metavar="1,2", help="numbers of threads, and of cores")
    parser.add_argument(
        "--minutes",
        metavar="N",
        type=float,
        default=inf,
        help="begin no problem after that; small and large ones are mixed",
    )
    parser.add_argument("--peers", metavar="NAMES", help=f"some of {','.join(PEERS)}")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write what was found")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and charts")
    parser.add_argument(
        "--from",
        dest="from_",
        metavar="FILE",
        type=Path,
        action="append",
        help="measure nothing, read this JSON; may be repeated",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
