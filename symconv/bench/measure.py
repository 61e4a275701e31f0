"""One problem: everybody is checked first, then timed in turns with the limits of the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from math import inf
from time import perf_counter
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

from symconv.bench.clock import Clock, Pace, interleaved
from symconv.bench.contender import Call, Contender, LeftOut
from symconv.bench.machine import machine
from symconv.bench.operands import Array, Operands, error_of, operands_of, truth
from symconv.bench.problem import Problem
from symconv.bench.record import Cell, Entry, Run, Status
from symconv.bench.roofline import (
    MATRIX,
    MachineLimit,
    copying,
    gemm_rate,
    machine_limit,
    multiplying,
)
from symconv.bench.threads import limited

Progress: TypeAlias = Callable[[str, int, int], None]
COPY: Final = "copy"
GEMM: Final = "GEMM"
REST: Final = 0.002


@dataclass(frozen=True)
class Bench:
    """How problems are measured.

    Attributes:
        contenders: who takes part.
        pace: how long and how often.
        clock: tells the time in seconds.
    """

    contenders: tuple[Contender, ...]
    pace: Pace = field(default_factory=Pace)
    clock: Clock = perf_counter

    def cells(self, problem: Problem, *, threads: Sequence[int]) -> Iterator[Cell]:
        """Yield what was found with each number of threads.

        Everybody is prepared before threads are limited: pools keep the size they begin with.
        """
        operands = operands_of(problem)
        expected = truth(operands)
        shared = [
            None if each.threaded else _prepared(each, operands, threads=1)
            for each in self.contenders
        ]
        best = None
        for number in sorted(threads):
            starters = [
                found or _prepared(each, operands, threads=number)
                for each, found in zip(self.contenders, shared, strict=True)
            ]
            with limited(number):
                cell = self._cell(operands, expected, starters, threads=number)
            best = cell if best is None else _with_limits_of(cell, best)
            yield best

    def _cell(
        self,
        operands: Operands,
        expected: tuple[Array, ...],
        starters: Sequence[Starter],
        *,
        threads: int,
    ) -> Cell:
        checked = [self._checked(starter, expected) for starter in starters if starter.takes_part]
        calls = {found.entry.contender: found.call for found in checked if found.call}
        problem = operands.problem
        multiply = multiplying(MATRIX, dtype=problem.dtype)
        with copying(problem.bytes, threads=threads) as copy:
            copy()
            multiply()
            samples = interleaved(
                {COPY: copy, GEMM: multiply, **calls},
                pace=replace(self.pace, rest=REST if threads > 1 else 0.0),
                clock=self.clock,
            )
        return Cell(
            problem=problem,
            threads=threads,
            copy_seconds=min(samples[COPY]),
            gemm_flops=gemm_rate(min(samples[GEMM])),
            entries=tuple(
                replace(found.entry, samples=samples[found.entry.contender])
                if found.call
                else found.entry
                for found in checked
            ),
        )

    def _checked(self, starter: Starter, expected: tuple[Array, ...]) -> Checked:
        """Return the entry without samples, and the call if the result is right.

        Who is very slow is not called again: this call is the sample.
        """
        if starter.call is None:
            return Checked(starter.entry)
        begin = self.clock()
        try:
            result = starter.call()
            seconds = self.clock() - begin
            error = error_of(_arrays(result), expected, dtype=starter.dtype)
        except Exception as err:  # a fault of one library must not end the bench
            return Checked(replace(starter.entry, status=Status.FAILED, note=_first_line(err)))
        if error > 1:
            note = "differs from the definition"
            return Checked(replace(starter.entry, status=Status.WRONG, error=error, note=note))
        entry = replace(starter.entry, error=error)
        if seconds > self.pace.once:
            return Checked(replace(entry, samples=(seconds,)))
        return Checked(entry, starter.call)


def measured(
    bench: Bench,
    problems: Sequence[Problem],
    *,
    threads: Sequence[int],
    command: str,
    missing: Sequence[str] = (),
    progress: Progress = lambda stage, done, total: None,
    most_seconds: float = inf,
) -> Run:
    """Return what was found; an interruption ends the run, and keeps what there is.

    Args:
        bench: how to measure.
        problems: what to measure, in this order.
        threads: the numbers of threads.
        command: what was asked for.
        missing: packages that are not installed.
        progress: is told what is done, how much of it, of how much.
        most_seconds: no problem is begun after that time.
    """
    begin = bench.clock()
    cells: list[Cell] = []
    limits: list[MachineLimit] = []
    complete = False
    with suppress(KeyboardInterrupt):
        limits += map(machine_limit, threads)
        for done, problem in enumerate(problems):
            progress(problem.title, done, len(problems))
            if bench.clock() - begin > most_seconds:
                break
            cells += bench.cells(problem, threads=threads)
        else:
            complete = True
    return Run(
        command=command,
        machine=machine(),
        limits=tuple(limits),
        missing=tuple(missing),
        cells=tuple(cells),
        seconds=bench.clock() - begin,
        complete=complete,
    )


@dataclass(frozen=True)
class Starter:
    """A contender, prepared: its entry so far and its call, or why there is none.

    Attributes:
        entry: "timed" where there is a call.
        call: what is timed; None where there is nothing to call.
        dtype: the type its results must have.
        takes_part: whether it has such an operation at all.
    """

    entry: Entry
    call: Call | None
    dtype: str
    takes_part: bool = True


class Checked(NamedTuple):
    """An entry, and the call that is still to be timed."""

    entry: Entry
    call: Call | None = None


def _prepared(contender: Contender, operands: Operands, *, threads: int) -> Starter:
    entry = Entry(
        contender=contender.name,
        package=contender.package,
        kind=contender.kind,
        status=Status.TIMED,
    )
    dtype = operands.problem.dtype
    try:
        call = contender.prepare(operands, threads)
    except LeftOut as err:
        return Starter(replace(entry, status=Status.LEFT_OUT, note=str(err)), None, dtype)
    except Exception as err:  # a fault of one library must not end the bench
        return Starter(replace(entry, status=Status.FAILED, note=_first_line(err)), None, dtype)
    return Starter(entry, call, dtype, takes_part=call is not None)


def _with_limits_of(cell: Cell, fewer: Cell) -> Cell:
    """Return a cell that can do at least what fewer threads could."""
    return replace(
        cell,
        copy_seconds=min(cell.copy_seconds, fewer.copy_seconds),
        gemm_flops=max(cell.gemm_flops, fewer.gemm_flops),
    )


def _arrays(result: Any) -> tuple[Array, ...]:
    return tuple(map(np.asarray, result if isinstance(result, tuple | list) else (result,)))


def _first_line(err: Exception) -> str:
    return f"{type(err).__name__}: {(str(err).strip().splitlines() or ['no message'])[0]}"
