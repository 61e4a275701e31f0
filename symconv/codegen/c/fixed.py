"""The C functions for one input size: their heads, and how they call those for any size."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from symconv.codegen.c.contexts import FixedFunction, Given
from symconv.sizes import Shape

X, W, DY = Given("input", "x"), Given("weight", "w"), Given("grad_output", "dy")
HEADS: Final = (
    FixedFunction("forward", "output", "y", (X, W), biased=True, lines=()),
    FixedFunction("grad_input", "grad_input", "dx", (DY, W), biased=False, lines=()),
    FixedFunction("grad_weight", "grad_weight", "dw", (DY, X), biased=False, lines=()),
    FixedFunction("grad_bias", "grad_bias", "db", (DY,), biased=False, lines=()),
)
SUFFIX: Final = "_sized"


def calling_sized(input_shape: Shape) -> tuple[FixedFunction, ...]:
    """Return the functions for one input size; each calls the one that takes the sizes."""
    return tuple(replace(head, lines=(_call(head, input_shape),)) for head in HEADS)


def _call(head: FixedFunction, input_shape: Shape) -> str:
    arguments = [head.result, *(array.name for array in head.given)]
    arguments += ["bias"] if head.biased else []
    arguments += map(str, input_shape)
    return f"    (void)NAME({head.name}{SUFFIX})({', '.join(arguments)});"
