"""The public functions: each one is a short road through the layers below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from functools import cached_property

from symconv.algebra.channels import BatchedGradients, derive_channels
from symconv.algebra.derivation import DerivedGradients, derive_gradients
from symconv.codegen.emit import GeneratedFile
from symconv.codegen.generate import generate_checked
from symconv.codegen.load import Kernel, load_kernel
from symconv.codegen.request import request_kernel
from symconv.document.formulas import latex_formulas
from symconv.document.text import derivation_text
from symconv.spec import ConvSpec


class Derivation(DerivedGradients):
    """A derivation that can show itself; its parts are those of DerivedGradients."""

    def to_text(self) -> str:
        """Return the derivation for a terminal, in Unicode."""
        return derivation_text(self)

    def to_latex(self) -> str:
        """Return the bare formulas as a LaTeX align* environment; needs amsmath."""
        return latex_formulas(self)

    @cached_property
    def batched(self) -> BatchedGradients:
        """The same derivation with images, channels and groups: sums over the channels too."""
        return derive_channels(self)

    def _repr_latex_(self) -> str:
        return self.to_latex()


def derive(spec: ConvSpec) -> Derivation:
    """Return the derivation of a spec: output, gradients, phases and overlap case.

    Args:
        spec: the sizes; "same" padding with a stride needs `spec.at(input_shape)` first.

    Raises:
        SpecError: the padding depends on the input, or the kernel has too many taps.

    Example:
        >>> d = derive(ConvSpec(kernel_shape=(2,), stride=3))
        >>> d.grad_weight
        Sum(dy[i]*x[3*i + r], (i, 0, g - 1))
        >>> [phase.residues for phase in d.phases], d.overlap.name
        ([(0,), (1,)], 'no overlap')
    """
    derived = derive_gradients(spec)
    return Derivation(**{field.name: getattr(derived, field.name) for field in fields(derived)})


def generate(
    spec: ConvSpec,
    *,
    target: str = "numpy",
    layout: str = "plane",
    unroll: str = "taps",
    input_shape: Sequence[int] | None = None,
) -> tuple[GeneratedFile, ...]:
    """Return the source of a specialised kernel, checked on symbols; touches no disk.

    Args:
        spec: the sizes.
        target: the language, "numpy".
        layout: how arrays are laid out: "plane" is spatial axes only, "batched" (N, C, *spatial).
        unroll: "taps" for inputs of any size, or "element": entry by entry for one small input.
        input_shape: the input of the element form; it also resolves "same" padding.

    Raises:
        OptionError: a choice does not exist or does not fit the others.
        SpecError: the padding depends on the input, or the kernel has too many taps.
        VerificationError: the emitted code differs from the derivation (a fault of symconv).

    Example:
        >>> [file.path for file in generate(ConvSpec(kernel_shape=(3, 5), stride=2))]
        ['conv_k3x5_s2.py']
    """
    request = request_kernel(
        spec, target=target, layout=layout, unroll=unroll, input_shape=input_shape
    )
    file, _ = generate_checked(request)
    return (file,)


def load(
    spec: ConvSpec,
    *,
    target: str = "numpy",
    layout: str = "plane",
    unroll: str = "taps",
    input_shape: Sequence[int] | None = None,
) -> Kernel:
    """Return the kernel that `generate` emits, imported and ready to call.

    The arguments and errors are those of `generate`; the check on symbols is left to it.

    Example:
        >>> k = load(ConvSpec(kernel_shape=(2,)))
        >>> k.grad_input([1, 10], [3, 4])
        array([ 3, 34, 40])
    """
    return load_kernel(
        request_kernel(spec, target=target, layout=layout, unroll=unroll, input_shape=input_shape)
    )
