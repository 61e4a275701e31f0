"""What deriving, emitting and checking one kernel costs, and what naive SymPy costs beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from statistics import median
from time import perf_counter
from typing import Any, Final

import sympy
from scipy import signal
from sympy.core.cache import clear_cache

from benchmarks.figures import Rival, Row, Section, spelled
from benchmarks.operands import integers
from benchmarks.timing import Measured, once
from symconv.algebra.derivation import Letters, derive_gradients
from symconv.codegen.check import check_kernel
from symconv.codegen.emit import emit
from symconv.codegen.load import load_kernel
from symconv.codegen.request import request_kernel
from symconv.codegen.trials import checked_shapes
from symconv.errors import VerificationError
from symconv.sizes import Shape
from symconv.spec import ConvSpec

SAMPLES: Final = 7
WARM_UP: Final = ConvSpec(kernel_shape=(2, 4), stride=3)
DENSE: Final = ConvSpec(kernel_shape=(3, 3))
NAIVE_OUTPUTS: Final[tuple[Shape, ...]] = ((8, 8), (16, 16))
LARGE_OUTPUT: Final[Shape] = (1078, 1918)


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
    firsts = [once(partial(_derive_and_emit, goal.spec)) for goal in GOALS]
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


def naive_section() -> Section:
    """Return what differentiating the written-out loss costs beside derive + emit."""
    _derive_and_emit(WARM_UP)
    compared = tuple(_naive_row(output_shape) for output_shape in NAIVE_OUTPUTS)
    clear_cache()
    large = once(lambda: _derive_and_emit(DENSE))
    return Section(
        title="The same 3x3 t=1 gradient from naive SymPy: e = sum of dy*y, differentiated by "
        "every input cell",
        method="one sample each, SymPy cache cleared before; results compared entry by entry",
        rows=(*compared, _large_row(large)),
    )


def _derive_and_emit(spec: ConvSpec) -> str:
    return emit(request_kernel(spec)).text


def _cleared_and_again(spec: ConvSpec) -> tuple[Measured, Measured]:
    """Return derive + emit with the SymPy cache cleared, and the same once more."""
    clear_cache()
    return once(partial(_derive_and_emit, spec)), once(partial(_derive_and_emit, spec))


def _emit_row(goal: Goal, first: Measured, runs: Sequence[tuple[Measured, Measured]]) -> Row:
    """Return derive + emit from a cleared cache; the note says what a warm cache makes of it."""
    cleared, again = zip(*runs, strict=True)
    least = min(run.seconds for run in cleared)
    return Row(
        name=f"derive + emit {goal.name}",
        seconds=_median(cleared),
        at_most=goal.emitted,
        correct=len({run.result for run in (first, *cleared, *again)}) == 1,
        note=f"least {spelled(least)}; first time here, cache not cleared "
        f"{spelled(first.seconds)}; the same again {spelled(_median(again))}",
    )


def _check_row(goal: Goal) -> Row:
    """Return what loading the emitted code and running it on symbols costs."""
    request = request_kernel(goal.spec)
    derivation = derive_gradients(goal.spec)
    file = emit(request, derivation=derivation)
    shapes = checked_shapes(derivation)
    samples, correct = [], True
    for _ in range(goal.checks):
        clear_cache()
        start = perf_counter()
        try:
            kernel = load_kernel(request, file=file)
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


def _naive_row(output_shape: Shape) -> Row:
    clear_cache()
    ours = once(lambda: _derive_and_emit(DENSE))
    letters = _plain_letters(output_shape)
    clear_cache()
    naive = once(lambda: _naive_gradient(letters))
    expected = derive_gradients(DENSE).written_out(_input_of(output_shape), letters=letters)
    rows, columns = output_shape
    return Row(
        name=f"derive + emit, {rows}x{columns} outputs",
        seconds=ours.seconds,
        rivals=(Rival("naive SymPy", naive.seconds, naive.times_slower_than(ours)),),
        correct=naive.result == dict(expected.grad_input),
        note=f"naive: {len(naive.result)} derivatives",
    )


def _large_row(ours: Measured) -> Row:
    """Return the row of a full image: the very same code, run on it and compared with SciPy."""
    request = request_kernel(DENSE)
    kernel = load_kernel(request)
    w, dy = integers(DENSE.kernel_shape, "int64"), integers(LARGE_OUTPUT, "int64")
    agrees = (kernel.grad_input(dy, w) == signal.convolve2d(dy, w)).all()
    rows, columns = LARGE_OUTPUT
    return Row(
        name=f"derive + emit, {rows}x{columns} outputs",
        seconds=ours.seconds,
        correct=bool(agrees) and kernel.source == ours.result,
        note="naive not run; the emitted code is the same for every image",
    )


def _plain_letters(output_shape: Shape) -> Letters:
    """Return plain symbols x_i_j, w_i_j and dy_i_j for one image."""
    shapes = {"x": _input_of(output_shape), "w": DENSE.kernel_shape, "dy": output_shape}
    named: dict[str, dict[Shape, Any]] = {
        name: {
            index: sympy.Symbol(f"{name}_{index[0]}_{index[1]}")
            for index in product(*map(range, shape))
        }
        for name, shape in shapes.items()
    }
    return Letters(**named, b=sympy.Integer(0), add=sympy.Add)


def _naive_gradient(letters: Letters) -> dict[Shape, Any]:
    """Return de/dx by writing e out and differentiating it by every input cell."""
    e = sympy.Add(
        *(
            upstream
            * sympy.Add(*(letters.x[i + r, j + s] * tap for (r, s), tap in letters.w.items()))
            for (i, j), upstream in letters.dy.items()
        )
    )
    return {cell: sympy.diff(e, x) for cell, x in letters.x.items()}


def _input_of(output_shape: Shape) -> Shape:
    return DENSE.smallest_input_shape(output_shape)


def _median(runs: Sequence[Measured]) -> float:
    return median(run.seconds for run in runs)
