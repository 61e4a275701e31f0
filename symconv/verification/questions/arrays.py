"""Equations of entries: y itself, its derivatives, the gradients; each under its readings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from symconv.formula.notation import Group, Mark, Marked, Name, Statement
from symconv.formula.tree import (
    Branch,
    Compare,
    Condition,
    Entry,
    Equation,
    Integer,
    Interval,
    Letter,
    Negated,
    Partial,
    Product,
    Quotient,
    SumOver,
    SumWhere,
    Total,
    walk,
)
from symconv.verification.deciding.finding import VACUOUS
from symconv.verification.outcome import RIGHT, Candidate, Outcome, weighed
from symconv.verification.questions.array_verdicts import Reading, leaves_out, outcome_of
from symconv.verification.questions.neighbours import (
    direction_beside,
    hangs_on_direction,
    with_neighbours,
)
from symconv.verification.reading.array_roles import typed
from symconv.verification.reading.beside import with_conditions_inside, with_definitions
from symconv.verification.reading.chains import Chain, activated, chain_of
from symconv.verification.reading.channel_groups import with_whole_channels
from symconv.verification.reading.gathers import gathered
from symconv.verification.reading.geometries import Geometry, geometries
from symconv.verification.reading.index_graph import NoLayoutError
from symconv.verification.reading.layer_labels import layers_assumed, powers_assumed
from symconv.verification.reading.multi_indices import written_out
from symconv.verification.reading.names import alternatives
from symconv.verification.reading.roles import Told
from symconv.verification.reading.settling import (
    Settler,
    UnsettledError,
    is_loss,
    stages_of,
    terms_of_index,
    terms_of_indices,
)
from symconv.verification.reading.slopes import slopes_assumed
from symconv.verification.reading.words import UNWRITTEN, spellings
from symconv.verification.truth.guarded_terms import letters_bound_in

_WINDOW: Final = re.compile(r"(\w+_)?(slice|patch|window|region|crop)(_prev)?", re.IGNORECASE)
"""Names of a window of an array, a_slice: no size, though it stands without indices."""
MOST_TRIED: Final = 10  # readings of one equation
MOST_ROWS: Final = 32  # of cases
LEFT_OUT: Final = "nothing is claimed where none of the cases holds"
JOINED: Final = 1.5  # the cost of taking the digits of x_{12} for one index


@dataclass(frozen=True)
class Form:
    """An equation of entries that a statement may be.

    Attributes:
        equation: its names are the author's.
        assumes: what is taken for granted.
        sign: the sign that its author writes the convolution with, or "".
    """

    equation: Equation
    assumes: tuple[str, ...]
    sign: str


Read: TypeAlias = Callable[[Form, float, Told], Iterator[Reading]]


def decide(statements: Sequence[Statement], told: Told) -> list[Outcome | None]:
    """Return what is found out about each statement that is an equation of entries.

    Args:
        statements: those of one display.
        told: what was said of the names.
    """
    defined = list(with_definitions(statements))
    outcomes = [
        _definition() if defines else _decided(statement, told) for statement, defines in defined
    ]
    turned = told.true_convolution
    if turned is None and (turned := direction_beside(outcomes)) is not None:
        told = replace(told, true_convolution=turned)
        outcomes = [
            _decided(statement, told) if hangs_on_direction(outcome, turned) else outcome
            for outcome, (statement, _) in zip(outcomes, defined, strict=True)
        ]
    return with_neighbours(outcomes)


def _decided(statement: Statement, told: Told) -> Outcome | None:
    if len(statement.sides) < 2 or "+=" in statement.relations:
        return None
    if sum(isinstance(part, Branch) for side in statement.sides for part in walk(side)) > MOST_ROWS:
        return Outcome("cases", "undecided", "", f"it has more than {MOST_ROWS} cases")
    found = judged(_readings(statement, told))
    if found is None or found.status in RIGHT:
        return found
    transposed = judged(_readings(statement, told, _gathers))
    return transposed if transposed is not None and transposed.status in RIGHT else found


def _definition() -> Outcome:
    return Outcome("definition", "no_claim", "", "it says what an index of the claim before is")


def judged(found: Iterable[Reading]) -> Outcome | None:
    """Return the verdict that the likeliest readings give together; None where there is none."""
    readings = sorted(found, key=lambda reading: reading.cost)
    candidates: list[Candidate] = []
    for reading in readings[:MOST_TRIED]:
        outcome = outcome_of(reading)
        if outcome is None:
            continue
        assumes = reading.assumes
        if outcome.status == "proved" and leaves_out(reading):
            assumes = (*assumes, LEFT_OUT)
        candidates.append(Candidate(reading.cost, outcome, "; ".join(assumes)))
        if outcome.status == "proved":
            break
    telling = [c for c in candidates if not c.outcome.reach.startswith(VACUOUS)]
    return weighed(telling or candidates) if candidates else None


# Readings


def _readings(statement: Statement, told: Told, read: Read | None = None) -> Iterator[Reading]:
    """Yield the readings of a statement, in no order; `read` yields those of one equation."""
    read = read or readings_of
    met: set[Any] = set()
    spelled = spellings(statement)
    for cost, (settled,) in alternatives((written_out(statement),)):
        for digits, joined in ((True, 0.0), (False, JOINED)):
            for form in _equations(settled, digits=digits):
                if form.equation not in met:
                    met.add(form.equation)
                    for reading in read(form, cost + joined, told):
                        yield replace(reading, spelled=spelled)


def _gathers(form: Form, cost: float, told: Told) -> Iterator[Reading]:
    """Yield the readings of an equation of y as the output of a transposed convolution."""
    for extra, words, said in gathered(form.equation, told):
        gather = replace(form, assumes=(*form.assumes, words))
        for reading in readings_of(gather, cost + extra, said):
            if told.true_convolution or not reading.geometry.model.flipped:
                yield replace(reading, as_written=False)


def _factors_without_indices(equation: Equation) -> Iterator[str]:
    """Yield the names that are factors as they are: a and w of a*w*x[i]."""
    for part in walk(equation.rights):
        if isinstance(part, Product):
            yield from (factor.name for factor in part.factors if isinstance(factor, Letter))


def readings_of(form: Form, cost: float, told: Told) -> Iterator[Reading]:
    """Yield the readings of an equation of entries, in no order."""
    equation = form.equation
    if any(map(_WINDOW.fullmatch, _factors_without_indices(equation))):
        return
    indices = _indices(equation)
    try:
        whole = with_whole_channels(equation, indices)
    except NoLayoutError:
        return
    as_written = whole == equation
    if not as_written:
        equation, indices = whole, _indices(whole)
    for candidate in typed(equation, told)[:6]:
        try:
            found = geometries(candidate, indices, told)
        except NoLayoutError:
            continue
        for geometry in found:
            signs = _said_by(form.sign, geometry, told)
            layers = (*layers_assumed(candidate.names), *powers_assumed(candidate.names))
            slopes = slopes_assumed(equation, candidate.names)
            assumes = (*form.assumes, *signs, *geometry.assumes, *layers, *slopes)
            total = cost + geometry.cost
            yield Reading(total, candidate, geometry, assumes, as_written=as_written)


def _said_by(sign: str, geometry: Geometry, told: Told) -> tuple[str, ...]:
    """Return what a sign must mean: a star that stands for an unflipped sum is no convolution."""
    defines = isinstance(geometry.claim.left, Entry) and told.true_convolution is None
    if sign == "*" and defines and not geometry.model.flipped:
        return ("* does not turn the kernel round: it is a cross-correlation",)
    return ()


def _indices(equation: Equation) -> frozenset[str]:
    """Return the index letters of an equation."""
    left_open = _windows_left_open(equation)
    return letters_bound_in(equation) | _letters_on_the_left(equation) | left_open


def _letters_on_the_left(equation: Equation) -> set[str]:
    """Return the index letters of the left side; of x_{at+r} those that are no stride."""
    elsewhere = {name for right in equation.rights for name in terms_of_indices(right)}
    found: set[str] = set()
    for part in walk(equation.left):
        if isinstance(part, Entry):
            for index in part.indices:
                terms = set(terms_of_index(index))
                everything = {node.name for node in walk(index) if isinstance(node, Letter)}
                found |= terms | (everything & elsewhere) or everything
    return found


def _windows_left_open(equation: Equation) -> set[str]:
    """Return the letters of a gradient that pick an output and that nothing binds: dy_{ij}."""
    if not isinstance(equation.left, Partial) or isinstance(equation.left.of, Entry):
        return set()
    picked = [
        part.by if isinstance(part, Partial) else part
        for right in equation.rights
        for part in walk(right)
        if isinstance(part, Partial) and not isinstance(part.of, Entry)
    ]
    entries = [part for part in picked if isinstance(part, Entry)]
    return {i.name for entry in entries for i in entry.indices if isinstance(i, Letter)}


def _equations(statement: Statement, *, digits: bool) -> Iterator[Form]:
    """Yield the equations of entries that a chain of sides may be."""
    chain = chain_of(statement)
    if chain is None:
        return
    settler = Settler(
        chain.letters,
        _layers(statement),
        digits,
        chain.left_letters,
        stages=stages_of(statement),
        local=_is_local(statement.sides[0]),
    )
    values, left_out = [], False
    behind: tuple[str, ...] = ()
    for side in chain.sides:
        inner, function = activated(side)
        if function and not isinstance(statement.sides[0], Partial):
            side = inner
            behind = (f"{function} is an activation; the claim is of what it is applied to",)
        try:
            values.append(with_summed_indices(settler.value(side)))
        except UnsettledError:
            left_out = True
    local = any(isinstance(side, Partial) for side in chain.lefts)
    rights = [value for value in values if _says_something(value) or (local and _is_scalar(value))]
    if not rights or (left_out and not chain.sign) or any(map(_is_factored, rights)):
        return
    conditions = tuple(_conditions(statement, settler))
    for left, assumes in _lefts(chain, settler, rights):
        found = tuple(right for right in rights if right != left)
        if found and not _counts_down(left):
            equation = Equation(left, found, conditions, span=statement.span)
            equation = with_conditions_inside(equation)
            yield Form(equation, (*behind, *assumes), chain.sign)


def _counts_down(left: Any) -> bool:
    """Return whether a left side is of entries from 0 down, y_{-i}: none but the first exists."""
    entries = (part for part in walk(left) if isinstance(part, Entry))
    return any(isinstance(index, Negated) for entry in entries for index in entry.indices)


def with_summed_indices(value: Any, letters: tuple[str, ...] = ()) -> Any:
    """Return sum_{n,l} dL/dY, whose author leaves out the indices, with them."""
    if isinstance(value, SumOver):
        inner = with_summed_indices(value.body, (*letters, value.letter))
        return replace(value, body=inner)
    if letters and not any(isinstance(part, Entry) for part in walk(value)):
        indices = tuple(map(Letter, letters))
        match value:
            case Partial(of=of, by=Letter(name=name)):
                return Partial(of, Entry(name, indices), span=value.span)
            case Letter(name=name):
                return Entry(name, indices, span=value.span)
    return value


def _is_factored(value: Any) -> bool:
    """Return whether entries with numbers for indices are added before they are multiplied.

    (d_0 - d_2) g_0 is a step of a fast algorithm; in an output no weight meets two cells.
    """
    products = [part for part in walk(value) if isinstance(part, Product)]
    sums = [f for part in products for f in part.factors if isinstance(f, Total | Quotient)]
    return any(_adds_numbered_entries(part) for part in sums) and not any(
        isinstance(part, SumOver | SumWhere) for part in walk(value)
    )


def _adds_numbered_entries(value: Any) -> bool:
    entries = [part for part in walk(value) if isinstance(part, Entry)]
    numbered = all(isinstance(index, Integer) for entry in entries for index in entry.indices)
    return numbered and len({entry.indices for entry in entries}) > 1


def _says_something(value: Any) -> bool:
    """Return whether a side is made of entries, and not only a name of the left side."""
    parts = list(walk(value))
    if isinstance(value, Partial) or any(isinstance(part, Interval) for part in parts):
        return False
    return any(isinstance(part, Entry) for part in parts)


def _is_scalar(value: Any) -> bool:
    """Return whether a side has no entries: dy/db = 1."""
    return not any(isinstance(part, Entry | Partial | Interval) for part in walk(value))


def _lefts(
    chain: Chain, settler: Settler, rights: Sequence[Any]
) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Yield what the left side may be, and what is assumed with it."""
    free = _free_letters(rights)
    for side in chain.lefts:
        try:
            value = settler.value(side)
        except UnsettledError:
            continue
        if isinstance(value, Partial):
            yield value, ()
            return
    for side in chain.lefts[:1]:
        try:
            value = settler.value(side)
        except UnsettledError:
            value = Letter(UNWRITTEN)
        if isinstance(value, Letter) and free:
            value = Entry(value.name, tuple(map(Letter, free)), span=value.span)
        yield value, ()
    if not chain.lefts and free:
        for name, words in ((f"d {UNWRITTEN}", "the gradient"), (UNWRITTEN, "the output")):
            assumed = (f"the left side is {words} at [{', '.join(free)}]",)
            yield Entry(name, tuple(map(Letter, free))), assumed


def _free_letters(rights: Sequence[Any]) -> list[str]:
    """Return the index letters of the right sides that no sum binds, in their order."""
    bound = frozenset().union(*map(letters_bound_in, rights))
    found: dict[str, None] = {}
    for right in rights:
        for part in walk(right):
            if isinstance(part, Entry):
                for index in part.indices:
                    found |= dict.fromkeys(terms_of_index(index))
            elif isinstance(part, Compare) and part.operator == "=":
                found |= dict.fromkeys((*terms_of_index(part.left), *terms_of_index(part.right)))
    free = [name for name in found if name not in bound]
    return sorted(free) if len({name.rstrip("0123456789") for name in free}) == 1 else free


def _is_local(side: Any) -> bool:
    """Return whether a side is the derivative of an entry, dY_{ij}/dX_{uv}, and of no loss."""
    of: Any = side.of if isinstance(side, Partial) else None
    if not isinstance(of, Marked) or is_loss(of):
        return False
    return any(mark.kind in ("sub", "bracket") for mark in of.marks)


def _layers(statement: Statement) -> frozenset[str]:
    """Return the letters that count layers: l, where l - 1 or l + 1 stands above some name."""
    found = {"l", "L"}
    for part in walk(statement):
        if isinstance(part, Mark) and part.kind == "sup":
            for item in part.items:
                inner = item.items[0] if isinstance(item, Group) and item.items else item
                if isinstance(inner, Total):
                    found |= {n.text for n in walk(inner) if isinstance(n, Name)}
    return frozenset(found)


def _conditions(statement: Statement, settler: Settler) -> Iterator[Condition]:
    for condition in statement.conditions:
        try:
            yield settler.condition(condition)
        except UnsettledError:
            continue
