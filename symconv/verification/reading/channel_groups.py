"""Channels in groups: all channels as G times those of one group."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from symconv.formula.tree import (
    Entry,
    Equation,
    Expression,
    Floor,
    Letter,
    Product,
    Quotient,
    Remainder,
    SumOver,
    Total,
    walk,
)
from symconv.verification.reading.index_graph import NoLayoutError
from symconv.verification.truth.algebra import (
    letters_in,
    rebuild,
    substitute,
    times,
)
from symconv.verification.truth.convolution import (
    GROUPS,
    INPUTS_OF_GROUP,
    OUTPUTS_OF_GROUP,
)
from symconv.verification.truth.guarded_terms import letters_bound_in


def grouped(node: Any) -> Any:
    """Return an equation with the channels of all groups as G times those of one."""
    match node:
        case Letter(name="C"):
            return times(INPUTS_OF_GROUP, GROUPS)
        case Letter(name="K"):
            return times(OUTPUTS_OF_GROUP, GROUPS)
        case Quotient() | Floor():
            return _cancelled(rebuild(node, grouped))
    return rebuild(node, grouped)


def of_one_group(node: Any) -> Any:
    """Return an equation about one group: C / G is how many channels it has."""
    match node:
        case Quotient(numerator=Letter(name="C" | "K"), denominator=Letter(name="G")):
            return node.numerator
    return rebuild(node, of_one_group)


def _cancelled(part: Any) -> Any:
    """Return a quotient of channels by groups as the channels of one group, C_g G / G = C_g."""
    if isinstance(part, Floor):
        return part.operand if part.operand in (INPUTS_OF_GROUP, OUTPUTS_OF_GROUP) else part
    above, below = _factors(part.numerator), _factors(part.denominator)
    if GROUPS not in below or GROUPS not in above:
        return part
    above.remove(GROUPS)
    below.remove(GROUPS)
    if not below:
        return times(*above)
    return replace(part, numerator=times(*above), denominator=times(*below))


def _factors(node: Expression) -> list[Expression]:
    return [*node.factors] if isinstance(node, Product) else [node]


# Channels that are counted by two letters, the group and the place in it


def with_whole_channels(claim: Equation, letters: AbstractSet[str]) -> Equation:
    """Return an equation whose channels g K_g + k are one letter o; g is then floor(o / K_g).

    Args:
        claim: its names are the author's.
        letters: its index letters.

    Raises:
        NoLayoutError: channels are counted in a way that no layout has, so that the letters must
            not be taken for those of an axis.
    """
    known = set(letters)
    for index in dict.fromkeys(_composites(claim, letters)):
        whole = Letter(next(_unused(claim), ""))
        claim = _with_whole(claim, index, whole)
        known.add(whole.name)
    if _spreads_channels(claim, known):
        raise NoLayoutError("the channels of one array are several of another's")
    return claim


def _composites(claim: Equation, letters: AbstractSet[str]) -> Iterator[Total]:
    """Yield the indices g K_g + k that two arrays share: no axis has them, windows differ."""
    arrays: dict[Total, set[str]] = {}
    for entry in _entries(claim):
        for index in entry.indices:
            if isinstance(index, Total) and _is_composite(index, letters):
                arrays.setdefault(index, set()).add(entry.array)
    yield from (index for index, names in arrays.items() if len(names) > 1)


def _is_composite(index: Any, letters: AbstractSet[str]) -> bool:
    """Return whether an index counts in steps, g K_g + k."""
    terms = index.terms if isinstance(index, Total) else ()
    steps = any(isinstance(term, Product) and letters_in(term) for term in terms)
    return steps and any(isinstance(term, Letter) and term.name in letters for term in terms)


def _with_whole(claim: Equation, index: Total, whole: Letter) -> Equation:
    """Return an equation with one letter for an index g K_g + k.

    Raises:
        NoLayoutError: it cannot be one.
    """
    steps = [term for term in index.terms if isinstance(term, Product)]
    places = [term.name for term in index.terms if isinstance(term, Letter)]
    changed = _with_index(claim, index, whole)
    limits = {name for part in walk(claim) if isinstance(part, SumOver) for name in _limits(part)}
    elsewhere = {n for e in _entries(changed) for i in e.indices for n in letters_in(i)} - limits
    factors = steps[0].factors if len(steps) == 1 else ()
    groups = [f.name for f in factors if isinstance(f, Letter) and f.name in elsewhere]
    on_the_left = any(index in part.indices for part in walk(claim.left) if isinstance(part, Entry))
    if len(index.terms) != 2 or len(places) != 1 or len(groups) != 1 or not on_the_left:
        raise NoLayoutError("channels are counted by several letters")
    counted = {groups[0], places[0]}
    if counted & letters_bound_in(claim) or places[0] in letters_in(changed) or not whole.name:
        raise NoLayoutError("channels are counted by several letters")
    others = [index for entry in _entries(changed) for index in entry.indices]
    if any(steps[0] in other.terms for other in others if isinstance(other, Total)):
        raise NoLayoutError("as many channels go into a group as come out of it")
    size = times(*(factor for factor in factors if factor != Letter(groups[0])))
    found: Equation = substitute(changed, {groups[0]: Floor(Quotient(whole, size))})
    return found


def _limits(part: SumOver) -> Iterator[str]:
    for end in (part.lower, part.upper):
        if end is not None:
            yield from letters_in(end)


def _unused(claim: Equation) -> Iterator[str]:
    names = {part.name for part in walk(claim) if isinstance(part, Letter)}
    names |= letters_bound_in(claim) | {entry.array for entry in _entries(claim)}
    yield from (name for name in ("o", "q", "a", "channel") if name not in names)


def _with_index(node: Any, index: Expression, whole: Letter) -> Any:
    if isinstance(node, Entry):
        indices = tuple(whole if own == index else own for own in node.indices)
        return replace(node, indices=indices)
    return rebuild(node, lambda part: _with_index(part, index, whole))


def _spreads_channels(claim: Equation, letters: AbstractSet[str]) -> bool:
    """Return whether a letter that picks entries of two arrays by itself is part of a count.

    So it is with a depth multiplier: x[o // m, i + u] w[o, u], or y[c m + q] and w[c, q].
    """
    bare: dict[str, set[str]] = {}
    parts: dict[str, set[str]] = {}
    for entry in _entries(claim):
        for index in entry.indices:
            if isinstance(index, Letter):
                bare.setdefault(index.name, set()).add(entry.array)
            elif isinstance(index, Floor | Remainder) or _is_composite(index, letters):
                for name in letters_in(index) & letters:
                    parts.setdefault(name, set()).add(entry.array)
    return any(
        len(bare.get(name, ())) > 1 and arrays - bare[name] and not _is_grouped(claim, name)
        for name, arrays in parts.items()
    )


def _is_grouped(claim: Equation, name: str) -> bool:
    """Return whether a letter counts channels of groups: x[floor(o / K_g) C_g + c]."""
    return any(
        isinstance(factor, Floor | Remainder) and name in letters_in(factor)
        for entry in _entries(claim)
        for index in entry.indices
        if isinstance(index, Total)
        for term in index.terms
        for factor in (term.factors if isinstance(term, Product) else (term,))
    )


def _entries(claim: Equation) -> list[Entry]:
    return [part for part in walk(claim) if isinstance(part, Entry)]
