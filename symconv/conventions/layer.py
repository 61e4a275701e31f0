"""A convolution with its channels: what a call of any library says."""

from __future__ import annotations

from dataclasses import dataclass

from symconv.errors import OptionError
from symconv.spec import ConvSpec


@dataclass(frozen=True)
class Layer:
    """The sizes of a convolution, its channels, and whether it has a bias.

    Attributes:
        spec: the sizes.
        in_channels: None where the library finds it out from the input.
        out_channels: None where the call does not say.
        bias: None where the call does not say.
    """

    spec: ConvSpec
    in_channels: int | None = None
    out_channels: int | None = None
    bias: bool | None = None

    def __post_init__(self) -> None:
        """Refuse channels that the groups do not divide."""
        for name in ("in_channels", "out_channels"):
            channels = getattr(self, name)
            if channels is not None and channels % self.spec.groups:
                raise OptionError(
                    f"{name} must be a multiple of groups={self.spec.groups}, got {channels}"
                )

    def weight_shape(self) -> tuple[int, ...] | None:
        """Return the shape of the weight, as symconv holds it; None without both channels."""
        if self.in_channels is None or self.out_channels is None:
            return None
        first, second = self.out_channels, self.in_channels
        if self.spec.transposed:
            first, second = second, first
        return (first, second // self.spec.groups, *self.spec.kernel_shape)


def layer_of_weight(
    spec: ConvSpec, channels: tuple[int, int] | None, *, bias: bool | None = None
) -> Layer:
    """Return the layer whose weight has these first two axes.

    Args:
        spec: the sizes.
        channels: (C_out, C_in/groups), transposed (C_in, C_out/groups); None if not known.
        bias: whether it has a bias.
    """
    if channels is None:
        return Layer(spec, bias=bias)
    first, second = channels[0], channels[1] * spec.groups
    inputs, outputs = (first, second) if spec.transposed else (second, first)
    return Layer(spec, in_channels=inputs, out_channels=outputs, bias=bias)
