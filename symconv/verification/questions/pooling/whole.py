"""Claims about pooling over the whole input: global averages and maxima."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from symconv.formula.tree import Expression, Integer, Letter
from symconv.verification.outcome import SMALLEST, Candidate, Outcome
from symconv.verification.questions.pooling.deciding import Asked, factor_example
from symconv.verification.reading.array_roles import prior
from symconv.verification.reading.pooling.elements import Bound, Element, Pooled
from symconv.verification.reading.pooling.polynomials import fraction, letter, polynomial
from symconv.verification.reading.pooling.roles import AGAINST, INPUT, OUTPUT, fit
from symconv.verification.reading.roles import LOSSES, Told
from symconv.verification.report.wording import Example
from symconv.verification.truth.algebra import ONE, letters_in, minus, times

_LABEL: Final = re.compile(r"\^(.+)$")


def over_all(left: Element, right: Pooled, told: Told, asked: Asked) -> Iterator[Candidate]:
    """Yield what is found about a statement that gives each channel one number."""
    cells = [index for index in right.element.indices if index not in left.indices]
    names = [index.name for index in cells if isinstance(index, Letter)]
    bounds = {bound.letter: bound for bound in right.bounds}
    kept = [index for index in right.element.indices if index in left.indices]
    if len(names) != len(cells) or set(names) != set(bounds) or kept != list(left.indices):
        return
    if left.array in LOSSES or told.names.get(left.array) in ("loss", "bias", "grad_bias"):
        return
    own = [bounds[name] for name in names]
    asked = asked.reading_more(
        f"global {asked.kind}: {left.array} output, {right.element.array} input, "
        f"over all {', '.join(names)}"
    )
    yield from _ranges(own, right, told, asked)


def _ranges(
    bounds: Sequence[Bound], right: Pooled, told: Told, asked: Asked
) -> Iterator[Candidate]:
    assumes: list[str] = []
    counts: list[Expression] = []
    cost = 0.0
    for bound in bounds:
        if bound.lower is None or bound.upper is None:
            counts.append(Letter(f"number of {bound.letter}"))
            continue
        size, wrong, more = _range(bound, told)
        if size is None:
            return
        if wrong is not None:
            yield Candidate(cost, asked.outcome("refuted", "every size", counterexample=wrong))
            return
        cost += more
        counts.append(size)
        if told.index_base is not None and bound.lower != Integer(told.index_base):
            assumes.append(f"{bound.letter} starts where the indices of the input do")
    yield from _factor(counts, bounds, right, asked, cost, assumes)


def _range(bound: Bound, told: Told) -> tuple[Expression | None, Example | None, float]:
    """Return (size, what is wrong, cost) of the range of one letter."""
    if bound.lower is None or bound.upper is None:
        return None, None, 0.0
    lower, upper = polynomial(bound.lower), polynomial(bound.upper)
    start = lower.constant
    count = upper - lower + polynomial(ONE)
    names = sorted(count.letters)
    if start is None or not names:
        return None, None, 0.0
    size = Letter(names[0])
    whole = count == letter(size.name) and start in (0, 1)
    if whole:
        return size, None, fit(size.name, INPUT, told)
    plain = fit(size.name, INPUT, told) == 0
    if not plain:
        return None, None, AGAINST
    terms = minus(bound.upper, minus(bound.lower, ONE))
    case = Example(
        {size.name: 1},
        {},
        f"{bound.letter} from {start}",
        f"{size.name} indices",
        (f"{bound.letter} must run over {size.name} indices, not {_number(terms, size.name)}",),
    )
    return size, case, 0.0


def _number(terms: Expression, name: str) -> str:
    value = polynomial(terms) - letter(name)
    constant = value.constant
    return f"{name}{int(constant):+d}" if constant is not None else "another number of them"


def _factor(
    counts: Sequence[Expression],
    bounds: Sequence[Bound],
    right: Pooled,
    asked: Asked,
    cost: float,
    assumes: Sequence[str],
) -> Iterator[Candidate]:
    above, below = fraction(times(*right.scale))
    proved, taken = asked.outcome("proved", "for all sizes"), " and ".join(assumes)
    if right.operator in ("max", "mean", "min"):
        if above == below:
            yield Candidate(cost, proved, taken)
        return
    if not right.scale:
        yield Candidate(cost, proved, " and ".join([*assumes, "a sum is meant, not an average"]))
        return
    cells, _ = fraction(times(*counts))
    if above * cells == below:
        yield Candidate(cost, proved, taken)
        return
    loose = [bound.letter for bound in bounds if bound.lower is None or bound.upper is None]
    divisors = sorted(below.letters)
    if above.constant == 1 and len(below.terms) == 1 and (loose or len(divisors) == 1):
        text = "·".join(divisors)
        known = letters_in(*counts)
        if divisors and not known.issuperset(divisors):
            yield Candidate(
                cost, proved, " and ".join([*assumes, f"{text} is the number of cells"])
            )
            return
    wrong = factor_example(times(*right.scale), counts, ())
    if wrong is not None and not loose:
        outcome = asked.outcome("refuted", SMALLEST, counterexample=wrong)
        yield Candidate(cost, outcome)


# Backward


def _is_kernel(name: str, told: Told) -> bool:
    """Return whether a name is that of a kernel rather than that of an output."""
    return prior(name, "w", told) < prior(name, "y", told)


def from_one(left: Element, right: Pooled, told: Told, asked: Asked) -> Iterator[Candidate]:
    """Yield what is found about a gradient that comes from one output of each channel."""
    own = right.element.indices
    cells = [index for index in left.indices if index not in own]
    if right.operator or right.bounds or not cells or [i for i in own if i not in left.indices]:
        return
    if not own and not right.scale:
        return  # a bare dE/dw may be of anything
    asked = asked.reading_more(
        f"global: {left.array} gradient of the input, {right.element.array} of the output"
    )
    above, below = fraction(times(*right.scale))
    proved = asked.outcome("proved", "for all sizes")
    if not right.scale:
        if not _is_kernel(right.element.array, told):
            yield Candidate(0.0, proved, "a sum is meant, not an average")
        return
    if above.constant != 1 or len(below.terms) != 1:
        return
    monomial, number = below.terms[0]
    names = [size.name for size in monomial if isinstance(size, Letter)]
    of_output = [name for name in names if _is_of_output(name, left, right, told)]
    if of_output:
        yield Candidate(0.0, _of_output(asked, of_output[0]))
    elif len(names) == len(cells) and number == 1:
        yield Candidate(sum(fit(name, INPUT, told) for name in names), proved)
    elif not names:
        yield Candidate(0.0, proved, f"the input has {number} cells")
    elif len(names) == 1 and fit(names[0], INPUT, told) > 0:
        yield Candidate(0.0, proved, f"{names[0]} is the number of cells")


def _is_of_output(name: str, left: Element, right: Pooled, told: Told) -> bool:
    """Return whether a size is one of the output: by what was said, or by its layer."""
    said = told.names.get(name, "")
    label = _LABEL.search(name)
    layers = (left.label, right.element.label)
    if label is not None and layers[0] != layers[1] and label.group(1) in layers:
        return label.group(1) == layers[1]
    return said.startswith("output") and fit(name, OUTPUT, told) == 0


def _of_output(asked: Asked, name: str) -> Outcome:
    """Return that a divisor is a size of the output, which is 1."""
    case = Example(
        {name: 1},
        {},
        "a divisor without one of the input's sizes",
        "the number of cells of the input",
        (f"{name} is a size of the output of the pooling, which is 1",),
    )
    return asked.outcome("refuted", "every input of more than one cell", counterexample=case)
