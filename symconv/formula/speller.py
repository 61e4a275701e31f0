"""What both spellings of a tree have in common: the order of its parts, and its brackets."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from itertools import pairwise

from symconv.formula.tree import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Divides,
    Entry,
    Equation,
    Expression,
    Integer,
    Interval,
    Letter,
    Negated,
    Node,
    Not,
    Product,
    Remainder,
    SumOver,
    SumWhere,
    Total,
)

ATOM, TERM, TOTAL = 3, 2, 1


class Speller(ABC):
    """Spells a tree; one method a node, named like it in lower case.

    Attributes:
        conjunction: what joins conditions that all hold.
        disjunction: what joins conditions of which one holds.
        when: what stands between an equation and its conditions.
        operators: operator of a comparison -> its spelling.
        star: what stands between convolved arrays.
    """

    conjunction: str
    disjunction: str
    when: str
    operators: Mapping[str, str]
    star: str

    def spell(self, node: Node) -> str:
        """Return the node's spelling."""
        name = type(node).__name__.lower()
        spelling: str = getattr(self, "not_" if name == "not" else name)(node)
        return spelling

    def atom(self, node: Expression) -> str:
        """Return the spelling, in brackets if it is a sum or a product."""
        return self.spell(node) if self.level(node) == ATOM else f"({self.spell(node)})"

    def unit(self, node: Expression) -> str:
        """Return the spelling, in brackets if it is more than a name with its indices."""
        return self.spell(node) if isinstance(node, Letter | Entry) else f"({self.spell(node)})"

    def term(self, node: Expression) -> str:
        """Return the spelling, in brackets if it is a sum or begins with a minus sign."""
        return f"({self.spell(node)})" if self.level(node) == TOTAL else self.spell(node)

    def level(self, node: Expression) -> int:
        """Return how tightly the node's spelling holds together: ATOM, TERM or TOTAL."""
        if isinstance(node, Total | Negated):
            return TOTAL
        return TERM if isinstance(node, Product | Remainder) else ATOM

    @abstractmethod
    def name(self, name: str) -> str:
        """Return the spelling of a name."""

    @abstractmethod
    def divides(self, node: Divides) -> str:
        """Return the spelling of a divisibility."""

    # Expressions

    def integer(self, node: Integer) -> str:
        return str(node.value)

    def letter(self, node: Letter) -> str:
        return self.name(node.name)

    def list_of(self, nodes: Sequence[Node]) -> str:
        """Return the spellings with commas."""
        return ", ".join(map(self.spell, nodes))

    def total(self, node: Total) -> str:
        first, *others = node.terms
        text = self.spell(first) if isinstance(first, Negated) else self.term(first)
        for term in others:
            if isinstance(term, Negated):
                text += f" - {self.term(term.operand)}"
            else:
                text += f" + {self.term(term)}"
        return text

    def negated(self, node: Negated) -> str:
        return f"-{self.operand_of_minus(node.operand)}"

    def operand_of_minus(self, node: Expression) -> str:
        """Return the spelling behind a minus or a sum sign, which would go into a remainder."""
        return self.atom(node) if isinstance(node, Remainder) else self.term(node)

    def interval(self, node: Interval) -> str:
        ends = [node.start, node.stop] if node.step is None else [node.start, node.stop, node.step]
        return ":".join("" if end is None else self.spell(end) for end in ends)

    # Conditions

    def compare(self, node: Compare) -> str:
        return f"{self.spell(node.left)} {self.operators[node.operator]} {self.spell(node.right)}"

    def allof(self, node: AllOf) -> str:
        chain = _chain(node.conditions)
        if chain:
            text = self.spell(chain[0].left)
            for step in chain:
                text += f" {self.operators[step.operator]} {self.spell(step.right)}"
            return text
        return self.conjunction.join(map(self._conjunct, node.conditions))

    def _conjunct(self, node: Condition) -> str:
        joined = isinstance(node, AnyOf) or (
            isinstance(node, AllOf) and not _chain(node.conditions)
        )
        return f"({self.spell(node)})" if joined else self.spell(node)

    def anyof(self, node: AnyOf) -> str:
        parts = [
            f"({self.spell(part)})" if isinstance(part, AnyOf) else self.spell(part)
            for part in node.conditions
        ]
        return self.disjunction.join(parts)

    @abstractmethod
    def not_(self, node: Not) -> str:
        """Return the spelling of a negated condition."""

    # Claims

    def equation(self, node: Equation) -> str:
        sides = " = ".join(map(self.spell, (node.left, *node.rights)))
        return f"{sides}{self._under(node.conditions)}"

    def _under(self, conditions: Sequence[Condition]) -> str:
        """Return "when" and the conditions; brackets keep apart what a comma would join."""
        several = len(conditions) > 1
        parts = []
        for condition, following in pairwise((*conditions, None)):
            assert condition is not None
            bound = following is not None and _share_bounds(condition, following)
            bracketed = bound or (several and isinstance(condition, AnyOf))
            parts.append(f"({self.spell(condition)})" if bracketed else self.spell(condition))
        return f"{self.when}{', '.join(parts)}" if parts else ""


def is_sum(node: Expression) -> bool:
    """Return whether everything behind the node would be summed with it."""
    return isinstance(node, SumOver | SumWhere)


def _chain(conditions: Sequence[Condition]) -> list[Compare]:
    """Return the comparisons if each begins with what the one before ends with, else nothing."""
    steps = [part for part in conditions if isinstance(part, Compare)]
    linked = all(first.right == second.left for first, second in pairwise(steps))
    return steps if linked and len(steps) == len(conditions) else []


def _share_bounds(first: Condition, second: Condition) -> bool:
    """Return whether "0 <= i" and "j < n", side by side, read as the bounds of both i and j."""
    if not isinstance(first, Compare) or not isinstance(second, Compare):
        return False
    rising = {first.operator, second.operator} <= {"<", "<="}
    letters = isinstance(first.right, Letter) and isinstance(second.left, Letter)
    return rising and letters and first.right != second.left and isinstance(first.left, Integer)
