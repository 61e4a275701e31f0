"""Kernels that are made and checked: what `symconv.generate` hands out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from symconv.algebra.bilinear import fast_tiles
from symconv.algebra.channels import derive_channels
from symconv.algebra.derivation import DerivedGradients, derive_gradients
from symconv.codegen.c.batched import CUT_SMALL
from symconv.codegen.c.winograd import CUT_TILES, TILED
from symconv.codegen.check.compiled import (
    RANGES,
    check_compiled,
    check_compiled_batches,
    compiled_trials,
)
from symconv.codegen.check.fixed import check_fixed
from symconv.codegen.check.trials import Trial
from symconv.codegen.check.winograd import tile_trials
from symconv.codegen.emit import GeneratedFile, emit_files
from symconv.codegen.generate_numpy import generate_checked
from symconv.codegen.load import Kernel, load_kernel
from symconv.codegen.request import DEFAULT_TARGET, FixedShapes, KernelRequest
from symconv.codegen.runtime.compiler import find_compiler
from symconv.sizes import Shape

QUICKLY: Final = ("-O1",)  # compiled in a third of the time; the text is the same
NOT_COMPILED: Final = "not compiled, for there is no C compiler; as Python code"


@dataclass(frozen=True)
class Checked:
    """The files of a kernel, and how they were checked.

    Attributes:
        files: what was made.
        input_shapes: the input shapes it was checked on.
        how: what was done on them, in words.
    """

    files: tuple[GeneratedFile, ...]
    input_shapes: tuple[Shape, ...]
    how: str


def generate_files(request: KernelRequest) -> Checked:
    """Return the files of a request, checked.

    A C kernel is checked as its plan spelled in Python, on symbols, and by itself, compiled, on
    integers, if a compiler is there. Its text is the same either way.

    Raises:
        VerificationError: the emitted code differs from the derivation.
        ToolError: the compiler fails.
    """
    if request.target != "c":
        file, shapes = generate_checked(request)
        return Checked((file,), shapes, "run on SymPy symbols")
    if request.shapes is not None:
        return _generate_fixed(request, request.shapes)
    derivation = derive_gradients(request.spec)
    _, shapes = generate_checked(replace(request, target=DEFAULT_TARGET))
    trials = compiled_trials(derivation) if request.layout == "batched" else ()
    trials = (*(tile_trials(derivation, request.tile) if request.tile else ()), *trials)
    tried = [trial.spelled for trial in trials]
    proof = _proof(
        tried[:-1] or list(map(str, shapes)),
        compiled=f"{' and '.join(['the same inputs', *tried[-1:]])}, and compares every entry "
        "with the derivation",
    )
    files = emit_files(request, proof=proof, derivation=derivation)
    compiler = find_compiler()
    if compiler is None:
        return Checked(files, shapes, NOT_COMPILED)
    if trials:
        check_batches(request, files, derivation, trials=trials)
    else:
        check_compiled(load_kernel(request, files=files), derivation, input_shapes=shapes)
    return Checked(files, shapes, f"compiled by {compiler.version} and run on integers")


def _generate_fixed(request: KernelRequest, fixed: FixedShapes) -> Checked:
    """Return the files of a C kernel for one input, compared with the NumPy kernel there."""
    plain = replace(
        request, target=DEFAULT_TARGET, unroll="taps", input_shape=None, out_channels=None
    )
    file, shapes = generate_checked(plain)
    files = emit_files(
        request,
        proof=_proof(
            list(map(str, shapes)),
            compiled=f"input {fixed.input}, and compares every entry with that Python code",
        ),
    )
    compiler = find_compiler()
    if compiler is None:
        return Checked(files, (fixed.input,), NOT_COMPILED)
    known = load_kernel(plain, file=file)
    check_fixed(load_kernel(request, files=files), known, fixed)
    return Checked(files, (fixed.input,), f"compiled by {compiler.version} and run on integers")


def check_batches(
    request: KernelRequest,
    files: Sequence[GeneratedFile],
    derivation: DerivedGradients,
    *,
    trials: Sequence[Trial],
) -> None:
    """Compare a compiled batched kernel with the derivation, as it is and cut into small parts.

    Trials are so small that a kernel by tiles sums them directly: as it is, and by tiles when told.

    Raises:
        VerificationError: the compiled code differs from the derivation.
        ToolError: there is no compiler, or it fails.
    """
    kernel = load_kernel(request, files=files)
    kernels: dict[type[Any], tuple[Kernel, ...]] = dict.fromkeys(RANGES, (kernel,))
    if request.tile:
        tiled, *cuts = (
            load_kernel(request, files=files, flags=flags)
            for flags in (TILED, *((*QUICKLY, *cut) for cut in CUT_TILES))
        )
        kernels |= {np.float32: (tiled,), np.float64: (kernel, *cuts)}
    else:
        kernels[np.int64] = (kernel, load_kernel(request, files=files, flags=CUT_SMALL))
    rounding = fast_tiles(derivation, request.tile).rounding if request.tile else None
    check_compiled_batches(kernels, derive_channels(derivation), trials=trials, rounding=rounding)


def _proof(inputs: Sequence[str], *, compiled: str) -> tuple[str, ...]:
    """Return what the header says; it does not depend on whether a compiler is there.

    Args:
        inputs: those that the plan was run on.
        compiled: those that the compiled text is run on, and what it is compared with.
    """
    plan = (
        "the plan that this text spells in C was spelled in Python and run on SymPy symbols for "
        f"input {', '.join(inputs)}: every entry of every result equals the polynomial of the "
        "derivation;"
    )
    run = (
        "the command above compiles this text where it finds a C compiler, runs it on integers for "
        f"{compiled}; it says whether it did."
    )
    return ("the formulas are derived for all input sizes, from one generic output;", plan, run)
