"""The normal form of a claim about sums: a list of guarded terms.

A guarded term is a product of array entries, summed over all values of its binders that satisfy its
guards. Two such sums are equal for all values of the arrays exactly when, for every product of
entries, both have the same number of instances (docs/verification.md). An entry outside its array
is zero, so an instance with such an entry does not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from symconv.errors import FormulaError
from symconv.formula.tree import (
    Condition,
    Expression,
    Integer,
    Node,
    Power,
    SumOver,
    SumWhere,
    walk,
)
from symconv.verification.truth.algebra import times

MAX_TERMS: Final = 256
MAX_EXPONENT: Final = 8
MAX_NUMBER_EXPONENT: Final = 1000


@dataclass(frozen=True)
class Atom:
    """An entry of x, w, dy or b; the indices count from 0."""

    array: str
    indices: tuple[Expression, ...]


@dataclass(frozen=True)
class Binder:
    """A letter that runs over all integers from lower to upper, both included."""

    name: str
    lower: Expression
    upper: Expression


@dataclass(frozen=True)
class GuardedTerm:
    """coefficient * product of atoms, summed over the binders where all guards hold.

    Attributes:
        coefficient: an integer, not 0.
        atoms: sorted by array, in the order of ARRAYS.
        binders: each may use those before it.
        guards: conditions on binders, free letters and sizes.
        factors: further scalar factors, in sizes and letters: t, 1/(gh).
    """

    coefficient: int
    atoms: tuple[Atom, ...]
    binders: tuple[Binder, ...] = ()
    guards: tuple[Condition, ...] = ()
    factors: tuple[Expression, ...] = ()

    @property
    def signature(self) -> tuple[str, ...]:
        """The arrays of its atoms."""
        return tuple(atom.array for atom in self.atoms)


def misunderstood(node: Node, rule: str) -> FormulaError:
    """Return the error that a node breaks a rule, with its place."""
    kind = type(node).__name__
    return FormulaError(f"{kind} {rule}", line=node.span.line, column=node.span.column)


def multiplied_out(power: Power) -> Expression:
    """Return a power as a number or a product.

    Raises:
        FormulaError: the exponent is no small number.
    """
    exponent = power.exponent
    if isinstance(exponent, Integer):
        if isinstance(power.base, Integer) and exponent.value <= MAX_NUMBER_EXPONENT:
            return Integer(power.base.value**exponent.value)
        if 1 <= exponent.value <= MAX_EXPONENT:
            return times(*[power.base] * exponent.value)
    raise misunderstood(power, f"must have an exponent from 1 to {MAX_EXPONENT}")


def letters_bound_in(node: Node) -> frozenset[str]:
    """Return the letters that some sum inside the node binds."""
    bound: set[str] = set()
    for part in walk(node):
        if isinstance(part, SumOver):
            bound.add(part.letter)
        elif isinstance(part, SumWhere):
            bound |= set(part.letters)
    return frozenset(bound)
