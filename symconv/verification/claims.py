"""From a claim to the questions it poses: what is claimed, what is true, for which letters.

Three sorts of questions: two sums are equal (SumQuestion), two integers are (ScalarQuestion), two
conditions are equivalent (ConditionQuestion). A claim may pose several: the sum, and the range of
its indices written below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from symconv.formula.tree import (
    AllOf,
    AnyOf,
    Assertion,
    Cases,
    Ceiling,
    Compare,
    Condition,
    Divides,
    Entry,
    Equation,
    Equivalence,
    Expression,
    Floor,
    Implication,
    Integer,
    Interval,
    Largest,
    Letter,
    Matrix,
    Not,
    Partial,
    Product,
    Quotient,
    Remainder,
    Scatter,
    walk,
)
from symconv.verification.algebra import (
    ONE,
    ZERO,
    between,
    equal,
    letters_in,
    minus,
    plus,
    substitute,
    times,
)
from symconv.verification.conditions import ConditionReader
from symconv.verification.model import INPUT, OUTPUT, Model
from symconv.verification.questions import (
    CELLS,
    OUTPUTS,
    TAPS,
    Free,
    Question,
    ScalarQuestion,
    SumQuestion,
    Window,
    check_letters,
    ranging,
)
from symconv.verification.terms import (
    Atom,
    GuardedTerm,
    Normaliser,
    letters_bound_in,
    misunderstood,
)

OUTPUT_PADDINGS: Final = ("_output_padding", "_op", "_a", "_outpad")


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
        questions = self._questions(claim)
        for question in questions:
            check_letters(question, self.model, claim)
        return questions

    def _questions(self, claim: Any) -> tuple[Question, ...]:
        match claim:
            case Equation():
                return self._equation(claim)
            case Assertion():
                return (self._conditions.assertion(claim.condition),)
            case Equivalence():
                first, *others = claim.conditions
                return tuple(
                    self._conditions.equivalence("equivalence", first, other) for other in others
                )
            case Implication():
                both = AllOf((claim.premise, claim.conclusion))
                return (self._conditions.equivalence("implication", both, claim.premise),)
            case Scatter():
                return (self._scatter(claim),)
        raise misunderstood(claim, "must be an equation, a condition or a scatter operation")

    # Equations

    def _equation(self, claim: Equation) -> tuple[Question, ...]:
        if claim.left == Letter("e"):
            return ()  # e = forward(Y) defines e; nothing is claimed of it
        ranges, taps, assumptions = self._sorted_conditions(claim)
        questions: list[Question] = []
        for right in claim.rights:
            if isinstance(right, Matrix):
                questions.append(self._conditions.matrix(right))
            elif isinstance(right, Cases):
                questions += self._branch_questions(claim.left, right, assumptions)
            elif not self._restates(claim.left, right):
                questions.append(self._value_question(claim.left, right, assumptions))
        questions += [self._range_question(claim.left, ranges)] if ranges else []
        questions += [self._conditions.tap_question(condition) for condition in taps]
        return tuple(questions)

    def _branch_questions(
        self, left: Expression, cases: Cases, assumptions: tuple[Condition, ...]
    ) -> list[Question]:
        """Ask for every branch by itself: its value, where its condition is the first to hold."""
        questions = []
        before: tuple[Condition, ...] = ()
        for number, branch in enumerate(cases.branches, start=1):
            holds = () if branch.condition is None else (branch.condition,)
            here = (*assumptions, *(Not(condition) for condition in before), *holds)
            question = self._value_question(left, branch.value, here)
            questions.append(replace(question, kind=f"{question.kind}, case {number}"))
            before += holds
        return questions

    def _restates(self, left: Expression, right: Expression) -> bool:
        """Return whether a right side is only another name of the left one, de/dY."""
        arrays = isinstance(right, Partial) and isinstance(right.by, Letter)
        return arrays and not (isinstance(right, Partial) and right.by == Letter("b"))

    def _value_question(
        self, left: Expression, right: Expression, assumptions: tuple[Condition, ...]
    ) -> Question:
        if isinstance(left, Letter) and left.name in (*INPUT, *OUTPUT):
            return self._size_question(left, right, self._all(assumptions))
        if self.window.name == "transposed":
            raise misunderstood(left, "must be a size of a transposed convolution")
        self._check_ranks(left)
        normaliser = Normaliser(self.model, self.index_base)
        kind, true, indices, array = self._truth(left, normaliser)
        if kind == "output" and "b" not in letters_in(right):
            kind, true = "output without bias", true[:1]
        free = self._left_letters(indices, array)
        claimed = normaliser.terms(right)
        if self.window.name == "none":
            if kind != "grad_input" or claimed:
                raise misunderstood(right, "must be 0 where no window reads")
            assumptions = (*assumptions, self._unread(normaliser.zero_based(indices)))
        opened, open_assumptions = self._open_windows(right, assumptions, free, indices, array)
        inside = [
            between(ZERO, index, minus(size, ONE))
            for index, size in zip(normaliser.zero_based(indices), self._sizes(array), strict=True)
        ]
        return SumQuestion(
            kind,
            claimed,
            true,
            (*free, *opened),
            (*self._all(assumptions), *inside, *open_assumptions),
        )

    def _size_question(
        self, left: Letter, right: Expression, assumptions: tuple[Condition, ...]
    ) -> Question:
        """Ask for the output size, or for that of a transposed convolution: the input it undoes.

        Several inputs have the same outputs; output padding is by how much this one is larger
        than the smallest of them.
        """
        if self.window.name == "transposed":
            swapped = dict(zip((*INPUT, *OUTPUT), (*OUTPUT, *INPUT), strict=True))
            letters = {name: Letter(other) for name, other in swapped.items()}
            left, right = Letter(swapped[left.name]), substitute(right, letters)
        elif self.window.name != "every":
            raise misunderstood(left, "must be a size, which has no open window")
        names = INPUT if left.name in INPUT else OUTPUT
        place = names.index(left.name)
        if place >= len(self.model.axes):
            raise misunderstood(left, f"must be a size of one of {len(self.model.axes)} axes")
        axis = self.model.axes[place]
        if names == OUTPUT:
            return ScalarQuestion("output size", right, axis.windows, (), assumptions)
        rest = Remainder(axis.room, axis.stride)
        padded = substitute(right, dict.fromkeys(OUTPUT_PADDINGS, rest))
        return ScalarQuestion("transposed output size", padded, axis.input, (), assumptions)

    def _check_ranks(self, left: Expression) -> None:
        for part in walk(left):
            if isinstance(part, Entry) and len(part.indices) != len(self.model.axes):
                raise misunderstood(part, f"must have {len(self.model.axes)} indices")

    def _truth(
        self, left: Expression, normaliser: Normaliser
    ) -> tuple[str, tuple[GuardedTerm, ...], tuple[Expression, ...], str]:
        """Return (kind, true terms, indices of the left side, the array they index)."""
        zero = normaliser.zero_based
        match left:
            case Entry(array="y", indices=indices):
                return "output", self._true_output(normaliser, zero(indices)), indices, "dy"
            case Partial(of=Entry(array="y") as y, by=Entry(array="x") as x):
                true = normaliser.output_by_input(zero(y.indices), zero(x.indices))
                return "output by input", true, x.indices + y.indices, "x dy"
            case Partial(of=Entry(array="y") as y, by=Entry(array="w") as w):
                true = normaliser.output_by_weight(zero(y.indices), zero(w.indices))
                return "output by weight", true, w.indices + y.indices, "w dy"
            case Partial(of=Entry(array="y") as y, by=Letter(name="b")):
                return "output by bias", (GuardedTerm(1, ()),), y.indices, "dy"
            case Partial(of=Letter(name="e"), by=Entry(array="x") as x):
                return (
                    "grad_input",
                    self._true_grad(normaliser, cell=zero(x.indices)),
                    x.indices,
                    "x",
                )
            case Partial(of=Letter(name="e"), by=Entry(array="w") as w):
                true = self._true_grad(normaliser, weight=zero(w.indices))
                return "grad_weight", true, w.indices, "w"
            case Partial(of=Letter(name="e"), by=Letter(name="b")):
                outputs = normaliser.fresh("i", self.model.shape("dy"))
                atom = Atom("dy", tuple(Letter(binder.name) for binder in outputs))
                return "grad_bias", (GuardedTerm(1, (atom,), outputs),), (), ""
        raise misunderstood(left, "must be y[i,j], a size, or a derivative by x, w or b")

    def _true_output(
        self, normaliser: Normaliser, outputs: Sequence[Expression]
    ) -> tuple[GuardedTerm, ...]:
        taps = normaliser.fresh("r", self.model.shape("w"))
        letters = [Letter(tap.name) for tap in taps]
        atoms = (
            Atom("x", self.model.reads(outputs, letters)),
            Atom("w", self.model.weight_index(letters)),
        )
        return GuardedTerm(1, atoms, taps), GuardedTerm(1, (Atom("b", ()),))

    def _true_grad(
        self,
        normaliser: Normaliser,
        *,
        cell: Sequence[Expression] | None = None,
        weight: Sequence[Expression] | None = None,
    ) -> tuple[GuardedTerm, ...]:
        """Return de/dx[cell] or de/dw[weight], the chain rule over all outputs."""
        outputs = normaliser.fresh("i", self.model.shape("dy"))
        letters = [Letter(binder.name) for binder in outputs]
        if cell is not None:
            (inner,) = normaliser.output_by_input(letters, cell)
        else:
            (inner,) = normaliser.output_by_weight(letters, weight or ())
        atoms = (Atom("dy", tuple(letters)), *inner.atoms)
        return (GuardedTerm(1, atoms, outputs + inner.binders, inner.guards),)

    # Letters that a question is asked for

    def _left_letters(self, indices: Sequence[Expression], array: str) -> tuple[Free, ...]:
        """Return the letters of the left side with the ranges their arrays give them."""
        free: dict[str, Free] = {}
        for index, size in zip(indices, self._sizes(array), strict=True):
            for name in sorted(letters_in(index)):
                if name.startswith("_"):
                    free.setdefault(name, self._free(name, size))
        return tuple(free.values())

    def _sizes(self, arrays: str) -> list[Expression]:
        """Return the sizes of one array after the other, for names like "x dy"."""
        return [size for name in arrays.split() for size in self.model.shape(name)]

    def _free(self, name: str, size: Expression) -> Free:
        return ranging(name, size, index_base=self.index_base)

    def _open_windows(
        self,
        right: Expression,
        assumptions: Sequence[Condition],
        free: Sequence[Free],
        indices: Sequence[Expression],
        array: str,
    ) -> tuple[tuple[Free, ...], tuple[Condition, ...]]:
        """Return the letters that the right side leaves open, and what they are in this reading."""
        known = {letter.name for letter in free} | set(self.model.sizes)
        used = _unbound(right) | set().union(*map(letters_in, assumptions))
        opened = sorted(name for name in used - known if name.startswith("_"))
        if not opened:
            return (), ()
        windows = OUTPUTS[: len(self.model.axes)]
        if array != "x" or any(name not in windows for name in opened):
            listed = ", ".join(name.lstrip("_") for name in opened)
            raise misunderstood(right, f"must say what {listed} is: bind it, or declare it a size")
        letters, conditions = [], []
        for name in opened:
            axis = OUTPUTS.index(name)
            letters.append(self._free(name, self.model.axes[axis].input))
            conditions += self._window_conditions(axis, indices[axis])
        return tuple(letters), tuple(conditions)

    def _window_conditions(self, axis: int, index: Expression) -> list[Condition]:
        """Return what makes an open letter the window of this reading."""
        base = Integer(self.index_base)
        sizes = self.model.axes[axis]
        window = minus(Letter(OUTPUTS[axis]), base)
        place = plus(minus(index, base), sizes.before)
        offset = minus(place, times(window, sizes.stride))
        reads = between(ZERO, offset, minus(sizes.extent, ONE))
        last = equal(window, Floor(Quotient(place, sizes.stride)))
        past = plus(minus(place, sizes.extent), ONE)
        first = equal(window, Largest((ZERO, Ceiling(Quotient(past, sizes.stride)))))
        chosen = {"last": [last], "first": [first]}.get(self.window.name, [])
        return [reads, *chosen]

    def _unread(self, cells: Sequence[Expression]) -> Condition:
        """Return the condition that no window spans a cell: it lies in a gap or behind the last."""
        missed: list[Condition] = []
        for sizes, cell in zip(self.model.axes, cells, strict=True):
            place = plus(cell, sizes.before)
            last = times(minus(sizes.output, ONE), sizes.stride)
            missed.append(Compare(">=", Remainder(place, sizes.stride), sizes.extent))
            missed.append(Compare(">=", place, plus(last, sizes.extent)))
        return AnyOf(tuple(missed))

    # Conditions below an equation, and conditions by themselves

    def _sorted_conditions(
        self, claim: Equation
    ) -> tuple[list[Condition], list[Compare], tuple[Condition, ...]]:
        """Split side conditions: ranges of the output index, tap equations, assumptions."""
        ranges: list[Condition] = []
        taps: list[Compare] = []
        assumptions: list[Condition] = []
        outputs = self._output_letters(claim.left)
        for condition in _flat(claim.conditions):
            letters = {name for name in letters_in(condition) if name.startswith("_")}
            mentions_image = letters_in(condition) & {"m", "n", "g", "h"}
            if outputs and letters and letters <= outputs and mentions_image:
                ranges.append(condition)
            elif (
                isinstance(condition, Compare) and condition.operator == "=" and letters & set(TAPS)
            ):
                taps.append(condition)
            else:
                assumptions.append(condition)
        return ranges, taps, tuple(assumptions)

    def _output_letters(self, left: Expression) -> set[str]:
        y = left.of if isinstance(left, Partial) else left
        if isinstance(y, Entry) and y.array == "y":
            return {index.name for index in y.indices if isinstance(index, Letter)}
        return set()

    def _range_question(self, left: Expression, ranges: Sequence[Condition]) -> Question:
        """Ask whether the ranges written below y[i,j] are those of its indices."""
        y = left.of if isinstance(left, Partial) else left
        indices = y.indices if isinstance(y, Entry) else ()
        return self._conditions.index_range(
            ranges, [i.name for i in indices if isinstance(i, Letter)]
        )

    # The operation f

    def _scatter(self, claim: Scatter) -> Question:
        """Ask whether adding a value to a slice for every window makes the input gradient."""
        normaliser = Normaliser(self.model, 0)
        axes = self.model.axes
        if len(claim.slices) != len(axes):
            raise misunderstood(claim, f"must have {len(axes)} slices, got {len(claim.slices)}")
        cells = [Letter(name) for name in CELLS[: len(axes)]]
        outputs = normaliser.fresh("i", self.model.shape("dy"))
        letters = [Letter(binder.name) for binder in outputs]
        renamed = dict(zip(OUTPUTS, letters, strict=False))
        guards: list[Condition] = []
        taps: list[Expression] = []
        for axis, (interval, sizes) in enumerate(zip(claim.slices, axes, strict=True)):
            if not isinstance(interval, Interval):
                raise misunderstood(interval, "must be a slice, start:stop")
            ends = (interval.start or ZERO, interval.stop or sizes.input, interval.step or ONE)
            start, stop, step = (substitute(end, renamed) for end in ends)
            place = minus(cells[axis], start)
            guards += [between(start, cells[axis], minus(stop, ONE)), Divides(step, place)]
            guards += [equal(Ceiling(Quotient(minus(stop, start), step)), sizes.kernel)]
            taps.append(Quotient(place, step))
        entries = {part.array: part for part in walk(claim.value) if isinstance(part, Entry)}
        if set(entries) != {"dy", "w"} or entries["w"].indices or not _is_product(claim.value):
            raise misunderstood(claim.value, "must be de/dy[i,j] times the kernel")
        upstream = tuple(substitute(index, renamed) for index in entries["dy"].indices)
        atoms = (Atom("dy", upstream), Atom("w", tuple(taps)))
        return SumQuestion(
            "scatter",
            (GuardedTerm(1, atoms, outputs, tuple(guards)),),
            self._true_grad(normaliser, cell=cells),
            tuple(
                Free(c.name, ZERO, minus(a.input, ONE)) for c, a in zip(cells, axes, strict=True)
            ),
            self.assumed,
        )

    def _all(self, assumptions: tuple[Condition, ...]) -> tuple[Condition, ...]:
        return (*self.assumed, *assumptions)


def _flat(conditions: Iterable[Condition]) -> Iterable[Condition]:
    for condition in conditions:
        if isinstance(condition, AllOf):
            yield from _flat(condition.conditions)
        else:
            yield condition


def _unbound(value: Expression) -> frozenset[str]:
    return letters_in(value) - letters_bound_in(value)


def _is_product(value: Expression) -> bool:
    """Return whether a value is a product of two entries and nothing else."""
    return isinstance(value, Product) and len(value.factors) == 2
