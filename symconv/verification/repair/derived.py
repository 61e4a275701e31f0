"""The right formula beside a wrong claim: what differentiating the convolution gives.

y[i,j] is written down with the letters of the claim and differentiated by SymPy; the derivatives
and closed forms of `symconv.algebra` are turned into the author's language, so that they can be
shown in the author's letters and be proved like any other claim.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import sympy

from symconv.algebra.forward import sum_over_taps
from symconv.algebra.gradients import differentiate, sum_over_outputs
from symconv.algebra.overlap import any_case
from symconv.algebra.reading import AxisRead, read_equations, read_tap_inputs
from symconv.algebra.symbols import INPUT_INDEX, OUTPUT_INDEX, TAP_INDEX, X
from symconv.errors import DerivationError
from symconv.formula.tree import (
    Branch,
    Cases,
    Condition,
    Divides,
    Entry,
    Equation,
    Expression,
    Integer,
    Letter,
    Partial,
    Product,
    SumOver,
    Total,
)
from symconv.verification.questions.questions import CELLS, OUTPUTS, TAPS, Question
from symconv.verification.repair.derived_channels import CHANNELS, with_channels
from symconv.verification.repair.translation import symbolic, tree
from symconv.verification.truth.algebra import (
    ZERO,
    all_of,
    between,
    minus,
    plus,
    rebuild,
    substitute,
)
from symconv.verification.truth.convolution import Model
from symconv.verification.truth.layout import Layout

_LOSS: Final = Letter("e")


def derived(question: Question, model: Model, *, index_base: int = 0) -> Equation | None:
    """Return the right claim about what a question asks, in our letters; None if there is none.

    There is none for groups of channels, and for channels that have a kernel each.

    Args:
        question: what was asked.
        model: the convolution it is about.
        index_base: what the author's indices start from.
    """
    kind = question.kind.partition(",")[0]
    if kind not in _CLAIMS or model.grouped or model.layout.depthwise:
        return None
    try:
        claim = _CLAIMS[kind](_Derivation(replace(model, layout=Layout(len(model.axes)))))
    except (TypeError, DerivationError):
        return None
    claim = with_channels(claim, model.layout)
    counted: Equation = _counted_from(claim, index_base) if index_base else claim
    return counted


@dataclass(frozen=True)
class _Derivation:
    """y[i,j] of a model, differentiated."""

    model: Model

    @property
    def axes(self) -> int:
        return len(self.model.axes)

    @property
    def output(self) -> sympy.Expr:
        """y[i,j] with the letters of the model, every tap in its place in the window."""
        reads = [
            OUTPUT_INDEX[place] * symbolic(axis.stride)
            + TAP_INDEX[place] * symbolic(axis.dilation)
            - symbolic(axis.before)
            for place, axis in enumerate(self.model.axes)
        ]
        return sum_over_taps(reads, kernel=[symbolic(axis.kernel) for axis in self.model.axes])

    @property
    def equations(self) -> tuple[AxisRead, ...]:
        """Per axis, u = stride*i + dilation*r + offset, off the derivative by x[u,v]."""
        return read_equations(differentiate(self.output, axes=self.axes).by_input, axes=self.axes)

    @property
    def reads(self) -> tuple[sympy.Expr, ...]:
        """The input that output i reads through tap r, off the derivative by w[r,s]."""
        partials = differentiate(self.output, axes=self.axes)
        return tuple(
            read.stride * OUTPUT_INDEX[axis] + read.dilation * TAP_INDEX[axis] + read.offset
            for axis, read in enumerate(read_tap_inputs(partials.by_weight, axes=self.axes))
        )

    def spelled(self, expression: sympy.Expr) -> Any:
        """Return an expression of SymPy as a tree, taps as entries of the author's kernel."""
        return _mirrored(tree(expression), self.model)

    def letters(self, names: Sequence[str]) -> tuple[Letter, ...]:
        return tuple(Letter(name) for name in names[: self.axes])


def _output(derivation: _Derivation, *, bias: bool = True) -> Equation:
    value = derivation.spelled(derivation.output)
    if not bias:
        (value,) = (term for term in value.terms if term != Letter("b"))
    return Equation(Entry("y", derivation.letters(OUTPUTS)), (value,), ())


def _output_by_input(derivation: _Derivation) -> Equation:
    """Solve every delta for the tap: w there if the tap is in the kernel, else 0."""
    taps: list[Expression] = []
    conditions: list[Condition] = []
    for place, read in enumerate(derivation.equations):
        distance = INPUT_INDEX[place] - read.offset - read.stride * OUTPUT_INDEX[place]
        offset = tree(distance)
        taps.append(tree(distance / read.dilation))
        last = tree(read.dilation * (read.kernel - 1))
        conditions.append(between(ZERO, offset, last))
        if read.dilation != 1:
            conditions.append(Divides(tree(read.dilation), offset))
    value = _mirrored(Entry("w", tuple(taps)), derivation.model)
    branches = (Branch(value, all_of(*conditions)), Branch(ZERO, None))
    left = Partial(Entry("y", derivation.letters(OUTPUTS)), Entry("x", derivation.letters(CELLS)))
    return Equation(left, (Cases(branches),), ())


def _output_by_weight(derivation: _Derivation) -> Equation:
    y, w = Entry("y", derivation.letters(OUTPUTS)), Entry("w", derivation.letters(TAPS))
    value = Entry("x", tuple(map(tree, derivation.reads)))
    return Equation(Partial(y, w), (_by_weight(value, derivation.model),), ())


def _output_by_bias(derivation: _Derivation) -> Equation:
    partials = differentiate(derivation.output, axes=derivation.axes)
    left = Partial(Entry("y", derivation.letters(OUTPUTS)), Letter("b"))
    return Equation(left, (tree(partials.by_bias),), ())


def _grad_input(derivation: _Derivation) -> Equation:
    """The closed form; with a dilation or stride 1, the sum over taps with a whole output index."""
    left = Partial(_LOSS, Entry("x", derivation.letters(CELLS)))
    dense = all(read.stride == 1 for read in derivation.equations)
    form = None if dense else any_case(derivation.equations)
    if form is not None:
        return Equation(left, (derivation.spelled(form.expression),), ())
    taps = derivation.letters(TAPS)
    outputs, conditions = [], []
    for place, read in enumerate(derivation.equations):
        distance = INPUT_INDEX[place] - read.offset - read.dilation * TAP_INDEX[place]
        outputs.append(tree(distance / read.stride))
        if read.stride != 1:
            conditions.append(Divides(tree(read.stride), tree(distance)))
    body: Any = Product(
        (Entry("dy", tuple(outputs)), _mirrored(Entry("w", taps), derivation.model))
    )
    if conditions:
        body = Cases((Branch(body, all_of(*conditions)), Branch(ZERO, None)))
    for tap, read in zip(reversed(taps), reversed(derivation.equations), strict=True):
        body = SumOver(tap.name, ZERO, tree(read.kernel - 1), body)
    return Equation(left, (body,), ())


def _grad_weight(derivation: _Derivation) -> Equation:
    left = Partial(_LOSS, Entry("w", derivation.letters(TAPS)))
    value = tree(sum_over_outputs(X[derivation.reads], axes=derivation.axes))
    return Equation(left, (_by_weight(value, derivation.model),), ())


def _grad_bias(derivation: _Derivation) -> Equation:
    partials = differentiate(derivation.output, axes=derivation.axes)
    value = sum_over_outputs(partials.by_bias, axes=derivation.axes)
    return Equation(Partial(_LOSS, Letter("b")), (tree(value),), ())


_CLAIMS: Final[dict[str, Callable[[_Derivation], Equation]]] = {
    "output": _output,
    "output without bias": lambda derivation: _output(derivation, bias=False),
    "output by input": _output_by_input,
    "output by weight": _output_by_weight,
    "output by bias": _output_by_bias,
    "grad_input": _grad_input,
    "scatter": _grad_input,
    "grad_weight": _grad_weight,
    "grad_bias": _grad_bias,
}


def _mirrored(node: Any, model: Model) -> Any:
    """Return a tree whose taps count from the corner of the window, as entries of the kernel."""
    if isinstance(node, Entry) and node.array == "w":
        return Entry("w", _turned(node.indices, model))
    return rebuild(node, lambda part: _mirrored(part, model))


def _turned(tap: Sequence[Expression], model: Model) -> tuple[Expression, ...]:
    """Return the entry of the kernel that a tap of the window is."""
    return model.in_order("w", model.turned(model.by_role("w", tap)))


def _by_weight(value: Any, model: Model) -> Any:
    """Return what belongs to a tap as what belongs to the entry of the kernel that it is."""
    letters = [Letter(name) for name in TAPS[: len(model.axes)]]
    entries = _turned(letters, model)
    return substitute(value, {t.name: entry for t, entry in zip(letters, entries, strict=True)})


def _counted_from(node: Any, base: int) -> Any:
    """Return a claim in indices that count from 1 instead of 0."""
    names = (*CELLS, *OUTPUTS, *TAPS, *CHANNELS.values())
    return _shifted(node, {name: minus(Letter(name), Integer(base)) for name in names}, base)


def _shifted(node: Any, letters: dict[str, Expression], base: int) -> Any:
    """Return a node with letters for indices that start from base."""

    def change(part: Any) -> Any:
        return _shifted(part, letters, base)

    match node:
        case Letter():
            return letters.get(node.name, node)
        case Entry():
            indices = (plus(change(index), Integer(base)) for index in node.indices)
            return Entry(node.array, tuple(indices))
        case Total():
            return plus(*map(change, node.terms))
        case SumOver(letter=letter, lower=lower, upper=upper) if letter in letters:
            first, last = (end and plus(change(end), Integer(base)) for end in (lower, upper))
            return SumOver(letter, first, last, change(node.body))
    return rebuild(node, change)
