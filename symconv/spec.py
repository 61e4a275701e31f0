"""ConvSpec: every size of a convolution, every validation, and the output-size rule.

One axis of a spec, in the letters of the formulas: kernel k, stride t, dilation d, padding
(lo, hi). A window covers e = d(k-1)+1 input cells, the *extent*. An input of n cells has
floor((n+lo+hi-e)/t)+1 outputs; the last (n+lo+hi-e) mod t padded cells are read by no window,
and those of them that are input rather than padding form the *unread tail*.

A *transposed* spec is the adjoint of the convolution with the same sizes: its input takes the
place of that convolution's output; its output, (n-1)t+e-lo-hi cells, that of the input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from symconv.axis import Axis, AxisByOutput, SameAxis, TransposedAxis, WindowAxis
from symconv.errors import SpecError, shown
from symconv.naming import name_of_sizes, names_of_padding
from symconv.padding import (
    PADDING_MODES,
    Padding,
    PaddingMode,
    SamePadding,
    check_mode,
    checked_output_padding,
    resolved_padding,
    resolved_transposed_padding,
)
from symconv.sizes import (
    PaddingPairs,
    Shape,
    checked_choice,
    checked_flag,
    checked_kernel_shape,
    checked_per_axis,
    checked_size,
)
from symconv.tables import html_table

__all__ = ["ConvSpec", "Padding"]


@dataclass(frozen=True, init=False, repr=False)
class ConvSpec:
    """The sizes of a convolution, per axis; by default a cross-correlation: no flipped kernel.

    Attributes:
        kernel_shape: kernel size along each of 1 to 3 spatial axes, each >= 1.
        stride: step of the window along each axis, each >= 1.
        dilation: distance between neighbouring taps along each axis, each >= 1; 1 is dense.
        padding: per axis (before, after), cells added around the input, negative ones cut off;
            or "same" / "same_lower" while that still depends on the input: see `at`.
        groups: number of independent groups of channels, >= 1; 1 for a plane.
        padding_mode: what added cells hold: "zeros", or copies of the input: "reflect" (mirrored
            at the border cell), "replicate" (the border cell), "circular" (the other end).
        transposed: whether this is the adjoint of the convolution with these sizes. Its padding
            is that convolution's: cells cut off the output.
        true_convolution: whether the kernel is flipped along every axis.

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
    padding_mode: PaddingMode
    transposed: bool
    true_convolution: bool

    def __init__(
        self,
        *,
        kernel_shape: Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: Padding = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
        padding_mode: PaddingMode = "zeros",
        transposed: bool = False,
        output_padding: int | Sequence[int] = 0,
        true_convolution: bool = False,
    ) -> None:
        """Check and store the sizes; an int stands for all axes, a tuple has one entry per axis.

        Args:
            kernel_shape: kernel size along each axis; 1 to 3 axes.
            stride: step of the window.
            padding: an int for every side; per axis an int or a (before, after) pair; or "valid"
                (none), "same" (the output has ceil(n/stride) cells, transposed n*stride; an odd
                cell goes last), "same_lower" (an odd cell goes first), "full" (extent - 1 on
                every side).
            dilation: distance between neighbouring taps.
            groups: number of groups of channels.
            padding_mode: "zeros", "reflect", "replicate" or "circular".
            transposed: whether to take the adjoint.
            output_padding: how many cells longer a transposed output is at the end, less than
                the stride or the dilation; that much less `padding` is cut off there, and it is
                stored so.
            true_convolution: whether the kernel is flipped.

        Raises:
            SpecError: an entry is no integer, out of range, or there are too few or too many.
        """
        kernel = checked_kernel_shape(kernel_shape)
        checked = {
            "kernel_shape": kernel,
            "stride": checked_per_axis("stride", stride, axes=len(kernel)),
            "dilation": checked_per_axis("dilation", dilation, axes=len(kernel)),
            "groups": checked_size("groups", groups, least=1),
            "padding_mode": checked_choice("padding_mode", padding_mode, PADDING_MODES),
            "transposed": checked_flag("transposed", transposed),
            "true_convolution": checked_flag("true_convolution", true_convolution),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "padding", self._resolved(padding, output_padding))
        check_mode(self.padding_mode, padding=self.padding, transposed=self.transposed)

    def _resolved(
        self, padding: Padding, output_padding: int | Sequence[int]
    ) -> PaddingPairs | SamePadding:
        """Return the padding as (before, after) pairs, or as its name while it needs the input."""
        if not self.transposed:
            if any(checked_per_axis("output_padding", output_padding, axes=self.axes, least=0)):
                raise SpecError(
                    f"output_padding must be 0 unless transposed=True, got {shown(output_padding)}"
                )
            return resolved_padding(padding, extent=self.extent, stride=self.stride)
        extra = checked_output_padding(output_padding, stride=self.stride, dilation=self.dilation)
        return resolved_transposed_padding(
            padding, extent=self.extent, stride=self.stride, output_padding=extra
        )

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
            >>> ConvSpec(kernel_shape=(3,), stride=2, output_padding=1, transposed=True).name
            'conv_transposed_k3_s2_lo0_him1'
        """
        parts = ["conv_transposed" if self.transposed else "conv"]
        parts.append("k" + "x".join(map(str, self.kernel_shape)))
        parts.append("s" + name_of_sizes(self.stride))
        if set(self.dilation) != {1}:
            parts.append("d" + name_of_sizes(self.dilation))
        if isinstance(self.padding, str):
            parts.append(self.padding)
        else:
            parts += names_of_padding(self.padding)
        if self.padding_mode != "zeros":
            parts.append(self.padding_mode)
        if self.groups > 1:
            parts.append(f"g{self.groups}")
        if self.true_convolution:
            parts.append("flipped")
        return "_".join(parts)

    @property
    def adjoint(self) -> ConvSpec:
        """The spec with the same sizes whose inputs are the outputs of this one.

        Between a transposed spec and its adjoint, forward of one is grad_input of the other.
        The adjoint of a convolution leaves out its unread tail.

        Raises:
            SpecError: the padding depends on the input, or is copied from it.
        """
        return replace(self, padding=self.padding_pairs, transposed=not self.transposed)

    @property
    def plane(self) -> ConvSpec:
        """The same sizes for one channel: without groups.

        Example:
            >>> ConvSpec(kernel_shape=(3,), groups=2).plane
            ConvSpec(kernel_shape=(3,))
        """
        return replace(self, groups=1)

    def concrete_axes(self) -> tuple[Axis, ...]:
        """Return what each axis answers about its sizes.

        Raises:
            SpecError: the padding is "same" or "same_lower" and depends on the input.
        """
        sizes = zip(self.extent, self.stride, self.padding_pairs, strict=True)
        if self.transposed:
            return tuple(TransposedAxis(e, t, lo, hi) for e, t, (lo, hi) in sizes)
        return tuple(WindowAxis(e, t, lo, hi, self.padding_mode) for e, t, (lo, hi) in sizes)

    def at(
        self, input_shape: Sequence[int], *, output_shape: Sequence[int] | None = None
    ) -> ConvSpec:
        """Return the concrete spec for one input shape: "same" becomes (before, after) pairs.

        Args:
            input_shape: sizes of the spatial axes, each >= 0.
            output_shape: for a transposed spec, the sizes its output shall have: the padding
                after is cut by what `output_padding` would be.

        Raises:
            SpecError: the padding cannot be copied from so small an input, or the output shape
                cannot be had.

        Example:
            >>> ConvSpec(kernel_shape=(3,), stride=2, padding="same").at((8,))
            ConvSpec(kernel_shape=(3,), stride=(2,), padding=((0, 1),))
            >>> ConvSpec(kernel_shape=(3,), stride=2, transposed=True).at((4,), output_shape=(10,))
            ConvSpec(kernel_shape=(3,), stride=(2,), padding=((0, -1),), transposed=True)
        """
        sizes = self._input_sizes(input_shape)
        if output_shape is not None:
            return self._with_output(sizes, output_shape)
        concrete = self
        if isinstance(self.padding, str):
            axes = zip(self._same_axes(self.padding), sizes, strict=True)
            concrete = replace(self, padding=tuple(axis.padding_at(n) for axis, n in axes))
        for place, (n, axis) in enumerate(zip(sizes, concrete.concrete_axes(), strict=True)):
            if n < axis.least_copied:
                raise SpecError(_too_small(place, n, axis.least_copied, axis))
        return concrete

    def output_shape(self, input_shape: Sequence[int]) -> Shape:
        """Return the output sizes, per axis floor((n+lo+hi-e)/t)+1, each >= 1.

        Those of a transposed spec are (n-1)t+e-lo-hi.

        Args:
            input_shape: sizes of the spatial axes, without padding, each >= 0.

        Raises:
            SpecError: a window does not fit into the padded input, the padding cannot be copied
                from so small an input, or a transposed output is empty.

        Example:
            >>> ConvSpec(kernel_shape=(3,), stride=2, padding=1).output_shape((8,))
            (4,)
            >>> ConvSpec(kernel_shape=(3,), stride=2, padding=1, transposed=True).output_shape((4,))
            (7,)
        """
        sizes = self._input_sizes(input_shape)
        axes = self.at(sizes).concrete_axes()
        for place, (n, axis) in enumerate(zip(sizes, axes, strict=True)):
            if n < axis.least_input:
                raise SpecError(_too_small(place, n, axis.least_input, axis))
        return tuple(axis.outputs(n) for n, axis in zip(sizes, axes, strict=True))

    def window_counts(self, input_shape: Sequence[int]) -> Shape:
        """Return the output sizes, 0 where no window fits; gradients accept such empty outputs.

        Args:
            input_shape: sizes of the spatial axes, without padding, each >= 0.

        Raises:
            SpecError: the padding cannot be copied from so small an input.

        Example:
            >>> ConvSpec(kernel_shape=(3, 3)).window_counts((2, 4))
            (0, 2)
        """
        sizes = self._input_sizes(input_shape)
        axes = zip(sizes, self.at(sizes).concrete_axes(), strict=True)
        return tuple(max(0, axis.outputs(n)) for n, axis in axes)

    def smallest_input_shape(self, output_shape: Sequence[int]) -> Shape:
        """Return the smallest input sizes that give this output shape.

        Args:
            output_shape: sizes of the spatial axes, each >= 1.

        Raises:
            SpecError: the padding alone makes more outputs than asked for, or no input of a
                transposed spec has this output.

        Example:
            >>> ConvSpec(kernel_shape=(3, 5), stride=2).smallest_input_shape((4, 4))
            (9, 11)
        """
        outputs = checked_per_axis("output_shape", output_shape, axes=self.axes)
        sizes = []
        for place, (asked, axis) in enumerate(zip(outputs, self._axes_by_output(), strict=True)):
            size = axis.smallest_input(asked)
            if size is None:
                raise SpecError(f"output_shape[{place}] must be {axis.possible}, got {asked}")
            sizes.append(size)
        return tuple(sizes)

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
        _ = self.output_shape(input_shape)
        sizes = self._input_sizes(input_shape)
        axes = self.at(sizes).concrete_axes()
        return tuple(axis.unread_tail(n) for n, axis in zip(sizes, axes, strict=True))

    def _same_axes(self, rule: SamePadding) -> tuple[SameAxis, ...]:
        sizes = zip(self.extent, self.stride, strict=True)
        return tuple(SameAxis(e, t, rule, self.padding_mode) for e, t in sizes)

    def _axes_by_output(self) -> Sequence[AxisByOutput]:
        if isinstance(self.padding, str):
            return self._same_axes(self.padding)
        return self.concrete_axes()

    def _with_output(self, sizes: Shape, output_shape: Sequence[int]) -> ConvSpec:
        """Return the transposed spec whose output has this shape."""
        if not self.transposed:
            raise SpecError(
                f"output_shape must be left out unless transposed=True, got {shown(output_shape)}"
            )
        asked = checked_per_axis("output_shape", output_shape, axes=self.axes)
        limits = [max(sizes) for sizes in zip(self.stride, self.dilation, strict=True)]
        least = self.output_shape(sizes)
        for place, (n, low, limit) in enumerate(zip(asked, least, limits, strict=True)):
            if not low <= n < low + limit:
                raise SpecError(
                    f"output_shape[{place}] must be from {low} to {low + limit - 1} for "
                    f"input {sizes[place]}, got {n}"
                )
        sizes_and_pairs = zip(asked, least, self.padding_pairs, strict=True)
        return replace(self, padding=tuple((lo, hi - n + m) for n, m, (lo, hi) in sizes_and_pairs))

    def _input_sizes(self, input_shape: Sequence[int]) -> Shape:
        return checked_per_axis("input_shape", input_shape, axes=self.axes, least=0)

    def _repr_html_(self) -> str:
        """Return the sizes as a table, a row for each axis, for a notebook."""
        padding = self.padding if not isinstance(self.padding, str) else [self.padding] * self.axes
        columns = (range(self.axes), self.kernel_shape, self.stride, self.dilation, padding)
        heads = ("axis", "kernel", "stride", "dilation", "padding")
        return html_table(heads, zip(*columns, strict=True), caption=repr(self))

    def __repr__(self) -> str:
        """Return the call that makes this spec; defaults are left out."""
        default = ConvSpec(kernel_shape=(1,) * self.axes)
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        arguments = [
            f"{name}={value!r}"
            for name, value in values.items()
            if name == "kernel_shape" or value != getattr(default, name)
        ]
        return f"ConvSpec({', '.join(arguments)})"


def _too_small(place: int, size: int, least: int, axis: Axis) -> str:
    return f"input_shape[{place}] must be at least {least} for {axis.reason}, got {size}"
