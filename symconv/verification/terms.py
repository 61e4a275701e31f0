"""The normal form of a claim about sums: a list of guarded terms.

A guarded term is a product of array entries, summed over all values of its binders that satisfy its
guards. Two such sums are equal for all values of the arrays exactly when, for every product of
entries, both have the same number of instances (docs/verification.md). An entry outside its array
is zero, so an instance with such an entry does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

from symconv.errors import FormulaError
from symconv.formula.tree import (
    AllOf,
    Cases,
    Ceiling,
    Condition,
    Entry,
    Expression,
    Floor,
    Integer,
    Letter,
    Negated,
    Node,
    Not,
    Partial,
    Power,
    Product,
    Quotient,
    Remainder,
    SumOver,
    SumWhere,
    Total,
    walk,
)
from symconv.verification.algebra import ONE, ZERO, equal, minus, substitute, times
from symconv.verification.model import ARRAYS, Model

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


@dataclass
class Normaliser:
    """Turns the value side of a claim into guarded terms.

    Attributes:
        model: the sizes and the true derivatives.
        index_base: what the author's indices start from.
    """

    model: Model
    index_base: int
    _fresh: Iterator[int] = field(default_factory=count, repr=False)

    def terms(self, value: Expression) -> tuple[GuardedTerm, ...]:
        """Return the guarded terms of an expression in entries of x, w, dy and b.

        Raises:
            FormulaError: a part of it is no such expression, or there are too many terms.
        """
        match value:
            case Integer():
                return (GuardedTerm(value.value, ()),) if value.value else ()
            case Letter(name="b"):
                return (GuardedTerm(1, (Atom("b", ()),)),)
            case Entry():
                return (GuardedTerm(1, (self._atom(value),)),)
            case Negated():
                return tuple(
                    replace(term, coefficient=-term.coefficient)
                    for term in self.terms(value.operand)
                )
            case Total():
                return self._limited([t for part in value.terms for t in self.terms(part)], value)
            case Product():
                return self._product(value)
            case SumOver() | SumWhere():
                return self._sum(value)
            case Cases():
                return self._cases(value)
            case Partial():
                return self._partial(value)
        if isinstance(value, Letter | Quotient | Power | Floor | Ceiling | Remainder):
            return self._scalar(value)
        raise misunderstood(value, "must be made of sums and products of entries")

    def _scalar(self, value: Expression) -> tuple[GuardedTerm, ...]:
        """Return a factor without entries; a quotient may have entries above its line."""
        if isinstance(value, Quotient) and any(isinstance(p, Entry | Partial) for p in walk(value)):
            inverse = Quotient(ONE, value.denominator)
            return self.terms(Product((inverse, value.numerator)))
        if any(isinstance(part, Entry | Partial) for part in walk(value)):
            raise misunderstood(value, "must not round entries of arrays")
        return (GuardedTerm(1, (), factors=(value,)),)

    def _atom(self, entry: Entry) -> Atom:
        if entry.array not in ("x", "w", "dy"):
            raise misunderstood(entry, f"must be an entry of x, w or de/dy, not of {entry.array}")
        axes = len(self.model.axes)
        if len(entry.indices) != axes:
            raise misunderstood(entry, f"must have {axes} indices, got {len(entry.indices)}")
        return Atom(entry.array, self.zero_based(entry.indices))

    def zero_based(self, indices: Sequence[Expression]) -> tuple[Expression, ...]:
        """Return the author's indices counted from 0."""
        return tuple(minus(index, Integer(self.index_base)) for index in indices)

    def _product(self, value: Product) -> tuple[GuardedTerm, ...]:
        product: tuple[GuardedTerm, ...] = (GuardedTerm(1, ()),)
        for factor in value.factors:
            parts = self.terms(factor)
            product = self._limited([_times(a, b) for a in product for b in parts], value)
        return product

    def _sum(self, value: SumOver | SumWhere) -> tuple[GuardedTerm, ...]:
        """Sum the terms of the body, its letters renamed so that no other has their name."""
        letters = (value.letter,) if isinstance(value, SumOver) else value.letters
        new = {letter: f"{letter}#{next(self._fresh)}" for letter in letters}
        renamed = {letter: Letter(name) for letter, name in new.items()}
        body = self.terms(substitute(value.body, renamed))
        if isinstance(value, SumOver):
            lower, upper = value.lower, value.upper
            guards: tuple[Condition, ...] = ()
        else:
            lower = upper = None
            guards = (substitute(value.condition, renamed),)
        binders = tuple(
            Binder(name, *self._range(name, lower, upper, body, value)) for name in new.values()
        )
        return tuple(
            replace(term, binders=binders + term.binders, guards=guards + term.guards)
            for term in body
        )

    def _range(
        self,
        name: str,
        lower: Expression | None,
        upper: Expression | None,
        body: Sequence[GuardedTerm],
        value: Node,
    ) -> tuple[Expression, Expression]:
        """Return the bounds of a sum; a missing one is the range of the index it stands for."""
        if lower is not None and upper is not None:
            return lower, upper
        base = Integer(self.index_base)
        for atom in (atom for term in body for atom in term.atoms):
            sizes = self.model.shape(atom.array)
            for index, size in zip(atom.indices, sizes, strict=True):
                if index == minus(Letter(name), base):
                    first, last = base, minus(size, minus(ONE, base))
                    return lower or first, upper or last
        raise misunderstood(value, f"must have bounds for {name.split('#')[0]}")

    def _cases(self, value: Cases) -> tuple[GuardedTerm, ...]:
        """Guard each branch by its condition, and by the failure of those before it."""
        terms: list[GuardedTerm] = []
        before: list[Condition] = []
        for branch in value.branches:
            guards: tuple[Condition, ...] = tuple(map(Not, before))
            if branch.condition is not None:
                guards += (branch.condition,)
                before.append(branch.condition)
            terms += [
                replace(term, guards=guards + term.guards) for term in self.terms(branch.value)
            ]
        return self._limited(terms, value)

    def _partial(self, value: Partial) -> tuple[GuardedTerm, ...]:
        """Return the true derivative of y[i,j] by an entry of x or w, or by b."""
        match value.of, value.by:
            case Entry(array="y"), Letter(name="b"):
                return (GuardedTerm(1, ()),)
            case Entry(array="y"), Entry(array="x"):
                return self.output_by_input(
                    self.zero_based(value.of.indices), self.zero_based(value.by.indices)
                )
            case Entry(array="y"), Entry(array="w"):
                return self.output_by_weight(
                    self.zero_based(value.of.indices), self.zero_based(value.by.indices)
                )
        raise misunderstood(value, "must be a derivative of y[i,j] or of e by y[i,j]")

    def fresh(self, stem: str, sizes: Sequence[Expression]) -> tuple[Binder, ...]:
        """Return one new binder per size, running over 0 ... size - 1."""
        return tuple(
            Binder(f"{stem}{axis}#{next(self._fresh)}", ZERO, minus(size, ONE))
            for axis, size in enumerate(sizes)
        )

    def output_by_input(
        self, outputs: Sequence[Expression], cells: Sequence[Expression]
    ) -> tuple[GuardedTerm, ...]:
        """Return dy[i,j]/dx[u,v]: w[r,s] for the tap through which the output reads the cell."""
        taps = self.fresh("r", self.model.shape("w"))
        letters = [Letter(tap.name) for tap in taps]
        reads = self.model.reads(outputs, letters)
        guards = tuple(equal(read, cell) for read, cell in zip(reads, cells, strict=True))
        inside = (self.model.inside("dy", outputs), self.model.inside("x", cells))
        return (
            GuardedTerm(1, (Atom("w", self.model.weight_index(letters)),), taps, guards + inside),
        )

    def output_by_weight(
        self, outputs: Sequence[Expression], weight: Sequence[Expression]
    ) -> tuple[GuardedTerm, ...]:
        """Return dy[i,j]/dw[r,s]: the input that the output reads through that entry of w."""
        taps = self.model.weight_index(weight)  # mirroring twice is no mirroring
        guards = (self.model.inside("dy", outputs), self.model.inside("w", weight))
        return (GuardedTerm(1, (Atom("x", self.model.reads(outputs, taps)),), (), guards),)

    def _limited(self, terms: list[GuardedTerm], value: Node) -> tuple[GuardedTerm, ...]:
        if len(terms) > MAX_TERMS:
            raise misunderstood(value, f"must have at most {MAX_TERMS} terms multiplied out")
        return tuple(terms)


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


def _times(one: GuardedTerm, other: GuardedTerm) -> GuardedTerm:
    atoms = sorted(one.atoms + other.atoms, key=lambda atom: ARRAYS.index(atom.array))
    return GuardedTerm(
        one.coefficient * other.coefficient,
        tuple(atoms),
        one.binders + other.binders,
        one.guards + other.guards,
        one.factors + other.factors,
    )


def letters_bound_in(node: Node) -> set[str]:
    """Return the letters that some sum inside the node binds."""
    bound: set[str] = set()
    for part in walk(node):
        if isinstance(part, SumOver):
            bound.add(part.letter)
        elif isinstance(part, SumWhere):
            bound |= set(part.letters)
    return bound


def conjunction(guards: Sequence[Condition]) -> Condition:
    """Return the condition that all guards hold; without any it is an empty AllOf, true."""
    return guards[0] if len(guards) == 1 else AllOf(tuple(guards))
