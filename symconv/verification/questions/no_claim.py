"""Statements that claim nothing about a convolution: definitions, numbers, fragments, other layers.

They come last: what some other kind understands is no matter of this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from symconv.formula.notation import (
    Big,
    Decimal,
    Differential,
    ForAll,
    Group,
    Juxtaposed,
    Marked,
    Member,
    Multiplied,
    Name,
    Run,
    SetOf,
    Starred,
    Statement,
    Words,
)
from symconv.formula.tree import (
    AllOf,
    AnyOf,
    Compare,
    Divides,
    Expression,
    Integer,
    Largest,
    Letter,
    Negated,
    Not,
    Partial,
    Quotient,
    Remainder,
    Smallest,
    Total,
    walk,
)
from symconv.verification.outcome import Outcome
from symconv.verification.reading.names import flat
from symconv.verification.reading.pooling.elements import Element, element
from symconv.verification.reading.pooling.polynomials import TooLargeError, polynomial
from symconv.verification.reading.roles import LOSSES, Told

MAX_NODES: Final = 2000
_STARTS: Final = re.compile(r"fan_?in|fan_?out|fan|xavier|kaiming|glorot", re.IGNORECASE)
_KERNELS: Final = re.compile(r"kernel|filter|ksize", re.IGNORECASE)


def decide(statements: Sequence[Statement], told: Told) -> list[Outcome | None]:
    """Return no_claim for the statements that claim nothing, and None for all others."""
    return [_decide(statement, told) for statement in statements]


def _decide(statement: Statement, told: Told) -> Outcome | None:
    try:
        if sum(1 for _ in walk(statement)) > MAX_NODES:
            return None
        reason = next((why for test, why in _TESTS if test(statement, told)), "")
    except RecursionError:
        return None
    return Outcome("no claim", "no_claim", "", reason) if reason else None


# Other layers


def _other_layer(statement: Statement, _told: Told) -> bool:
    """Return whether weights depend on the place of the output: locally connected, tiled."""
    left = element(statement.sides[0])
    if len(statement.sides) < 2 or left is None or not left.indices:
        return False
    return any(_has_own_weights(left, factors) for factors in _summed(statement.sides[-1]))


def _summed(side: Any) -> Iterator[list[Element]]:
    """Yield the entries that are multiplied in the body of each sum."""
    for node in walk(side):
        if isinstance(node, Big) and node.operator == "sum":
            entries = list(_entries(node.body))
            if len(entries) == 2:
                yield entries


def _entries(body: Any) -> Iterator[Element]:
    match body:
        case Group(items=(item,)):
            yield from _entries(item)
        case Juxtaposed(factors=factors) | Multiplied(factors=factors):
            for factor in factors:
                yield from _entries(factor)
        case Starred(left=left, right=right):
            yield from _entries(left)
            yield from _entries(right)
        case _:
            found = element(body)
            if found is not None and found.indices:
                yield found


def _has_own_weights(left: Element, factors: list[Element]) -> bool:
    """Return whether an entry that moves with the output meets a weight of that output."""
    outputs = [index.name for index in left.indices if isinstance(index, Letter)]
    for moved, weight in (factors, reversed(factors)):
        spatial = {name for name in outputs if any(_moves(i, name) for i in moved.indices)}
        bare = {index.name for index in weight.indices if isinstance(index, Letter)}
        turned = {
            name
            for index in weight.indices
            for part in walk(index)
            if isinstance(part, Remainder)
            for name in part.value.names
        }
        if spatial and (spatial <= bare or spatial <= turned):
            return True
    return False


def _moves(index: Expression, name: str) -> bool:
    """Return whether an index is affine in a letter and has another: i + m, s*i + m."""
    try:
        split = polynomial(index).linear_in(name)
    except TooLargeError:
        return False
    if split is None or not split[0].terms or isinstance(index, Letter):
        return False
    return bool(split[1].letters) and all(isinstance(u, Letter) for u in split[1].unknowns)


# Definitions


def _initialisation(statement: Statement, _told: Told) -> bool:
    """Return whether it is the bound of an initialisation: k = groups / (C * prod kernel_size)."""
    if len(statement.sides) < 2:
        return False
    names = [flat(node) for node in walk(statement) if isinstance(node, Name | Run | Words)]
    if any(_STARTS.fullmatch(name) for name in names):
        return True
    for node in walk(statement.sides[-1]):
        if isinstance(node, Quotient):
            products = [n for n in walk(node.denominator) if isinstance(n, Big)]
            named = any(_KERNELS.search(flat(n)) for n in walk(node.denominator)
                        if isinstance(n, Name | Run))  # fmt: skip
            if named and any(product.operator == "prod" for product in products):
                return True
    return False


def _design_rule(statement: Statement, _told: Told) -> bool:
    """Return whether it is a recursion with max or min of its own entries, a rule of design."""
    if len(statement.sides) != 2 or statement.relations[0] not in ("=", ":="):
        return False
    left, right = element(statement.sides[0]), statement.sides[1]
    if left is None or len(left.indices) != 1 or not isinstance(right, Largest | Smallest):
        return False
    own = [node for node in walk(right) if isinstance(node, Marked) and _array(node) == left.array]
    return len(own) > 1


def _array(node: Marked) -> str:
    found = element(node)
    return found.array if found is not None else ""


def _loss(statement: Statement, told: Told) -> bool:
    """Return whether it says what the loss is."""
    left = statement.sides[0]
    if len(statement.sides) != 2 or not isinstance(left, Name | Run | Marked):
        return False
    name = flat(left.base if isinstance(left, Marked) else left)
    loss = told.names.get(name) == "loss" or (name in LOSSES and name not in told.names)
    inner = statement.sides[1]
    sums = any(isinstance(n, Big) and n.operator == "sum" for n in walk(inner))
    logs = any(isinstance(n, Name | Run) and flat(n) in ("log", "ln") for n in walk(inner))
    squares = any(
        isinstance(n, Marked) and isinstance(n.base, Group) and n.marks[-1].kind == "sup"
        for n in walk(inner)
    )
    return loss and (sums or logs) and (squares or logs or _means(inner))


def _means(node: Any) -> bool:
    """Return whether it is the mean of entries that are called a loss."""
    return any(isinstance(n, Marked) and _array(n) in LOSSES for n in walk(node))


def _update(statement: Statement, _told: Told) -> bool:
    """Return whether it is a step of training: W <- W - eta dL/dW."""
    if len(statement.sides) != 2:
        return False
    left: Any = statement.sides[0]
    right = statement.sides[1]
    if not isinstance(right, Total) or not isinstance(left, Name | Marked):
        return False
    slopes = any(isinstance(n, Partial | Differential) for n in walk(right))
    terms: tuple[Any, ...] = right.terms
    return slopes and left in terms


def _number(statement: Statement, _told: Told) -> bool:
    """Return whether it gives a name a number: k = 3, stride = 2."""
    if len(statement.sides) != 2 or statement.relations[0] not in ("=", ":="):
        return False
    left, right = statement.sides
    return _is_name(left) and _is_number(right)


def _is_name(node: Any) -> bool:
    if isinstance(node, Group) and node.items:
        return all(map(_is_name, node.items))
    base = node.base if isinstance(node, Marked) else node
    return isinstance(base, Name | Run | Words)


def _is_number(node: Any) -> bool:
    match node:
        case Integer() | Decimal():
            return True
        case Negated(operand=operand):
            return _is_number(operand)
        case Group(items=items):
            return all(map(_is_number, items))
        case Multiplied(factors=factors):
            return all(map(_is_number, factors))
    return False


# Fragments


def _fragment(statement: Statement, _told: Told) -> bool:
    """Return whether nothing is related to anything."""
    return len(statement.sides) == 1 and not isinstance(statement.sides[0], _CONDITIONS)


def _condition(statement: Statement, _told: Told) -> bool:
    """Return whether a condition or a range stands by itself."""
    return len(statement.sides) == 1 and isinstance(statement.sides[0], _CONDITIONS)


_CONDITIONS: Final = (Compare, AllOf, AnyOf, Not, Divides, Member, ForAll, SetOf)
_TESTS: Final[tuple[tuple[Callable[[Statement, Told], bool], str], ...]] = (
    (_other_layer, "it defines another layer: its weights depend on the place of the output"),
    (_initialisation, "it says how weights are initialised"),
    (_design_rule, "it is a rule of design, no statement about a convolution"),
    (_loss, "it says what the loss is"),
    (_update, "it is a step of training"),
    (_number, "it gives a name a number"),
    (_fragment, "nothing is said of it: there is no = and no comparison"),
    (_condition, "a condition by itself; what follows from it is not said"),
)
