"""Factors and divisions in a row: which belongs to which, and what is refused as ambiguous.

As in arithmetic, from left to right; but a / b c and a mod b * c are read in two ways by people.
"""

from __future__ import annotations

from dataclasses import replace

from lark import Token

from symconv.formula.children import MisreadError, is_bare, span_over
from symconv.formula.source import MAX_NESTING, between, span_of
from symconv.formula.tree import Expression, Floor, Negated, Product, Quotient, Remainder

_DIVISIONS = ("SLASH", "FLOORDIV", "MOD")


class Folding:
    """Factors and divisions from left to right; refuses what people read in two ways."""

    def __init__(self, first: Expression) -> None:
        self._factors = [first]
        self._division: Token | None = None
        self._divisions = 0

    def append(self, operator: Token | None, operand: Expression) -> None:
        """Go on with an operator and what it applies to; None is no sign at all."""
        if operator is not None and operator.type in _DIVISIONS:
            self._divide(operator, operand)
        else:
            self._check(operator, operand)
            self._division = self._division if operator is None else None
            self._factors.append(operand)

    def _check(self, operator: Token | None, operand: Expression) -> None:
        division = self._division
        if division is None or (operator is not None and division != "mod"):
            return
        reason = f"a {division} b c may be (a {division} b) c or a {division} (b c): write brackets"
        raise MisreadError(reason, operand.span)

    def _divide(self, operator: Token, operand: Expression) -> None:
        self._divisions += 1
        if self._divisions > MAX_NESTING:
            raise MisreadError(f"more than {MAX_NESTING} divisions in a row", span_of(operator))
        if self._division == "mod" or (operator == "mod" and self._division is not None):
            self._check(None, operand)
        left = self.result()
        span = between(left.span, operand.span)
        if operator.type == "MOD":
            self._factors = [Remainder(left, operand, span=span)]
        else:
            quotient = Quotient(left, operand, span=span)
            floored = operator.type == "FLOORDIV"
            self._factors = [Floor(quotient, span=span) if floored else quotient]
        self._division = operator

    def result(self) -> Expression:
        """Return what the factors so far are."""
        if len(self._factors) == 1:
            return self._factors[0]
        return Product(tuple(self._factors), span=span_over(self._factors))


def negate_first(term: Expression, sign: Token) -> Expression | None:
    """Return the term with its first operand negated, as -a % b is (-a) % b; None if no matter."""
    inner: Expression | None = None
    if isinstance(term, Remainder) and is_bare(term, term.value):
        inner = replace(term, value=_negated(term.value, sign))
    elif isinstance(term, Floor) and is_bare(term, term.operand):
        quotient = term.operand
        assert isinstance(quotient, Quotient)
        numerator = _negated(quotient.numerator, sign)
        span = between(span_of(sign), quotient.span)
        inner = replace(term, operand=replace(quotient, numerator=numerator, span=span))
    elif isinstance(term, Product) and is_bare(term, term.factors[0]):
        first = negate_first(term.factors[0], sign)
        inner = first and replace(term, factors=(first, *term.factors[1:]))
    elif isinstance(term, Quotient) and is_bare(term, term.numerator):
        first = negate_first(term.numerator, sign)
        inner = first and replace(term, numerator=first)
    return inner and replace(inner, span=between(span_of(sign), term.span))


def _negated(operand: Expression, sign: Token) -> Expression:
    span = between(span_of(sign), operand.span)
    return negate_first(operand, sign) or Negated(operand, span=span)
