"""What is measured: one operation of one spec on arrays of given shapes and type."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, Final

from symconv.errors import OptionError, SpecError
from symconv.notation import read_sizes, read_spec, write_sizes, write_spec
from symconv.sizes import Shape, checked_choice
from symconv.spec import ConvSpec

OPERATIONS: Final = ("forward", "grad_input", "grad_weight", "backward")
LAYOUTS: Final = ("plane", "batched")
DTYPES: Final = ("float32", "float64")
ITEM_BYTES: Final = {"float32": 4, "float64": 8}


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One operation of one spec.

    Attributes:
        spec: the sizes; padding with zeros, not transposed.
        operation: one of OPERATIONS; "backward" is the gradients by input, weight and bias.
        input: the spatial sizes of the input.
        layout: "plane" or "batched".
        images, inputs, outputs: N, C_in and C_out; 1 in a plane.
        dtype: one of DTYPES.
        workload: the grid it belongs to, "planes" or "layers"; "own" for a user's spec.
        name: what the grid calls it, "ResNet-50 conv1"; may be empty.
    """

    spec: ConvSpec
    operation: str
    input: Shape
    layout: str = "plane"
    images: int = 1
    inputs: int = 1
    outputs: int = 1
    dtype: str = "float32"
    workload: str = "own"
    name: str = ""

    def __post_init__(self) -> None:
        checked_choice("operation", self.operation, OPERATIONS)
        checked_choice("layout", self.layout, LAYOUTS)
        checked_choice("dtype", self.dtype, DTYPES)
        spec = self.spec
        if spec.transposed or spec.true_convolution or spec.padding_mode != "zeros":
            raise OptionError("a bench needs an ordinary convolution padded with zeros")
        if self.layout == "plane" and (self.images, self.inputs, self.outputs) != (1, 1, 1):
            raise OptionError("layout=plane has one image and one channel; use layout=batched")
        if self.inputs % spec.groups or self.outputs % spec.groups:
            raise SpecError(
                f"groups must divide the channels, got groups={spec.groups} for "
                f"{self.inputs} inputs and {self.outputs} outputs"
            )
        if prod(self.output_shape) * prod(self.input_shape) == 0:
            raise SpecError(f"the arrays must have entries, got input {write_sizes(self.input)}")

    @property
    def input_shape(self) -> Shape:
        """The shape of x and dx: (m, n), or (N, C_in, *spatial)."""
        return self.input if self.layout == "plane" else (self.images, self.inputs, *self.input)

    @property
    def weight_shape(self) -> Shape:
        """The shape of w and dw: (p, q), or (C_out, C_in / groups, *kernel)."""
        kernel = self.spec.kernel_shape
        if self.layout == "plane":
            return kernel
        return (self.outputs, self.inputs // self.spec.groups, *kernel)

    @property
    def output_shape(self) -> Shape:
        """The shape of y and dy: (g, h), or (N, C_out, *spatial)."""
        spatial = self.spec.output_shape(self.input)
        return spatial if self.layout == "plane" else (self.images, self.outputs, *spatial)

    @property
    def bytes(self) -> int:
        """The bytes that must move at least: every operand read once, every result written once."""
        x, w, y = map(prod, (self.input_shape, self.weight_shape, self.output_shape))
        entries = x + w + y + (x + w if self.operation == "backward" else 0)
        return entries * ITEM_BYTES[self.dtype]

    @property
    def flops(self) -> int:
        """Multiplications and additions of the definition, one each per tap, output and input."""
        products = prod(self.output_shape) * prod(self.spec.kernel_shape)
        if self.layout == "batched":
            products *= self.inputs // self.spec.groups
        return 2 * products * (2 if self.operation == "backward" else 1)

    @property
    def sizes(self) -> str:
        """The sizes in words, "3x3 t=1, 28x28" or "3x3 t=1, 4x64-64 56x56 groups=2"."""
        words = [f"{write_sizes(self.spec.kernel_shape)} t={_short(self.spec.stride)},"]
        if self.layout == "batched":
            words.append(f"{self.images}x{self.inputs}-{self.outputs}")
        words.append(write_sizes(self.input))
        if set(self.spec.dilation) != {1}:
            words.append(f"dilation={_short(self.spec.dilation)}")
        if self.spec.groups > 1:
            words.append(f"groups={self.spec.groups}")
        return " ".join(words)

    @property
    def title(self) -> str:
        """The problem in words, "grad_input 3x3 t=1, 28x28 float32"."""
        named = f"{self.name}, " if self.name else ""
        return f"{self.operation} {named}{self.sizes} {self.dtype}"

    def as_dict(self) -> dict[str, Any]:
        """Return plain data from which `problem_from` makes the same problem."""
        return {
            "workload": self.workload,
            "name": self.name,
            "operation": self.operation,
            "spec": write_spec(self.spec),
            "input": write_sizes(self.input),
            "layout": self.layout,
            "images": self.images,
            "inputs": self.inputs,
            "outputs": self.outputs,
            "dtype": self.dtype,
        }


def problem_from(data: dict[str, Any]) -> Problem:
    """Return the problem that `Problem.as_dict` wrote.

    Raises:
        SpecError: a size breaks a rule.
        OptionError: a choice does not exist.
    """
    words = dict(data)
    spec = read_spec(**words.pop("spec"))
    return Problem(**{**words, "spec": spec, "input": read_sizes("input", words["input"])})


def _short(sizes: Shape) -> str:
    return str(sizes[0]) if len(set(sizes)) == 1 else write_sizes(sizes)
