r"""Formulas as LaTeX: what every format of a document shows.

The environments are those of amsmath and of MathJax alike; nothing else is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sympy import Add, And, Basic, Indexed, IndexedBase, KroneckerDelta, Mul, Sum, Symbol
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE, precedence

from symconv.algebra.symbols import DY, XP
from symconv.document.notation import (
    DB,
    DB_CHANNELS,
    DOTS,
    DSOME_AXES_PADDED,
    DW,
    DX,
    DXP,
    SOME_AXES_PADDED,
    All,
)
from symconv.document.ordering import factor_order, reading_order
from symconv.document.width import estimated_width

_NAMES: Final = {XP: "X"}
_GRADIENTS: Final = {
    DX: "x",
    DY: "y",
    DW: "w",
    DB_CHANNELS: "b",
    DXP: _NAMES[XP],
    **{by: str(of.label) for by, of in zip(DSOME_AXES_PADDED, SOME_AXES_PADDED, strict=True)},
}
WIDEST_CASE: Final = 26.0  # of a value and its condition side by side, in ems
_COLUMN: Final = "r"  # numbers stand under each other by their last digit


@dataclass(frozen=True)
class Words:
    """The words inside formulas, in the language of the document."""

    conjunction: str = "and"
    otherwise: str = "otherwise"


ENGLISH: Final = Words()


def spell_latex(expression: Basic, *, words: Words = ENGLISH, inline: bool = False) -> str:
    r"""Return an expression as LaTeX.

    Args:
        expression: an expression, or a node of `symconv.document.notation`.
        words: the words inside formulas.
        inline: whether it stands in running text, where derivatives are written with a slash.

    Example:
        >>> from symconv.algebra.symbols import COUNTER, DY
        >>> print(spell_latex(DY[3 - COUNTER[0]]))
        \frac{\partial e}{\partial y_{3 - \alpha}}
        >>> print(spell_latex(DY[3 - COUNTER[0]], inline=True))
        \partial e / \partial y_{3 - \alpha}
    """
    text: str = _LatexPrinter(words=words, inline=inline).doprint(expression)
    return text


class _LatexPrinter(LatexPrinter):  # type: ignore[misc]  # SymPy is untyped
    """LaTeX with de/dy for dy, and indices in reading order."""

    def __init__(self, *, words: Words, inline: bool) -> None:
        super().__init__()
        self._words = words
        self._inline = inline

    def _print_Add(self, expr: Add, order: Any = None) -> str:
        numerator, denominator = expr.as_numer_denom()
        if denominator != 1:
            return rf"\frac{{{self._print(numerator)}}}{{{self._print(denominator)}}}"
        text = ""
        for term in sorted(expr.args, key=reading_order):
            negative = term.could_extract_minus_sign()
            spelled = self._print(-term if negative else term)
            sign = (" - " if negative else " + ") if text else ("-" if negative else "")
            text += sign + spelled
        return text

    def _print_Mul(self, expr: Mul) -> str:
        if expr.could_extract_minus_sign() or expr.as_numer_denom()[1] != 1:
            text: str = super()._print_Mul(expr)
            return text
        factors = sorted(expr.args, key=factor_order)
        return " ".join(self.parenthesize(factor, precedence(expr)) for factor in factors)

    def _print_Indexed(self, expr: Indexed) -> str:
        index = self._joined(expr.indices)
        if expr.base in _GRADIENTS:
            return self._derivative("e", f"{_GRADIENTS[expr.base]}_{{{index}}}")
        return f"{_NAMES.get(expr.base, expr.base.label)}_{{{index}}}"

    def _print_IndexedBase(self, expr: IndexedBase) -> str:
        if expr in _GRADIENTS:
            return self._derivative("e", _GRADIENTS[expr])
        return str(_NAMES.get(expr, expr.label))

    def _print_Symbol(self, expr: Symbol, style: str = "plain") -> str:
        if expr == DB:
            return self._derivative("e", "b")
        if expr == DOTS:
            return r"\cdots"
        text: str = super()._print_Symbol(expr, style)
        return text

    def _print_Partial(self, expr: Basic) -> str:
        above, below = map(self._print, expr.args)
        return self._derivative(above, below)

    def _derivative(self, above: str, below: str) -> str:
        if self._inline:
            return rf"\partial {above} / \partial {below}"
        return rf"\frac{{\partial {above}}}{{\partial {below}}}"

    def _print_floor(self, expr: Any, exp: Any = None) -> str:
        numerator, denominator = expr.args[0].as_numer_denom()
        inner = self._print(numerator)
        if denominator != 1 and self._inline:
            inner = (
                f"{self.parenthesize(numerator, PRECEDENCE['Mul'])} / {self._print(denominator)}"
            )
        elif denominator != 1:
            inner = rf"\frac{{{inner}}}{{{self._print(denominator)}}}"
        return rf"\left\lfloor {inner} \right\rfloor"

    def _print_Mod(self, expr: Any, exp: Any = None) -> str:
        value, modulus = (self.parenthesize(arg, PRECEDENCE["Mul"]) for arg in expr.args)
        return rf"{value} \bmod {modulus}"

    def _print_KroneckerDelta(self, expr: KroneckerDelta, exp: Any = None) -> str:
        return rf"\delta_{{{self._joined(expr.args)}}}"

    def _print_Sum(self, expr: Sum) -> str:
        sums = [
            rf"\sum_{{{self._print(letter)}={self._print(first)}}}^{{{self._print(last)}}}"
            for letter, first, last in reversed(expr.limits)
        ]
        return f"{' '.join(sums)} {self._print(expr.function)}"

    def _print_And(self, expr: Any) -> str:
        return self._conjunction([self._print(arg) for arg in expr.args])

    def _print_All(self, expr: Basic) -> str:
        return self._conjunction([self._print(arg) for arg in expr.args])

    def _conjunction(self, conditions: list[str]) -> str:
        return rf" \;\text{{{self._words.conjunction}}}\; ".join(conditions)

    def _print_Between(self, expr: Basic) -> str:
        low, value, end, sign = expr.args
        less = "<" if str(sign) == "<" else r"\leq"
        return rf"{self._print(low)} \leq {self._print(value)} {less} {self._print(end)}"

    def _print_Holds(self, expr: Basic) -> str:
        left, right = map(self._print, expr.args)
        return f"{left} = {right}"

    def _print_Divides(self, expr: Basic) -> str:
        divisor, value = map(self._print, expr.args)
        return rf"{divisor} \mid {value}"

    def _print_Cases(self, expr: Basic) -> str:
        rows = r" \\ ".join(self._case(value, condition) for value, condition in expr.args)
        return rf"\begin{{cases}} {rows} \end{{cases}}"

    def _case(self, value: Basic, condition: Basic) -> str:
        """Return a row of cases; a long conjunction takes a row for each condition."""
        spelled: str = self._print(value)
        if value.has(Sum):
            spelled = rf"\displaystyle {spelled}"
        row = f"{spelled}, & {self._print(condition)}"
        if not isinstance(condition, All | And) or estimated_width(row) <= WIDEST_CASE:
            return row
        first, *others = map(self._print, condition.args)
        further = rf" \\ & \text{{{self._words.conjunction}}}\; "
        return further.join([f"{spelled}, & {first}", *others])

    def _print_UnevaluatedExpr(self, expr: Any) -> str:
        return f"({self._print(expr.args[0])})"

    def _print_Otherwise(self, expr: Basic) -> str:
        return rf"\text{{{self._words.otherwise}}}"

    def _print_NumberProduct(self, expr: Basic) -> str:
        spelled = [str(factor) for factor in expr.args]
        first, *rest = spelled
        bracketed = [f"({factor})" if factor.startswith("-") else factor for factor in rest]
        return r" \cdot ".join([first, *bracketed])

    def _print_Index(self, expr: Basic) -> str:
        return f"({self._joined(expr.args)})"

    def _print_Listed(self, expr: Basic) -> str:
        return self._joined(expr.args)

    def _print_Larger(self, expr: Basic) -> str:
        return rf"\max({self._joined(expr.args)})"

    def _print_Sizes(self, expr: Basic) -> str:
        return r" \times ".join(map(self._print, expr.args))

    def _print_Grid(self, expr: Basic) -> str:
        columns = _COLUMN * len(expr.args[0].args)
        rows = r" \\ ".join(" & ".join(map(self._print, row.args)) for row in expr.args)
        return rf"\left( \begin{{array}}{{{columns}}} {rows} \end{{array}} \right)"

    def _print_Stacked(self, expr: Basic) -> str:
        return rf"\mathrm{{vec}}\left( {self._print(expr.args[0])} \right)"

    def _print_Transposed(self, expr: Basic) -> str:
        return rf"{self._print(expr.args[0])}^{{\top}}"

    def _print_Times(self, expr: Basic) -> str:
        return " ".join(map(self._print, expr.args))

    def _joined(self, entries: Any) -> str:
        return ", ".join(map(self._print, entries))
