"""The right size beside a wrong one: of an output, or of a transposed output."""

from __future__ import annotations

from symconv.formula.tree import Equation, Floor, Integer, Letter, Quotient
from symconv.verification.questions.output_size import OUTPUT_PADDINGS
from symconv.verification.questions.questions import ScalarQuestion
from symconv.verification.truth.algebra import ONE, ZERO, minus, plus, times
from symconv.verification.truth.convolution import INPUT, OUTPUT, Model


def size(question: ScalarQuestion, model: Model, *, transposed: bool) -> Equation:
    """Return the size that the question asks for.

    That of an input is given by the outputs: it is known but for the cells that no window reaches,
    which is what output_padding adds.
    """
    sizes = [(axis.windows, axis.input) for axis in model.axes]
    place = next(place for place, pair in enumerate(sizes) if question.true in pair)
    axis, names = model.axes[place], (INPUT[place], OUTPUT[place])
    size, output = map(Letter, reversed(names) if transposed else names)
    even = axis.before == axis.after != ZERO
    padding = times(Integer(2), axis.before) if even else plus(axis.before, axis.after)
    if question.true == axis.windows:
        room = minus(plus(axis.input, padding), axis.extent)
        return Equation(output, (plus(Floor(Quotient(room, axis.stride)), ONE),), ())
    spread = plus(times(minus(output, ONE), axis.stride), axis.extent)
    extra = ZERO if axis.stride == ONE else Letter(OUTPUT_PADDINGS[0])
    return Equation(size, (plus(minus(spread, padding), extra),), ())
