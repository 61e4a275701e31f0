"""Links of a chain of equalities: identities, sums in numbers, and instances of a formula."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from symconv.formula.tree import (
    Ceiling,
    Condition,
    Divides,
    Floor,
    Integer,
    Letter,
    Negated,
    Node,
    Product,
    Quotient,
    Total,
    walk,
)
from symconv.verification.outcome import SMALLEST, Outcome
from symconv.verification.questions.scalars.examples import smallest
from symconv.verification.questions.scalars.forms import same_value
from symconv.verification.questions.scalars.values import NoValueError, value_of
from symconv.verification.questions.scalars.words import in_text
from symconv.verification.reading.scalars.trees import names_of
from symconv.verification.report.wording import Example
from symconv.verification.truth.algebra import conjuncts, rebuild, substitute

MAX_NAMES: Final = 6
IDENTITY: Final = "identity"


def link(one: Any, other: Any, conditions: Sequence[Condition] = ()) -> Outcome | None:
    """Return what is found out about one = other, or None where it claims nothing.

    Two expressions in names are equal for all values or not; one in names and one in numbers is an
    instance, right for the numbers that stand in the places of the names.
    """
    names, others = names_of(one), names_of(other)
    if not names and not others:
        return _arithmetic(one, other)
    if same_value(one, other):
        return Outcome(
            IDENTITY, "proved", f"{in_text(one)} is {in_text(other)}",
            "for all values of its names, by exact algebra",
        )  # fmt: skip
    if not names or not others:
        formula, numbers = (one, other) if names else (other, one)
        return _instance(formula, numbers)
    return _divided(one, other, conditions) or _conditional(one, other) or _refuted(one, other)


def _arithmetic(one: Any, other: Any) -> Outcome | None:
    try:
        left, right = Fraction(value_of(one)({})), Fraction(value_of(other)({}))
    except ArithmeticError:
        return None
    text = f"{in_text(one)} = {in_text(other)}"
    if left == right:
        why = "these are the numbers of the case that is meant"
        return Outcome("arithmetic", "right_when", text, "checked as arithmetic", condition=why)
    difference = (f"the number should be {left}, not {right}",)
    wrong = Example({}, {}, str(right), str(left), difference)
    return Outcome("arithmetic", "refuted", text, "in numbers", counterexample=wrong)


def _instance(formula: Any, numbers: Any) -> Outcome | None:
    bound: dict[str, Fraction] = {}
    if not _unified(formula, numbers, bound):
        return None
    values = ", ".join(f"{name} = {value}" for name, value in bound.items())
    return Outcome(
        "instance", "right_when", f"{in_text(formula)} in numbers", f"true for {values}",
        condition=values,
    )  # fmt: skip


def _unified(formula: Any, numbers: Any, bound: dict[str, Fraction]) -> bool:
    """Bind the names of a formula to the numbers in their places; return whether that works."""
    if isinstance(formula, Letter):
        return _bind(formula.name, numbers, Fraction(1), bound)
    if not names_of(formula):
        return same_value(formula, numbers)
    if type(formula) is type(numbers):
        mine, theirs = _parts(formula), _parts(numbers)
        if len(mine) == len(theirs):
            attempt = dict(bound)
            pairs = zip(mine, theirs, strict=True)
            if all(_unified(part, number, attempt) for part, number in pairs):
                bound.update(attempt)
                return True
    if isinstance(formula, Negated):
        return _unified(formula.operand, Negated(numbers), bound)
    if isinstance(formula, Product) and len(formula.factors) == 2:
        factor, name = formula.factors
        if isinstance(factor, Integer) and isinstance(name, Letter) and factor.value:
            return _bind(name.name, numbers, Fraction(factor.value), bound)
    return False


def _parts(node: Node) -> list[Any]:
    values = vars(node).values()
    items = [item for part in values for item in (part if isinstance(part, tuple) else (part,))]
    return [item for item in items if isinstance(item, Node)]


def _bind(name: str, numbers: Any, factor: Fraction, bound: dict[str, Fraction]) -> bool:
    if names_of(numbers):
        return False
    try:
        value = Fraction(value_of(numbers)({})) / factor
    except ArithmeticError:
        return False
    return bound.setdefault(name, value) == value


def _divided(one: Any, other: Any, conditions: Sequence[Condition]) -> Outcome | None:
    """Return that both are equal where a condition beside them says that a quotient is whole."""
    whole = [part for part in conjuncts(conditions) if isinstance(part, Divides)]
    if not whole or not same_value(_unrounded(one, whole), _unrounded(other, whole)):
        return None
    text = f"{in_text(one)} is {in_text(other)}"
    return Outcome(IDENTITY, "proved", text, "for all values under the condition beside it")


def _unrounded(side: Any, whole: Sequence[Divides] | None = None) -> Any:
    """Return an expression whose whole quotients are not rounded; None takes all for whole."""

    def change(node: Any) -> Any:
        match node:
            case Floor(operand=Quotient() as inner) | Ceiling(operand=Quotient() as inner):
                if whole is None or any(_says_whole(part, inner) for part in whole):
                    return inner
        return rebuild(node, change)

    return change(side)


def _says_whole(part: Divides, quotient: Quotient) -> bool:
    return same_value(part.divisor, quotient.denominator) and same_value(
        part.value, quotient.numerator
    )


def _rounded(*sides: Any) -> dict[Quotient, None]:
    """Return the quotients that are rounded."""
    return {
        node.operand: None
        for side in sides
        for node in walk(side)
        if isinstance(node, Floor | Ceiling) and isinstance(node.operand, Quotient)
    }


def _conditional(one: Any, other: Any) -> Outcome | None:
    """Return that both are equal where one name is odd, even or 1, or where one divides another."""
    names = dict.fromkeys((*names_of(one), *names_of(other)))
    divisors = [node.denominator for side in (one, other) for node in walk(side)
                if isinstance(node, Quotient)]  # fmt: skip
    steps = [node.name for node in dict.fromkeys(divisors) if isinstance(node, Letter)]
    text = f"{in_text(one)} is {in_text(other)}"
    reach = "for all values under the condition"
    ones: list[str] = []
    for name in list(names)[:MAX_NAMES]:
        fresh = Letter(f"{name}~")
        double = Product((Integer(2), fresh))
        cases = [
            (Total((double, Integer(1))), f"{name} is odd"),
            (double, f"{name} is even"),
            *(
                (Product((Letter(step), fresh)), f"{step} divides {name}")
                for step in steps
                if step != name
            ),
        ]
        for value, words in cases:
            if _same_with(one, other, name, value):
                return Outcome(IDENTITY, "right_when", text, reach, condition=words)
        if _same_with(one, other, name, Integer(1)):
            ones.append(f"{name} is 1")
    whole = _rounded(one, other)
    if whole and same_value(_unrounded(one), _unrounded(other)):
        words = " and ".join(
            f"{in_text(part.denominator)} divides {in_text(part.numerator)}" for part in whole
        )
        return Outcome(IDENTITY, "right_when", text, reach, condition=words)
    if ones:
        return Outcome(IDENTITY, "right_when", text, reach, condition=ones[0])
    return None


def _same_with(one: Any, other: Any, name: str, value: Any) -> bool:
    """Return whether both are equal where a name has a value."""
    known = {name: value}
    return same_value(substitute(one, known), substitute(other, known))


def _refuted(one: Any, other: Any) -> Outcome | None:
    names = names_of(one, other)
    if set(names_of(one)) != set(names_of(other)):
        return None
    try:
        left, right = value_of(one), value_of(other)
    except NoValueError:
        return None
    example = smallest(names, {}, right, left)
    if example is None:
        return None
    return Outcome(
        IDENTITY, "refuted", f"{in_text(one)} is {in_text(other)}", SMALLEST,
        counterexample=example,
    )  # fmt: skip
