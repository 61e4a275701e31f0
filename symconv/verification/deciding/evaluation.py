"""Expressions and conditions as functions of their letters, over integers and fractions."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
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
from symconv.verification.truth.algebra import conjuncts, letters_in
from symconv.verification.truth.guarded_terms import misunderstood, multiplied_out

Number: TypeAlias = int | Fraction
Sizes: TypeAlias = Mapping[str, int]
Environment: TypeAlias = dict[str, int]
Value: TypeAlias = Callable[[Environment], Number]
Test: TypeAlias = Callable[[Environment], bool]


COMPARISONS: Final = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


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
            compare = COMPARISONS[condition.operator]
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
