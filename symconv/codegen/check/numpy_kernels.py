"""How NumPy kernels are checked, as far as their sizes allow, and what their headers say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import prod
from operator import add
from typing import Final

from sympy import IndexedBase

from symconv.algebra.entries import MAX_ENTRIES
from symconv.algebra.symbols import B_CHANNELS, DY, W, X
from symconv.codegen.build import Build, Check
from symconv.codegen.check.compiled import check_numbers
from symconv.codegen.check.padding import check_much_padding, less_padded
from symconv.codegen.check.same_code import same_but_for_groups
from symconv.codegen.check.symbols import OTHER_WAYS, check_batched_kernel, check_kernel
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
from symconv.codegen.runtime.python import retuned
from symconv.errors import SpecError, VerificationError
from symconv.sizes import Shape

PATIENCE: Final = 10  # times as many products as usual, if it must be
MANY_TAPS: Final = 256  # of a plane, from which on symbols take long
DERIVED: Final = "the formulas are derived for all input sizes, from one generic output;"
EQUAL: Final = "every entry of every result equals the polynomial of the derivation."
EQUAL_NUMBERS: Final = "every entry of every result equals that of the derivation."
ON_SYMBOLS: Final = "run on SymPy symbols"
ON_INTEGERS: Final = "run on integers"


def check_of_plane(build: Build) -> Check:
    """Return how a kernel of planes of any size is checked.

    Raises:
        SpecError: no input is small enough to check it on.
    """
    spec, many = build.request.spec, too_many_for_symbols(build)
    if (not many or less_padded(spec) != spec) and _is_much_padded(build):
        shape = _every_phase(build)
        output = spec.output_shape(shape)
        shapes = {X: shape, W: spec.kernel_shape, DY: output, B_CHANNELS: ()}
        return _beside_less_padding(build, shapes)
    if many:
        return _on_integers(build)
    return _on_planes(build, checked_shapes(build.derivation))


def too_many_for_symbols(build: Build) -> bool:
    """Return whether a kernel of planes has so many taps that it is checked on integers."""
    return len(build.derivation.taps) > MANY_TAPS


def check_of_element(build: Build) -> Check:
    """Return how the kernel of one small plane is checked: on that one."""
    return _on_planes(build, (build.request.one_input.input,))


def check_of_batches(build: Build) -> Check:
    """Return how a kernel of batches is checked, summed directly and by tiles.

    Raises:
        SpecError: no input is small enough to check it on.
    """
    if _is_much_padded(build):
        spec = build.request.spec
        trial = Trial((1, spec.groups, *_every_phase(build)), spec.groups)
        return _beside_less_padding(build, trial.shapes(spec))
    if build.request.spec.groups > SYMBOLIC_GROUPS:
        return _of_many_groups(build)
    trials, tiled = batched_trials(build.derivation), _tile_trials(build)
    tried = [trial.spelled for trial in (*trials, *tiled)]
    return Check(_proof(tried), _shapes(trials), partial(_run_batches, build, trials, tiled))


def _is_much_padded(build: Build) -> bool:
    """Return whether only a kernel with less padding has an input that is small enough.

    Raises:
        SpecError: that one has none either.
    """
    spec, products = build.request.spec, least_products(build.derivation)
    if products <= MAX_COST:
        return False
    if less_padded(spec) != spec:
        return True
    if products > PATIENCE * MAX_COST:
        raise SpecError(
            f"the smallest input must make at most {PATIENCE * MAX_COST} products for a kernel "
            f"to be checked on symbols, got {products} for {spec!r}"
        )
    return False


def _on_planes(build: Build, shapes: tuple[Shape, ...]) -> Check:
    def run() -> str:
        check_kernel(build.load(build.files), build.derivation, input_shapes=shapes)
        return ON_SYMBOLS

    return Check(_proof(list(map(str, shapes))), shapes, run)


def _on_integers(build: Build) -> Check:
    """Return how a kernel of many taps is checked: on integers, in every way that it sums."""
    tried_shapes = checked_shapes(build.derivation, most=MAX_COST)
    shapes = tuple(shape for shape in tried_shapes if prod(shape) <= MAX_ENTRIES)

    def run() -> str:
        kernel = build.load(build.files)
        check_numbers(kernel, build.derivation, input_shapes=shapes)
        for constants in OTHER_WAYS:
            other = retuned(
                kernel, {**constants, "BLAS": "fd"} if "BLAS" in constants else constants
            )
            if other is not None:
                check_numbers(other, build.derivation, input_shapes=shapes[:1])
        return ON_INTEGERS

    tried = (
        "too many taps for symbols: this code was run on integers of 32 and 64 bits for input "
        f"{', '.join(map(str, shapes))}:"
    )
    return Check((DERIVED, tried, EQUAL_NUMBERS), shapes, run)


def _run_batches(build: Build, trials: Sequence[Trial], tiled: Sequence[Trial] = ()) -> str:
    """Compare a batched kernel with the derivation, and its tiles by themselves."""
    channels = build.plans.channels
    check_batched_kernel(build.load(build.files), channels, trials=trials)
    if tiled:
        check_tiles(build.load(build.files), channels, trials=tiled)
    return ON_SYMBOLS


def _of_many_groups(build: Build) -> Check:
    """Return how a kernel of many groups is checked: with a few, and with all on one small batch.

    Raises:
        VerificationError: the code is not the same for every number of groups.
    """
    request, groups = build.request, build.request.spec.groups
    few = build.other(replace(request, spec=replace(request.spec, groups=SYMBOLIC_GROUPS)))
    trials = batched_trials(few.derivation)
    all_groups = Trial((1, groups, *smallest_input(build.derivation)), groups)
    few_and_all = (
        f"this code with {SYMBOLIC_GROUPS} in place of {groups} groups, else the same, was run on "
        f"SymPy symbols for input {', '.join(trial.spelled for trial in trials)}; with {groups} "
        f"groups for input {all_groups.spelled}, on symbols in {SYMBOLIC_GROUPS} of the groups and "
        "on integers in the others:"
    )

    def run() -> str:
        (file,), (other,) = build.files, few.files
        if not same_but_for_groups(file.text, other.text):
            raise VerificationError(f"{file.path} must be the same code for every number of groups")
        _run_batches(few, trials, _tile_trials(few))
        return _run_batches(build, [all_groups])

    return Check((DERIVED, few_and_all, EQUAL), _shapes([*trials, all_groups]), run)


def _every_phase(build: Build) -> Shape:
    """Return the sizes of an image in which every phase and every tap occurs."""
    spec = build.request.spec
    return tuple(map(add, spec.extent, spec.stride))


def _beside_less_padding(build: Build, shapes: Mapping[IndexedBase, Shape]) -> Check:
    """Return how a kernel with much padding is checked: beside one with less, on integers.

    Args:
        build: the kernel.
        shapes: those of x, w, dy and b that both are run on.
    """
    request, spec, given = build.request, build.request.spec, shapes[X]
    less = build.other(replace(request, spec=less_padded(spec)))
    beside = (
        f"too much padding for symbols: this code was run on integers for input {given}, and "
        f"every entry of every result equals that of the kernel with padding "
        f"{less.request.spec.padding_pairs}; that one was run on SymPy symbols for input "
        f"{', '.join(map(str, less.check.input_shapes))}:"
    )

    def run() -> str:
        _ = less.checked
        known = less.load(less.files)
        check_much_padding(build.load(build.files), spec, less=known, shapes=shapes)
        return ON_SYMBOLS

    return Check((DERIVED, beside, EQUAL), (given,), run)


def _tile_trials(build: Build) -> tuple[Trial, ...]:
    """Return the sizes that tiles are checked on; none without tiles."""
    tile = build.request.tile
    return tile_trials(build.derivation, tile) if tile else ()


def _shapes(trials: Sequence[Trial]) -> tuple[Shape, ...]:
    return tuple(dict.fromkeys(trial.input_shape for trial in trials))


def _proof(inputs: Sequence[str]) -> tuple[str, ...]:
    return (DERIVED, f"this code was run on SymPy symbols for input {', '.join(inputs)}:", EQUAL)
