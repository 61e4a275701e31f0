"""What somebody asks the generator for, checked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Final

from symconv.codegen.tiles import DIRECT, choose_tile
from symconv.errors import OptionError, SpecError, shown
from symconv.notation import write_options, write_sizes
from symconv.sizes import Shape
from symconv.spec import ConvSpec

DEFAULT_TARGET: Final = "numpy"
DEFAULT_LAYOUT: Final = "plane"
LAYOUTS: Final = {"numpy": ("plane", "batched"), "c": ("plane", "batched")}
UNROLLS: Final = ("taps", "element")
MAX_UNROLLED_TAPS: Final = 1024
MAX_STATEMENTS: Final = 600
MAX_FIXED_ENTRIES: Final = 2**22
MAX_FIXED_PRODUCTS: Final = 2**28
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
        tile: the outputs of a fast tile along each axis, else None for direct sums.
    """

    spec: ConvSpec
    target: str
    layout: str
    unroll: str
    input_shape: Shape | None
    out_channels: int | None = None
    tile: Shape | None = None

    @property
    def name(self) -> str:
        """The name of the kernel: conv_k3x5_s2, then _batched, then _on8x8 for one input.

        Fast tiles are named last: _batched_winograd4x2.
        """
        name = self.spec.name
        if self.layout != DEFAULT_LAYOUT:
            name += f"_{self.layout}"
        if self.input_shape:
            name += f"_on{write_sizes(self.input_shape)}"
        if self.out_channels:
            name += f"to{self.out_channels}"
        return name + (f"_winograd{write_sizes(self.tile)}" if self.tile else "")

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
        if self.tile:
            words.append(f"--algorithm winograd --tile {write_sizes(self.tile)}")
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
    out_channels: int | None = None,
    algorithm: str = DIRECT,
    tile: int | Sequence[int] | None = None,
    error_bound: float | None = None,
) -> KernelRequest:
    """Return a checked request.

    Args:
        spec: the sizes; "same" padding is resolved at `input_shape`.
        target: the language of the kernel.
        layout: how arrays are laid out.
        unroll: "taps" or "element".
        fixed: whether all sizes are written into the kernel, entry by entry where they are few.
        input_shape: sizes of the input; the element and the fixed form need them, the latter with
            images and channels in front in the batched layout.
        out_channels: how many there are, for the fixed form of the batched layout.
        algorithm: "direct" or "winograd"; a C kernel of the latter sums directly where channels or
            tiles are few.
        tile: the outputs of a winograd tile, for all axes or for each; by default the fastest.
        error_bound: choose winograd where its guaranteed float32 error is at most this, over
            max|x| times the sum of |w|.

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
    sizes = input_shape
    if fixed and layout == "batched" and input_shape is not None:
        sizes = _checked_batch(spec, input_shape, out_channels)
    elif out_channels is not None:
        raise OptionError("out_channels goes with fixed and the batched layout")
    if sizes is not None:
        spec = spec.at(sizes)
        _ = spec.output_shape(sizes)
    _ = spec.padding_pairs
    fixed = fixed or unroll == "element"
    if fixed and input_shape is None:
        form = "fixed" if unroll == "taps" else "unroll=element"
        raise OptionError(f"{form} needs the input shape, got none")
    chosen = choose_tile(
        spec,
        target=target,
        layout=layout,
        algorithm=algorithm,
        tile=tile,
        error_bound=error_bound,
    )
    if fixed and chosen:
        raise OptionError("fixed needs algorithm=direct, got winograd")
    shape = tuple(map(int, input_shape)) if input_shape is not None and fixed else None
    request = KernelRequest(spec, target, layout, unroll, shape, out_channels, chosen)
    if request.shapes is not None:
        _refuse_large(request, request.shapes)
    if request.shapes is not None and layout == "plane":
        request = _unrolled_if_small(request, request.shapes)
    if target == "c" and request.unroll == "taps":
        _refuse_in_c(spec, fixed=fixed)
    return request


def _checked_batch(
    spec: ConvSpec, input_shape: Sequence[int], out_channels: int | None
) -> Sequence[int]:
    """Return the spatial sizes of a batch (N, C, *sizes) that a kernel is for.

    Raises:
        OptionError: the shape is no batch, or the channels do not fit the groups.
    """
    if len(input_shape) != spec.axes + 2:
        raise OptionError(
            f"fixed in the batched layout needs the input shape (N, C, *sizes) of {spec.axes} "
            f"sizes, got {shown(tuple(input_shape))}"
        )
    images, inputs, *sizes = input_shape
    if images < 1 or inputs < 1 or out_channels is None or out_channels < 1:
        raise OptionError(
            "fixed in the batched layout needs images, channels and out_channels of at least 1, "
            f"got {images}, {inputs} and {out_channels}"
        )
    if inputs % spec.groups or out_channels % spec.groups:
        raise OptionError(
            f"channels must be multiples of groups={spec.groups}, got {inputs} and {out_channels}"
        )
    return sizes


def _unrolled_if_small(request: KernelRequest, shapes: FixedShapes) -> KernelRequest:
    """Return the request, entry by entry if there are few.

    Raises:
        OptionError: the element form is asked for, and there are many.
    """
    statements = sum(map(prod, (shapes.input, shapes.output, shapes.weight)))
    if statements <= MAX_STATEMENTS:
        return replace(request, unroll="element")
    if request.unroll == "element":
        raise OptionError(
            f"unroll=element must need at most {MAX_STATEMENTS} statements, got {statements} for "
            f"input {write_sizes(shapes.input)}: unroll=taps works for every size"
        )
    return request


def _refuse_large(request: KernelRequest, shapes: FixedShapes) -> None:
    """Refuse one input too large to write its sizes in, or to compare all its entries.

    Raises:
        OptionError: it is.
    """
    entries = max(map(prod, (shapes.input, shapes.weight, shapes.output)))
    if entries > MAX_FIXED_ENTRIES:
        raise OptionError(
            f"fixed needs arrays of at most {MAX_FIXED_ENTRIES} entries, got {entries}: "
            "without it, C takes the sizes as arguments"
        )
    windows = shapes.input if request.spec.transposed else shapes.output
    products = prod(windows) * prod(shapes.weight[1:] if request.out_channels else shapes.weight)
    if products > MAX_FIXED_PRODUCTS:
        raise OptionError(
            f"fixed needs at most {MAX_FIXED_PRODUCTS} products a pass, got {products}: "
            "without it, C takes the sizes as arguments"
        )


def _refuse_in_c(spec: ConvSpec, *, fixed: bool) -> None:
    """Refuse what only the NumPy target, or the form for one input, emits."""
    padding = () if isinstance(spec.padding, str) else spec.padding
    if fixed and spec.padding_mode != "zeros":
        raise OptionError(
            f"fixed of more than {MAX_STATEMENTS} statements needs padding_mode=zeros, "
            f"got {spec.padding_mode}: target=numpy emits it"
        )
    plain = not (spec.transposed or spec.true_convolution or spec.padding_mode != "zeros")
    if not fixed and not (plain and all(side >= 0 for pair in padding for side in pair)):
        raise OptionError(
            "target=c needs an ordinary cross-correlation padded with zeros, or fixed, "
            f"got {shown(spec)}: target=numpy emits it"
        )
    largest = max(*spec.stride, *spec.extent, *(side for pair in padding for side in pair))
    if largest > MAX_SIZE_IN_C:
        raise OptionError(f"target=c needs sizes of at most {MAX_SIZE_IN_C}, got {largest}")


def _choose(name: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise OptionError(f"{name} must be one of {', '.join(choices)}, got {shown(value)}")
