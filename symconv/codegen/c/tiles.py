"""Tiles: the middle of two neighbouring rows made at once, vector by vector.

What is read from a row of the source is used by both rows, and what is used of a tap serves two
vectors. Every entry is the same sum in the same order as where its row is made alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from symconv.algebra.affine import Affine
from symconv.codegen.c.contexts import Pointer, Taken, Tile
from symconv.codegen.c.rows import Direction, Sum, tap_number
from symconv.codegen.c.spelling import VECTOR_STRIDES, declared, index_of, row_place
from symconv.codegen.plan import KernelPlan, TermPlan
from symconv.sizes import Shape

MOST_TAPS: Final = 128
FIRST: Final = "first"
Taps = tuple[Shape | None, Shape | None]
Read = tuple[tuple[Affine, ...], Affine, Taps]


def tile_of(
    plan: KernelPlan,
    direction: Direction,
    sums: Sequence[Sum],
    *,
    place: int,
    target: Affine,
    next_row: str,
) -> Tile | None:
    """Return how two rows are made at once; None where they are made one by one.

    Args:
        plan: what to compute.
        direction: the operation.
        sums: the entries that one step of the middle makes.
        place: the number of the phase of the leading axes.
        target: the index of a row along the last leading axis, of the letter of that axis.
        next_row: how many entries lie from one row to the other.
    """
    terms = sums[0].terms
    step = terms[0].index[-1].slope if terms else 0
    one_sum = len(sums) == 1 and sums[0].target.slope == 1
    if plan.axes == 1 or not one_sum or step not in VECTOR_STRIDES or len(terms) > MOST_TAPS:
        return None
    taken = _taken(terms)
    leading = list(dict.fromkeys(rows for rows, _, _ in taken))
    names = {rows: f"{direction.source}{number}" for number, rows in enumerate(leading)}
    letters, sizes = direction.letters[:-1], direction.source_sizes
    return Tile(
        name=f"{direction.name}_rows{place}",
        parameters=declared((*letters, *direction.row_sizes, direction.size)),
        next_row=next_row,
        sources=tuple(
            Pointer(name, row_place(direction.source, rows, sizes[1:]))
            for rows, name in names.items()
        ),
        step=direction.letters[-1],
        start=direction.start,
        stop=direction.stop,
        target=index_of(sums[0].target),
        stride=step,
        taken=tuple(
            Taken(
                place=f"{names[rows]} + {index_of(last)}",
                rows=_uses(taps, plan.kernel_shape),
            )
            for rows, last, taps in taken
        ),
        letter=letters[-1],
        count=direction.target_sizes[-2],
        condition=_condition(direction, leading, target),
    )


def _uses(taps: Taps, kernel_shape: Shape) -> tuple[tuple[str, int], ...]:
    """Return the rows that use what was read, each with the number of its tap."""
    rows = zip(("upper", "lower"), taps, strict=True)
    return tuple((word, tap_number(tap, kernel_shape)) for word, tap in rows if tap)


def _taken(terms: Sequence[TermPlan]) -> list[Read]:
    """Return what is read, in the order of both sums: its rows, its index, and the two taps."""
    upper = {term.index: term.tap for term in terms}
    lower = {(*_moved(term.index[:-1]), term.index[-1]): term.tap for term in terms}
    sign = 1 if _rises(terms) else -1
    outer = list(dict.fromkeys(term.index[:-2] for term in terms))
    last = list(dict.fromkeys(term.index[-1] for term in terms))
    order = sorted(
        {**upper, **lower},
        key=lambda index: (
            outer.index(index[:-2]),
            sign * index[-2].constant,
            last.index(index[-1]),
        ),
    )
    return [(index[:-1], index[-1], (upper.get(index), lower.get(index))) for index in order]


def _rises(terms: Sequence[TermPlan]) -> bool:
    """Return whether the rows of the source rise from one term to the next."""
    first = [term.index[-2].constant for term in terms if term.index[:-2] == terms[0].index[:-2]]
    return first == sorted(first)


def _moved(rows: tuple[Affine, ...]) -> tuple[Affine, ...]:
    """Return the rows that the next row of the result reads through the same taps."""
    *outer, row = rows
    return (*outer, Affine(row.slope, row.letter, row.constant + row.slope))


def _condition(direction: Direction, leading: Sequence[tuple[Affine, ...]], target: Affine) -> str:
    """Return when both rows exist, and all the rows they read."""
    axis = len(direction.letters) - 2
    parts = [
        f"{_at_first(target)} >= 0",
        f"{_at_first(target, more=1)} < {direction.target_sizes[axis]}",
    ]
    for number, size in enumerate(direction.source_sizes[:-1]):
        rows = [row[number] for row in leading]
        low = min(rows, key=lambda row: row.constant)
        high = max(rows, key=lambda row: row.constant)
        lowest, highest = (
            (_at_first(low), _at_first(high)) if number == axis else (index_of(low), index_of(high))
        )
        parts += [f"{lowest} >= 0", f"{highest} < {size}"]
    return " && ".join(parts)


def _at_first(index: Affine, *, more: int = 0) -> str:
    return index_of(Affine(index.slope, FIRST, index.constant + more * index.slope))
