"""Claims about how a gradient goes back through average pooling, cell by cell.

dx[m] is the sum over all windows that read cell m of what arrives at their outputs, times
1/(number of cells). Where windows overlap a cell has several; a formula that names one of them is
right only when they do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from symconv.formula.tree import (
    Compare,
    Condition,
    Expression,
    Integer,
    Letter,
    Node,
    Quotient,
    walk,
)
from symconv.verification.deciding.evaluation import evaluator
from symconv.verification.outcome import REACH, SMALLEST, Candidate
from symconv.verification.questions.pooling.deciding import Asked, candidate, factor_example
from symconv.verification.questions.pooling.forward import shown
from symconv.verification.questions.questions import SumQuestion, ranging
from symconv.verification.reading.pooling.elements import Bound, Element, Pooled
from symconv.verification.reading.pooling.gather import Gathered, divisors_of, gathered
from symconv.verification.reading.pooling.polynomials import fraction, polynomial
from symconv.verification.reading.pooling.polynomials import letter as _letter
from symconv.verification.reading.pooling.roles import KERNEL, fit
from symconv.verification.reading.roles import Told
from symconv.verification.reading.words import DIRECTIONS
from symconv.verification.truth.algebra import (
    ONE,
    between,
    equal,
    letters_in,
    minus,
    plus,
    substitute,
    times,
)
from symconv.verification.truth.convolution import Axis
from symconv.verification.truth.guarded_terms import Atom, Binder, GuardedTerm
from symconv.verification.truth.pooling import pooling_model, windows_of_cell

MAX_PER_AXIS: Final = 6
MAX_READINGS: Final = 8
SUM: Final = "a sum over the window is meant, not an average"


@dataclass(frozen=True)
class Way:
    """One axis of the statement: which windows a cell gets its gradient from.

    Attributes:
        cell: the letter of the cell's index.
        window: the index of the gradient that arrives.
        bound: what it is summed over, or None.
        guards: the conditions on it.
    """

    cell: str
    window: Expression
    bound: Bound | None
    guards: tuple[Condition, ...] = ()

    @property
    def nodes(self) -> list[Node]:
        """All that is written along the axis."""
        ends = (self.bound.lower, self.bound.upper) if self.bound is not None else ()
        return [self.window, *(end for end in ends if end is not None), *self.guards]

    @property
    def is_open(self) -> bool:
        """Whether nothing says which windows the sum runs over."""
        bound = self.bound
        return bound is not None and not self.guards and (bound.lower or bound.upper) is None


def freed(left: Element, right: Pooled) -> Pooled:
    """Return the right side with conditions on the left side's letters as guards.

    In "sum over i with i*s <= m < i*s + k" it is i that the sum runs over, for the m of the left.
    """
    own = letters_in(*left.indices) if left.indices else frozenset()
    guards = list(right.guards)
    bounds = []
    for bound in right.bounds:
        if bound.letter not in own:
            bounds.append(bound)
            continue
        letter = Letter(bound.letter)
        guards += [Compare("<=", bound.lower, letter)] if bound.lower is not None else []
        guards += [Compare("<=", letter, bound.upper)] if bound.upper is not None else []
    known = own | {bound.letter for bound in bounds}
    if right.operator:
        loose = [i.name for i in right.element.indices if isinstance(i, Letter)]
        bounds += [Bound(name) for name in loose if name not in known]
    return replace(right, bounds=tuple(bounds), guards=tuple(guards))


def ways_of(left: Element, right: Pooled) -> tuple[Way, ...] | None:
    """Return the axes along which a gradient goes back, or None where the indices do not match."""
    own = right.element.indices
    bounds = {bound.letter: bound for bound in right.bounds}
    channels = [i for i in left.indices if i in own and not i.names & bounds.keys()]
    cells = [index for index in left.indices if index not in channels]
    windows = [index for index in own if index not in channels]
    if len(cells) != len(windows) or not cells:
        return None
    ways = []
    for cell, window in zip(cells, windows, strict=True):
        inside = sorted(window.names & bounds.keys())
        if not isinstance(cell, Letter) or len(inside) > 1:
            return None
        letters = {cell.name, *inside}
        guards = tuple(guard for guard in right.guards if guard.names & letters)
        ways.append(_whole(Way(cell.name, window, bounds[inside[0]] if inside else None, guards)))
    return tuple(ways)


def _whole(way: Way) -> Way:
    """Return dy[(m-u)/s], summed over u, as dy[i], summed over all i with u = m - s*i in range."""
    bound, window = way.bound, way.window
    if bound is None or not isinstance(window, Quotient) or bound.lower is None:
        return way
    above, below = polynomial(window.numerator), polynomial(window.denominator)
    split = above.linear_in(bound.letter)
    if split is None or bound.upper is None or bound.letter in below.letters:
        return way
    sign = split[0].constant
    if sign not in (1, -1):
        return way
    index = Letter(f"window of {way.cell}")
    offset = (below * _letter(index.name) - split[1]).scaled(sign).expression()
    return Way(way.cell, index, Bound(index.name), (between(bound.lower, offset, bound.upper),))


def gather(
    ways: Sequence[Way], left: Element, right: Pooled, told: Told, asked: Asked
) -> list[Candidate]:
    """Return what every reading of a sum over the windows of a cell gives."""
    readings = sorted(_readings(ways, right, told), key=lambda pair: pair[0])
    found: list[Candidate] = []
    for cost, base, axes in readings[:MAX_READINGS]:
        if cost > readings[0][0] + REACH:
            break
        words = _words(left, right, axes, base)
        arrays = {"dy": right.element.array}
        named = replace(asked.reading_more(*words), arrays=arrays, base=base)
        one = _decided(ways, right, axes, base, cost, named)
        found += [one] if one is not None else []
        if one is not None and one.outcome.status == "proved":
            break
    return found


def _readings(
    ways: Sequence[Way], right: Pooled, told: Told
) -> Iterator[tuple[float, int, tuple[Gathered, ...]]]:
    divisors = divisors_of(right.scale, len(ways), told)
    indices = frozenset(way.cell for way in ways) | {bound.letter for bound in right.bounds}
    indices |= {way.bound.letter for way in ways if way.bound is not None}
    per_axis = []
    for way, divisor in zip(ways, divisors, strict=True):
        found = gathered(way.nodes, divisor, indices, told)
        suited = [one for one in found if _bounded(way) or divisor or one.kernel == one.stride]
        per_axis.append(suited[:MAX_PER_AXIS])
    base = _base(ways) if told.index_base is None else told.index_base
    for axes in product(*per_axis):
        uneven = 0.5 * (len({axis.roles for axis in axes}) - 1)
        yield sum(axis.cost for axis in axes) / len(axes) + uneven, base, axes


def _bounded(way: Way) -> bool:
    return way.bound is not None


def _base(ways: Sequence[Way]) -> int:
    """Return the first index for which the first cells belong to the first window, no others."""
    way = ways[0]
    if way.bound is not None:
        return 0
    numbers = [p.denominator for p in walk(way.window) if isinstance(p, Quotient)]
    size = next((n.value for n in numbers if isinstance(n, Integer)), 3)
    sizes = dict.fromkeys(way.window.names, size)
    for base in (0, 1):
        try:
            first, last, behind = (
                evaluator(way.window)({**sizes, way.cell: cell})
                for cell in (base, base + size - 1, base + size)
            )
        except (ArithmeticError, ValueError):
            return 0
        if (first, last, behind) == (base, base, base + 1):
            return base
    return 0


def _words(left: Element, right: Pooled, axes: Sequence[Gathered], base: int) -> Iterator[str]:
    kernels = " × ".join(shown(axis.kernel) for axis in axes)
    strides = " × ".join(dict.fromkeys(shown(axis.stride) for axis in axes))
    yield f"{left.array} gradient of the input, {right.element.array} gradient of the output"
    yield f"window {kernels}, stride {strides}"
    yield from (f"{name} {role}" for axis in axes for name, role in axis.roles)
    yield f"first index {base}"


def _decided(
    ways: Sequence[Way],
    right: Pooled,
    axes: Sequence[Gathered],
    base: int,
    cost: float,
    asked: Asked,
) -> Candidate | None:
    """Return what is found about one reading."""
    kernels = [axis.kernel for axis in axes]
    above, below = fraction(times(*right.scale))
    cells, _ = fraction(times(*kernels))
    if right.scale and above * cells != below:
        tiled = {a.kernel.name: a.stride for a in axes if isinstance(a.kernel, Letter)}
        a, b = fraction(substitute(times(*right.scale, *kernels), tiled))
        if a != b:
            return _wrong_factor(right, kernels, cost, asked)
    names = DIRECTIONS[len(axes)]
    model = pooling_model(
        [
            Axis(
                axis.kernel, axis.stride, ONE, axis.before, axis.before,
                Letter(f"input {name}"), Letter(axis.output or f"output {name}"),
            )
            for axis, name in zip(axes, names, strict=True)
        ]
    )  # fmt: skip
    free = tuple(
        ranging(way.cell, axis.input, index_base=base)
        for way, axis in zip(ways, model.axes, strict=True)
    )
    place = [minus(Letter(way.cell), Integer(base)) for way in ways]
    claimed, true = (_term(ways, model.axes, right, base),), windows_of_cell(model, place)
    question = SumQuestion(asked.kind, claimed, true, free, ())
    assumes = [] if right.scale else [SUM]
    found = candidate(asked, question, model, cost, assumes)
    if found is None or found.outcome.status == "proved":
        return found if above * cells == below or not right.scale else None
    return _tiling(asked, question, model.axes, cost, assumes) or found


def _wrong_factor(
    right: Pooled, kernels: Sequence[Expression], cost: float, asked: Asked
) -> Candidate | None:
    wrong = factor_example(times(*right.scale), kernels, ())
    if wrong is None:
        return None
    outcome = asked.outcome("refuted", SMALLEST, counterexample=wrong)
    return Candidate(cost, outcome)


def _tiling(
    asked: Asked, question: SumQuestion, axes: Sequence[Axis], cost: float, assumes: Sequence[str]
) -> Candidate | None:
    """Return what is found where windows lie side by side, if that makes it right."""
    pairs = [(axis.kernel, axis.stride) for axis in axes if axis.kernel != axis.stride]
    if not pairs or any(isinstance(k, Integer) or isinstance(s, Integer) for k, s in pairs):
        return None
    conditions: tuple[Condition, ...] = tuple(equal(kernel, stride) for kernel, stride in pairs)
    tiled = replace(question, assumptions=conditions)
    texts = [f"{shown(kernel)} = {shown(stride)}" for kernel, stride in dict.fromkeys(pairs)]
    words = [*assumes, f"windows lie side by side: {', '.join(texts)}"]
    found = candidate(asked, tiled, pooling_model(axes), cost, words)
    return found if found is not None and found.outcome.status == "proved" else None


def _term(ways: Sequence[Way], axes: Sequence[Axis], right: Pooled, base: int) -> GuardedTerm:
    """Return the sum over windows as the author says it; indices from 0."""
    first = Integer(base)
    names = [way.bound.letter for way in ways if way.bound is not None]
    renamed: dict[str, Expression] = {name: Letter(f"{name}#") for name in names}
    binders = []
    for way, axis in zip(ways, axes, strict=True):
        if way.bound is None:
            continue
        last = minus(plus(axis.output, first), ONE)
        lower = first if way.bound.lower is None else way.bound.lower
        upper = last if way.bound.upper is None else way.bound.upper
        ends = (substitute(lower, renamed), substitute(upper, renamed))
        binders.append(Binder(f"{way.bound.letter}#", *ends))
    indices = tuple(minus(substitute(way.window, renamed), first) for way in ways)
    said = dict.fromkeys([*(guard for way in ways for guard in way.guards), *right.guards])
    guards: tuple[Condition, ...] = tuple(substitute(guard, renamed) for guard in said)
    return GuardedTerm(1, (Atom("dy", indices),), tuple(binders), guards)


def over_region(
    ways: Sequence[Way], right: Pooled, told: Told, asked: Asked
) -> Iterator[Candidate]:
    """Yield what is found where the windows that read a cell are only named."""
    regions = list(dict.fromkeys(way.bound.region for way in ways if way.bound is not None))
    named = [region for region in regions if region]
    which = f"{named[0]} are" if named else "the sum is over"
    condition = f"{which} the windows that read the cell"
    above, below = fraction(times(*right.scale))
    words = asked.reading_more(condition)
    if not right.scale:
        yield Candidate(0.0, words.outcome("proved", "for all sizes"), f"{condition} and {SUM}")
        return
    divisors = divisors_of(right.scale, len(ways), told)
    letters = sorted(below.letters)
    if all(divisors):
        yield Candidate(0.0, words.outcome("proved", "for all sizes"), condition)
    elif len(letters) == 1 and above.constant == 1 and below == _letter(letters[0]):
        name = letters[0]
        if len(ways) == 1 or fit(name, KERNEL, told) > 0:
            count = f"{condition} and {name} is the number of cells of a window"
            yield Candidate(0.0, words.outcome("proved", "for all sizes"), count)
        else:
            wrong = _wrong_factor(right, [Letter(name)] * len(ways), 0.0, words)
            yield from [wrong] if wrong is not None else []


def from_a_window(left: Element, right: Pooled, told: Told, asked: Asked) -> Iterator[Candidate]:
    """Yield what is found about dx[m] = dy[i] / k, where i is not said to be any window."""
    known = letters_in(*left.indices)
    loose = [i.name for i in right.element.indices if isinstance(i, Letter) if i.name not in known]
    windows = f"({', '.join(loose)})" if len(loose) > 1 else "".join(loose)
    condition = f"{windows} is the only window that reads the cell: windows do not overlap"
    if not right.scale:
        yield Candidate(0.0, asked.outcome("proved", "for all windows"), f"{condition} and {SUM}")
        return
    _, below = fraction(times(*right.scale))
    divisors = divisors_of(right.scale, len(loose), told)
    names = sorted(below.letters)
    if all(divisors) or len(names) == 1 or below.constant is not None:
        cells = "·".join(names) or str(below.constant)
        count = "" if all(divisors) else f" and {cells} is the number of cells of a window"
        yield Candidate(0.0, asked.outcome("proved", "for all windows"), condition + count)


def side_by_side(sizes: Sequence[tuple[Expression, Expression]]) -> str:
    """Return the condition that windows do not overlap, in words; "" where they never do."""
    texts = []
    for kernel, stride in dict.fromkeys(sizes):
        if kernel == stride:
            continue
        if isinstance(kernel, Integer) and isinstance(stride, Integer):
            if kernel.value <= stride.value:
                continue
            return "impossible"
        texts.append(f"{shown(stride)} ≥ {shown(kernel)}")
    return f"windows do not overlap: {', '.join(texts)}" if texts else ""
