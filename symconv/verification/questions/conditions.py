"""Questions about conditions: when windows overlap, which outputs there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from symconv.formula.tree import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Expression,
    Integer,
    Letter,
    walk,
)
from symconv.verification.questions.questions import (
    OUTPUTS,
    ConditionQuestion,
    Free,
    Question,
    ranging,
)
from symconv.verification.truth.algebra import (
    ONE,
    ZERO,
    all_of,
    between,
    conjuncts,
    letters_in,
    minus,
    plus,
)
from symconv.verification.truth.convolution import Model
from symconv.verification.truth.guarded_terms import misunderstood

TRUE: Final = AllOf(())


@dataclass(frozen=True)
class ConditionReader:
    """Poses the questions of conditions about one convolution.

    Attributes:
        model: the convolution.
        index_base: what the author's indices start from.
        assumed: conditions that the user assumes.
    """

    model: Model
    index_base: int
    assumed: tuple[Condition, ...]

    def free(self, name: str, size: Expression) -> Free:
        """Return a free letter that runs over the indices of an axis of that size."""
        return ranging(name, size, index_base=self.index_base)

    def index_range(self, ranges: Sequence[Condition], names: Sequence[str]) -> Question:
        """Ask whether ranges are those of the output; names has one index per axis, or ""."""
        base = Integer(self.index_base)
        used = set().union(*map(letters_in, ranges))
        claimed, true, free = list(ranges), [], []
        for axis, name in enumerate(names):
            if name not in used:
                continue
            size = self.model.axes[axis].output
            if not any(_bounds_below(condition, name) for condition in conjuncts(ranges)):
                claimed.append(Compare(">=", Letter(name), base))
            true.append(between(base, Letter(name), minus(plus(size, base), ONE)))
            free.append(Free(name, ZERO, self.model.axes[axis].input))
        return ConditionQuestion(
            "index range", all_of(*claimed), all_of(*true), tuple(free), self.assumed
        )

    def overlap(self, condition: Condition) -> Question:
        """Ask whether a condition on sizes says that windows overlap, in the axes it mentions.

        Raises:
            FormulaError: it mentions no kernel.
        """
        used = letters_in(condition)
        letters = {name for name in used if name.startswith("_")}
        free, true = [], []
        for axis, sizes in enumerate(self.model.axes):
            own = letters_in(sizes.kernel) | {OUTPUTS[axis]}
            if used & own:
                true.append(Compare("<=", sizes.stride, minus(sizes.kernel, ONE)))
            if OUTPUTS[axis] in letters:
                free.append(self.free(OUTPUTS[axis], sizes.output))
        if not true:
            raise misunderstood(condition, "must mention the sizes of a kernel")
        joined = AnyOf(tuple(true)) if _has_or(condition) else all_of(*true)
        return ConditionQuestion("overlap", condition, joined, tuple(free), self.assumed)


def _bounds_below(condition: Condition, name: str) -> bool:
    """Return whether a condition says what a letter is at least."""
    letter = Letter(name)
    if isinstance(condition, Compare):
        low, high = (condition.left, condition.right)
        if condition.operator in (">", ">="):
            low, high = high, low
        return condition.operator == "=" or (high == letter and low != letter)
    return any(isinstance(part, Compare) and _bounds_below(part, name) for part in walk(condition))


def _has_or(condition: Condition) -> bool:
    return any(isinstance(part, AnyOf) for part in walk(condition))
