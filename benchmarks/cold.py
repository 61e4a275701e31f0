"""What a command costs from a cold start, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from benchmarks.figures import Row, Section
from symconv.codegen.request import request_kernel
from symconv.codegen.targets import build_of
from symconv.spec import ConvSpec

SAMPLES: Final = 5
TIMEOUT: Final = 120.0
SPEC: Final = ConvSpec(kernel_shape=(3, 3), stride=2)
CLI: Final = ("-c", "from symconv.cli.main import main; main()")


@dataclass(frozen=True)
class Start:
    """A cold start.

    Attributes:
        name: what is shown.
        arguments: what Python is started with.
        at_most: the budget in seconds, or None.
        makes: whether it makes the kernel of SPEC in its working folder.
    """

    name: str
    arguments: tuple[str, ...]
    at_most: float | None = None
    makes: bool = False


STARTS: Final = (
    Start("python, doing nothing", ("-c", "")),
    Start("import numpy", ("-c", "import numpy")),
    Start("import sympy", ("-c", "import sympy")),
    Start("symconv --help", (*CLI, "--help"), at_most=0.3),
    Start(
        "symconv generate -p 3 -q 3 -t 2 -o .",
        (*CLI, "generate", "-p", "3", "-q", "3", "-t", "2", "-o", "."),
        at_most=2.0,
        makes=True,
    ),
)


@dataclass(frozen=True)
class Run:
    """One finished process: its seconds, why it failed or "", and the file it made or None."""

    seconds: float
    failure: str
    made: str | None


def cold_section() -> Section:
    """Return what the commands cost, each started afresh."""
    runs: dict[str, list[Run]] = {start.name: [] for start in STARTS}
    for _ in range(SAMPLES + 1):
        for start in STARTS:
            runs[start.name].append(_run(start))
    return Section(
        title="Cold starts",
        method=f"medians of {SAMPLES} interleaved processes after one that fills the disk cache",
        rows=tuple(_row(start, runs[start.name][1:]) for start in STARTS),
    )


def _run(start: Start) -> Run:
    root = str(Path(__file__).resolve().parents[1])
    search = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    with TemporaryDirectory() as folder:
        begun = perf_counter()
        try:
            done = subprocess.run(
                [sys.executable, *start.arguments],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": search},
                capture_output=True,
                text=True,
                timeout=TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Run(TIMEOUT, f"no end after {TIMEOUT:.0f} s", None)
        seconds = perf_counter() - begun
        file = Path(folder, request_kernel(SPEC).name + ".py")
        made = file.read_text(encoding="utf-8") if file.is_file() else None
    if done.returncode:
        return Run(seconds, _failure(done.returncode, done.stderr), made)
    missing = start.makes and made is None
    return Run(seconds, f"made no {file.name}" if missing else "", made)


def _row(start: Start, runs: list[Run]) -> Row:
    failures = [run.failure for run in runs if run.failure]
    if failures:
        return Row(start.name, None, start.at_most, note=failures[0])
    correct = None
    if start.makes:
        expected = build_of(request_kernel(SPEC)).checked.files[0].text
        correct = all(run.made == expected for run in runs)
    return Row(start.name, median(run.seconds for run in runs), start.at_most, correct=correct)


def _failure(code: int, stderr: str) -> str:
    last = (stderr.strip().splitlines() or [""])[-1]
    return f"exit code {code}: {last}"
