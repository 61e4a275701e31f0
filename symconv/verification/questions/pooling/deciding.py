"""How a question about windows is decided: counted out for small sizes, then proved for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from types import MappingProxyType
from typing import Final

from symconv.errors import FormulaError
from symconv.formula.tree import Expression, Integer
from symconv.verification.deciding.counterexample_search import (
    Counterexample,
    Side,
    compare_at,
    search,
)
from symconv.verification.deciding.evaluation import Number, Value, evaluator
from symconv.verification.deciding.prove import prove
from symconv.verification.outcome import SMALLEST, Candidate, Outcome, Status
from symconv.verification.questions.questions import Question, check_letters
from symconv.verification.report.wording import Example, example
from symconv.verification.truth.algebra import letters_in
from symconv.verification.truth.convolution import Model

SIEVE: Final = 2
SIEVE_CASES: Final = 1500
BOUND: Final = 3
CASES: Final = 15_000
TIMEOUT: Final = 2.0
MAX_NUMBER: Final = 4  # of the sizes that a factor is counted out for
MAX_NAMES: Final = 5


@dataclass(frozen=True)
class Asked:
    """What is said of a statement whatever comes out.

    Attributes:
        kind: what it is about, "max pooling".
        reading: the names in words.
        arrays: our name of an array -> the author's.
        base: the author's first index.
    """

    kind: str
    reading: str
    arrays: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    base: int = 0

    def outcome(
        self,
        status: Status,
        reach: str,
        *,
        condition: str = "",
        counterexample: Example | None = None,
    ) -> Outcome:
        """Return an outcome of that status."""
        return Outcome(
            self.kind,
            status,
            self.reading,
            reach,
            condition=condition,
            counterexample=counterexample,
        )

    def reading_more(self, *notes: str) -> Asked:
        """Return the same with more said of the reading."""
        kept = [note for note in dict.fromkeys((self.reading, *notes)) if note]
        return replace(self, reading="; ".join(kept))


def candidate(
    asked: Asked, question: Question, model: Model, cost: float, assumes: Sequence[str] = ()
) -> Candidate | None:
    """Return what is found about a question, or None where it cannot be asked."""
    try:
        check_letters(question, model, Integer(0))
        outcome = _decided(asked, question, model)
    except (FormulaError, ArithmeticError, KeyError):
        return None
    return Candidate(cost, outcome, _joined(assumes))


def _joined(assumes: Sequence[str]) -> str:
    return " and ".join(dict.fromkeys(part for part in assumes if part))


def _decided(asked: Asked, question: Question, model: Model) -> Outcome:
    sieve = search(question, model, bound=SIEVE, cases=SIEVE_CASES)
    if sieve.counterexample is not None:
        return _refuted(asked, sieve.counterexample)
    proof = prove(question, model, timeout=TIMEOUT)
    if not (proof.proved and sieve.cases):
        full = search(question, model, bound=BOUND, cases=CASES)
        found = full.counterexample or compare_at(question, model, proof.witness)
        if found is not None:
            return _refuted(asked, found)
        if not (proof.proved and full.cases):
            reach = f"checked exactly for sizes up to {BOUND} ({full.cases} cases); {proof.reason}"
            return asked.outcome("undecided", reach)
    names = ", ".join(name for name in model.sizes if name.isidentifier() or "_" in name)
    reach = f"for all {names}" if names else "for all sizes"
    return replace(asked.outcome("proved", reach), queries=proof.queries)


def _refuted(asked: Asked, found: Counterexample) -> Outcome:
    case = example(
        replace(found, claimed=_named(asked, found.claimed), true=_named(asked, found.true))
    )
    return asked.outcome("refuted", SMALLEST, counterexample=case)


def _named(asked: Asked, side: Side) -> Side:
    """Return a sum of entries in the author's names and indices."""
    if not isinstance(side, dict):
        return side
    return {
        tuple(
            (asked.arrays.get(array, array), tuple(index + asked.base for index in place))
            for array, place in monomial
        ): value
        for monomial, value in side.items()
    }


def factor_example(
    factor: Expression, cells: Sequence[Expression], sizes: Sequence[str]
) -> Example | None:
    """Return the smallest sizes for which a factor is not 1 over the number of cells."""
    names = sorted({*letters_in(factor, *cells), *sizes})[:MAX_NAMES]
    value_of, sizes_of = evaluator(factor), [evaluator(cell) for cell in cells]
    ordered = sorted(product(range(1, MAX_NUMBER + 1), repeat=len(names)), key=sum)
    for values in ordered:
        env = dict(zip(names, values, strict=True))
        try:
            value, count = value_of(env), _count(sizes_of, env)
        except (ArithmeticError, KeyError):
            continue
        if value * count != 1:
            return Example(
                env,
                {},
                f"a factor {value} for each of {count} cells",
                f"1/{count}",
                (f"the factors of an average add up to 1, these to {value * count}",),
            )
    return None


def _count(sizes: Sequence[Value], env: dict[str, int]) -> Number:
    count: Number = 1
    for size in sizes:
        count *= size(env)
    return count
