"""From an equation to the questions it poses: what is claimed, what is true, for which letters.

It may pose several: one for each branch and each side of a chain, and one for the range of its
indices where that is written below it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, TypeAlias

from symconv.formula.tree import (
    AnyOf,
    Cases,
    Condition,
    Entry,
    Equation,
    Expression,
    Letter,
    Not,
    Partial,
)
from symconv.verification.questions.conditions import TRUE, ConditionReader
from symconv.verification.questions.questions import (
    ConditionQuestion,
    Question,
    Window,
    check_letters,
)
from symconv.verification.questions.values import ValueReader
from symconv.verification.truth.algebra import conjuncts, letters_in
from symconv.verification.truth.convolution import INPUT, OUTPUT, Model
from symconv.verification.truth.guarded_terms import misunderstood

Pose: TypeAlias = Callable[[], Question]
ARRAYS: Final = {"y": "dy", "x": "x", "w": "w"}


@dataclass
class Reader:
    """Poses the questions of equations in our letters about one convolution.

    Attributes:
        model: the convolution.
        index_base: what the author's indices start from.
        assumed: conditions that the user assumes.
        window: which window an open window letter stands for.
    """

    model: Model
    index_base: int
    assumed: tuple[Condition, ...]
    window: Window

    @property
    def _conditions(self) -> ConditionReader:
        return ConditionReader(self.model, self.index_base, self.assumed)

    def questions(self, claim: Any) -> tuple[Question, ...]:
        """Return the questions of a claim in our letters.

        Raises:
            FormulaError: the claim is of no known kind.
        """
        questions = tuple(pose() for pose in self._poses(claim))
        for question in questions:
            check_letters(question, self.model, claim)
        return questions

    def question(self, claim: Any, place: int) -> Question | None:
        """Return one question of a claim in our letters, None if it poses fewer.

        Raises:
            FormulaError: the claim is of no known kind.
        """
        poses = self._poses(claim)
        if place >= len(poses):
            return None
        question = poses[place]()
        check_letters(question, self.model, claim)
        return question

    def _poses(self, claim: Any) -> Sequence[Pose]:
        if isinstance(claim, Equation):
            return self._equation(claim)
        raise misunderstood(claim, "must be an equation")

    # Equations

    def _equation(self, claim: Equation) -> Sequence[Pose]:
        ranges, assumptions = _sorted_conditions(claim)
        poses: list[Pose] = []
        for right in claim.rights:
            if isinstance(right, Cases):
                poses += self._branches(claim.left, right, assumptions)
            elif not _restates(right):
                poses.append(partial(self._value_question, claim.left, right, assumptions))
        outside = [one for one in assumptions if self._leads_out(claim.left, one)]
        for conditions in filter(None, (ranges, outside)):
            poses.append(partial(self._range_question, claim.left, conditions))
        return poses

    def _branches(
        self, left: Expression, cases: Cases, assumptions: tuple[Condition, ...]
    ) -> list[Pose]:
        """Ask for every branch by itself: its value, where its condition is the first to hold."""
        poses: list[Pose] = []
        before: tuple[Condition, ...] = ()
        for number, branch in enumerate(cases.branches, start=1):
            holds = () if branch.condition is None else (branch.condition,)
            here = (*assumptions, *(Not(condition) for condition in before), *holds)
            poses.append(partial(self._branch_question, left, branch.value, here, number))
            before += holds
        return poses

    def coverage(self, claim: Equation) -> Question | None:
        """Return the question whether cases leave nothing out; None where one says "otherwise".

        Raises:
            FormulaError: it asks about letters that are open.
        """
        _, assumptions = _sorted_conditions(claim)
        for right in claim.rights:
            if not isinstance(right, Cases):
                continue
            holds = tuple(one.condition for one in right.branches if one.condition is not None)
            if len(holds) == len(right.branches):
                reader = ValueReader(self.model, self.index_base, self.window)
                free, inside = reader.places(claim.left)
                assumed = (*self.assumed, *assumptions, *inside)
                question = ConditionQuestion("cases", AnyOf(holds), TRUE, free, assumed)
                check_letters(question, self.model, claim)
                return question
        return None

    def _branch_question(
        self, left: Expression, right: Expression, assumptions: tuple[Condition, ...], number: int
    ) -> Question:
        question = self._value_question(left, right, assumptions)
        return replace(question, kind=f"{question.kind}, case {number}")

    def _value_question(
        self, left: Expression, right: Expression, assumptions: tuple[Condition, ...]
    ) -> Question:
        reader = ValueReader(self.model, self.index_base, self.window)
        return reader.question(left, right, (*self.assumed, *assumptions))

    def _range_question(self, left: Expression, ranges: Sequence[Condition]) -> Question:
        """Ask whether the ranges written below y[i,j] are those of its indices."""
        array, names = self._own_indices(left)
        return self._conditions.index_range(ranges, names, array)

    def _leads_out(self, left: Expression, condition: Condition) -> bool:
        array, names = self._own_indices(left)
        return bool(array) and self._conditions.leads_out(condition, names, array)

    def _own_indices(self, left: Expression) -> tuple[str, list[str]]:
        """Return the array that a left side is an entry of, or by, and its indices, "" for 2i."""
        entry = left
        if isinstance(left, Partial):
            entry = left.by if left.of == Letter("e") else left.of
        if not isinstance(entry, Entry) or entry.array not in ARRAYS:
            return "", []
        array = ARRAYS[entry.array]
        if len(entry.indices) != len(self.model.shape(array)):
            return "", []
        indices = self.model.along_axes(array, entry.indices)
        return array, [index.name if isinstance(index, Letter) else "" for index in indices]


def _restates(right: Expression) -> bool:
    """Return whether a right side is only another name of the left one, de/dY."""
    by = right.by if isinstance(right, Partial) else None
    return isinstance(by, Letter) and by != Letter("b")


def _sorted_conditions(claim: Equation) -> tuple[list[Condition], tuple[Condition, ...]]:
    """Split side conditions: ranges of the output index, and assumptions."""
    outputs = _output_letters(claim.left)
    conditions = [
        (condition, {name for name in letters_in(condition) if name.startswith("_")})
        for condition in conjuncts(claim.conditions)
    ]
    ranged: set[str] = set()
    for condition, letters in conditions:
        if letters and letters <= outputs and letters_in(condition) & {*INPUT, *OUTPUT}:
            ranged |= letters
    ranges = [condition for condition, letters in conditions if letters and letters <= ranged]
    return ranges, tuple(condition for condition, _ in conditions if condition not in ranges)


def _output_letters(left: Expression) -> set[str]:
    y = left.of if isinstance(left, Partial) else left
    if isinstance(y, Entry) and y.array == "y":
        return {index.name for index in y.indices if isinstance(index, Letter)}
    return set()
