"""The author's way of writing: names, the order of dimensions and first indices, from ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from symconv.formula.tree import (
    Entry,
    Expression,
    Integer,
    Letter,
    Negated,
    Node,
    Partial,
    Product,
    SumOver,
    SumWhere,
    Total,
    walk,
)
from symconv.verification.reading.array_roles import Typed
from symconv.verification.reading.geometries import Geometry
from symconv.verification.reading.index_graph import array_of
from symconv.verification.truth.algebra import ZERO, letters_in, minus, negative, plus, rebuild
from symconv.verification.truth.convolution import (
    GROUPS,
    INPUTS,
    INPUTS_OF_GROUP,
    OUTPUTS,
    OUTPUTS_OF_GROUP,
)

Marked = Mapping[int, Any]
_WHOLE: Final[Mapping[Expression, Letter]] = {INPUTS_OF_GROUP: INPUTS, OUTPUTS_OF_GROUP: OUTPUTS}
_UNMARKED: Final[Marked] = MappingProxyType({})


@dataclass(frozen=True)
class Authored:
    """How the author of an equation writes.

    Attributes:
        typed: which array is which; its claim has the author's indices.
        geometry: the equation in our letters, and the convolution it is about.
    """

    typed: Typed
    geometry: Geometry

    # Names

    @cached_property
    def arrays(self) -> Mapping[str, str]:
        """Our array, x, w, y, b, e, dy, dx, dw or db -> the author's name."""
        return {role: name for name, role in reversed(list(self.typed.names.items()))}

    @cached_property
    def is_nameless(self) -> bool:
        """Whether an array has no name, because no left side was written."""
        return any(name.startswith("(") for name in self.typed.names)

    def name(self, ours: str) -> str | None:
        """Return the author's name of a size, None where it has none."""
        return self.geometry.author.get(ours)

    def unnamed(self, node: Node) -> list[str]:
        """Return the sizes in a node that have no name, in order."""
        sizes = [name for name in sorted(letters_in(node)) if not name.startswith("_")]
        return [name for name in sizes if not self.name(name) and name not in {"b", "e"}]

    @cached_property
    def taken(self) -> frozenset[str]:
        """The names of arrays, sizes and indices."""
        indices = {name[1:] for name in letters_in(self.geometry.claim) if name.startswith("_")}
        bound = {part.letter for part in walk(self.typed.claim) if isinstance(part, SumOver)}
        return frozenset((*self.typed.names, *self.geometry.author.values(), *indices, *bound))

    # Places

    @cached_property
    def places(self) -> Mapping[str, tuple[int | None, ...]]:
        """For each array, the author's place of each dimension of the layout."""
        found: dict[str, tuple[int | None, ...]] = {}
        written = [part for part in walk(self.typed.claim) if isinstance(part, Entry)]
        ours = [part for part in walk(self.geometry.claim) if isinstance(part, Entry)]
        for one, other in zip(written, ours, strict=False):
            array = array_of(one)
            if array == array_of(other) and one.indices and array not in found:
                found[array] = _matched(one.indices, other.indices)
        return found

    def in_order(self, array: str, indices: Sequence[Any]) -> tuple[Any, ...]:
        """Return the indices of an array in the author's order."""
        places = self.places.get(array)
        if places is None or len(places) != len(indices):
            return tuple(indices)
        pairs = zip(places, range(len(indices)), strict=True)
        order = sorted((place, own) for place, own in pairs if place is not None)
        return tuple(indices[own] for _, own in order)

    def firsts(self, array: str) -> tuple[Expression, ...]:
        """Return what the author's indices of an array start from, in the layout's order."""
        return self.geometry.firsts.get(array, ())

    def _shifts(self, entry: Entry) -> list[Expression]:
        """Return by how much the author's indices of an entry are larger than ours."""
        base = Integer(self.geometry.index_base)
        firsts = self.firsts(array_of(entry))
        if len(firsts) != len(entry.indices):
            return [ZERO] * len(entry.indices)
        return [ZERO if first == base else minus(first, base) for first in firsts]

    @cached_property
    def letter_shifts(self) -> Mapping[str, Expression]:
        """Index letter of the left side -> by how much the author's is larger than ours."""
        found: dict[str, Expression] = {}
        for part in walk(self.geometry.claim.left):
            if isinstance(part, Entry):
                for index, shift in zip(part.indices, self._shifts(part), strict=True):
                    if isinstance(index, Letter) and shift != ZERO:
                        found[index.name] = shift
        return found

    def shift_of(self, claim: Node, node: Node) -> Expression:
        """Return by how much the author's index is larger than ours, if a node is an index."""
        for part in walk(claim):
            if isinstance(part, Entry):
                for index, shift in zip(part.indices, self._shifts(part), strict=True):
                    if index is node:
                        return shift
        return ZERO

    # Trees

    def restored(self, node: Any, *, shift: Expression = ZERO, marked: Marked = _UNMARKED) -> Any:
        """Return a node in the author's names, indices and order.

        Args:
            node: in our letters.
            shift: what is added to it, where it is an index.
            marked: nodes, by identity, in whose place other nodes stand, which are the author's.
        """
        if id(node) in marked:
            return marked[id(node)]

        def inner(part: Any) -> Any:
            return self.restored(part, marked=marked)

        if shift != ZERO:
            return _added(inner(node), inner(shift))
        match node:
            case Product(factors=(one, other)) if other == GROUPS and one in _WHOLE:
                return inner(_WHOLE[one])
            case Letter(name=name):
                return self._letter(name)
            case Partial(of=Letter(name="e"), by=Entry() as by) if f"d{by.array}" in self.arrays:
                return self._entry(f"d{by.array}", by, marked)
            case Partial(of=Letter(name="e"), by=Letter(name="b")) if "db" in self.arrays:
                return Letter(self.arrays["db"])
            case Entry(array="dy") if "dy" not in self.arrays:
                loss = Letter(self.arrays.get("e", "L"))
                return Partial(loss, self._entry("y", node, marked))
            case Entry():
                return self._entry(node.array, node, marked)
            case SumOver():
                return replace(rebuild(node, inner), letter=node.letter.removeprefix("_"))
            case SumWhere():
                letters = tuple(name.removeprefix("_") for name in node.letters)
                return replace(rebuild(node, inner), letters=letters)
            case Total() if self.letter_shifts:
                return _added(*map(inner, node.terms))
            case Node():
                return rebuild(node, inner)
        return node

    def _letter(self, name: str) -> Expression:
        shift = self.letter_shifts.get(name)
        if shift is not None:
            return _added(Letter(name[1:]), negative(self.restored(shift)))
        if name in ("b", "e"):
            return Letter(self.arrays.get(name, name))
        return Letter(name[1:] if name.startswith("_") else self.name(name) or name)

    def _entry(self, role: str, entry: Entry, marked: Marked) -> Expression:
        indices = [
            self.restored(index, shift=shift, marked=marked)
            for index, shift in zip(entry.indices, self._shifts(entry), strict=True)
        ]
        name = self.arrays.get(role, role)
        ordered = self.in_order(array_of(entry), indices)
        return Entry(name, ordered) if ordered else Letter(name)


def _matched(written: Sequence[Expression], ours: Sequence[Expression]) -> tuple[int | None, ...]:
    """Return for each of our indices which of the author's has the same letters."""
    left = list(range(len(written)))
    places: list[int | None] = []
    for index in ours:
        letters = {name[1:] for name in letters_in(index) if name.startswith("_")}
        fitting = [place for place in left if letters and letters <= letters_in(written[place])]
        places.append(fitting[0] if fitting else None)
        left = [place for place in left if place not in fitting[:1]]
    for dimension in reversed(range(len(places))):  # fixed indices; axes stand last
        if places[dimension] is None and left:
            places[dimension] = left.pop()
    return tuple(places)


def _added(*terms: Expression) -> Expression:
    """Return a sum without terms that cancel each other."""
    kept: list[Expression] = []
    for term in getattr(plus(*terms), "terms", (plus(*terms),)):
        opposite = negative(term)
        if opposite in kept and not isinstance(term, Integer) and term != Negated(ZERO):
            kept.remove(opposite)
        else:
            kept.append(term)
    return plus(*kept)
