"""Statements about sizes and counts, settled: every name is one integer, brackets multiply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from symconv.formula.notation import (
    Big,
    Conditional,
    Decimal,
    Group,
    Indicator,
    Juxtaposed,
    Mark,
    Marked,
    Member,
    Multiplied,
    Name,
    Range,
    Run,
    SetOf,
    Starred,
    Statement,
    Words,
)
from symconv.formula.tree import (
    AllOf,
    AnyOf,
    Branch,
    Cases,
    Ceiling,
    Compare,
    Condition,
    Divides,
    Expression,
    Floor,
    Integer,
    Largest,
    Letter,
    Negated,
    Node,
    Not,
    Power,
    Product,
    Quotient,
    Remainder,
    Smallest,
    Total,
    walk,
)
from symconv.verification.reading.names import alternatives, flat
from symconv.verification.truth.algebra import between

PRODUCTS: Final = ("*", "·", "times", "cdot", ".")
_LAYERS: Final = frozenset(
    ("l", "L", "t", "-", "+", "*", "star", "(k)", "(l)", "(k-1)", "(l-1)", "th")
)
_CASTS: Final = {"float": "", "int": "floor", "double": "", "tf.to_float": ""}
MAX_DEPTH: Final = 60


class NotScalarError(ValueError):
    """A part of the statement is no number: an entry of an array, a derivative, a convolution."""


@dataclass(frozen=True)
class Scalars:
    """A statement whose sides are numbers.

    Attributes:
        sides: expressions; a shape, (A, B) or A x B, is a tuple of them.
        relations: between them, as in the statement.
        conditions: what stands beside it and could be settled.
        words: what stands beside it in words, and its label.
    """

    sides: tuple[Any, ...]
    relations: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    words: str = ""


def settled(
    statements: Sequence[Statement],
) -> list[tuple[float, tuple[Scalars | None, ...], tuple[Statement, ...]]]:
    """Return the statements as scalars, in every way their runs of letters may be read.

    Returns:
        (cost, one entry a statement, the statements), the likeliest first; None for what is no
        scalar.
    """
    found: list[tuple[float, tuple[Scalars | None, ...], tuple[Statement, ...]]] = []
    for cost, chosen in alternatives(statements):
        entry = tuple(map(_statement, chosen))
        if all(entry != other or chosen != before for _, other, before in found):
            found.append((cost, entry, chosen))
    return found


def _statement(statement: Statement) -> Scalars | None:
    statement = _turned(_with_condition(_unwrapped(statement)))
    try:
        sides = tuple(
            _side(side, left=place == 0 and len(statement.sides) > 1)
            for place, side in enumerate(statement.sides)
        )
    except (NotScalarError, RecursionError):
        return None
    conditions, words = [], [statement.label]
    for condition in statement.conditions:
        if isinstance(condition, Words):
            words.append(condition.text)
            continue
        try:
            conditions.append(scalar_condition(condition))
        except (NotScalarError, RecursionError):
            words.append("")
    return Scalars(sides, statement.relations, tuple(conditions), " ".join(words).strip())


def _with_condition(statement: Statement) -> Statement:
    """Return a = b == c ? d : e with b = c as the condition, whose sign reads like the others."""
    if len(statement.sides) < 3 or not isinstance(statement.sides[-1], Conditional):
        return statement
    *others, tested, last = statement.sides
    assert isinstance(last, Conditional)
    if isinstance(last.condition, Compare | AllOf | AnyOf | Not | Divides):
        return statement
    condition = Compare("=", tested, last.condition)  # type: ignore[arg-type]
    sides = (*others, Conditional(last.value, condition, last.otherwise))
    return replace(statement, sides=sides, relations=statement.relations[:-1])


def _unwrapped(statement: Statement) -> Statement:
    """Return assert(a == b), solve([a == b]) as the equation that it contains."""
    side = statement.sides[0]
    if len(statement.sides) > 1 or not isinstance(side, Marked) or len(side.marks) != 1:
        return statement
    mark = side.marks[0]
    inner: Any = mark.items[0] if mark.kind == "paren" and len(mark.items) == 1 else None
    while isinstance(inner, Group | Indicator):
        if isinstance(inner, Indicator):
            inner = inner.condition
        else:
            inner = inner.items[0] if len(inner.items) == 1 else None
    if not isinstance(inner, Compare) or inner.operator != "=":
        return statement
    return replace(statement, sides=(inner.left, inner.right), relations=("=",))


def _turned(statement: Statement) -> Statement:
    """Return expression = name with the name on the left."""
    if len(statement.sides) != 2 or statement.relations[0] not in ("=", "equiv"):
        return statement
    left, right = statement.sides
    if _is_named(right) and not _is_named(left) and not isinstance(left, Group):
        return replace(statement, sides=(right, left))
    return statement


def _is_named(node: Any) -> bool:
    if isinstance(node, Marked):
        labels = all(mark.kind in ("sub", "bracket") or _is_label(mark) for mark in node.marks)
        return labels and isinstance(node.base, Name | Run)
    return isinstance(node, Name | Run)


def _side(node: Any, *, left: bool) -> Any:
    """Return a side: an expression, a condition, or a tuple of expressions for a shape."""
    if isinstance(node, Compare | AllOf | AnyOf | Not | Divides):
        return scalar_condition(node)
    if isinstance(node, Member):
        return _member(node)
    if isinstance(node, Group) and len(node.items) > 1 and node.bracket in "([":
        return tuple(scalar(item) for item in node.items)
    if left and isinstance(node, Marked) and node.marks and node.marks[-1].kind == "paren":
        head, arguments = node.marks[:-1], node.marks[-1].items
        if len(arguments) > 1 and all(isinstance(item, Name) for item in arguments):
            return Letter(flat(Marked(node.base, head) if head else node.base) + "()")
    return scalar(node)


def _member(node: Member) -> Any:
    """Return the shape that is said of an array, or the condition that an index is in a range."""
    container = node.container
    if isinstance(container, Marked) and flat(container.base) in ("R", "mathbb{R}", "ℝ", "N", "Z"):
        mark = container.marks[-1]
        if mark.kind == "sup":
            items = mark.items
            if len(items) == 1 and isinstance(items[0], Multiplied):
                items = items[0].factors
            return tuple(scalar(item) for item in items)
    if isinstance(container, Range) and len(node.elements) == 1:
        index = scalar(node.elements[0])
        low = Compare("<" if container.open_low else "<=", scalar(container.low), index)
        high = Compare("<" if container.open_high else "<=", index, scalar(container.high))
        return AllOf((low, high))
    if isinstance(container, Group) and container.bracket == "[" and len(container.items) == 2:
        index = scalar(node.elements[0])
        first, last = map(scalar, container.items)
        return between(first, index, last)
    raise NotScalarError("a set")


def scalar(node: Any, depth: int = 0) -> Expression:
    """Return an expression of the notation as one of numbers and letters.

    Raises:
        NotScalarError: a part of it is no number.
    """
    if depth > MAX_DEPTH:
        raise NotScalarError("a formula of too many brackets")

    def inner(part: Any) -> Expression:
        return scalar(part, depth + 1)

    match node:
        case Integer() | Decimal() | Letter():
            return node  # type: ignore[return-value]
        case Name() | Run():
            return Letter(flat(node))
        case Words(text=text) if text:
            return Letter(text)
        case Negated(operand=operand):
            return Negated(inner(operand))
        case Total(terms=terms):
            return Total(tuple(map(inner, terms)))
        case Juxtaposed(factors=factors) | Multiplied(factors=factors) | Product(factors=factors):
            return _product([inner(factor) for factor in factors])
        case Starred(sign=sign, left=left, right=right) if sign in PRODUCTS and not node.marks:
            return _product([inner(left), inner(right)])
        case Quotient(numerator=above, denominator=below):
            return Quotient(inner(above), inner(below))
        case Floor(operand=operand):
            return Floor(inner(operand))
        case Ceiling(operand=operand):
            return Ceiling(inner(operand))
        case Remainder(value=value, modulus=modulus):
            return Remainder(inner(value), inner(modulus))
        case Largest(operands=operands) | Smallest(operands=operands):
            return type(node)(tuple(map(inner, operands)))
        case Power(base=base, exponent=exponent):
            return Power(inner(base), inner(exponent))
        case SetOf(items=(single,), conditions=()):
            return inner(single)
        case Group():
            return _group(node, inner)
        case Marked():
            return _marked(node, inner)
        case Conditional(value=value, condition=condition, otherwise=otherwise):
            branch = Branch(inner(value), scalar_condition(condition))
            return Cases((branch, Branch(inner(otherwise), None)))
        case Cases(branches=branches):
            return Cases(tuple(_branch(branch, inner) for branch in branches))
        case Big(operator="max" | "min", below=(), above=None, body=Group(items=items)):
            operands = tuple(map(inner, items))
            return Largest(operands) if node.operator == "max" else Smallest(operands)
    raise NotScalarError(type(node).__name__)


def _branch(branch: Branch, inner: Any) -> Branch:
    condition = branch.condition
    return Branch(inner(branch.value), None if condition is None else scalar_condition(condition))


def _group(node: Group, inner: Any) -> Expression:
    if len(node.items) != 1:
        raise NotScalarError("a tuple")
    if node.bracket == "|":  # how many a set has is one number
        return Letter(f"|{flat(node.items[0])}|")
    value: Expression = inner(node.items[0])
    if node.bracket == "[" and _divides_openly(value):
        return Floor(value)
    return value


def _divides_openly(value: Any) -> bool:
    """Return whether a quotient stands in a bracket by itself or in a sum: [n/s] is a floor."""
    if isinstance(value, Total):
        return any(map(_divides_openly, value.terms))
    return isinstance(value, Quotient) and not isinstance(value.denominator, Quotient)


def _marked(node: Marked, inner: Any) -> Expression:
    """Return a name with its labels, multiplied or raised by the marks that are no labels."""
    labels: list[Mark] = []
    raised: list[Expression] = []
    multiplied: list[Expression] = []
    named = isinstance(node.base, Name | Run)
    cast = _CASTS.get(flat(node.base)) if named else None
    if cast is not None and len(node.marks) == 1 and node.marks[0].kind == "paren":
        items = node.marks[0].items
        if len(items) == 1:
            value: Expression = inner(items[0])
            return Floor(value) if cast == "floor" else value
    for mark in node.marks:
        if mark.kind == "sup" and not (named and _is_label(mark)):
            if len(mark.items) != 1:
                raise NotScalarError("a list in an exponent")
            raised.append(inner(mark.items[0]))
        elif mark.kind == "paren":
            if len(mark.items) != 1:
                raise NotScalarError("a function")
            multiplied.append(inner(mark.items[0]))
        elif not named or len(mark.items) > 1:
            raise NotScalarError("an entry of an array")
        else:
            labels.append(mark)
    if named:
        base: Expression = Letter(flat(Marked(node.base, tuple(labels)) if labels else node.base))
    else:
        base = inner(node.base)
    for exponent in raised:
        base = Power(base, exponent)
    return _product([base, *multiplied])


def _is_label(mark: Mark) -> bool:
    """Return whether a superscript says which layer or side: H^l, s^{l-1}, n^{[l]}, P^-."""
    if len(mark.items) != 1:
        return False
    item = mark.items[0]
    if isinstance(item, Run) or (isinstance(item, Name) and (item.word or item.text in _LAYERS)):
        return True
    if isinstance(item, Group):
        return True
    text = flat(item)
    return text in _LAYERS or text in ("l-1", "l+1", "L-1", "")


def _product(factors: list[Expression]) -> Expression:
    flattened: list[Expression] = []
    for factor in factors:
        flattened += factor.factors if isinstance(factor, Product) else (factor,)
    return flattened[0] if len(flattened) == 1 else Product(tuple(flattened))


def scalar_condition(node: Any) -> Condition:
    """Return a condition between numbers.

    Raises:
        NotScalarError: a part of it is no number.
    """
    match node:
        case Compare(operator=operator, left=left, right=right):
            return Compare(operator, scalar(left), scalar(right))
        case Divides(divisor=divisor, value=value):
            return Divides(scalar(divisor), scalar(value))
        case AllOf(conditions=conditions):
            return AllOf(tuple(map(scalar_condition, conditions)))
        case AnyOf(conditions=conditions):
            return AnyOf(tuple(map(scalar_condition, conditions)))
        case Not(condition=condition):
            return Not(scalar_condition(condition))
        case Indicator(condition=condition):
            return scalar_condition(condition)
        case Member():
            found = _member(node)
            if isinstance(found, AllOf):
                return found
        case Group(items=(single,)):
            return scalar_condition(single)
    raise NotScalarError(type(node).__name__)


def numbers_of(expression: Any) -> list[int]:
    """Return the numbers in an expression, in their order."""
    return [node.value for node in walk(expression) if isinstance(node, Integer)]


def names_of(*expressions: Any) -> tuple[str, ...]:
    """Return the names in some expressions, in the order of the text."""
    found: dict[str, None] = {}
    for expression in expressions:
        parts = expression if isinstance(expression, tuple) else (expression,)
        for part in parts:
            if isinstance(part, Node):
                for node in walk(part):
                    if isinstance(node, Letter):
                        found[node.name] = None
    return tuple(found)
