"""A loop that adds to an array, dx[it:it+p] += dy[i]*w, as the sum that each entry gets.

Every value of every index letter adds once. So an entry gets the sum over all of them for which the
place that is added to is its own:

    dx[i*t + r] += dy[i]*w[r]        dx[u] = sum of dy[i]*w[r] over i, r with i*t + r = u
    dx[i*t : i*t+p] += dy[i]*w       the same, with 0 <= r < p
    dw += dy[i]*x[i*t : i*t+p]       dw[r] = sum of dy[i]*x[i*t + r] over i, 0 <= r < p
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, Final

from symconv.formula.notation import Group, Mark, Marked, Name, Slice, Statement
from symconv.formula.tree import (
    AllOf,
    Compare,
    Condition,
    Entry,
    Equation,
    Expression,
    Interval,
    Letter,
    Node,
    Partial,
    SumWhere,
    walk,
)
from symconv.verification.reading.names import flat_mark
from symconv.verification.reading.settling import (
    Settler,
    UnsettledError,
    left_letters,
    terms_of_index,
)
from symconv.verification.truth.algebra import (
    ONE,
    ZERO,
    equal,
    expanded,
    minus,
    plus,
    rebuild,
    times,
)

CELLS: Final = ("u", "v", "z", "a", "b", "c", "n")
TAPS: Final = ("r", "s", "q")


@dataclass(frozen=True)
class Stretch:
    """One slice of a loop, start : stop : step.

    Attributes:
        interval: the slice.
        cell: the letter of the entries that it reaches.
        tap: the letter of their numbers in the slice.
    """

    interval: Interval
    cell: str
    tap: str

    @property
    def span(self) -> Expression:
        """From the first place to behind the last one."""
        return expanded(minus(_end(self.interval), self.interval.start or ZERO))

    @property
    def step(self) -> Expression:
        """From one place to the next."""
        return self.interval.step or ONE

    @property
    def place(self) -> Expression:
        """The place of a tap."""
        return plus(self.interval.start or ZERO, _scaled(self.step, Letter(self.tap)))


@dataclass(frozen=True)
class Loop:
    """A loop as an equation.

    Attributes:
        equation: in the author's names; its right side is one SumWhere.
        stretches: the slices, one for each axis.
        adds: whether the value is added; with = it takes the place of what was there.
        scatters: whether one value is added to several entries: a slice or a sum on the left.
    """

    equation: Equation
    stretches: tuple[Stretch, ...]
    adds: bool
    scatters: bool


def loop_of(statement: Statement) -> Loop | None:
    """Return the loop that a statement with settled runs is; None where it is none."""
    match statement:
        case Statement(sides=(left, right), relations=("+=" | "=" as relation,)):
            adds = relation == "+="
        case _:
            return None
    if not adds and not _has_slice(left):
        return None
    letters = frozenset(
        name for part in walk(statement) if isinstance(part, Marked) for name in left_letters(part)
    )
    settler = Settler(letters, left=left_letters(left))
    upright = _not_transposed(right)
    try:
        target, value = settler.value(_entrywise(left)), settler.value(upright)
        conditions = [settler.condition(condition) for condition in statement.conditions]
    except UnsettledError:
        return None
    return _loop(target, value, conditions, adds=adds, transposed=upright is not right)


def _not_transposed(node: Any) -> Any:
    """Return a value with W in place of W.T and transpose(W)."""
    match node:
        case Marked(base=base, marks=(mark,)) if flat_mark(mark) == "^T":
            return base
        case Marked(base=Name(text="transpose"), marks=(Mark(kind="paren", items=(inner,)),)):
            return inner
    return rebuild(node, _not_transposed)


def _has_slice(left: Any) -> bool:
    items = [i for m in left.marks for i in m.items] if isinstance(left, Marked) else []
    return any(isinstance(item, Slice) and (item.start or item.stop) for item in items)


def _entrywise(left: Any) -> Any:
    """Return de/dX[...] with the brackets at the whole derivative."""
    if isinstance(left, Marked) and isinstance(left.base, Partial):
        return replace(left, base=Group("(", (left.base,)))
    return left


def _loop(
    target: Any, value: Any, conditions: Sequence[Condition], *, adds: bool, transposed: bool
) -> Loop | None:
    array = target.by if isinstance(target, Partial) else target
    if not isinstance(array, Entry | Letter):
        return None
    names = _Names(frozenset((*array.names, *value.names)))
    own = array.indices if isinstance(array, Entry) else ()
    found: list[Condition] = []
    if any(isinstance(index, Interval) for index in own):
        indices, stretches, reached = _scattered(own, names)
        found += reached
        own_taps = [Letter(stretch.tap) for stretch in stretches]
        value = _with_taps(value, own_taps[::-1] if transposed else own_taps)
    else:
        value, stretches = _gathered(value, names)
        taps = tuple(Letter(stretch.tap) for stretch in stretches)
        indices, reached = _reached(own, names) if own else (taps, [])
        if (own and stretches) or transposed:
            return None
        found += reached
    if value is None:
        return None
    found += [limit for stretch in stretches for limit in _limits(stretch)]
    letters = _letters_of(own, value) - _letters_in(indices)
    if not letters:
        return None
    given = [condition for condition in conditions if not condition.names & letters]
    found += [condition for condition in conditions if condition.names & letters]
    name = array.array if isinstance(array, Entry) else array.name
    entry = Entry(name, indices, span=array.span) if indices else Letter(name)
    left = replace(target, by=entry) if isinstance(target, Partial) else entry
    right = SumWhere(tuple(sorted(letters)), AllOf(tuple(found)), value)
    scatters = any(isinstance(index, Interval) or len(index.names) > 1 for index in own)
    return Loop(Equation(left, (right,), tuple(given)), tuple(stretches), adds, scatters)


@dataclass
class _Names:
    """Letters that a text does not use."""

    used: frozenset[str]

    def unused(self, wanted: Sequence[str]) -> str:
        """Return a letter, and count it as used."""
        name = next((one for one in wanted if one not in self.used), "")
        while not name or name in self.used:
            name = f"{name or wanted[0]}'"
        self.used |= {name}
        return name


def _scattered(
    indices: Sequence[Any], names: _Names
) -> tuple[tuple[Expression, ...], list[Stretch], list[Condition]]:
    """Return the entries that slices on the left reach, the slices, and when they reach them."""
    cells: list[Expression] = []
    stretches: list[Stretch] = []
    found: list[Condition] = []
    for index in indices:
        if isinstance(index, Interval):
            stretch = Stretch(index, names.unused(CELLS), names.unused(TAPS))
            stretches.append(stretch)
            cells.append(Letter(stretch.cell))
            found.append(equal(Letter(stretch.cell), stretch.place))
        else:
            (cell,), reached = _reached((index,), names)
            cells.append(cell)
            found += reached
    return tuple(cells), stretches, found


def _reached(
    indices: Sequence[Any], names: _Names
) -> tuple[tuple[Expression, ...], list[Condition]]:
    """Return the entries that indices on the left pick, and when they do."""
    cells: list[Expression] = []
    found: list[Condition] = []
    for index in indices:
        if isinstance(index, Letter) and index not in cells:
            cells.append(index)
        else:
            cell = Letter(names.unused(CELLS))
            cells.append(cell)
            found.append(equal(cell, index))
    return tuple(cells), found


def _gathered(value: Any, names: _Names) -> tuple[Any, list[Stretch]]:
    """Return a value with the taps in place of its slices, and the slices."""
    stretches: list[Stretch] = []

    def change(node: Any) -> Any:
        if isinstance(node, Interval):
            stretches.append(Stretch(node, "", names.unused(TAPS)))
            return stretches[-1].place
        return rebuild(node, change)

    return change(value), stretches


def _limits(stretch: Stretch) -> Iterator[Condition]:
    tap = Letter(stretch.tap)
    yield Compare("<=", ZERO, tap)
    span = stretch.span
    last = expanded(minus(span, ONE))
    yield (
        Compare("<", tap, span)
        if stretch.step == ONE
        else Compare("<=", _scaled(stretch.step, tap), last)
    )


def _with_taps(value: Any, taps: Sequence[Expression]) -> Any:
    """Return a value with the one whole array in it, W, at the taps; None where there is none."""
    whole = [
        part for part in _factors(value) if isinstance(part, Letter) or _is_whole_partial(part)
    ]
    if len(whole) != 1 or not isinstance(whole[0], Letter):
        return None
    (kernel,) = whole

    def change(node: Any) -> Any:
        if node is kernel:
            return Entry(kernel.name, tuple(taps), span=kernel.span)
        return node if isinstance(node, Entry | Partial) else rebuild(node, change)

    return change(value)


def _factors(value: Any) -> Iterator[Any]:
    if isinstance(value, Letter | Entry | Partial):
        yield value
    else:
        for part in getattr(value, "factors", ()):
            yield from _factors(part)


def _is_whole_partial(node: Any) -> bool:
    return isinstance(node, Partial) and isinstance(node.by, Letter)


def _letters_of(left: Sequence[Any], value: Any) -> AbstractSet[str]:
    """Return the index letters: those that pick an entry alone, or entries of several arrays.

    In w[p-1-r] and x[i*t+r], r is an index and p is none.
    """
    places = [("", index) for index in left if isinstance(index, Node)]
    places += [
        (part.array, index)
        for part in walk(value)
        if isinstance(part, Entry)
        for index in part.indices
    ]
    arrays: dict[str, set[str]] = {}
    for array, index in places:
        for name in _terms(index):
            arrays.setdefault(name, set()).add(array)
    alone = {index.name for _, index in places if isinstance(index, Letter)}
    return alone | {name for name, found in arrays.items() if len(found) > 1}


def _terms(index: Any) -> Iterator[str]:
    ends = (index.start,) if isinstance(index, Interval) else (index,)
    for end in ends:
        if end is not None:
            yield from terms_of_index(end)


def _letters_in(indices: Sequence[Expression]) -> AbstractSet[str]:
    return {index.name for index in indices if isinstance(index, Letter)}


def _end(interval: Interval) -> Expression:
    if interval.stop is None:
        raise UnsettledError("a slice must say where it ends")
    return interval.stop


def _scaled(step: Expression, tap: Expression) -> Expression:
    return tap if step == ONE else times(step, tap)
