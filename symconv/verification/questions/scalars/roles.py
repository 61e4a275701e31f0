"""Which name of a size formula is which size: a search over typed assignments, cheapest first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from symconv.formula.tree import (
    Expression,
    Integer,
    Letter,
    Negated,
    Power,
    Product,
    Quotient,
    Total,
)
from symconv.verification.questions.scalars.forms import same_value
from symconv.verification.questions.scalars.values import NoValueError, Number, value_of
from symconv.verification.reading.roles import ARRAYS, Told
from symconv.verification.reading.scalars.size_priors import (
    AFTER,
    BEFORE,
    COUNT,
    DILATION,
    EXTENT,
    EXTRA,
    FIELD,
    IN_CHANNELS,
    INPUT,
    JUMP,
    KERNEL,
    OUT_CHANNELS,
    OUTPUT,
    PADDING,
    PLACE,
    PLAIN,
    STRIDE,
    TOTAL,
    ZEROS,
    costs,
    taken_apart,
)
from symconv.verification.reading.scalars.trees import names_of
from symconv.verification.truth.algebra import rebuild, substitute
from symconv.verification.truth.sizes import (
    EXCLUSIVE,
    LESS_ONE,
    Law,
    Variant,
    variants_of,
)

CAP: Final = 4.5  # how much dearer than the cheapest an assignment may be
NUMBER_CAPS: Final = (0.4, 0.9, 1.6)  # ... where numbers are among the sizes, one after the other
MAX_TRIED: Final = 6000
MAX_NUMBERED: Final = 2500  # ... where numbers are among the sizes
KEEP: Final = "a number"
_RECURRING: Final = (FIELD, JUMP, PLACE)  # of one layer or window by those of another
_KEPT: Final = {1: 0.15, 2: 0.3}  # the cost of taking a number for a number
ONE_SIDED: Final = 3.5  # ... of padding on one side only
_ASSUMED: Final = 0.5  # ... of a condition beside sizes in numbers
_UNUSED: Final = 0.9  # ... of a value beside the formula that has nothing to do with it
_ODD: Final = 1.0  # ... one that the laws have no use for
_TWINS: Final = 1.5  # ... of two names for one size
POINTS: Final = (  # a value of each role, two of them; no relation but those of the laws holds
    {INPUT: 1009, OUTPUT: 517, KERNEL: 11, EXTENT: 17, STRIDE: 3, DILATION: 5,
     "zero-based dilation": 6, PADDING: 23, TOTAL: 43, BEFORE: 29, AFTER: 31, EXTRA: 2, FIELD: 101,
     JUMP: 37, "remainder": 2, COUNT: 13, "index": 19, LESS_ONE: 10, ZEROS: 4, "groups": 7,
     "batch size": 53, IN_CHANNELS: 59, OUT_CHANNELS: 61, KEEP: 0},
    {INPUT: 2023, OUTPUT: 911, KERNEL: 8, EXTENT: 12, STRIDE: 5, DILATION: 3,
     "zero-based dilation": 2, PADDING: 41, TOTAL: 78, BEFORE: 47, AFTER: 36, EXTRA: 4, FIELD: 77,
     JUMP: 6, "remainder": 4, COUNT: 9, "index": 14, LESS_ONE: 15, ZEROS: 7, "groups": 3,
     "batch size": 21, IN_CHANNELS: 33, OUT_CHANNELS: 26, KEEP: 0},
)  # fmt: skip
_TOLD: Final[Mapping[str, Mapping[str, float]]] = {  # roles near to one that was said
    KERNEL: {KERNEL: 0, EXTENT: 1},
    EXTENT: {EXTENT: 0, KERNEL: 0.5},
    PADDING: {PADDING: 0, BEFORE: 0.8, AFTER: 0.8, TOTAL: 4.5},
    TOTAL: {TOTAL: 0, PADDING: 4},
    STRIDE: {STRIDE: 0, JUMP: 1},
    INPUT: {INPUT: 0},
    OUTPUT: {OUTPUT: 0},
    FIELD: {FIELD: 0, INPUT: 2, OUTPUT: 2, EXTENT: 0.5},
    JUMP: {JUMP: 0, STRIDE: 2},
    IN_CHANNELS: {IN_CHANNELS: 0, OUT_CHANNELS: 1, INPUT: 2},
    OUT_CHANNELS: {OUT_CHANNELS: 0, IN_CHANNELS: 1, OUTPUT: 2, INPUT: 3},
    DILATION: {DILATION: 0},
    EXTRA: {EXTRA: 0},
}
_SIDES: Final = {
    "top": BEFORE, "left": BEFORE, "front": BEFORE,
    "bottom": AFTER, "right": AFTER, "back": AFTER,
}  # fmt: skip
_LAYER: Final = re.compile(r"(\^.*|\[[^\]]*\])$")
_AXIS: Final = re.compile(r"_[hwHW12]$")
_AXES: Final = (" depth", " height", " width", " size")


@dataclass(frozen=True)
class Reading:
    """One assignment of roles to the names and numbers of a formula.

    Attributes:
        cost: how implausible it is.
        roles: name -> role; for a number, "#place".
        law: what it makes the formula speak of.
        variant: the variant of the law that the formula agrees with, or None.
        twins: pairs of names that stand for one size.
    """

    cost: float
    roles: Mapping[str, str]
    law: Law
    variant: Variant | None = None
    twins: tuple[tuple[str, str], ...] = ()

    @property
    def named(self) -> frozenset[str]:
        """The roles that occur."""
        return frozenset(self.roles.values()) - {KEEP}


def role_costs(name: str, told: Told) -> Mapping[str, float]:
    """Return role -> cost for a name, by what was said of it or by the name itself."""
    said = _said_of(name, told)
    if said is None or said == "index" or said in ARRAYS[6:]:
        return costs(name)
    return _said(said, name)


def _said_of(name: str, told: Told) -> str | None:
    """Return what was said of a name, or of it without its layer, brackets or axis."""
    name = name.removesuffix("()")
    for known in (name, _LAYER.sub("", name), _AXIS.sub("", _LAYER.sub("", name))):
        if known in told.names:
            return told.names[known]
    return None


@lru_cache(maxsize=2048)
def _said(said: str, name: str) -> Mapping[str, float]:
    word = said
    for axis in _AXES:
        word = word.removesuffix(axis)
    if word in ("input", "output", "kernel", "effective kernel"):
        word += " size"
    if word == "padding" or word.startswith("padding "):
        side = _SIDES.get(word.removeprefix("padding").strip())
        if side:
            return {side: 0.0, PADDING: 2.0, TOTAL: 3.0, AFTER if side == BEFORE else BEFORE: 4.0}
        own = costs(name)
        near = dict(_TOLD[PADDING])
        for one in (BEFORE, AFTER):
            near[one] = min(near[one], own.get(one, PLAIN) + 0.2)
        return near
    if word == "padded input size":
        return {INPUT: 0.0}
    return _TOLD.get(word, {word: 0.0})


def numbered(expression: Expression) -> tuple[Expression, dict[str, int]]:
    """Return the expression with every number as a name "#place", and what they were."""
    found: dict[str, int] = {}

    def visit(node: Any) -> Any:
        if isinstance(node, Integer):
            name = f"#{len(found)}"
            found[name] = node.value
            return Letter(name)
        if isinstance(node, Power):
            return node
        return rebuild(node, visit)

    return visit(expression), found


def _number_roles(
    expression: Expression, numbers: Mapping[str, int]
) -> dict[str, dict[str, float]]:
    """Return the roles that each numbered place may have, by where it stands."""
    found: dict[str, dict[str, float]] = {}

    def visit(node: Any, place: str) -> None:
        match node:
            case Letter(name=name) if name.startswith("#"):
                kept = _KEPT.get(numbers[name], _ODD)
                found[name] = {**_NUMBER_ROLES[place], KEEP: kept}
                if len(found) == 1 and place == "sum":
                    found[name][INPUT] = 0.15
            case Total(terms=terms):
                for term in terms:
                    visit(term, "sum")
            case Negated(operand=operand):
                visit(operand, place)
            case Product(factors=factors):
                for factor in factors:
                    visit(factor, "product")
            case Quotient(numerator=above, denominator=below):
                visit(above, place)
                visit(below, "divisor")
            case Power():
                return
            case _:
                for part in vars(node).values():
                    for item in part if isinstance(part, tuple) else (part,):
                        if hasattr(item, "span"):
                            visit(item, place)

    visit(expression, "sum")
    return found


_NUMBER_ROLES: Final = {
    "sum": {INPUT: 0.4, KERNEL: 0.3, EXTENT: 0.6, TOTAL: 0.5, EXTRA: 0.7, PADDING: 0.9, FIELD: 0.5,
            DILATION: 0.6, STRIDE: 0.9, BEFORE: 0.7, AFTER: 0.7, OUTPUT: 1.0},
    "product": {PADDING: 0.3, STRIDE: 0.3, DILATION: 0.3, JUMP: 0.25, LESS_ONE: 0.8, COUNT: 0.8},
    "divisor": {STRIDE: 0.1},
}  # fmt: skip


@dataclass
class Search:
    """The assignments of one law to one expression.

    Attributes:
        law: what the formula shall speak of.
        expression: the side, its numbers perhaps numbered.
        told: what was said of its names.
        numbers: "#place" -> value, where numbers may be sizes.
        given: names beside the formula with their values, K = 3, which it does not mention.
        most: what a reading may cost at all.
        left: the name on the left side, which alone may have the role that the law defines.
    """

    law: Law
    expression: Expression
    told: Told
    numbers: Mapping[str, int]
    given: Mapping[str, int] = field(default_factory=dict)
    left: str | None = None
    most: float = 99.0

    def readings(self, cap: float = CAP) -> list[Reading]:
        """Return all complete assignments within a cap of the cheapest, cheapest first."""
        options = self._options()
        if options is None:
            return []
        found = []
        floor_cost = sum(choices[0][1] for _, choices in options)
        if floor_cost > self.most:
            return []
        most = MAX_NUMBERED if self.numbers else MAX_TRIED
        for roles, cost, twins in islice(self._walk(options, floor_cost + cap), most):
            named = frozenset(roles.values()) - {KEEP}
            if variants_of(self.law, named):
                found.append(Reading(cost, roles, self.law, twins=twins))
        found.sort(key=lambda reading: reading.cost)
        return found

    def _options(self) -> list[tuple[str, list[tuple[str, float]]]] | None:
        """Return name -> the roles it may have in this law, or None if a name has none."""
        by_place = _number_roles(self.expression, self.numbers) if self.numbers else {}
        options = []
        for name in (*names_of(self.expression), *self.given):
            table = by_place.get(name) or role_costs(name, self.told)
            allowed = [
                (role, cost)
                for role, cost in table.items()
                if (role in self.law.allows or role == KEEP)
                and cost < PLAIN
                and (role != self.law.defines or name == self.left or role in _RECURRING)
            ]
            if name in self.given:
                allowed.append((KEEP, _UNUSED))
            if name == self.left:
                allowed = [option for option in allowed if option[0] == self.law.defines]
            if not allowed:
                return None
            allowed.sort(key=lambda option: option[1])
            options.append((name, allowed))
        return options

    def _walk(
        self, options: Sequence[tuple[str, list[tuple[str, float]]]], cap: float
    ) -> Iterator[tuple[dict[str, str], float, tuple[tuple[str, str], ...]]]:
        """Yield (roles, cost, twins), no role twice but for names that plainly say the same."""
        least = [0.0]
        for _, choices in reversed(options):
            least.append(least[-1] + choices[0][1])
        least.reverse()
        roles: dict[str, str] = {}
        holders: dict[str, str] = {}
        prices: dict[str, float] = {}
        budget = [MAX_TRIED * 4]

        def go(
            place: int, cost: float, twins: tuple[tuple[str, str], ...]
        ) -> Iterator[tuple[dict[str, str], float, tuple[tuple[str, str], ...]]]:
            if place == len(options):
                yield dict(roles), cost, twins
                return
            name, choices = options[place]
            for role, price in choices:
                if cost + price + least[place + 1] > cap or budget[0] <= 0:
                    break
                budget[0] -= 1
                paired, extra = twins, 0.0
                if role != KEEP and role in holders:
                    if not self._may_share(holders[role], name, price + prices[role]):
                        continue
                    if name[0] != "#":
                        paired, extra = (*twins, (holders[role], name)), _TWINS
                elif self._excluded(role, holders):
                    continue
                roles[name] = role
                mine = role not in holders and role != KEEP
                if mine:
                    holders[role], prices[role] = name, price
                yield from go(place + 1, cost + price + extra, paired)
                del roles[name]
                if mine:
                    del holders[role]

        yield from go(0, 0.0, ())

    def _excluded(self, role: str, holders: Mapping[str, str]) -> bool:
        """Return whether a role cannot stand beside those that are taken."""
        taken = holders.keys() - self.law.joint
        return any(role in group and group & taken for group in EXCLUSIVE) and (
            role not in self.law.joint
        )

    def _may_share(self, holder: str, name: str, price: float) -> bool:
        """Return whether two may be one size: equal numbers, or names that plainly say so."""
        if name.startswith("#") or holder.startswith("#"):
            return self.numbers.get(name, -1) == self.numbers.get(holder, -2)
        return price == 0.0 and taken_apart(holder).axis == taken_apart(name).axis

    def matching(self, readings: Sequence[Reading]) -> list[Reading]:
        """Return the readings under which the expression is the law's value or a variant of it."""
        try:
            claimed = value_of(self.expression)
        except NoValueError:
            return []
        found = []
        for reading in readings:
            for variant in self._agreeing(reading, claimed):
                assigned = {
                    role: Letter(name) for name, role in reversed(list(reading.roles.items()))
                }
                truth = substitute(variant.value, assigned)
                if same_value(self._plain(reading, self.expression), self._plain(reading, truth)):
                    cost = reading.cost + variant.cost + self._one_sided(reading)
                    if self.numbers and variant.assumes:
                        cost += _ASSUMED
                    found.append(Reading(cost, reading.roles, self.law, variant, reading.twins))
                    break
        found.sort(key=lambda reading: reading.cost)
        return found

    def _one_sided(self, reading: Reading) -> float:
        """Return the cost of padding on one side only, where a formula is about all of it."""
        sides = [(n, r) for n, r in reading.roles.items() if r in (BEFORE, AFTER)]
        if len(sides) != 1 or self.law.defines in (BEFORE, AFTER, PADDING):
            return 0.0
        ((name, role),) = sides
        plain = name[0] != "#" and role_costs(name, self.told).get(role, PLAIN) == 0.0
        return 0.3 if plain else ONE_SIDED

    def _plain(self, reading: Reading, expression: Any) -> Any:
        """Return an expression with kept numbers as numbers and twins under one name."""
        numbers = {**self.numbers, **self.given}
        kept = {n: Integer(numbers[n]) for n, role in reading.roles.items() if role == KEEP}
        kept |= {name: Integer(value) for name, value in self.given.items()}
        first: dict[str, str] = {}
        twins = {
            name: Letter(first[role])
            for name, role in reading.roles.items()
            if role != KEEP and first.setdefault(role, name) != name
        }
        return substitute(expression, {**kept, **twins})

    def _agreeing(self, reading: Reading, claimed: Any) -> Iterator[Variant]:
        """Yield the variants whose values are those of the expression at the points."""
        left = list(enumerate(variants_of(self.law, reading.named)))
        known = {role: self.given[n] for n, role in reading.roles.items() if n in self.given}
        for place, point in enumerate(POINTS):
            env = {
                name: self.numbers.get(name, 0) if role == KEEP else point[role]
                for name, role in reading.roles.items()
            } | dict(self.given)
            try:
                value = claimed(env)
            except ArithmeticError:
                return
            left = [
                (number, variant)
                for number, variant in left
                if self._truth(reading, number, place, known) == value
            ]
            if not left:
                return
        yield from (variant for _, variant in left)

    def _truth(
        self, reading: Reading, variant: int, place: int, known: Mapping[str, int]
    ) -> Number | None:
        """Return the value of a variant at a point, where some of its sizes may be given."""
        if not known:
            return _truths(self.law, reading.named, variant)[place]
        function = value_of(variants_of(self.law, reading.named)[variant].value)
        try:
            return function({**POINTS[place], **known})
        except ArithmeticError:
            return None


@lru_cache(maxsize=8192)
def _truths(law: Law, roles: frozenset[str], place: int) -> tuple[Number | None, ...]:
    variant = variants_of(law, roles)[place]
    function = value_of(variant.value)
    found: list[Number | None] = []
    for point in POINTS:
        try:
            found.append(function(point))
        except ArithmeticError:
            found.append(None)
    return tuple(found)
