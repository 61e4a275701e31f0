"""Receptive fields with sums and products over layers, decided by unrolling a few layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Final

from symconv.formula.notation import Big, Marked, Name, Run, Statement
from symconv.formula.tree import Expression, Integer, Letter, Power, walk
from symconv.verification.outcome import SMALLEST, Outcome, Status
from symconv.verification.questions.scalars.forms import Form, form, number
from symconv.verification.questions.scalars.polynomials import NoFormError
from symconv.verification.questions.scalars.roles import role_costs
from symconv.verification.questions.scalars.sizes import Judged
from symconv.verification.questions.scalars.words import in_text, role_in_words
from symconv.verification.reading.names import flat
from symconv.verification.reading.roles import Told
from symconv.verification.reading.scalars.layers import bound_letters, limit_letters, unrolled
from symconv.verification.reading.scalars.size_priors import (
    COUNT,
    DILATION,
    EXTENT,
    FIELD,
    JUMP,
    KERNEL,
    PLAIN,
    STRIDE,
)
from symconv.verification.reading.scalars.trees import NotScalarError, names_of
from symconv.verification.report.wording import Example
from symconv.verification.truth.algebra import ONE, minus, times
from symconv.verification.truth.receptive_field import Stack, growing

LAYERS: Final = (1, 2, 3, 4, 5)
MAX_COST: Final = 5.0
_ROLES: Final = (KERNEL, EXTENT, STRIDE, DILATION, FIELD)


@dataclass(frozen=True)
class _Case:
    """One way to read the layers: where they begin, and what is taken for granted."""

    first: int
    unit: int | None = None
    assumes: str = ""


def judged_field(statement: Statement, told: Told) -> Judged | None:
    """Return what is found out about a receptive field over layers, or None."""
    if len(statement.sides) < 2 or statement.relations[0] not in ("=", ":="):
        return None
    left, right = statement.sides[0], statement.sides[1]
    if not any(isinstance(node, Big) for node in walk(right)):
        return _growing(left, statement.sides[1:], told)
    base = left.base if isinstance(left, Marked) else left
    if not isinstance(base, Name | Run):
        return None
    target = min((FIELD, JUMP), key=lambda role: _cost(flat(base), role, told))
    cost = _cost(flat(base), target, told)
    if cost >= 4.0:
        return None
    bound = set(bound_letters(right))
    for layer in dict.fromkeys(name for name in limit_letters(statement) if name not in bound):
        judged = _layered(left, right, layer, target, cost, told)
        if judged is not None:
            return judged
    return _growing(left, statement.sides[1:], told)


def _cost(name: str, role: str, told: Told) -> float:
    table = role_costs(name, told)
    for said in told.names:
        if said.split("_")[0] == name:
            table = role_costs(said, told)
            break
    return table.get(role, PLAIN)


def _layered(
    left: Any, right: Any, layer: str, target: str, cost: float, told: Told
) -> Judged | None:
    """Decide a formula of which one letter numbers the layers."""
    field = flat(left.base if isinstance(left, Marked) else left)
    try:
        sample = unrolled(right, {layer: 3}, 1)
    except NotScalarError:
        return None
    if not any(name.endswith("]") for name in names_of(sample)):
        return None
    stems = tuple(dict.fromkeys(_stem(name) for name in names_of(sample)))
    wrong: list[tuple[float, Mapping[str, str]]] = []
    for price, roles in _roles(stems, field, target, told):
        for case in _cases(stems, roles, sample):
            if _agrees(right, layer, roles, case, target):
                return _right(left, roles, case, cost + price, target)
        wrong.append((cost + price, roles))
    if wrong and wrong[0][0] <= 1.2 and target == FIELD:
        return _wrong(left, right, layer, *wrong[0])
    return None


def _stem(name: str) -> str:
    return name.split("[")[0]


def _roles(
    stems: Sequence[str], field: str, target: str, told: Told
) -> Iterator[tuple[float, Mapping[str, str]]]:
    """Yield the roles of the names, cheapest first; the left name is the receptive field."""
    options = []
    for stem in stems:
        if stem == field:
            options.append([(0.0, target)])
            continue
        found = [(_cost(stem, role, told), role) for role in _ROLES]
        options.append(sorted(one for one in found if one[0] < PLAIN and one[1] != FIELD))
    choices = []
    for choice in product(*options):
        roles = [role for _, role in choice]
        if len(set(roles)) == len(roles) and not {KERNEL, EXTENT} <= set(roles):
            choices.append((sum(c for c, _ in choice), dict(zip(stems, roles, strict=True))))
    choices.sort(key=lambda choice: (choice[0], sorted(choice[1].items())))
    for price, assigned in choices:
        needed = {KERNEL, EXTENT} if target == FIELD else {STRIDE}
        if price <= MAX_COST and needed & set(assigned.values()):
            yield price, assigned


def _cases(stems: Sequence[str], roles: Mapping[str, str], sample: Expression) -> Iterator[_Case]:
    yield _Case(1)
    stride = next((stem for stem in stems if roles[stem] == STRIDE), None)
    if stride is not None and f"{stride}[0]" in names_of(sample):
        yield _Case(1, unit=0, assumes=f"{stride}_0 = 1, where layers are numbered from 1")
        yield _Case(0, assumes="layers are numbered from 0")
    if stride is not None:
        yield _Case(0, assumes="layers are numbered from 0")


def _agrees(right: Any, layer: str, roles: Mapping[str, str], case: _Case, target: str) -> bool:
    return all(_difference(right, layer, roles, case, many, target) is None for many in LAYERS)


def _difference(
    right: Any, layer: str, roles: Mapping[str, str], case: _Case, many: int, target: str = FIELD
) -> tuple[Form, Form] | None:
    """Return claim and truth for a number of layers where they differ; None where they agree."""
    by_role = {role: stem for stem, role in roles.items()}
    last = many if case.first == 1 else many - 1
    try:
        claimed = unrolled(right, {layer: last}, case.first)
    except NotScalarError:
        return number(0), number(1)
    names = set(names_of(claimed))

    def of(role: str, own: int) -> Expression:
        stem = by_role.get(role)
        if stem is None or (role == STRIDE and own == case.unit):
            return ONE
        return Letter(stem if stem in names else f"{stem}[{own}]")

    def reach(own: int) -> Expression:
        if EXTENT in by_role:
            return minus(of(EXTENT, own), ONE)
        return times(minus(of(KERNEL, own), ONE), of(DILATION, own))

    stack = Stack(reach, lambda own: of(STRIDE, own), case.first)
    known: dict[str, Form] = {}
    for name in names:
        stem = _stem(name)
        if roles.get(stem) == target and "[" in name:
            known[name] = form(_value(stack, target, int(name.split("[")[1].rstrip("]"))))
        elif case.unit is not None and name == f"{by_role.get(STRIDE)}[{case.unit}]":
            known[name] = number(1)
    try:
        found, truth = form(claimed, known), form(_value(stack, target, last))
    except NoFormError:
        return number(0), number(1)
    return None if found.same(truth) else (found, truth)


def _value(stack: Stack, target: str, layer: int) -> Expression:
    return stack.field(layer) if target == FIELD else stack.jump(layer)


def _right(left: Any, roles: Mapping[str, str], case: _Case, cost: float, target: str) -> Judged:
    reading = _reading(left, roles, target)
    reach = f"as polynomials for up to {LAYERS[-1]} layers, each of which adds one term"
    status: Status = "right_when" if case.assumes else "proved"
    outcome = Outcome("receptive field", status, reading, reach, condition=case.assumes)
    return Judged(cost, outcome)


def _reading(left: Any, roles: Mapping[str, str], target: str = FIELD) -> str:
    said = [f"{flat(left)} {role_in_words(target)}"]
    said += [f"{stem} {role}" for stem, role in roles.items() if role != target]
    if STRIDE not in roles.values():
        said.append("stride 1")
    return ", ".join(said)


def _wrong(
    left: Any, right: Any, layer: str, cost: float, roles: Mapping[str, str]
) -> Judged | None:
    """Return that a formula is wrong, with the smallest number of layers that shows it."""
    for many in LAYERS:
        found = _difference(right, layer, roles, _Case(1), many)
        if found is None:
            continue
        claimed, true = (_at(side) for side in found)
        if claimed is None or true is None or claimed == true:
            continue
        said = (f"the number should be {true}, not {claimed}",)
        values = {layer: many} | _values(found)
        example = Example(values, {}, str(claimed), str(true), said)
        outcome = Outcome(
            "receptive field", "refuted", _reading(left, roles),
            "a counterexample", counterexample=example,
        )  # fmt: skip
        return Judged(cost, outcome)
    return None


def _values(sides: tuple[Form, ...]) -> dict[str, int]:
    """Return a value for every name, layer l the value 2 + l."""
    names = {name for side in sides for part in (side.above, side.below) for m in part
             for name, _ in m}  # fmt: skip
    found = {}
    for name in sorted(names):
        tail = name.rpartition("[")[2].rstrip("]")
        found[name] = 2 + int(tail) if tail.isdigit() else 3
    return found


def _at(side: Form) -> int | None:
    """Return the value of a form at those values, or None where it is no integer."""
    values = _values((side,))
    above, below = (
        sum(c * prod(values[name] ** e for name, e in monomial) for monomial, c in part.items())
        for part in (side.above, side.below)
    )
    return int(above / below) if below and (above / below).denominator == 1 else None


# Stacks whose dilation grows by a factor from block to block


def _growing(left: Any, rights: Sequence[Any], told: Told) -> Judged | None:
    """Decide 1 + c (k - 1) (1 + b + b^2 + ...) and its closed form."""
    base = left.base if isinstance(left, Marked) else left
    if not isinstance(base, Name | Run) or _cost(flat(left), FIELD, told) >= 2.0:
        return None
    verdicts = [_one_growing(left, right, told) for right in rights]
    if not verdicts or any(verdict is None for verdict in verdicts):
        return None
    known = [verdict for verdict in verdicts if verdict is not None]
    return next((v for v in known if v.outcome.status == "refuted"), known[0])


def _one_growing(left: Any, right: Any, told: Told) -> Judged | None:
    powers = [n for n in walk(right) if isinstance(n, Marked) and n.marks[-1].kind == "sup"]
    if not powers and not any(isinstance(n, Power) for n in walk(right)):
        return None
    bound = set(bound_letters(right))
    free = [n.text for n in walk(right) if isinstance(n, Name) and n.text not in bound]
    for blocks in dict.fromkeys(free):
        others = [name for name in dict.fromkeys(free) if name != blocks]
        for kernel in others:
            cost = _cost(kernel, KERNEL, told) + min(_cost(blocks, COUNT, told), 1.5)
            rest = [name for name in others if name != kernel]
            if cost > 4.0 or len(rest) > 1:
                continue
            bases: list[Expression] = [Letter(rest[0])] if rest else [Integer(2), Integer(3)]
            for growth, layers in product(bases, (1, 2, 3)):
                judged = _grown(left, right, (kernel, blocks), growth, layers, cost)
                if judged is not None:
                    return judged
    return None


def _grown(
    left: Any, right: Any, names: tuple[str, str], growth: Expression, layers: int, cost: float
) -> Judged | None:
    kernel, blocks = names
    gaps = set()
    for many in (1, 2, 3, 4):
        try:
            claimed = form(unrolled(right, {blocks: many}, 0))
        except (NotScalarError, NoFormError):
            return None
        truth = form(growing(minus(Letter(kernel), ONE), growth, many, layers))
        gaps.add((truth - claimed).number)
    if gaps not in ({0}, {1}):
        return None
    factor = in_text(growth)
    one = f"{layers} layers" if layers > 1 else "one layer"
    reading = f"{flat(left)} receptive field, {kernel} kernel size, {blocks} number of blocks"
    stack = f"each block has {one} of stride 1, of dilation 1, {factor}, {factor}^2, ..."
    if gaps == {0}:
        outcome = Outcome(
            "receptive field", "right_when", reading, "as polynomials for up to 4 blocks",
            condition=stack,
        )  # fmt: skip
        return Judged(cost, outcome)
    said = ("the cell itself is not counted",)
    example = Example({kernel: 2, blocks: 1}, {}, str(layers), str(layers + 1), said)
    outcome = Outcome(
        "receptive field", "refuted", f"{reading}; {stack}", SMALLEST,
        counterexample=example,
    )  # fmt: skip
    return Judged(cost, outcome)
