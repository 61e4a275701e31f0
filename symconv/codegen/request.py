"""What somebody asks the generator for, checked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Final

from symconv.errors import OptionError, SpecError, shown
from symconv.notation import write_options, write_sizes
from symconv.sizes import Shape
from symconv.spec import ConvSpec

DEFAULT_TARGET: Final = "numpy"
DEFAULT_LAYOUT: Final = "plane"
LAYOUTS: Final = {"numpy": ("plane", "batched"), "c": ("plane",)}
UNROLLS: Final = ("taps", "element")
MAX_UNROLLED_TAPS: Final = 1024
MAX_STATEMENTS: Final = 600
MAX_SIZE_IN_C: Final = 2**24  # so that no sum of sizes overflows where ptrdiff_t has 32 bits


@dataclass(frozen=True)
class FixedShapes:
    """The shapes of all arrays of a kernel for one input."""

    input: Shape
    weight: Shape
    output: Shape


@dataclass(frozen=True)
class KernelRequest:
    """A spec and the choices of what to make from it.

    Attributes:
        spec: the sizes; its padding does not depend on the input.
        target: the language, a key of LAYOUTS.
        layout: how arrays are laid out; "plane" is spatial axes only, "batched" (N, C, *spatial).
        unroll: "taps" for any input size, or "element" for one small input, entry by entry.
        input_shape: the one input that the kernel is for, else None: the element form has one, and
            C with all sizes written in.
        out_channels: how many output channels there are, where the batched layout has one input.
    """

    spec: ConvSpec
    target: str
    layout: str
    unroll: str
    input_shape: Shape | None
    out_channels: int | None = None

    @property
    def name(self) -> str:
        """The name of the kernel: conv_k3x5_s2, then _batched, then _on8x8 for one input."""
        name = self.spec.name
        if self.layout != DEFAULT_LAYOUT:
            name += f"_{self.layout}"
        if self.input_shape:
            name += f"_on{write_sizes(self.input_shape)}"
        return name + (f"to{self.out_channels}" if self.out_channels else "")

    @property
    def shapes(self) -> FixedShapes | None:
        """The shapes of all arrays, where the kernel is for one input."""
        if self.input_shape is None:
            return None
        spec, outputs = self.spec, self.out_channels
        if outputs is None:
            return FixedShapes(
                self.input_shape, spec.kernel_shape, spec.output_shape(self.input_shape)
            )
        images, inputs, *sizes = self.input_shape
        first, second = (inputs, outputs) if spec.transposed else (outputs, inputs)
        return FixedShapes(
            self.input_shape,
            (first, second // spec.groups, *spec.kernel_shape),
            (images, outputs, *spec.output_shape(sizes)),
        )

    @property
    def command(self) -> str:
        """The command that makes this kernel; choices that are the default are left out."""
        words = [write_options(self.spec)]
        if self.target != DEFAULT_TARGET:
            words.append(f"--target {self.target}")
        if self.layout != DEFAULT_LAYOUT:
            words.append(f"--layout {self.layout}")
        if self.input_shape:
            form = "--fixed" if self.target == "c" else f"--unroll {self.unroll}"
            words += [form, f"--input {write_sizes(self.input_shape)}"]
        if self.out_channels:
            words.append(f"--outputs {self.out_channels}")
        return f"symconv generate {' '.join(words)}"


def request_kernel(
    spec: ConvSpec,
    *,
    target: str = DEFAULT_TARGET,
    layout: str = DEFAULT_LAYOUT,
    unroll: str = "taps",
    fixed: bool = False,
    input_shape: Sequence[int] | None = None,
) -> KernelRequest:
    """Return a checked request.

    Args:
        spec: the sizes; "same" padding is resolved at `input_shape`.
        target: the language of the kernel.
        layout: how arrays are laid out.
        unroll: "taps" or "element".
        fixed: whether all sizes are written into the kernel, entry by entry where they are few.
        input_shape: sizes of the input; the element and the fixed form need them.

    Raises:
        OptionError: a choice does not exist or does not fit the others.
        SpecError: the padding depends on the input, or the kernel has too many taps to unroll.
    """
    _choose("target", target, tuple(LAYOUTS))
    _choose("layout", layout, LAYOUTS[target])
    _choose("unroll", unroll, UNROLLS)
    if fixed and target != "c":
        raise OptionError(f"fixed needs target=c, got {target}")
    if unroll == "element" and layout != "plane":
        raise OptionError(f"unroll=element needs the plane layout, got {layout}")
    if spec.groups != 1 and layout == "plane":
        raise OptionError(f"groups must be 1 in the plane layout, got {spec.groups}")
    if prod(spec.kernel_shape) > MAX_UNROLLED_TAPS:
        raise SpecError(
            f"kernel_shape must have at most {MAX_UNROLLED_TAPS} taps to be unrolled, "
            f"got {spec.kernel_shape}"
        )
    outputs = None
    if input_shape is not None:
        spec = spec.at(input_shape)
        outputs = spec.output_shape(input_shape)
    _ = spec.padding_pairs
    fixed = fixed or unroll == "element"
    if fixed and (input_shape is None or outputs is None):
        form = "fixed" if unroll == "taps" else "unroll=element"
        raise OptionError(f"{form} needs the input shape, got none")
    if input_shape is not None and outputs is not None and fixed:
        statements = prod(input_shape) + prod(outputs) + prod(spec.kernel_shape)
        if unroll == "element" and statements > MAX_STATEMENTS:
            raise OptionError(
                f"unroll=element must need at most {MAX_STATEMENTS} statements, got {statements} "
                f"for input {write_sizes(input_shape)}: unroll=taps works for every size"
            )
        unroll = "element" if statements <= MAX_STATEMENTS else unroll
    if target == "c" and unroll == "taps":
        _refuse_in_c(spec)
    shape = tuple(map(int, input_shape)) if input_shape is not None and fixed else None
    return KernelRequest(spec, target, layout, unroll, shape)


def _refuse_in_c(spec: ConvSpec) -> None:
    """Refuse what only the NumPy target, or the element form, emits."""
    plain = not (spec.transposed or spec.true_convolution or spec.padding_mode != "zeros")
    if not plain or (not isinstance(spec.padding, str) and min(map(min, spec.padding)) < 0):
        raise OptionError(
            "target=c needs an ordinary cross-correlation padded with zeros, "
            f"got {shown(spec)}: target=numpy emits it"
        )
    padding = () if isinstance(spec.padding, str) else spec.padding
    largest = max(*spec.stride, *spec.extent, *(side for pair in padding for side in pair))
    if largest > MAX_SIZE_IN_C:
        raise OptionError(f"target=c needs sizes of at most {MAX_SIZE_IN_C}, got {largest}")


def _choose(name: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise OptionError(f"{name} must be one of {', '.join(choices)}, got {shown(value)}")
