"""A tree -> LaTeX."""

from __future__ import annotations

import re
from types import MappingProxyType

from symconv.formula.spelled_names import AXIS_WORDS, GREEK
from symconv.formula.speller import TERM, Speller, is_sum
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
    Total,
)

_NAME = re.compile(r"(?P<base>[^'_^]+)(?P<primes>'*)(?:_(?P<word>[^^]+?))?(?:\^(?P<upper>.+))?")
_NEW_ROW = r" \\ "
_SIDE_BY_SIDE = (Letter, Entry, Partial, Quotient, SumOver, SumWhere)


class LatexSpeller(Speller):
    """Spells a tree as the reader of LaTeX reads it."""

    conjunction = r" \text{ and } "
    disjunction = r" \text{ or } "
    when = r" \quad \text{when } "
    operators = MappingProxyType(
        {"=": "=", "!=": r"\ne", "<": "<", "<=": r"\le", ">": ">", ">=": r"\ge"}
    )
    star = " * "

    def name(self, name: str) -> str:
        found = _NAME.fullmatch(name)
        if found is None:
            return rf"\mathrm{{{escaped(name)}}}"
        base, primes, word, upper = found.group("base", "primes", "word", "upper")
        text = latex_name(base) + primes
        if word is not None:
            text += f"_{word}" if word in AXIS_WORDS else rf"_{{\text{{{escaped(word)}}}}}"
        if upper is not None:
            plain = not upper[0].isalpha()
            text += f"^{{{upper}}}" if plain else rf"^{{\text{{{escaped(upper)}}}}}"
        return text

    def entry(self, node: Entry) -> str:
        indices, array = self.list_of(node.indices), self.name(node.array)
        lone = len(node.indices) == 1 and not _is_index(node.indices[0])
        if lone or "_" in node.array:
            return f"{array}[{indices}]"
        return f"{array}_{{{indices}}}"

    def level(self, node: Expression) -> int:
        return TERM if is_sum(node) else super().level(node)

    def product(self, node: Product) -> str:
        *others, last = node.factors
        parts = [*map(self.atom, others), self.spell(last) if is_sum(last) else self.atom(last)]
        text = parts[0]
        pairs = zip(node.factors, node.factors[1:], parts[1:], strict=False)
        for before, behind, part in pairs:
            loose = isinstance(behind, _SIDE_BY_SIDE) and before != Letter("d")
            juxtaposed = loose and not part.startswith("(")
            text += f" {part}" if juxtaposed else rf" \cdot {part}"
        return text

    def quotient(self, node: Quotient) -> str:
        return rf"\frac{{{self.spell(node.numerator)}}}{{{self.spell(node.denominator)}}}"

    def power(self, node: Power) -> str:
        plain = isinstance(node.base, Integer) or (
            isinstance(node.base, Letter)
            and "^" not in node.base.name
            and isinstance(node.exponent, Integer)
        )
        base = self.spell(node.base) if plain else f"({self.spell(node.base)})"
        return f"{base}^{{{self.spell(node.exponent)}}}"

    def floor(self, node: Floor) -> str:
        return rf"\lfloor {self.spell(node.operand)} \rfloor"

    def ceiling(self, node: Ceiling) -> str:
        return rf"\lceil {self.spell(node.operand)} \rceil"

    def remainder(self, node: Remainder) -> str:
        return rf"{self.atom(node.value)} \bmod {self.atom(node.modulus)}"

    def largest(self, node: Largest) -> str:
        return rf"\max({self.list_of(node.operands)})"

    def smallest(self, node: Smallest) -> str:
        return rf"\min({self.list_of(node.operands)})"

    def partial(self, node: Partial) -> str:
        return rf"\frac{{\partial {self.unit(node.of)}}}{{\partial {self.unit(node.by)}}}"

    def sumover(self, node: SumOver) -> str:
        letter, body = self.name(node.letter), self.operand_of_minus(node.body)
        if node.lower is None or node.upper is None:
            return rf"\sum_{{{letter}}} {body}"
        return rf"\sum_{{{letter}={self.spell(node.lower)}}}^{{{self.spell(node.upper)}}} {body}"

    def sumwhere(self, node: SumWhere) -> str:
        letters = ", ".join(map(self.name, node.letters))
        named = f"{letters}: " if letters else ""
        return rf"\sum_{{{named}{self.spell(node.condition)}}} {self.operand_of_minus(node.body)}"

    def cases(self, node: Cases) -> str:
        rows = []
        for branch in node.branches:
            condition = branch.condition
            guard = (
                r"\text{otherwise}"
                if condition is None
                else rf"\text{{if }} {self.spell(condition)}"
            )
            rows.append(f"{self.spell(branch.value)} & {guard}")
        return rf"\begin{{cases}} {_NEW_ROW.join(rows)} \end{{cases}}"

    def matrix(self, node: Matrix) -> str:
        rows = [" & ".join(map(self.spell, row)) for row in node.rows]
        return rf"\begin{{pmatrix}} {_NEW_ROW.join(rows)} \end{{pmatrix}}"

    def call(self, node: Call) -> str:
        return rf"\operatorname{{{escaped(node.function)}}}({self.list_of(node.arguments)})"

    def divides(self, node: Divides) -> str:
        return rf"{self.spell(node.divisor)} \mid {self.spell(node.value)}"

    def not_(self, node: Not) -> str:
        inner = node.condition
        if isinstance(inner, Divides):
            return rf"{self.spell(inner.divisor)} \nmid {self.spell(inner.value)}"
        return rf"\neg ({self.spell(inner)})"


def latex_name(base: str) -> str:
    """Return a name without labels in LaTeX."""
    if base in GREEK:
        return f"\\{base}"
    return base if len(base) == 1 else rf"\mathrm{{{escaped(base)}}}"


def escaped(name: str) -> str:
    """Return a name whose low lines stand for themselves in LaTeX."""
    return name.replace("_", r"\_")


def _is_index(index: Expression) -> bool:
    """Return whether the index alone in a subscript is read as this one index."""
    if isinstance(index, Letter):
        return len(index.name) == 1 and index.name not in AXIS_WORDS
    return isinstance(index, Total) or (isinstance(index, Integer) and index.value < 10)
