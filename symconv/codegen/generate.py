"""Kernels that are made and checked: what `symconv.generate` hands out."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.algebra.channels import derive_channels
from symconv.algebra.derivation import derive_gradients
from symconv.codegen.check import (
    batched_trials,
    check_batched_kernel,
    check_kernel,
    checked_shapes,
)
from symconv.codegen.emit import GeneratedFile, emit
from symconv.codegen.load import load_kernel
from symconv.codegen.request import KernelRequest
from symconv.sizes import Shape


def generate_checked(request: KernelRequest) -> tuple[GeneratedFile, tuple[Shape, ...]]:
    """Return the file of a request and the input shapes it was checked on.

    Raises:
        VerificationError: the emitted code differs from the derivation.
    """
    derivation = derive_gradients(request.spec)
    if request.layout == "batched":
        trials = batched_trials(derivation)
        file = emit(request, proof=_proof([trial.spelled for trial in trials]))
        kernel = load_kernel(request, file=file)
        check_batched_kernel(kernel, derive_channels(derivation), trials=trials)
        return file, tuple(dict.fromkeys(trial.input_shape for trial in trials))
    shapes = (request.input_shape,) if request.input_shape else checked_shapes(derivation)
    file = emit(request, proof=_proof(list(map(str, shapes))), derivation=derivation)
    check_kernel(load_kernel(request, file=file), derivation, input_shapes=shapes)
    return file, shapes


def _proof(inputs: Sequence[str]) -> tuple[str, ...]:
    return (
        "the formulas are derived for all input sizes, from one generic output;",
        f"this code was run on SymPy symbols for input {', '.join(inputs)}:",
        "every entry of every result equals the polynomial of the derivation.",
    )
