"""What a loop over all windows adds up, dx[it:it+p] += dy[i]*w, as a sum with its question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeGuard

from symconv.formula.tree import (
    AllOf,
    Ceiling,
    Compare,
    Condition,
    Divides,
    Entry,
    Expression,
    Interval,
    Letter,
    Not,
    Quotient,
    Scatter,
    SumWhere,
    walk,
)
from symconv.verification.questions.normal_form import Normaliser
from symconv.verification.questions.questions import OUTPUTS, Free, SumQuestion
from symconv.verification.truth.algebra import (
    ONE,
    ZERO,
    between,
    equal,
    letters_in,
    minus,
    plus,
    rebuild,
    substitute,
)
from symconv.verification.truth.convolution import Model
from symconv.verification.truth.definition import Truth
from symconv.verification.truth.guarded_terms import misunderstood

LETTERS: Final = {
    "x": {"batch": "_n", "input": "_c", "0": "_u", "1": "_v"},
    "w": {"output": "_o", "input": "_c", "0": "_r", "1": "_s"},
    "b": {"output": "_o"},
    "dy": {"batch": "_n", "output": "_o", "0": "_i", "1": "_j"},
}


@dataclass(frozen=True)
class _Reached:
    """The entries of one axis that a slice reaches.

    Attributes:
        guards: the entry lies in the slice, which is as long as the kernel.
        offset: its number in the slice.
    """

    guards: tuple[Condition, ...]
    offset: Expression


def scatter_question(
    claim: Scatter, model: Model, assumed: tuple[Condition, ...], *, index_base: int
) -> SumQuestion:
    """Ask whether adding a value for every window, from zeros, makes the array.

    Args:
        claim: in our letters; its array is "dx", "dw", "db" or "y".
        model: the convolution.
        assumed: conditions that the user assumes.
        index_base: what the author's indices start from.

    Raises:
        FormulaError: the slices are of another kind.
    """
    array = "dy" if claim.array == "y" else claim.array[1:]
    roles = model.layout.roles(array)
    if len(claim.slices) != len(roles):
        raise misunderstood(claim, f"must have {len(roles)} slices, got {len(claim.slices)}")
    used = letters_in(claim)
    names = [
        part.name if _is_bare(part, claim) else _unused(LETTERS[array][role], used)
        for part, role in zip(claim.slices, roles, strict=True)
    ]
    sizes = model.shape(array)
    cells = tuple(Letter(name) for name in names)
    normaliser = Normaliser(Truth(model), index_base)
    right = _sum_of(claim, model, cells)
    truth = normaliser.truth
    true = truth.output(cells)[:1] if array == "dy" else truth.loss_by(array, cells)
    free = tuple(
        Free(name, ZERO, minus(size, ONE)) for name, size in zip(names, sizes, strict=True)
    )
    return SumQuestion("scatter", normaliser.terms(right), true, free, assumed)


def _is_bare(part: Expression | Interval, claim: Scatter) -> TypeGuard[Letter]:
    """Return whether an index is a letter that picks the entry by itself."""
    return isinstance(part, Letter) and claim.slices.count(part) == 1


def _unused(name: str, used: frozenset[str]) -> str:
    while name in used:
        name += "'"
    return name


def _sum_of(claim: Scatter, model: Model, cells: Sequence[Letter]) -> Expression:
    """Return what arrives at a cell: the sum over all letters that nothing else explains."""
    guards: list[Condition] = list(claim.conditions)
    offsets: list[Expression] = []
    for place, (part, cell) in enumerate(zip(claim.slices, cells, strict=True)):
        if isinstance(part, Interval):
            reached = _reached(part, cell, model, axis=len(offsets))
            guards += reached.guards
            offsets.append(reached.offset)
        elif part != cell:
            guards.append(equal(part, cell))
        if not claim.accumulates:
            guards.append(_not_overwritten(claim, place, cell, model))
    value = _with_taps(claim.value, tuple(offsets))
    known = {*model.sizes, *(cell.name for cell in cells)}
    letters = sorted(letters_in(value, *guards) - known)
    if not letters:
        raise misunderstood(claim, "must loop over windows")
    return SumWhere(tuple(letters), AllOf(tuple(guards)), value, span=claim.value.span)


def _reached(part: Interval, cell: Letter, model: Model, *, axis: int) -> _Reached:
    """Return when a slice along an axis reaches a cell, and where in the slice it is."""
    if axis >= len(model.axes):
        raise misunderstood(part, "must be a slice along an axis")
    sizes = model.axes[axis]
    start, stop, step = part.start or ZERO, part.stop or sizes.input, part.step or ONE
    place = minus(cell, start)
    length = Ceiling(Quotient(minus(stop, start), step))
    guards = (
        between(start, cell, minus(stop, ONE)),
        Divides(step, place),
        equal(length, sizes.kernel),
    )
    return _Reached(guards, Quotient(place, step))


def _not_overwritten(claim: Scatter, place: int, cell: Letter, model: Model) -> Condition:
    """Return the condition that the next window does not set the cell again.

    The windows that reach a cell follow each other, so that the last one is the one whose
    successor does not reach it.
    """
    part, name = claim.slices[place], OUTPUTS[place] if place < len(OUTPUTS) else ""
    own = letters_in(part) & set(OUTPUTS)
    if not isinstance(part, Interval) or part.step or own - {name} or place >= len(model.axes):
        raise misunderstood(part, "must be a slice without a step, for = instead of +=")
    output, size = Letter(name), model.axes[place].output
    following: Interval = substitute(part, {name: plus(output, ONE)})
    start, stop = following.start or ZERO, following.stop or model.axes[place].input
    inside = Compare("<=", plus(output, ONE), minus(size, ONE))
    return Not(AllOf((inside, between(start, cell, minus(stop, ONE)))))


def _with_taps(value: Expression, offsets: tuple[Expression, ...]) -> Expression:
    """Return a value with the whole kernel W replaced by its entry at a place of the slice."""
    entries = [part for part in walk(value) if isinstance(part, Entry)]
    if offsets and not any(part.array == "w" and not part.indices for part in entries):
        raise misunderstood(value, "must be de/dy[i,j] times the kernel")

    def change(part: Expression) -> Expression:
        if isinstance(part, Entry) and part.array == "w" and not part.indices:
            return replace(part, indices=offsets)
        changed: Expression = rebuild(part, change)
        return changed

    return change(value)
