"""The tree of a formula with settled meaning: what is an entry, a sum, a condition is decided.

Every node is frozen; two nodes are equal when they say the same, wherever they stand. What the
names mean (is L the loss? does i start at 1?) is no matter of this tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cache, cached_property
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Span:
    """Where a node stands in the text: line and column count from 1; the end is exclusive.

    Attributes:
        line: line of the first character.
        column: column of the first character.
        start: offset of the first character in the text, from 0.
        end: offset behind the last character.
    """

    line: int
    column: int
    start: int
    end: int


NOWHERE = Span(line=0, column=0, start=0, end=0)


@dataclass(frozen=True)
class Node:
    """Anything in the tree; the span does not count when nodes are compared."""

    span: Span = field(default=NOWHERE, kw_only=True, compare=False, repr=False)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all letters at or below this node, those that a sum binds included."""
        names: set[str] = set()
        for part in fields(self):
            value = getattr(self, part.name)
            if isinstance(value, Node):
                names |= value.names
            elif isinstance(value, tuple):
                names |= _names_of(value)
        return frozenset(names)


def _names_of(entries: tuple[object, ...]) -> set[str]:
    names: set[str] = set()
    for entry in entries:
        if isinstance(entry, Node):
            names |= entry.names
        elif isinstance(entry, tuple):
            names |= _names_of(entry)
    return names


# Expressions


@dataclass(frozen=True)
class Integer(Node):
    """A number, 0 or more."""

    value: int


@dataclass(frozen=True)
class Letter(Node):
    """A name without indices: p, t_h, P_top, alpha, e."""

    name: str

    @cached_property
    def names(self) -> frozenset[str]:
        """Its name."""
        return frozenset((self.name,))


@dataclass(frozen=True)
class Entry(Node):
    """An entry of an array: x_{i+r, j+s}, w[r, s]; x_{ij} has the indices i and j."""

    array: str
    indices: tuple[Expression, ...]


@dataclass(frozen=True)
class Total(Node):
    """The sum of two or more terms; a difference has a Negated term."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True)
class Negated(Node):
    """Minus the operand."""

    operand: Expression


@dataclass(frozen=True)
class Product(Node):
    """The product of two or more factors."""

    factors: tuple[Expression, ...]


@dataclass(frozen=True)
class Quotient(Node):
    """An exact quotient, no rounding: (m-p)/t; Floor(Quotient) is the integer division."""

    numerator: Expression
    denominator: Expression


@dataclass(frozen=True)
class Power(Node):
    """The base multiplied by itself: x^2, 10^{100}; but w^{(l)} and w^T are names."""

    base: Expression
    exponent: Expression


@dataclass(frozen=True)
class Floor(Node):
    """The largest integer that is not above the operand."""

    operand: Expression


@dataclass(frozen=True)
class Ceiling(Node):
    """The smallest integer that is not below the operand."""

    operand: Expression


@dataclass(frozen=True)
class Remainder(Node):
    """value mod modulus, from 0 to modulus - 1."""

    value: Expression
    modulus: Expression


@dataclass(frozen=True)
class Largest(Node):
    """max of two or more operands."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True)
class Smallest(Node):
    """min of two or more operands."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True)
class Partial(Node):
    """A derivative of `of` by `by`: of e by y_{ij}, of y_{ij} by x_{uv}, of e by the array Y."""

    of: Expression
    by: Expression


@dataclass(frozen=True)
class SumOver(Node):
    """The sum of the body for letter = lower, ..., upper; without bounds, over all that fit."""

    letter: str
    lower: Expression | None
    upper: Expression | None
    body: Expression

    @cached_property
    def names(self) -> frozenset[str]:
        """The letters of the bounds and the body, and the one it binds."""
        return super().names | {self.letter}


@dataclass(frozen=True)
class SumWhere(Node):
    """The sum of the body over all values of the letters for which the condition holds.

    Without letters its author does not say which they are.
    """

    letters: tuple[str, ...]
    condition: Condition
    body: Expression

    @cached_property
    def names(self) -> frozenset[str]:
        """The letters of the condition and the body, and those it binds."""
        return super().names | set(self.letters)


@dataclass(frozen=True)
class Branch(Node):
    """One branch of a case distinction; condition None is "otherwise"."""

    value: Expression
    condition: Condition | None


@dataclass(frozen=True)
class Cases(Node):
    """A case distinction: the value of the branch whose condition holds."""

    branches: tuple[Branch, ...]


@dataclass(frozen=True)
class Matrix(Node):
    """A matrix written out, row by row; dots are left out."""

    rows: tuple[tuple[Expression, ...], ...]


@dataclass(frozen=True)
class Call(Node):
    """A function that the language does not know, forward(Y); it has a meaning only by its name.

    Attributes:
        at: of a slope f'(z_{ij}), the array and the indices of the entry where it is taken.
    """

    function: str
    arguments: tuple[Expression, ...]
    at: tuple[str, ...] = ()


Expression: TypeAlias = (
    Integer
    | Letter
    | Entry
    | Total
    | Negated
    | Product
    | Quotient
    | Power
    | Floor
    | Ceiling
    | Remainder
    | Largest
    | Smallest
    | Partial
    | SumOver
    | SumWhere
    | Cases
    | Matrix
    | Call
)


# Conditions


@dataclass(frozen=True)
class Compare(Node):
    """left operator right, with operator one of = != < <= > >=; a <= b <= c is an AllOf of two."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Divides(Node):
    """divisor | value."""

    divisor: Expression
    value: Expression


@dataclass(frozen=True)
class AllOf(Node):
    """Every condition holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf(Node):
    """At least one condition holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Not(Node):
    """The condition does not hold."""

    condition: Condition


Condition: TypeAlias = Compare | Divides | AllOf | AnyOf | Not


# Claims


@dataclass(frozen=True)
class Equation(Node):
    """left = right = right ..., under side conditions that stand beside or below it."""

    left: Expression
    rights: tuple[Expression, ...]
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Interval(Node):
    """start:stop of a slice; None is the end of the array."""

    start: Expression | None
    stop: Expression | None
    step: Expression | None


def walk(root: Node | tuple[Node, ...]) -> Iterator[Node]:
    """Yield the node, or each of several, and all below, before its parts, from left to right.

    Example:
        >>> [type(node).__name__ for node in walk(Negated(Letter("a")))]
        ['Negated', 'Letter']
    """
    waiting: list[object] = [root]
    while waiting:
        item = waiting.pop()
        if isinstance(item, tuple):
            waiting.extend(reversed(item))
        elif isinstance(item, Node):
            yield item
            kind: Any = type(item)
            waiting.extend([getattr(item, name) for name in reversed(parts_of(kind))])


def holds_entry(node: Node) -> bool:
    """Return whether entries of arrays stand in a node."""
    return any(isinstance(part, Entry | Partial) for part in walk(node))


@cache
def parts_of(kind: Any) -> tuple[str, ...]:
    """Return the names of the fields that say what a kind of node is made of."""
    return tuple(part.name for part in fields(kind) if part.compare)
