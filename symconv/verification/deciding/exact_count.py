"""The exact check: both sides of a question counted out for concrete sizes, smallest first.

Conditions and indices are turned into closures over integers and fractions once; a size then costs
integer arithmetic only. The first difference found is the smallest counterexample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Final, TypeAlias

from symconv.verification.deciding.evaluation import (
    Environment,
    Number,
    Sizes,
    early_tests,
    evaluator,
)
from symconv.verification.truth.algebra import conjuncts, letters_in
from symconv.verification.truth.convolution import Model
from symconv.verification.truth.guarded_terms import Atom, Binder, GuardedTerm

Monomial: TypeAlias = tuple[tuple[str, tuple[int, ...]], ...]
Polynomial: TypeAlias = dict[Monomial, Number]

MAX_RANGE: Final = 4096  # values of one binder
MAX_INSTANCES: Final = 200_000  # of one term, in or out of its arrays


class RangeError(ArithmeticError):
    """A sum runs over more values than are counted out."""


@dataclass
class Work:
    """How many instances of terms were counted out, so that a search knows when to end.

    Attributes:
        instances: how many, in or out of their arrays.
        limit: how many there may be before the term that is being counted out is given up.
    """

    instances: int = 0
    limit: int = MAX_INSTANCES

    def add(self) -> None:
        """Count one more.

        Raises:
            RangeError: there are too many.
        """
        self.instances += 1
        if self.instances > self.limit:
            raise RangeError(f"at most {MAX_INSTANCES} products are counted out")


@dataclass(frozen=True)
class Counted:
    """A sum of guarded terms, ready to be counted out.

    Attributes:
        terms: one function per term, from sizes and free letters to its instances.
    """

    terms: tuple[Callable[[Environment], Iterator[tuple[Monomial, Number]]], ...]

    def polynomial(self, env: Sizes) -> Polynomial:
        """Return the sum as a polynomial: monomial -> coefficient, zeros left out."""
        total: Polynomial = {}
        for term in self.terms:
            for monomial, coefficient in term(dict(env)):
                total[monomial] = total.get(monomial, 0) + coefficient
        return {monomial: c for monomial, c in total.items() if c}


def counted(terms: Sequence[GuardedTerm], model: Model, work: Work | None = None) -> Counted:
    """Return the sum of terms, ready to be counted out; `work` is told how much that is."""
    work = work or Work()
    return Counted(tuple(_instances(term, model, work) for term in terms))


def _instances(
    term: GuardedTerm, model: Model, work: Work
) -> Callable[[Environment], Iterator[tuple[Monomial, Number]]]:
    """Return a function that yields every instance of a term; guards are tested early."""
    binders = _eager(term)
    names = [binder.name for binder in binders]
    bounds = [(evaluator(b.lower), evaluator(b.upper)) for b in binders]
    by_depth = early_tests(term.guards, names)
    monomial = _monomial(term.atoms, model)
    factors = [evaluator(factor) for factor in term.factors]

    def walk(env: Environment, depth: int) -> Iterator[tuple[Monomial, Number]]:
        if not by_depth[depth](env):
            return
        if depth == len(names):
            work.add()
            found = monomial(env)
            if found is not None:
                coefficient: Number = term.coefficient
                for factor in factors:
                    coefficient *= factor(env)
                yield found, coefficient
            return
        lower, upper = bounds[depth]
        first, last = ceil(lower(env)), floor(upper(env))
        if last - first >= MAX_RANGE:
            raise RangeError(f"a sum must run over at most {MAX_RANGE} values to be counted out")
        for value in range(first, last + 1):
            env[names[depth]] = value
            yield from walk(env, depth + 1)
        env.pop(names[depth], None)

    def instances(env: Environment) -> Iterator[tuple[Monomial, Number]]:
        work.limit = work.instances + MAX_INSTANCES
        return walk(env, 0)

    return instances


def _eager(term: GuardedTerm) -> list[Binder]:
    """Return the binders in an order in which guards can be tested early: i, r, then j, s.

    A binder comes after those that its bounds depend on.
    """
    guards = [letters_in(guard) for guard in conjuncts(term.guards)]
    waiting = {binder.name: binder for binder in term.binders}
    ordered: list[Binder] = []
    while waiting:
        chosen = {binder.name for binder in ordered}
        ready = [b for b in waiting.values() if letters_in(b.lower, b.upper).isdisjoint(waiting)]
        decides = (
            b for b in ready for g in guards if g & chosen and g & waiting.keys() == {b.name}
        )
        ordered.append(waiting.pop(next(decides, ready[0]).name))
    return ordered


def _monomial(atoms: Sequence[Atom], model: Model) -> Callable[[Environment], Monomial | None]:
    """Return a function from letters to the product of entries; None when one is zero."""
    entries = [
        (
            atom.array,
            [evaluator(index) for index in atom.indices],
            [evaluator(size) for size in model.shape(atom.array)],
        )
        for atom in atoms
    ]

    def monomial(env: Environment) -> Monomial | None:
        found = []
        for array, indices, sizes in entries:
            place = []
            for index, size in zip(indices, sizes, strict=True):
                value = index(env)
                if not isinstance(value, int) or not 0 <= value < size(env):
                    return None
                place.append(value)
            found.append((array, tuple(place)))
        return tuple(sorted(found))

    return monomial
