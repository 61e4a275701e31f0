"""Timing on a noisy machine: contenders take turns, medians and ratios round by round."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from statistics import median
from time import perf_counter
from typing import Any, Final

LEAST_SAMPLE: Final = 0.002
MOST_CALLS: Final = 200
SLOW: Final = 0.2
SLOW_ROUNDS: Final = 2


@dataclass(frozen=True)
class Measured:
    """What one contender returned, and its seconds per call in each round.

    Attributes:
        result: what its first call returned, which is not among the samples.
        samples: seconds per call, one entry a round; slow contenders sit out the later rounds.
    """

    result: Any
    samples: tuple[float, ...]

    @property
    def seconds(self) -> float:
        """The median of the rounds."""
        return median(self.samples)

    def times_slower_than(self, other: Measured) -> float:
        """Return the median ratio to another contender, taken round by round."""
        ratios = [mine / its for mine, its in zip(self.samples, other.samples, strict=False)]
        return median(ratios)


def interleaved(contenders: Mapping[str, Callable[[], Any]], *, rounds: int) -> dict[str, Measured]:
    """Return the measurements of all contenders, who take turns round by round.

    Args:
        contenders: what to call, by name; no arguments.
        rounds: how many rounds; a contender slower than 0.2 s takes part in two at most.
    """
    results, calls, turns = {}, {}, {}
    for name, call in contenders.items():
        first = once(call)
        results[name] = first.result
        calls[name] = min(MOST_CALLS, ceil(LEAST_SAMPLE / first.seconds))
        turns[name] = min(rounds, SLOW_ROUNDS) if first.seconds > SLOW else rounds
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(rounds):
        for name, call in contenders.items():
            if turn < turns[name]:
                samples[name].append(_seconds_per_call(call, calls=calls[name]))
    return {name: Measured(results[name], tuple(samples[name])) for name in contenders}


def once(call: Callable[[], Any]) -> Measured:
    """Return the measurement of a single call."""
    start = perf_counter()
    result = call()
    return Measured(result, (perf_counter() - start,))


def _seconds_per_call(call: Callable[[], Any], *, calls: int) -> float:
    start = perf_counter()
    for _ in range(calls):
        call()
    return (perf_counter() - start) / calls
