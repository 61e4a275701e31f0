"""Conditions between sizes and indices: which window reads which cell, what follows from what.

A condition by itself claims nothing, unless it is that a window reads a cell, or what holds of all
convolutions. An equivalence and an implication are claims about all integers; sizes are positive,
indices not negative, and an output size is what the others make it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, permutations
from typing import Any, Final

from symconv.errors import FormulaError
from symconv.formula.tree import AllOf, AnyOf, Compare, Condition, Divides, Letter, Not
from symconv.verification.deciding.prove import prove
from symconv.verification.outcome import SMALLEST, Outcome
from symconv.verification.questions.questions import ConditionQuestion
from symconv.verification.questions.scalars.examples import cases, smallest
from symconv.verification.questions.scalars.roles import role_costs
from symconv.verification.questions.scalars.sizes import Judged
from symconv.verification.questions.scalars.values import NoValueError, test_of
from symconv.verification.questions.scalars.words import role_in_words
from symconv.verification.reading.roles import Told
from symconv.verification.reading.scalars.size_priors import (
    AFTER,
    BEFORE,
    DILATION,
    EXTENT,
    INPUT,
    KERNEL,
    OUTPUT,
    PADDING,
    PLAIN,
    STRIDE,
    TOTAL,
)
from symconv.verification.reading.scalars.trees import Scalars, names_of
from symconv.verification.report.wording import Example
from symconv.verification.truth.algebra import (
    ONE,
    ZERO,
    all_of,
    between,
    conjuncts,
    equal,
    plus,
    substitute,
    times,
)
from symconv.verification.truth.convolution import Model
from symconv.verification.truth.layout import Layout
from symconv.verification.truth.sizes import (
    NAMED,
    PADDINGS,
    extent,
    less,
    outputs,
    room,
    stride,
)

CONDITIONS: Final = (Compare, AllOf, AnyOf, Not, Divides)
TIMEOUT: Final = 1.0
MAX_NAMES: Final = 7
NO_KERNEL: Final = 2.0  # the cost of sizes without a kernel among them
USED: Final = 2.0  # ... of a size with the name of an index
MAX_TRIED: Final = 8
MAX_COUNTED: Final = 3000
_NOTHING: Final = Model(axes=(), flipped=False, layout=Layout(axes=1))
_USUAL: Final = frozenset("ijuv")
_INDICES: Final = frozenset("ijklmnrcuvxyabhwqst")
_SIZES: Final = (KERNEL, EXTENT, STRIDE, DILATION, INPUT, OUTPUT, PADDING, TOTAL, BEFORE, AFTER)
_WINDOWS: Final = frozenset("ijnkl")


@dataclass(frozen=True)
class _Parts:
    """The names of some conditions: sizes with their roles, and indices."""

    cost: float
    roles: Mapping[str, str]
    indices: tuple[str, ...]

    @property
    def named(self) -> frozenset[str]:
        """The roles that occur."""
        return frozenset(self.roles.values())

    def in_names(self, node: Any) -> Any:
        """Return an expression or condition in roles in the author's names."""
        letters = {role: Letter(name) for name, role in reversed(list(self.roles.items()))}
        return substitute(node, letters)

    def facts(self) -> tuple[Condition, ...]:
        """Return what holds of the sizes."""
        found: list[Condition] = []
        for name, role in self.roles.items():
            found.append(Compare(">=", Letter(name), ZERO if role in PADDINGS else ONE))
        if INPUT in self.named and self.named & NAMED:
            found.append(self.in_names(Compare(">=", room(self.named), ZERO)))
            if OUTPUT in self.named:
                size = outputs(self.named - {OUTPUT})[0].value
                found.append(self.in_names(equal(Letter(OUTPUT), size)))
        return tuple(found)

    def words(self) -> str:
        """Return the reading."""
        said = [f"{name} {role_in_words(role)}" for name, role in self.roles.items()]
        return ", ".join([*said, *(f"{name} index" for name in self.indices)])


def judged_condition(entry: Scalars, told: Told) -> Judged | None:
    """Return what is found out about a condition, an equivalence or an implication, or None."""
    if not all(isinstance(side, CONDITIONS) for side in entry.sides):
        return None
    if len(entry.sides) == 2 and entry.relations[0] in ("iff", "implies"):
        return _logic(entry, told)
    if len(entry.sides) > 1:
        return None
    beside = [condition for condition in entry.conditions if isinstance(condition, AllOf | Compare)]
    found = [_lone(condition, told) for condition in (entry.sides[0], *beside)]
    if any(one is None for one in found):
        if all(one is None or one.outcome.status == "no_claim" for one in found):
            return _no_claim()
        found = [one for one in found if one is not None]
    known = [one for one in found if one is not None]
    order = ("proved", "right_when", "no_claim", "refuted")
    return max(known, key=lambda one: order.index(one.outcome.status))


def _no_claim() -> Judged:
    why = "a condition by itself: nothing is said of when it holds"
    return Judged(3.0, Outcome("condition", "no_claim", "", why))


def _parts(names: Sequence[str], told: Told, indices: int | None) -> Iterator[_Parts]:
    """Yield the ways to take the names for sizes and indices, cheapest first."""
    options: list[list[tuple[float, str]]] = []
    for name in names:
        table = role_costs(name, told)
        least = min(table.get(role, PLAIN) for role in _SIZES)
        found = [(table[role], role) for role in _SIZES if table.get(role, PLAIN) <= 1.3]
        found = [one for one in found if one[1] != OUTPUT or one[0] == least]
        unsaid = told.names.get(name, "index") == "index"
        if indices != 0 and name.strip("'") in _INDICES and unsaid:
            usual = name.strip("'") in _USUAL
            found = [(cost + USED * usual, role) for cost, role in found]
            found.append((0.0 if usual else 0.6, "index"))
        if told.names.get(name) == "index":
            found = [(0.0, "index")]
        if not found:
            return
        options.append(sorted(found))
    ways: list[tuple[float, tuple[str, ...]]] = [(0.0, ())]
    for choices in options:
        ways = [
            (cost + price, (*roles, role))
            for cost, roles in ways
            for price, role in choices
            if role == "index" or role not in roles
        ][:4000]
    ways = [(cost + (0.0 if NAMED & set(roles) else NO_KERNEL), roles) for cost, roles in ways]
    for cost, roles in sorted(ways):
        picked = {n: r for n, r in zip(names, roles, strict=True) if r != "index"}
        free = tuple(n for n, r in zip(names, roles, strict=True) if r == "index")
        if {PADDING, TOTAL} <= set(roles) or {KERNEL, EXTENT} <= set(roles):
            continue
        if indices is None or len(free) == indices:
            yield _Parts(cost, picked, free)


def _lone(condition: Condition, told: Told) -> Judged | None:
    """Decide whether a condition is that a window reads a cell, or holds of all convolutions."""
    names = names_of(condition)
    if not 2 < len(names) <= MAX_NAMES:
        return None
    near: Judged | None = None
    for parts in islice(_parts(names, told, 2), MAX_TRIED):
        if not parts.named & NAMED:
            continue
        for window, cell in permutations(parts.indices):
            judged = _reads(condition, parts, window, cell)
            if judged is None:
                continue
            if judged.outcome.status == "proved":
                return judged
            near = near or judged
        if parts.cost > 3.0:
            break
    return near or _always(condition, names, told)


def _reads(condition: Condition, parts: _Parts, window: str, cell: str) -> Judged | None:
    """Decide whether a condition is that a window reads a cell."""
    named = parts.named - {OUTPUT}
    front = Letter(BEFORE) if BEFORE in named else Letter(PADDING) if PADDING in named else ZERO
    first = times(Letter(window), stride(named))
    place = less(plus(Letter(cell), front), first)
    truths = [between(ZERO, place, less(extent(named), ONE))]
    if OUTPUT in parts.named:
        within = between(ZERO, Letter(window), less(Letter(OUTPUT), ONE))
        truths.insert(0, AllOf((*conjuncts((truths[0],)), *conjuncts((within,)))))
    sizes = [Compare(">=", Letter(n), ZERO if r in PADDINGS else ONE)
             for n, r in parts.roles.items()]  # fmt: skip
    lone = "" if STRIDE in named else ", stride 1"
    text = f"window {window} reads cell {cell}: {parts.words()}{lone}"
    for truth in map(parts.in_names, truths):
        example = _difference(condition, truth, parts, sizes)
        if example is None and _proved(condition, truth, sizes):
            outcome = Outcome("window", "proved", text, "for all sizes and indices")
            if lone:
                when = "the stride is 1"
                outcome = replace(outcome, status="right_when", condition=when)
            return Judged(parts.cost, outcome)
        if example is not None and parts.cost <= 3.0 and _alike(condition, truth, parts) > 0.5:
            return Judged(parts.cost, _wrong("window", text, example))
    return None


def _wrong(kind: str, text: str, example: Example) -> Outcome:
    return Outcome(kind, "refuted", text, SMALLEST, counterexample=example)


def _difference(
    condition: Condition, truth: Condition, parts: _Parts, facts: Sequence[Condition]
) -> Example | None:
    """Return the smallest values at which two conditions differ, or None."""
    try:
        one, other = test_of(condition), test_of(truth)
        holds = test_of(all_of(*facts)) if facts else None
    except NoValueError:
        return None
    return smallest((*parts.roles, *parts.indices), _ranges(parts), one, other, holds)


def _alike(condition: Condition, truth: Condition, parts: _Parts) -> float:
    """Return in which share of the cases in which one of two conditions holds, both do."""
    one, other = test_of(condition), test_of(truth)
    both = either = 0
    for env in islice(cases((*parts.roles, *parts.indices), _ranges(parts)), MAX_COUNTED):
        try:
            left, right = one(env), other(env)
        except ArithmeticError:
            continue
        both += left and right
        either += left or right
    return both / either if either else 0.0


def _ranges(parts: _Parts) -> dict[str, range]:
    ranges = {name: range(1, 4) for name in parts.roles}
    ranges |= {name: range(-1, 7) for name in parts.indices}
    ranges |= {name: range(3) for name, role in parts.roles.items() if role in PADDINGS}
    return ranges | {name: range(1, 7) for name, role in parts.roles.items() if role == INPUT}


def _proved(condition: Condition, truth: Condition, facts: Sequence[Condition]) -> bool:
    question = ConditionQuestion("condition", condition, truth, (), tuple(facts))
    try:
        return prove(question, _NOTHING, timeout=TIMEOUT).proved
    except FormulaError:
        return False


def _always(condition: Condition, names: Sequence[str], told: Told) -> Judged | None:
    """Decide whether an inequality between all sizes of a convolution holds of every one."""
    for parts in islice(_parts(names, told, 0), MAX_TRIED):
        if not {INPUT, OUTPUT} <= parts.named or not parts.named & NAMED or parts.cost > 1.0:
            continue
        facts = parts.facts()
        if _difference(condition, AllOf(()), parts, facts) is None:
            text = f"of every convolution: {parts.words()}"
            if _proved(condition, AllOf(()), facts):
                return Judged(parts.cost, Outcome("condition", "proved", text, "for all sizes"))
    return None


def _logic(entry: Scalars, told: Told) -> Judged | None:
    """Decide an equivalence or an implication between conditions."""
    one, other = entry.sides
    names = names_of(one, other)
    if not 1 < len(names) <= MAX_NAMES:
        return None
    claimed, truth = other, one
    if entry.relations[0] == "implies":
        claimed, truth = AnyOf((Not(one), other)), AllOf(())
    wrong: Judged | None = None
    kind = "implication" if entry.relations[0] == "implies" else "equivalence"
    for parts in _ways(names, told, sizes_only=kind == "implication" and _equates_names(other)):
        if parts.cost > 4.0:
            break
        example = None
        for more in _suppositions(parts):
            facts = (*parts.facts(), *more)
            example = _difference(claimed, truth, parts, facts)
            if example is None and _is_vacuous(one, other, parts, facts):
                break
            if example is None and _proved(claimed, truth, facts):
                text = "for all sizes and indices"
                outcome = Outcome(kind, "proved", parts.words(), text)
                return Judged(parts.cost, outcome)
        if example is not None and wrong is None:
            wrong = Judged(parts.cost, _wrong(kind, parts.words(), example))
    return wrong


def _equates_names(condition: Any) -> bool:
    """Return whether a condition is that two sizes are equal, g = m: then neither is an index."""
    sides = (condition.left, condition.right) if isinstance(condition, Compare) else ()
    return bool(sides) and condition.operator == "=" and all(isinstance(s, Letter) for s in sides)


def _ways(names: Sequence[str], told: Told, *, sizes_only: bool) -> list[_Parts]:
    """Return the ways to take the names, the likeliest first; as sizes alone where that may be."""
    alone = list(islice(_parts(names, told, 0), MAX_TRIED)) if sizes_only else []
    return alone or list(islice(_parts(names, told, None), MAX_TRIED))


def _is_vacuous(
    one: Condition, other: Condition, parts: _Parts, facts: Sequence[Condition]
) -> bool:
    """Return whether one of two conditions always or never holds in small cases."""
    tests = [test_of(one), test_of(other)]
    holds = test_of(all_of(*facts)) if facts else None
    seen: list[set[bool]] = [set(), set()]
    for env in cases((*parts.roles, *parts.indices), _ranges(parts)):
        try:
            if holds is None or holds(env):
                for values, test in zip(seen, tests, strict=True):
                    values.add(test(env))
        except ArithmeticError:
            continue
        if all(len(values) == 2 for values in seen):
            return False
    return True


def _suppositions(parts: _Parts) -> Iterator[tuple[Condition, ...]]:
    """Yield what may be supposed of indices: nothing, not negative, indices of outputs."""
    yield ()
    if not parts.indices:
        return
    positive = tuple(Compare(">=", Letter(name), ZERO) for name in parts.indices)
    yield positive
    if OUTPUT in parts.named:
        size = parts.in_names(Letter(OUTPUT))
        windows = (name for name in parts.indices if name in _WINDOWS)
        yield (*positive, *(Compare("<", Letter(name), size) for name in windows))
