"""Queries to the solver: asked whole, then in parts; what is too hard is unknown.

How hard a query may be is counted in steps of the solver, not in seconds: on any machine, however
busy, the answer is the same. A clock far above that ends what the steps do not catch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any, Final

import z3
import z3.z3util

from symconv.formula.tree import Expression, Letter
from symconv.verification.truth.convolution import Model

STEPS_PER_SECOND: Final = 2_500_000  # on the machine it was measured on
FIRST_TRY: Final = 0.15  # seconds before a query is asked in parts
LAST_TRY: Final = 2.0  # seconds for the whole after its parts
CLOCK: Final = 12  # how many times slower a machine may be
MAX_MULTIPLES: Final = 6
_PRIMED: Final = re.compile(r"(?<![^\s()])[^\s()|']+'[^\s()|]*")  # Z3 does not quote these names


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


@dataclass
class Asked:
    """The queries of a proof, in the order they were asked.

    Attributes:
        model: the convolution they are about.
        timeout: how hard a query may be, in seconds of an idle machine.
        queries: those so far.
    """

    model: Model
    timeout: float
    queries: list[Query] = field(default_factory=list)

    def decide(self, name: str, formulas: Sequence[Any]) -> Query:
        """Ask a query; if the solver gives up, in parts with facts about multiples, then again.

        A conjunction has no solution as soon as one of its parts has none; parts share nothing but
        strides. The facts hold for all integers a, b: a < b implies a*t + t <= b*t.
        """
        asked = len(self.queries)
        query = self.ask(name, formulas, seconds=min(FIRST_TRY, self.timeout))
        if query.answer == "unknown":
            query = self._in_parts(name, formulas) or self.ask(
                name, formulas, seconds=min(LAST_TRY, self.timeout)
            )
        self.queries[asked:] = [query]
        return query

    def _in_parts(self, name: str, formulas: Sequence[Any]) -> Query | None:
        """Return the query for a part that has no solution, or None."""
        parts = _parts(formulas, _hubs(self.model))
        for number, part in enumerate(parts, start=1):
            lemmas = _multiples(part, [axis.stride for axis in self.model.axes])
            query = self.ask(f"{name}, part {number} of {len(parts)}", [*part, *lemmas])
            if query.answer == "unsat":
                return query
        return None

    def ask(self, name: str, formulas: Sequence[Any], *, seconds: float | None = None) -> Query:
        """Ask whether formulas have a common solution."""
        limit = self.timeout if seconds is None else seconds
        solver = z3.Solver()
        solver.set("rlimit", max(1, int(limit * STEPS_PER_SECOND)))
        solver.set("timeout", max(1, int(limit * CLOCK * 1000)))
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


def _hubs(model: Model) -> set[str]:
    """Return the letters that parts of a query may share."""
    return {
        size.name
        for axis in model.axes
        for size in (axis.stride, axis.dilation, axis.before, axis.after)
        if isinstance(size, Letter)
    }


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


def _smtlib(name: str, solver: Any) -> str:
    """Return a query as SMT-LIB 2 text with its expected answer."""
    body = _PRIMED.sub(r"|\g<0>|", solver.to_smt2().split("\n", 2)[-1])
    return f"; {name}\n(set-info :status unsat)\n(set-logic ALL)\n{body}"
