"""What may stand in place of a node: what authors get wrong most often comes first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from symconv.formula.tree import (
    Ceiling,
    Compare,
    Equation,
    Expression,
    Floor,
    Integer,
    Largest,
    Letter,
    Negated,
    Product,
    Quotient,
    Remainder,
    Smallest,
    SumOver,
    Total,
    holds_entry,
    walk,
)
from symconv.verification.repair.mirrors import mirrors
from symconv.verification.truth.algebra import (
    ONE,
    expanded,
    letters_in,
    minus,
    negative,
    plus,
    substitute,
    times,
)
from symconv.verification.truth.convolution import (
    Model,
)

_OPERATORS: Final = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


class Changes:
    """What may stand in place of a node."""

    def __init__(self, claim: Equation, model: Model, index_base: int) -> None:
        self._letters = letters_in(claim)
        self._bound = sorted(
            node.letter
            for node in walk(claim)
            if isinstance(node, SumOver) and node.letter.startswith("_")
        )
        self._axes = model.axes
        self._mirrors = mirrors(claim, model)
        self._base = Integer(index_base)
        steps = [axis.stride for axis in self._axes] + [axis.dilation for axis in self._axes]
        self._steps = [step for step in dict.fromkeys(steps) if step != ONE]

    def of(self, node: Any) -> Iterator[tuple[int, Any]]:
        """Yield (rank, replacement)."""
        if isinstance(node, SumOver):
            yield 1, node.body
        elif isinstance(node, Compare):
            if node.operator in _OPERATORS:
                fixed = isinstance(node.left, Integer) or isinstance(node.right, Integer)
                yield 2 if fixed else 1, Compare(_OPERATORS[node.operator], node.left, node.right)
        elif holds_entry(node):
            yield from ((1, less) for less in _with_less(node))
        else:
            yield from self._of_index(node)

    def of_condition(self, node: Any) -> Iterator[tuple[int, Any]]:
        """Yield (rank, replacement) for a condition on indices, and for its sides."""
        if isinstance(node, Compare):
            yield from self.of(node)
        else:
            yield 1, plus(node, ONE)
            yield 1, minus(node, ONE)
            yield from ((1, changed) for changed in self._other_letters(node))

    def _of_index(self, node: Expression) -> Iterator[tuple[int, Any]]:
        yield from ((0, moved) for moved in _moved_inside(node))
        yield 1, plus(node, ONE)
        yield 1, minus(node, ONE)
        yield from self._local(node)
        yield from ((1, changed) for changed in self._other_letters(node))
        if isinstance(node, Ceiling):
            yield 0, Floor(node.operand)
        for name in dict.fromkeys(self._bound):
            for step in (*self._steps, ONE):
                moved = times(Letter(name), step)
                yield 0 if step != ONE else 2, plus(node, moved)
                yield 2, minus(node, moved)
        inside = any(name.startswith("_") for name in letters_in(node))
        for axis in self._axes:
            if inside:
                last = plus(axis.kernel, self._base, self._base, Negated(ONE))
                yield 1, expanded(minus(last, node))
                yield 2, plus(node, axis.before)
                yield 2, minus(node, axis.before)
            else:
                for size in (axis.kernel, axis.output, axis.input):
                    yield 2, plus(size, minus(self._base, ONE))

    def _local(self, node: Expression) -> Iterator[tuple[int, Expression]]:
        """Yield (rank, node with one factor or term left out, negated, moved or given a step)."""
        match node:
            case Product():
                for place in range(len(node.factors)):
                    yield 0, times(*node.factors[:place], *node.factors[place + 1 :])
                yield from ((0, moved) for moved in _moved_one(node))
            case Total():
                inside = any(name.startswith("_") for name in node.names)
                for place, term in enumerate(node.terms):
                    before, behind = node.terms[:place], node.terms[place + 1 :]
                    yield 0 if inside and _is_constant(term) else 1, plus(*before, *behind)
                    yield 1, plus(*before, negative(term), *behind)
                    for rank, changed in self._local(term):
                        yield rank, plus(*before, changed, *behind)
            case Negated():
                inner = self._local(node.operand)
                yield from ((rank, negative(changed)) for rank, changed in inner)
            case Letter():
                rank = 0 if node.name.startswith("_") else 1
                yield from ((rank, times(node, step)) for step in self._steps)
            case Floor():
                yield from ((rank, Floor(changed)) for rank, changed in self._local(node.operand))
            case Ceiling():
                for rank, changed in self._local(node.operand):
                    yield rank, Ceiling(changed)
            case Quotient():
                for rank, changed in self._local(node.numerator):
                    yield rank, Quotient(changed, node.denominator)
            case Largest() | Smallest():
                for place, operand in enumerate(node.operands):
                    before, behind = node.operands[:place], node.operands[place + 1 :]
                    for rank, changed in self._local(operand):
                        yield rank, replace(node, operands=(*before, changed, *behind))
            case Remainder():
                for rank, changed in self._local(node.value):
                    yield rank, Remainder(changed, node.modulus)

    def _other_letters(self, node: Expression) -> Iterator[Expression]:
        """Yield the node with a letter replaced: an index by another, a size by its mirror."""
        for name in sorted(letters_in(node)):
            indices = sorted(other for other in self._letters if other.startswith("_"))
            images = [mirror.get(name, name) for mirror in self._mirrors]
            others = indices if name.startswith("_") else images
            for other in others:
                if other != name:
                    yield substitute(node, {name: Letter(other)})


def _is_constant(term: Expression) -> bool:
    return isinstance(term.operand if isinstance(term, Negated) else term, Integer)


def _with_less(node: Any) -> Iterator[Any]:
    """Yield a value without its sign, without a factor that is no entry, without a term."""
    match node:
        case Negated(operand=operand):
            yield operand
        case Quotient(numerator=above):
            yield above
        case Product(factors=factors):
            for place, factor in enumerate(factors):
                if not holds_entry(factor):
                    yield times(*factors[:place], *factors[place + 1 :])
        case Total(terms=terms):
            for place in range(len(terms)):
                yield plus(*terms[:place], *terms[place + 1 :])


def _moved_inside(node: Expression, *, inside: bool = False) -> Iterator[Expression]:
    """Yield a rounded quotient, a maximum or a minimum with one more or less inside."""
    match node:
        case Floor() | Ceiling():
            for moved in _moved_inside(node.operand, inside=True):
                yield replace(node, operand=moved)
        case Quotient() if inside:
            for moved in _moved_inside(node.numerator, inside=True):
                yield replace(node, numerator=moved)
        case Largest() | Smallest():
            for place, operand in enumerate(node.operands):
                before, behind = node.operands[:place], node.operands[place + 1 :]
                for moved in _moved_inside(operand, inside=not isinstance(operand, Integer)):
                    yield replace(node, operands=(*before, moved, *behind))
        case Total() if not inside:
            for place, term in enumerate(node.terms):
                for moved in _moved_inside(term):
                    yield plus(*node.terms[:place], moved, *node.terms[place + 1 :])
        case _ if inside:
            yield plus(node, ONE)
            yield minus(node, ONE)


def _moved_one(product: Product) -> Iterator[Expression]:
    """Yield (a+1)*b for a*(b+1)."""
    for place, factor in enumerate(product.factors):
        if isinstance(factor, Total) and ONE in factor.terms:
            smaller = minus(factor, ONE)
            for other, target in enumerate(product.factors):
                if other != place:
                    factors = list(product.factors)
                    factors[place], factors[other] = smaller, plus(target, ONE)
                    yield times(*factors)
