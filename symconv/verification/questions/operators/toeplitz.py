"""Claims with a matrix times a vector, both written out: a convolution as a Toeplitz matrix.

The product is multiplied out and compared with the convolutions that its entries may be meant for:
flipped or not, valid, full, same or circular, forwards or differentiated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from symconv.formula.notation import (
    Juxtaposed,
    Multiplied,
    Name,
    Run,
    Starred,
    Statement,
    Transposed,
)
from symconv.formula.tree import Matrix, walk
from symconv.verification.outcome import Outcome
from symconv.verification.questions.operators.cells import CellReader, Cells
from symconv.verification.questions.operators.geometries import (
    Product,
    circular,
    geometries,
    kind_of,
)
from symconv.verification.reading.operators.names import Named, bare, named
from symconv.verification.reading.operators.priors import INPUT, KERNEL, prior
from symconv.verification.reading.operators.sketches import UnknownOperatorError
from symconv.verification.reading.roles import Told
from symconv.verification.truth.operator_arrays import MisfitError, Polynomial, added, multiplied

KIND: Final = "im2col"
MAX_SIZE: Final = 40


def toeplitz_claim(statement: Statement, told: Told) -> Outcome | None:
    """Return the verdict on y = matrix · vector; None where nothing of that kind is written."""
    if len(statement.sides) != 2 or not any(
        isinstance(part, Matrix) for side in statement.sides for part in walk(side)
    ):
        return None
    try:
        for left, right in (statement.sides, statement.sides[::-1]):
            pair = _pair(right)
            if pair is not None:
                return _judged(left, _product(*pair, told), told)
    except (UnknownOperatorError, MisfitError):
        return None
    return None


def _pair(node: Any) -> tuple[Matrix, Matrix] | None:
    node = bare(node)
    match node:
        case Juxtaposed(factors=(one, other)) | Multiplied(factors=(one, other)):
            parts = [_matrix(one), _matrix(other)]
        case Starred(sign="@" | "*", left=one, right=other):
            parts = [_matrix(one), _matrix(other)]
        case _:
            return None
    first, second = parts
    if first is None or second is None or len(first.rows[0]) != len(second.rows):
        return None
    return (first, second) if len(second.rows[0]) == 1 and len(second.rows) > 1 else None


def _matrix(node: Any) -> Matrix | None:
    node = bare(node)
    if isinstance(node, Transposed) and isinstance(inner := bare(node.operand), Matrix):
        return Matrix(tuple(zip(*inner.rows, strict=True)))
    return node if isinstance(node, Matrix) else None


def _product(first: Matrix, second: Matrix, told: Told) -> Product:
    reader = CellReader(told)
    matrix, vector = reader.cells(first), reader.cells(second)
    names = {**matrix.named, **vector.named}
    places = sorted(set(_places(matrix)) | set(_places(vector)))
    bases = {key: min(place for own, place in places if own == key) for key in names}
    sizes = {
        key: max(place for own, place in places if own == key) - bases[key] + 1 for key in names
    }
    entries = []
    for row in range(matrix.shape[0]):
        total: Polynomial = {}
        for column in range(matrix.shape[1]):
            cell = _moved(matrix.entries[row, column], bases)
            total = added(total, multiplied(cell, _moved(vector.entries[column, 0], bases)))
        entries.append(total)
    return Product(tuple(entries), tuple(matrix.named), tuple(vector.named), names, sizes)


def _places(cells: Cells) -> Iterator[tuple[str, int]]:
    for polynomial in cells.entries.values():
        for monomial in polynomial:
            for key, place in monomial:
                if len(place) != 1:
                    raise UnknownOperatorError("entries with several indices")
                yield key, place[0]


def _moved(polynomial: Polynomial, bases: Mapping[str, int]) -> Polynomial:
    return {
        tuple(sorted((key, (place[0] - bases[key],)) for key, place in monomial)): many
        for monomial, many in polynomial.items()
    }


def _judged(left: Any, product: Product, told: Told) -> Outcome | None:
    if len(product.matrix) != 1 or len(product.vector) != 1:
        return None
    if max(len(product.entries), *product.sizes.values()) > MAX_SIZE:
        return None
    one, other = product.matrix[0], product.vector[0]
    if one == other:
        return None
    target = _target(left, told)
    if target is None or (target[1] is not None and target[1] != len(product.entries)):
        return None
    array = target[0]
    reading = f"{product.names[one].shown} in the matrix, {product.names[other].shown} the vector"
    find = _gradients if array.gradient else _forwards
    found = list(islice(find(product, one, other), 2))
    if found:
        reach = f"exactly, for the sizes shown: {_shown(product)}"
        kind = "gradient" if array.gradient else "output"
        return Outcome(kind, "right_when", reading, reach, condition=" or ".join(found))
    reach = f"multiplied out for the sizes shown ({_shown(product)}), it is no convolution of them"
    return Outcome(KIND, "refuted", reading, reach)


def _shown(product: Product) -> str:
    return ", ".join(f"{product.names[key].shown} {size}" for key, size in product.sizes.items())


def _target(left: Any, told: Told) -> tuple[Named, int | None] | None:
    """Return (array, length) of the left side: a name, or a column of its entries in order."""
    matrix = _matrix(left)
    if matrix is None:
        node = bare(left)
        array = named(node, told) if isinstance(node, Name | Run) or node else None
        return (array, None) if array else None
    if len(matrix.rows[0]) != 1:
        return None
    cells = CellReader(told).cells(matrix)
    if len(cells.named) != 1:
        return None
    places = []
    for row in range(cells.shape[0]):
        if len(cells.entries[row, 0]) != 1:
            return None
        ((monomial, many),) = cells.entries[row, 0].items()
        if many != 1 or len(monomial) != 1:
            return None
        places.append(monomial[0][1][0])
    if places != list(range(places[0], places[0] + len(places))):
        return None
    return next(iter(cells.named.values())), len(places)


def _forwards(product: Product, one: str, other: str) -> Iterator[str]:
    """Yield which convolutions of its two arrays a product is, in words."""
    kernel, signal = sorted((one, other), key=lambda key: prior(product.names[key].base, KERNEL))
    for geometry in geometries(product.sizes[kernel]):
        if geometry.forward(product, signal, kernel) == product.entries:
            yield f"it stands for {geometry} with {kernel}"
        if geometry.backward(product, signal, kernel) == product.entries:
            yield f"it stands for the transpose of {geometry} with {kernel}"
    for flips in (False, True):
        for start in range(product.sizes[signal]):
            if circular(product, signal, kernel, start, flips=flips) == product.entries:
                yield f"it stands for the circular {kind_of(flips)} with {kernel}"


def _gradients(product: Product, one: str, other: str) -> Iterator[str]:
    """Yield of which forward pass a product is the gradient, in words."""
    upstream = next((key for key in (one, other) if product.names[key].gradient), None)
    value = next((key for key in (one, other) if not product.names[key].gradient), None)
    if upstream is None or value is None:
        return
    base = product.names[value].base
    by_kernel = prior(base, KERNEL) > prior(base, INPUT)
    taps = len(product.entries) if by_kernel else product.sizes[value]
    for geometry in geometries(taps):
        if by_kernel:
            found = geometry.by_tap(product, value, upstream)
        else:
            found = geometry.backward(product, upstream, value)
        if found == product.entries:
            yield f"the forward pass is {geometry}"
