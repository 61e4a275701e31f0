"""ConvSpec: every size of a convolution, every validation, and the output-size rule.

One axis of a spec, in the letters of the formulas: kernel k, stride t, dilation d, padding
(lo, hi). A window covers e = d(k-1)+1 input cells, the *extent*. An input of n cells has
floor((n+lo+hi-e)/t)+1 outputs; the last (n+lo+hi-e) mod t padded cells are read by no window,
and those of them that are input rather than padding form the *unread tail*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from symconv.errors import SpecError, shown
from symconv.sizes import (
    PaddingPairs,
    Shape,
    checked_kernel_shape,
    checked_padding,
    checked_per_axis,
    checked_size,
    split_same,
)

SamePadding: TypeAlias = Literal["same", "same_lower"]
PaddingRule: TypeAlias = Literal["valid", "same", "same_lower", "full"]
Padding: TypeAlias = int | Sequence[int | Sequence[int]] | PaddingRule


@dataclass(frozen=True, init=False, repr=False)
class ConvSpec:
    """The sizes of a convolution (cross-correlation: the kernel is not flipped), per axis.

    Attributes:
        kernel_shape: kernel size along each of 1 to 3 spatial axes, each >= 1.
        stride: step of the window along each axis, each >= 1.
        dilation: distance between neighbouring taps along each axis, each >= 1; 1 is dense.
        padding: per axis (before, after), zeros added around the input, each >= 0; or "same" /
            "same_lower" while that still depends on the input: see `at`.
        groups: number of independent groups of channels, >= 1; 1 for a plane.

    Example:
        >>> ConvSpec(kernel_shape=(3, 5), stride=2)
        ConvSpec(kernel_shape=(3, 5), stride=(2, 2))
        >>> ConvSpec(kernel_shape=(3, 5), stride=2).output_shape((9, 11))
        (4, 4)
    """

    kernel_shape: Shape
    stride: Shape
    padding: PaddingPairs | SamePadding
    dilation: Shape
    groups: int

    def __init__(
        self,
        *,
        kernel_shape: Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: Padding = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
    ) -> None:
        """Check and store the sizes; an int stands for all axes, a tuple has one entry per axis.

        Args:
            kernel_shape: kernel size along each axis; 1 to 3 axes.
            stride: step of the window.
            padding: an int for every side; per axis an int or a (before, after) pair; or "valid"
                (none), "same" (the output has ceil(n/stride) cells, an odd cell goes last),
                "same_lower" (an odd cell goes first), "full" (extent - 1 on every side).
            dilation: distance between neighbouring taps.
            groups: number of groups of channels.

        Raises:
            SpecError: an entry is no integer, out of range, or there are too few or too many.
        """
        kernel = checked_kernel_shape(kernel_shape)
        fields = {
            "kernel_shape": kernel,
            "stride": checked_per_axis("stride", stride, axes=len(kernel)),
            "dilation": checked_per_axis("dilation", dilation, axes=len(kernel)),
            "groups": checked_size("groups", groups, least=1),
        }
        for name, value in fields.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "padding", self._resolved(padding))

    def _resolved(self, padding: Padding) -> PaddingPairs | SamePadding:
        """Return `padding` as (before, after) pairs, or as its name while it needs the input."""
        if not isinstance(padding, str):
            return checked_padding(padding, axes=self.axes)
        if padding == "valid":
            return ((0, 0),) * self.axes
        if padding == "full":
            return tuple((e - 1, e - 1) for e in self.extent)
        if padding not in ("same", "same_lower"):
            raise SpecError(
                'padding must be "valid", "same", "same_lower", "full", an integer, or one '
                f"integer or (before, after) pair per axis, got {shown(padding)}"
            )
        if any(t > 1 for t in self.stride):
            return padding
        return tuple(split_same(e - 1, rule=padding) for e in self.extent)

    @property
    def axes(self) -> int:
        """The number of spatial axes, 1 to 3."""
        return len(self.kernel_shape)

    @property
    def extent(self) -> Shape:
        """How many input cells one window spans along each axis: d(k-1)+1."""
        return tuple(d * (k - 1) + 1 for k, d in zip(self.kernel_shape, self.dilation, strict=True))

    @property
    def padding_pairs(self) -> PaddingPairs:
        """The padding as per-axis (before, after) pairs.

        Raises:
            SpecError: the padding is "same" or "same_lower" and depends on the input.
        """
        if isinstance(self.padding, str):
            raise SpecError(
                f"padding {self.padding!r} with stride {self.stride} depends on the input: "
                "give its shape, spec.at(input_shape) or --input"
            )
        return self.padding

    @property
    def name(self) -> str:
        """The name of the kernel made from this spec, an identifier: conv_k3x5_s2.

        Example:
            >>> ConvSpec(kernel_shape=(3, 5), stride=2, padding=((0, 1), (2, 2))).name
            'conv_k3x5_s2_lo0x2_hi1x2'
        """
        parts = [
            "conv",
            "k" + "x".join(map(str, self.kernel_shape)),
            "s" + _short(self.stride),
        ]
        if set(self.dilation) != {1}:
            parts.append("d" + _short(self.dilation))
        if isinstance(self.padding, str):
            parts.append(self.padding)
        elif any(lo or hi for lo, hi in self.padding):
            before, after = (tuple(side) for side in zip(*self.padding, strict=True))
            same_sides = ["p" + _short(before)]
            parts += (
                same_sides if before == after else ["lo" + _short(before), "hi" + _short(after)]
            )
        if self.groups > 1:
            parts.append(f"g{self.groups}")
        return "_".join(parts)

    def at(self, input_shape: Sequence[int]) -> ConvSpec:
        """Return the concrete spec for one input shape: "same" becomes (before, after) pairs.

        Args:
            input_shape: sizes of the spatial axes, each >= 0.

        Example:
            >>> ConvSpec(kernel_shape=(3,), stride=2, padding="same").at((8,))
            ConvSpec(kernel_shape=(3,), stride=(2,), padding=((0, 1),))
        """
        sizes = self._input_sizes(input_shape)
        if not isinstance(self.padding, str):
            return self
        rule = self.padding
        pairs = tuple(
            split_same(max((-(-n // t) - 1) * t + e - n, 0), rule=rule)
            for n, t, e in zip(sizes, self.stride, self.extent, strict=True)
        )
        return ConvSpec(
            kernel_shape=self.kernel_shape,
            stride=self.stride,
            padding=pairs,
            dilation=self.dilation,
            groups=self.groups,
        )

    def output_shape(self, input_shape: Sequence[int]) -> Shape:
        """Return the output sizes, per axis floor((n+lo+hi-e)/t)+1, each >= 1.

        Args:
            input_shape: sizes of the spatial axes, without padding, each >= 0.

        Raises:
            SpecError: a window does not fit into the padded input.

        Example:
            >>> ConvSpec(kernel_shape=(3,), stride=2, padding=1).output_shape((8,))
            (4,)
        """
        sizes = self._input_sizes(input_shape)
        pairs = self.at(sizes).padding_pairs
        outputs = []
        for axis, (n, (lo, hi), e, t) in enumerate(
            zip(sizes, pairs, self.extent, self.stride, strict=True)
        ):
            if n + lo + hi < e:
                raise SpecError(
                    f"input_shape[{axis}] must be at least {max(0, e - lo - hi)} for a window of "
                    f"extent {e} with padding ({lo}, {hi}), got {n}"
                )
            outputs.append((n + lo + hi - e) // t + 1)
        return tuple(outputs)

    def smallest_input_shape(self, output_shape: Sequence[int]) -> Shape:
        """Return the smallest input sizes that give this output shape.

        Args:
            output_shape: sizes of the spatial axes, each >= 1.

        Raises:
            SpecError: the padding alone makes more outputs than asked for.

        Example:
            >>> ConvSpec(kernel_shape=(3, 5), stride=2).smallest_input_shape((4, 4))
            (9, 11)
        """
        outputs = checked_per_axis("output_shape", output_shape, axes=self.axes)
        if isinstance(self.padding, str):
            return tuple((out - 1) * t + 1 for out, t in zip(outputs, self.stride, strict=True))
        sizes = tuple(
            max(0, (out - 1) * t + e - lo - hi)
            for out, t, e, (lo, hi) in zip(
                outputs, self.stride, self.extent, self.padding, strict=True
            )
        )
        for axis, (asked, least) in enumerate(zip(outputs, self.output_shape(sizes), strict=True)):
            if asked < least:
                raise SpecError(
                    f"output_shape[{axis}] must be at least {least} with padding "
                    f"{self.padding[axis]}, got {asked}"
                )
        return sizes

    def unread_tail(self, input_shape: Sequence[int]) -> Shape:
        """Return how many input cells at the end of each axis no window reads.

        Args:
            input_shape: sizes of the spatial axes, without padding.

        Raises:
            SpecError: a window does not fit into the padded input.

        Example:
            >>> ConvSpec(kernel_shape=(3, 5), stride=2).unread_tail((10, 11))
            (1, 0)
        """
        outputs = self.output_shape(input_shape)
        sizes = self._input_sizes(input_shape)
        pairs = self.at(sizes).padding_pairs
        return tuple(
            min(n, max(0, n + lo - ((out - 1) * t + e)))
            for n, (lo, _), out, t, e in zip(
                sizes, pairs, outputs, self.stride, self.extent, strict=True
            )
        )

    def _input_sizes(self, input_shape: Sequence[int]) -> Shape:
        return checked_per_axis("input_shape", input_shape, axes=self.axes, least=0)

    def __repr__(self) -> str:
        """Return the call that makes this spec; defaults are left out."""
        arguments = [f"kernel_shape={self.kernel_shape}"]
        if set(self.stride) != {1}:
            arguments.append(f"stride={self.stride}")
        if isinstance(self.padding, str) or any(lo or hi for lo, hi in self.padding):
            arguments.append(f"padding={self.padding!r}")
        if set(self.dilation) != {1}:
            arguments.append(f"dilation={self.dilation}")
        if self.groups != 1:
            arguments.append(f"groups={self.groups}")
        return f"ConvSpec({', '.join(arguments)})"


def _short(sizes: Sequence[int]) -> str:
    """Return "2" for equal sizes, else "2x1"."""
    return str(sizes[0]) if len(set(sizes)) == 1 else "x".join(map(str, sizes))
