"""Polynomials in named atoms with exact coefficients: sums, products, quotients and a text."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final, TypeAlias

Monomial: TypeAlias = tuple[tuple[str, int], ...]
Polynomial: TypeAlias = dict[Monomial, Fraction]

MAX_TERMS: Final = 400


class NoFormError(ValueError):
    """The expression has no normal form within the limits."""


def added(one: Polynomial, other: Polynomial) -> Polynomial:
    """Return the sum of two polynomials."""
    total = dict(one)
    for monomial, c in other.items():
        new = total.get(monomial, Fraction(0)) + c
        if new:
            total[monomial] = new
        else:
            total.pop(monomial, None)
    return total


def multiplied(one: Polynomial, other: Polynomial) -> Polynomial:
    """Return the product of two polynomials."""
    if len(one) * len(other) > MAX_TERMS:
        raise NoFormError("too many terms")
    product: Polynomial = {}
    for left, c in one.items():
        for right, d in other.items():
            monomial = joined(left, right)
            new = product.get(monomial, Fraction(0)) + c * d
            if new:
                product[monomial] = new
            else:
                product.pop(monomial, None)
    return product


def joined(left: Monomial, right: Monomial) -> Monomial:
    """Return the product of two monomials."""
    exponents = dict(left)
    for name, exponent in right:
        exponents[name] = exponents.get(name, 0) + exponent
    return tuple(sorted(exponents.items()))


def divided(monomial: Monomial, divisor: Monomial) -> Monomial | None:
    """Return a monomial by another, or None where that does not divide it."""
    exponents = dict(monomial)
    for name, exponent in divisor:
        if exponents.get(name, 0) < exponent:
            return None
        exponents[name] -= exponent
    return tuple((name, exponent) for name, exponent in sorted(exponents.items()) if exponent)


def exact_quotient(above: Polynomial, below: Polynomial) -> Polynomial | None:
    """Return above / below where it is a polynomial; monomials are ordered by degree, then name."""
    lead = max(below, key=_rank)
    quotient: Polynomial = {}
    rest = dict(above)
    for _ in range(MAX_TERMS):
        if not rest:
            return quotient
        top = max(rest, key=_rank)
        factor = divided(top, lead)
        if factor is None:
            return None
        c = rest[top] / below[lead]
        quotient[factor] = c
        rest = added(rest, {joined(m, factor): -c * d for m, d in below.items()})
    return None


def _rank(monomial: Monomial) -> tuple[int, list[tuple[str, int]]]:
    letters = [(name, exponent) for name, exponent in monomial]
    return sum(exponent for _, exponent in monomial), letters


def common_factor(monomials: tuple[Monomial, ...]) -> Monomial:
    """Return the largest monomial that divides several."""
    shared = dict(monomials[0])
    for monomial in monomials[1:]:
        here = dict(monomial)
        shared = {n: min(e, here[n]) for n, e in shared.items() if n in here}
        if not shared:
            break
    return tuple(sorted(shared.items()))


def text_of(polynomial: Polynomial) -> str:
    """Return a text that equal polynomials share."""
    return "+".join(_monomials(polynomial))


def _monomials(polynomial: Polynomial) -> Iterator[str]:
    for monomial in sorted(polynomial):
        factors = "*".join(f"{name}^{exponent}" for name, exponent in monomial)
        yield f"{polynomial[monomial]}*{factors}"
