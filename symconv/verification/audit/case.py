"""Case: the sizes of one configuration, and the tags that follow from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from types import MappingProxyType
from typing import Final

from symconv.sizes import Shape
from symconv.spec import ConvSpec

OPERATIONS: Final = ("forward", "grad_input", "grad_weight", "grad_bias")
LAYOUTS: Final = ("plane", "batched")


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
        >>> [tag for tag in TAGS if tag in case.tags]
        ['remainder', 'overlap', 'stride']
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
    def windows(self) -> Shape:
        """The spatial sizes of the output; 0 along an axis that no window fits into."""
        spec = self.concrete
        sizes = zip(self.sizes, spec.padding_pairs, spec.extent, spec.stride, strict=True)
        return tuple(max(0, (n + lo + hi - e) // t + 1) for n, (lo, hi), e, t in sizes)

    @cached_property
    def remainders(self) -> Shape:
        """How many padded cells along each axis lie behind the last window."""
        spec = self.concrete
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
        """The shape of w, (*k) or (C_out, C_in/groups, *k)."""
        inner = self.in_channels // self.spec.groups
        return self._full(self.out_channels, inner, self.spec.kernel_shape)

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
        return operation != "forward" or 0 not in self.windows

    def pairs(self, operation: str) -> int:
        """Return how many pairs of unit vectors decide the operation (bias aside)."""
        shapes = list(self.shapes(operation).values())
        return prod(map(prod, shapes[:2]))

    def terms(self, operation: str) -> int:
        """Return how many products are added up in one entry of the result, at most."""
        groups, taps = self.spec.groups, prod(self.spec.kernel_shape)
        return {
            "forward": self.in_channels // groups * taps,
            "grad_input": self.out_channels // groups * taps,
            "grad_weight": self.batch * prod(self.windows),
            "grad_bias": self.batch * prod(self.windows),
        }[operation]

    @cached_property
    def tags(self) -> frozenset[str]:
        """The names of what is special about this case, a subset of TAGS."""
        return frozenset(tag for tag, holds in _TESTS.items() if holds(self))

    @property
    def size(self) -> int:
        """How large the case is; shrinking makes it less. Padding counts more than input."""
        spec = self.spec
        words = {"same": 1, "same_lower": 2}
        padding = 2 * sum(map(sum, self.concrete.padding_pairs))
        padding += words[spec.padding] if isinstance(spec.padding, str) else 0
        sizes = (*spec.kernel_shape, *spec.stride, *spec.dilation, *self.sizes)
        channels = self.batch + self.in_channels + self.out_channels + spec.groups
        return 100 * spec.axes + sum(sizes) + channels + padding

    def _full(self, first: int, second: int, sizes: Shape) -> Shape:
        return sizes if self.layout == "plane" else (first, second, *sizes)


def _taps_per_phase(case: Case) -> list[list[int]]:
    """Return per axis how many taps each of the t phases has."""
    spec = case.spec
    counts = []
    for k, t, d in zip(spec.kernel_shape, spec.stride, spec.dilation, strict=True):
        met = Counter(r * d % t for r in range(k))
        counts.append([met[phase] for phase in range(t)])
    return counts


def _uneven(case: Case) -> bool:
    spec = case.spec
    return len(set(spec.kernel_shape)) > 1 or len(set(case.sizes)) > 1


# tag -> (what it means, whether a case has it)
_TAGS: Final[dict[str, tuple[str, Callable[[Case], bool]]]] = {
    "remainder": ("the stride does not divide", lambda c: any(c.remainders)),
    "gap": (
        "some phase has no tap (t > k)",
        lambda c: any(0 in taps for taps in _taps_per_phase(c)),
    ),
    "tiling": (
        "every phase of an axis has one tap (t = k > 1)",
        lambda c: any(len(taps) > 1 and set(taps) == {1} for taps in _taps_per_phase(c)),
    ),
    "overlap": (
        "some phase has two taps or more (t < k)",
        lambda c: any(max(taps) > 1 for taps in _taps_per_phase(c)),
    ),
    "nonsquare": ("kernel or image sizes differ between axes", _uneven),
    "stride": ("a stride is above 1", lambda c: max(c.spec.stride) > 1),
    "unequal_stride": ("strides differ between axes", lambda c: len(set(c.spec.stride)) > 1),
    "dilation": ("a dilation is above 1", lambda c: max(c.spec.dilation) > 1),
    "padding": (
        "there is padding, or a rule for it",
        lambda c: isinstance(c.spec.padding, str) or any(map(any, c.spec.padding)),
    ),
    "unequal_padding": (
        "padding before and after an axis differ",
        lambda c: any(lo != hi for lo, hi in c.concrete.padding_pairs),
    ),
    "same": (
        'padding is "same" or "same_lower", to be resolved with spec.at(sizes)',
        lambda c: isinstance(c.spec.padding, str),
    ),
    "groups": ("groups above 1", lambda c: c.spec.groups > 1),
    "channels": (
        "several channels within a group",
        lambda c: max(c.in_channels, c.out_channels) > c.spec.groups,
    ),
    "batch": ("several images", lambda c: c.batch > 1),
    "pointwise": ("a kernel of one tap", lambda c: set(c.spec.kernel_shape) == {1}),
    "empty": (
        "an array has no entries: no image, an axis of 0, or no window fits",
        lambda c: 0 in (c.batch, *c.sizes, *c.windows),
    ),
    "empty_axis": (
        "an axis of the input or the output is 0",
        lambda c: 0 in (*c.sizes, *c.windows),
    ),
}
_TESTS: Final = {tag: test for tag, (_, test) in _TAGS.items()}

TAGS: Final[Mapping[str, str]] = MappingProxyType({tag: text for tag, (text, _) in _TAGS.items()})
