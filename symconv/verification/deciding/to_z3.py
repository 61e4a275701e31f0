"""Expressions and conditions of the syntax tree as Z3 terms over the integers.

Every expression is a pair (numerator, denominator) with a positive denominator; floor, ceiling and
mod are spelled as Euclidean division, value = divisor*quotient + rest with 0 <= rest < divisor and
a fresh quotient and rest. Such a definition has exactly one solution as long as the divisor is
positive, so it may stand beside any condition; every divisor that is no positive number is
remembered and has to be proved positive first.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

import z3

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
from symconv.verification.truth.guarded_terms import misunderstood, multiplied_out

_OPERATORS: Final = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@dataclass
class Logic:
    """Spells expressions for Z3 and collects the definitions they need.

    Attributes:
        definitions: Euclidean divisions of everything spelled so far.
        divisors: divisors that must be positive for the definitions to hold water.
    """

    definitions: list[Any] = field(default_factory=list)
    divisors: list[Any] = field(default_factory=list)
    _one: Any = field(default_factory=lambda: z3.IntVal(1), repr=False)
    _cache: dict[tuple[str, str], tuple[Any, Any]] = field(default_factory=dict, repr=False)

    def copy(self) -> Logic:
        """Return a copy that knows all definitions so far and goes on by itself."""
        return replace(
            self,
            definitions=list(self.definitions),
            divisors=list(self.divisors),
            _cache=dict(self._cache),
        )

    def integer(self, expression: Expression) -> tuple[Any, Any]:
        """Return (value, condition that it is an integer)."""
        above, below = self.fraction(expression)
        if z3.is_int_value(below) and below.as_long() == 1:
            return above, z3.BoolVal(True)
        quotient, rest = self._divide(above, below)
        return quotient, rest == 0

    def fraction(self, expression: Expression) -> tuple[Any, Any]:
        """Return (numerator, positive denominator)."""
        one = self._one
        match expression:
            case Integer(value=value):
                return z3.IntVal(value), one
            case Letter(name=name):
                return z3.Int(name), one
            case Negated():
                above, below = self.fraction(expression.operand)
                return -above, below
            case Total():
                return self._total(expression)
            case Product():
                above, below = one, one
                for factor in expression.factors:
                    a, b = self.fraction(factor)
                    above, below = above * a, below if b.eq(one) else below * b
                return z3.simplify(above), z3.simplify(below)
            case Power():
                return self.fraction(multiplied_out(expression))
            case Quotient():
                a, b = self.fraction(expression.numerator)
                c, d = self.fraction(expression.denominator)
                self.divisors.append(c)
                return a * d, z3.simplify(b * c)
            case Floor() | Ceiling():
                return self._rounded(expression), one
            case Remainder():
                return self._remainder(expression.value, expression.modulus)
            case Largest() | Smallest():
                return self._extreme(expression)
        raise misunderstood(expression, "must be an integer expression")

    def condition(self, condition: Condition) -> Any:
        """Return a condition as a Z3 formula."""
        match condition:
            case Compare():
                (a, b), (c, d) = self.fraction(condition.left), self.fraction(condition.right)
                if not (b.eq(self._one) and d.eq(self._one)):
                    a, c = a * d, c * b
                return _OPERATORS[condition.operator](a, c)
            case Divides():
                return self._remainder(condition.value, condition.divisor)[0] == 0
            case AllOf():
                parts = [self.condition(part) for part in condition.conditions]
                return z3.And(*parts) if parts else z3.BoolVal(True)
            case AnyOf():
                return z3.Or(*(self.condition(part) for part in condition.conditions))
            case Not():
                return z3.Not(self.condition(condition.condition))

    def _total(self, total: Total) -> tuple[Any, Any]:
        above, below = z3.IntVal(0), self._one
        for term in total.terms:
            a, b = self.fraction(term)
            if b.eq(below):
                above = above + a
            else:
                above, below = above * b + a * below, z3.simplify(below * b)
        return above, below

    def _rounded(self, expression: Floor | Ceiling) -> Any:
        above, below = self.fraction(expression.operand)
        if z3.is_int_value(below) and below.as_long() == 1:
            return above
        if isinstance(expression, Floor):
            return self._divide(above, below)[0]
        return -self._divide(-above, below)[0]

    def _remainder(self, value: Expression, modulus: Expression) -> tuple[Any, Any]:
        """Return a/b mod c/d, which is (ad mod cb) / bd."""
        (a, b), (c, d) = self.fraction(value), self.fraction(modulus)
        self.divisors.append(c)
        if b.eq(self._one) and d.eq(self._one):
            return self._divide(a, c)[1], self._one
        return self._divide(a * d, c * b)[1], z3.simplify(b * d)

    def _extreme(self, expression: Largest | Smallest) -> tuple[Any, Any]:
        """Return the largest or smallest operand; fractions are compared, not rounded."""
        above, below = self.fraction(expression.operands[0])
        for operand in expression.operands[1:]:
            a, b = self.fraction(operand)
            whole = b.eq(self._one) and below.eq(self._one)
            left, right = (a, above) if whole else (a * below, above * b)
            wins = left > right if isinstance(expression, Largest) else left < right
            above = z3.If(wins, a, above)
            below = self._one if whole else z3.If(wins, b, below)
        return above, below

    def _divide(self, value: Any, divisor: Any) -> tuple[Any, Any]:
        """Return fresh (quotient, rest) of a Euclidean division; the same for the same operands."""
        key = (z3.simplify(value).sexpr(), z3.simplify(divisor).sexpr())
        if key not in self._cache:
            number = len(self._cache)
            quotient, rest = z3.Ints(f"quotient!{number} rest!{number}")
            self.definitions += [value == divisor * quotient + rest, rest >= 0, rest < divisor]
            self._cache[key] = (quotient, rest)
        return self._cache[key]
