"""Polynomials in sizes and indices: what a window's bounds and indices are, in one normal form.

What is no polynomial (a rounded quotient, a remainder) is an unknown of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from symconv.formula.tree import (
    Expression,
    Integer,
    Letter,
    Negated,
    Power,
    Product,
    Quotient,
    Total,
)
from symconv.verification.truth.algebra import letters_in, plus, times

MAX_TERMS: Final = 64
MAX_EXPONENT: Final = 6

Monomial: TypeAlias = tuple[Expression, ...]


class TooLargeError(ValueError):
    """A polynomial has more terms than are multiplied out."""


@dataclass(frozen=True)
class Polynomial:
    """A sum of monomials with rational coefficients, none of them zero.

    Attributes:
        terms: sorted (monomial, coefficient); a monomial is a sorted tuple of unknowns.
    """

    terms: tuple[tuple[Monomial, Fraction], ...]

    @property
    def constant(self) -> Fraction | None:
        """Its value, where it has no unknowns."""
        if not self.terms:
            return Fraction(0)
        (monomial, value), *others = self.terms
        return value if not others and not monomial else None

    @property
    def unknowns(self) -> tuple[Expression, ...]:
        """Its unknowns, each once, in their order."""
        return tuple(dict.fromkeys(unknown for monomial, _ in self.terms for unknown in monomial))

    @property
    def letters(self) -> frozenset[str]:
        """The names of all letters in its unknowns."""
        return letters_in(*self.unknowns) if self.terms else frozenset()

    def __add__(self, other: Polynomial) -> Polynomial:
        return _sum(dict(self.terms), other.terms)

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + other.scaled(Fraction(-1))

    def __mul__(self, other: Polynomial) -> Polynomial:
        if len(self.terms) * len(other.terms) > MAX_TERMS:
            raise TooLargeError
        found: dict[Monomial, Fraction] = {}
        for one, a in self.terms:
            for two, b in other.terms:
                monomial = tuple(sorted(one + two, key=repr))
                found[monomial] = found.get(monomial, Fraction(0)) + a * b
        return _sum(found, ())

    def scaled(self, factor: Fraction | int) -> Polynomial:
        """Return it times a number."""
        return Polynomial(tuple((m, c * factor) for m, c in self.terms if factor))

    def linear_in(self, name: str) -> tuple[Polynomial, Polynomial] | None:
        """Return (slope, rest) with self = slope*letter + rest, or None if it is not affine."""
        letter = Letter(name)
        slope: dict[Monomial, Fraction] = {}
        rest: dict[Monomial, Fraction] = {}
        for monomial, value in self.terms:
            others = tuple(unknown for unknown in monomial if unknown != letter)
            if name in letters_in(*others) or len(monomial) - len(others) > 1:
                return None
            (rest if len(others) == len(monomial) else slope)[others] = value
        return _sum(slope, ()), _sum(rest, ())

    def expression(self) -> Expression:
        """Return it as an expression."""
        return plus(*(_term(monomial, value) for monomial, value in self.terms))


NOTHING: Final = Polynomial(())


def number(value: int) -> Polynomial:
    """Return a constant polynomial."""
    return Polynomial((((), Fraction(value)),)) if value else NOTHING


def letter(name: str) -> Polynomial:
    """Return a letter as a polynomial."""
    return Polynomial((((Letter(name),), Fraction(1)),))


def polynomial(expression: Expression) -> Polynomial:
    """Return an expression as a polynomial.

    Raises:
        TooLargeError: it has too many terms, or too large an exponent.
    """
    match expression:
        case Integer(value=value):
            return number(value)
        case Negated(operand=operand):
            return polynomial(operand).scaled(Fraction(-1))
        case Total(terms=terms):
            total = NOTHING
            for term in terms:
                total += polynomial(term)
            return total
        case Product(factors=factors):
            return _product(factors)
        case Power(base=base, exponent=Integer(value=value)) if 0 <= value <= MAX_EXPONENT:
            return _product((base,) * value)
        case Quotient(numerator=above, denominator=below):
            divisor = polynomial(below).constant
            if divisor:
                return polynomial(above).scaled(1 / divisor)
    return Polynomial((((expression,), Fraction(1)),))


def fraction(expression: Expression) -> tuple[Polynomial, Polynomial]:
    """Return (numerator, denominator) of an expression with quotients."""
    match expression:
        case Negated(operand=operand):
            above, below = fraction(operand)
            return above.scaled(Fraction(-1)), below
        case Total(terms=terms):
            above, below = NOTHING, number(1)
            for a, b in map(fraction, terms):
                above, below = above * b + a * below, below * b
            return above, below
        case Product(factors=factors):
            above, below = number(1), number(1)
            for a, b in map(fraction, factors):
                above, below = above * a, below * b
            return above, below
        case Power(base=base, exponent=Integer(value=value)) if 0 <= value <= MAX_EXPONENT:
            return fraction(Product((base,) * value))
        case Quotient(numerator=numerator, denominator=denominator):
            a, b = fraction(numerator)
            c, d = fraction(denominator)
            return a * d, b * c
    return polynomial(expression), number(1)


def _product(factors: tuple[Expression, ...]) -> Polynomial:
    product = number(1)
    for factor in factors:
        product *= polynomial(factor)
    return product


def _sum(
    start: Mapping[Monomial, Fraction], terms: tuple[tuple[Monomial, Fraction], ...]
) -> Polynomial:
    found = dict(start)
    for monomial, value in terms:
        found[monomial] = found.get(monomial, Fraction(0)) + value
    kept = sorted(((m, c) for m, c in found.items() if c), key=lambda term: repr(term[0]))
    return Polynomial(tuple(kept))


def _term(monomial: Monomial, value: Fraction) -> Expression:
    size = abs(value)
    head: list[Expression] = [Integer(size.numerator)] if size.numerator != 1 else []
    term: Expression = times(*head, *monomial)
    if size.denominator != 1:
        term = Quotient(term, Integer(size.denominator))
    return Negated(term) if value < 0 else term
