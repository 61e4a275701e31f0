"""Claims that hold because a convolution is linear in each operand, whatever else it is.

Both sides are multiplied out into pairs (left operand, right operand) with powers of a small
number; so conv(X + e dX, W + e dW) = conv(X, W) + ... needs no stride, padding or flip.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from symconv.formula.notation import (
    Group,
    Juxtaposed,
    Marked,
    Multiplied,
    Name,
    Run,
    Starred,
    Statement,
)
from symconv.formula.tree import Integer, Negated, Total
from symconv.verification.outcome import Outcome
from symconv.verification.reading.names import flat
from symconv.verification.reading.operators.names import bare
from symconv.verification.reading.operators.priors import BIASES
from symconv.verification.reading.operators.words import FUNCTIONS, SIGNS, plain

Atom: TypeAlias = tuple[str, ...]  # one name, or the two operands of the operation
Form: TypeAlias = dict[tuple[int, Atom], int]  # (power of the small number, atom) -> how often

SMALL: Final = ("epsilon", "varepsilon", "h", "t", "eta", "tau", "alpha", "lambda")
MAX_TERMS: Final = 200


class NotLinearError(ValueError):
    """An expression that is not linear in the operation and its operands."""


@dataclass
class _Expander:
    """Multiplies out sums of bilinear operations.

    Attributes:
        operation: the sign or function that is taken for bilinear; the first that is met.
        small: the small number, if one is met.
        upto: the power from which on terms are left out.
    """

    operation: str = ""
    small: str = ""
    upto: int = 99
    names: dict[str, None] = field(default_factory=dict)

    def form(self, node: Any) -> Form:
        node = bare(node)
        match node:
            case Total(terms=terms):
                total: Form = {}
                for term in terms:
                    total = _plus(total, self.form(term))
                return total
            case Negated(operand=operand):
                return {key: -many for key, many in self.form(operand).items()}
            case Starred(sign=sign, left=left, right=right) if sign in SIGNS:
                return self._pair(sign, left, right)
            case Juxtaposed(factors=factors) | Multiplied(factors=factors):
                return self._product(list(factors))
            case Run():
                return self._run(node)
            case Name(text=text):
                return self._name(text)
            case Marked():
                return self._marked(node)
        raise NotLinearError

    def _name(self, text: str) -> Form:
        if text in SMALL[:2]:
            self.small = text
            return {(1, ()): 1}
        self.names[text] = None
        return {(0, (text,)): 1}

    def _run(self, node: Run) -> Form:
        first, *rest = node.letters
        if first.text in SMALL[:2] and rest:
            inner = rest[0] if len(rest) == 1 else Run(tuple(rest))
            return self._product([first, inner])
        return self._name(node.text)

    def _marked(self, node: Marked) -> Form:
        name = plain(flat(node.base)) if isinstance(node.base, Name | Run) else ""
        items = node.marks[-1].items
        if name in FUNCTIONS and node.marks[-1].kind == "paren" and len(items) >= 2:
            return self._pair(name, items[0], items[1])
        if name == "o" and node.marks[-1].kind == "paren" and len(items) == 1:
            ((power, atom),) = self.form(items[0])
            if atom:
                raise NotLinearError
            self.upto = min(self.upto, power)
            return {}
        base = node.base
        if isinstance(base, Name) and base.text in SMALL[:2]:
            if node.marks[-1].kind in ("paren", "bracket") and len(items) == 1:
                return self._product([base, Group("(", items)])
            if node.marks[0].kind == "sup" and isinstance(items[0], Integer):
                self.small = base.text
                return {(min(items[0].value, 99), ()): 1}
        if all(mark.kind in ("sub", "sup") for mark in node.marks):
            return self._name(flat(node))
        raise NotLinearError

    def _product(self, factors: list[Any]) -> Form:
        total: Form = {(0, ()): 1}
        for factor in factors:
            made = {(0, ()): factor.value} if isinstance(factor, Integer) else self.form(factor)
            new: Form = {}
            for (power, atom), many in total.items():
                for (other, name), times in made.items():
                    if atom and name:
                        raise NotLinearError
                    new = _plus(new, {(power + other, atom + name): many * times})
            total = new
        return total

    def _pair(self, operation: str, left: Any, right: Any) -> Form:
        if self.operation not in ("", operation):
            raise NotLinearError
        self.operation = operation
        total: Form = {}
        for (power, one), many in self.form(left).items():
            for (other, two), times in self.form(right).items():
                if len(one) != 1 or len(two) != 1:
                    raise NotLinearError
                total = _plus(total, {(power + other, one + two): many * times})
        return total


def _plus(one: Form, other: Mapping[tuple[int, Atom], int]) -> Form:
    total = dict(one)
    for key, many in other.items():
        total[key] = total.get(key, 0) + many
    if len(total) > MAX_TERMS:
        raise NotLinearError
    return {key: many for key, many in total.items() if many}


def bilinear_claim(statement: Statement) -> Outcome | None:
    """Return the verdict on a claim that bilinearity decides; None where it does not."""
    if len(statement.sides) != 2:
        return None
    expander = _Expander()
    try:
        left, right = (expander.form(side) for side in statement.sides)
    except NotLinearError:
        return None
    if not expander.operation:
        return None
    if len(left) == 1 and (name := next(iter(left))[1]) and len(name) == 1:
        return _differential(name[0], right, expander)
    kept = [
        {key: many for key, many in side.items() if key[0] < expander.upto}
        for side in (left, right)
    ]
    sums = any(isinstance(bare(side), Total) for side in statement.sides)
    if kept[0] == kept[1] and sums:
        return Outcome("identity", "proved", _reading(expander, kept[0]), _REACH)
    if expander.small and any(len(key[1]) == 2 for key in kept[0]):
        reach = "the terms on both sides differ, for a generic bilinear operation"
        return Outcome("identity", "refuted", _reading(expander, kept[0]), reach)
    return None


_REACH: Final = "for all sizes, strides, paddings and dilations, because it is bilinear"


def _reading(expander: _Expander, form: Form) -> str:
    operands = sorted({name for _, atom in form if len(atom) == 2 for name in atom})
    small = f", {expander.small} a number" if expander.small else ""
    return f"{expander.operation} any bilinear operation of {', '.join(operands)}{small}"


def _differential(name: str, right: Form, expander: _Expander) -> Outcome | None:
    """Return the verdict on dY = op(dX, W) + op(X, dW) + db, where Y = op(X, W) + b."""
    pairs = {atom: many for (_, atom), many in right.items() if len(atom) == 2}
    found = next(
        (
            (one[1:], other)
            for one, other in pairs
            if _changes(one) and (one[1:], f"d{other}") in pairs
        ),
        None,
    )
    if found is None or not _changes(name):
        return None
    first, second = found
    wanted = {(f"d{first}", second): 1, (first, f"d{second}"): 1}
    rest = [atom[0] for (_, atom) in right if len(atom) == 1]
    biased = all(_changes(atom) and atom[1:] in BIASES | {"B"} for atom in rest)
    reading = (
        f"{name} differential of {name[1:]} = {expander.operation}({first}, {second})"
        f"{' + bias' if rest else ''}; {expander.operation} any bilinear operation"
    )
    if pairs == wanted and biased and len(rest) <= 1:
        return Outcome("differential", "proved", reading, _REACH)
    if biased:
        reach = "the differential of a bilinear operation is op(dX, W) + op(X, dW)"
        return Outcome("differential", "refuted", reading, reach)
    return None


def _changes(name: str) -> bool:
    return name.startswith("d") and len(name) > 1
