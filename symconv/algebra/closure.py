"""Which convolution each gradient is: the index of its derivative, read as that of a forward pass.

A window meets cell t*i + d*r - lo through tap r. Summed over r at a fixed i, that is a forward
pass with stride t and dilation d. Summed over i at a fixed r, it is one with stride d and dilation
t, whose kernel is the array at the windows: the gradient by the weight. Summed over both at a fixed
cell, it is the transposed forward pass: the gradient by the input. Source: derived here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from symconv.algebra.derivation import DerivedGradients
from symconv.errors import OptionError, SpecError, shown
from symconv.spec import ConvSpec


@dataclass(frozen=True)
class AsConvolution:
    """A gradient as the forward pass of another spec.

    Attributes:
        spec: the sizes of that forward pass.
        input: which array is its input: "input", "weight" or "grad_output".
        weight: which array is its kernel.
        exchanged: whether batch and channels change places in both arrays and in the result: with
            G groups the input (N, G*C, ...) becomes (C, G*N, ...), the kernel (N, O, ...) becomes
            (O, N, ...), and the result (C, O, ...) becomes (O, C, ...).
        flipped: whether the result is flipped along every spatial axis.
        folded: whether the result is the gradient by the padded input, still to be folded.
    """

    spec: ConvSpec
    input: str
    weight: str
    exchanged: bool = False
    flipped: bool = False
    folded: bool = False

    def __str__(self) -> str:
        notes = {
            "batch and channels exchanged": self.exchanged,
            "the result flipped": self.flipped,
            "the result folded back from the padded input": self.folded,
        }
        said = [f"{self.spec} of {self.input} with {self.weight}"]
        return ", ".join([*said, *(note for note, holds in notes.items() if holds)])


def as_convolution(
    derivation: DerivedGradients, operation: str, *, input_shape: Sequence[int]
) -> AsConvolution:
    """Return the convolution that an operation is, for one input shape.

    Args:
        derivation: the derivation.
        operation: "forward", "grad_input" or "grad_weight".
        input_shape: the spatial sizes of the input.

    Raises:
        OptionError: there is no such operation.
        SpecError: no window fits the input, or copied padding would have to be cropped.

    Example:
        >>> from symconv.algebra.derivation import derive_gradients
        >>> d = derive_gradients(ConvSpec(kernel_shape=(3,), stride=2))
        >>> print(as_convolution(d, "grad_weight", input_shape=(8,)))  # doctest: +ELLIPSIS
        ConvSpec(kernel_shape=(3,), padding=((0, -1),), dilation=(2,)) of input with grad_output...
        >>> print(as_convolution(d, "grad_input", input_shape=(8,)))  # doctest: +ELLIPSIS
        ConvSpec(kernel_shape=(3,), stride=(2,), padding=((0, -1),), transposed=True) of grad_ou...
    """
    outputs = derivation.spec.output_shape(input_shape)
    if operation == "forward":
        return AsConvolution(derivation.spec, "input", "weight")
    if operation == "grad_input":
        return _grad_input(derivation.spec, input_shape, outputs)
    if operation == "grad_weight":
        return _grad_weight(derivation, input_shape, outputs)
    raise OptionError(
        f"operation must be one of forward, grad_input, grad_weight, got {shown(operation)}"
    )


def _grad_input(
    spec: ConvSpec, input_shape: Sequence[int], outputs: Sequence[int]
) -> AsConvolution:
    if spec.transposed:
        return AsConvolution(spec.adjoint, "grad_output", "weight")
    copied = spec.padding_mode != "zeros"
    pairs = []
    for n, g, e, t, (lo, hi) in zip(
        input_shape, outputs, spec.extent, spec.stride, spec.padding_pairs, strict=True
    ):
        rest = n + lo + hi - ((g - 1) * t + e)
        pairs.append((0, -rest) if copied else (lo, hi - rest))
    adjoint = replace(spec, padding=tuple(pairs), padding_mode="zeros", transposed=True)
    return AsConvolution(adjoint, "grad_output", "weight", folded=copied)


def _grad_weight(
    derivation: DerivedGradients, input_shape: Sequence[int], outputs: Sequence[int]
) -> AsConvolution:
    spec, reads = derivation.spec, derivation.tap_inputs
    cells, windows = (outputs, input_shape) if spec.transposed else (input_shape, outputs)
    after = tuple(
        (g - 1) * t + e - lo - n
        for n, g, e, t, (lo, _) in zip(
            cells, windows, spec.extent, spec.stride, spec.padding_pairs, strict=True
        )
    )
    if spec.padding_mode != "zeros" and min(after) < 0:
        raise SpecError(
            f"input_shape must leave no unread tail for grad_weight to be a convolution with "
            f"{spec.padding_mode} padding, got {tuple(input_shape)}"
        )
    swapped = ConvSpec(
        kernel_shape=windows,
        stride=tuple(abs(int(read.dilation)) for read in reads),
        dilation=tuple(int(read.stride) for read in reads),
        padding=tuple((lo, hi) for (lo, _), hi in zip(spec.padding_pairs, after, strict=True)),
        groups=spec.groups,
        padding_mode=spec.padding_mode,
    )
    names = ("grad_output", "input") if spec.transposed else ("input", "grad_output")
    flipped = any(int(read.dilation) < 0 for read in reads)
    return AsConvolution(swapped, *names, exchanged=True, flipped=flipped)
