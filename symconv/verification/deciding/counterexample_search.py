"""The search for a counterexample: sizes in order, every free letter, until two sides differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from symconv.formula.tree import Compare, Condition, Integer, Letter
from symconv.verification.deciding.evaluation import Environment, Number, evaluator, tester
from symconv.verification.deciding.exact_count import Polynomial, Work, counted
from symconv.verification.deciding.small_cases import cases_of
from symconv.verification.questions.questions import (
    ConditionQuestion,
    Question,
    ScalarQuestion,
    SumQuestion,
)
from symconv.verification.truth.algebra import all_of, conjuncts
from symconv.verification.truth.convolution import Model

BOUND: Final = 4  # largest kernel and stride
MAX_CASES: Final = 100_000
MAX_FIXED: Final = 64
LARGE: Final = 2_000  # instances of terms in one comparison
MAX_WORK: Final = 300_000  # instances of terms, where comparisons are large


Side: TypeAlias = Polynomial | Number | bool
Comparison: TypeAlias = Callable[[Environment], tuple[Side, Side]]


@dataclass(frozen=True)
class Counterexample:
    """The smallest sizes and letters for which a claim is wrong.

    Attributes:
        sizes: letter -> value.
        letters: free letter -> value, such as u and v.
        claimed: what the claim says there: a polynomial, a number, or whether a condition holds.
        true: what is true there.
    """

    sizes: Mapping[str, int]
    letters: Mapping[str, int]
    claimed: Side
    true: Side


@dataclass(frozen=True)
class Searched:
    """What a search found.

    Attributes:
        counterexample: the first difference, or None.
        cases: how many (sizes, letters) were compared.
        bound: the largest kernel and stride that were tried.
        complete: whether no more cases were left out.
    """

    counterexample: Counterexample | None
    cases: int
    bound: int
    complete: bool = True


def search(
    question: Question, model: Model, *, bound: int = BOUND, cases: int = MAX_CASES
) -> Searched:
    """Compare both sides of a question for all sizes up to a bound, smallest first.

    Args:
        question: what to compare.
        model: the convolution.
        bound: the largest kernel and stride; a size whose value is assumed has that one.
        cases: after how many comparisons the search ends.

    Raises:
        FormulaError: a part of the question is no integer expression.
        RangeError: a sum runs over too many values to be counted out.
    """
    work = Work()
    compare = comparison(question, model, work)
    fixed = _fixed(question.assumptions)
    compared = 0
    for sizes, letters in cases_of(question, model, bound=bound, fixed=fixed):
        if compared >= cases:
            return Searched(None, compared, bound, complete=False)
        compared += 1
        claimed, true = compare({**sizes, **letters})
        if claimed != true:
            found = Counterexample(sizes, letters, claimed, true)
            return Searched(found, compared, bound)
        if work.instances > max(MAX_WORK, compared * LARGE):
            return Searched(None, compared, bound, complete=False)
    return Searched(None, compared, bound)


def _fixed(assumptions: Sequence[Condition]) -> dict[str, int]:
    """Return the sizes that have one value: K = 3."""
    found: dict[str, int] = {}
    for condition in conjuncts(assumptions):
        match condition:
            case Compare("=", Letter(name=name), Integer(value=value)) if value <= MAX_FIXED:
                found[name] = value
    return found


def compare_at(
    question: Question,
    model: Model,
    values: Mapping[str, int],
    *,
    compare: Comparison | None = None,
) -> Counterexample | None:
    """Return the difference at one assignment, if there is one and it can be counted out.

    Args:
        question: what to compare.
        model: the convolution.
        values: letter -> value; what a solver found. Incomplete ones give None.
        compare: the comparison of the question, where it is at hand.
    """
    names = {letter.name for letter in question.free}
    given = set(values) | set(model.derived)
    if not values or not names.union(model.sizes) <= given:
        return None
    env = dict(values)
    try:
        for name, size in model.derived.items():
            env.setdefault(name, int(evaluator(size)(env)))
        if not tester(all_of(*question.assumptions))(env):
            return None
        claimed, true = (compare or comparison(question, model))(env)
    except ArithmeticError:  # a sum of a million terms, a division by zero
        return None
    if claimed == true:
        return None
    return Counterexample(
        sizes={name: env[name] for name in model.sizes},
        letters={name: env[name] for name in sorted(names)},
        claimed=claimed,
        true=true,
    )


def comparison(question: Question, model: Model, work: Work | None = None) -> Comparison:
    """Return a function from sizes and letters to what is claimed and what is true there."""
    match question:
        case SumQuestion():
            one, other = (
                counted(terms, model, work) for terms in (question.claimed, question.true)
            )
            return lambda env: (one.polynomial(env), other.polynomial(env))
        case ScalarQuestion():
            left, right = evaluator(question.claimed), evaluator(question.true)
            return lambda env: (left(env), right(env))
        case ConditionQuestion():
            claim, truth = tester(question.claimed), tester(question.true)
            return lambda env: (claim(env), truth(env))
