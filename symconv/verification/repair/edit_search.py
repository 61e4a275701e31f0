"""The hunt for a repair: sets of edits tried under one reading, what survives is proved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any, Final

from symconv.errors import FormulaError
from symconv.formula.tree import Equation
from symconv.verification.deciding.prove import prove
from symconv.verification.deciding.solver import Query
from symconv.verification.questions.claims import Reader
from symconv.verification.questions.normal_form import Normaliser
from symconv.verification.questions.questions import ConditionQuestion, Question, SumQuestion
from symconv.verification.reading.sum_limits import beyond
from symconv.verification.repair.edit_trials import Trials
from symconv.verification.repair.edits import Edit, apply, edits_of
from symconv.verification.truth.algebra import letters_in
from symconv.verification.truth.convolution import Model
from symconv.verification.truth.definition import Truth
from symconv.verification.truth.guarded_terms import GuardedTerm, letters_bound_in

MAX_TRIED: Final = 40_000


@dataclass(frozen=True)
class Repair:
    """A right claim near a wrong one.

    Attributes:
        claim: the repaired claim, in our letters.
        edits: what was changed.
        queries: what the solver was asked, to prove it.
    """

    claim: Any
    edits: tuple[Edit, ...]
    queries: tuple[Query, ...]


@dataclass(frozen=True)
class Value:
    """The right side of an edited equation.

    Attributes:
        opened: the letters that no sum binds.
        terms: what it claims; None if it is no sum of entries.
    """

    opened: frozenset[str]
    terms: tuple[GuardedTerm, ...] | None


class Edited:
    """A claim about one convolution and its edits; what one edit makes of it is remembered."""

    def __init__(self, claim: Any, model: Model, index_base: int, named: frozenset[str]) -> None:
        self.claim = claim
        self._model, self._index_base, self._named = model, index_base, named
        self._edits: dict[bool, list[Edit]] = {}
        self._values: dict[int, Value | None] = {}

    def edits(self, *, conditions: bool) -> list[Edit]:
        """Return all single edits, of the conditions or of the sums and indices."""
        if conditions not in self._edits:
            self._edits[conditions] = edits_of(
                self.claim,
                self._model,
                index_base=self._index_base,
                named=self._named,
                conditions=conditions,
            )
        return self._edits[conditions]

    def value(self, edits: tuple[Edit, ...]) -> Value | None:
        """Return the right side after some edits; None where the edits exclude each other."""
        if len(edits) != 1:
            return self._value(edits)
        key = id(edits[0])
        if key not in self._values:
            self._values[key] = self._value(edits)
        return self._values[key]

    def _value(self, edits: tuple[Edit, ...]) -> Value | None:
        claim = apply(self.claim, edits)
        if claim is None:
            return None
        (right,) = claim.rights
        opened = letters_in(right) - self.bound
        try:
            return Value(opened, Normaliser(Truth(self._model), self._index_base).terms(right))
        except FormulaError:
            return Value(opened, None)

    @cached_property
    def bound(self) -> frozenset[str]:
        """The letters that some sum on the right side binds."""
        return letters_bound_in(self.claim.rights[0])


@dataclass
class Patience:
    """What may still be tried; counted, so that it is the same on any machine.

    Attributes:
        left: sets of edits.
        proofs: proofs of what passed its trials.
    """

    left: int
    proofs: int

    def tries(self, sets: Sequence[tuple[Edit, ...]]) -> Iterator[tuple[Edit, ...]]:
        """Yield sets of edits as long as there is patience."""
        for edits in sets:
            if not self.left or not self.proofs:
                return
            self.left -= 1
            yield edits


class Hunt:
    """The hunt for the repair of one question under one reading."""

    def __init__(self, edited: Edited, place: int, reader: Reader, timeout: float) -> None:
        self._edited, self._place, self._reader = edited, place, reader
        self._timeout = timeout
        self._trials = Trials(reader.model)

    def with_edits(self, count: int, patience: Patience) -> Repair | None:
        """Return the likeliest repair with that many edits; None when patience is at an end."""
        for edits in patience.tries(_combinations(self._singles, count)):
            question = self.trial(edits)
            if question is None or not self._trials.passes(question):
                continue
            asked = self._well_posed(edits)
            if asked is None or not self._beyond(edits) <= self._beyond(()):
                continue
            patience.proofs -= 1
            proof = prove(asked, self._reader.model, timeout=self._timeout)
            if proof.proved:
                return Repair(apply(self._edited.claim, edits), edits, proof.queries)
        return None

    def trial(self, edits: tuple[Edit, ...]) -> Question | None:
        """Return the question of the edited claim, as good as a trial needs it.

        As long as the same letters stand open in a sum, nothing but what is claimed has changed:
        the rest of the question, which takes most of the time, is that of the original.
        """
        original = self._sums
        if original is None or any(edit.removes_a_sum for edit in edits):
            return self.question(edits)
        value = self._edited.value(edits)
        if value is None:
            return None
        if value.opened - self._settled != self._opened:
            return self.question(edits)
        return None if value.terms is None else replace(original, claimed=value.terms)

    def question(self, edits: tuple[Edit, ...]) -> Question | None:
        """Return the question of the edited claim, if it still poses one."""
        claim = apply(self._edited.claim, edits)
        if claim is None:
            return None
        try:
            return self._reader.question(claim, self._place)
        except FormulaError:
            return None

    def _well_posed(self, edits: tuple[Edit, ...]) -> Question | None:
        """Return the question of the edited claim, if all questions of that claim can be posed."""
        try:
            questions = self._reader.questions(apply(self._edited.claim, edits))
        except FormulaError:
            return None
        return questions[self._place] if self._place < len(questions) else None

    def _beyond(self, edits: tuple[Edit, ...]) -> frozenset[str]:
        """Return what the edited claim assumes of entries outside the arrays."""
        claim = apply(self._edited.claim, edits)
        return frozenset(beyond(claim, self._reader.model, self._reader.index_base))

    @cached_property
    def _original(self) -> Question | None:
        return self.question(())

    @cached_property
    def _singles(self) -> list[Edit]:
        """The edits that change what the question asks, one for each changed question."""
        asks = isinstance(self._original, ConditionQuestion)
        met: set[Any] = {self._distinct(self.trial(()))}
        kept = []
        for edit in self._edited.edits(conditions=asks):
            question = self.trial((edit,))
            distinct = self._distinct(question)
            if question is not None and distinct not in met:
                met.add(distinct)
                kept.append(edit)
        return kept

    def _distinct(self, question: Question | None) -> Any:
        """Return what tells a question from others; all of it, unless it shares the truth."""
        shared = (
            question is not None and self._sums is not None and question.true is self._sums.true
        )
        return question.claimed if question is not None and shared else question

    @cached_property
    def _sums(self) -> SumQuestion | None:
        """The original question, if it is about the one right side of an equation of sums."""
        claim, question = self._edited.claim, self._original
        if not isinstance(question, SumQuestion) or not isinstance(claim, Equation):
            return None
        whole = not self._place and len(claim.rights) == 1
        return question if whole else None

    @cached_property
    def _settled(self) -> frozenset[str]:
        """The letters whose values do not depend on the right side: sizes, and the left side's."""
        free = self._sums.free if self._sums else ()
        own = (letter.name for letter in free if not letter.opened)
        return frozenset((*self._reader.model.sizes, *own))

    @cached_property
    def _opened(self) -> frozenset[str]:
        return letters_in(self._edited.claim.rights[0]) - self._edited.bound - self._settled


def _combinations(singles: Sequence[Edit], count: int) -> list[tuple[Edit, ...]]:
    """Return sets of that many edits, likeliest first."""
    if len(singles) ** count > MAX_TRIED:
        singles = singles[: int(MAX_TRIED ** (1 / count))]
    return sorted(combinations(singles, count), key=lambda edits: sum(edit.rank for edit in edits))
