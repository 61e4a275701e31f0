"""Rows of the result: the functions that make them, and when each is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from symconv.algebra.affine import Affine
from symconv.codegen.c.contexts import Case, Cell, Part, Pointer, Row, Tile
from symconv.codegen.c.spelling import (
    all_inside,
    declared,
    index_of,
    row_place,
    sized,
    term,
)
from symconv.codegen.plan.kernel import KernelPlan, TermPlan
from symconv.codegen.spelling.roles import TAP_LETTERS
from symconv.codegen.spelling.text import Term, entry, tuple_of
from symconv.sizes import Shape

TERM_INDENT: Final = 12


@dataclass(frozen=True)
class Sum:
    """What one entry of a row is: its index along the last axis, and the terms of its sum."""

    target: Affine
    terms: tuple[TermPlan, ...]


@dataclass(frozen=True)
class Direction:
    """The words of one operation.

    Attributes:
        name: of its function.
        target, source: the letters of the arrays.
        letters: the running letters of the leading axes, and of the last.
        target_sizes, source_sizes: the sizes of the arrays.
        edge: the letter of an entry of the result along the last axis.
        start, stop: the middle along the last axis, of the running letter.
        left, right: the entries of the result that the middle makes.
        reach, exists, at: where a tap reads at an entry, whether, and the index.
        begin: what every sum begins with.
    """

    name: str
    target: str
    source: str
    letters: tuple[str, ...]
    target_sizes: tuple[str, ...]
    source_sizes: tuple[str, ...]
    edge: str
    start: str
    stop: str
    left: str
    right: str
    reach: str
    exists: str
    at: str
    begin: str

    @property
    def size(self) -> str:
        """The length of a row of the result."""
        return self.target_sizes[-1]

    @property
    def row_sizes(self) -> tuple[str, ...]:
        """The sizes behind the first axis of the source, or the only one."""
        return self.source_sizes[1:] or self.source_sizes


def tap_number(tap: Shape, kernel_shape: Shape) -> int:
    """Return the place of a tap, or of a row of taps, in row-major order."""
    number = 0
    for index, size in zip(tap, kernel_shape, strict=False):
        number = number * size + index
    return number


def whole_row(
    plan: KernelPlan,
    direction: Direction,
    outer: Shape,
    sums: Sequence[Sum],
    *,
    place: int,
    tiled: bool,
) -> Row:
    """Return the function of a row of the result all of whose rows of the source exist."""
    terms = [term_plan for each in sums for term_plan in each.terms]
    leading = list(dict.fromkeys(term_plan.index[:-1] for term_plan in terms))
    names = {rows: f"{direction.source}{number}" for number, rows in enumerate(leading)}
    sources = tuple(
        Pointer(name, row_place(direction.source, rows, direction.source_sizes[1:]))
        for rows, name in names.items()
        if rows
    )
    if not sources:
        names = {(): direction.source}
    tap_rows = list(dict.fromkeys((t.index[:-1], t.tap[:-1]) for t in terms))
    begin = direction.begin
    return _row(
        plan,
        direction,
        name=f"{direction.name}_row{place}",
        notes=(_row_heading(direction, outer, sums),),
        letters=direction.letters[:-1],
        sources=sources,
        cells=tuple(
            Cell(
                f"{direction.target}[{index_of(each.target)}]",
                _terms(plan, direction, each.terms, names, begin="" if begin == "0" else begin),
            )
            for each in sums
        ),
        edge_terms=tuple(
            _edge_term(plan, names[rows], tap, first=not position)
            for position, (rows, tap) in enumerate(tap_rows)
        ),
        begin=begin,
        assign="=",
        tiled=tiled,
    )


def single_row(
    plan: KernelPlan,
    direction: Direction,
    sums: Sequence[Sum],
) -> Row:
    """Return the function that adds what one row of the source gives through one row of taps."""
    one = next(t for each in sums for t in each.terms)
    kept = [
        Sum(each.target, tuple(t for t in each.terms if t.tap[:-1] == one.tap[:-1]))
        for each in sums
    ]
    return _row(
        plan,
        direction,
        name=f"{direction.name}_add",
        notes=(f"Add to a row of {direction.target} what one row of taps gives.",),
        letters=(),
        sources=(),
        cells=tuple(
            Cell(
                f"{direction.target}[{index_of(each.target)}]",
                tuple(
                    _product(
                        f"{direction.source}[{index_of(t.index[-1])}] * w[{t.tap[-1]}]",
                        "",
                        first=not position,
                    )
                    for position, t in enumerate(each.terms)
                ),
            )
            for each in kept
            if each.terms
        ),
        edge_terms=(Term("", f"{direction.source}[at] * w[{TAP_LETTERS[plan.axes - 1]}]", ""),),
        begin="0",
        assign="+=",
        tiled=False,
    )


def _row(
    plan: KernelPlan,
    direction: Direction,
    *,
    name: str,
    notes: tuple[str, ...],
    letters: Sequence[str],
    sources: tuple[Pointer, ...],
    cells: tuple[Cell, ...],
    edge_terms: tuple[Term, ...],
    begin: str,
    assign: str,
    tiled: bool,
) -> Row:
    sizes = direction.row_sizes if letters or plan.axes == 1 else direction.source_sizes[-1:]
    return Row(
        name=name,
        notes=notes,
        parameters=declared((*letters, *sizes, direction.size)),
        sources=sources,
        step=direction.letters[-1],
        start=direction.start,
        stop=direction.stop,
        cells=cells,
        left=direction.left,
        right=direction.right,
        edge=direction.edge,
        size=direction.size,
        taps=plan.kernel_shape[-1],
        tap=TAP_LETTERS[plan.axes - 1],
        reach=direction.reach,
        exists=direction.exists,
        at=direction.at,
        edge_terms=edge_terms,
        begin=begin,
        biased=begin == "b",
        assign=assign,
        tiled=tiled,
    )


def case_of(
    plan: KernelPlan,
    direction: Direction,
    outer: Shape,
    sums: Sequence[Sum],
    *,
    place: int,
    tile: Tile | None,
) -> Case:
    """Return how the rows of one phase of the leading axes are made."""
    terms = [term_plan for each in sums for term_plan in each.terms]
    letters, sizes = direction.letters[:-1], direction.source_sizes
    least, most = (
        [
            Affine(
                terms[0].index[axis].slope,
                letter,
                pick(t.index[axis].constant for t in terms),
            )
            for axis, letter in enumerate(letters)
        ]
        for pick in (min, max)
    )
    inside = " && ".join(
        f"{index_of(low)} >= 0 && {index_of(high)} < {size}"
        for low, high, size in zip(least, most, sizes, strict=False)
    )
    rows = dict.fromkeys((t.index[:-1], t.tap[:-1]) for t in terms)
    count = direction.target_sizes[-2:-1] if tile else ()
    arguments = (*letters, *sizes, direction.size, *count)
    return Case(
        number=tap_number(outer, plan.stride) if direction.name != "forward" else 0,
        name=f"{direction.name}_phase{place}",
        parameters=declared(arguments),
        arguments=", ".join(arguments),
        row_arguments=", ".join((*letters, *direction.row_sizes, direction.size)),
        add_arguments=f"{sizes[-1]}, {direction.size}",
        condition=inside,
        call=f"{direction.name}_row{place}",
        parts=tuple(
            Part(
                all_inside(indices, sizes[:-1]),
                f"{row_place(direction.source, indices, sizes[1:])}, "
                f"w + {tap_number(tap, plan.kernel_shape) * plan.kernel_shape[-1]}",
            )
            for indices, tap in rows
        ),
        tile=tile,
    )


def _terms(
    plan: KernelPlan,
    direction: Direction,
    terms: Sequence[TermPlan],
    names: Mapping[tuple[Affine, ...], str],
    *,
    begin: str,
) -> tuple[Term, ...]:
    products = tuple(
        _product(
            f"{names[t.index[:-1]]}[{index_of(t.index[-1])}]"
            f" * w[{tap_number(t.tap, plan.kernel_shape)}]",
            f"{entry(direction.source, [index.spelled() for index in t.index])}"
            f" * {entry('w', t.tap)}",
            first=not position and not begin,
        )
        for position, t in enumerate(terms)
    )
    if begin or not products:
        return (Term("", begin or "0", ""), *products)
    return products


def _product(code: str, note: str, *, first: bool) -> Term:
    return term(code if first else f"+ {code}", note, indent=TERM_INDENT)


def _edge_term(plan: KernelPlan, name: str, tap: Shape, *, first: bool) -> Term:
    number = tap_number(tap, plan.kernel_shape) * plan.kernel_shape[-1]
    place = sized(TAP_LETTERS[plan.axes - 1], number)
    return Term("", f"{'' if first else '+ '}{name}[at] * w[{place}]", "")


def _row_heading(direction: Direction, outer: Shape, sums: Sequence[Sum]) -> str:
    """Return "Phase (1, *) of dx: ..." in words."""
    if direction.name == "forward":
        return "A row of y all of whose rows of x exist."
    phase = f"Phases {tuple_of((*outer, '*'))}: " if outer else ""
    return f"{phase}a row of dx all of whose rows of dy exist."
