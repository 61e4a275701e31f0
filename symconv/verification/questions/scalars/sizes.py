"""Is an expression the size that its left side names? Decided under every reading within reach."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Final

from symconv.formula.spelling import spell_latex
from symconv.formula.tree import (
    Compare,
    Condition,
    Divides,
    Expression,
    Integer,
    Letter,
    Negated,
    Product,
    Remainder,
    Total,
    walk,
)
from symconv.verification.outcome import REACH, SMALLEST, Outcome
from symconv.verification.questions.scalars.examples import size_example
from symconv.verification.questions.scalars.forms import same_value
from symconv.verification.questions.scalars.roles import (
    CAP,
    KEEP,
    NUMBER_CAPS,
    POINTS,
    Reading,
    Search,
    numbered,
    role_costs,
)
from symconv.verification.questions.scalars.stages import of_one_layer, of_other_layers
from symconv.verification.questions.scalars.values import value_of
from symconv.verification.questions.scalars.words import (
    condition_text,
    in_names,
    in_text,
    reading_text,
)
from symconv.verification.reading.roles import Told
from symconv.verification.reading.scalars.size_priors import (
    DILATION,
    EXTENT,
    FIELD,
    HOLES,
    INPUT,
    JUMP,
    KERNEL,
    OUTPUT,
    PADDING,
    PLAIN,
    SIDES,
    STRIDE,
    TOTAL,
    ZEROS,
    taken_apart,
)
from symconv.verification.reading.scalars.trees import names_of, numbers_of
from symconv.verification.truth.sizes import (
    BACKWARD,
    CLAIMED,
    EVEN_STRIDE,
    LAWS,
    ROUNDED,
    UNEVEN_STRIDE,
    Law,
    Variant,
    room,
    variants_of,
)

SLACK: Final = 2.5  # how much dearer than the likeliest reading one may be that makes it right
DEAR: Final = 4.0  # from which cost on a left side cannot be what a law defines
EACH: Final = 2.0  # how much a reading may cost for each operation of the formula
FIRM: Final = 1.6  # up to which cost a reading is firm enough to call a formula wrong
EACH_NEAR: Final = 1.3  # ... and the role of each of its names
EACH_FAR: Final = 0.5  # ... where its value is not near to the true one
NEAR: Final = 3.6  # ... where its value is near to the true one
ALIKE: Final = 0.25
MAX_NUMBERS: Final = 10  # numbers and names of a formula whose numbers may be sizes
_UNUSUAL: Final[Mapping[str, str]] = {
    TOTAL: "is the padding of both sides together",
    ZEROS: "is the number of zeros between two entries",
    HOLES: "is the number of cells between two taps",
}
_NUMBERED: Final = re.compile(r"\[(\d)\]$")
_ROUNDING: Final = ("pool", "ceil", "取整", "池化")
_UNNAMED: Final[Mapping[str, float]] = {  # what a lone expression may be the size of
    "output size": 0.0,
    "transposed output size": 0.2,
    "effective kernel size": 0.2,
    "total padding": 1.0,
    "input size": 0.4,
    "receptive field": 0.8,
    "overlap": 2.0,
}


@dataclass(frozen=True)
class Judged:
    """What is found out about one side, under its best reading.

    Attributes:
        cost: of that reading.
        outcome: the verdict.
        roles: of the names, where the reading gives each one.
    """

    cost: float
    outcome: Outcome
    roles: Mapping[str, str] = field(default_factory=dict)


@dataclass
class SizeJudge:
    """Decides whether an expression is a size.

    Attributes:
        left: the name on the left side, or None.
        expression: the right side.
        told: what was said of the names.
        hints: words beside the formula.
        given: names that the formula does not mention, with the values that stand beside it.
        conditions: what is said to hold.
    """

    left: str | None
    expression: Expression
    told: Told
    hints: str = ""
    given: Mapping[str, int] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()

    def judged(self) -> Judged | None:
        """Return the verdict, or None where it is no size that is known."""
        open_, right = self._searched(self.expression, {})
        if right is None and self._has_numbers():
            places, numbers = numbered(self.expression)
            with_numbers, found = self._searched(places, numbers)
            sized = found is not None and _is_sized(found, numbers)
            if found is not None and (sized or not open_ or not self._is_firm(open_[0])):
                return self._verdict(found, found.cost, numbers)
            if not open_ and with_numbers and not names_of(self.expression):
                return None
        if right is not None:
            least = open_[0].cost if open_ else right.cost
            if right.cost <= least + REACH:
                return self._verdict(right, least, {})
        firm = [reading for reading in open_ if self._is_firm(reading)]
        if not firm:
            return None
        return self._refuted(min(firm, key=lambda one: one.cost + 3.0 * self._distance(one)))

    def _has_numbers(self) -> bool:
        numbers = numbers_of(self.expression)
        many = len(numbers) + len(names_of(self.expression))
        return bool(numbers) and many <= MAX_NUMBERS and not self.given

    def _laws(self) -> Iterator[tuple[Law, float]]:
        """Yield the laws that the left side may be about, with its cost."""
        for law in LAWS:
            if self.left is None:
                cost = _UNNAMED.get(law.kind, PLAIN)
            elif law.defines == "overlap":
                cost = PLAIN if self.given else 2.0
            else:
                cost = role_costs(self.left, self.told).get(law.defines, PLAIN)
                if law.defines == INPUT and "out" in taken_apart(self.left).tags:
                    cost = PLAIN if self.left not in self.told.names else cost
            if cost < DEAR:
                yield law, cost

    def _searched(
        self, expression: Expression, numbers: Mapping[str, int]
    ) -> tuple[list[Reading], Reading | None]:
        """Return the readings of all laws, cheapest first, and the cheapest that is right."""
        every: list[Reading] = []
        for cap in NUMBER_CAPS if numbers else (CAP,):
            every, right = self._within(expression, numbers, cap)
            if right is not None:
                return every, right
        return every, None

    def _within(
        self, expression: Expression, numbers: Mapping[str, int], cap: float
    ) -> tuple[list[Reading], Reading | None]:
        limit = EACH * operations(expression)
        every: list[Reading] = []
        right: list[Reading] = []
        for law, cost in self._laws():
            most = max(NEAR, limit) - cost
            search = Search(law, expression, self.told, numbers, self.given, self.left, most)
            readings = search.readings(cap)
            every += [replace(reading, cost=reading.cost + cost) for reading in readings[:1]]
            right += [
                replace(reading, cost=reading.cost + cost)
                for reading in search.matching(readings)
                if self._fits(reading) and reading.cost + cost <= limit
            ]
        every.sort(key=lambda reading: reading.cost)
        return every, min(right, key=lambda reading: reading.cost, default=None)

    def _fits(self, reading: Reading) -> bool:
        """Return whether a variant agrees with the words beside the formula."""
        assert reading.variant is not None
        assumed = reading.variant.assumes
        strides = [v for n, v in self.given.items() if role_costs(n, self.told).get(STRIDE) == 0]
        if "stride is 1" in assumed and any(value != 1 for value in strides):
            return False
        if self._contradicted(assumed):
            return False
        if assumed == ROUNDED:
            words = " ".join((self.hints, self.left or "", *reading.roles)).lower()
            return any(word in words for word in _ROUNDING)
        if "same" in self.hints.lower().split() or "same_upper" in self.hints.lower():
            return "SAME" in assumed or reading.law.defines != OUTPUT
        if "valid" in self.hints.lower():
            return "SAME" not in assumed
        return True

    def _contradicted(self, assumed: str) -> bool:
        """Return whether the author says that something is left over where nothing must be."""
        for condition in self.conditions:
            match condition:
                case Compare("!=" | ">", Remainder(), Integer(0)) if "stride divides" in assumed:
                    return True
                case Compare("=", Remainder(), Integer(0)) if "does not divide" in assumed:
                    return True
        return False

    def _is_firm(self, reading: Reading) -> bool:
        """Return whether a reading is plain enough to call what is wrong under it wrong.

        Either the formula is near to the true one, or every name plainly says what it is.
        """
        if self.left is None:
            return False
        if not variants_of(reading.law, reading.named):
            return False
        if not reading.named & CLAIMED.get(reading.law.defines, frozenset()):
            return False
        dearest = max(
            (
                role_costs(name, self.told).get(role, PLAIN)
                for name, role in reading.roles.items()
                if name not in self.given
            ),
            default=0.0,
        )
        left = role_costs(self.left, self.told).get(reading.law.defines, PLAIN)
        plain = self.left in self.told.names or bool(taken_apart(self.left).tags) or left == 0.0
        if isinstance(self.expression, Product) and operations(self.expression) < 2:
            words = [taken_apart(name).tags for name in names_of(self.expression)]
            plain = plain and dearest <= EACH_FAR and (all(words) or reading.law.defines == EXTENT)
        if not plain and operations(self.expression) < 2:
            return False
        near = reading.cost <= NEAR and dearest <= EACH_NEAR and left <= 1.0
        if near and self._distance(reading) < ALIKE:
            return True
        return plain and reading.cost <= FIRM and dearest <= EACH_FAR and left <= EACH_FAR

    def _distance(self, reading: Reading) -> float:
        """Return how far the formula is from the law, 0 to 1, at sizes of usual order."""
        variant = variants_of(reading.law, reading.named)[0]
        apart = 0.0
        try:
            claimed = value_of(self.expression)
            truth = value_of(in_names(variant.value, reading))
            for point in POINTS:
                env = {name: point.get(role, 0) for name, role in reading.roles.items()}
                env |= self.given
                true = Fraction(truth(env))
                size = max(Fraction(1), abs(true))
                gap: Fraction = abs(Fraction(claimed(env)) - true) / size
                apart = max(apart, min(1.0, float(gap)))
        except ArithmeticError:
            return 1.0
        return apart

    def _verdict(
        self,
        right: Reading,
        least: float,
        numbers: Mapping[str, int],
    ) -> Judged:
        assert right.variant is not None
        condition = condition_text(right, self._open(right), self.left, numbers)
        if "SAME" in right.variant.assumes and "same" in self.hints.lower():
            condition = condition.replace("the padding is SAME", "").strip(", ").strip()
            condition = condition.removeprefix("and ")
        axis = self._other_axis(right)
        parts = (condition, axis, self._both(right), *self._layers(right))
        condition = ", ".join(part for part in parts if part)
        text = reading_text(right, self.left, numbers)
        if right.cost > least + SLACK:
            outcome = Outcome(
                right.law.kind, "depends", text, "", condition=f"right if {text}; else wrong"
            )
        elif condition:
            outcome = Outcome(
                right.law.kind, "right_when", text, "for all sizes under the condition",
                condition=condition,
            )  # fmt: skip
        else:
            outcome = Outcome(right.law.kind, "proved", text, "for all sizes, by exact algebra")
        roles = {name: role for name, role in right.roles.items() if name not in numbers}
        return Judged(right.cost, outcome, roles)

    def _open(self, reading: Reading) -> Variant:
        """Return the variant without the condition that the formula states itself."""
        variant = reading.variant
        assert variant is not None
        if variant.assumes == BACKWARD and self._goes_back(reading):
            return replace(variant, assumes="")
        sign = {EVEN_STRIDE: "=", UNEVEN_STRIDE: "!="}.get(variant.assumes)
        if any(self._says_what_is_left(c, sign, reading) for c in self.conditions if sign):
            return replace(variant, assumes="")
        if "divides {room}" not in variant.assumes:
            return variant
        left = in_names(room(reading.named), reading)
        for condition in self.conditions:
            match condition:
                case Divides(value=value) if same_value(value, left):
                    return replace(variant, assumes="")
                case Compare("=", Remainder(value=value), Integer(0)) if same_value(value, left):
                    return replace(variant, assumes="")
        return variant

    def _says_what_is_left(self, condition: Any, sign: str | None, reading: Reading) -> bool:
        """Return whether a condition says that n mod s is 0 (or not), of the input and stride."""
        match condition:
            case Compare(found, Remainder(Letter(name=size), Letter(name=step)), Integer(0)):
                input_cost = role_costs(size, self.told).get(INPUT, PLAIN)
                is_input = reading.roles.get(size, INPUT if input_cost < 1.0 else "") == INPUT
                return found == sign and is_input and reading.roles.get(step) == STRIDE
        return False

    def _layers(self, reading: Reading) -> Iterator[str]:
        """Yield the conditions on names of another layer than that which the law means."""
        if self.left is None:
            return
        if reading.law.defines not in (FIELD, JUMP):
            yield from of_one_layer(self.left, reading.law.defines, reading.roles)
            return
        yield from of_other_layers(self.left, reading.roles)
        if taken_apart(self.left).layer == 0:
            for name, role in reading.roles.items():
                if role not in (FIELD, JUMP) and taken_apart(name).layer == -1:
                    yield f"{name} is that of the layer itself"

    def _goes_back(self, reading: Reading) -> bool:
        """Return whether the left side is of the layer before that of the right side."""
        field = next((name for name, role in reading.roles.items() if role == FIELD), None)
        if field is None or self.left is None or field[0] == "#":
            return False
        return (taken_apart(self.left).layer, taken_apart(field).layer) == (-1, 0)

    def _both(self, reading: Reading) -> str:
        """Return what names mean that they do not say: that a padding counts both sides."""
        said = []
        for name, role in reading.roles.items():
            words = _UNUSUAL.get(role)
            if role == PADDING and taken_apart(name).tags & {"before", "after"}:
                said.append(f"{name} is the padding of either side")
            if words is None or name[0] == "#" or reading.law.kind == "padding":
                continue
            if role_costs(name, self.told).get(role, PLAIN) > 0.0:
                said.append(f"{name} {words}")
        return ", ".join(said)

    def _other_axis(self, reading: Reading) -> str:
        """Return the condition that names of the other axis stand for this one too."""
        names = [name for name in reading.roles if name[0] != "#"]
        letters = {name: taken_apart(name).axis for name in names}
        mine = taken_apart(self.left).axis if self.left else ""
        size = next((name for name in names if reading.roles[name] == INPUT), "")
        strange = _unlike(letters, mine or letters.get(size, ""))
        numbers = {name: _place(name) for name in names if reading.roles[name] not in SIDES}
        strange += _unlike(numbers, numbers.get(size, "") or _usual(numbers))
        return ", ".join(f"{name} is also that of the other axis" for name in strange)

    def _refuted(self, reading: Reading) -> Judged | None:
        example = size_example(reading, self.expression, self.given)
        if example is None:
            return None
        variant = variants_of(reading.law, reading.named)[0]
        should = in_names(variant.value, reading)
        left = f"{self.left} = " if self.left else ""
        outcome = Outcome(
            reading.law.kind,
            "refuted",
            reading_text(reading, self.left, {}),
            SMALLEST,
            counterexample=example,
            derived=_left_latex(self.left) + spell_latex(should),
            derived_text=left + in_text(should),
        )
        return Judged(reading.cost, outcome)


def _is_sized(reading: Reading, numbers: Mapping[str, int]) -> bool:
    """Return whether numbers of a formula are its kernel, stride or dilation, as in (H - 3)/2."""
    sizes = {name: role for name, role in reading.roles.items() if name in numbers and role != KEEP}
    plain = all(role in (KERNEL, STRIDE, DILATION) for role in sizes.values())
    return bool(sizes) and plain and all(numbers[name] > 1 for name in sizes)


def _left_latex(left: str | None) -> str:
    return f"{spell_latex(Letter(left))} = " if left else ""


def _unlike(axes: Mapping[str, str], mine: str) -> list[str]:
    """Return the names of another axis than one."""
    return [name for name, axis in axes.items() if axis and mine and axis != mine]


def _usual(axes: Mapping[str, str]) -> str:
    named = [axis for axis in axes.values() if axis]
    return max(dict.fromkeys(named), key=named.count, default="")


def _place(name: str) -> str:
    """Return the number in the brackets behind a name, padding[0]; "" for none."""
    found = _NUMBERED.search(name)
    return found[1] if found else ""


def operations(expression: Expression) -> int:
    """Return how many operations an expression consists of."""
    count = 0
    for node in walk(expression):
        if isinstance(node, Total):
            count += len(node.terms) - 1
        elif isinstance(node, Product):
            count += len(node.factors) - 1
        elif not isinstance(node, Letter | Integer | Negated):
            count += 1
    return count


def judged_size(
    left: str | None,
    expression: Expression,
    told: Told,
    hints: str = "",
    given: Mapping[str, int] | None = None,
    conditions: tuple[Condition, ...] = (),
) -> Judged | None:
    """Return what is found out about an expression as the size `left`, or None."""
    plain = SizeJudge(left, expression, told, hints, {}, conditions).judged()
    if not given or (plain is not None and plain.outcome.status == "proved"):
        return plain
    told_more = SizeJudge(left, expression, told, hints, given, conditions).judged()
    return told_more or plain
