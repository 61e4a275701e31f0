"""Tiles: the middle of some neighbouring rows made at once, vector by vector.

What is read from a row of the source is used by every row, and what is used of a tap serves two
vectors. Every entry is the same sum in the same order as where its row is made alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from symconv.algebra.affine import Affine
from symconv.codegen.c.contexts import Pointer, Taken, Tile
from symconv.codegen.c.rows import Direction, Sum, tap_number
from symconv.codegen.c.spelling import VECTOR_STRIDES, declared, index_of, row_place
from symconv.codegen.plan.kernel import KernelPlan, TermPlan
from symconv.sizes import Shape

MOST_TAPS: Final = 128
FIRST: Final = "first"
ROWS: Final = ("row0", "row1", "row2", "row3")
ROWS_APART: Final = 2  # where vectors are put together from entries that lie apart
Taps = tuple[Shape | None, ...]
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
    """Return how some rows are made at once; None where they are made one by one.

    Args:
        plan: what to compute.
        direction: the operation.
        sums: the entries that one step of the middle makes.
        place: the number of the phase of the leading axes.
        target: the index of a row along the last leading axis, of the letter of that axis.
        next_row: how many entries lie from one row to the next.
    """
    terms = sums[0].terms
    step = terms[0].index[-1].slope if terms else 0
    one_sum = len(sums) == 1 and sums[0].target.slope == 1
    if plan.axes == 1 or not one_sum or step not in VECTOR_STRIDES or len(terms) > MOST_TAPS:
        return None
    made = ROWS if step == 1 else ROWS[:ROWS_APART]
    taken = _taken(terms, rows=len(made))
    leading = list(dict.fromkeys(rows for rows, _, _ in taken))
    names = {rows: f"{direction.source}{number}" for number, rows in enumerate(leading)}
    letters, sizes = direction.letters[:-1], direction.source_sizes
    begin = max(_least_inside(row) for row in (target, *(rows[-1] for rows in leading)))
    return Tile(
        name=f"{direction.name}_rows{place}",
        parameters=declared((*letters, *direction.row_sizes, direction.size)),
        next_row=next_row,
        rows=made,
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
        first=_first(letters[-1], begin, rows=len(made)),
        condition=_condition(direction, leading, target, begin=begin, rows=len(made)),
    )


def _uses(taps: Taps, kernel_shape: Shape) -> tuple[tuple[str, int], ...]:
    """Return the rows that use what was read, each with the number of its tap."""
    using = zip(ROWS, taps, strict=False)
    return tuple((row, tap_number(tap, kernel_shape)) for row, tap in using if tap)


def _taken(terms: Sequence[TermPlan], *, rows: int) -> list[Read]:
    """Return what is read, in the order of every sum: its rows, its index, and a tap each row."""
    tap_at = [
        {(*_moved(term.index[:-1], number), term.index[-1]): term.tap for term in terms}
        for number in range(rows)
    ]
    sign = 1 if _rises(terms) else -1
    outer = list(dict.fromkeys(term.index[:-2] for term in terms))
    last = list(dict.fromkeys(term.index[-1] for term in terms))
    order = sorted(
        {index for taps in tap_at for index in taps},
        key=lambda index: (
            outer.index(index[:-2]),
            sign * index[-2].constant,
            last.index(index[-1]),
        ),
    )
    return [(index[:-1], index[-1], tuple(taps.get(index) for taps in tap_at)) for index in order]


def _rises(terms: Sequence[TermPlan]) -> bool:
    """Return whether the rows of the source rise from one term to the next."""
    first = [term.index[-2].constant for term in terms if term.index[:-2] == terms[0].index[:-2]]
    return first == sorted(first)


def _moved(rows: tuple[Affine, ...], number: int) -> tuple[Affine, ...]:
    """Return the rows that a later row of the result reads through the same taps."""
    *outer, row = rows
    return (*outer, Affine(row.slope, row.letter, row.constant + number * row.slope))


def _least_inside(row: Affine) -> int:
    """Return the least value of its letter for which a row has an index of at least 0."""
    return -(row.constant // row.slope)


def _first(letter: str, begin: int, *, rows: int) -> str:
    """Return the first row of the tile that has a row, where tiles begin at a row."""
    place = index_of(Affine(1, letter, -begin))
    return f"{letter} - {place if begin == 0 else f'({place})'} % {rows}"


def _condition(
    direction: Direction,
    leading: Sequence[tuple[Affine, ...]],
    target: Affine,
    *,
    begin: int,
    rows: int,
) -> str:
    """Return when all rows of a tile exist, and all that they read, where the first may be made."""
    axis = len(direction.letters) - 2
    parts = [
        f"{direction.letters[axis]} >= {begin}",
        f"{_at_first(target, more=rows - 1)} < {direction.target_sizes[axis]}",
    ]
    for number, size in enumerate(direction.source_sizes[:-1]):
        read = [row[number] for row in leading]
        low = min(read, key=lambda row: row.constant)
        high = max(read, key=lambda row: row.constant)
        if number == axis:
            parts.append(f"{_at_first(high)} < {size}")
        else:
            parts += [f"{index_of(low)} >= 0", f"{index_of(high)} < {size}"]
    return " && ".join(parts)


def _at_first(index: Affine, *, more: int = 0) -> str:
    return index_of(Affine(index.slope, FIRST, index.constant + more * index.slope))
