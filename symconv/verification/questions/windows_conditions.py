"""Conditions on indices: which outputs read a cell, which cells a window covers.

Such a statement has two indices, that of a window and that of a cell, and says from where to where
one of them runs: i*s <= r < i*s + k; i in [max(0, m-k+1), min(g-1, m)]. It is compared with

    output i reads cell u  iff  0 <= u + p - i*s <= k - 1,

for all windows and cells of every convolution. A comparison that bounds on one side only, or that
has sizes alone, is none of these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any, Final

from symconv.formula.notation import Group, Member, Range, Statement
from symconv.formula.tree import (
    AllOf,
    Compare,
    Condition,
    Expression,
    Integer,
    Letter,
    walk,
)
from symconv.verification.deciding.evaluation import tester
from symconv.verification.outcome import REACH, RIGHT, Candidate, Outcome, weighed
from symconv.verification.questions.pooling.deciding import Asked, candidate
from symconv.verification.questions.questions import ConditionQuestion, Free, ranging
from symconv.verification.reading.names import alternatives
from symconv.verification.reading.pooling.conditions import condition
from symconv.verification.reading.pooling.gather import Gathered, gathered
from symconv.verification.reading.pooling.polynomials import TooLargeError, polynomial
from symconv.verification.reading.pooling.roles import AGAINST, KERNEL, fit
from symconv.verification.reading.roles import Told
from symconv.verification.reading.scalars.trees import NotScalarError
from symconv.verification.truth.algebra import ONE, ZERO, all_of, conjuncts, minus, plus, times
from symconv.verification.truth.convolution import Axis
from symconv.verification.truth.pooling import pooling_model, reads

KIND: Final = "which outputs read a cell"
MAX_READINGS: Final = 10
OTHER: Final = 1.5  # a reading that takes the windows' index for the cells'
SIZE: Final = 3.0  # names that cost that much are rather sizes
CLEAR: Final = 2.5  # so dear the reading of an equivalence may be that is about a window
MAX_COST: Final = 4.0  # a dearer reading is none: it is some other condition
_COSTS: Final = (  # of taking a name for the index of a window, and of a cell
    ("i j i' j'", 0.0, 0.25),
    ("o l h w", 0.25, 0.5),
    ("u v r c x y a b z i'' j''", 1.0, 0.0),
    ("m n", 1.0, 0.25),
    ("k q t p s", SIZE, 4.5),
)
_AS_WINDOW: Final = {name: one for names, one, _ in _COSTS for name in names.split()}
_AS_CELL: Final = {name: other for names, _, other in _COSTS for name in names.split()}


def decide(statements: Sequence[Statement], told: Told) -> list[Outcome | None]:
    """Return what is found out about the statements that are conditions on windows and cells."""
    return [_decide(statement, told) for statement in statements]


def _decide(statement: Statement, told: Told) -> Outcome | None:
    try:
        found: list[Candidate] = []
        for cost, (settled,) in alternatives([statement]):
            outcomes = [_axis(*axis, told) for axis in _axes(settled)]
            if not outcomes or any(outcome is None for outcome in outcomes):
                continue
            worst = _worst([outcome for outcome in outcomes if outcome is not None])
            found.append(replace(worst, cost=worst.cost + cost))
            if worst.outcome.status in RIGHT:
                break
    except (NotScalarError, TooLargeError, RecursionError):
        return None
    return min(found, key=lambda one: one.cost).outcome if found else None


def _axes(statement: Statement) -> list[tuple[list[Condition], list[Condition]]]:
    """Return (comparisons, what they are said to be equivalent to) for every axis.

    Raises:
        NotScalarError: it is something else.
    """
    if len(statement.sides) == 1:
        return [(axis, []) for axis in _by_axis(list(_conditions(statement)))]
    if statement.relations not in (("iff",), ("equiv",)) or statement.conditions:
        raise NotScalarError("it is no condition")
    one, other = (list(conjuncts([_condition(side)])) for side in statement.sides)
    groups = _by_axis([*one, *other])
    return [([p for p in other if p in g], [p for p in one if p in g]) for g in groups]


def _conditions(statement: Statement) -> Iterator[Condition]:
    """Yield the comparisons of a statement that is a condition, and of those beside it.

    Raises:
        NotScalarError: it is something else.
    """
    if len(statement.sides) != 1 or statement.label:
        raise NotScalarError("it is no condition")
    for node in (statement.sides[0], *statement.conditions):
        yield from conjuncts([_condition(node)])


def _condition(node: Any) -> Condition:
    """Return a condition; a tuple in a product of intervals is not looked into."""
    match node:
        case Group(items=(item,)):
            return _condition(item)
        case Compare() | AllOf():
            return condition(node)
        case Member(container=Range()):
            return condition(node)
    raise NotScalarError("it is no condition on indices")


def _by_axis(parts: Sequence[Condition]) -> list[list[Condition]]:
    """Return the comparisons grouped by the indices that they share."""
    groups: list[tuple[set[str], list[Condition]]] = []
    for part in parts:
        names = {name for name in part.names if _AS_WINDOW.get(name, SIZE) < SIZE}
        joined = [group for group in groups if group[0] & names]
        merged = (names.union(*(g[0] for g in joined)), [*(c for g in joined for c in g[1]), part])
        groups = [g for g in groups if not any(g is other for other in joined)] + [merged]
    return [group for _, group in groups]


def _is_index(name: str) -> bool:
    return name in _AS_WINDOW


@dataclass(frozen=True)
class _Pair:
    """The index of a window and that of a cell."""

    output: str
    cell: str


def _axis(parts: Sequence[Condition], same_as: Sequence[Condition], told: Told) -> Candidate | None:
    """Return what is found about the comparisons of one axis, or None if they are none."""
    if not parts:
        return None
    found: list[Candidate] = []
    readings = sorted(_readings([*parts, *same_as], told), key=lambda reading: reading[0])
    if same_as and (not readings or readings[0][0] > CLEAR):
        return _equivalent(parts, same_as)
    for cost, pair, sizes, base in readings[:MAX_READINGS]:
        if cost > min(readings[0][0] + REACH, MAX_COST):
            break
        one = _asked(parts, same_as, pair, sizes, base, cost)
        if one is None:
            continue
        one = _unsure(one, sizes, told)
        if one.outcome.status != "proved" and not same_as and not _is_span(parts, pair):
            continue
        if one.outcome.status == "proved" and isinstance(sizes.kernel, Integer):
            found = [c for c in found if c.cost < cost]  # a number is what makes it right
        found.append(one)
        if one.outcome.status == "proved":
            break
    assumes = next((one.assumes for one in found if one.outcome.status == "proved"), "")
    return Candidate(found[0].cost, weighed(found), assumes) if found else None


def _readings(
    parts: Sequence[Condition], told: Told
) -> Iterator[tuple[float, _Pair, Gathered, int]]:
    names = sorted({n for part in parts for n in part.names if _is_index(n)})
    indices = [n for n in names if told.names.get(n, "index") == "index"]
    for output, cell in permutations(indices, 2):
        pair = _Pair(output, cell)
        if not _bounds_both_sides(parts, pair):
            continue
        likely = _likely_base(parts, pair) if told.index_base is None else told.index_base
        sizes_known = frozenset((output, cell))
        for sizes in (*gathered(parts, (), sizes_known, told), *_centred(parts, sizes_known, told)):
            if isinstance(sizes.kernel, Integer) and not _numbers_only(parts, pair):
                continue
            for base in (0, 1) if told.index_base is None else (told.index_base,):
                extra = OTHER if base != likely else 0.0
                yield sizes.cost + _index_cost(pair, told) + extra, pair, sizes, base


def _centred(parts: Sequence[Condition], indices: frozenset[str], told: Told) -> Iterator[Gathered]:
    """Yield the readings with windows that are centred on their own cell: i-k <= u <= i+k."""
    for reading in gathered(parts, (), indices, told):
        radius = reading.kernel
        if isinstance(radius, Letter) and reading.before == ZERO:
            kernel = plus(times(Integer(2), radius), ONE)
            said = AGAINST if told.names.get(radius.name, "index") != "index" else 0.5
            roles = tuple(pair for pair in reading.roles if pair[1] != KERNEL)
            roles += ((radius.name, "radius of the window"),)
            yield replace(reading, kernel=kernel, before=radius, roles=roles, cost=said)


def _index_cost(pair: _Pair, told: Told) -> float:
    """Return what it costs to take two names for the indices of a window and of a cell."""
    cost = _AS_WINDOW[pair.output] + _AS_CELL[pair.cell]
    if pair.output.rstrip("'") == pair.cell.rstrip("'") and len(pair.output) > len(pair.cell):
        cost += OTHER  # i' is a cell where i is a window
    said = sum(told.names.get(name) == "index" for name in (pair.output, pair.cell))
    return cost if not said else min(cost, OTHER)


def _likely_base(parts: Sequence[Condition], pair: _Pair) -> int:
    """Return the first index for which the first window starts at the first cell."""
    sizes = dict.fromkeys((name for part in parts for name in part.names), 3)
    for base in (0, 1):
        try:
            held = [
                all(tester(part)({**sizes, pair.output: base, pair.cell: cell}) for part in parts)
                for cell in (base - 1, base)
            ]
        except ArithmeticError:
            return 0
        if held == [False, True]:
            return base
    return 0


def _bounds_both_sides(parts: Sequence[Condition], pair: _Pair) -> bool:
    """Return whether comparisons bound one index by the other from below and from above."""
    ordered = []
    for part in parts:
        if not isinstance(part, Compare) or part.operator not in ("<", "<=", ">", ">="):
            return False
        up = part.operator in ("<", "<=")
        ordered.append((part.left, part.right) if up else (part.right, part.left))
    for name, other in ((pair.output, pair.cell), (pair.cell, pair.output)):
        signs = {sign for low, high in ordered for sign in _bounds(low, high, name, other)}
        if signs == {-1, 1}:
            return True
    return False


def _is_span(parts: Sequence[Condition], pair: _Pair) -> bool:
    """Return whether the bounds move together, as those of a window: s*i <= u < s*i + k.

    Where they do not, and it is not right, it is some other condition.
    """
    excesses = []
    for part in parts:
        if isinstance(part, Compare):
            side = polynomial(part.right) - polynomial(part.left)
            excesses.append(side if part.operator in ("<", "<=") else side.scaled(-1))
    both = {pair.output, pair.cell}
    rounded = [e for e in excesses if any(not isinstance(u, Letter) for u in e.unknowns)]
    if rounded:
        return True
    spans = [a + b for place, a in enumerate(excesses) for b in excesses[place + 1 :]]
    return any(span.letters.isdisjoint(both) for span in spans)


def _bounds(low: Expression, high: Expression, name: str, other: str) -> Iterator[int]:
    """Yield 1 where low <= high bounds a name by another from below, -1 from above."""
    excess = polynomial(high) - polynomial(low)  # u - i*t >= 0
    split = excess.linear_in(name)
    slope = split[0].constant if split is not None else None
    if slope:
        if other in excess.letters:
            yield 1 if slope > 0 else -1
    elif name in high.names - low.names and other in low.names:
        yield 1
    elif name in low.names - high.names and other in high.names:
        yield -1


def _numbers_only(parts: Sequence[Condition], pair: _Pair) -> bool:
    names = {name for part in parts for name in part.names} - {pair.output, pair.cell}
    kinds = [n for part in parts for n in walk(part) if isinstance(n, Letter)]
    return not names or all(k.name in (pair.output, pair.cell) for k in kinds)


def _asked(
    parts: Sequence[Condition],
    same_as: Sequence[Condition],
    pair: _Pair,
    sizes: Gathered,
    base: int,
    cost: float,
) -> Candidate | None:
    """Return what is found under one reading."""
    count = Letter(sizes.output or "outputs")
    axis = Axis(
        sizes.kernel, sizes.stride, ONE, sizes.before, sizes.before, Letter("inputs"), count
    )
    output, cell = (minus(Letter(name), Integer(base)) for name in (pair.output, pair.cell))
    free = (
        ranging(pair.output, axis.output, index_base=base),
        ranging(pair.cell, axis.input, index_base=base),
    )
    true = all_of(*same_as) if same_as else reads(axis, output, cell)
    question = ConditionQuestion(KIND, all_of(*parts), true, free, ())
    words = [f"{pair.output} index of a window, {pair.cell} index of a cell"]
    words += [f"{name} {role}" for name, role in sizes.roles]
    words += [f"stride {sizes.stride.value}"] if isinstance(sizes.stride, Integer) else []
    words += [f"first index {base}"]
    asked = Asked(KIND, ", ".join(words))
    assumes = ["the stride is 1"] if sizes.stride == ONE else []
    return candidate(asked, question, pooling_model([axis]), cost, assumes)


def _unsure(found: Candidate, sizes: Gathered, told: Told) -> Candidate:
    """Return a wrong reading as undecided, where the window's name is a mere guess."""
    kernel = sizes.kernel
    if not isinstance(kernel, Letter) or fit(kernel.name, KERNEL, told) == 0:
        return found
    if found.outcome.status != "refuted":
        return found
    reach = f"wrong if {kernel.name} is the window's size"
    help_ = f"tell me what {kernel.name} is: --letters '{kernel.name}=kernel size'"
    outcome = replace(found.outcome, status="undecided", reach=reach, help=help_)
    return replace(found, outcome=outcome)


def _equivalent(parts: Sequence[Condition], same_as: Sequence[Condition]) -> Candidate | None:
    """Return what is found about two conditions on numbers that are no window and no cell.

    Indices are 0 or more, sizes 1 or more; what divides is called the stride. If it is not proved,
    something that is known of the sizes may be missing, and nothing is said.
    """
    both = [*parts, *same_as]
    names = sorted({name for part in both for name in part.names})
    divisors = [
        size.name
        for part in both
        for node in walk(part)
        for size in [getattr(node, "denominator", None) or getattr(node, "modulus", None)]
        if isinstance(size, Letter)
    ]
    stride = Letter(divisors[0]) if divisors else ONE
    bound = Letter("bound")
    axis = Axis(ONE, stride, ONE, ZERO, ZERO, bound, Letter("outputs"))
    free = tuple(
        Free(name, ZERO if _AS_WINDOW.get(name, SIZE) < 1 else ONE, bound)
        for name in names
        if Letter(name) != stride
    )
    question = ConditionQuestion(KIND, all_of(*parts), all_of(*same_as), free, ())
    asked = Asked("two conditions that are equivalent", f"{', '.join(names)} integers")
    found = candidate(asked, question, pooling_model([axis]), 0.0)
    return found if found is not None and found.outcome.status == "proved" else None


def _worst(found: Sequence[Candidate]) -> Candidate:
    order = ("refuted", "undecided", "depends", "right_when", "proved")
    return min(found, key=lambda one: order.index(one.outcome.status))
