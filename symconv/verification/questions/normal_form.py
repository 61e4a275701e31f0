"""The value side of a claim -> guarded terms, its normal form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from symconv.formula.tree import (
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
from symconv.verification.truth.algebra import ONE, ZERO, linear_in, minus, negative, substitute
from symconv.verification.truth.convolution import ARRAYS
from symconv.verification.truth.definition import Truth
from symconv.verification.truth.guarded_terms import (
    MAX_TERMS,
    Atom,
    Binder,
    GuardedTerm,
    misunderstood,
)


@dataclass
class Normaliser:
    """Turns the value side of a claim into guarded terms.

    Attributes:
        truth: the convolution and its derivatives.
        index_base: what the author's indices start from.
    """

    truth: Truth
    index_base: int

    def terms(self, value: Expression) -> tuple[GuardedTerm, ...]:
        """Return the guarded terms of an expression in entries of x, w, dy and b.

        Raises:
            FormulaError: a part of it is no such expression, or there are too many terms.
        """
        match value:
            case Integer():
                return (GuardedTerm(value.value, ()),) if value.value else ()
            case Letter(name="b"):
                return (GuardedTerm(1, (self.atom(Entry("b", (), span=value.span)),)),)
            case Entry():
                if value.array == "y":
                    raise misunderstood(value, "must be an entry of x, w or de/dy, not of y")
                return (GuardedTerm(1, (self.atom(value),)),)
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

    def atom(self, entry: Entry) -> Atom:
        """Return an entry with its indices counted from 0.

        Raises:
            FormulaError: its array is none of a product, or has another number of indices.
        """
        array = "dy" if entry.array == "y" else entry.array
        if array not in ARRAYS:
            raise misunderstood(entry, f"must be an entry of x, w or de/dy, not of {entry.array}")
        rank = len(self.truth.model.layout.roles(array))
        if len(entry.indices) != rank:
            raise misunderstood(entry, f"must have {rank} indices, got {len(entry.indices)}")
        return Atom(array, self.zero_based(entry.indices))

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
        new = {letter: self.truth.name(letter) for letter in letters}
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
        first, last = self._range_by_index(name, body, value)
        return lower or first, upper or last

    def _range_by_index(
        self, name: str, body: Sequence[GuardedTerm], value: Node
    ) -> tuple[Expression, Expression]:
        """Return the values for which an index lies in its array; a bare index comes first."""
        base = Integer(self.index_base)
        shape = self.truth.model.shape
        indices = [
            (index, size)
            for term in body
            for atom in term.atoms
            for index, size in zip(atom.indices, shape(atom.array), strict=True)
        ]
        for index, size in indices:
            if index == minus(Letter(name), base):
                return base, minus(size, minus(ONE, base))
        for index, size in indices:
            slope, rest = linear_in(index, name) or (ZERO, index)
            if slope in (ONE, negative(ONE)) and not any("#" in other for other in rest.names):
                ends = (negative(rest), minus(minus(size, ONE), rest))
                return ends if slope == ONE else (negative(ends[1]), rest)
        raise misunderstood(value, f"must have bounds for {_shown(name)}")

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
        """Return the derivative of an output that the author leaves as it is."""
        by = Entry("b", (), span=value.by.span) if value.by == Letter("b") else value.by
        if isinstance(value.of, Entry) and value.of.array == "y" and isinstance(by, Entry):
            return self.derivative(value.of, by)
        raise misunderstood(value, "must be a derivative of y[i,j] or of e by y[i,j]")

    def derivative(self, output: Entry, by: Entry) -> tuple[GuardedTerm, ...]:
        """Return the true derivative of y[i,j] by an entry of x, w or b."""
        place, at = self.atom(output).indices, self.atom(by).indices
        if by.array == "x":
            return self.truth.output_by_input(place, at)
        if by.array == "w":
            return self.truth.output_by_weight(place, at)
        if by.array == "b":
            return self.truth.output_by_bias(place, at)
        raise misunderstood(by, "must be an entry of x, w or b")

    def _limited(self, terms: list[GuardedTerm], value: Node) -> tuple[GuardedTerm, ...]:
        if len(terms) > MAX_TERMS:
            raise misunderstood(value, f"must have at most {MAX_TERMS} terms multiplied out")
        return tuple(terms)


def _times(one: GuardedTerm, other: GuardedTerm) -> GuardedTerm:
    atoms = sorted(one.atoms + other.atoms, key=lambda atom: ARRAYS.index(atom.array))
    return GuardedTerm(
        one.coefficient * other.coefficient,
        tuple(atoms),
        one.binders + other.binders,
        one.guards + other.guards,
        one.factors + other.factors,
    )


def _shown(name: str) -> str:
    return name.split("#")[0].lstrip("_")
