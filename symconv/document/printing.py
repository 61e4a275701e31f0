"""How the formulas are spelled, in Unicode text and in LaTeX, from the same SymPy objects.

SymPy's own printers decide the order of terms by name; here an index reads as a person writes
it, K - alpha and 2i + r, and products of a formula are never reordered.
"""

from __future__ import annotations

from typing import Any, Final

from sympy import Add, Expr, Indexed, Integer, KroneckerDelta, Mul, Sum, Symbol
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE, precedence
from sympy.printing.str import StrPrinter

from symconv.algebra.symbols import (
    BLOCK_INDEX,
    COUNTER,
    DY,
    OUTPUT_INDEX,
    STRIDE,
    TAP_INDEX,
    B,
    W,
    X,
    Y,
)

_GREEK: Final = {"alpha": "α", "beta": "β", "gamma": "γ", "rho": "ρ", "sigma": "σ", "tau": "τ"}
_FIRST: Final = (*BLOCK_INDEX, *OUTPUT_INDEX)
_LAST: Final = (*TAP_INDEX, *COUNTER)
_ARRAYS: Final = (DY, X, Y, W)
_NAMED: Final = (Indexed, KroneckerDelta)


def spell(expression: Expr) -> str:
    """Return an expression as one line of text.

    Example:
        >>> from sympy import floor
        >>> from symconv.algebra.symbols import COUNTER, DY, KERNEL_SIZE, PHASE, STRIDE
        >>> spell(DY[3 - COUNTER[0]]), spell(floor((KERNEL_SIZE[0] - 1 - PHASE[0]) / STRIDE))
        ('dy[3 − α]', '⌊(p − 1 − ρ)/t⌋')
    """
    text: str = _TextPrinter().doprint(expression)
    return text


def spell_latex(expression: Expr) -> str:
    r"""Return an expression as LaTeX.

    Example:
        >>> from symconv.algebra.symbols import COUNTER, DY
        >>> print(spell_latex(DY[3 - COUNTER[0]]))
        \frac{\partial e}{\partial y_{3 - \alpha}}
    """
    text: str = _LatexPrinter().doprint(expression)
    return text


def ordered_terms(polynomial: Expr) -> list[Expr]:
    """Return the terms of a written-out entry in SymPy's order, but the bias last."""
    terms: list[Expr] = sorted(polynomial.as_ordered_terms(), key=lambda term: bool(term == B))
    return terms


def _reading_order(term: Expr) -> tuple[bool, int, str]:
    """Sort key of the terms of an index: what is subtracted last, then blocks before counters."""
    negative: bool = term.could_extract_minus_sign()
    symbols = term.free_symbols
    if term.is_number:
        rank = 1 if negative else 3
    elif any(letter in symbols for letter in _LAST):
        rank = 2
    else:
        rank = 0 if any(letter in symbols for letter in _FIRST) else 1
    return negative, rank, str(term)


class _TextPrinter(StrPrinter):  # type: ignore[misc]  # SymPy is untyped
    """Unicode on one line: dy[K − α]·w[ρ + αt]."""

    def _print_Add(self, expr: Add, order: Any = None) -> str:
        text = ""
        for term in sorted(expr.args, key=_reading_order):
            negative = term.could_extract_minus_sign()
            spelled = self.parenthesize(-term if negative else term, precedence(expr))
            sign = (" − " if negative else " + ") if text else ("−" if negative else "")
            text += sign + spelled
        return text

    def _print_Mul(self, expr: Mul) -> str:
        if expr.could_extract_minus_sign():
            return f"−{self.parenthesize(-expr, precedence(expr))}"
        numerator, denominator = expr.as_numer_denom()
        if denominator != 1:
            return self._fraction(numerator, denominator)
        factors = sorted(expr.args, key=_factor_order)
        texts = [self.parenthesize(factor, precedence(expr)) for factor in factors]
        return ("·" if any(isinstance(f, _NAMED) for f in factors) else "").join(texts)

    def _print_Integer(self, expr: Integer) -> str:
        return str(expr).replace("-", "−")

    def _print_Indexed(self, expr: Indexed) -> str:
        return f"{expr.base.label}[{', '.join(map(self._print, expr.indices))}]"

    def _print_Symbol(self, expr: Symbol) -> str:
        name: str = expr.name
        return _GREEK.get(name, name)

    def _print_floor(self, expr: Expr) -> str:
        numerator, denominator = expr.args[0].as_numer_denom()
        inner = self._fraction(numerator, denominator)
        return f"⌊{self._print(numerator) if denominator == 1 else inner}⌋"

    def _fraction(self, numerator: Expr, denominator: Expr) -> str:
        return f"{self.parenthesize(numerator, PRECEDENCE['Mul'])}/{self._print(denominator)}"

    def _print_Mod(self, expr: Expr) -> str:
        value, modulus = (self.parenthesize(arg, PRECEDENCE["Mul"]) for arg in expr.args)
        return f"{value} mod {modulus}"

    def _print_KroneckerDelta(self, expr: KroneckerDelta) -> str:
        return f"δ({', '.join(map(self._print, expr.args))})"

    def _print_Sum(self, expr: Sum) -> str:
        ranges = [
            f"Σ({self._print(letter)} = {self._print(first)} … {self._print(last)})"
            for letter, first, last in reversed(expr.limits)
        ]
        return f"{' '.join(ranges)} {self._print(expr.function)}"

    def _print_And(self, expr: Expr) -> str:
        return " and ".join(sorted(map(self._print, expr.args)))

    def _print_Relational(self, expr: Any) -> str:
        signs = {"<=": "≤", ">=": "≥", "==": "="}
        sign = signs.get(expr.rel_op, expr.rel_op)
        return f"{self._print(expr.lhs)} {sign} {self._print(expr.rhs)}"


class _LatexPrinter(LatexPrinter):  # type: ignore[misc]  # SymPy is untyped
    """LaTeX with de/dy for dy, and indices in reading order."""

    def _print_Add(self, expr: Add, order: Any = None) -> str:
        text = ""
        for term in sorted(expr.args, key=_reading_order):
            negative = term.could_extract_minus_sign()
            spelled = self._print(-term if negative else term)
            sign = (" - " if negative else " + ") if text else ("-" if negative else "")
            text += sign + spelled
        return text

    def _print_Mul(self, expr: Mul) -> str:
        if expr.could_extract_minus_sign() or expr.as_numer_denom()[1] != 1:
            text: str = super()._print_Mul(expr)
            return text
        factors = sorted(expr.args, key=_factor_order)
        return " ".join(self.parenthesize(factor, precedence(expr)) for factor in factors)

    def _print_Indexed(self, expr: Indexed) -> str:
        index = ", ".join(map(self._print, expr.indices))
        if expr.base == DY:
            return rf"\frac{{\partial e}}{{\partial y_{{{index}}}}}"
        return f"{expr.base.label}_{{{index}}}"

    def _print_floor(self, expr: Expr, exp: Any = None) -> str:
        numerator, denominator = expr.args[0].as_numer_denom()
        inner = self._print(numerator)
        if denominator != 1:
            inner = rf"\frac{{{inner}}}{{{self._print(denominator)}}}"
        return rf"\left\lfloor {inner} \right\rfloor"

    def _print_Mod(self, expr: Expr, exp: Any = None) -> str:
        value, modulus = (self.parenthesize(arg, PRECEDENCE["Mul"]) for arg in expr.args)
        return rf"{value} \bmod {modulus}"

    def _print_KroneckerDelta(self, expr: KroneckerDelta, exp: Any = None) -> str:
        return rf"\delta_{{{', '.join(map(self._print, expr.args))}}}"

    def _print_Sum(self, expr: Sum) -> str:
        sums = [
            rf"\sum_{{{self._print(letter)}={self._print(first)}}}^{{{self._print(last)}}}"
            for letter, first, last in reversed(expr.limits)
        ]
        return f"{' '.join(sums)} {self._print(expr.function)}"


def _factor_order(factor: Expr) -> tuple[int, str]:
    """Sort key of the factors of a product: numbers, letters, t, dy, x, w, then deltas."""
    if factor.is_number:
        return 0, ""
    if isinstance(factor, Indexed):
        return 3 + _ARRAYS.index(factor.base), str(factor)
    if isinstance(factor, KroneckerDelta):
        return 3 + len(_ARRAYS), str(factor)
    return (2 if factor == STRIDE else 1), str(factor)
