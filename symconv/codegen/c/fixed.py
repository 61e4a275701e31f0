"""C functions for one input size: what their templates are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from symconv.codegen.c.module import guard_of
from symconv.codegen.c.types import CType, types_of
from symconv.codegen.kernel import KernelRequest
from symconv.codegen.plan.kernel import KernelPlan
from symconv.codegen.spelling.header import Header, header_of
from symconv.codegen.spelling.text import tuple_of


@dataclass(frozen=True)
class Given:
    """An array that a function reads: the name of its parameter, and its letter."""

    name: str
    letter: str


@dataclass(frozen=True)
class Head:
    """The head of a function.

    Attributes:
        name: of the function.
        result, letter: the array it fills, and its letter.
        given: what it reads.
        biased: whether a number is the last parameter, the bias of a plane.
    """

    name: str
    result: str
    letter: str
    given: tuple[Given, ...]
    biased: bool = False


X, W, B, DY = (
    Given(*words)
    for words in (("input", "x"), ("weight", "w"), ("bias", "b"), ("grad_output", "dy"))
)


class Heads(NamedTuple):
    """The heads of the four functions."""

    forward: Head
    grad_input: Head
    grad_weight: Head
    grad_bias: Head


PLANE: Final = Heads(
    Head("forward", "output", "y", (X, W), biased=True),
    Head("grad_input", "grad_input", "dx", (DY, W)),
    Head("grad_weight", "grad_weight", "dw", (DY, X)),
    Head("grad_bias", "grad_bias", "db", (DY,)),
)
BATCHED: Final = PLANE._replace(forward=Head("forward", "output", "y", (X, W, B)))


@dataclass(frozen=True)
class CFixed:
    """The context of c/fixed.h.jinja, and of the first part of both kinds of .c file.

    Attributes:
        header: what the file says of itself.
        name: of the kernel, and of its files.
        guard: the macro that keeps the header from being read twice.
        types: those of the functions.
        input_shape, output_shape, weight_shape: in words, "(3, 4)".
        bias: what bias and grad_bias are, in words.
        heads: those of the functions.
    """

    header: Header
    name: str
    guard: str
    types: tuple[CType, ...]
    input_shape: str
    output_shape: str
    weight_shape: str
    bias: str
    heads: Heads


def fixed_file(plan: KernelPlan, request: KernelRequest, *, proof: Sequence[str]) -> CFixed:
    """Return what the header needs.

    Args:
        plan: what to compute.
        request: what was asked for.
        proof: how far the emitted code is checked, line by line.
    """
    shapes, batched = request.one_input, request.layout == "batched"
    return CFixed(
        header=header_of(
            plan, request, proof=proof, pair=" and pair of channels" if batched else ""
        ),
        name=request.name,
        guard=guard_of(request),
        types=types_of(request),
        input_shape=tuple_of(shapes.input),
        output_shape=tuple_of(shapes.output),
        weight_shape=tuple_of(shapes.weight),
        bias=(
            f"bias (b) and grad_bias (db)       {tuple_of(shapes.output[1:2])}; "
            "bias may be NULL for none"
            if batched
            else "bias (b) is a number, grad_bias (db) one entry"
        ),
        heads=BATCHED if batched else PLANE,
    )
