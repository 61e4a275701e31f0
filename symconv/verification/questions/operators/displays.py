"""Everything that a claim with written matrices shows: sides, entries, shapes and first indices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from symconv.formula.notation import (
    Statement,
)
from symconv.formula.tree import Compare
from symconv.verification.questions.operators.cells import CellReader, Cells
from symconv.verification.questions.operators.conventions import (
    UPSTREAM,
)
from symconv.verification.reading.operators.names import Named
from symconv.verification.reading.operators.priors import INPUT, KERNEL
from symconv.verification.reading.operators.readings import Sketcher
from symconv.verification.reading.operators.sketches import (
    Array,
    Sketch,
    UnknownOperatorError,
    Written,
    within,
)
from symconv.verification.reading.roles import Told
from symconv.verification.truth.operator_arrays import (
    Place,
    Table,
)


@dataclass(frozen=True)
class Display:
    """Everything that a claim with written matrices shows.

    Attributes:
        sides: its sides.
        cells: matrix -> its entries.
        shapes: array -> its size, as its indices show it.
        bases: array -> its first index.
        names: array -> its name.
    """

    sides: tuple[Sketch, ...]
    cells: Mapping[Written, Cells]
    shapes: Mapping[str, Place]
    bases: Mapping[str, Place]
    names: Mapping[str, Named]


def display_of(statement: Statement, told: Told) -> Display:
    """Return what a statement shows."""
    sketcher, reader = Sketcher(told), CellReader(told)
    sides = tuple(sketcher.sketch(side) for side in equal_sides(statement))
    written = [p for side in sides for p in within(side) if isinstance(p, Written)]
    cells = {matrix: reader.cells(matrix.matrix) for matrix in written}
    names: dict[str, Named] = {}
    places: dict[str, list[Place]] = {}
    for matrix in cells.values():
        names |= {key: named for key, named in matrix.named.items() if key not in names}
        for polynomial in matrix.entries.values():
            for monomial in polynomial:
                for key, place in monomial:
                    places.setdefault(key, []).append(place)
    if not places or any(len({len(p) for p in found}) > 1 for found in places.values()):
        raise UnknownOperatorError("entries with different numbers of indices")
    bases = {key: tuple(map(min, zip(*found, strict=True))) for key, found in places.items()}
    shapes = {
        key: tuple(
            high - low + 1
            for high, low in zip(map(max, zip(*found, strict=True)), bases[key], strict=True)
        )
        for key, found in places.items()
    }
    return Display(sides, cells, shapes, bases, names)


def equal_sides(statement: Statement) -> Iterator[Any]:
    """Yield the sides of a statement; y = (...) on one side of an equivalence is two."""
    for side in statement.sides:
        if isinstance(side, Compare) and side.operator == "=":
            yield from (side.left, side.right)
        else:
            yield side


def gradient_on_left(display: Display) -> Named | None:
    """Return the gradient that the left side is, named or written out; None if it is none."""
    first = display.sides[0]
    if isinstance(first, Array) and first.named.gradient:
        return first.named
    if isinstance(first, Written):
        names = list(display.cells[first].named.values())
        if len(names) == 1 and names[0].gradient:
            return names[0]
    return None


def tables_of(display: Display, roles: Mapping[str, str]) -> dict[Written, Table]:
    """Return the written matrices, with symbols of roles, places from 0."""

    def symbol(key: str, place: Place) -> tuple[str, Place]:
        return roles.get(key, key), tuple(
            i - low for i, low in zip(place, display.bases[key], strict=True)
        )

    return {
        matrix: Table(
            cells.shape,
            {
                place: {
                    tuple(sorted(symbol(*factor) for factor in monomial)): many
                    for monomial, many in polynomial.items()
                }
                for place, polynomial in cells.entries.items()
            },
        )
        for matrix, cells in display.cells.items()
    }


def shapes_of(display: Display, keys: Mapping[str, str]) -> dict[str, Place] | None:
    """Return the shapes of input, kernel and upstream gradient; two of them give the third."""
    known = {role: display.shapes[key] for role, key in keys.items()}
    if UPSTREAM not in known or len(known) < 2 or len({len(s) for s in known.values()}) > 1:
        return None
    output = known[UPSTREAM]
    if INPUT in known:
        kernel = tuple(n - g + 1 for n, g in zip(known[INPUT], output, strict=True))
        if min(kernel) < 1 or known.get(KERNEL, kernel) != kernel:
            return None
        return {INPUT: known[INPUT], KERNEL: kernel, UPSTREAM: output}
    kernel = known[KERNEL]
    cells = tuple(g + k - 1 for g, k in zip(output, kernel, strict=True))
    return {INPUT: cells, KERNEL: kernel, UPSTREAM: output}


def names_result(side: Sketch, display: Display) -> bool:
    """Return whether a side is a mere name, or lists entries that stand nowhere else."""
    if isinstance(side, Array):
        return True
    if not isinstance(side, Written):
        return False
    own = set(display.cells[side].named)
    others = {
        key
        for matrix, cells in display.cells.items()
        if matrix is not side and matrix != side
        for key in cells.named
    }
    single = all(
        len(polynomial) == 1 and all(len(monomial) == 1 for monomial in polynomial)
        for polynomial in display.cells[side].entries.values()
    )
    return single and len(own) == 1 and not own & others
