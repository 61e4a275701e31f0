"""Proofs for all sizes: two sums of guarded terms are equal because their index maps are.

The claim's terms equal the definition's when (1) every instance of the claim is one of the
definition, (2) no two instances of the claim are the same, and (3) every instance of the definition
is one of the claim. Each is a query over the integers that must have no solution. Which instance
of the other side belongs to given entries is found by algebra: index maps are affine in the
binders, so they are inverted, and no quantifier is left. Everything else is undecided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations_with_replacement
from typing import Any, Final

import z3

from symconv.formula.tree import AnyOf, Compare, Condition, Letter
from symconv.verification.deciding.inverses import NotInvertibleError, inverse
from symconv.verification.deciding.solver import Asked, Query
from symconv.verification.deciding.to_z3 import Logic
from symconv.verification.questions.questions import (
    ConditionQuestion,
    Question,
    ScalarQuestion,
    SumQuestion,
)
from symconv.verification.truth.algebra import (
    between,
    equal,
    substitute,
)
from symconv.verification.truth.convolution import Model
from symconv.verification.truth.guarded_terms import Atom, Binder, GuardedTerm

TIMEOUT: Final = 5.0


@dataclass(frozen=True)
class Proof:
    """The queries of a question.

    Attributes:
        proved: whether all of them are unsat.
        queries: in the order they were asked; the last one may have failed.
        reason: why it is not proved, or "".
    """

    proved: bool
    queries: tuple[Query, ...]
    reason: str = ""

    @property
    def witness(self) -> Mapping[str, int]:
        """A solution of the failed query: sizes and letters where the claim may be wrong."""
        return self.queries[-1].model if self.queries and not self.proved else {}


def prove(question: Question, model: Model, *, timeout: float = TIMEOUT) -> Proof:
    """Try to prove a question for all sizes.

    Args:
        question: what to prove.
        model: the convolution it is about.
        timeout: how hard a query may be, in seconds of an idle machine; one that is harder is
            undecided.
    """
    asked = Asked(model, timeout)
    for case in _cases(question):
        prover = _Prover(case, model, asked)
        try:
            proof = prover.sums(case) if isinstance(case, SumQuestion) else prover.scalars(case)
        except NotInvertibleError as err:
            return Proof(False, tuple(asked.queries), str(err))
        if not proof.proved:
            return proof
    return Proof(True, tuple(asked.queries))


def _cases(question: Question) -> list[Question]:
    """Return the question once for every way to meet its assumptions that are alternatives."""
    for place, assumption in enumerate(question.assumptions):
        if isinstance(assumption, AnyOf):
            others = (*question.assumptions[:place], *question.assumptions[place + 1 :])
            return [
                case
                for choice in assumption.conditions
                for case in _cases(replace(question, assumptions=(*others, choice)))
            ]
    return [question]


@dataclass
class _Prover:
    question: Question
    model: Model
    asked: Asked

    def scalars(self, question: ScalarQuestion | ConditionQuestion) -> Proof:
        """Prove that two numbers or two conditions never differ."""
        logic = self._base[0].copy()
        if isinstance(question, ScalarQuestion):
            differ = logic.condition(Compare("!=", question.claimed, question.true))
        else:
            differ = z3.Xor(logic.condition(question.claimed), logic.condition(question.true))
        return self._conclude([("both sides agree", logic, [differ])])

    def sums(self, question: SumQuestion) -> Proof:
        """Prove that two sums have the same instances."""
        if any(term.coefficient != 1 or term.factors for term in question.claimed):
            raise NotInvertibleError("a term has a coefficient other than 1")
        steps = [
            *self._contained("the claim has only true terms", question.claimed, question.true),
            *self._distinct(question.claimed),
            *self._contained("the claim has all true terms", question.true, question.claimed),
        ]
        return self._conclude(steps)

    def _contained(
        self, name: str, terms: Sequence[GuardedTerm], others: Sequence[GuardedTerm]
    ) -> list[tuple[str, Logic, list[Any]]]:
        steps = []
        for number, term in enumerate(terms, start=1):
            logic = self._base[0].copy()
            formulas = self._instance(logic, term)
            for other in others:
                if other.signature == term.signature:
                    formulas.append(z3.Not(self._is_instance(logic, term.atoms, other)))
            steps.append((f"{name}, {number} of {len(terms)}", logic, formulas))
        return steps

    def _distinct(self, terms: Sequence[GuardedTerm]) -> list[tuple[str, Logic, list[Any]]]:
        """Ask for two different instances with the same entries."""
        steps = []
        for one, other in combinations_with_replacement(range(len(terms)), 2):
            first, second = terms[one], _renamed(terms[other])
            if first.signature != second.signature or (one == other and not first.binders):
                continue
            logic = self._base[0].copy()
            formulas = [*self._instance(logic, first), *self._instance(logic, second)]
            formulas += [
                logic.condition(equal(a, b))
                for x, y in zip(first.atoms, second.atoms, strict=True)
                for a, b in zip(x.indices, y.indices, strict=True)
            ]
            if one == other:
                pairs = zip(first.binders, second.binders, strict=True)
                formulas.append(z3.Or(*(z3.Int(a.name) != z3.Int(b.name) for a, b in pairs)))
            steps.append(
                (f"terms {one + 1} and {other + 1} do not repeat an entry", logic, formulas)
            )
        return steps

    def _instance(self, logic: Logic, term: GuardedTerm) -> list[Any]:
        """Return the formulas that the binders of a term make an instance that is not zero."""
        formulas = [
            logic.condition(between(binder.lower, Letter(binder.name), binder.upper))
            for binder in term.binders
        ]
        formulas += [logic.condition(guard) for guard in term.guards]
        for atom in term.atoms:
            for index in atom.indices:
                formulas.append(logic.integer(index)[1])
            formulas.append(logic.condition(self.model.inside(atom.array, atom.indices)))
        return formulas

    def _is_instance(self, logic: Logic, atoms: Sequence[Atom], other: GuardedTerm) -> Any:
        """Return the formula that given entries are an instance of another term."""
        values, wholes = inverse(other, atoms)
        formulas = [logic.integer(value)[1] for value in wholes]
        for binder in other.binders:
            lower, upper = (substitute(end, values) for end in (binder.lower, binder.upper))
            formulas.append(logic.condition(between(lower, values[binder.name], upper)))
        formulas += [logic.condition(substitute(guard, values)) for guard in other.guards]
        for given, atom in zip(atoms, other.atoms, strict=True):
            for index, wanted in zip(atom.indices, given.indices, strict=True):
                formulas.append(logic.condition(equal(substitute(index, values), wanted)))
        return z3.And(*formulas) if formulas else z3.BoolVal(True)

    def _conclude(self, steps: Sequence[tuple[str, Logic, list[Any]]]) -> Proof:
        """Ask the queries one by one; stop at the first that is not unsat."""
        for name, logic, formulas in steps:
            base = self._base[1]
            for divisor in _unproved_divisors(logic):
                positive = self.asked.ask(f"{name}: a divisor is positive", [*base, divisor <= 0])
                if positive.answer != "unsat":
                    return self._failed("a divisor may be zero or negative")
            query = self.asked.decide(name, [*base, *logic.definitions, *formulas])
            if query.answer != "unsat":
                return self._failed(
                    "no proof within the limit" if query.answer == "unknown" else "not true"
                )
        return Proof(True, tuple(self.asked.queries))

    def _failed(self, reason: str) -> Proof:
        return Proof(False, tuple(self.asked.queries), reason)

    @cached_property
    def _base(self) -> tuple[Logic, list[Any]]:
        """What holds of sizes and free letters, and the definitions it needs."""
        conditions: list[Condition] = [*self.model.facts, *self.question.assumptions]
        conditions += [
            between(letter.lower, Letter(letter.name), letter.upper)
            for letter in self.question.free
        ]
        logic = Logic()
        return logic, [logic.condition(condition) for condition in conditions]


def _renamed(term: GuardedTerm) -> GuardedTerm:
    """Return a copy of a term with other binder names."""
    new = {binder.name: Letter(f"{binder.name}'") for binder in term.binders}
    return GuardedTerm(
        term.coefficient,
        tuple(
            Atom(atom.array, tuple(substitute(index, new) for index in atom.indices))
            for atom in term.atoms
        ),
        tuple(
            Binder(new[b.name].name, substitute(b.lower, new), substitute(b.upper, new))
            for b in term.binders
        ),
        tuple(substitute(guard, new) for guard in term.guards),
    )


def _unproved_divisors(logic: Logic) -> list[Any]:
    """Return the divisors that are neither positive numbers nor single size letters."""
    kept: list[Any] = []
    for divisor in logic.divisors:
        value = z3.simplify(divisor)
        if z3.is_int_value(value) and value.as_long() > 0:
            continue
        if not any(value.eq(other) for other in kept):
            kept.append(value)
    return kept
