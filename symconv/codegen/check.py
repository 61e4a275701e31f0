"""Emitted code run on SymPy symbols and compared with the derivation, entry by entry.

The emitted functions only multiply and add, so on arrays of symbols they return polynomials, and
a polynomial that equals the derivation's is right for all numbers. The symbols are generators of
one polynomial ring over the integers, whose equality is polynomial identity. The shapes are chosen
such that every phase, every tap, both borders, a remainder and a single output occur.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sympy import ZZ, IndexedBase
from sympy.polys.rings import PolyElement, PolyRing

from symconv.algebra.derivation import DerivedGradients, Letters
from symconv.algebra.symbols import DY, B, W, X
from symconv.codegen.load import Kernel
from symconv.errors import VerificationError
from symconv.sizes import Shape
from symconv.spec import ConvSpec

MAX_PRODUCTS: Final = 12_000


def check_kernel(
    kernel: Kernel, derivation: DerivedGradients, *, input_shapes: Sequence[Shape]
) -> None:
    """Run all functions of a kernel on symbols and compare every entry with the derivation.

    Args:
        kernel: the emitted code, loaded.
        derivation: what it was made from.
        input_shapes: the image sizes to try.

    Raises:
        VerificationError: an entry differs, or a shape does.
    """
    for input_shape in input_shapes:
        letters = _ring_letters(derivation.spec, input_shape)
        expected = derivation.written_out(input_shape, letters=letters)
        x, w, dy = (_array(letter) for letter in (letters.x, letters.w, letters.dy))
        gradients = kernel.backward(dy, x, w)
        where = f"{kernel.name} on input {input_shape}"
        _compare(f"forward of {where}", kernel.forward(x, w, letters.b), expected.output)
        _compare(f"grad_input of {where}", gradients.input, expected.grad_input)
        _compare(f"grad_weight of {where}", gradients.weight, expected.grad_weight)
        _compare(f"grad_bias of {where}", np.asarray(gradients.bias), {(): expected.grad_bias})


def checked_shapes(derivation: DerivedGradients) -> tuple[Shape, ...]:
    """Return the input shapes that a kernel of this derivation is checked on, largest first.

    The first has as many outputs along each axis as windows can meet in one cell, and one more on
    each further axis; the second adds a remainder; the third is the smallest with an output.
    """
    spec = derivation.spec
    meeting = [max(len(phase.taps) for phase in table.phases) for table in derivation.phases.axes]
    wanted = [count + axis for axis, count in enumerate(meeting)]
    while (size := max(wanted)) > 1 and _products(spec, wanted) > MAX_PRODUCTS:
        wanted[wanted.index(size)] -= 1
    exact = _input_for(spec, wanted)
    remainder = tuple(n + max(1, t - 1) for n, t in zip(exact, spec.stride, strict=True))
    single = _input_for(spec, [1] * spec.axes)
    return tuple(dict.fromkeys((exact, remainder, single)))


def _products(spec: ConvSpec, output_shape: Sequence[int]) -> int:
    """Return how many products grad_input multiplies out for that many outputs."""
    return prod(_input_for(spec, output_shape)) * prod(spec.kernel_shape)


def _input_for(spec: ConvSpec, output_shape: Sequence[int]) -> Shape:
    """Return the smallest input with at least these outputs; padding may force more."""
    sizes = zip(output_shape, spec.stride, spec.extent, spec.padding_pairs, strict=True)
    return tuple(max(1, (out - 1) * t + e - lo - hi) for out, t, e, (lo, hi) in sizes)


def _ring_letters(spec: ConvSpec, input_shape: Shape) -> Letters:
    """Return x, w, dy and b as generators of one polynomial ring over the integers."""
    shapes = {X: input_shape, W: spec.kernel_shape, DY: spec.output_shape(input_shape)}
    places = [
        (base, index) for base, shape in shapes.items() for index in product(*map(range, shape))
    ]
    ring = PolyRing([base[index] for base, index in places] + [B], ZZ)
    named: dict[IndexedBase, dict[Shape, Any]] = {base: {} for base in shapes}
    for (base, index), generator in zip(places, ring.gens, strict=False):
        named[base][index] = generator
    return Letters(x=named[X], w=named[W], dy=named[DY], b=ring.gens[-1], add=ring.add)


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
        if not isinstance(entry, int | PolyElement) or entry != polynomial:
            raise VerificationError(
                f"{what} differs from the derivation at {index}: got {entry}, must be {polynomial}"
            )
