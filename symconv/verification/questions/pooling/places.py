"""Claims about where windows begin and end: fixed windows, and those of adaptive pooling.

Window n of fixed size begins at n*s - p and ends at n*s - p + k - 1, indices from 0. Adaptive
pooling of n cells to g outputs has windows from floor(i*n/g) to ceil((i+1)*n/g), the end not
included (the rule of PyTorch); they have one size only where g divides n.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from symconv.formula.notation import Marked, Name, Run, Statement
from symconv.formula.tree import Ceiling, Expression, Floor, Letter, Quotient, walk
from symconv.verification.outcome import Candidate
from symconv.verification.questions.pooling.deciding import Asked, candidate
from symconv.verification.questions.questions import ScalarQuestion, ranging
from symconv.verification.reading.names import flat
from symconv.verification.reading.pooling.polynomials import Polynomial, letter, number, polynomial
from symconv.verification.reading.pooling.roles import (
    KERNEL,
    PADDING,
    STRIDE,
    assigned,
    fit,
)
from symconv.verification.reading.roles import Told
from symconv.verification.reading.scalars.trees import NotScalarError, scalar
from symconv.verification.truth.algebra import ONE, ZERO, plus, times
from symconv.verification.truth.convolution import Axis
from symconv.verification.truth.pooling import pooling_model

_FIRST: Final = re.compile(r"(start|begin|first|top|left|lo|low)", re.IGNORECASE)
_LAST: Final = re.compile(r"(end|stop|last|bottom|right|hi|high)", re.IGNORECASE)
_INDEXED: Final = re.compile(r"\w+_([a-z])")
_SIZE: Final = re.compile(r"(kernel|pool|window|filter)_?-?(size)?(_?[hwd])?", re.IGNORECASE)
_STEP: Final = re.compile(r"stride(s)?(_?[hwd])?", re.IGNORECASE)
_INPUTS: Final = re.compile(r"(^|_|\b)(in|input)(_|\b|$)|input", re.IGNORECASE)
_OUTPUTS: Final = re.compile(r"(^|_|\b)(out|output)(_|\b|$)|output", re.IGNORECASE)


def places(statement: Statement, told: Told) -> Iterator[Candidate]:
    """Yield what is found about a statement of where a window begins or ends, or of its size."""
    if len(statement.sides) != 2:
        return
    try:
        value = scalar(statement.sides[1])
    except NotScalarError:
        return
    name, index = _name(statement.sides[0])
    if name is None:
        return
    rounded = [part for part in walk(value) if isinstance(part, Floor | Ceiling)]
    if rounded:
        yield from _adaptive(name, value, told)
    elif index is not None:
        yield from _fixed(name, index, value, told)


def _name(side: Any) -> tuple[str | None, str | None]:
    """Return the name on the left and, where it has one, its index."""
    if isinstance(side, Name | Run):
        found = _INDEXED.fullmatch(flat(side))
        return flat(side), found.group(1) if found else None
    if isinstance(side, Marked) and isinstance(side.base, Name | Run):
        *_, mark = side.marks
        single = len(side.marks) == 1 and len(mark.items) == 1
        item = mark.items[0] if single else None
        return flat(side), item.text if isinstance(item, Name) else None
    return None, None


# Adaptive windows


def _adaptive(name: str, value: Expression, told: Told) -> Iterator[Candidate]:
    sizes = _in_and_out(value, told)
    if sizes is None:
        return
    inputs, outputs = map(Letter, sizes)
    asked = Asked(
        "windows of adaptive pooling", f"{inputs.name} input size, {outputs.name} output size"
    )
    ratio = Quotient(inputs, outputs)
    if _SIZE.fullmatch(name) or _STEP.fullmatch(name):
        if value in (Floor(ratio), Ceiling(ratio)):
            condition = f"{outputs.name} divides {inputs.name}, for else windows differ in size"
            yield Candidate(0.0, asked.outcome("proved", "for all sizes"), condition)
        return
    free = sorted(value.names - {inputs.name, outputs.name})
    begins, ends = _FIRST.match(name), _LAST.match(name)
    if len(free) != 1 or not (begins or ends):
        return
    index = Letter(free[0])
    true: Expression = Floor(Quotient(times(index, inputs), outputs))
    if ends:
        true = Ceiling(Quotient(times(plus(index, ONE), inputs), outputs))
    axis = Axis(ONE, outputs, ONE, ZERO, ZERO, inputs, Letter("windows"))
    window = ranging(index.name, outputs, index_base=0)
    question = ScalarQuestion(asked.kind, value, true, (window,), ())
    found = candidate(asked.reading_more("the end is not included"), question,
                      pooling_model([axis]), 0.0)  # fmt: skip
    if found is not None:
        yield found


def _in_and_out(value: Expression, told: Told) -> tuple[str, str] | None:
    """Return the names of the input's and the output's size, as they are called."""
    names = sorted(value.names)
    inputs = [n for n in names if _is(n, "input size", _INPUTS, told)]
    outputs = [n for n in names if _is(n, "output size", _OUTPUTS, told)]
    return (inputs[0], outputs[0]) if len(inputs) == len(outputs) == 1 else None


def _is(name: str, role: str, pattern: re.Pattern[str], told: Told) -> bool:
    said = told.names.get(name)
    if said is not None:
        return said.split()[0] == role.split()[0] and said.split()[-1] in (
            "size",
            "height",
            "width",
        )
    return pattern.search(name) is not None


# Windows of one size


def _fixed(name: str, index: str, value: Expression, told: Told) -> Iterator[Candidate]:
    """Yield what is found where a value is affine in an index: i_n = k + (n-1)*s."""
    whole = polynomial(value)
    split = whole.linear_in(index)
    if split is None or len(split[0].unknowns) > 1 or not split[0].terms:
        return
    stride = next((u.name for u in split[0].unknowns if isinstance(u, Letter)), "")
    if split[0] != letter(stride) or fit(stride, STRIDE, told) > 0:
        return
    for reading, cost, true in _wanted(index, stride, whole, told):
        if true == whole:
            asked = Asked("first and last cell of a window", f"{name}: {reading}")
            yield Candidate(cost, asked.outcome("proved", "for all sizes"))
            return


def _wanted(
    index: str, stride: str, whole: Polynomial, told: Told
) -> Iterator[tuple[str, float, Polynomial]]:
    """Yield the first and the last cell of a window for every first index and padding."""
    others = sorted(whole.letters - {index, stride})
    for base in (0, 1) if told.index_base is None else (told.index_base,):
        first = (letter(index) - number(base)) * letter(stride) + number(base)
        for kernel in ("", *others):
            rest = [other for other in others if other != kernel]
            if len(rest) > 1:
                continue
            pairs = [(kernel, KERNEL)] if kernel else []
            pairs += [(rest[0], PADDING)] if rest else []
            cost = assigned(pairs, told)
            if cost > 1:
                continue
            place = first - letter(rest[0]) if rest else first
            place = place + letter(kernel) - number(1) if kernel else place
            which = "last" if kernel else "first"
            yield (
                f"{which} cell of window {index}, {stride} stride, first index {base}",
                cost,
                place,
            )
