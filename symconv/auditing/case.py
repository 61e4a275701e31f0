"""Case: the sizes of one configuration, and of all its arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Final

from symconv.auditing.kinds import kinds_of
from symconv.auditing.tags import tags_of
from symconv.errors import SpecError
from symconv.sizes import Shape
from symconv.spec import ConvSpec

OPERATIONS: Final = ("forward", "grad_input", "grad_weight", "grad_bias")
LAYOUTS: Final = ("plane", "batched")

# how much larger than a plain convolution one of a kind counts
_WEIGHTS: Final = {
    "crop": 1,
    "flipped": 2,
    "replicate": 3,
    "reflect": 4,
    "circular": 5,
    "transposed": 6,
}


@dataclass(frozen=True)
class Case:
    """A spec and the sizes of the arrays it is used with.

    Attributes:
        spec: the convolution; its padding may be "same" or "same_lower".
        input_shape: the full shape of x, (*in) for a plane or (N, C_in, *in) batched.
        out_channels: C_out; 1 for a plane.

    Example:
        >>> case = Case(ConvSpec(kernel_shape=(3,), stride=2), (8,))
        >>> case.shapes("grad_input"), case.result_shape("grad_input")
        ({'grad_output': (3,), 'weight': (3,)}, (8,))
        >>> sorted(case.tags)
        ['overlap', 'remainder', 'stride']
    """

    spec: ConvSpec
    input_shape: Shape
    out_channels: int = 1

    @property
    def layout(self) -> str:
        """The layout, "plane" or "batched"; the number of axes tells."""
        return "plane" if len(self.input_shape) == self.spec.axes else "batched"

    @property
    def sizes(self) -> Shape:
        """The spatial sizes of the input."""
        return self.input_shape[-self.spec.axes :]

    @property
    def batch(self) -> int:
        """The number of images N; 1 for a plane."""
        return 1 if self.layout == "plane" else self.input_shape[0]

    @property
    def in_channels(self) -> int:
        """The number of input channels; 1 for a plane."""
        return 1 if self.layout == "plane" else self.input_shape[1]

    @cached_property
    def concrete(self) -> ConvSpec:
        """The spec with "same" padding resolved for this input."""
        return self.spec.at(self.sizes)

    @cached_property
    def exists(self) -> bool:
        """Whether the padding can be copied from an input of this size."""
        try:
            return bool(self.concrete)
        except SpecError:
            return False

    @cached_property
    def windows(self) -> Shape:
        """The spatial sizes of the output; 0 along an axis that no window fits into."""
        axes = zip(self.sizes, self.concrete.concrete_axes(), strict=True)
        return tuple(max(0, axis.outputs(n)) for n, axis in axes)

    @cached_property
    def remainders(self) -> Shape:
        """How many padded cells along each axis lie behind the last window."""
        spec = self.concrete
        if spec.transposed:
            return (0,) * spec.axes
        sizes = zip(
            self.sizes, spec.padding_pairs, spec.extent, spec.stride, self.windows, strict=True
        )
        return tuple((n + lo + hi - e) % t if out else 0 for n, (lo, hi), e, t, out in sizes)

    @property
    def output_shape(self) -> Shape:
        """The shape of y, (*out) or (N, C_out, *out)."""
        return self._full(self.batch, self.out_channels, self.windows)

    @property
    def weight_shape(self) -> Shape:
        """The shape of w, (*k) or (C_out, C_in/groups, *k); transposed (C_in, C_out/groups, *k)."""
        first, second = self.out_channels, self.in_channels
        if self.spec.transposed:
            first, second = second, first
        return self._full(first, second // self.spec.groups, self.spec.kernel_shape)

    @property
    def bias_shape(self) -> Shape:
        """The shape of b, () or (C_out,)."""
        return () if self.layout == "plane" else (self.out_channels,)

    def shapes(self, operation: str) -> dict[str, Shape]:
        """Return argument name -> shape of the arrays that the operation is given."""
        return {
            "forward": {
                "input": self.input_shape,
                "weight": self.weight_shape,
                "bias": self.bias_shape,
            },
            "grad_input": {"grad_output": self.output_shape, "weight": self.weight_shape},
            "grad_weight": {"grad_output": self.output_shape, "input": self.input_shape},
            "grad_bias": {"grad_output": self.output_shape},
        }[operation]

    def result_shape(self, operation: str) -> Shape:
        """Return the shape of what the operation returns."""
        return {
            "forward": self.output_shape,
            "grad_input": self.input_shape,
            "grad_weight": self.weight_shape,
            "grad_bias": self.bias_shape,
        }[operation]

    def allows(self, operation: str) -> bool:
        """Return whether the operation is defined: `forward` needs a window along every axis."""
        if operation != "forward":
            return True
        axes = zip(self.sizes, self.concrete.concrete_axes(), strict=True)
        return all(n >= axis.least_input for n, axis in axes)

    def pairs(self, operation: str) -> int:
        """Return how many pairs of unit vectors decide the operation (bias aside)."""
        shapes = list(self.shapes(operation).values())
        return prod(map(prod, shapes[:2]))

    def terms(self, operation: str) -> int:
        """Return how many products are added up in one entry of the result, at most."""
        groups, taps = self.spec.groups, prod(self.spec.kernel_shape)
        copies = 1
        if self.spec.padding_mode != "zeros":
            copies = prod(1 + lo + hi for lo, hi in self.concrete.padding_pairs)
        return {
            "forward": self.in_channels // groups * taps,
            "grad_input": self.out_channels // groups * taps * copies,
            "grad_weight": self.batch * prod(self.windows),
            "grad_bias": self.batch * prod(self.windows),
        }[operation]

    @cached_property
    def tags(self) -> frozenset[str]:
        """The names of what is special about this case, of `symconv.auditing.tags`."""
        return tags_of(self)

    @property
    def size(self) -> int:
        """How large the case is; shrinking makes it less. Padding counts more than input."""
        spec = self.spec
        words = {"same": 1, "same_lower": 2}
        padding = 2 * sum(abs(side) for pair in self.concrete.padding_pairs for side in pair)
        padding += words[spec.padding] if isinstance(spec.padding, str) else 0
        padding += sum(_WEIGHTS[kind] for kind in kinds_of(spec))
        sizes = (*spec.kernel_shape, *spec.stride, *spec.dilation, *self.sizes)
        channels = self.batch + self.in_channels + self.out_channels + spec.groups
        return 100 * spec.axes + sum(sizes) + channels + padding

    def _full(self, first: int, second: int, sizes: Shape) -> Shape:
        return sizes if self.layout == "plane" else (first, second, *sizes)
