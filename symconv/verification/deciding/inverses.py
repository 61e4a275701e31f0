"""The inverse of an index map: binders as expressions of given entries, by linear algebra."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symconv.formula.tree import Expression, Negated, Quotient
from symconv.verification.truth.algebra import (
    ONE,
    ZERO,
    letters_in,
    linear_in,
    minus,
    negative,
    substitute,
)
from symconv.verification.truth.guarded_terms import Atom, GuardedTerm


class NotInvertibleError(ValueError):
    """An index map is not one whose inverse is found by algebra."""


def inverse(
    term: GuardedTerm, atoms: Sequence[Atom]
) -> tuple[dict[str, Expression], list[Expression]]:
    """Return the binders of a term as expressions of given entries, and what must be whole.

    Raises:
        NotInvertibleError: the indices do not determine the binders by linear algebra.
    """
    equations = [
        (index, wanted)
        for given, atom in zip(atoms, term.atoms, strict=True)
        for index, wanted in zip(atom.indices, given.indices, strict=True)
    ]
    values: dict[str, Expression] = {}
    wholes: list[Expression] = []
    unsolved = [binder.name for binder in term.binders]
    while unsolved:
        solution = _solve_one(equations, unsolved, values)
        if solution is None:
            names = ", ".join(name.split("#")[0].lstrip("_") for name in unsolved)
            raise NotInvertibleError(f"the entries do not determine {names} by linear algebra")
        name, value, exact = solution
        values[name] = value
        if not exact:
            wholes.append(value)
        unsolved.remove(name)
    return values, wholes


def _solve_one(
    equations: Sequence[tuple[Expression, Expression]],
    unsolved: Sequence[str],
    values: Mapping[str, Expression],
) -> tuple[str, Expression, bool] | None:
    """Solve an equation with one unknown; a slope of 1 or -1 comes before any other."""
    candidates = []
    for left, right in equations:
        current = substitute(left, values)
        unknown = [name for name in unsolved if name in letters_in(current)]
        if len(unknown) != 1:
            continue
        part = linear_in(current, unknown[0])
        if part is None:
            continue
        slope, rest = part
        difference = minus(right, rest)
        if slope == ONE:
            return unknown[0], difference, True
        if slope == negative(ONE):
            return unknown[0], negative(difference), True
        if isinstance(slope, Negated):
            slope, difference = slope.operand, negative(difference)
        if slope != ZERO:
            candidates.append((unknown[0], Quotient(difference, slope), False))
    return candidates[0] if candidates else None
