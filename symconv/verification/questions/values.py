"""Equations of y or of a derivative -> the question whether two sums are equal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from symconv.formula.tree import Condition, Entry, Expression, Letter, Partial, walk
from symconv.verification.questions.normal_form import Normaliser
from symconv.verification.questions.questions import Free, SumQuestion, Window, ranging
from symconv.verification.truth.algebra import ONE, ZERO, between, letters_in, minus
from symconv.verification.truth.convolution import Model
from symconv.verification.truth.definition import Truth
from symconv.verification.truth.guarded_terms import GuardedTerm, letters_bound_in, misunderstood
from symconv.verification.truth.windows import window_conditions

GRADIENTS = {"x": "grad_input", "w": "grad_weight", "b": "grad_bias"}
PARTIALS = {"x": "output by input", "w": "output by weight", "b": "output by bias"}


@dataclass(frozen=True)
class Subject:
    """What stands on the left side of an equation.

    Attributes:
        kind: in words.
        true: its terms.
        indices: its array's indices, as the author counts.
        arrays: the arrays these are indices of, like "x dy".
    """

    kind: str
    true: tuple[GuardedTerm, ...]
    indices: tuple[Expression, ...]
    arrays: tuple[str, ...]


@dataclass(frozen=True)
class ValueReader:
    """Poses the questions of equations about one convolution.

    Attributes:
        model: the convolution.
        index_base: what the author's indices start from.
        window: which window an open window letter stands for.
    """

    model: Model
    index_base: int
    window: Window

    def question(
        self, left: Expression, right: Expression, assumptions: Sequence[Condition]
    ) -> SumQuestion:
        """Ask whether a right side is what the left side is.

        Raises:
            FormulaError: one of them is no sum of products of entries.
        """
        normaliser = Normaliser(Truth(self.model), self.index_base)
        subject = self._subject(left, normaliser)
        kind, true = subject.kind, subject.true
        if kind == "output" and not _has_bias(right):
            kind, true = "output without bias", true[:1]
        free, inside = self._left_letters(subject), self._inside(subject, normaliser)
        claimed = normaliser.terms(right)
        conditions = [*assumptions, *inside]
        opened, open_conditions = self._open_windows(right, assumptions, free, subject)
        return SumQuestion(kind, claimed, true, (*free, *opened), (*conditions, *open_conditions))

    def places(self, left: Expression) -> tuple[tuple[Free, ...], list[Condition]]:
        """Return the letters of a left side, and that its indices lie inside its arrays.

        Raises:
            FormulaError: it is none that is known.
        """
        normaliser = Normaliser(Truth(self.model), self.index_base)
        subject = self._subject(left, normaliser)
        return self._left_letters(subject), self._inside(subject, normaliser)

    def _inside(self, subject: Subject, normaliser: Normaliser) -> list[Condition]:
        cells = normaliser.zero_based(subject.indices)
        return [
            between(ZERO, cell, minus(size, ONE))
            for cell, size in zip(cells, self._sizes(subject), strict=True)
        ]

    def _subject(self, left: Expression, normaliser: Normaliser) -> Subject:
        if isinstance(left, Entry) and left.array == "y":
            true = normaliser.truth.output(normaliser.atom(left).indices)
            return Subject("output", true, left.indices, ("dy",))
        by = left.by if isinstance(left, Partial) else None
        if by == Letter("b"):
            by = Entry("b", (), span=left.span)
        if isinstance(left, Partial) and isinstance(by, Entry) and by.array in GRADIENTS:
            place = normaliser.atom(by).indices
            if left.of == Letter("e"):
                true = normaliser.truth.loss_by(by.array, place)
                return Subject(GRADIENTS[by.array], true, by.indices, (by.array,))
            if isinstance(left.of, Entry) and left.of.array == "y":
                true = normaliser.derivative(left.of, by)
                indices = by.indices + left.of.indices
                return Subject(PARTIALS[by.array], true, indices, (by.array, "dy"))
        raise misunderstood(left, "must be y[i,j], a size, or a derivative by x, w or b")

    def _left_letters(self, subject: Subject) -> tuple[Free, ...]:
        """Return the letters of the left side with the ranges their arrays give them."""
        free: dict[str, Free] = {}
        for index, size in zip(subject.indices, self._sizes(subject), strict=True):
            for name in sorted(letters_in(index)):
                if name.startswith("_"):
                    free.setdefault(name, ranging(name, size, index_base=self.index_base))
        return tuple(free.values())

    def _sizes(self, subject: Subject) -> list[Expression]:
        """Return the size for each index of the left side."""
        return [size for array in subject.arrays for size in self.model.shape(array)]

    def _open_windows(
        self,
        right: Expression,
        assumptions: Sequence[Condition],
        free: Sequence[Free],
        subject: Subject,
    ) -> tuple[tuple[Free, ...], tuple[Condition, ...]]:
        """Return the letters that the right side leaves open, and what they are in this reading."""
        known = {letter.name for letter in free} | set(self.model.sizes)
        used = (letters_in(right) - letters_bound_in(right)).union(*map(letters_in, assumptions))
        opened = sorted(name for name in used - known if name.startswith("_"))
        if not opened:
            return (), ()
        axes = [self._axis_of(name, right) for name in opened]
        if subject.arrays != ("x",) or None in axes or len(set(axes)) < len(axes):
            listed = ", ".join(name.lstrip("_") for name in opened)
            raise misunderstood(right, f"must say what {listed} is: bind it, or declare it a size")
        letters, conditions = [], []
        cells = self.model.along_axes("x", subject.indices)
        for name, axis in zip(opened, axes, strict=True):
            assert axis is not None
            ranged = ranging(name, self.model.axes[axis].input, index_base=self.index_base)
            letters.append(replace(ranged, opened=True))
            conditions += window_conditions(
                self.model,
                self.window,
                Letter(name),
                axis=axis,
                cell=cells[axis],
                index_base=self.index_base,
            )
        return tuple(letters), tuple(conditions)

    def _axis_of(self, name: str, right: Expression) -> int | None:
        """Return along which axis of y a letter picks windows."""
        for part in walk(right):
            if isinstance(part, Entry) and part.array == "dy" and part.indices:
                for axis, index in enumerate(self.model.along_axes("dy", part.indices)):
                    if name in letters_in(index):
                        return axis
        return None


def _has_bias(value: Expression) -> bool:
    return any(
        part == Letter("b") or (isinstance(part, Entry) and part.array == "b")
        for part in walk(value)
    )
