"""Emitted code run on SymPy symbols and compared with the derivation, entry by entry.

The emitted functions only multiply and add, so on arrays of symbols they return polynomials, and
a polynomial that equals the derivation's is right for all numbers. The symbols are generators of
one polynomial ring over the integers, whose equality is polynomial identity. Of many groups of
channels, which run through the same code, the entries of three are symbols, the others integers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import product
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sympy import QQ, IndexedBase, Symbol
from sympy.polys.rings import PolyElement, PolyRing

from symconv.algebra.channels import BatchedGradients
from symconv.algebra.derivation import DerivedGradients, Letters
from symconv.algebra.sparse import Polynomial, SparseRing
from symconv.algebra.symbols import B_CHANNELS, DY, B, W, X
from symconv.codegen.check.trials import Trial, checked_shapes
from symconv.codegen.kernel import Kernel
from symconv.codegen.runtime.python import retuned
from symconv.errors import VerificationError
from symconv.sizes import Shape
from symconv.spec import ConvSpec

LARGEST: Final = 9
MAX_OTHER_PRODUCTS: Final = 600
OTHER_WAYS: Final = (
    {"STRIP_BYTES": 1},
    {"STRIP": 1, "BLAS": "O"},
    {"STRIP": 1, "BLAS": "O", "BAND": 2},
    {"LONG_ROW": 1, "BLAS": "O"},
    {"FEW": 2**40},
    {"FEW": 0},
    {"FEW": 0, "STRIP": 1, "BLAS": "O"},
    {"FEW": 0, "STRIP": 1, "BLAS": "O", "MANY": 2**40},
)
OTHER_BATCHED_WAYS: Final = (
    {"ADDED": 0, "NARROW": 1, "WORKSPACE": 2**9, "SUMMED": 2**9},
    {"ADDED": 2**20, "TILE": 2**3, "SUMMED": 2, "WORKSPACE": 2**7, "CELLS_ENOUGH": 1},
)


def check_kernel(
    kernel: Kernel, derivation: DerivedGradients, *, input_shapes: Sequence[Shape]
) -> None:
    """Run all functions of a kernel on symbols and compare every entry with the derivation.

    Where the code has more than one way to sum, every way is run: a kernel that is changed to take
    the ways of long rows, of many products, of more than one strip and of BLAS's types on symbols,
    too.

    Args:
        kernel: the emitted code, loaded.
        derivation: what it was made from.
        input_shapes: the image sizes to try.

    Raises:
        VerificationError: an entry differs, or a shape does.
    """
    _check_plane(kernel, derivation, input_shapes)
    for constants in OTHER_WAYS:
        other = retuned(kernel, constants)
        if other is not None:
            _check_plane(other, derivation, checked_shapes(derivation, most=MAX_OTHER_PRODUCTS)[:2])


def _check_plane(
    kernel: Kernel, derivation: DerivedGradients, input_shapes: Sequence[Shape]
) -> None:
    for input_shape in input_shapes:
        letters = _ring_letters(derivation.spec, input_shape)
        expected = derivation.written_out(input_shape, letters=letters)
        x, w, dy = (_array(letter) for letter in (letters.x, letters.w, letters.dy))
        where = f"{kernel.name} on input {input_shape}"
        with _sums_of_products(where):
            gradients = kernel.backward(dy, x, w)
            biased, plain = kernel.forward(x, w, letters.b), kernel.forward(x, w)
        _compare(f"forward of {where}", biased, expected.output)
        unbiased = {at: entry - letters.b for at, entry in expected.output.items()}
        _compare(f"forward without bias of {where}", plain, unbiased)
        _compare(f"grad_input of {where}", gradients.input, expected.grad_input)
        _compare(f"grad_weight of {where}", gradients.weight, expected.grad_weight)
        _compare(f"grad_bias of {where}", np.asarray(gradients.bias), {(): expected.grad_bias})


def check_batched_kernel(
    kernel: Kernel,
    derivation: BatchedGradients,
    *,
    trials: Sequence[Trial],
    rational: bool = False,
) -> None:
    """Run all functions of a batched kernel on symbols and compare with the derivation.

    A kernel that has more than one way to sum is run in each: shifted products or gathered columns,
    in one block or many, of whole images or of rows.

    Args:
        kernel: the emitted code, loaded.
        derivation: what it was made from.
        trials: the sizes to try.
        rational: whether coefficients may be fractions, for code that divides.

    Raises:
        VerificationError: an entry differs, or a shape does.
    """
    _check_batches(kernel, derivation, trials, rational=rational)
    for constants in OTHER_BATCHED_WAYS:
        other = retuned(kernel, constants)
        if other is not None:
            largest = max(trials, key=lambda trial: trial.cost(derivation.plane.spec))
            _check_batches(other, derivation, [largest], rational=rational)


def _check_batches(
    kernel: Kernel, derivation: BatchedGradients, trials: Sequence[Trial], *, rational: bool
) -> None:
    for trial in trials:
        images, inputs, *sizes = trial.input_shape
        letters = _batched_letters(derivation.plane.spec, trial, rational=rational)
        expected = derivation.written_out(
            sizes, images=images, inputs=inputs, outputs=trial.outputs, letters=letters
        )
        x, w, dy, b = (_array(letter) for letter in (letters.x, letters.w, letters.dy, letters.b))
        where = f"{kernel.name} on input {trial.spelled}"
        with _sums_of_products(where):
            gradients = kernel.backward(dy, x, w)
            biased, plain = kernel.forward(x, w, b), kernel.forward(x, w)
        _compare(f"forward of {where}", biased, expected.output)
        unbiased = {at: entry - letters.b[at[1:2]] for at, entry in expected.output.items()}
        _compare(f"forward without bias of {where}", plain, unbiased)
        _compare(f"grad_input of {where}", gradients.input, expected.grad_input)
        _compare(f"grad_weight of {where}", gradients.weight, expected.grad_weight)
        _compare(f"grad_bias of {where}", gradients.bias, expected.grad_bias)


@contextmanager
def _sums_of_products(where: str) -> Iterator[None]:
    """Turn the error of an operation that polynomials do not have into one of the kernel."""
    try:
        yield
    except TypeError as err:
        raise VerificationError(f"{where} must only add and multiply: {err}") from err


def _ring_letters(spec: ConvSpec, input_shape: Shape) -> Letters:
    """Return x, w, dy and b as generators of one polynomial ring over the integers."""
    shapes = {X: input_shape, W: spec.kernel_shape, DY: spec.output_shape(input_shape)}
    named, bias, add = _generators(shapes, B)
    return Letters(x=named[X], w=named[W], dy=named[DY], b=bias, add=add)


def _batched_letters(spec: ConvSpec, trial: Trial, *, rational: bool) -> Letters:
    """Return the same for a batch, with b looked up by (o,), and integers for the other groups."""
    shapes = trial.shapes(spec)
    named, _, add = _generators(shapes, rational=rational)
    draws, symbolic = np.random.default_rng(0), trial.symbolic_groups(spec)
    for base, entries in named.items():
        axis = 1 if base in (X, DY) else 0
        per_group = shapes[base][axis] // spec.groups
        for index in entries:
            if index[axis] // per_group not in symbolic:
                entries[index] = int(draws.integers(-LARGEST, LARGEST + 1))
    return Letters(x=named[X], w=named[W], dy=named[DY], b=named[B_CHANNELS], add=add)


def _generators(
    shapes: Mapping[IndexedBase, Shape], *others: Symbol, rational: bool = False
) -> tuple[dict[IndexedBase, dict[Shape, Any]], Any, Callable[..., Any]]:
    """Return every entry of arrays of these shapes, the last generator, and the ring's sum."""
    places = [
        (base, index) for base, shape in shapes.items() for index in product(*map(range, shape))
    ]
    symbols = [*(base[index] for base, index in places), *others]
    if rational:
        dense = PolyRing(symbols, QQ)
        generators, add = dense.gens, dense.add
    else:
        sparse = SparseRing(symbols)
        generators, add = sparse.generators, sparse.add
    named: dict[IndexedBase, dict[Shape, Any]] = {base: {} for base in shapes}
    for (base, index), generator in zip(places, generators, strict=False):
        named[base][index] = generator
    return named, generators[-1], add


def _array(entries: Mapping[Shape, Any]) -> npt.NDArray[Any]:
    """Return the entries as an object array; the last index is the largest one."""
    array = np.empty(tuple(last + 1 for last in max(entries)), dtype=object)
    for index, entry in entries.items():
        array[index] = entry
    return array


def _compare(what: str, actual: npt.NDArray[Any], expected: Mapping[Shape, Any]) -> None:
    """Compare an array of polynomials with the expected ones, index by index."""
    if set(np.ndindex(actual.shape)) != set(expected):
        raise VerificationError(f"{what} has the wrong shape {actual.shape}")
    for index, polynomial in expected.items():
        entry = actual[index]
        # an entry never written is None, which a ring takes for its zero
        if not isinstance(entry, int | Polynomial | PolyElement) or entry != polynomial:
            raise VerificationError(
                f"{what} differs from the derivation at {index}: got {entry}, must be {polynomial}"
            )
