"""What one call costs, by what it is given: biases, shapes, and arrays of other layouts and types.

Each call takes turns with a plain one of the same operation on ready arrays: float32, row by row,
no bias. Some arrays must be copied before anything can be computed; that copy is measured, too, and
what is left should be at most twice the plain call. PyTorch's call on the same arrays takes part
where it takes such arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter
from typing import Any, Final

import numpy as np

from benchmarks.ways import PLAIN, SPEC, Way, arrays_of, plain_calls, ways
from symconv import load
from symconv.bench.clock import Clock, Pace, interleaved
from symconv.bench.contender import Call
from symconv.bench.threads import limited
from symconv.codegen.runtime.compiler import find_compiler

MOST_TIMES: Final = 2.0
TARGETS: Final = {"numpy": "NumPy", "c": "C"}
LAYOUTS: Final = ("plane", "batched")
OWN, COPY, RIVAL = "own", "copy", "rival"


@dataclass(frozen=True)
class CallCost:
    """What a call costs.

    Attributes:
        target: "NumPy" or "C".
        layout: "plane" or "batched".
        operation: "forward", "grad_input", "grad_weight" or "grad_bias".
        given: what the call is given, in words.
        seconds: of a call; None where it fails.
        plain: seconds of the plain call.
        copy: seconds of the copy it cannot do without; 0 for none.
        rival: seconds of PyTorch's call on such arrays; None where it takes none, or is missing.
        right: whether the result is that of the plain call, rounded once.
        note: why it fails; else empty.
    """

    target: str
    layout: str
    operation: str
    given: str
    seconds: float | None
    plain: float
    copy: float = 0.0
    rival: float | None = None
    right: bool = True
    note: str = ""

    @property
    def times(self) -> float | None:
        """How many plain calls it costs, beyond the copy it needs."""
        return None if self.seconds is None else (self.seconds - self.copy) / self.plain


def call_costs(
    pace: Pace, *, targets: Sequence[str] = tuple(TARGETS), clock: Clock = perf_counter
) -> list[CallCost]:
    """Return what every call costs with one thread, by target and layout.

    Args:
        pace: how often and how long each is measured.
        targets: some of TARGETS; C is left out where there is no compiler.
        clock: tells the time in seconds.
    """
    found = []
    compilers = find_compiler() is not None
    with limited(1):
        for target in [each for each in targets if each != "c" or compilers]:
            for layout in LAYOUTS:
                arrays, kernel = arrays_of(layout), load(SPEC, target=target, layout=layout)
                plains = plain_calls(kernel, arrays)
                found += [
                    cost_of(way, plains[way.operation], target=TARGETS[target], layout=layout,
                            pace=pace, clock=clock)
                    for way in ways(kernel, arrays)
                ]  # fmt: skip
    return found


def cost_of(
    way: Way, plain: Call, *, target: str, layout: str, pace: Pace, clock: Clock = perf_counter
) -> CallCost:
    """Return what a call costs; its result is compared first, and a wrong one is not timed."""
    calls: dict[str, Call] = {PLAIN: plain}
    note, right = "", True
    try:
        found = np.asarray(way.call())
        right = np.array_equal(found, way.expected.astype(found.dtype))
        if right:
            calls[OWN] = way.call
    except Exception as err:  # what a kernel refuses is an outcome here
        note = f"{type(err).__name__}: {(str(err).splitlines() or [''])[0]}"
    others = {COPY: way.copy, RIVAL: way.rival}
    calls |= {name: call for name, call in others.items() if call and _works(call)}
    seconds = _medians(calls, pace, clock)
    return CallCost(
        target=target,
        layout=layout,
        operation=way.operation,
        given=way.given,
        seconds=seconds.get(OWN),
        plain=seconds[PLAIN],
        copy=seconds.get(COPY, 0.0),
        rival=seconds.get(RIVAL),
        right=right,
        note=note,
    )


def _works(call: Call) -> bool:
    try:
        call()
    except Exception:  # PyTorch has no such kernel for the type
        return False
    return True


def _medians(calls: Mapping[str, Call], pace: Pace, clock: Clock) -> dict[str, float]:
    taken = interleaved(calls, pace=pace, clock=clock)
    return {name: median(samples) for name, samples in taken.items()}


def as_dicts(found: Sequence[CallCost]) -> list[dict[str, Any]]:
    """Return the costs as plain data, times with four digits."""
    return [
        {
            key: float(f"{value:.4g}") if isinstance(value, float) else value
            for key, value in asdict(each).items()
        }
        for each in found
    ]
