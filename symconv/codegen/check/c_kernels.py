"""How C kernels are checked, and what their headers say of it.

A C kernel is checked as its plan spelled in Python, on symbols, and by itself, compiled, on
integers, if a compiler is there. Its text is the same either way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from symconv.codegen.build import Build, Check
from symconv.codegen.c.batched import CUT_SMALL
from symconv.codegen.c.loops import CUT_LOOPS, is_looped
from symconv.codegen.c.winograd import CUT_TILES, TILED
from symconv.codegen.check.compiled import (
    RANGES,
    check_compiled_batches,
    check_numbers,
    compiled_trials,
)
from symconv.codegen.check.fixed import check_fixed
from symconv.codegen.check.numpy_kernels import too_many_for_symbols
from symconv.codegen.check.winograd import tile_trials
from symconv.codegen.kernel import Kernel
from symconv.codegen.runtime.compiler import find_compiler

QUICKLY: Final = ("-O1",)  # compiled in a third of the time; the text is the same
NOT_COMPILED: Final = "not compiled, for there is no C compiler; as Python code"


def check_of_plane(build: Build) -> Check:
    """Return how a C kernel of planes of any size is checked."""
    shapes = build.in_numpy.check.input_shapes
    proof = _proof(
        list(map(str, shapes)),
        compiled=_with_derivation("the same inputs"),
        on_symbols=not too_many_for_symbols(build),
    )

    def compare() -> None:
        for flags in ((), CUT_LOOPS) if is_looped(build.plan) else ((),):
            kernel = build.load(build.files, flags=flags)
            check_numbers(kernel, build.derivation, input_shapes=shapes)

    return Check(proof, shapes, lambda: _run(build, compare))


def check_of_batches(build: Build) -> Check:
    """Return how a C kernel of batches is checked, summed directly or by tiles.

    Trials are so small that a kernel by tiles sums them directly: as it is, and by tiles when told.
    """
    tile = build.request.tile
    tiled = tile_trials(build.derivation, tile) if tile else ()
    trials = (*tiled, *compiled_trials(build.derivation))
    kernels = _by_tiles if tile else _directly
    rounding = build.plan.rounding if tile else None
    shapes = build.in_numpy.check.input_shapes
    tried = [trial.spelled for trial in trials]
    proof = _proof(
        tried[:-1] or list(map(str, shapes)),
        compiled=_with_derivation(f"the same inputs and {tried[-1]}"),
    )

    def compare() -> None:
        check_compiled_batches(
            kernels(build), build.plans.channels, trials=trials, rounding=rounding
        )

    return Check(proof, shapes, lambda: _run(build, compare))


def check_of_fixed(build: Build) -> Check:
    """Return how a C kernel for one input is checked: beside the NumPy kernel of its spec."""
    shapes, numpy = build.request.one_input, build.in_numpy
    proof = _proof(
        list(map(str, numpy.check.input_shapes)),
        compiled=f"input {shapes.input}, and compares every entry with that Python code",
    )

    def compare() -> None:
        check_fixed(build.load(build.files), numpy.kernel, shapes)

    return Check(proof, (shapes.input,), lambda: _run(build, compare))


def _directly(build: Build) -> dict[type[Any], Sequence[Kernel]]:
    """Return per type what to run: the kernel, as it is and cut into small parts."""
    kernel = build.load(build.files)
    cut = build.load(build.files, flags=CUT_SMALL)
    return {**dict.fromkeys(RANGES, (kernel,)), np.int64: (kernel, cut)}


def _by_tiles(build: Build) -> dict[type[Any], Sequence[Kernel]]:
    """Return per type what to run: as it is, and floating types by tiles, whole and cut."""
    kernel, tiled, *cuts = (
        build.load(build.files, flags=flags)
        for flags in ((), TILED, *((*QUICKLY, *cut) for cut in CUT_TILES))
    )
    kernels = dict.fromkeys(RANGES, (kernel,))
    return {**kernels, np.float32: (tiled,), np.float64: (kernel, *cuts)}


def _run(build: Build, compare: Callable[[], None]) -> str:
    """Check the plan as Python code, and the compiled text if a compiler is there; say which."""
    _ = build.in_numpy.checked
    compiler = find_compiler()
    if compiler is None:
        return NOT_COMPILED
    compare()
    return f"compiled by {compiler.version} and run on integers"


def _with_derivation(inputs: str) -> str:
    return f"{inputs}, and compares every entry with the derivation"


def _proof(inputs: Sequence[str], *, compiled: str, on_symbols: bool = True) -> tuple[str, ...]:
    """Return what the header says; it does not depend on whether a compiler is there.

    Args:
        inputs: those that the plan was run on.
        compiled: those that the compiled text is run on, and what it is compared with.
        on_symbols: whether the plan was run on symbols, else on integers.
    """
    plan = (
        "the plan that this text spells in C was spelled in Python and run on "
        f"{'SymPy symbols' if on_symbols else 'integers'} for input {', '.join(inputs)}: every "
        f"entry of every result equals {'the polynomial' if on_symbols else 'that'} of the "
        "derivation;"
    )
    run = (
        "the command above compiles this text where it finds a C compiler, runs it on integers for "
        f"{compiled}; it says whether it did."
    )
    return ("the formulas are derived for all input sizes, from one generic output;", plan, run)
