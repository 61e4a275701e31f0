"""The element-unrolled kernel of one small input: one statement an entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from symconv.codegen.numpy.contexts import ElementModule, Statement
from symconv.codegen.numpy.module import header_of, shapes_of, statement_of
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
    shapes = (input_shape, output_shape) if plan.transposed else (output_shape, input_shape)
    at_windows, at_cells = ("x", "dy") if plan.transposed else ("dy", "x")
    windows, cells = (list(product(*map(range, shape))) for shape in shapes)
    weighed: dict[Shape, list[str]] = {window: [] for window in windows}
    met: dict[Shape, list[str]] = {tap.tap: [] for tap in plan.taps}
    for window, tap in product(windows, plan.taps):
        read = (
            index.slope * i + index.constant for index, i in zip(tap.index, window, strict=True)
        )
        cell = _source(plan, tuple(read), shapes[1])
        if cell is not None:
            weighed[window].append(f"{entry(at_cells, cell)} * {entry('w', tap.tap)}")
            met[tap.tap].append(f"{entry(at_windows, window)} * {entry(at_cells, cell)}")
    gathered: dict[Shape, list[str]] = {cell: [] for cell in cells}
    for phase in plan.phases:
        for padded, terms in _phase_cells(plan, phase, shapes, at_windows):
            if (cell := _source(plan, padded, shapes[1])) is not None:
                gathered[cell] += terms
    forward, grad_input = (gathered, weighed) if plan.transposed else (weighed, gathered)
    return ElementModule(
        header=header_of(plan, request, proof=proof),
        shapes=shapes_of(plan),
        operators="index",
        input_shape=tuple_of(input_shape),
        output_shape=tuple_of(output_shape),
        forward=tuple(_assignment("y", key, sums) for key, sums in forward.items()),
        grad_input=tuple(_assignment("dx", key, sums) for key, sums in grad_input.items()),
        grad_weight=tuple(_assignment("dw", key, sums) for key, sums in met.items()),
    )


def _source(plan: KernelPlan, padded: Shape, cell_shape: Shape) -> Shape | None:
    """Return the cell that a padded cell holds; None for a zero."""
    found = []
    for place, size, pieces in zip(padded, cell_shape, plan.copies, strict=True):
        holding = [piece for piece in pieces if place in piece.padded_cells(size)]
        if not holding or not 0 <= (cell := holding[0].source(place, size=size)) < size:
            return None
        found.append(cell)
    return tuple(found)


def _phase_cells(
    plan: KernelPlan, phase: PhasePlan, shapes: tuple[Shape, Shape], at_windows: str
) -> Iterator[tuple[Shape, list[str]]]:
    """Yield each cell of a phase with its products; windows outside the image are left out."""
    window_shape, cell_shape = shapes
    rows = [
        [
            (cells.first - lo + t * step, cells.block + step)
            for step in range(-(-(lo + n + hi - cells.first) // t))
        ]
        for cells, t, n, (lo, hi) in zip(
            phase.cells, plan.stride, cell_shape, plan.gathered, strict=True
        )
    ]
    for place in product(*rows):
        products = []
        for term in phase.terms:
            window = tuple(
                block + index.constant for (_, block), index in zip(place, term.index, strict=True)
            )
            if all(0 <= i < size for i, size in zip(window, window_shape, strict=True)):
                products.append(f"{entry(at_windows, window)} * {entry('w', term.tap)}")
        yield tuple(cell for cell, _ in place), products


def _assignment(name: str, index: Shape, products: Sequence[str]) -> Statement:
    return statement_of("", entry(name, index), [(code, "") for code in products or ["0"]])
