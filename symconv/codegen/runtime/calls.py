"""Calls of compiled functions by Python: what the template of that file is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from symconv.codegen.c.types import CType
from symconv.render import render
from symconv.sizes import Shape


@dataclass(frozen=True)
class Source:
    """A type of entries that are read: its letter in the buffer protocol, and its C name.

    Integers of 4 and 8 bytes are "i" and "l", whatever they are called there.
    """

    code: str
    type: str


F32, F64 = Source("f", "float"), Source("d", "double")
I32, I64 = Source("i", "int32_t"), Source("l", "int64_t")
SOURCES: Final[
    Mapping[str, tuple[Source, ...]]
] = {  # itself, and what NumPy computes with it in it
    "f32": (F32,),
    "f64": (F64, F32, I32, I64),
    "i32": (I32,),
    "i64": (I64, I32),
}


@dataclass(frozen=True)
class Call:
    """A function of three arrays: where its input, its output and its weight stand among them."""

    name: str
    input: int
    output: int
    weight: int
    biased: bool
    count: int


CALLS: Final = (
    Call("forward", input=1, output=0, weight=2, biased=True, count=4),
    Call("grad_input", input=0, output=1, weight=2, biased=False, count=3),
    Call("grad_weight", input=2, output=1, weight=0, biased=False, count=3),
)


@dataclass(frozen=True)
class PythonCalls:
    """The context of c/python.c.jinja.

    Attributes:
        name: of the kernel.
        value, suffix: the C name of the entries, and what the names of its functions end in.
        code: what the buffer protocol calls the type.
        sources: the types of the arrays that are read.
        number: the function that turns a number of Python into C.
        axes: how many there are.
        kernel: the sizes of the weight, "3, 5".
        input_sizes, given_sizes: those of the input, from an array and from arguments.
        calls: the functions of three arrays.
    """

    name: str
    value: str
    suffix: str
    code: str
    sources: tuple[Source, ...]
    number: str
    axes: int
    kernel: str
    input_sizes: str
    given_sizes: str
    calls: tuple[Call, ...]


def python_text(name: str, kind: CType, kernel_shape: Shape) -> str:
    """Return the text of the C file through which Python calls the functions of one type."""
    axes = range(len(kernel_shape))
    context = PythonCalls(
        name=name,
        value=kind.value,
        suffix=kind.suffix,
        code=SOURCES[kind.suffix][0].code,
        sources=SOURCES[kind.suffix],
        number="PyLong_AsLongLong" if kind.value.startswith("int") else "PyFloat_AsDouble",
        axes=len(axes),
        kernel=", ".join(map(str, kernel_shape)),
        input_sizes=", ".join(f"input->shape[{axis}]" for axis in axes),
        given_sizes=", ".join(f"given[{axis}]" for axis in axes),
        calls=CALLS,
    )
    return render("c/python.c.jinja", context)
