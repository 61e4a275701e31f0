"""The element-unrolled kernel of one small input: one statement an entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symconv.codegen.kernel import KernelRequest
from symconv.codegen.numpy.contexts import ElementModule, Statement
from symconv.codegen.numpy.module import shapes_of, statement_of
from symconv.codegen.plan.element import Product, element_sums
from symconv.codegen.plan.kernel import KernelPlan
from symconv.codegen.spelling.header import header_of
from symconv.codegen.spelling.text import entry, tuple_of
from symconv.sizes import Shape


def element_module(
    plan: KernelPlan, request: KernelRequest, *, proof: Sequence[str]
) -> ElementModule:
    """Return what the template of the element-unrolled kernel of one input shape needs.

    Args:
        plan: what to compute.
        request: what was asked for.
        proof: how far the emitted code is checked, line by line.
    """
    shapes = request.one_input
    sums = element_sums(plan, input_shape=shapes.input, output_shape=shapes.output)
    return ElementModule(
        header=header_of(plan, request, proof=proof),
        shapes=shapes_of(plan),
        imports=(("operator", "index"),),
        input_shape=tuple_of(sums.input_shape),
        output_shape=tuple_of(sums.output_shape),
        forward=_assignments("y", sums.forward),
        grad_input=_assignments("dx", sums.grad_input),
        grad_weight=_assignments("dw", sums.grad_weight),
    )


def _assignments(name: str, sums: Mapping[Shape, Sequence[Product]]) -> tuple[Statement, ...]:
    return tuple(
        statement_of(
            "",
            entry(name, index),
            [
                (f"{entry(one.left, one.left_index)} * {entry(one.right, one.right_index)}", "")
                for one in products
            ]
            or [("0", "")],
        )
        for index, products in sums.items()
    )
