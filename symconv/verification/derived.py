"""The right formula beside a wrong claim: what differentiating the convolution gives.

y[i,j] is written down with the letters of the claim and differentiated by SymPy; the derivatives
and closed forms of `symconv.algebra` are turned into the author's language, so that they can be
shown in the author's letters and be proved like any other claim.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sympy

from symconv.algebra.forward import sum_over_taps
from symconv.algebra.gradients import differentiate, sum_over_outputs
from symconv.algebra.overlap import any_case
from symconv.algebra.reading import AxisRead, read_equations, read_tap_inputs
from symconv.algebra.symbols import DY, INPUT_INDEX, OUTPUT_INDEX, TAP_INDEX, X
from symconv.formula.tree import (
    Assertion,
    Branch,
    Cases,
    Condition,
    Divides,
    Entry,
    Equation,
    Expression,
    Floor,
    Integer,
    Letter,
    Matrix,
    Negated,
    Partial,
    Product,
    Quotient,
    Remainder,
    SumOver,
    Total,
)
from symconv.verification.algebra import (
    ONE,
    ZERO,
    all_of,
    between,
    minus,
    negative,
    plus,
    rebuild,
    substitute,
    times,
)
from symconv.verification.model import INPUT, OUTPUT, Model
from symconv.verification.questions import (
    CELLS,
    OUTPUTS,
    TAPS,
    ConditionQuestion,
    Question,
    ScalarQuestion,
)

_LOSS: Final = Letter("e")
_INDICES: Final = frozenset((*OUTPUT_INDEX, *INPUT_INDEX, *TAP_INDEX))


def derived(question: Question, model: Model, *, index_base: int = 0) -> Any:
    """Return the right claim about what a question asks, in our letters; None if there is none.

    Args:
        question: what was asked.
        model: the convolution it is about.
        index_base: what the author's indices start from.
    """
    if isinstance(question, ConditionQuestion):
        return _condition(question, model, index_base)
    if isinstance(question, ScalarQuestion):
        return _size(question, model)
    kind = question.kind.partition(",")[0]
    claim = _CLAIMS[kind](_Derivation(model))
    return _counted_from(claim, index_base) if index_base else claim


def _condition(question: ConditionQuestion, model: Model, index_base: int) -> Any:
    """Return what is true; of a matrix its corners; None where the claim is its own subject."""
    if question.kind == "matrix":
        ends = [(ZERO, minus(axis.output, ONE)) for axis in model.axes]
        rows, columns = ends if len(ends) == 2 else ([ZERO], ends[0])
        corners = tuple(tuple(Entry("dy", (row, c)[-len(ends) :]) for c in columns) for row in rows)
        return _counted_from(Matrix(corners), index_base) if index_base else Matrix(corners)
    return None if question.kind in ("equivalence", "implication") else Assertion(question.true)


def _size(question: ScalarQuestion, model: Model) -> Equation:
    """Return the size that the question asks for; a transposed one is given by the outputs."""
    sizes = [(axis.windows, axis.input) for axis in model.axes]
    place = next(place for place, pair in enumerate(sizes) if question.true in pair)
    axis, size, output = model.axes[place], INPUT[place], OUTPUT[place]
    if question.true == axis.windows:
        return Equation(Letter(output), (axis.windows,), ())
    smallest = plus(times(minus(Letter(output), ONE), axis.stride), axis.extent)
    rest = Remainder(axis.room, axis.stride)
    return Equation(Letter(size), (plus(minus(smallest, plus(axis.before, axis.after)), rest),), ())


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
            OUTPUT_INDEX[place] * _symbolic(axis.stride)
            + TAP_INDEX[place] * _symbolic(axis.dilation)
            - _symbolic(axis.before)
            for place, axis in enumerate(self.model.axes)
        ]
        return sum_over_taps(reads, kernel=[_symbolic(axis.kernel) for axis in self.model.axes])

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

    def node(self, expression: sympy.Expr) -> Any:
        """Return an expression of SymPy as a tree, taps as entries of the author's kernel."""
        return _mirrored(_node(expression), self.model)

    def letters(self, names: Sequence[str]) -> tuple[Letter, ...]:
        return tuple(Letter(name) for name in names[: self.axes])


def _output(derivation: _Derivation, *, bias: bool = True) -> Equation:
    value = derivation.node(derivation.output)
    if not bias:
        (value,) = (term for term in value.terms if term != Letter("b"))
    return Equation(Entry("y", derivation.letters(OUTPUTS)), (value,), ())


def _output_by_input(derivation: _Derivation) -> Equation:
    """Solve every delta for the tap: w there if the tap is in the kernel, else 0."""
    taps: list[Expression] = []
    conditions: list[Condition] = []
    for place, read in enumerate(derivation.equations):
        distance = INPUT_INDEX[place] - read.offset - read.stride * OUTPUT_INDEX[place]
        offset = _node(distance)
        taps.append(_node(distance / read.dilation))
        last = _node(read.dilation * (read.kernel - 1))
        conditions.append(between(ZERO, offset, last))
        if read.dilation != 1:
            conditions.append(Divides(_node(read.dilation), offset))
    value = _mirrored(Entry("w", tuple(taps)), derivation.model)
    branches = (Branch(value, all_of(*conditions)), Branch(ZERO, None))
    left = Partial(Entry("y", derivation.letters(OUTPUTS)), Entry("x", derivation.letters(CELLS)))
    return Equation(left, (Cases(branches),), ())


def _output_by_weight(derivation: _Derivation) -> Equation:
    y, w = Entry("y", derivation.letters(OUTPUTS)), Entry("w", derivation.letters(TAPS))
    value = Entry("x", tuple(map(_node, derivation.reads)))
    return Equation(Partial(y, w), (_by_weight(value, derivation.model),), ())


def _output_by_bias(derivation: _Derivation) -> Equation:
    partials = differentiate(derivation.output, axes=derivation.axes)
    left = Partial(Entry("y", derivation.letters(OUTPUTS)), Letter("b"))
    return Equation(left, (_node(partials.by_bias),), ())


def _grad_input(derivation: _Derivation) -> Equation:
    """The closed form; with a dilation, the sum over taps whose output index is whole."""
    left = Partial(_LOSS, Entry("x", derivation.letters(CELLS)))
    form = any_case(derivation.equations)
    if form is not None:
        return Equation(left, (derivation.node(form.expression),), ())
    taps = derivation.letters(TAPS)
    outputs, conditions = [], []
    for place, read in enumerate(derivation.equations):
        distance = INPUT_INDEX[place] - read.offset - read.dilation * TAP_INDEX[place]
        outputs.append(_node(distance / read.stride))
        if read.stride != 1:
            conditions.append(Divides(_node(read.stride), _node(distance)))
    body: Any = Product(
        (Entry("dy", tuple(outputs)), _mirrored(Entry("w", taps), derivation.model))
    )
    if conditions:
        body = Cases((Branch(body, all_of(*conditions)), Branch(ZERO, None)))
    for tap, read in zip(reversed(taps), reversed(derivation.equations), strict=True):
        body = SumOver(tap.name, ZERO, _node(read.kernel - 1), body)
    return Equation(left, (body,), ())


def _grad_weight(derivation: _Derivation) -> Equation:
    left = Partial(_LOSS, Entry("w", derivation.letters(TAPS)))
    value = _node(sum_over_outputs(X[derivation.reads], axes=derivation.axes))
    return Equation(left, (_by_weight(value, derivation.model),), ())


def _grad_bias(derivation: _Derivation) -> Equation:
    partials = differentiate(derivation.output, axes=derivation.axes)
    value = sum_over_outputs(partials.by_bias, axes=derivation.axes)
    return Equation(Partial(_LOSS, Letter("b")), (_node(value),), ())


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
        return Entry("w", model.weight_index(node.indices))
    return rebuild(node, lambda part: _mirrored(part, model))


def _by_weight(value: Any, model: Model) -> Any:
    """Return what belongs to a tap as what belongs to the entry of the kernel that it is."""
    letters = [Letter(name) for name in TAPS[: len(model.axes)]]
    entries = model.weight_index(letters)
    return substitute(value, {t.name: entry for t, entry in zip(letters, entries, strict=True)})


def _counted_from(node: Any, base: int) -> Any:
    """Return a claim in indices that count from 1 instead of 0."""
    free = {name: minus(Letter(name), Integer(base)) for name in (*CELLS, *OUTPUTS, *TAPS)}
    return _shifted(node, free, base)


def _shifted(node: Any, free: dict[str, Expression], base: int) -> Any:
    if isinstance(node, Letter):
        return free.get(node.name, node)
    if isinstance(node, Entry):
        indices = (plus(_shifted(index, free, base), Integer(base)) for index in node.indices)
        return Entry(node.array, tuple(indices))
    if isinstance(node, Total):
        return plus(*(_shifted(term, free, base) for term in node.terms))
    if isinstance(node, SumOver):  # what a sum binds counts from 0 as before
        free = {name: value for name, value in free.items() if name != node.letter}
    return rebuild(node, lambda part: _shifted(part, free, base))


# From the syntax tree to SymPy, and back


def _symbolic(size: Expression) -> sympy.Expr:
    """Return a size of a model, a letter or a number, for SymPy."""
    if isinstance(size, Integer):
        return sympy.Integer(size.value)
    assert isinstance(size, Letter)
    return sympy.Symbol(size.name, integer=True, nonnegative=True)


def _node(expression: sympy.Expr) -> Any:
    """Return an expression of SymPy as a tree, its indices marked as ours."""
    if isinstance(expression, sympy.Integer):
        value = int(expression)
        return Integer(value) if value >= 0 else Negated(Integer(-value))
    if isinstance(expression, sympy.Symbol):
        return Letter(_name(expression))
    if isinstance(expression, sympy.Indexed):
        array = "dy" if expression.base == DY else str(expression.base.label)
        return Entry(array, tuple(map(_node, expression.indices)))
    if isinstance(expression, sympy.Sum):
        body = _node(expression.function)
        for letter, first, last in expression.limits:
            body = SumOver(_name(letter), _node(first), _node(last), body)
        return body
    if isinstance(expression, sympy.floor):
        return Floor(_node(expression.args[0]))
    if isinstance(expression, sympy.Mod):
        return Remainder(*map(_node, expression.args))
    numerator, denominator = expression.as_numer_denom()
    if denominator != 1:
        return Quotient(_node(numerator), _node(denominator))
    if expression.could_extract_minus_sign() and not isinstance(expression, sympy.Add):
        return negative(_node(-expression))
    parts = [_node(part) for part in sorted(expression.args, key=_reading_order)]
    return plus(*parts) if isinstance(expression, sympy.Add) else times(*parts)


def _name(symbol: sympy.Symbol) -> str:
    counted = symbol in _INDICES or symbol.name in ("alpha", "beta")
    return f"_{symbol.name}" if counted else str(symbol.name)


def _reading_order(part: sympy.Expr) -> tuple[bool, bool, int, str]:
    """Sort key of terms and factors: dy before w, sums before b, i*t before r before numbers."""
    if part.has(sympy.Indexed):
        arrays = {str(base.label) for base in part.atoms(sympy.IndexedBase)}
        return False, False, 0 if "dy" in arrays else 1 if "x" in arrays else 2, str(part)
    is_negative = bool(part.could_extract_minus_sign())
    used = part.free_symbols
    ranks = (used & set(OUTPUT_INDEX), used & set(INPUT_INDEX), used - {*TAP_INDEX}, used)
    return True, is_negative, next((n for n, met in enumerate(ranks) if met), 4), str(part)
