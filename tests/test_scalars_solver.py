"""The solver's spelling of fractions inside max, min, mod and divisibility says what they are."""

from __future__ import annotations

import pytest

from symconv.formula.tree import (
    Compare,
    Divides,
    Integer,
    Largest,
    Letter,
    Product,
    Quotient,
    Remainder,
    Smallest,
    Total,
)
from symconv.verification.deciding.prove import prove
from symconv.verification.questions.questions import ConditionQuestion, ScalarQuestion
from symconv.verification.truth.algebra import ONE, ZERO, minus
from symconv.verification.truth.convolution import Model
from symconv.verification.truth.layout import Layout

NOTHING = Model(axes=(), flipped=False, layout=Layout(axes=1))
P = Letter("p")
TWO = Integer(2)
POSITIVE = (Compare(">=", P, ONE),)
HALF = Quotient(P, TWO)
GROWING = Product((minus(P, ONE), minus(P, TWO)))
BELOW_ONE = Quotient(GROWING, Total((GROWING, ONE)))  # 0 at p = 1 and 2, then between 0 and 1


def proved(claimed: object, true: object) -> bool:
    question = ScalarQuestion("number", claimed, true, (), POSITIVE)  # type: ignore[arg-type]
    return prove(question, NOTHING).proved


def test_a_fraction_inside_a_maximum_is_not_rounded() -> None:
    assert not proved(Largest((BELOW_ONE, ZERO)), ZERO)
    assert proved(Largest((HALF, ZERO)), HALF)
    assert proved(Smallest((HALF, P)), HALF)


def test_a_remainder_of_fractions_is_exact() -> None:
    assert proved(Remainder(HALF, ONE), Quotient(Remainder(P, TWO), TWO))
    assert not proved(Remainder(HALF, ONE), ZERO)


@pytest.mark.parametrize(("divisor", "value"), [(HALF, P), (Quotient(ONE, TWO), P)])
def test_a_fraction_may_divide(divisor: object, value: object) -> None:
    always = Compare("=", ZERO, ZERO)
    divides = Divides(divisor, value)  # type: ignore[arg-type]
    question = ConditionQuestion("divides", divides, always, (), POSITIVE)
    assert prove(question, NOTHING).proved
