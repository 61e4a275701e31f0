"""Proofs for all sizes: two sums of guarded terms are equal because their index maps are.

The claim's terms equal the definition's when (1) every instance of the claim is one of the
definition, (2) no two instances of the claim are the same, and (3) every instance of the definition
is one of the claim. Each is a query over the integers that must have no solution. Which instance
of the other side belongs to given entries is found by algebra: index maps are affine in the
binders, so they are inverted, and no quantifier is left. Everything else is undecided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations_with_replacement, permutations
from typing import Any, Final

import z3
import z3.z3util

from symconv.formula.tree import AnyOf, Compare, Condition, Expression, Letter, Negated, Quotient
from symconv.verification.algebra import (
    ONE,
    ZERO,
    between,
    equal,
    letters_in,
    linear_in,
    minus,
    negative,
    substitute,
)
from symconv.verification.logic import Logic
from symconv.verification.model import Model
from symconv.verification.questions import ConditionQuestion, Question, ScalarQuestion, SumQuestion
from symconv.verification.terms import Atom, Binder, GuardedTerm

TIMEOUT: Final = 5.0
FIRST_TRY: Final = 2.0  # seconds before a query is asked in parts
MAX_MULTIPLES: Final = 6


@dataclass(frozen=True)
class Query:
    """One query: the formulas must have no common solution.

    Attributes:
        name: what it shows.
        smtlib: the query as SMT-LIB 2, with its expected answer.
        answer: "unsat", "sat" or "unknown".
        model: a solution, where there is one: letter -> value.
    """

    name: str
    smtlib: str
    answer: str
    model: Mapping[str, int] = field(default_factory=dict)


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


class NotInvertibleError(ValueError):
    """An index map is not one whose inverse is found by algebra."""


def prove(question: Question, model: Model, *, timeout: float = TIMEOUT) -> Proof:
    """Try to prove a question for all sizes.

    Args:
        question: what to prove.
        model: the convolution it is about.
        timeout: seconds for each query; a query that takes longer is undecided.
    """
    queries: list[Query] = []
    for case in _cases(question):
        prover = _Prover(case, model, timeout, queries)
        try:
            proof = prover.sums(case) if isinstance(case, SumQuestion) else prover.scalars(case)
        except NotInvertibleError as err:
            return Proof(False, tuple(queries), str(err))
        if not proof.proved:
            return proof
    return Proof(True, tuple(queries))


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
    timeout: float
    queries: list[Query]

    def scalars(self, question: ScalarQuestion | ConditionQuestion) -> Proof:
        """Prove that two numbers or two conditions never differ."""
        logic = Logic()
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
            logic = Logic()
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
            logic = Logic()
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
        values, wholes = _inverse(other, atoms)
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
            base = self._base(logic)
            for divisor in _unproved_divisors(logic):
                positive = self._ask(f"{name}: a divisor is positive", [*base, divisor <= 0])
                if positive.answer != "unsat":
                    return Proof(False, tuple(self.queries), "a divisor may be zero or negative")
            query = self._decide(name, [*base, *logic.definitions, *formulas])
            if query.answer != "unsat":
                why = "no proof within the time limit" if query.answer == "unknown" else "not true"
                return Proof(False, tuple(self.queries), why)
        return Proof(True, tuple(self.queries))

    def _base(self, logic: Logic) -> list[Any]:
        """Return what holds of sizes and free letters."""
        conditions: list[Condition] = [*self.model.facts, *self.question.assumptions]
        conditions += [
            between(letter.lower, Letter(letter.name), letter.upper)
            for letter in self.question.free
        ]
        return [logic.condition(condition) for condition in conditions]

    def _decide(self, name: str, formulas: Sequence[Any]) -> Query:
        """Ask a query; if the solver gives up, ask it in parts and with facts about multiples.

        A conjunction has no solution as soon as one of its parts has none; parts share nothing but
        strides. The facts hold for all integers a, b: a < b implies a*t + t <= b*t.
        """
        asked = len(self.queries)
        query = self._ask(name, formulas, seconds=min(FIRST_TRY, self.timeout))
        if query.answer != "unknown":
            return query
        hubs = {
            size.name
            for axis in self.model.axes
            for size in (axis.stride, axis.dilation, axis.before, axis.after)
            if isinstance(size, Letter)
        }
        parts = _parts(formulas, hubs)
        for number, part in enumerate(parts, start=1):
            lemmas = _multiples(part, [axis.stride for axis in self.model.axes])
            partial = self._ask(f"{name}, part {number} of {len(parts)}", [*part, *lemmas])
            if partial.answer == "unsat":
                self.queries[asked:] = [partial]
                return partial
        self.queries[asked:] = [query]
        return query

    def _ask(self, name: str, formulas: Sequence[Any], *, seconds: float | None = None) -> Query:
        solver = z3.Solver()
        solver.set("timeout", int((self.timeout if seconds is None else seconds) * 1000))
        solver.set("random_seed", 0)
        solver.add(*formulas)
        answer = str(solver.check())
        solution: dict[str, int] = {}
        if answer == "sat":
            found = solver.model()
            solution = {
                str(entry): found[entry].as_long()
                for entry in found.decls()
                if "!" not in str(entry) and "#" not in str(entry)
            }
        query = Query(name, _smtlib(name, solver), answer, dict(sorted(solution.items())))
        self.queries.append(query)
        return query


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


def _inverse(
    term: GuardedTerm, atoms: Sequence[Atom]
) -> tuple[dict[str, Expression], list[Expression]]:
    """Return the binders of a term as expressions of given entries, and what must be whole.

    Raises:
        NotInvertibleError: the indices do not determine the binders by linear algebra.
    """
    equations = [
        (index, wanted)
        for given, atom in zip(atoms, term.atoms, strict=True)
        for index, wanted in zip(atom.indices, given.indices, strict=True)
    ]
    values: dict[str, Expression] = {}
    wholes: list[Expression] = []
    unsolved = [binder.name for binder in term.binders]
    while unsolved:
        solution = _solve_one(equations, unsolved, values)
        if solution is None:
            names = ", ".join(name.split("#")[0].lstrip("_") for name in unsolved)
            raise NotInvertibleError(f"the entries do not determine {names} by linear algebra")
        name, value, exact = solution
        values[name] = value
        if not exact:
            wholes.append(value)
        unsolved.remove(name)
    return values, wholes


def _solve_one(
    equations: Sequence[tuple[Expression, Expression]],
    unsolved: Sequence[str],
    values: Mapping[str, Expression],
) -> tuple[str, Expression, bool] | None:
    """Solve an equation with one unknown; a slope of 1 or -1 comes before any other."""
    candidates = []
    for left, right in equations:
        current = substitute(left, values)
        unknown = [name for name in unsolved if name in letters_in(current)]
        if len(unknown) != 1:
            continue
        part = linear_in(current, unknown[0])
        if part is None:
            continue
        slope, rest = part
        difference = minus(right, rest)
        if slope == ONE:
            return unknown[0], difference, True
        if slope == negative(ONE):
            return unknown[0], negative(difference), True
        if isinstance(slope, Negated):
            slope, difference = slope.operand, negative(difference)
        if slope != ZERO:
            candidates.append((unknown[0], Quotient(difference, slope), False))
    return candidates[0] if candidates else None


def _parts(formulas: Sequence[Any], hubs: set[str]) -> list[list[Any]]:
    """Return the conjuncts grouped so that groups share no letters but hubs."""
    parts: list[tuple[set[str], list[Any]]] = []
    for conjunct in _conjuncts(formulas):
        names = {str(letter) for letter in z3.z3util.get_vars(conjunct)} - hubs
        joined = [part for part in parts if part[0] & names]
        merged = (
            names.union(*(part[0] for part in joined)),
            [*(formula for part in joined for formula in part[1]), conjunct],
        )
        parts = [part for part in parts if not any(part is other for other in joined)] + [merged]
    common = [formula for names, group in parts if not names for formula in group]
    return [[*common, *group] for names, group in parts if names]


def _multiples(formulas: Sequence[Any], strides: Sequence[Expression]) -> list[Any]:
    """Return the order of the multiples of each stride that occur in some formulas."""
    facts = []
    for name in dict.fromkeys(stride.name for stride in strides if isinstance(stride, Letter)):
        stride = z3.Int(name)
        factors = _multiplied(formulas, stride)[:MAX_MULTIPLES]
        for one, other in permutations(factors, 2):
            facts.append(z3.Implies(one < other, one * stride + stride <= other * stride))
    return facts


def _multiplied(formulas: Sequence[Any], stride: Any) -> list[Any]:
    """Return the single letters that are multiplied by a stride, in the order they occur."""
    found: dict[str, Any] = {}
    waiting = list(reversed(formulas))
    while waiting:
        node = waiting.pop()
        children = node.children()
        if z3.is_mul(node) and len(children) == 2 and any(c.eq(stride) for c in children):
            other = children[0] if children[1].eq(stride) else children[1]
            if z3.is_const(other) and not z3.is_int_value(other):
                found.setdefault(str(other), other)
        waiting += reversed(children)
    return list(found.values())


def _conjuncts(formulas: Sequence[Any]) -> list[Any]:
    flat: list[Any] = []
    for formula in formulas:
        flat += _conjuncts(formula.children()) if z3.is_and(formula) else [formula]
    return flat


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


def _smtlib(name: str, solver: Any) -> str:
    """Return a query as SMT-LIB 2 text with its expected answer."""
    body = solver.to_smt2().split("\n", 2)[-1]
    return f"; {name}\n(set-info :status unsat)\n(set-logic ALL)\n{body}"
