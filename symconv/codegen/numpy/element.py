"""The element-unrolled kernel of one small input: one statement an entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from symconv.codegen.numpy.contexts import ElementModule, Statement
from symconv.codegen.numpy.module import header_of, plane_formulas, shapes_of, statement_of
from symconv.codegen.numpy.spelling import entry, tuple_of
from symconv.codegen.plan import KernelPlan, PhasePlan
from symconv.codegen.request import KernelRequest
from symconv.sizes import Shape


def element_module(
    plan: KernelPlan, request: KernelRequest, *, input_shape: Shape, proof: Sequence[str]
) -> ElementModule:
    """Return what the template of the element-unrolled kernel of one input shape needs.

    Args:
        plan: what to compute.
        request: what was asked for.
        input_shape: the input sizes.
        proof: how far the emitted code is checked, line by line.
    """
    output_shape = request.spec.output_shape(input_shape)
    windows = list(product(*map(range, output_shape)))
    forward: dict[Shape, list[str]] = {window: [] for window in windows}
    grad_input: dict[Shape, list[str]] = {cell: [] for cell in product(*map(range, input_shape))}
    grad_weight: dict[Shape, list[str]] = {tap.tap: [] for tap in plan.taps}
    for window, tap in product(windows, plan.taps):
        cell = tuple(
            read.slope * i + read.constant for read, i in zip(tap.index, window, strict=True)
        )
        if cell in grad_input:
            forward[window].append(f"{entry('x', cell)} * {entry('w', tap.tap)}")
            grad_weight[tap.tap].append(f"{entry('dy', window)} * {entry('x', cell)}")
    for phase in plan.phases:
        grad_input.update(_phase_cells(plan, phase, input_shape, output_shape))
    return ElementModule(
        header=header_of(plan, request, formulas=plane_formulas(plan), proof=proof),
        shapes=shapes_of(plan),
        input_shape=tuple_of(input_shape),
        output_shape=tuple_of(output_shape),
        forward=tuple(_assignment("y", key, sums) for key, sums in forward.items()),
        grad_input=tuple(_assignment("dx", key, sums) for key, sums in grad_input.items()),
        grad_weight=tuple(_assignment("dw", key, sums) for key, sums in grad_weight.items()),
    )


def _phase_cells(
    plan: KernelPlan, phase: PhasePlan, input_shape: Shape, output_shape: Shape
) -> Iterator[tuple[Shape, list[str]]]:
    """Yield each cell of a phase with its products; outputs outside the image are left out."""
    rows = [
        [(cells.first + t * step, cells.block + step) for step in range(-(-(n - cells.first) // t))]
        for cells, t, n in zip(phase.cells, plan.stride, input_shape, strict=True)
    ]
    for place in product(*rows):
        products = []
        for term in phase.terms:
            output = tuple(
                block + index.constant for (_, block), index in zip(place, term.index, strict=True)
            )
            if all(0 <= i < size for i, size in zip(output, output_shape, strict=True)):
                products.append(f"{entry('dy', output)} * {entry('w', term.tap)}")
        yield tuple(cell for cell, _ in place), products


def _assignment(name: str, index: Shape, products: Sequence[str]) -> Statement:
    return statement_of("", entry(name, index), [(code, "") for code in products or ["0"]])
