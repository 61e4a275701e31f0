"""The C functions of one small input: one statement an entry, no loop and no branch."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Final

from symconv.codegen.c.contexts import CFixed, FixedFunction, Given
from symconv.codegen.c.module import TYPES
from symconv.codegen.c.spelling import WIDTH
from symconv.codegen.element import ElementSums, Product
from symconv.codegen.numpy.module import header_of
from symconv.codegen.numpy.spelling import entry, tuple_of
from symconv.codegen.plan import KernelPlan
from symconv.codegen.request import KernelRequest
from symconv.sizes import Shape

BODY: Final = " " * 4
TIMES: Final = "\N{NO-BREAK SPACE}*\N{NO-BREAK SPACE}"  # a line never ends beside it
X, W, DY = Given("input", "x"), Given("weight", "w"), Given("grad_output", "dy")


def element_module(
    plan: KernelPlan, request: KernelRequest, *, sums: ElementSums, proof: Sequence[str]
) -> CFixed:
    """Return what the templates of the two files need.

    Args:
        plan: what to compute.
        request: what was asked for.
        sums: every entry of the results.
        proof: how far the emitted code is checked, line by line.
    """
    shapes = {
        **dict.fromkeys(("x", "dx"), sums.input_shape),
        **dict.fromkeys(("y", "dy"), sums.output_shape),
        **dict.fromkeys(("w", "dw"), plan.kernel_shape),
    }
    cells = product(*map(range, sums.output_shape))
    bias = _statement("*db", [_place("dy", cell, shapes) for cell in cells])
    return CFixed(
        header=header_of(plan, request, proof=proof),
        name=request.name,
        guard=f"SYMCONV_{request.name.upper()}_H",
        types=TYPES,
        input_shape=tuple_of(sums.input_shape),
        output_shape=tuple_of(sums.output_shape),
        weight_shape=tuple_of(plan.kernel_shape),
        functions=(
            _function("forward", "output", "y", (X, W), sums.forward, shapes, begin="b"),
            _function("grad_input", "grad_input", "dx", (DY, W), sums.grad_input, shapes),
            _function("grad_weight", "grad_weight", "dw", (DY, X), sums.grad_weight, shapes),
            FixedFunction("grad_bias", "grad_bias", "db", (DY,), biased=False, lines=bias),
        ),
    )


def _function(
    name: str,
    result: str,
    letter: str,
    given: tuple[Given, ...],
    sums: Mapping[Shape, Sequence[Product]],
    shapes: Mapping[str, Shape],
    *,
    begin: str = "",
) -> FixedFunction:
    """Return a function whose result has these sums as entries."""
    lines: list[str] = []
    for index, products in sums.items():
        terms = [begin] if begin else []
        terms += [
            _place(one.left, one.left_index, shapes)
            + TIMES
            + _place(one.right, one.right_index, shapes)
            for one in products
        ]
        note = entry(letter, index) if len(index) > 1 else ""
        lines += _statement(_place(letter, index, shapes), terms or ["0"], note=note)
    return FixedFunction(name, result, letter, given, biased=bool(begin), lines=tuple(lines))


def _place(name: str, index: Shape, shapes: Mapping[str, Shape]) -> str:
    """Return an entry of an array that lies row by row, "x[13]"."""
    place = 0
    for position, size in zip(index, shapes[name], strict=True):
        place = place * size + position
    return f"{name}[{place}]"


def _statement(target: str, terms: Sequence[str], *, note: str = "") -> tuple[str, ...]:
    """Return the lines of an assignment; the comment says which entry it is."""
    comment = f" /* {note} */" if note else ""
    lines = textwrap.wrap(
        f"{target} = {' + '.join(terms)};",
        WIDTH - len(comment),
        initial_indent=BODY,
        subsequent_indent=BODY * 2,
        break_long_words=False,
    )
    lines[0] += comment
    return tuple(line.replace("\N{NO-BREAK SPACE}", " ") for line in lines)
