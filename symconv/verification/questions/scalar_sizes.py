"""Is an expression the size that its left side names? Decided under every reading within reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from symconv.formula.tree import (
    Expression,
    Integer,
    Letter,
    Negated,
    Product,
    Total,
    walk,
)
from symconv.verification.outcome import REACH, Outcome
from symconv.verification.questions.scalar_examples import size_example
from symconv.verification.questions.scalar_roles import Reading, Search, numbered, role_costs
from symconv.verification.questions.scalar_words import (
    condition_text,
    in_latex,
    in_names,
    in_text,
    reading_text,
)
from symconv.verification.reading.roles import Told
from symconv.verification.reading.scalars import names_of, numbers_of
from symconv.verification.reading.size_priors import INPUT, OUTPUT, PLAIN, taken_apart
from symconv.verification.truth.algebra import substitute
from symconv.verification.truth.sizes import LAWS, Law, variants_of

SLACK: Final = 2.5  # how much dearer than the likeliest reading one may be that makes it right
DEAR: Final = 4.0  # from which cost on a left side cannot be what a law defines
EACH: Final = 2.0  # how much a reading may cost for each operation of the formula
FIRM: Final = 1.6  # up to which cost a reading is firm enough to call a formula wrong
MAX_NUMBERS: Final = 9
_OTHER_AXIS: Final = {"h": "width", "w": "height"}
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
    """

    cost: float
    outcome: Outcome


@dataclass
class SizeJudge:
    """Decides whether an expression is a size.

    Attributes:
        left: the name on the left side, or None.
        expression: the right side.
        told: what was said of the names.
        hints: words beside the formula, lower case.
    """

    left: str | None
    expression: Expression
    told: Told
    hints: str = ""

    def judged(self) -> Judged | None:
        """Return the verdict, or None where it is no size that is known."""
        open_, right = self._searched(self.expression, {})
        if right is None and self._has_numbers():
            places, numbers = numbered(self.expression)
            with_numbers, found = self._searched(places, numbers)
            if found is not None and (not open_ or not self._is_firm(open_[0])):
                return self._verdict(found, found.cost, numbers, places)
            if not open_ and with_numbers and not names_of(self.expression):
                return None
        if right is not None:
            least = open_[0].cost if open_ else right.cost
            if right.cost <= least + REACH:
                return self._verdict(right, least, {}, self.expression)
        wrong = next((reading for reading in open_ if self._is_firm(reading)), None)
        return self._refuted(wrong) if wrong is not None else None

    def _has_numbers(self) -> bool:
        numbers = numbers_of(self.expression)
        return bool(numbers) and len(numbers) <= MAX_NUMBERS

    def _laws(self) -> Iterator[tuple[Law, float]]:
        """Yield the laws that the left side may be about, with its cost."""
        for law in LAWS:
            if self.left is None:
                cost = _UNNAMED.get(law.kind, PLAIN)
            elif law.defines == "overlap":
                cost = 2.0
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
        right: list[Reading] = []
        for law, cost in self._laws():
            search = Search(law, expression, self.told, numbers)
            readings = search.readings()
            every += [replace(reading, cost=reading.cost + cost) for reading in readings[:1]]
            right += [
                replace(reading, cost=reading.cost + cost)
                for reading in search.matching(readings)
                if self._fits(reading) and reading.cost + cost <= EACH * operations(expression)
            ]
        every.sort(key=lambda reading: reading.cost)
        return every, min(right, key=lambda reading: reading.cost, default=None)

    def _fits(self, reading: Reading) -> bool:
        """Return whether a variant agrees with the words beside the formula."""
        assert reading.variant is not None
        assumed = reading.variant.assumes
        if "same" in self.hints.lower().split() or "same_upper" in self.hints.lower():
            return "SAME" in assumed or reading.law.defines != OUTPUT
        if "valid" in self.hints.lower():
            return "SAME" not in assumed
        return True

    def _is_firm(self, reading: Reading) -> bool:
        """Return whether a reading is plain enough to call what is wrong under it wrong."""
        if self.left is None:
            return False
        return reading.cost <= FIRM and bool(variants_of(reading.law, reading.named))

    def _verdict(
        self,
        right: Reading,
        least: float,
        numbers: Mapping[str, int],
        expression: Expression,
    ) -> Judged:
        assert right.variant is not None
        condition = condition_text(right, right.variant, self.left, numbers)
        if "SAME" in right.variant.assumes and "same" in self.hints.lower():
            condition = condition.replace("the padding is SAME", "").strip(", ").strip()
            condition = condition.removeprefix("and ")
        axis = self._other_axis(right)
        condition = ", ".join(part for part in (condition, axis) if part)
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
        return Judged(right.cost, outcome)

    def _other_axis(self, reading: Reading) -> str:
        """Return the condition that names of the other axis stand for this one too."""
        axes = {name: taken_apart(name).axis for name in reading.roles if name[0] != "#"}
        mine = taken_apart(self.left).axis if self.left else ""
        if not mine:
            return ""
        strange = [name for name, axis in axes.items() if axis and axis != mine]
        if not strange or len(strange) == len(axes):
            return ""
        along = _OTHER_AXIS["w" if mine == "h" else "h"]
        along = "width" if mine == "w" else "height"
        return ", ".join(f"{name} is also that of the {along}" for name in strange)

    def _refuted(self, reading: Reading) -> Judged | None:
        example = size_example(reading, self.expression, {})
        if example is None:
            return None
        variant = variants_of(reading.law, reading.named)[0]
        should = in_names(variant.value, reading)
        left = f"{self.left} = " if self.left else ""
        outcome = Outcome(
            reading.law.kind,
            "refuted",
            reading_text(reading, self.left, {}),
            "smallest counterexample",
            counterexample=example,
            derived=_left_latex(self.left) + in_latex(should),
            derived_text=left + in_text(should),
        )
        return Judged(reading.cost, outcome)


def _left_latex(left: str | None) -> str:
    return f"{in_latex(Letter(left))} = " if left else ""


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
    left: str | None, expression: Expression, told: Told, hints: str = ""
) -> Judged | None:
    """Return what is found out about an expression as the size `left`, or None."""
    return SizeJudge(left, expression, told, hints).judged()


def judged_shape(
    parts: Sequence[Expression], told: Told, hints: str = ""
) -> Judged | None:
    """Return what is found out about the sizes of one shape, (A, B) or A x B, together."""
    found: list[Judged] = []
    plain: dict[Expression, Judged | None] = {}
    repeated: list[Expression] = []
    for part in parts:
        if isinstance(part, Letter | Integer):
            continue
        if part in plain:
            repeated.append(part)
        else:
            plain[part] = judged_size(None, part, told, hints)
        one = plain[part]
        if one is None:
            return None
        found.append(one)
    if not found:
        return None
    worst = max(found, key=lambda one: _ORDER.index(one.outcome.status))
    outcomes = list(dict.fromkeys(one.outcome for one in found))
    conditions = list(dict.fromkeys(one.condition for one in outcomes if one.condition))
    square = [part for part in repeated if any(taken_apart(n).axis for n in names_of(part))]
    status = worst.outcome.status
    if square and status in ("proved", "right_when"):
        conditions.append("height and width are the same")
        status = "right_when"
    readings = "; ".join(dict.fromkeys(one.reading for one in outcomes))
    outcome = replace(
        worst.outcome, status=status, reading=readings, condition=", ".join(conditions)
    )
    return Judged(max(one.cost for one in found), outcome)


_ORDER: Final = ("proved", "right_when", "depends", "undecided", "no_claim", "refuted")


def without_definitions(
    expression: Expression, definitions: Mapping[str, Expression]
) -> Expression:
    """Return the expression with names replaced by what a text defines them to be."""
    result: Expression = substitute(expression, dict(definitions))
    return result
