"""Polynomials over the integers in any number of symbols, as dictionaries of sparse monomials.

A monomial of SymPy's polynomial ring is as long as the ring has symbols. What emitted code makes of
thousands of symbols are sums of products of two: here a monomial is the tuple of its factors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Monomial = tuple[int, ...]  # the positions of its factors in the ring, in order, with repetitions


class SparseRing:
    """The ring of polynomials over the integers in some symbols.

    Example:
        >>> from sympy.abc import x, y
        >>> ring = SparseRing([x, y])
        >>> a, b = ring.generators
        >>> (a + b) * (a - b) == a * a - b * b
        True
        >>> (a + 2 * b) * a
        x*x + 2*x*y
    """

    def __init__(self, symbols: Sequence[Any]) -> None:
        self.symbols = tuple(symbols)

    @property
    def generators(self) -> tuple[Polynomial, ...]:
        """The symbols as polynomials."""
        return tuple(Polynomial(self, {(at,): 1}) for at in range(len(self.symbols)))

    def add(self, *polynomials: Polynomial | int) -> Polynomial:
        """Return the sum of all of them; 0 without any."""
        terms: dict[Monomial, int] = {}
        for polynomial in polynomials:
            _add_to(terms, _terms(polynomial), 1)
        return Polynomial(self, terms)


class Polynomial:
    """A polynomial of a sparse ring; sums and products with others of the ring, or integers.

    Attributes:
        ring: the ring.
        terms: monomial -> factor, never 0; so polynomials are equal if their terms are.
    """

    __slots__ = ("ring", "terms")

    def __init__(self, ring: SparseRing, terms: Mapping[Monomial, int]) -> None:
        self.ring = ring
        self.terms = terms

    def __add__(self, other: Polynomial | int) -> Polynomial:
        """Return the sum."""
        return self._plus(other, 1)

    __radd__ = __add__

    def __sub__(self, other: Polynomial | int) -> Polynomial:
        """Return the difference."""
        return self._plus(other, -1)

    def __mul__(self, other: Polynomial | int) -> Polynomial:
        """Return the product."""
        terms: dict[Monomial, int] = {}
        for monomial, factor in _terms(other).items():
            products = {
                tuple(sorted(mine + monomial)): its * factor for mine, its in self.terms.items()
            }
            _add_to(terms, products, 1)
        return Polynomial(self.ring, terms)

    __rmul__ = __mul__

    def __eq__(self, other: object) -> bool:
        """Return whether both are the same polynomial."""
        return isinstance(other, Polynomial | int) and self.terms == _terms(other)

    def __hash__(self) -> int:
        """Return the hash of the terms."""
        return hash(frozenset(self.terms.items()))

    def __repr__(self) -> str:
        """Return the sum of products, in the order of the ring."""
        texts = []
        for monomial, factor in sorted(self.terms.items()):
            factors = [str(factor)] if factor != 1 or not monomial else []
            texts.append("*".join([*factors, *(str(self.ring.symbols[at]) for at in monomial)]))
        return " + ".join(texts) or "0"

    def _plus(self, other: Polynomial | int, sign: int) -> Polynomial:
        terms = dict(self.terms)
        _add_to(terms, _terms(other), sign)
        return Polynomial(self.ring, terms)


def _add_to(terms: dict[Monomial, int], added: Mapping[Monomial, int], sign: int) -> None:
    """Add terms to terms, and drop those whose factors become 0."""
    for monomial, factor in added.items():
        total = terms.get(monomial, 0) + sign * factor
        if total:
            terms[monomial] = total
        else:
            del terms[monomial]


def _terms(value: Polynomial | int) -> Mapping[Monomial, int]:
    """Return the terms; an integer has at most the empty monomial."""
    if isinstance(value, Polynomial):
        return value.terms
    return {(): int(value)} if value else {}
