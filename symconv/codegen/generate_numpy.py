"""NumPy kernels that are made and checked, as far as their sizes allow, and say how far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import add
from typing import Final

from symconv.algebra.channels import derive_channels
from symconv.algebra.derivation import DerivedGradients, derive_gradients
from symconv.algebra.symbols import B_CHANNELS, DY, W, X
from symconv.codegen.check.padding import check_much_padding, less_padded
from symconv.codegen.check.same_code import same_but_for_groups
from symconv.codegen.check.symbols import check_batched_kernel, check_kernel
from symconv.codegen.check.trials import (
    MAX_COST,
    SYMBOLIC_GROUPS,
    Trial,
    batched_trials,
    checked_shapes,
    least_products,
    smallest_input,
)
from symconv.codegen.check.winograd import check_tiles, tile_trials
from symconv.codegen.emit import GeneratedFile, emit
from symconv.codegen.load import load_kernel
from symconv.codegen.request import KernelRequest
from symconv.errors import SpecError, VerificationError
from symconv.sizes import Shape

PATIENCE: Final = 10  # times as many products as usual, if it must be
DERIVED: Final = "the formulas are derived for all input sizes, from one generic output;"
EQUAL: Final = "every entry of every result equals the polynomial of the derivation."


def generate_checked(request: KernelRequest) -> tuple[GeneratedFile, tuple[Shape, ...]]:
    """Return the file of a NumPy request and the input shapes it was checked on.

    Raises:
        VerificationError: the emitted code differs from the derivation.
        SpecError: no input is small enough to check it on.
    """
    derivation = derive_gradients(request.spec)
    products = least_products(derivation)
    if request.input_shape is None and products > MAX_COST:
        if less_padded(request.spec) != request.spec:
            return _much_padded(request, derivation)
        if products > PATIENCE * MAX_COST:
            raise SpecError(
                f"the smallest input must make at most {PATIENCE * MAX_COST} products for a kernel "
                f"to be checked on symbols, got {products} for {request.spec!r}"
            )
    if request.layout == "plane":
        shapes = (request.input_shape,) if request.input_shape else checked_shapes(derivation)
        file = emit(request, proof=_proof(list(map(str, shapes))), derivation=derivation)
        check_kernel(load_kernel(request, file=file), derivation, input_shapes=shapes)
        return file, shapes
    if request.spec.groups > SYMBOLIC_GROUPS:
        return _many_groups(request, derivation)
    trials = batched_trials(derivation)
    tiled = tile_trials(derivation, request.tile) if request.tile else ()
    tried = [trial.spelled for trial in (*trials, *tiled)]
    file = emit(request, proof=_proof(tried), derivation=derivation)
    _check_batched(request, file, derivation, trials, tiled)
    return file, _shapes(trials)


def _check_batched(
    request: KernelRequest,
    file: GeneratedFile,
    derivation: DerivedGradients,
    trials: Sequence[Trial],
    tiled: Sequence[Trial] = (),
) -> None:
    kernel, channels = load_kernel(request, file=file), derive_channels(derivation)
    check_batched_kernel(kernel, channels, trials=trials)
    if tiled:
        check_tiles(request, channels, file=file, trials=tiled)


def _many_groups(
    request: KernelRequest, derivation: DerivedGradients
) -> tuple[GeneratedFile, tuple[Shape, ...]]:
    """Return a kernel of many groups: checked with a few, and with all on one small batch."""
    groups = request.spec.groups
    few = replace(request, spec=replace(request.spec, groups=SYMBOLIC_GROUPS))
    its = derive_gradients(few.spec)
    trials = batched_trials(its)
    all_groups = Trial((1, groups, *smallest_input(derivation)), groups)
    few_and_all = (
        f"this code with {SYMBOLIC_GROUPS} in place of {groups} groups, else the same, was run on "
        f"SymPy symbols for input {', '.join(trial.spelled for trial in trials)}; with {groups} "
        f"groups for input {all_groups.spelled}, on symbols in {SYMBOLIC_GROUPS} of the groups and "
        "on integers in the others:"
    )
    proof = (DERIVED, few_and_all, EQUAL)
    file, other = emit(request, proof=proof, derivation=derivation), emit(few, derivation=its)
    if not same_but_for_groups(file.text, other.text):
        raise VerificationError(f"{file.path} must be the same code for every number of groups")
    tiled = tile_trials(its, few.tile) if few.tile else ()
    _check_batched(few, other, its, trials, tiled)
    _check_batched(request, file, derivation, [all_groups])
    return file, _shapes([*trials, all_groups])


def _much_padded(
    request: KernelRequest, derivation: DerivedGradients
) -> tuple[GeneratedFile, tuple[Shape, ...]]:
    """Return a kernel with much padding, checked beside one with less."""
    spec = request.spec
    less = replace(request, spec=less_padded(spec))
    less_file, shapes = generate_checked(less)
    shape = tuple(map(add, spec.extent, spec.stride))  # every phase and every tap
    if request.layout == "plane":
        given, sizes = shape, {X: shape, W: spec.kernel_shape, B_CHANNELS: ()}
        sizes[DY] = spec.output_shape(shape)
    else:
        given = (1, spec.groups, *shape)
        sizes = Trial(given, spec.groups).shapes(spec)
    beside = (
        f"too much padding for symbols: this code was run on integers for input {given}, and "
        f"every entry of every result equals that of the kernel with padding "
        f"{less.spec.padding_pairs}; that one was run on SymPy symbols for input "
        f"{', '.join(map(str, shapes))}:"
    )
    proof = (DERIVED, beside, EQUAL)
    file = emit(request, proof=proof, derivation=derivation)
    its = load_kernel(less, file=less_file)
    check_much_padding(load_kernel(request, file=file), spec, less=its, shapes=sizes)
    return file, (given,)


def _shapes(trials: Sequence[Trial]) -> tuple[Shape, ...]:
    return tuple(dict.fromkeys(trial.input_shape for trial in trials))


def _proof(inputs: Sequence[str]) -> tuple[str, ...]:
    return (DERIVED, f"this code was run on SymPy symbols for input {', '.join(inputs)}:", EQUAL)
