"""What the text for a terminal says of transposed convolutions and of copied padding besides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Expr, Integer

from symconv.algebra.affine import Affine
from symconv.algebra.copies import Copy, InSize
from symconv.algebra.derivation import DerivedGradients
from symconv.algebra.symbols import (
    FREE_OUTPUT_INDEX,
    INPUT_INDEX,
    INPUT_SIZE,
    OUTPUT_INDEX,
    OUTPUT_SIZE,
    TAP_INDEX,
)
from symconv.algebra.transposed import with_fixed
from symconv.document.layout import joined, names
from symconv.document.printing import spell


def transposed_output_lines(derivation: DerivedGradients) -> list[str]:
    """Return y[u, v] as a sum over all inputs, and how many outputs there are."""
    spec = derivation.spec
    cell = joined(names(INPUT_INDEX)[: spec.axes])
    sizes = zip(spec.stride, spec.extent, spec.padding_pairs, strict=True)
    ranges = []
    for axis, (t, e, (lo, hi)) in enumerate(sizes):
        count = Affine(t, INPUT_SIZE[axis].name, e - t - lo - hi).spelled(minus="−")
        ranges.append(f"0 ≤ {INPUT_INDEX[axis]} < {OUTPUT_SIZE[axis]} = {count}")
    return [f"y[{cell}] = {spell(derivation.output)}", "", "for " + ", ".join(ranges)]


def equation_lines(derivation: DerivedGradients) -> list[str]:
    """Return where the deltas of a transposed convolution are 1."""
    axes = derivation.spec.axes
    equations = (
        f"{letter} = {spell(read.stride * i + read.dilation * r + read.offset)}"
        for letter, i, r, read in zip(
            names(INPUT_INDEX)[:axes],
            OUTPUT_INDEX[:axes],
            TAP_INDEX[:axes],
            derivation.equations,
            strict=True,
        )
    )
    return ["an input meets an output where " + ", ".join(equations) + "; x is zero outside"]


def transposed_gradient_lines(derivation: DerivedGradients) -> list[str]:
    """Return dy/dx and de/dx of a transposed convolution, an ordinary convolution of dy."""
    axes = derivation.spec.axes
    cell, window = (joined(names(letters)[:axes]) for letters in (INPUT_INDEX, OUTPUT_INDEX))
    by_input = with_fixed(
        derivation.partials.by_input,
        summed=OUTPUT_INDEX[:axes],
        free=FREE_OUTPUT_INDEX[:axes],
    )
    return [
        f"∂y[{cell}]/∂x[{window}] = {spell(by_input)}",
        f"∂e/∂x[{window}] = {spell(derivation.grad_input)}, with dy = ∂e/∂y, zero outside y",
        "this is the convolution of dy with the same sizes: forward and backward change places",
    ]


def padded_lines(derivation: DerivedGradients) -> list[str]:
    """Return which cells of the padded input X are copies of which input cells, axis by axis."""
    return [
        line
        for axis, table in enumerate(derivation.phases.axes)
        for line in _axis_lines(axis, table.copies)
    ] or ["X = x: no cell is added"]


def folded_lines(derivation: DerivedGradients) -> list[str]:
    """Return from which padded cells an input cell gets its gradient, axis by axis."""
    lines = ["∂e/∂x at a cell is ∂e/∂X there, plus ∂e/∂X at all its copies:"]
    for axis, table in enumerate(derivation.phases.axes):
        letter, size = INPUT_INDEX[axis], INPUT_SIZE[axis]
        for piece in table.copies[1:]:
            first, last, offset = (
                _number(number, size) for number in (piece.first, piece.last, piece.offset)
            )
            if piece.slope == 0:
                lines.append(f"{letter} = {spell(offset)} has copies at {_range(first, last)}")
                continue
            copy = piece.slope * (letter - offset)
            ends = [piece.slope * end + offset for end in (first, last)]
            low, high = ends if piece.slope == 1 else reversed(ends)
            lines.append(f"{letter} from {spell(low)} to {spell(high)} has a copy at {spell(copy)}")
    return lines if len(lines) > 1 else ["∂e/∂x = ∂e/∂X: no cell is added"]


def _axis_lines(axis: int, copies: Sequence[Copy]) -> Iterator[str]:
    letter, size = INPUT_INDEX[axis], INPUT_SIZE[axis]
    for piece in copies[1:]:
        first, last = (_number(number, size) for number in (piece.first, piece.last))
        source = piece.slope * letter + _number(piece.offset, size)
        yield f"X at {letter} = {_range(first, last)} is x at {spell(source)}"


def _range(first: Expr, last: Expr) -> str:
    return spell(first) if first == last else f"{spell(first)} … {spell(last)}"


def _number(number: InSize, size: Expr) -> Expr:
    return Integer(number.constant) + number.sizes * size
