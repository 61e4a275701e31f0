"""Sizes of a claim for SymPy, and expressions of SymPy as trees of the language of formulas."""

from __future__ import annotations

from typing import Any, Final

import sympy

from symconv.algebra.symbols import COUNTER, DY, INPUT_INDEX, OUTPUT_INDEX, TAP_INDEX
from symconv.formula.tree import (
    Entry,
    Expression,
    Floor,
    Integer,
    Letter,
    Negated,
    Product,
    Quotient,
    Remainder,
    SumOver,
    Total,
)
from symconv.verification.truth.algebra import negative, plus, times

_INDICES: Final = frozenset((*OUTPUT_INDEX, *INPUT_INDEX, *TAP_INDEX, *COUNTER))


def symbolic(size: Expression) -> sympy.Expr:
    """Return a size of a model for SymPy.

    Raises:
        TypeError: it is no polynomial of letters and numbers.
    """
    match size:
        case Integer(value=value):
            return sympy.Integer(value)
        case Letter(name=name):
            return sympy.Symbol(name, integer=True, nonnegative=True)
        case Negated(operand=operand):
            return -symbolic(operand)
        case Total(terms=terms):
            return sum(map(symbolic, terms), start=sympy.Integer(0))
        case Product(factors=factors):
            return sympy.Mul(*map(symbolic, factors))
    raise TypeError(f"no polynomial: {type(size).__name__}")


def tree(expression: sympy.Expr) -> Any:
    """Return an expression of SymPy as a tree, its indices marked as ours."""
    if isinstance(expression, sympy.Integer):
        value = int(expression)
        return Integer(value) if value >= 0 else Negated(Integer(-value))
    if isinstance(expression, sympy.Symbol):
        return Letter(_name(expression))
    if isinstance(expression, sympy.Indexed):
        array = "dy" if expression.base == DY else str(expression.base.label)
        return Entry(array, tuple(map(tree, expression.indices)))
    if isinstance(expression, sympy.Sum):
        body = tree(expression.function)
        for letter, first, last in expression.limits:
            body = SumOver(_name(letter), tree(first), tree(last), body)
        return body
    if isinstance(expression, sympy.floor):
        return Floor(tree(expression.args[0]))
    if isinstance(expression, sympy.Mod):
        return Remainder(*map(tree, expression.args))
    numerator, denominator = expression.as_numer_denom()
    if denominator != 1:
        return Quotient(tree(numerator), tree(denominator))
    if expression.could_extract_minus_sign() and not isinstance(expression, sympy.Add):
        return negative(tree(-expression))
    parts = [tree(part) for part in sorted(expression.args, key=_reading_order)]
    return plus(*parts) if isinstance(expression, sympy.Add) else times(*parts)


def _name(symbol: sympy.Symbol) -> str:
    return f"_{symbol.name}" if symbol in _INDICES else str(symbol.name)


def _reading_order(part: sympy.Expr) -> tuple[bool, bool, int, str]:
    """Sort key of terms and factors: dy before w, sums before b, i*t before r before numbers."""
    if part.has(sympy.Indexed):
        arrays = {str(base.label) for base in part.atoms(sympy.IndexedBase)}
        return False, False, 0 if "dy" in arrays else 1 if "x" in arrays else 2, str(part)
    is_negative = bool(part.could_extract_minus_sign())
    used = part.free_symbols
    ranks = (used & set(OUTPUT_INDEX), used & set(INPUT_INDEX), used - {*TAP_INDEX}, used)
    return True, is_negative, next((n for n, met in enumerate(ranks) if met), 4), str(part)
