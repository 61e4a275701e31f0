"""Matrices that are written out: their entries as polynomials in the entries of named arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from symconv.formula.notation import (
    Differential,
    Juxtaposed,
    Mark,
    Marked,
    Multiplied,
    Name,
    Starred,
)
from symconv.formula.tree import Integer, Matrix, Negated, Partial, Total
from symconv.verification.reading.names import flat
from symconv.verification.reading.operators.names import Named, bare, named
from symconv.verification.reading.operators.sketches import (
    UnknownOperatorError,
)
from symconv.verification.reading.roles import Told
from symconv.verification.truth.operator_arrays import (
    Place,
    Polynomial,
    added,
    multiplied,
)

MAX_CELLS: Final = 400


@dataclass(frozen=True)
class Cells:
    """A matrix that is written out, its entries as polynomials in (array, place).

    Attributes:
        named: the arrays in it, without their indices.
        shape: rows and columns.
        entries: one polynomial in (name of the array, place) for each cell.
    """

    named: Mapping[str, Named]
    shape: Place
    entries: Mapping[Place, Polynomial]


@dataclass(frozen=True)
class CellReader:
    """Reads the entries of matrices; told what names mean."""

    told: Told

    def cells(self, matrix: Matrix) -> Cells:
        """Return a matrix with its entries as polynomials.

        Raises:
            UnknownOperatorError: an entry is something else, or the matrix is too large.
        """
        rows = matrix.rows
        if len({len(row) for row in rows}) != 1 or sum(map(len, rows)) > MAX_CELLS:
            raise UnknownOperatorError("a matrix with rows of different lengths")
        found: dict[str, Named] = {}
        entries: dict[Place, Polynomial] = {
            (i, j): self._polynomial(entry, found)
            for i, row in enumerate(rows)
            for j, entry in enumerate(row)
        }
        return Cells(found, (len(rows), len(rows[0])), entries)

    def _polynomial(self, node: Any, found: dict[str, Named]) -> Polynomial:
        node = bare(node)
        match node:
            case Integer(value=0):
                return {}
            case Integer(value=value):
                return {(): value}
            case Negated(operand=operand):
                return added({}, self._polynomial(operand, found), -1)
            case Total(terms=terms):
                total: Polynomial = {}
                for term in terms:
                    total = added(total, self._polynomial(term, found))
                return total
            case Juxtaposed(factors=factors) | Multiplied(factors=factors):
                return self._product(factors, found)
            case Starred(sign="*", left=left, right=right):
                return self._product((left, right), found)
        return {(self._symbol(node, found),): 1}

    def _product(self, factors: Sequence[Any], found: dict[str, Named]) -> Polynomial:
        product: Polynomial = {(): 1}
        for factor in factors:
            product = multiplied(product, self._polynomial(factor, found))
        return product

    def _symbol(self, node: Any, found: dict[str, Named]) -> tuple[str, Place]:
        inner, place = without_index(node)
        array = named(inner, self.told)
        if array is None or not place:
            raise UnknownOperatorError(f"{flat(node)} is no entry of an array")
        key = f"{'d' if array.gradient else ''}{array.base}"
        found.setdefault(key, array)
        return key, place


def without_index(node: Any) -> tuple[Any, Place]:
    """Return (array, place) of an entry: w_{12}, ∂E/∂y_{11}, ∇a_{23}, x_{1,2}, x[0, 1], x_3."""
    node = bare(node)
    match node:
        case Partial(of=of, by=by):
            inner, place = without_index(by)
            return Partial(of, inner), place
        case Differential(sign=sign, operand=operand):
            inner, place = without_index(operand)
            return Differential(sign, inner), place
        case Marked(base=base, marks=marks):
            places = [_place(mark) for mark in marks]
            kept = tuple(m for m, place in zip(marks, places, strict=True) if not place)
            found = next((place for place in places if place), ())
            return (Marked(base, kept) if kept else base), found
        case Name(text=text) if len(text) > 1 and text[1:].isdigit() and len(text) <= 3:
            return Name(text[0], spelled=text[0]), tuple(map(int, text[1:]))
    return node, ()


def _place(mark: Mark) -> Place:
    if mark.kind == "sup" or not all(isinstance(item, Integer) for item in mark.items):
        return ()
    numbers = [item.value for item in mark.items if isinstance(item, Integer)]
    if len(numbers) == 1 and mark.kind == "sub" and mark.text.strip().isdigit():
        return tuple(map(int, mark.text.strip()))
    return tuple(numbers)
