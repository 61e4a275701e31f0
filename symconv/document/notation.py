"""Notation of documents that SymPy lacks: unevaluated, so that it is shown as it is written.

Conditions keep the order of reading (SymPy's And and Piecewise sort), and products of numbers
stay products.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sympy import Basic, Expr, Function, IndexedBase, Symbol, Tuple, symbols, sympify

DX: Final = IndexedBase("dx")  # de/dx, the gradient by the input
DXP: Final = IndexedBase("dxp")  # de/dxp, by the padded input, where padding is copied
DW: Final = IndexedBase("dw")  # de/dw
DB: Final = Symbol("db")  # de/db
DB_CHANNELS: Final = IndexedBase("db")  # de/db of an output channel
DOTS: Final = Symbol("dots")  # the terms left out of an abridged sum
SOME_AXES_PADDED: Final = symbols("R S", cls=IndexedBase)  # x, its first axes padded already
DSOME_AXES_PADDED: Final = symbols("dR dS", cls=IndexedBase)
SPREAD_INPUT: Final = IndexedBase("Z")  # x with zeros between its entries


class Partial(Function):  # type: ignore[misc]  # SymPy is untyped
    """The partial derivative of the first argument by the second."""


class NumberProduct(Function):  # type: ignore[misc]
    """A product of integers, not multiplied out: 2 * (-3)."""


class Between(Basic):  # type: ignore[misc]
    """low <= value < end, or low <= value <= last: see `below` and `upto`."""


class Divides(Basic):  # type: ignore[misc]
    """The first argument divides the second."""


class Holds(Basic):  # type: ignore[misc]
    """left = right as a condition, never evaluated."""


class All(Basic):  # type: ignore[misc]
    """All of the conditions, in the order of reading."""


class Cases(Basic):  # type: ignore[misc]
    """Pairs (value, condition); the last condition may be Otherwise."""


class Otherwise(Basic):  # type: ignore[misc]
    """The condition of the last case."""


class Index(Basic):  # type: ignore[misc]
    """An index or a shape in brackets: (u, v)."""


class Listed(Basic):  # type: ignore[misc]
    """A list, its entries with commas between them."""


class Larger(Basic):  # type: ignore[misc]
    """The larger one of two expressions."""


class Sizes(Basic):  # type: ignore[misc]
    """Sizes joined by a cross: 3 x 5."""


class Grid(Basic):  # type: ignore[misc]
    """A matrix: a Tuple for each row."""


class Stacked(Basic):  # type: ignore[misc]
    """vec of an array: its entries in one column, row after row."""


class Transposed(Basic):  # type: ignore[misc]
    """The transpose of a matrix."""


class Times(Basic):  # type: ignore[misc]
    """A product of matrices, in order."""


def below(value: Any, end: Any, *, low: Any = 0) -> Between:
    """Return low <= value < end."""
    return Between(sympify(low), sympify(value), sympify(end), Symbol("<"))


def upto(value: Any, last: Any, *, low: Any = 0) -> Between:
    """Return low <= value <= last."""
    return Between(sympify(low), sympify(value), sympify(last), Symbol("<="))


def cases(*pairs: tuple[Any, Basic]) -> Cases:
    """Return the pairs and, at the end, 0 otherwise."""
    rows = [Tuple(sympify(value), condition) for value, condition in pairs]
    return Cases(*rows, Tuple(sympify(0), Otherwise()))


def every(conditions: Sequence[Basic]) -> Basic:
    """Return the conjunction of one or more conditions."""
    return conditions[0] if len(conditions) == 1 else All(*conditions)


def index_of(entries: Sequence[Any]) -> Index:
    """Return (u, v) of its entries."""
    return Index(*map(sympify, entries))


def listed(entries: Sequence[Any]) -> Listed:
    """Return the list of its entries."""
    return Listed(*map(sympify, entries))


def sizes_of(entries: Sequence[Any]) -> Sizes:
    """Return 3 x 5 of its entries."""
    return Sizes(*map(sympify, entries))


def short_sizes(entries: Sequence[int]) -> Sizes:
    """Return 2 for sizes that are all 2, else 2 x 1."""
    return sizes_of(entries[:1] if len(set(entries)) == 1 else entries)


def grid_of(rows: Sequence[Sequence[Expr | int]]) -> Grid:
    """Return a matrix of its rows."""
    return Grid(*(Tuple(*map(sympify, row)) for row in rows))
