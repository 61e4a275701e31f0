"""Claims about fast algorithms, F(m, r): their matrices, their products and their form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from symconv.formula.notation import (
    Name,
    Run,
    Statement,
    Transposed,
)
from symconv.formula.tree import Matrix
from symconv.verification.outcome import Outcome
from symconv.verification.questions.operators.fast_forms import bracketed_form
from symconv.verification.questions.operators.fast_products import (
    KIND,
    MAX_SIZE,
    listed_products,
    number_of,
)
from symconv.verification.reading.operators.matrix_words import without_transpose
from symconv.verification.reading.operators.names import bare
from symconv.verification.truth.fast_algorithms import (
    NoPointError,
    Part,
    Rows,
    is_algorithm,
    points,
)

PARTS: Final[Mapping[tuple[str, bool], tuple[Part, bool]]] = {
    # (name, transposed) -> part, and whether the matrix has to be transposed to be it
    ("A", True): ("A^T", False),
    ("A", False): ("A^T", True),
    ("G", False): ("G", False),
    ("G", True): ("G", True),
    ("B", True): ("B^T", False),
    ("B", False): ("B^T", True),
}
WORDS: Final[Mapping[Part, str]] = {
    "A^T": "output transform",
    "G": "kernel transform",
    "B^T": "input transform",
}


def fast_claims(statements: Sequence[Statement]) -> list[Outcome | None]:
    """Return the outcome of each statement about a fast algorithm; None for others."""
    found = _matrix_claims(statements)
    listed = listed_products(statements)
    forms = [bracketed_form(statement) for statement in statements]
    return [one or two or three for one, two, three in zip(found, listed, forms, strict=True)]


# Matrices that are written out


@dataclass(frozen=True)
class Given:
    """A matrix of an algorithm, as it is written out.

    Attributes:
        part: which one it is.
        rows: its rows, turned if its author gives it transposed.
        usual: whether its name is that of an algorithm's matrix even by itself.
    """

    part: Part
    rows: Rows
    usual: bool = True

    @property
    def sizes(self) -> tuple[int, int] | None:
        """(m, r) as far as the shape says: 0 for what it does not say; None if it is no such."""
        high, wide = len(self.rows), len(self.rows[0])
        if self.part == "A^T":
            return (high, wide - high + 1) if 2 <= high < wide else None
        if self.part == "G":
            return (high - wide + 1, wide) if 2 <= wide < high else None
        return (0, 0) if high == wide >= 3 else None


def _matrix_claims(statements: Sequence[Statement]) -> list[Outcome | None]:
    given = [_given(statement) for statement in statements]
    by_part: dict[Part, Rows] = {matrix.part: matrix.rows for matrix in given if matrix}
    complete = len(by_part) == len(PARTS) // 2
    return [
        _matrix_claim(matrix, by_part, complete)
        if matrix and (matrix.usual or len(by_part) > 1)
        else None
        for matrix in given
    ]


def _given(statement: Statement) -> Given | None:
    if len(statement.sides) != 2:
        return None
    name, turned = without_transpose(statement.sides[0])
    matrix = bare(statement.sides[1])
    flipped = isinstance(matrix, Transposed)
    matrix = bare(matrix.operand) if isinstance(matrix, Transposed) else matrix
    if not isinstance(name, Name | Run) or not isinstance(matrix, Matrix):
        return None
    if name.text in ("AT", "BT", "GT"):
        name, turned = Name(name.text[0]), True
    part = PARTS.get((name.text, turned))
    rows = _numbers(matrix)
    if part is None or rows is None:
        return None
    rows = tuple(zip(*rows, strict=True)) if part[1] != flipped else rows
    found = Given(part[0], rows, usual=not part[1])
    return found if found.sizes is not None else None


def _numbers(matrix: Matrix) -> Rows | None:
    rows = tuple(tuple(map(number_of, row)) for row in matrix.rows)
    if not rows or len({len(row) for row in rows}) != 1 or not 2 <= len(rows[0]) <= MAX_SIZE:
        return None
    if len(rows) > MAX_SIZE:
        return None
    kept = tuple(tuple(entry for entry in row if entry is not None) for row in rows)
    return kept if [len(row) for row in kept] == [len(row) for row in rows] else None


def _matrix_claim(given: Given, by_part: Mapping[Part, Rows], complete: bool) -> Outcome | None:
    reading = f"{given.part} {WORDS[given.part]} of an algorithm F(m, r)"
    try:
        found = points(given.part, given.rows)
    except NoPointError as err:
        why = f"{err}; so it belongs to no algorithm with m + r - 1 products"
        return Outcome(KIND, "refuted", reading, why)
    listed = ", ".join("∞" if point is None else str(point) for point in found)
    reading = f"{given.part} {WORDS[given.part]} of F({_filters(given, by_part)})"
    reach = f"the points are {listed}"
    if complete:
        right = is_algorithm(by_part["A^T"], by_part["G"], by_part["B^T"])
        if right:
            return Outcome(KIND, "proved", f"{reading}, with the others", f"{reach}; exactly")
        reach = "the three matrices together do not make the outputs of the filter"
        return Outcome(KIND, "refuted", reading, reach)
    others = " and ".join(f"{part}" for part in WORDS if part != given.part)
    condition = f"{others} belong to the same points in this order, with scales that fit"
    return Outcome(KIND, "right_when", reading, reach, condition=condition)


def _filters(given: Given, by_part: Mapping[Part, Rows]) -> str:
    sizes = [Given(part, rows).sizes for part, rows in {**by_part, given.part: given.rows}.items()]
    known = [size for size in sizes if size and size[0]]
    if known:
        return ", ".join(map(str, known[0]))
    return "m, r"


# Products that are listed


# The form with brackets
