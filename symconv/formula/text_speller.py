"""A tree -> the text form."""

from __future__ import annotations

from types import MappingProxyType

from symconv.formula.spelled_names import LOSS_DERIVATIVES, NAME, RESERVED
from symconv.formula.speller import TERM, Speller
from symconv.formula.tree import (
    Call,
    Cases,
    Ceiling,
    Divides,
    Entry,
    Expression,
    Floor,
    Integer,
    Largest,
    Letter,
    Matrix,
    Not,
    Partial,
    Power,
    Product,
    Quotient,
    Remainder,
    Smallest,
    SumOver,
    SumWhere,
)


class TextSpeller(Speller):
    """Spells a tree as the reader of the text form reads it."""

    conjunction = " and "
    disjunction = " or "
    when = " when "
    operators = MappingProxyType({sign: sign for sign in ("=", "!=", "<", "<=", ">", ">=")})
    star = "*"

    def name(self, name: str) -> str:
        is_plain = NAME.fullmatch(name) and name not in RESERVED and not _is_pair(name)
        return name if is_plain else f"`{name}`"

    def level(self, node: Expression) -> int:
        divides = isinstance(node, Quotient) or _is_division(node)
        return TERM if divides else super().level(node)

    def operand_of_minus(self, node: Expression) -> str:
        return self.atom(node) if _is_division(node) else super().operand_of_minus(node)

    def entry(self, node: Entry) -> str:
        return f"{self.name(node.array)}[{self.list_of(node.indices)}]"

    def product(self, node: Product) -> str:
        return "*".join(map(self.atom, node.factors))

    def quotient(self, node: Quotient) -> str:
        return f"{self.atom(node.numerator)}/{self.atom(node.denominator)}"

    def power(self, node: Power) -> str:
        return f"{self._base(node.base)}**{self._base(node.exponent)}"

    def _base(self, node: Expression) -> str:
        bare = isinstance(node, Integer | Letter | Entry)
        return self.spell(node) if bare else f"({self.spell(node)})"

    def floor(self, node: Floor) -> str:
        if isinstance(node.operand, Quotient):
            quotient = node.operand
            return f"{self.atom(quotient.numerator)}//{self.atom(quotient.denominator)}"
        return f"floor({self.spell(node.operand)})"

    def ceiling(self, node: Ceiling) -> str:
        return f"ceil({self.spell(node.operand)})"

    def remainder(self, node: Remainder) -> str:
        return f"{self.atom(node.value)}%{self.atom(node.modulus)}"

    def largest(self, node: Largest) -> str:
        return f"max({self.list_of(node.operands)})"

    def smallest(self, node: Smallest) -> str:
        return f"min({self.list_of(node.operands)})"

    def partial(self, node: Partial) -> str:
        by = node.by
        if node.of == Letter("e"):
            if isinstance(by, Entry) and len(by.array) == 1 and by.array.isascii():
                return f"d{by.array}[{self.list_of(by.indices)}]"
            if isinstance(by, Letter) and f"d{by.name}" in LOSS_DERIVATIVES:
                return f"d{by.name}"
        return f"diff({self.spell(node.of)}, {self.spell(by)})"

    def sumover(self, node: SumOver) -> str:
        binders = []
        body: Expression = node
        while isinstance(body, SumOver):
            binders.append(self._binder(body))
            body = body.body
        return f"sum({self.spell(body)}, {', '.join(binders)})"

    def _binder(self, node: SumOver) -> str:
        letter = self.name(node.letter)
        if node.lower is None or node.upper is None:
            return letter
        return f"{letter}={self.spell(node.lower)}..{self.spell(node.upper)}"

    def sumwhere(self, node: SumWhere) -> str:
        letters = ", ".join(map(self.name, node.letters))
        named = f", {letters}" if letters else ""
        return f"sum({self.spell(node.body)}{named} where {self.spell(node.condition)})"

    def cases(self, node: Cases) -> str:
        branches = []
        for branch in node.branches:
            condition = branch.condition
            guard = "otherwise" if condition is None else f"if {self.spell(condition)}"
            branches.append(f"{self.spell(branch.value)} {guard}")
        return f"cases({', '.join(branches)})"

    def matrix(self, node: Matrix) -> str:
        return f"matrix({'; '.join(map(self.list_of, node.rows))})"

    def call(self, node: Call) -> str:
        arguments = self.list_of(node.arguments)
        lone = len(node.arguments) == 1 and len(node.function) == 1
        return f"{node.function}({arguments},)" if lone else f"{node.function}({arguments})"

    def divides(self, node: Divides) -> str:
        return f"{self.spell(node.divisor)} | {self.spell(node.value)}"

    def not_(self, node: Not) -> str:
        return f"not ({self.spell(node.condition)})"


def _is_pair(name: str) -> bool:
    """Return whether the text form would read the name as a derivative, like dx."""
    return len(name) == 2 and name[0] == "d"


def _is_division(node: Expression) -> bool:
    return isinstance(node, Floor) and isinstance(node.operand, Quotient)
