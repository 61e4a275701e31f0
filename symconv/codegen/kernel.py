"""A kernel on its road: which one is asked for, the files that are made, what can be called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from symconv.errors import OptionError
from symconv.notation import write_options, write_sizes
from symconv.sizes import Shape
from symconv.spec import ConvSpec

DEFAULT_TARGET: Final = "numpy"
DEFAULT_LAYOUT: Final = "plane"
TAPS: Final = "taps"
ELEMENT: Final = "element"
FIXED: Final = "fixed"
DIRECT: Final = "direct"
WINOGRAD: Final = "winograd"
ALGORITHMS: Final = (DIRECT, WINOGRAD)
UNROLLED: Final = "unrolled"
FAST: Final = "fast"
STYLES: Final = (UNROLLED, FAST)
DTYPES: Final = ("f32", "f64", "i32", "i64")
DEFAULT_DTYPES: Final = ("f32",)
FUNCTIONS: Final = ("forward", "grad_input", "grad_weight", "grad_bias")
MAX_STATEMENTS: Final = 600  # of the element form


@dataclass(frozen=True)
class Variant:
    """The key of the table of targets: what decides how a kernel is made.

    Attributes:
        target: the language.
        layout: how arrays are laid out; "plane" is spatial axes only, "batched" (N, C, *spatial).
        form: "taps" for inputs of any size; for one input "element", entry by entry, or "fixed",
            in loops with the sizes written in.
        algorithm: "direct" or "winograd".
        style: "unrolled" to be read, a term a line, or "fast"; "" for what is spelled in one way.
    """

    target: str = DEFAULT_TARGET
    layout: str = DEFAULT_LAYOUT
    form: str = TAPS
    algorithm: str = DIRECT
    style: str = ""


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
        target: the language.
        layout: how arrays are laid out; "plane" is spatial axes only, "batched" (N, C, *spatial).
        unroll: "taps" for any input size, or "element" for one small input, entry by entry.
        input_shape: the one input that the kernel is for, else None: the element form has one, and
            C with all sizes written in.
        out_channels: how many output channels there are, where the batched layout has one input.
        tile: the outputs of a fast tile along each axis, else None for direct sums.
        style: "unrolled" or "fast"; "" for what is spelled in one way.
        dtypes: the types of entries that C files have functions for, of DTYPES.
        given_name: the name that the kernel is given; empty for its own.
        only: the functions that its files have, of FUNCTIONS.
    """

    spec: ConvSpec
    target: str
    layout: str
    unroll: str
    input_shape: Shape | None
    out_channels: int | None = None
    tile: Shape | None = None
    style: str = ""
    dtypes: tuple[str, ...] = DEFAULT_DTYPES
    given_name: str = ""
    only: tuple[str, ...] = FUNCTIONS

    @property
    def variant(self) -> Variant:
        """The row of the table of targets that makes this kernel."""
        fixed = self.unroll == TAPS and self.input_shape is not None
        return Variant(
            target=self.target,
            layout=self.layout,
            form=FIXED if fixed else self.unroll,
            algorithm=WINOGRAD if self.tile else DIRECT,
            style=self.style,
        )

    @property
    def name(self) -> str:
        """The name of the kernel: conv_k3x5_s2, then _batched, then _on8x8 for one input.

        Fast tiles and the fast style are named last: _batched_winograd4x2, _batched_fast. A name
        that was given stands alone.
        """
        if self.given_name:
            return self.given_name
        name = self.spec.name
        if self.layout != DEFAULT_LAYOUT:
            name += f"_{self.layout}"
        if self.input_shape:
            name += f"_on{write_sizes(self.input_shape)}"
        if self.out_channels:
            name += f"to{self.out_channels}"
        if self.tile:
            name += f"_winograd{write_sizes(self.tile)}"
        return f"{name}_{FAST}" if self.style == FAST else name

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
    def one_input(self) -> FixedShapes:
        """The shapes of all arrays of a kernel that is for one input.

        Raises:
            OptionError: it is for any input.
        """
        shapes = self.shapes
        if shapes is None:
            raise OptionError(f"{self.name} must be for one input, got none")
        return shapes

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
        if self.style == FAST:
            words.append(f"--style {self.style}")
        if self.dtypes != DEFAULT_DTYPES:
            words.append(f"--dtype {','.join(self.dtypes)}")
        if self.given_name:
            words.append(f"--name {self.given_name}")
        if self.only != FUNCTIONS:
            words.append(f"--only {','.join(self.only)}")
        return f"symconv generate {' '.join(words)}"


@dataclass(frozen=True)
class GeneratedFile:
    """A file that the generator makes.

    Attributes:
        path: relative POSIX path.
        text: its whole text.
    """

    path: str
    text: str


@dataclass(frozen=True)
class Kernel:
    """A kernel ready to call; arrays are planes or batches, see the docstring of each function.

    Attributes:
        spec: the sizes it is made for.
        name: its name, conv_k3x5_s2.
        source: the emitted text; of a C kernel the .c file.
        forward: forward(input, weight, bias=None) -> output.
        grad_input: grad_input(grad_output, weight, input_shape=None, out=None) -> de/dx.
        grad_weight: grad_weight(grad_output, input, out=None) -> de/dw.
        grad_bias: grad_bias(grad_output) -> de/db.
        backward: backward(grad_output, input, weight) -> (input=, weight=, bias=).

    Batched kernels take workspace= in all but grad_bias, and out= in forward too. Kernels in the
    unrolled style take neither.
    """

    spec: ConvSpec
    name: str
    source: str
    forward: Callable[..., Any]
    grad_input: Callable[..., Any]
    grad_weight: Callable[..., Any]
    grad_bias: Callable[..., Any]
    backward: Callable[..., Any]


def kernel_with(functions: Any, *, spec: ConvSpec, name: str, source: str) -> Kernel:
    """Return the kernel of functions that are attributes of a module or of an object."""
    return Kernel(
        spec=spec,
        name=name,
        source=source,
        forward=functions.forward,
        grad_input=functions.grad_input,
        grad_weight=functions.grad_weight,
        grad_bias=functions.grad_bias,
        backward=functions.backward,
    )
