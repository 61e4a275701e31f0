"""Exact normal forms of scalar expressions: fractions of polynomials in names and rounded parts.

Every name stands for an integer, and names that divide are positive. Floors, maxima and powers with
a name in the exponent are atoms whose own parts are in normal form; whole multiples of a divisor
leave a floor, floor((a + s)/s) is floor(a/s) + 1, so that two ways to write one size have one
normal form. Equal normal forms prove equality for all values at which both sides are defined;
unequal ones prove nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, Final

from symconv.formula.notation import Decimal
from symconv.formula.tree import (
    Ceiling,
    Floor,
    Integer,
    Largest,
    Letter,
    Negated,
    Power,
    Product,
    Quotient,
    Remainder,
    Smallest,
    Total,
)
from symconv.verification.questions.scalars.polynomials import (
    NoFormError,
    Polynomial,
    added,
    common_factor,
    divided,
    exact_quotient,
    multiplied,
    text_of,
)

MAX_EXPONENT: Final = 12
MAX_BITS: Final = 4000
_FRACTIONAL: Final = "~"  # the first sign of an atom that need not be an integer


@dataclass(frozen=True)
class Form:
    """above / below, two polynomials.

    Attributes:
        above: the numerator.
        below: the denominator, not zero.
    """

    above: Polynomial
    below: Polynomial

    def __add__(self, other: Form) -> Form:
        if self.below == other.below:
            return _reduced(added(self.above, other.above), self.below)
        above = added(multiplied(self.above, other.below), multiplied(other.above, self.below))
        return _reduced(above, multiplied(self.below, other.below))

    def __neg__(self) -> Form:
        return Form({monomial: -c for monomial, c in self.above.items()}, self.below)

    def __sub__(self, other: Form) -> Form:
        return self + (-other)

    def __mul__(self, other: Form) -> Form:
        return _reduced(multiplied(self.above, other.above), multiplied(self.below, other.below))

    def __truediv__(self, other: Form) -> Form:
        if not other.above:
            raise NoFormError("a division by zero")
        return _reduced(multiplied(self.above, other.below), multiplied(self.below, other.above))

    def same(self, other: Form) -> bool:
        """Return whether both are equal, as fractions of polynomials."""
        return multiplied(self.above, other.below) == multiplied(other.above, self.below)

    @property
    def number(self) -> Fraction | None:
        """Its value, where it has no names."""
        if set(self.above) <= {()} and set(self.below) == {()}:
            return self.above.get((), Fraction(0)) / self.below[()]
        return None

    @property
    def key(self) -> str:
        """A text that equal reduced forms share."""
        return f"{text_of(self.above)}|{text_of(self.below)}"


def same_value(one: Any, other: Any) -> bool:
    """Return whether the normal forms of two expressions are equal, which proves them equal."""
    try:
        return form(one).same(form(other))
    except NoFormError:
        return False


def number(value: int | Fraction) -> Form:
    """Return a number as a normal form."""
    return Form({(): Fraction(value)} if value else {}, {(): Fraction(1)})


def atom(name: str) -> Form:
    """Return a name as a normal form."""
    return Form({((name, 1),): Fraction(1)}, {(): Fraction(1)})


def form(expression: Any, names: Mapping[str, Form] | None = None) -> Form:
    """Return the normal form of an expression of `symconv.formula.tree`.

    Args:
        expression: of numbers and letters.
        names: what stands for which letter.

    Raises:
        NoFormError: a part of it has no scalar value, or it is too large.
    """
    match expression:
        case Integer(value=value):
            return number(_bounded(value))
        case Decimal(numerator=above, denominator=below):
            return number(Fraction(_bounded(above), _bounded(below)))
        case Letter(name=name):
            return (names or {}).get(name) or atom(name)
        case Negated(operand=operand):
            return -form(operand, names)
        case Total(terms=terms):
            total = number(0)
            for term in terms:
                total = total + form(term, names)
            return total
        case Product(factors=factors):
            product = number(1)
            for factor in factors:
                product = product * form(factor, names)
            return product
        case Quotient(numerator=above, denominator=below):
            return form(above, names) / form(below, names)
        case Power(base=base, exponent=exponent):
            return _power(form(base, names), form(exponent, names))
        case Floor(operand=operand):
            return _floor(form(operand, names))
        case Ceiling(operand=operand):
            return _ceiling(form(operand, names))
        case Remainder(value=value, modulus=modulus):
            one, other = form(value, names), form(modulus, names)
            return one - other * _floor(one / other)
        case Largest(operands=operands) | Smallest(operands=operands):
            found = form(operands[0], names)
            for operand in operands[1:]:
                other = form(operand, names)
                if isinstance(expression, Largest):
                    found = other + _positive(found - other)
                else:
                    found = found - _positive(found - other)
            return found
    raise NoFormError(f"{type(expression).__name__} is no scalar")


def _bounded(value: int) -> int:
    if abs(value).bit_length() > MAX_BITS:
        raise NoFormError("a number of too many digits")
    return value


def _power(base: Form, exponent: Form) -> Form:
    """Return a power; of b^(n+1), b is a factor and b^n an atom."""
    whole = exponent.number
    if whole is not None and whole.denominator == 1:
        return _repeated(base, int(whole))
    if set(exponent.below) != {()}:
        raise NoFormError("an exponent that is a fraction")
    constant = exponent.above.get((), Fraction(0)) / exponent.below[()]
    if constant.denominator != 1:
        raise NoFormError("an exponent that is a fraction")
    rest = exponent - number(constant)
    return atom(f"{_FRACTIONAL}pow({base.key};{rest.key})") * _repeated(base, int(constant))


def _repeated(base: Form, exponent: int) -> Form:
    if abs(exponent) > MAX_EXPONENT and base.number is None:
        raise NoFormError("a large exponent")
    if base.number is not None and abs(exponent) > MAX_BITS // 4:
        raise NoFormError("a large exponent")
    product = number(1)
    for _ in range(abs(exponent)):
        product = product * base
        if any(
            max(c.numerator, c.denominator).bit_length() > MAX_BITS for c in product.above.values()
        ):
            raise NoFormError("a number of too many digits")
    return product if exponent >= 0 else number(1) / product


def _floor(value: Form) -> Form:
    """Return the floor; what is whole leaves it."""
    scale = lcm(*(c.denominator for part in (value.above, value.below) for c in part.values()))
    above = {monomial: c * scale for monomial, c in value.above.items()}
    below = {monomial: c * scale for monomial, c in value.below.items()}
    if len(below) != 1:
        if not above:
            return number(0)
        return atom(f"floor({text_of(above)}|{text_of(below)})")
    ((divisor, size),) = below.items()
    if size < 0:
        above, size = {monomial: -c for monomial, c in above.items()}, -size
    outside: Polynomial = {}
    inside: Polynomial = {}
    for monomial, c in above.items():
        quotient = divided(monomial, divisor)
        if quotient is None or any(name.startswith(_FRACTIONAL) for name, _ in quotient):
            inside[monomial] = c
            continue
        whole = c // size
        if whole:
            outside[quotient] = Fraction(whole)
        if c - whole * size:
            inside[monomial] = c - whole * size
    rest = _reduced(inside, {divisor: size})
    out = Form(outside, {(): Fraction(1)})
    value_of = rest.number
    if value_of is not None:
        return out + number(value_of // 1)
    return out + atom(f"floor({rest.key})")


def _ceiling(value: Form) -> Form:
    """Return the ceiling; of whole numbers a and s, that of a/s is the floor of (a + s - 1)/s."""
    scale = lcm(*(c.denominator for part in (value.above, value.below) for c in part.values()))
    above = Form(value.above, {(): Fraction(1, scale)})
    below = Form(value.below, {(): Fraction(1, scale)})
    if len(value.below) != 1 or not _whole(above) or not _whole(below):
        return -_floor(-value)
    if next(iter(value.below.values())) < 0:
        above, below = -above, -below
    return _floor((above + below - number(1)) / below)


def _whole(value: Form) -> bool:
    """Return whether a form is a polynomial of whole atoms and coefficients."""
    if set(value.below) != {()}:
        return False
    return all(
        (c / value.below[()]).denominator == 1
        and not any(name.startswith(_FRACTIONAL) for name, _ in monomial)
        for monomial, c in value.above.items()
    )


def _positive(value: Form) -> Form:
    """Return max(value, 0), of value and -value the one whose first coefficient is positive."""
    known = value.number
    if known is not None:
        return number(max(known, Fraction(0)))
    first = value.above[min(value.above)] / value.below[min(value.below)]
    sign = "" if _whole(value) else _FRACTIONAL
    if first > 0:
        return atom(f"{sign}pos({value.key})")
    return atom(f"{sign}pos({(-value).key})") + value


def _reduced(above: Polynomial, below: Polynomial) -> Form:
    """Return a fraction without common names, the denominator's first coefficient 1."""
    if not above:
        return number(0)
    common = common_factor((*above, *below))
    if common:
        above = {divided(monomial, common) or (): c for monomial, c in above.items()}
        below = {divided(monomial, common) or (): c for monomial, c in below.items()}
    if len(below) > 1:
        quotient = exact_quotient(above, below)
        if quotient is not None:
            return Form(quotient, {(): Fraction(1)})
    lead = below[min(below)]
    if lead != 1:
        above = {monomial: c / lead for monomial, c in above.items()}
        below = {monomial: c / lead for monomial, c in below.items()}
    return Form(above, below)
