"""A matrix times a vector as a few sums, what opposite points have in common made once.

Two rows that differ in signs only are the sum and the difference of two parts: the entries that
agree and those that do not. Two such columns are met by the sum and the difference of their two
operands. Nothing is rearranged beyond that, so a term passes through no more roundings than its
row has entries, and one for the division.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from symconv.algebra.toom_cook import Matrix, Row


@dataclass(frozen=True)
class Group:
    """Operands with one factor in common.

    Attributes:
        factor: a positive integer.
        terms: pairs of a sign, 1 or -1, and an operand.
    """

    factor: int
    terms: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Sum:
    """name = (sum of the groups) / divisor; no groups are zero."""

    name: str
    groups: tuple[Group, ...]
    divisor: int


@dataclass(frozen=True)
class SharedSums:
    """Sums in the order in which they are made.

    Attributes:
        steps: those that results have in common.
        results: one per row of the matrix.
    """

    steps: tuple[Sum, ...]
    results: tuple[Sum, ...]


def shared_sums(matrix: Matrix, *, operands: Sequence[str], results: Sequence[str]) -> SharedSums:
    """Return the sums that multiply a matrix by a vector.

    Args:
        matrix: one row per result, one column per operand.
        operands: the names of the columns.
        results: the names of the rows.

    Example:
        >>> sums = shared_sums(
        ...     ((Fraction(1), Fraction(1)), (Fraction(1), Fraction(-1))),
        ...     operands=("x0", "x1"),
        ...     results=("t0", "t1"),
        ... )
        >>> [(step.name, step.groups[0].terms) for step in sums.steps]
        [('even1', ((1, 'x0'),)), ('odd1', ((1, 'x1'),))]
    """
    if len(matrix) < len(operands):
        return _by_columns(matrix, operands, results)
    return _by_rows(matrix, operands, results)


def _by_rows(matrix: Matrix, operands: Sequence[str], results: Sequence[str]) -> SharedSums:
    steps: list[Sum] = []
    sums: list[Sum] = []
    row = 0
    while row < len(matrix):
        parts = _parts(matrix[row], matrix[row + 1]) if row + 1 < len(matrix) else None
        if parts is None:
            sums.append(_sum(results[row], matrix[row], operands))
            row += 1
            continue
        number = len(steps) // 2 + 1
        even, odd = f"even{number}", f"odd{number}"
        steps += [_sum(name, part, operands) for name, part in zip((even, odd), parts, strict=True)]
        sums += [
            Sum(results[row + place], (Group(1, ((1, even), (sign, odd))),), 1)
            for place, sign in enumerate((1, -1))
        ]
        row += 2
    return SharedSums(tuple(steps), tuple(sums))


def _by_columns(matrix: Matrix, operands: Sequence[str], results: Sequence[str]) -> SharedSums:
    columns = list(zip(*matrix, strict=True))
    steps: list[Sum] = []
    kept: list[tuple[Row, str]] = []
    column = 0
    while column < len(columns):
        pair = columns[column : column + 2]
        parts = _parts(*pair) if len(pair) == 2 else None
        if parts is None:
            kept.append((columns[column], operands[column]))
            column += 1
            continue
        number = len(steps) // 2 + 1
        first, second = operands[column : column + 2]
        for name, sign, part in zip(("plus", "minus"), (1, -1), parts, strict=True):
            steps.append(Sum(f"{name}{number}", (Group(1, ((1, first), (sign, second))),), 1))
            kept.append((part, f"{name}{number}"))
        column += 2
    rows = tuple(zip(*(part for part, _ in kept), strict=True))
    names = [name for _, name in kept]
    sums = (_sum(name, row, names) for name, row in zip(results, rows, strict=True))
    return SharedSums(tuple(steps), tuple(sums))


def _parts(first: Row, second: Row) -> tuple[Row, Row] | None:
    """Return the entries that agree and those of opposite sign, if there are both and no others."""
    if tuple(map(abs, first)) != tuple(map(abs, second)):
        return None
    even = tuple(a if a == b else Fraction(0) for a, b in zip(first, second, strict=True))
    odd = tuple(a if a != b else Fraction(0) for a, b in zip(first, second, strict=True))
    return (even, odd) if any(even) and any(odd) else None


def _sum(name: str, row: Row, operands: Sequence[str]) -> Sum:
    """Return the sum of a row, equal factors in one group; positive terms come first."""
    divisor = lcm(*(entry.denominator for entry in row))
    whole = [int(entry * divisor) for entry in row]
    factors = dict.fromkeys(abs(number) for number in whole if number)
    groups = []
    for factor in factors:
        terms = [
            (1 if number > 0 else -1, operand)
            for number, operand in zip(whole, operands, strict=True)
            if abs(number) == factor
        ]
        groups.append(Group(factor, tuple(sorted(terms, key=lambda term: -term[0]))))
    return Sum(name, tuple(sorted(groups, key=lambda group: -group.terms[0][0])), divisor)


def spelled(groups: Sequence[Group]) -> str:
    """Return the sum of groups as text that Python and C share, "36 * (x0 + x4) - 97 * x2"."""
    text = ""
    for group in groups:
        sign = "-" if group.terms[0][0] < 0 else "+"
        text += (f" {sign} " if text else sign.strip("+")) + unsigned(group)
    return text


def unsigned(group: Group) -> str:
    """Return a group without the sign of its first term, in brackets where they are needed."""
    sign, first = group.terms[0]
    text = first + "".join(
        f" {'+' if each == sign else '-'} {operand}" for each, operand in group.terms[1:]
    )
    if group.factor == 1:
        return text if len(group.terms) == 1 or sign > 0 else f"({text})"
    return f"{group.factor} * ({text})" if len(group.terms) > 1 else f"{group.factor} * {text}"
