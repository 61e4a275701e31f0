"""Timing on a noisy machine: contenders take turns, and the median of the rounds counts."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from time import perf_counter, sleep
from typing import Any, TypeAlias

Clock: TypeAlias = Callable[[], float]


@dataclass(frozen=True)
class Pace:
    """How long one problem is measured; all times in seconds.

    Attributes:
        rounds: how many turns everybody has, at most.
        least: how many turns everybody has who is not slow, however long it takes.
        seconds: what all turns together may take; decides between the two.
        sample: a turn calls so often that it takes this long.
        most_calls: but not more often than this.
        slow: who takes longer has one turn, its first call after the check.
        once: who takes longer in the check is not called again; that call is the sample.
        warm: who takes less begins each turn with a call that is not timed.
        rest: the pause before each turn, in which threads of the one before go to sleep.
    """

    rounds: int = 9
    least: int = 3
    seconds: float = 0.4
    sample: float = 0.001
    most_calls: int = 500
    slow: float = 0.1
    once: float = 0.3
    warm: float = 0.005
    rest: float = 0.0


def interleaved(
    calls: Mapping[str, Callable[[], Any]],
    *,
    pace: Pace,
    clock: Clock = perf_counter,
    pause: Callable[[float], None] = sleep,
) -> dict[str, tuple[float, ...]]:
    """Return the seconds per call of everybody, one entry a round.

    Args:
        calls: what to call, by name; each has been called before.
        pace: how often and how long.
        clock: tells the time in seconds.
        pause: waits so many seconds.
    """
    with _no_garbage_collection():
        first = {name: _seconds(call, times=1, clock=clock) for name, call in calls.items()}
        samples = {name: [first[name]] if first[name] > pace.slow else [] for name in calls}
        quick = [name for name in calls if not samples[name]]
        for turn in range(_rounds([first[name] for name in quick], pace)):
            start = turn % len(quick)
            for name in quick[start:] + quick[:start]:
                if pace.rest:
                    pause(pace.rest)
                if first[name] < pace.warm:
                    calls[name]()
                times = max(1, min(pace.most_calls, ceil(pace.sample / max(first[name], 1e-9))))
                samples[name].append(_seconds(calls[name], times=times, clock=clock))
    return {name: tuple(taken) for name, taken in samples.items()}


def _rounds(first: list[float], pace: Pace) -> int:
    """Return how many rounds fit into the time, between the least and the most."""
    if not first:
        return 0
    one = sum(
        max(seconds, pace.sample) + (seconds if seconds < pace.warm else 0) + pace.rest
        for seconds in first
    )
    return max(pace.least, min(pace.rounds, int(pace.seconds / one)))


def _seconds(call: Callable[[], Any], *, times: int, clock: Clock) -> float:
    start = clock()
    for _ in range(times):
        call()
    return (clock() - start) / times


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
