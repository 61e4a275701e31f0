"""The exact check: both sides of a question counted out for concrete sizes, smallest first.

Conditions and indices are turned into closures over integers and fractions once; a size then costs
integer arithmetic only. The first difference found is the smallest counterexample.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final, TypeAlias

from symconv.formula.tree import (
    AllOf,
    AnyOf,
    Ceiling,
    Compare,
    Condition,
    Divides,
    Expression,
    Floor,
    Integer,
    Largest,
    Letter,
    Negated,
    Not,
    Power,
    Product,
    Quotient,
    Remainder,
    Smallest,
    Total,
)
from symconv.verification.algebra import conjuncts, letters_in
from symconv.verification.model import Model
from symconv.verification.terms import Atom, Binder, GuardedTerm, misunderstood, multiplied_out

Number: TypeAlias = int | Fraction
Sizes: TypeAlias = Mapping[str, int]
Environment: TypeAlias = dict[str, int]
Value: TypeAlias = Callable[[Environment], Number]
Test: TypeAlias = Callable[[Environment], bool]
Monomial: TypeAlias = tuple[tuple[str, tuple[int, ...]], ...]
Polynomial: TypeAlias = dict[Monomial, Number]

MAX_RANGE: Final = 4096  # values of one binder

_COMPARISONS: Final = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class RangeError(ArithmeticError):
    """A sum runs over more values than are counted out."""


def evaluator(expression: Expression) -> Value:
    """Return the expression as a function of its letters' values.

    Example:
        >>> from symconv.formula.tree import Letter
        >>> evaluator(Floor(Quotient(Letter("m"), Integer(2))))({"m": 7})
        3
    """
    match expression:
        case Integer(value=value):
            return lambda env: value
        case Letter(name=name):
            return operator.itemgetter(name)
        case Negated():
            inner = evaluator(expression.operand)
            return lambda env: -inner(env)
        case Total():
            return _total(expression.terms)
        case Product():
            return _product(expression)
        case Power():
            return evaluator(multiplied_out(expression))
        case Quotient() | Remainder():
            return _division(expression)
        case Floor():
            value_of = evaluator(expression.operand)
            return lambda env: floor(value_of(env))
        case Ceiling():
            value_of = evaluator(expression.operand)
            return lambda env: ceil(value_of(env))
        case Largest() | Smallest():
            choose: Any = max if isinstance(expression, Largest) else min
            operands = [evaluator(operand) for operand in expression.operands]
            return lambda env: choose(operand(env) for operand in operands)
    raise misunderstood(expression, "must be an integer expression")


def _total(terms: Sequence[Expression]) -> Value:
    """Return a sum of terms; two at a time, because that is fastest."""
    *others, last = terms
    if not others:
        return evaluator(last)
    head = _total(others)
    if isinstance(last, Integer):
        number = last.value
        return lambda env: head(env) + number
    if isinstance(last, Negated) and isinstance(last.operand, Integer):
        less = last.operand.value
        return lambda env: head(env) - less
    if isinstance(last, Negated):
        minus = evaluator(last.operand)
        return lambda env: head(env) - minus(env)
    plus = evaluator(last)
    return lambda env: head(env) + plus(env)


def _product(expression: Product) -> Value:
    factors = [evaluator(factor) for factor in expression.factors]
    if len(factors) == 2:
        one, other = factors
        return lambda env: one(env) * other(env)

    def value(env: Environment) -> Number:
        result: Number = 1
        for factor in factors:
            result *= factor(env)
        return result

    return value


def _division(expression: Quotient | Remainder) -> Value:
    if isinstance(expression, Remainder):
        left, right = evaluator(expression.value), evaluator(expression.modulus)
        return lambda env: left(env) % right(env)
    above, below = evaluator(expression.numerator), evaluator(expression.denominator)

    def quotient(env: Environment) -> Number:
        result = Fraction(above(env)) / below(env)
        return result.numerator if result.denominator == 1 else result

    return quotient


def tester(condition: Condition) -> Test:
    """Return the condition as a function of its letters' values."""
    match condition:
        case Compare():
            compare = _COMPARISONS[condition.operator]
            left, right = evaluator(condition.left), evaluator(condition.right)
            return lambda env: compare(left(env), right(env))
        case Divides():
            divisor, value = evaluator(condition.divisor), evaluator(condition.value)
            return lambda env: divides(divisor(env), value(env))
        case AllOf():
            return _conjunction([tester(part) for part in condition.conditions])
        case AnyOf():
            tests = [tester(part) for part in condition.conditions]
            return lambda env: any(test(env) for test in tests)
        case Not():
            test = tester(condition.condition)
            return lambda env: not test(env)


def _conjunction(tests: Sequence[Test]) -> Test:
    """Return whether all tests hold; two at a time, because that is fastest."""
    if not tests:
        return lambda env: True
    *others, last = tests
    if not others:
        return last
    head = _conjunction(others)
    return lambda env: head(env) and last(env)


def early_tests(conditions: Iterable[Condition], names: Sequence[str]) -> list[Test]:
    """Return what can be tested before any letter has a value, once the first has one, and so on.

    Args:
        conditions: they hold if all tests do.
        names: letters in the order in which they get their values.

    Returns:
        `len(names) + 1` tests.
    """
    tests: list[list[Test]] = [[] for _ in range(len(names) + 1)]
    for condition in conjuncts(conditions):
        used = letters_in(condition)
        depth = max((place for place, name in enumerate(names, start=1) if name in used), default=0)
        tests[depth].append(tester(condition))
    return [_conjunction(found) for found in tests]


def divides(divisor: Number, value: Number) -> bool:
    """Return whether a divisor divides a value; 0 divides only 0."""
    return value % divisor == 0 if divisor else value == 0


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


def counted(terms: Sequence[GuardedTerm], model: Model) -> Counted:
    """Return the sum of terms, ready to be counted out."""
    return Counted(tuple(_instances(term, model) for term in terms))


def _instances(
    term: GuardedTerm, model: Model
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

    return lambda env: walk(env, 0)


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
