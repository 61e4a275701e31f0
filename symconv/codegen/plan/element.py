"""The products of every entry of one small image: what element-unrolled kernels spell.

Read from the KernelPlan: which cell a tap reads in a window, which windows a phase gathers, which
padded cell is a copy of which cell. A product whose cell or window does not exist is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from symconv.codegen.plan.kernel import KernelPlan, PhasePlan
from symconv.sizes import Shape


@dataclass(frozen=True)
class Product:
    """One entry times another: the letters of their arrays, and their indices."""

    left: str
    left_index: Shape
    right: str
    right_index: Shape


@dataclass(frozen=True)
class ElementSums:
    """Per entry of y, dx and dw, the products that it is the sum of.

    Attributes:
        input_shape, output_shape: the sizes of the image and of its output.
        forward, grad_input, grad_weight: the sums, by index, in row-major order.
    """

    input_shape: Shape
    output_shape: Shape
    forward: Mapping[Shape, Sequence[Product]]
    grad_input: Mapping[Shape, Sequence[Product]]
    grad_weight: Mapping[Shape, Sequence[Product]]


def element_sums(plan: KernelPlan, *, input_shape: Shape, output_shape: Shape) -> ElementSums:
    """Return the sums of one image.

    Args:
        plan: what to compute.
        input_shape: its sizes.
        output_shape: those of its output.
    """
    shapes = (input_shape, output_shape) if plan.transposed else (output_shape, input_shape)
    at_windows, at_cells = ("x", "dy") if plan.transposed else ("dy", "x")
    windows, cells = (list(product(*map(range, shape))) for shape in shapes)
    weighed: dict[Shape, list[Product]] = {window: [] for window in windows}
    met: dict[Shape, list[Product]] = {tap.tap: [] for tap in plan.taps}
    for window, tap in product(windows, plan.taps):
        read = tuple(
            index.slope * i + index.constant for index, i in zip(tap.index, window, strict=True)
        )
        cell = _source(plan, read, shapes[1])
        if cell is not None:
            weighed[window].append(Product(at_cells, cell, "w", tap.tap))
            met[tap.tap].append(Product(at_windows, window, at_cells, cell))
    gathered: dict[Shape, list[Product]] = {cell: [] for cell in cells}
    for phase in plan.phases:
        for padded, products in _phase_cells(plan, phase, shapes, at_windows):
            if (cell := _source(plan, padded, shapes[1])) is not None:
                gathered[cell] += products
    forward, grad_input = (gathered, weighed) if plan.transposed else (weighed, gathered)
    return ElementSums(input_shape, output_shape, forward, grad_input, met)


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
) -> Iterator[tuple[Shape, list[Product]]]:
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
                products.append(Product(at_windows, window, "w", term.tap))
        yield tuple(cell for cell, _ in place), products
