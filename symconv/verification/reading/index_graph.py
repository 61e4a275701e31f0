"""What the index letters of an equation run along: axes, channels, images.

Letters that meet in one index, x_{i+m}, or in one equation run along the same axis. A letter that
is always alone is a channel or counts images: which of them is told by the arrays that share it.
So the order of an array's dimensions need not be known: it is found, whatever the layout.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, Final

from symconv.formula.tree import (
    Compare,
    Entry,
    Equation,
    Expression,
    Floor,
    Integer,
    Letter,
    Negated,
    Node,
    Partial,
    Remainder,
    SumOver,
    Total,
    walk,
)
from symconv.verification.truth.algebra import rebuild
from symconv.verification.truth.layout import AXES, Layout, agreement, entries_by_array, layout_of

MAX_AXES: Final = 3
_SHARED: Final = {
    frozenset({"x", "w"}): "input",
    frozenset({"w", "dy"}): "output",
    frozenset({"b", "dy"}): "output",
    frozenset({"b", "w", "dy"}): "output",
    frozenset({"b", "w"}): "output",
    frozenset({"b"}): "output",
    frozenset({"x", "dy"}): "batch",
    frozenset({"x", "w", "dy"}): "channel",
    frozenset({"b", "x", "w", "dy"}): "channel",
}


class NoLayoutError(Exception):
    """The indices of a claim's arrays do not fit one convolution."""


@dataclass(frozen=True)
class Placed:
    """An equation whose indices stand in the order that its layout says.

    Attributes:
        claim: the equation, arrays x, w, y, dy, b.
        layout: the dimensions of its arrays.
        axes: the index letters along each axis.
        channels: role -> the letters of that dimension.
        one_group: whether it is about the channels of one group of several.
        kernel_order: the dimensions of the kernel as its author orders them.
    """

    claim: Equation
    layout: Layout
    axes: tuple[frozenset[str], ...]
    channels: dict[str, frozenset[str]]
    one_group: bool = False
    kernel_order: tuple[str, ...] = ()


def array_of(entry: Entry) -> str:
    """Return the array that an entry's indices are those of; y has those of dy."""
    return "dy" if entry.array == "y" else entry.array


def placed(claim: Equation, letters: AbstractSet[str]) -> Placed:
    """Return an equation with its indices in order, and what they run along.

    Args:
        claim: its arrays are x, w, y, dy and b.
        letters: its index letters.

    Raises:
        NoLayoutError: there is no convolution with such indices.
    """
    entries = [part for part in walk(claim) if isinstance(part, Entry)]
    groups = _groups(claim, entries, letters)
    if fixed := _group_index(groups, entries):
        return replace(placed(_without_index(claim, fixed), letters), one_group=True)
    kinds = [_kind(group, entries) for group in groups]
    try:
        roles = _with_axes(list(zip(groups, kinds, strict=True)), entries)
        return _arranged(claim, entries, roles)
    except NoLayoutError:
        return _by_rank(claim, entries, letters)


def _group_index(groups: Sequence[frozenset[str]], entries: Sequence[Entry]) -> str:
    """Return the letter that counts groups of channels: it is the same at all arrays, y_g[o,i,j].

    Each group is a convolution of its own, so that the letter may be left out.
    """
    kinds = {group: _kind(group, entries) for group in groups}
    channels = [group for group, kind in kinds.items() if kind == "channel"]
    several = {"input", "output"} & set(kinds.values())
    return min(channels[0]) if len(channels) == 1 and several else ""


def _without_index(node: Any, letter: str) -> Any:
    if isinstance(node, Entry):
        kept = tuple(index for index in node.indices if index != Letter(letter))
        return replace(node, indices=kept)
    return rebuild(node, lambda part: _without_index(part, letter))


def _by_rank(claim: Equation, entries: Sequence[Entry], letters: AbstractSet[str]) -> Placed:
    """Return an equation in the usual layout that its arrays have by their ranks.

    Raises:
        NoLayoutError: there is none.
    """
    by_array = entries_by_array(entries)
    layout = layout_of(by_array, default=0)
    fits = all(
        len(indices) == len(layout.roles(array))
        for array, several in by_array.items()
        for indices in several
    )
    grouped = any(isinstance(part, Floor | Remainder) for part in walk(claim))
    loose = {i.name for e in entries for i in e.indices if isinstance(i, Letter)} - letters
    pointwise = len(by_array) > 1 and len({e.indices for e in entries if e.indices}) == 1
    strange = pointwise or (agreement(layout, by_array) < 0 and not grouped)
    if not fits or layout.axes == 0 or strange or loose:
        raise NoLayoutError("the indices fit no convolution")
    channels: dict[str, set[str]] = {}
    for array, several in by_array.items():
        for indices in several:
            for role, index in zip(layout.roles(array), indices, strict=True):
                if role not in AXES:
                    channels.setdefault(role, set()).update(terms_of(index) & letters)
    along = [_letters_at(claim, layout, axis) & letters for axis in range(layout.axes)]
    return Placed(
        claim,
        layout,
        tuple(map(frozenset, along)),
        {role: frozenset(names) for role, names in channels.items()},
    )


def terms_of(index: Any) -> AbstractSet[str]:
    """Return the letters that are terms of an index."""
    terms = index.terms if isinstance(index, Total) else (index,)
    return {term.name for term in terms if isinstance(term, Letter)}


# Letters that run along the same dimension


def _groups(
    claim: Equation, entries: Sequence[Entry], letters: AbstractSet[str]
) -> list[frozenset[str]]:
    """Return the letters that are tied to each other, in the order of their places."""
    order = [name for name in _in_order(entries) if name in letters]
    group = {name: frozenset((name,)) for name in dict.fromkeys(order)}
    for tied in _ties(claim, entries):
        known = [name for name in tied if name in group]
        joined = frozenset().union(*(group[name] for name in known))
        group |= dict.fromkeys(sorted(joined), joined)
    return list(dict.fromkeys(group.values()))


def _in_order(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield the letters of the indices, those of the input first."""
    for array in ("x", "dy", "w", "b"):
        for entry in entries:
            if array_of(entry) == array:
                for index in entry.indices:
                    yield from _letters(index)


def _letters(node: Any) -> Iterator[str]:
    for part in walk(node) if isinstance(node, Node) else ():
        if isinstance(part, Letter):
            yield part.name


def _ties(claim: Equation, entries: Sequence[Entry]) -> Iterator[list[str]]:
    for entry in entries:
        for index in entry.indices:
            yield list(_letters(index))
    for part in walk(claim):
        if isinstance(part, Compare):
            yield list(_letters(part))
        elif isinstance(part, Partial) and isinstance(part.of, Entry):
            yield from _ties_of_local(part.of, part.by, _letters_of_factors(claim))
        elif isinstance(part, SumOver):
            limits = [end for end in (part.lower, part.upper) if end is not None]
            yield [part.letter, *(name for end in limits for name in _letters(end))]


def _ties_of_local(output: Entry, by: Any, alone: AbstractSet[str]) -> Iterator[list[str]]:
    """Yield the letters at the same places of y and of what it is derived with respect to.

    Letters that both pick entries by themselves, w_{o,c}, are channels rather than an axis.
    """
    if isinstance(by, Entry) and len(by.indices) == len(output.indices):
        one, other = (set(_letters(entry)) for entry in (output, by))
        for a, b in zip(output.indices, by.indices, strict=True):
            names = [*_letters(a), *_letters(b)]
            if not (set(_letters(a)) & other or set(_letters(b)) & one or set(names) <= alone):
                yield names


def _letters_of_factors(claim: Equation) -> AbstractSet[str]:
    """Return the letters that pick entries of the right sides, other than below derivatives."""
    derived = {
        entry
        for right in claim.rights
        for part in walk(right)
        if isinstance(part, Partial)
        for entry in (part.of, part.by)
    }
    return {
        index.name
        for right in claim.rights
        for part in walk(right)
        if isinstance(part, Entry) and part.array != "dy" and part not in derived
        for index in part.indices
        if isinstance(index, Letter)
    }


def _kind(group: frozenset[str], entries: Sequence[Entry]) -> str:
    """Return what a group of letters runs along, or "" for an axis."""
    arrays = set()
    for entry in entries:
        for index in entry.indices:
            if group & set(_letters(index)):
                if not is_bare(index):
                    return ""
                arrays.add(array_of(entry))
    if len(group) > 1 and arrays != {"b", "dy"}:
        return ""
    return _SHARED.get(frozenset(arrays), "")


def is_bare(index: Any) -> bool:
    """Return whether an index is one letter, up to a constant."""
    if isinstance(index, Total):
        letters = [term for term in index.terms if isinstance(term, Letter)]
        others = [term for term in index.terms if not isinstance(term, Letter)]
        constant = all(
            isinstance(term.operand if isinstance(term, Negated) else term, Integer)
            for term in others
        )
        return len(letters) == 1 and constant
    return isinstance(index, Letter)


def _with_axes(
    found: Sequence[tuple[frozenset[str], str]], entries: Sequence[Entry]
) -> dict[str, str]:
    """Return letter -> role: "0", "1", "2" along the axes, or that of a channel."""
    roles: dict[str, str] = {}
    axes = [group for group, kind in found if not kind]
    batches = [group for group, kind in found if kind == "batch"]
    alone = [group for group in axes if len(group) == 1 and _arrays(group, entries) == {"dy"}]
    if len(alone) == len(axes) and len(axes) > 2:  # grad_bias: which one counts images is no matter
        batches, axes = alone[: len(axes) - 2], alone[len(axes) - 2 :]
    elif not axes and batches:  # a 1x1 kernel: cells and windows share their letters
        axes, batches = batches[-2:], batches[:-2]
    elif len(batches) > 1:
        raise NoLayoutError("several letters count images")
    if len(axes) > MAX_AXES:
        raise NoLayoutError(f"there are more than {MAX_AXES} axes")
    for place, group in enumerate(axes):
        roles |= dict.fromkeys(sorted(group), AXES[place])
    for group in batches:
        roles |= dict.fromkeys(sorted(group), "batch")
    for group, kind in found:
        if kind in ("input", "output", "channel"):
            roles |= dict.fromkeys(sorted(group), kind)
    return roles


def _arrays(group: frozenset[str], entries: Sequence[Entry]) -> set[str]:
    return {
        array_of(entry)
        for entry in entries
        if any(group & set(_letters(index)) for index in entry.indices)
    }


# The indices in order


def _arranged(claim: Equation, entries: Sequence[Entry], roles: dict[str, str]) -> Placed:
    literal = not roles
    places = {array: _roles_of(array, entries, roles, literal) for array in ("x", "w", "dy", "b")}
    present = {role for found in places.values() for role in found or ()}
    axes = sum(role in AXES for role in present)
    depthwise = "channel" in present
    layout = Layout(
        axes=max(axes, 1),
        batch="batch" in present,
        inputs=depthwise or "input" in present,
        outputs=depthwise or "output" in present,
        depthwise=depthwise,
        biases=bool(places["b"]),
    )
    if depthwise and present & {"input", "output"}:
        raise NoLayoutError("a letter of channels stands at all arrays, and another one at two")
    ordered = {
        array: _order(found, layout.roles(array), depthwise, array)
        for array, found in places.items()
        if found is not None
    }
    arranged = _rearranged(claim, ordered)
    along = tuple(_letters_at(arranged, layout, axis) & roles.keys() for axis in range(layout.axes))
    along = tuple(
        own | {name for name, role in roles.items() if role == AXES[axis]}
        for axis, own in enumerate(along)
    )
    channels = {
        role: frozenset(name for name, own in roles.items() if own == role)
        for role in ("batch", "input", "output", "channel")
    }
    named = {role: names for role, names in channels.items() if names}
    return Placed(arranged, layout, along, named, kernel_order=places["w"] or ())


def _letters_at(claim: Equation, layout: Layout, axis: int) -> frozenset[str]:
    """Return the letters of the indices along an axis."""
    return frozenset(
        name
        for part in walk(claim)
        if isinstance(part, Entry) and part.indices and array_of(part) != "b"
        for role, index in zip(layout.roles(array_of(part)), part.indices, strict=False)
        if role == AXES[axis]
        for name in _letters(index)
    )


def _roles_of(
    array: str, entries: Sequence[Entry], roles: dict[str, str], literal: bool
) -> tuple[str, ...] | None:
    """Return the roles of an array's indices in the author's order; None without entries."""
    found: list[tuple[str, ...]] = []
    for entry in entries:
        if array_of(entry) != array or not entry.indices:
            continue
        if literal:
            found.append(AXES[: len(entry.indices)])
            continue
        own = [next((roles[n] for n in _letters(i) if n in roles), "") for i in entry.indices]
        found.append(tuple(_guessed(own)))
    if not found:
        return None
    if len(set(found)) > 1:
        raise NoLayoutError(f"the indices of {array} do not agree")
    if len(set(found[0])) < len(found[0]) or "" in found[0]:
        raise NoLayoutError(f"what the indices of {array} run along is not clear")
    return _axes_in_order(found[0])


def _axes_in_order(roles: tuple[str, ...]) -> tuple[str, ...]:
    """Return roles with the axes as they come: rows before columns in every array.

    An author who swaps them in one array has swapped two indices, not named the axes anew.
    """
    axes = iter(sorted(role for role in roles if role in AXES))
    return tuple(next(axes) if role in AXES else role for role in roles)


def _guessed(own: list[str]) -> list[str]:
    """Return roles with those of fixed indices, x[0, j], taken from their place."""
    free = [axis for axis in AXES if axis not in own]
    return [role or (free.pop(0) if free else "") for role in own]


def _order(
    found: tuple[str, ...], wanted: tuple[str, ...], depthwise: bool, array: str
) -> list[int | None]:
    """Return for each dimension of the layout the place of the author's index, None for none."""
    if depthwise:
        named = "input" if array == "x" else "output"
        found = tuple(named if role == "channel" else role for role in found)
    order: list[int | None] = []
    for role in wanted:
        if role in found:
            order.append(found.index(role))
        elif role in AXES and array == "w":
            order.append(None)
        else:
            raise NoLayoutError(f"{array} lacks an index that others have")
    if len(found) != sum(place is not None for place in order):
        raise NoLayoutError(f"{array} has an index that no other array explains")
    return order


def _rearranged(node: Any, ordered: dict[str, list[int | None]]) -> Any:
    if isinstance(node, Entry) and array_of(node) in ordered and node.indices:
        order = ordered[array_of(node)]
        zero: Expression = Integer(0)
        indices = tuple(zero if place is None else node.indices[place] for place in order)
        return replace(node, indices=indices)
    return rebuild(node, lambda part: _rearranged(part, ordered))
