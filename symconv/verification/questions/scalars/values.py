"""Scalar expressions as functions of the values of their names, over exact fractions."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final, TypeAlias

from symconv.formula.notation import Decimal
from symconv.formula.tree import (
    AllOf,
    AnyOf,
    Cases,
    Ceiling,
    Compare,
    Divides,
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
from symconv.verification.deciding.evaluation import COMPARISONS

Number: TypeAlias = int | Fraction
Values: TypeAlias = Mapping[str, Number]
Value: TypeAlias = Callable[[Values], Number]
MAX_EXPONENT: Final = 64
MAX_BITS: Final = 4000


class NoValueError(ArithmeticError):
    """There is no value: a division by zero, a number too large, a part that is no number."""


def value_of(expression: Any) -> Value:
    """Return the expression as a function of its names' values.

    Raises:
        NoValueError: when the function is made, of a part that is no number; when it is called,
            where it has no value.
    """
    match expression:
        case Integer(value=number):
            if number.bit_length() > MAX_BITS:
                raise NoValueError("a number of too many digits")
            return lambda env: number
        case Decimal(numerator=above, denominator=below):
            exact = Fraction(above, below)
            return lambda env: exact
        case Letter(name=name):
            return operator.itemgetter(name)
        case Negated(operand=operand):
            inner = value_of(operand)
            return lambda env: -inner(env)
        case Total(terms=terms):
            parts = tuple(map(value_of, terms))
            return lambda env: sum(part(env) for part in parts)
        case Product(factors=factors):
            parts = tuple(map(value_of, factors))
            return lambda env: _product(env, parts)
        case Quotient(numerator=above, denominator=below):
            one, other = value_of(above), value_of(below)
            return lambda env: _quotient(one(env), other(env))
        case Remainder(value=value, modulus=modulus):
            one, other = value_of(value), value_of(modulus)
            return lambda env: _remainder(one(env), other(env))
        case Floor(operand=operand):
            inner = value_of(operand)
            return lambda env: floor(inner(env))
        case Ceiling(operand=operand):
            inner = value_of(operand)
            return lambda env: ceil(inner(env))
        case Largest(operands=operands) | Smallest(operands=operands):
            parts = tuple(map(value_of, operands))
            choose: Any = max if isinstance(expression, Largest) else min
            return lambda env: choose(part(env) for part in parts)
        case Power(base=base, exponent=exponent):
            one, other = value_of(base), value_of(exponent)
            return lambda env: _power(one(env), other(env))
        case Cases(branches=branches):
            chosen = [
                (None if b.condition is None else test_of(b.condition), value_of(b.value))
                for b in branches
            ]
            return lambda env: _first(env, chosen)
    raise NoValueError(f"{type(expression).__name__} is no number")


def test_of(condition: Any) -> Callable[[Values], bool]:
    """Return a condition as a function of its names' values."""
    match condition:
        case Compare(operator=sign, left=left, right=right):
            compare, one, other = COMPARISONS[sign], value_of(left), value_of(right)
            return lambda env: bool(compare(one(env), other(env)))
        case Divides(divisor=divisor, value=value):
            one, other = value_of(divisor), value_of(value)
            return lambda env: _remainder(other(env), one(env)) == 0
        case AllOf(conditions=conditions):
            tests = tuple(map(test_of, conditions))
            return lambda env: all(test(env) for test in tests)
        case AnyOf(conditions=conditions):
            tests = tuple(map(test_of, conditions))
            return lambda env: any(test(env) for test in tests)
        case Not(condition=inner):
            test = test_of(inner)
            return lambda env: not test(env)
    raise NoValueError(f"{type(condition).__name__} is no condition")


def _product(env: Values, parts: tuple[Value, ...]) -> Number:
    result: Number = 1
    for part in parts:
        result *= part(env)
    if isinstance(result, int) and result.bit_length() > MAX_BITS:
        raise NoValueError("a number of too many digits")
    return result


def _quotient(above: Number, below: Number) -> Number:
    if below == 0:
        raise NoValueError("a division by zero")
    result = Fraction(above) / Fraction(below)
    return result.numerator if result.denominator == 1 else result


def _remainder(value: Number, modulus: Number) -> Number:
    if modulus == 0:
        raise NoValueError("a division by zero")
    return value % modulus


def _power(base: Number, exponent: Number) -> Number:
    if exponent != int(exponent) or not -MAX_EXPONENT <= exponent <= MAX_EXPONENT:
        raise NoValueError("an exponent that is large or a fraction")
    if base == 0 and exponent < 0:
        raise NoValueError("a division by zero")
    if isinstance(base, int) and base.bit_length() * abs(int(exponent)) > MAX_BITS:
        raise NoValueError("a number of too many digits")
    result: Fraction = Fraction(base) ** int(exponent)
    return result.numerator if result.denominator == 1 else result


def _first(env: Values, chosen: list[tuple[Any, Value]]) -> Number:
    for test, value in chosen:
        if test is None or test(env):
            return value(env)
    raise NoValueError("no case holds")
