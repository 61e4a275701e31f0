"""What deriving, emitting and checking one kernel costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Final

from sympy.core.cache import clear_cache

from benchmarks.figures import Row, Section, spelled
from symconv.codegen.check.symbols import check_kernel
from symconv.codegen.check.trials import checked_shapes
from symconv.codegen.request import request_kernel
from symconv.codegen.targets import build_of
from symconv.errors import VerificationError
from symconv.spec import ConvSpec

SAMPLES: Final = 7
WARM_UP: Final = ConvSpec(kernel_shape=(2, 4), stride=3)
DENSE: Final = ConvSpec(kernel_shape=(3, 3))


@dataclass(frozen=True)
class Made:
    """An emitted text, and the seconds that deriving and emitting it took."""

    text: str
    seconds: float


@dataclass(frozen=True)
class Goal:
    """A spec with its budgets in seconds, and how often its check is run."""

    spec: ConvSpec
    emitted: float | None = None
    checked: float | None = None
    checks: int = SAMPLES

    @property
    def name(self) -> str:
        """The spec in the words of the article, "3x3 t=2"."""
        kernel = "x".join(map(str, self.spec.kernel_shape))
        return f"{kernel} t={self.spec.stride[0]}"


GOALS: Final = (
    Goal(DENSE, emitted=0.05, checked=1.0),
    Goal(ConvSpec(kernel_shape=(3, 3), stride=2), emitted=0.05, checked=1.0),
    Goal(ConvSpec(kernel_shape=(7, 7), stride=2), emitted=0.25, checks=2),
    Goal(ConvSpec(kernel_shape=(11, 11)), checks=2),
)


def road_section() -> Section:
    """Return what the road from spec to kernel costs in a process warmed with another spec."""
    _derive_and_emit(WARM_UP)
    firsts = [_made(goal.spec) for goal in GOALS]
    rounds = [[_cleared_and_again(goal.spec) for goal in GOALS] for _ in range(SAMPLES)]
    emitted = [
        _emit_row(goal, first, runs)
        for goal, first, runs in zip(GOALS, firsts, zip(*rounds, strict=True), strict=True)
    ]
    return Section(
        title="Derive and emit one kernel, and check it on symbols",
        method=f"medians; the process made {WARM_UP.name} before; the SymPy cache is cleared "
        "before each sample, and the specs take turns",
        rows=(*emitted, *(_check_row(goal) for goal in GOALS)),
    )


def _derive_and_emit(spec: ConvSpec) -> str:
    return build_of(request_kernel(spec)).unchecked[0].text


def _made(spec: ConvSpec) -> Made:
    begin = perf_counter()
    text = _derive_and_emit(spec)
    return Made(text, perf_counter() - begin)


def _cleared_and_again(spec: ConvSpec) -> tuple[Made, Made]:
    """Return derive + emit with the SymPy cache cleared, and the same once more."""
    clear_cache()
    return _made(spec), _made(spec)


def _emit_row(goal: Goal, first: Made, runs: Sequence[tuple[Made, Made]]) -> Row:
    """Return derive + emit from a cleared cache; the note says what a warm cache makes of it."""
    cleared, again = zip(*runs, strict=True)
    least = min(run.seconds for run in cleared)
    return Row(
        name=f"derive + emit {goal.name}",
        seconds=_median(cleared),
        at_most=goal.emitted,
        correct=len({run.text for run in (first, *cleared, *again)}) == 1,
        note=f"least {spelled(least)}; first time here, cache not cleared "
        f"{spelled(first.seconds)}; the same again {spelled(_median(again))}",
    )


def _check_row(goal: Goal) -> Row:
    """Return what loading the emitted code and running it on symbols costs."""
    build = build_of(request_kernel(goal.spec))
    derivation, files = build.derivation, build.unchecked
    shapes = checked_shapes(derivation)
    samples, correct = [], True
    for _ in range(goal.checks):
        clear_cache()
        start = perf_counter()
        try:
            kernel = build.load(files)
            check_kernel(kernel, derivation, input_shapes=shapes)
        except VerificationError:
            correct = False
        samples.append(perf_counter() - start)
    return Row(
        name=f"check {goal.name} on symbols",
        seconds=median(samples),
        at_most=goal.checked,
        correct=correct,
        note=f"inputs {', '.join(map(str, shapes))}",
    )


def _median(runs: Sequence[Made]) -> float:
    return median(run.seconds for run in runs)
