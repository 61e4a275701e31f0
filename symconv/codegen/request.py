"""What somebody asks the generator for, checked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
MAX_SIZE_IN_C: Final = 2**24  # so that no sum of sizes overflows where ptrdiff_t has 32 bits


@dataclass(frozen=True)
class KernelRequest:
    """A spec and the choices of what to make from it.

    Attributes:
        spec: the sizes; its padding does not depend on the input.
        target: the language, a key of LAYOUTS.
        layout: how arrays are laid out; "plane" is spatial axes only, "batched" (N, C, *spatial).
        unroll: "taps" for any input size, or "element" for one small input, entry by entry.
        input_shape: the input of the element form, else None.
        tile: the outputs of a fast tile along each axis, else None for direct sums.
    """

    spec: ConvSpec
    target: str
    layout: str
    unroll: str
    input_shape: Shape | None
    tile: Shape | None = None

    @property
    def name(self) -> str:
        """The name of the kernel: conv_k3x5_s2, then _batched, or _on8x8 for the element form.

        Fast tiles are named last: _batched_winograd4x2.
        """
        if self.layout != DEFAULT_LAYOUT:
            fast = f"_winograd{write_sizes(self.tile)}" if self.tile else ""
            return f"{self.spec.name}_{self.layout}{fast}"
        suffix = f"_on{write_sizes(self.input_shape)}" if self.input_shape else ""
        return self.spec.name + suffix

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
            words += [f"--unroll {self.unroll}", f"--input {write_sizes(self.input_shape)}"]
        return f"symconv generate {' '.join(words)}"


def request_kernel(
    spec: ConvSpec,
    *,
    target: str = DEFAULT_TARGET,
    layout: str = DEFAULT_LAYOUT,
    unroll: str = "taps",
    input_shape: Sequence[int] | None = None,
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
        input_shape: sizes of the input; the element form needs them.
        algorithm: "direct" or "winograd".
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
    if target == "c":
        _refuse_in_c(spec, unroll)
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
    chosen = choose_tile(
        spec,
        target=target,
        layout=layout,
        algorithm=algorithm,
        tile=tile,
        error_bound=error_bound,
    )
    if unroll == "taps":
        return KernelRequest(spec, target, layout, unroll, None, chosen)
    if input_shape is None or outputs is None:
        raise OptionError("unroll=element needs the input shape, got none")
    statements = prod(input_shape) + prod(outputs) + prod(spec.kernel_shape)
    if statements > MAX_STATEMENTS:
        raise OptionError(
            f"unroll=element must need at most {MAX_STATEMENTS} statements, got {statements} for "
            f"input {write_sizes(input_shape)}: unroll=taps works for every size"
        )
    return KernelRequest(spec, target, layout, unroll, tuple(map(int, input_shape)))


def _refuse_in_c(spec: ConvSpec, unroll: str) -> None:
    """Refuse what only the NumPy target emits."""
    if unroll != "taps":
        raise OptionError(f"target=c needs unroll=taps, got {unroll}")
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
