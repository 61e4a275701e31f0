"""What a bench found, as data: JSON and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import inf, isfinite
from statistics import median
from typing import Any

from symconv.bench.contender import Kind
from symconv.bench.problem import Problem, problem_from
from symconv.bench.roofline import MachineLimit
from symconv.errors import OptionError

SCHEMA = 1


class Status(StrEnum):
    """What became of a contender."""

    TIMED = "timed"
    WRONG = "wrong"
    FAILED = "failed"
    LEFT_OUT = "left out"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One contender in one problem.

    Attributes:
        contender: its name.
        package: its library.
        kind: what the formulation is to the library.
        status: only who is "timed" has samples.
        samples: seconds per call, one entry a round.
        error: the largest error in units of what is allowed; None where nothing came out.
        note: why it was left out, is wrong or failed; else empty.
    """

    contender: str
    package: str
    kind: Kind
    status: Status
    samples: tuple[float, ...] = ()
    error: float | None = None
    note: str = ""

    @property
    def seconds(self) -> float:
        """The median of the rounds; infinity for who was not timed."""
        return median(self.samples) if self.samples else inf


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One problem with one number of threads.

    Attributes:
        problem: what was computed.
        threads: how many.
        copy_seconds: what copying as many bytes takes as the problem must move.
        gemm_flops: multiplications and additions per second of a product of matrices.
        entries: the contenders.
    """

    problem: Problem
    threads: int
    copy_seconds: float
    gemm_flops: float
    entries: tuple[Entry, ...]

    @property
    def limit_seconds(self) -> float:
        """The least time: that of the limit that binds."""
        return max(self.copy_seconds, self.problem.flops / self.gemm_flops)

    @property
    def limit(self) -> str:
        """Which limit binds, "copy" or "GEMM"."""
        return "copy" if self.limit_seconds == self.copy_seconds else "GEMM"

    def entry(self, contender: str) -> Entry | None:
        """Return the entry of a contender that was timed."""
        return next((each for each in self.timed() if each.contender == contender), None)

    def timed(self) -> tuple[Entry, ...]:
        """Return the entries that were timed."""
        return tuple(each for each in self.entries if each.status is Status.TIMED)

    def fastest(self, wanted: Callable[[Entry], bool]) -> Entry | None:
        """Return the fastest of some entries; None where none was timed."""
        return min(filter(wanted, self.timed()), key=lambda each: each.seconds, default=None)


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of a bench.

    Attributes:
        command: what was asked for.
        machine: what it ran on, word -> value.
        limits: what the machine can do.
        missing: packages that are not installed.
        cells: what was measured, in the order of the grid.
        seconds: how long it took.
        complete: False after an interruption.
    """

    command: str
    machine: dict[str, str]
    limits: tuple[MachineLimit, ...]
    missing: tuple[str, ...]
    cells: tuple[Cell, ...]
    seconds: float
    complete: bool = True


def run_as_dict(run: Run) -> dict[str, Any]:
    """Return the run as plain data, times with four digits; docs/benchmarks.md has the schema."""
    return {
        "schema": SCHEMA,
        "command": run.command,
        "complete": run.complete,
        "seconds": round(run.seconds, 1),
        "machine": run.machine,
        "limits": [
            {
                "threads": limit.threads,
                "copy_bytes": _short(limit.copy_bytes),
                "gemm_flops": {key: _short(rate) for key, rate in limit.gemm_flops.items()},
            }
            for limit in run.limits
        ],
        "missing": list(run.missing),
        "cells": [
            {
                "problem": cell.problem.as_dict(),
                "threads": cell.threads,
                "copy_seconds": _short(cell.copy_seconds),
                "gemm_flops": _short(cell.gemm_flops),
                "entries": [_entry_as_dict(entry) for entry in cell.entries],
            }
            for cell in run.cells
        ],
    }


def run_from(data: dict[str, Any]) -> Run:
    """Return the run that `run_as_dict` wrote.

    Raises:
        OptionError: it is of another form.
    """
    try:
        if data["schema"] != SCHEMA:
            raise OptionError(f"the schema of a bench must be {SCHEMA}, got {data['schema']}")
        return Run(
            command=data["command"],
            machine=dict(data["machine"]),
            limits=tuple(MachineLimit(**limit) for limit in data["limits"]),
            missing=tuple(data["missing"]),
            cells=tuple(_cells_from(data["cells"])),
            seconds=data["seconds"],
            complete=data["complete"],
        )
    except (KeyError, TypeError, AttributeError) as err:
        raise OptionError(f"a bench must be as symconv writes it, got one without {err}") from err


def write_json(data: dict[str, Any]) -> str:
    """Return JSON text, indented."""
    return json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _cells_from(cells: Iterable[dict[str, Any]]) -> Iterable[Cell]:
    for cell in cells:
        entries = (
            Entry(
                **{
                    **entry,
                    "kind": Kind(entry["kind"]),
                    "status": Status(entry["status"]),
                    "samples": tuple(entry["samples"]),
                }
            )
            for entry in cell["entries"]
        )
        yield Cell(**{**cell, "problem": problem_from(cell["problem"]), "entries": tuple(entries)})


def _entry_as_dict(entry: Entry) -> dict[str, Any]:
    finite = entry.error is not None and isfinite(entry.error)
    return {
        "contender": entry.contender,
        "package": entry.package,
        "kind": str(entry.kind),
        "status": str(entry.status),
        "samples": [_short(seconds) for seconds in entry.samples],
        "error": _short(entry.error) if finite and entry.error is not None else None,
        "note": entry.note,
    }


def _short(number: float) -> float:
    """Return a number with four digits."""
    return float(f"{number:.4g}")
