"""From a claim to the questions it poses: what is claimed, what is true, for which letters.

Three sorts of questions: two sums are equal (SumQuestion), two integers are (ScalarQuestion), two
conditions are equivalent (ConditionQuestion). A claim may pose several: the sum, and the range of
its indices written below it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

from symconv.formula.tree import (
    AllOf,
    Assertion,
    Cases,
    Compare,
    Condition,
    Convolved,
    Entry,
    Equation,
    Equivalence,
    Expression,
    Implication,
    Letter,
    Matrix,
    Not,
    Partial,
    Scatter,
)
from symconv.verification.questions.conditions import ConditionReader
from symconv.verification.questions.output_size import size_question
from symconv.verification.questions.padding_mode import is_padding_claim, padding_questions
from symconv.verification.questions.questions import TAPS, Question, Window, check_letters
from symconv.verification.questions.scatters import scatter_question
from symconv.verification.questions.values import ValueReader
from symconv.verification.truth.algebra import conjuncts, letters_in
from symconv.verification.truth.convolution import INPUT, OUTPUT, Model
from symconv.verification.truth.guarded_terms import misunderstood

Pose: TypeAlias = Callable[[], Question]


@dataclass
class Reader:
    """Poses the questions of resolved claims about one convolution.

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
        asks = self._conditions
        match claim:
            case Equation() if is_padding_claim(claim):
                return self._padding(claim)
            case Equation():
                return self._equation(claim)
            case Assertion():
                return (partial(asks.assertion, claim.condition),)
            case Equivalence():
                first, *others = claim.conditions
                return [partial(asks.equivalence, "equivalence", first, other) for other in others]
            case Implication():
                both = AllOf((claim.premise, claim.conclusion))
                return (partial(asks.equivalence, "implication", both, claim.premise),)
            case Scatter():
                base = self.index_base
                pose = partial(scatter_question, claim, self.model, self.assumed, index_base=base)
                return (pose,)
        raise misunderstood(claim, "must be an equation, a condition or a scatter operation")

    def _padding(self, claim: Equation) -> Sequence[Pose]:
        asked = padding_questions(
            claim, self.model, self.window, index_base=self.index_base, assumed=self.assumed
        )
        return [partial(_posed, question) for question in asked]

    # Equations

    def _equation(self, claim: Equation) -> Sequence[Pose]:
        if claim.left == Letter("e"):
            return ()  # e = forward(Y) defines e; nothing is claimed of it
        ranges, taps, assumptions = _sorted_conditions(claim, axes=len(self.model.axes))
        poses: list[Pose] = []
        for right in claim.rights:
            if isinstance(right, Matrix):
                poses.append(partial(self._conditions.matrix, right))
            elif isinstance(right, Cases):
                poses += self._branches(claim.left, right, assumptions)
            elif not _restates(right):
                poses.append(partial(self._value_question, claim.left, right, assumptions))
        poses += [partial(self._range_question, claim.left, ranges)] if ranges else []
        poses += [partial(self._conditions.tap_question, condition) for condition in taps]
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

    def _branch_question(
        self, left: Expression, right: Expression, assumptions: tuple[Condition, ...], number: int
    ) -> Question:
        question = self._value_question(left, right, assumptions)
        return replace(question, kind=f"{question.kind}, case {number}")

    def _value_question(
        self, left: Expression, right: Expression, assumptions: tuple[Condition, ...]
    ) -> Question:
        everything = (*self.assumed, *assumptions)
        if isinstance(left, Letter) and left.name in (*INPUT, *OUTPUT):
            return size_question(self.model, self.window, left, right, everything)
        reader = ValueReader(self.model, self.index_base, self.window)
        return reader.question(left, right, everything)

    def _range_question(self, left: Expression, ranges: Sequence[Condition]) -> Question:
        """Ask whether the ranges written below y[i,j] are those of its indices."""
        y = left.of if isinstance(left, Partial) else left
        indices = self.model.along_axes("dy", y.indices) if isinstance(y, Entry) else ()
        return self._conditions.index_range(
            ranges, [index.name if isinstance(index, Letter) else "" for index in indices]
        )


def _posed(question: Question) -> Question:
    return question


def _restates(right: Expression) -> bool:
    """Return whether a right side is only another name of the left one: de/dY, (x * w)[i, j]."""
    by = right.by if isinstance(right, Partial) else None
    return isinstance(right, Convolved) or (isinstance(by, Letter) and by != Letter("b"))


def _sorted_conditions(
    claim: Equation, *, axes: int
) -> tuple[list[Condition], list[Compare], tuple[Condition, ...]]:
    """Split side conditions: ranges of the output index, tap equations, assumptions."""
    ranges: list[Condition] = []
    taps: list[Compare] = []
    assumptions: list[Condition] = []
    outputs = _output_letters(claim.left)
    conditions = [
        (condition, {name for name in letters_in(condition) if name.startswith("_")})
        for condition in conjuncts(claim.conditions)
    ]
    ranged: set[str] = set()
    for condition, letters in conditions:
        if letters and letters <= outputs and letters_in(condition) & {*INPUT, *OUTPUT}:
            ranged |= letters
    for condition, letters in conditions:
        equates = isinstance(condition, Compare) and condition.operator == "="
        if letters and letters <= ranged:
            ranges.append(condition)
        elif isinstance(condition, Compare) and equates and letters & set(TAPS[:axes]):
            taps.append(condition)
        else:
            assumptions.append(condition)
    return ranges, taps, tuple(assumptions)


def _output_letters(left: Expression) -> set[str]:
    y = left.of if isinstance(left, Partial) else left
    if isinstance(y, Entry) and y.array == "y":
        return {index.name for index in y.indices if isinstance(index, Letter)}
    return set()
