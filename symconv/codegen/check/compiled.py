"""Code run on integers and compared with the derivation, entry by entry, exactly.

Compiled code takes no symbols, and plane kernels of many taps are too slow on them. Their results
are compared with the derivation's sums of the same numbers: integers over their whole range, where
both sides wrap around, and for float and double integers so small that no sum rounds; those that go
through fast tiles may differ by the bound of their rounding. A sum of products with a wrong entry
or coefficient differs from the right one at all but a few of 2**32 draws, or 2**64.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from symconv.algebra.channels import BatchedGradients
from symconv.algebra.derivation import DerivedGradients
from symconv.algebra.entries import Letters
from symconv.algebra.rounding import Rounding
from symconv.codegen.check.trials import (
    MAX_BATCHED_PRODUCTS,
    MAX_COST,
    Trial,
    batched_trials,
    checked_shapes,
    input_for,
)
from symconv.codegen.kernel import Kernel
from symconv.errors import VerificationError
from symconv.sizes import Shape

SMALL: Final = 64
LONG_ROW: Final = 37
RANGES: Final[Mapping[type[Any], tuple[int, int]]] = {
    np.int32: (-(2**31), 2**31),
    np.int64: (-(2**63), 2**63),
    np.float32: (-SMALL, SMALL),
    np.float64: (-SMALL, SMALL),
}


def check_numbers(
    kernel: Kernel, derivation: DerivedGradients, *, input_shapes: Sequence[Shape]
) -> None:
    """Run all functions of a plane kernel in every type and compare with the derivation.

    Args:
        kernel: the emitted code, loaded.
        derivation: what it was made from.
        input_shapes: the image sizes to try.

    Raises:
        VerificationError: an entry differs, or a shape does.
    """
    spec = derivation.spec
    for dtype, (low, high) in RANGES.items():
        draws = np.random.default_rng(0)
        for input_shape in input_shapes:
            x, w, dy = (
                draws.integers(low, high, shape, np.int64).astype(dtype)
                for shape in (input_shape, spec.kernel_shape, spec.output_shape(input_shape))
            )
            letters = Letters(x=_Entries(x), w=_Entries(w), dy=_Entries(dy), b=7, add=_add)
            expected = derivation.written_out(input_shape, letters=letters)
            gradients = kernel.backward(dy, x, w)
            where = f"{kernel.name} in {np.dtype(dtype)} on input {input_shape}"
            _compare(f"forward of {where}", kernel.forward(x, w, dtype(7)), expected.output)
            _compare(f"grad_input of {where}", gradients.input, expected.grad_input)
            _compare(f"grad_weight of {where}", gradients.weight, expected.grad_weight)
            _compare(f"grad_bias of {where}", gradients.bias, {(): expected.grad_bias})


def check_compiled_batches(
    kernels: Mapping[type[Any], Sequence[Kernel]],
    derivation: BatchedGradients,
    *,
    trials: Sequence[Trial],
    rounding: Rounding | None = None,
) -> None:
    """Run all functions of a compiled batched kernel and compare with the derivation.

    Args:
        kernels: per type what to run: the emitted code, cut in one way or another.
        derivation: what it was made from.
        trials: the sizes to try.
        rounding: that of the tiles that floating types go through; None for direct sums.

    Raises:
        VerificationError: an entry differs, or a shape does.
    """
    spec = derivation.plane.spec
    for (dtype, cuts), trial in product(kernels.items(), trials):
        draws, (low, high) = np.random.default_rng(0), RANGES[dtype]
        x, w, dy, b = (
            draws.integers(low, high, shape, np.int64).astype(dtype)
            for shape in trial.shapes(spec).values()
        )
        images, inputs, *sizes = trial.input_shape
        expected = derivation.written_out(
            sizes,
            images=images,
            inputs=inputs,
            outputs=trial.outputs,
            letters=Letters(x=_Entries(x), w=_Entries(w), dy=_Entries(dy), b=_Entries(b), add=_add),
        )
        for kernel in cuts:
            gradients = kernel.backward(dy, x, w)
            where = f"{kernel.name} in {np.dtype(dtype)} on input {trial.spelled}"
            y = kernel.forward(x, w, b)
            _compare(f"forward of {where}", y, expected.output, _error(rounding, w[0]))
            error = _error(rounding, w[:, 0])
            _compare(f"grad_input of {where}", gradients.input, expected.grad_input, error)
            error = _error(rounding, dy[:, 0])
            _compare(f"grad_weight of {where}", gradients.weight, expected.grad_weight, error)
            _compare(f"grad_bias of {where}", gradients.bias, expected.grad_bias)


def _error(rounding: Rounding | None, summed: npt.NDArray[Any]) -> Fraction:
    """Return how far a result may lie from the exact one that sums over an array of that size.

    One more rounding is that of the bias.
    """
    if rounding is None or summed.dtype.kind != "f":
        return Fraction(0)
    return rounding.bound(str(summed.dtype), summands=summed.size + 1) * (
        SMALL**2 * summed.size + 1
    )


def compiled_trials(derivation: DerivedGradients) -> tuple[Trial, ...]:
    """Return the batches that a compiled kernel is tried on.

    They are those of the NumPy kernel; one with more channels than a tile has rows, and with
    more cells than it has columns where the image is not too large; and one with few channels
    whose rows are several vectors.
    """
    spec = derivation.spec
    shapes = checked_shapes(derivation, most=MAX_BATCHED_PRODUCTS)
    wide = Trial((2, 5 * spec.groups, *shapes[min(1, len(shapes) - 1)]), 7 * spec.groups)
    windows = [*([2] * (spec.axes - 1)), LONG_ROW]
    long = Trial((1, spec.groups, *input_for(spec, windows)), 2 * spec.groups)
    return (
        *batched_trials(derivation),
        wide,
        *([long] if long.cost(spec) * spec.groups <= MAX_COST else []),
    )


class _Entries:
    """An array looked up by index, its entries Python integers."""

    def __init__(self, array: npt.NDArray[Any]) -> None:
        self._array = array

    def __getitem__(self, index: Shape) -> int:
        return int(self._array[index])


def _add(*numbers: int) -> int:
    return sum(numbers)


def _compare(
    what: str,
    actual: npt.NDArray[Any],
    expected: Mapping[Shape, int],
    error: Fraction = Fraction(0),
) -> None:
    """Compare an array with integers, modulo what its type holds, or up to an error."""
    array = np.asarray(actual)
    modulus = 2 ** (8 * array.dtype.itemsize) if array.dtype.kind == "i" else 2**200
    if set(np.ndindex(array.shape)) != set(expected):
        raise VerificationError(f"{what} has the wrong shape {array.shape}")
    for index, number in expected.items():
        entry = array[index]
        if error:
            wrong = not np.isfinite(entry) or abs(Fraction(float(entry)) - number) > error
        else:
            wrong = bool((int(entry) - number) % modulus)
        if wrong:
            raise VerificationError(
                f"{what} differs from the derivation at {index}: got {entry}, must be {number}"
            )
