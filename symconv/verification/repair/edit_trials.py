"""Trials: questions that differ in what they claim, tried at the same small sizes.

A repair tries thousands of edits. What is true at a given size, and which sizes meet the
assumptions, is found out once; an edit is tried first where other edits failed before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from symconv.errors import FormulaError
from symconv.formula.tree import Condition
from symconv.verification.deciding.counterexample_search import Side
from symconv.verification.deciding.evaluation import Environment, evaluator, tester
from symconv.verification.deciding.exact_count import counted
from symconv.verification.deciding.small_cases import cases_of
from symconv.verification.questions.questions import Question, ScalarQuestion, SumQuestion
from symconv.verification.truth.algebra import all_of
from symconv.verification.truth.convolution import Model

QUICK: Final = 2  # kernels and strides of a trial
UNCOUNTABLE: Final = (FormulaError, ArithmeticError, KeyError)

Evaluated: TypeAlias = Callable[[Environment], Side]


@dataclass
class Trials:
    """Tries questions about one convolution.

    Attributes:
        model: the convolution.
        failures: sizes and letters at which a question failed, the latest first.
    """

    model: Model
    failures: list[Environment] = field(default_factory=list)
    _grounds: dict[Question, _Ground] = field(default_factory=dict, repr=False)
    _latest: _Ground | None = field(default=None, repr=False)

    def passes(self, question: Question) -> bool:
        """Return whether both sides are equal at all small sizes."""
        try:
            ground, claimed = self._ground(question), _side(question, self.model, claimed=True)
            if any(ground.differs(claimed, env) for env in self.failures):
                return False
            failure = next((env for env in ground.cases() if ground.differs(claimed, env)), None)
        except UNCOUNTABLE:
            return False
        if failure is not None:
            self.failures.insert(0, failure)
        return failure is None

    def conditions_passed(
        self, question: Question, conditions: dict[str, Condition]
    ) -> tuple[str, ...]:
        """Return the words of the conditions that hold somewhere and exclude every difference."""
        ground, claimed = self._ground(question), _side(question, self.model, claimed=True)
        tests = {words: tester(condition) for words, condition in conditions.items()}
        met: set[str] = set()
        for env in ground.cases():
            here = [words for words, test in tests.items() if test(env)]
            met.update(here)
            if here and ground.differs(claimed, env):
                tests = {words: test for words, test in tests.items() if words not in here}
        return tuple(words for words in tests if words in met)

    def _ground(self, question: Question) -> _Ground:
        if self._latest is None or not self._latest.carries(question):
            true: Any = question.true
            key = replace(question, claimed=true)
            self._latest = self._grounds.setdefault(key, _Ground(question, self.model))
        return self._latest


class _Ground:
    """What questions with the same truth, letters and assumptions share."""

    def __init__(self, question: Question, model: Model) -> None:
        self._model = model
        self._question = question
        self._assumed = tester(all_of(*question.assumptions))
        self._true = _side(question, model, claimed=False)
        self._names = (*model.sizes, *(letter.name for letter in question.free))
        self._known: dict[tuple[int, ...], Side | None] = {}
        self._listed: list[Environment] = []
        self._unlisted = self._list()

    def carries(self, question: Question) -> bool:
        """Return whether a question differs from this one's in nothing but its claim."""
        own = self._question
        same = question.true is own.true and question.free is own.free
        return same and question.assumptions is own.assumptions

    def differs(self, claimed: Evaluated, env: Environment) -> bool:
        """Return whether the sides differ at sizes and letters that the question is about."""
        try:
            place = tuple(env[name] for name in self._names)
        except KeyError:
            return False  # the failure of a question with other letters
        if place not in self._known:
            self._known[place] = self._true(env) if self._meets(env) else None
        true = self._known[place]
        return true is not None and claimed(env) != true

    def cases(self) -> Iterator[Environment]:
        """Yield all small sizes and letters that meet the assumptions, smallest first."""
        yield from self._listed
        for env in self._unlisted:
            self._listed.append(env)
            yield env

    def _list(self) -> Iterator[Environment]:
        for sizes, letters in cases_of(self._question, self._model, bound=QUICK):
            yield {**sizes, **letters}

    def _meets(self, env: Environment) -> bool:
        """Return whether the assumptions hold; where they have no value, they do not."""
        try:
            return self._assumed(env)
        except ArithmeticError:
            return False


def _side(question: Question, model: Model, *, claimed: bool) -> Evaluated:
    """Return one side of a question as a function of sizes and letters."""
    side: Any = question.claimed if claimed else question.true
    if isinstance(question, SumQuestion):
        return counted(side, model).polynomial
    return evaluator(side) if isinstance(question, ScalarQuestion) else tester(side)
