"""Kernels that are made and checked: what `symconv.generate` hands out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from symconv.algebra.derivation import derive_gradients
from symconv.codegen.check_compiled import check_compiled
from symconv.codegen.check_fixed import check_fixed
from symconv.codegen.compiler import find_compiler
from symconv.codegen.emit import GeneratedFile, emit_files
from symconv.codegen.generate_numpy import generate_checked
from symconv.codegen.load import load_kernel
from symconv.codegen.request import DEFAULT_TARGET, FixedShapes, KernelRequest
from symconv.sizes import Shape

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
    proof = _c_proof(list(map(str, shapes)))
    files = emit_files(request, proof=proof, derivation=derivation)
    compiler = find_compiler()
    if compiler is None:
        return Checked(files, shapes, NOT_COMPILED)
    check_compiled(load_kernel(request, files=files), derivation, input_shapes=shapes)
    return Checked(files, shapes, f"compiled by {compiler.version} and run on integers")


def _generate_fixed(request: KernelRequest, fixed: FixedShapes) -> Checked:
    """Return the files of a C kernel for one input, compared with the NumPy kernel there."""
    plain = replace(request, target=DEFAULT_TARGET, unroll="taps", input_shape=None)
    file, shapes = generate_checked(replace(plain, out_channels=None))
    files = emit_files(request, proof=_fixed_proof(list(map(str, shapes)), fixed.input))
    compiler = find_compiler()
    if compiler is None:
        return Checked(files, (fixed.input,), NOT_COMPILED)
    known = load_kernel(replace(plain, out_channels=None), file=file)
    check_fixed(load_kernel(request, files=files), known, fixed)
    return Checked(files, (fixed.input,), f"compiled by {compiler.version} and run on integers")


def _c_proof(inputs: Sequence[str]) -> tuple[str, ...]:
    """Return what the header says; it does not depend on whether a compiler is there."""
    plan = (
        "the plan that this text spells in C was spelled in Python and run on SymPy symbols for "
        f"input {', '.join(inputs)}: every entry of every result equals the polynomial of the "
        "derivation;"
    )
    compiled = (
        "the command above compiles this text where it finds a C compiler, runs it on integers for "
        "the same inputs, and compares every entry with the derivation; it says whether it did."
    )
    formulas = "the formulas are derived for all input sizes, from one generic output;"
    return (formulas, plan, compiled)


def _fixed_proof(inputs: Sequence[str], fixed: Shape) -> tuple[str, ...]:
    """Return what the header of a kernel for one input says."""
    plan = (
        "the plan that this text spells in C was spelled in Python and run on SymPy symbols for "
        f"input {', '.join(inputs)}: every entry of every result equals the polynomial of the "
        "derivation;"
    )
    compiled = (
        "the command above compiles this text where it finds a C compiler, runs it on integers for "
        f"input {fixed}, and compares every entry with that Python code; it says whether it did."
    )
    return (
        "the formulas are derived for all input sizes, from one generic output;",
        plan,
        compiled,
    )
