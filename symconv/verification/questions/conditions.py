"""Questions about conditions: when windows overlap, which outputs there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    Negated,
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
    all_of,
    between,
    conjuncts,
    expanded,
    is_positive,
    letters_in,
    linear_in,
    minus,
    negative,
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

    def index_range(
        self, ranges: Sequence[Condition], names: Sequence[str], array: str = "dy"
    ) -> Question:
        """Ask whether ranges are those of an array's indices; a bound left out is the true one.

        Args:
            ranges: conditions on indices.
            names: one index per axis, or "".
            array: "dy" for those of the output, "x" or "w".
        """
        base = Integer(self.index_base)
        used = set().union(*map(letters_in, ranges))
        claimed, true, free = list(ranges), [], []
        for axis, (name, size) in enumerate(zip(names, self._sizes(array), strict=True)):
            if name not in used:
                continue
            index, last = Letter(name), minus(plus(size, base), ONE)
            if not any(_bounds_below(condition, name) for condition in conjuncts(ranges)):
                claimed.append(Compare(">=", index, base))
            if not any(_bounds_above(condition, name) for condition in conjuncts(ranges)):
                claimed.append(Compare("<=", index, last))
            true.append(between(base, index, last))
            reach = self.model.axes[axis].input
            free.append(Free(name, negative(reach), reach))
        return ConditionQuestion(
            "index range", all_of(*claimed), all_of(*true), tuple(free), self.assumed
        )

    def leads_out(self, condition: Condition, names: Sequence[str], array: str) -> bool:
        """Return whether a condition admits an index outside an array: -1 <= i, u <= m from 0 on.

        Only bounds that are a whole number beyond the first or the last index are seen; u < p may
        well mean those cells of x that there are.
        """
        base = Integer(self.index_base)
        for name, size in zip(names, self._sizes(array), strict=True):
            index, end = Letter(name), plus(size, base)
            for low, high in _bounds(condition):
                if high == index and is_positive(minus(base, low)):
                    return True
                if low == index and is_positive(minus(plus(high, ONE), end)):
                    return True
        return False

    def _sizes(self, array: str) -> list[Expression]:
        return self.model.along_axes(array, self.model.shape(array))

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
    return any(_grows(minus(high, low), name) for low, high in _bounds(condition))


def _bounds_above(condition: Condition, name: str) -> bool:
    """Return whether a condition says what a letter is at most."""
    return any(_grows(minus(low, high), name) for low, high in _bounds(condition))


def _grows(expression: Expression, name: str) -> bool:
    """Return whether an expression does not fall as a letter grows, as far as can be seen."""
    if name not in letters_in(expression):
        return False
    slope = (linear_in(expression, name) or (ONE,))[0]
    return not isinstance(expanded(slope), Negated)


def _bounds(condition: Condition) -> Iterator[tuple[Expression, Expression]]:
    """Yield (low, high) where a condition says low <= high; a letter by itself stays so."""
    for part in walk(condition):
        if not isinstance(part, Compare):
            continue
        left, right = part.left, part.right
        if part.operator in ("<=", "="):
            yield left, right
        if part.operator in (">=", "="):
            yield right, left
        if part.operator in ("<", ">"):
            low, high = (left, right) if part.operator == "<" else (right, left)
            yield (low, minus(high, ONE)) if isinstance(low, Letter) else (plus(low, ONE), high)


def _has_or(condition: Condition) -> bool:
    return any(isinstance(part, AnyOf) for part in walk(condition))
