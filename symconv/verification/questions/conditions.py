"""Questions about conditions: index ranges, taps, coverage, overlap, corners of a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from symconv.formula.tree import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Entry,
    Expression,
    Integer,
    Letter,
    Matrix,
    walk,
)
from symconv.verification.questions.questions import (
    CELLS,
    OUTPUTS,
    TAPS,
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
    equal,
    letters_in,
    minus,
    plus,
    times,
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

    def tap_question(self, condition: Compare) -> Question:
        """Ask whether an equation like i*t + r = u says which tap reads which cell."""
        letters = letters_in(condition)
        axes = range(len(self.model.axes))
        axis = max((a for a in axes if letters & {OUTPUTS[a], CELLS[a]}), default=0)
        sizes = self.model.axes[axis]
        names = (OUTPUTS[axis], TAPS[axis], CELLS[axis])
        output, tap, cell = (Letter(name) for name in names)
        others = {name for name in letters if name.startswith("_")} - set(names)
        ranges = {
            names[0]: sizes.output,
            names[1]: sizes.kernel,
            names[2]: sizes.input,
            **dict.fromkeys(sorted(others), sizes.kernel),
        }
        free = tuple(Free(name, ZERO, minus(size, ONE)) for name, size in ranges.items())
        true = equal(sizes.read(output, tap), cell)
        return ConditionQuestion("tap equation", condition, true, free, self.assumed)

    def assertion(self, condition: Condition) -> Question:
        """Pose the question of a condition by itself: coverage, index range or overlap."""
        letters = {name for name in letters_in(condition) if name.startswith("_")}
        outputs, cells = (set(names[: len(self.model.axes)]) for names in (OUTPUTS, CELLS))
        if letters & cells and letters & outputs:
            return self._coverage(condition, letters)
        if letters and letters <= outputs and letters_in(condition) & {"m", "n"}:
            names = [name if name in letters else "" for name in OUTPUTS[: len(self.model.axes)]]
            return self.index_range([condition], names)
        if letters <= outputs:
            return self._overlap(condition, letters)
        raise misunderstood(condition, "must be about windows, index ranges or overlap")

    def _coverage(self, condition: Condition, letters: set[str]) -> Question:
        """Ask whether a condition says that window (i, j) spans cell (u, v)."""
        free, true = [], []
        for axis, sizes in enumerate(self.model.axes):
            if not letters & {OUTPUTS[axis], CELLS[axis]}:
                continue
            output, cell = Letter(OUTPUTS[axis]), Letter(CELLS[axis])
            base = Integer(self.index_base)
            start = minus(times(minus(output, base), sizes.stride), sizes.before)
            offset = minus(minus(cell, base), start)
            true.append(between(ZERO, offset, minus(sizes.extent, ONE)))
            free += [self.free(OUTPUTS[axis], sizes.output), self.free(CELLS[axis], sizes.input)]
        return ConditionQuestion("coverage", condition, all_of(*true), tuple(free), self.assumed)

    def _overlap(self, condition: Condition, letters: set[str]) -> Question:
        """Ask whether a condition on sizes says that windows overlap, in the axes it mentions."""
        used = letters_in(condition)
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

    def equivalence(self, kind: str, claimed: Condition, true: Condition) -> Question:
        """Ask whether two conditions hold together, for all sizes and indices."""
        letters = letters_in(claimed) | letters_in(true)
        free = []
        for names, sizes in (
            (OUTPUTS, [axis.output for axis in self.model.axes]),
            (CELLS, [axis.input for axis in self.model.axes]),
            (TAPS, [axis.kernel for axis in self.model.axes]),
        ):
            free += [
                self.free(name, size)
                for name, size in zip(names, sizes, strict=False)
                if name in letters
            ]
        return ConditionQuestion(kind, claimed, true, tuple(free), self.assumed)

    def matrix(self, matrix: Matrix) -> Question:
        """Ask whether the corners of a matrix written out are those of de/dy."""
        corners = (matrix.rows[0][0], matrix.rows[-1][-1])
        claimed: list[Condition] = []
        for corner, ends in zip(corners, ("first", "last"), strict=True):
            if not isinstance(corner, Entry) or corner.array != "dy":
                raise misunderstood(matrix, "must have entries of de/dy in its corners")
            for axis, index in enumerate(corner.indices):
                size = self.model.axes[axis].output
                base = Integer(self.index_base)
                end = base if ends == "first" else minus(plus(size, base), ONE)
                claimed.append(equal(index, end))
        return ConditionQuestion("matrix", all_of(*claimed), TRUE, (), self.assumed)


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
