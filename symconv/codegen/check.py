"""Emitted code run on SymPy symbols and compared with the derivation, entry by entry.

The emitted functions only multiply and add, so on arrays of symbols they return polynomials, and
a polynomial that equals the derivation's is right for all numbers. The symbols are generators of
one polynomial ring over the integers, whose equality is polynomial identity. The shapes are chosen
such that every phase, every tap, both borders, a remainder and a single output occur.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sympy import ZZ, IndexedBase, Symbol
from sympy.polys.domains.domain import Domain
from sympy.polys.rings import PolyRing

from symconv.algebra.channels import BatchedGradients
from symconv.algebra.derivation import DerivedGradients, Letters
from symconv.algebra.symbols import B_CHANNELS, DY, B, W, X
from symconv.codegen.load import Kernel
from symconv.errors import VerificationError
from symconv.sizes import Shape
from symconv.spec import ConvSpec

MAX_PRODUCTS: Final = 12_000
MAX_BATCHED_PRODUCTS: Final = 600
MAX_COST: Final = 1_500_000
CHANNELS_TRIED: Final = ((1, 1, 1), (1, 1, 4), (1, 4, 1), (2, 2, 3), (2, 1, 1))  # images, per group


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
        unbiased = {at: entry - letters.b for at, entry in expected.output.items()}
        _compare(f"forward without bias of {where}", kernel.forward(x, w), unbiased)
        _compare(f"grad_input of {where}", gradients.input, expected.grad_input)
        _compare(f"grad_weight of {where}", gradients.weight, expected.grad_weight)
        _compare(f"grad_bias of {where}", np.asarray(gradients.bias), {(): expected.grad_bias})


@dataclass(frozen=True)
class Trial:
    """The sizes of one batch that a kernel is run on.

    Attributes:
        input_shape: (N, C, *in).
        outputs: O, the number of output channels.
    """

    input_shape: Shape
    outputs: int

    @property
    def spelled(self) -> str:
        """The sizes in words: "(1, 2, 5, 5) to 3 channels"."""
        return f"{self.input_shape} to {self.outputs} channels"

    def shapes(self, spec: ConvSpec) -> dict[IndexedBase, Shape]:
        """Return the shapes of x, w, dy and b."""
        images, inputs, *sizes = self.input_shape
        first, second = (inputs, self.outputs) if spec.transposed else (self.outputs, inputs)
        return {
            X: self.input_shape,
            W: (first, second // spec.groups, *spec.kernel_shape),
            DY: (images, self.outputs, *spec.output_shape(sizes)),
            B_CHANNELS: (self.outputs,),
        }

    def cost(self, spec: ConvSpec) -> int:
        """Return the number of products of one function times the number of symbols."""
        shapes = self.shapes(spec)
        windows = prod(shapes[X] if spec.transposed else shapes[DY])
        return windows * prod(shapes[W][1:]) * sum(prod(shapes[base]) for base in (X, W, DY))


def check_batched_kernel(
    kernel: Kernel,
    derivation: BatchedGradients,
    *,
    trials: Sequence[Trial],
    domain: Domain[Any] = ZZ,
) -> None:
    """Run all functions of a batched kernel on symbols and compare with the derivation.

    Args:
        kernel: the emitted code, loaded.
        derivation: what it was made from.
        trials: the sizes to try.
        domain: of the coefficients; QQ for code that divides.

    Raises:
        VerificationError: an entry differs, or a shape does.
    """
    for trial in trials:
        images, inputs, *sizes = trial.input_shape
        letters = _batched_letters(derivation.plane.spec, trial, domain)
        expected = derivation.written_out(
            sizes, images=images, inputs=inputs, outputs=trial.outputs, letters=letters
        )
        x, w, dy, b = (_array(letter) for letter in (letters.x, letters.w, letters.dy, letters.b))
        gradients = kernel.backward(dy, x, w)
        where = f"{kernel.name} on input {trial.spelled}"
        _compare(f"forward of {where}", kernel.forward(x, w, b), expected.output)
        unbiased = {at: entry - letters.b[at[1:2]] for at, entry in expected.output.items()}
        _compare(f"forward without bias of {where}", kernel.forward(x, w), unbiased)
        _compare(f"grad_input of {where}", gradients.input, expected.grad_input)
        _compare(f"grad_weight of {where}", gradients.weight, expected.grad_weight)
        _compare(f"grad_bias of {where}", gradients.bias, expected.grad_bias)


def batched_trials(derivation: DerivedGradients) -> tuple[Trial, ...]:
    """Return the sizes that a batched kernel of this derivation is checked on.

    Between them the numbers of channels in a group reach every way the code has to sum: many to
    one, one to many, one to one, and several each; more than one image, and a remainder.
    """
    spec, groups = derivation.spec, derivation.spec.groups
    shapes = checked_shapes(derivation, most=MAX_BATCHED_PRODUCTS)
    largest_first = sorted(shapes, key=prod, reverse=True)
    trials = []
    for images, inputs, outputs in CHANNELS_TRIED:
        sizes = [
            Trial((images, inputs * groups, *shape), outputs * groups)
            for shape in (largest_first if images > 1 else shapes)
        ]
        trials += [trial for trial in sizes if trial.cost(spec) <= MAX_COST][:1]
    return tuple(trials) or (Trial((1, groups, *shapes[-1]), groups),)


def checked_shapes(derivation: DerivedGradients, *, most: int = MAX_PRODUCTS) -> tuple[Shape, ...]:
    """Return the input shapes that a kernel of this derivation is checked on, largest first.

    The first has as many windows along each axis as can meet in one cell, and one more on each
    further axis; the second adds a remainder, to a transposed input one more cell; the third is
    the smallest with an output.
    """
    spec = derivation.spec
    meeting = [max(len(phase.taps) for phase in table.phases) for table in derivation.phases.axes]
    wanted = [count + axis for axis, count in enumerate(meeting)]
    while (size := max(wanted)) > 1 and _products(spec, wanted) > most:
        wanted[wanted.index(size)] -= 1
    exact = input_for(spec, wanted)
    steps = [1] * spec.axes if spec.transposed else spec.stride
    longer = tuple(n + max(1, t - 1) for n, t in zip(exact, steps, strict=True))
    single = input_for(spec, [1] * spec.axes)
    return tuple(dict.fromkeys((exact, longer, single)))


def _products(spec: ConvSpec, windows: Sequence[int]) -> int:
    """Return how many products grad_input multiplies out for that many windows."""
    return prod(input_for(spec, windows)) * prod(spec.kernel_shape)


def input_for(spec: ConvSpec, windows: Sequence[int]) -> Shape:
    """Return the smallest input with at least these windows; padding may force more."""
    least = [max(1, axis.least_input) for axis in spec.concrete_axes()]
    if spec.transposed:
        return tuple(map(max, least, windows))
    sizes = zip(least, windows, spec.stride, spec.extent, spec.padding_pairs, strict=True)
    return tuple(max(n, (out - 1) * t + e - lo - hi) for n, out, t, e, (lo, hi) in sizes)


def _ring_letters(spec: ConvSpec, input_shape: Shape) -> Letters:
    """Return x, w, dy and b as generators of one polynomial ring over the integers."""
    shapes = {X: input_shape, W: spec.kernel_shape, DY: spec.output_shape(input_shape)}
    named, bias, add = _generators(shapes, B)
    return Letters(x=named[X], w=named[W], dy=named[DY], b=bias, add=add)


def _batched_letters(spec: ConvSpec, trial: Trial, domain: Domain[Any]) -> Letters:
    """Return the same for a batch, with b looked up by (o,)."""
    named, _, add = _generators(trial.shapes(spec), domain=domain)
    return Letters(x=named[X], w=named[W], dy=named[DY], b=named[B_CHANNELS], add=add)


def _generators(
    shapes: Mapping[IndexedBase, Shape], *others: Symbol, domain: Domain[Any] = ZZ
) -> tuple[dict[IndexedBase, dict[Shape, Any]], Any, Callable[..., Any]]:
    """Return every entry of arrays of these shapes, the last generator, and the ring's sum."""
    places = [
        (base, index) for base, shape in shapes.items() for index in product(*map(range, shape))
    ]
    ring = PolyRing([base[index] for base, index in places] + list(others), domain)
    named: dict[IndexedBase, dict[Shape, Any]] = {base: {} for base in shapes}
    for (base, index), generator in zip(places, ring.gens, strict=False):
        named[base][index] = generator
    return named, ring.gens[-1], ring.add


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
        if entry is None or polynomial != entry:
            raise VerificationError(
                f"{what} differs from the derivation at {index}: got {entry}, must be {polynomial}"
            )
