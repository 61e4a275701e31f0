"""Formulas as one line of Unicode text."""

from __future__ import annotations

from typing import Any, Final

from sympy import Add, Expr, Integer, KroneckerDelta, Mul, Sum, Symbol
from sympy.printing.precedence import PRECEDENCE, precedence
from sympy.printing.str import StrPrinter

from symconv.document.ordering import NAMED, factor_order, reading_order

_NAMES: Final = {
    "xp": "X",
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
}


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


class _TextPrinter(StrPrinter):  # type: ignore[misc]  # SymPy is untyped
    """Unicode on one line: dy[K − α]·w[ρ + αt]."""

    def _print_Add(self, expr: Add, order: Any = None) -> str:
        text = ""
        for term in sorted(expr.args, key=reading_order):
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
        factors = sorted(expr.args, key=factor_order)
        texts = [self.parenthesize(factor, precedence(expr)) for factor in factors]
        return ("·" if any(isinstance(f, NAMED) for f in factors) else "").join(texts)

    def _print_Integer(self, expr: Integer) -> str:
        return str(expr).replace("-", "−")

    def _print_Symbol(self, expr: Symbol) -> str:
        name: str = expr.name
        return _NAMES.get(name, name)

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
