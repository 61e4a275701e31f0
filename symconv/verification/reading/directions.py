"""The convolutions whose output or whose gradient an equation may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from symconv.formula.tree import (
    Entry,
    Equation,
    Floor,
    Integer,
    Letter,
    Negated,
    Partial,
    Product,
    Quotient,
    walk,
)
from symconv.verification.reading.first_indices import Bases, letters_in_claim
from symconv.verification.reading.index_graph import Placed
from symconv.verification.reading.roles import Told
from symconv.verification.reading.window_relations import (
    OFFSET,
    begun,
    fully_padded,
    is_half,
    relation_of,
    stepped,
    with_numbers,
)
from symconv.verification.truth.algebra import (
    ONE,
    ZERO,
    expanded,
    minus,
    negative,
)
from symconv.verification.truth.convolution import (
    Axis,
)

FLIPPED: Final = 2.0  # ... of a true convolution that nobody said
STRIDED: Final = 1.0  # ... of a stride that is a number in the indices
OWN_COUNT: Final = "the first output, which has the index 1, begins one stride inside the image"
HALF_PADDING: Final = "the padding is half the kernel on both sides"
REACH_IN_FRONT: Final = "the padding in front is the reach of the kernel less one"


@dataclass(frozen=True)
class Directions:
    """Finds the convolutions that an equation with settled sizes may be about.

    Attributes:
        laid: the equation.
        bases: what its indices start from.
        families: the author's size -> what it is.
        told: what was said of the names.
    """

    laid: Placed
    bases: Bases
    families: Mapping[str, str]
    told: Told

    def forward(
        self, claim: Equation, axes: Sequence[Axis], base: int
    ) -> Iterator[tuple[float, bool, list[Axis], list[str]]]:
        """Yield the convolutions that an equation of y defines."""
        relations = [relation_of(claim, self.laid, place, base) for place in range(len(axes))]
        flips = [relation.flips for relation in relations if relation is not None]
        flipped = any(flips) and all(flips)
        plain = [with_numbers(axis, found) for axis, found in zip(axes, relations, strict=True)]
        said = self.told.true_convolution
        if said not in (None, flipped):
            yield 0.0, bool(said), plain, []  # what was said counts, not what the indices do
            return
        pairs = zip(plain, relations, strict=True)
        own = [begun(axis, found, flipped) for axis, found in pairs if found is not None]
        full = [fully_padded(axis) for axis in plain]
        if flipped and [axis.before for axis in own] == [axis.before for axis in full]:
            moved = any(axis.before != ZERO for axis in plain)
            yield 0.0, flipped, full, ["the convolution turns the kernel round"] if moved else []
            return
        yield 0.0, flipped, plain, []
        if not letters_in_claim(self.laid):
            yield from stepped(plain)
        sided = {"before", "after"} & set(self.families.values())
        if any(flips) != all(flips) or None in relations or sided:
            return
        assumes = self._offset(plain, own, flipped)
        if assumes:
            yield OFFSET, flipped, own, assumes

    def _offset(self, plain: Sequence[Axis], own: Sequence[Axis], flipped: bool) -> list[str]:
        """Return what an equation assumes whose windows begin elsewhere than names say, if it may.

        They may begin in padding that is a number, the same along all axes, or the reach of the
        kernel less one, of a causal convolution; or where first indices that differ move them.
        """
        moves = [expanded(minus(b.before, a.before)) for a, b in zip(plain, own, strict=True)]
        if all(move == ZERO for move in moves):
            return []
        numbers = {move.value if isinstance(move, Integer) else 0 for move in moves}
        if len(numbers) == 1 and 0 not in numbers:
            return [f"the padding is {min(numbers)}"]
        if all(is_half(move, axis) for move, axis in zip(moves, plain, strict=True)):
            return [HALF_PADDING]
        reaches = [expanded(minus(axis.extent, ONE)) for axis in plain]
        if not flipped and moves == reaches:
            return [REACH_IN_FRONT]
        mixed = self.told.index_base is None and self.bases.w == 1
        named = [move.operand if isinstance(move, Negated) else move for move in moves]
        steps = [a.dilation if flipped else move for a, move in zip(plain, named, strict=True)]
        if mixed and self.bases.dy and moves == [negative(axis.stride) for axis in plain]:
            return [OWN_COUNT]
        ours = [size for a in plain for size in (a.stride, a.dilation)]
        if mixed and all(step in ours for step in steps):
            return ["the first window begins where these indices say"]
        return []

    def backward(
        self, claim: Equation, axes: Sequence[Axis]
    ) -> Iterator[tuple[float, bool, list[Axis], list[str]]]:
        """Yield the convolutions whose gradient an equation may be."""
        said = self.told.true_convolution
        if _chains(claim) and all(axis.stride == ONE for axis in axes):
            # the chain rule holds whatever the stride is
            yield 0.0, bool(said), [replace(axis, stride=Letter("t")) for axis in axes], []
        for stride in self._strides(claim):
            strided = [
                replace(axis, stride=Integer(stride)) if axis.stride == ONE else axis
                for axis in axes
            ]
            assumes = []
            open_ = [axis for axis in axes if axis.stride == ONE]
            if open_ and self.matters(claim):
                where = "" if len(open_) == len(axes) else " along the other axis"
                assumes = [f"the stride{where} is {stride}"]
            cost = STRIDED * (stride > 1)
            padded = self._padded_by_half(claim, strided)
            if said is not True:
                yield cost, False, strided, assumes
                if padded:
                    yield cost + OFFSET, False, padded, [*assumes, HALF_PADDING]
                if self.bases.dy and self.told.index_base is None and self.matters(claim):
                    own = [replace(a, before=minus(a.before, a.stride)) for a in strided]
                    yield cost + 2 * OFFSET, False, own, [*assumes, OWN_COUNT]
            flip = 0.0 if said else FLIPPED
            words = [] if said else ["the convolution turns the kernel round"]
            if said is not False and self.matters(claim):
                yield cost + flip, True, strided, [*assumes, *words]
                shifted = [
                    replace(a, before=minus(a.extent, ONE), after=minus(a.extent, ONE))
                    for a in strided
                ]
                yield cost + flip, True, shifted, [*assumes, *words]
                turned = [
                    replace(a, before=expanded(minus(minus(a.extent, ONE), a.before)))
                    for a in padded
                ]
                if turned:
                    yield cost + flip + OFFSET, True, turned, [*assumes, *words, HALF_PADDING]

    def _padded_by_half(self, claim: Equation, axes: Sequence[Axis]) -> list[Axis]:
        """Return the axes with half a kernel as padding, where indices have half of it in them."""
        parts = [part for part in walk(claim) if isinstance(part, Quotient | Floor)]
        padded = []
        for axis in axes:
            half = next((part for part in parts if is_half(part, axis)), None)
            if half is None or axis.before != ZERO:
                return []
            padded.append(replace(axis, before=half, after=half))
        return padded

    def matters(self, claim: Equation) -> bool:
        """Return whether an equation depends on where windows lie."""
        names = {part.array for part in walk(claim) if isinstance(part, Entry)}
        return len(names & {"x", "w", "dy", "y"}) > 1 and not (
            isinstance(claim.left, Entry) or "b" in names
        )

    def _strides(self, claim: Equation) -> list[int]:
        """Return the strides that the numbers in the indices allow."""
        found = {1}
        for part in walk(claim):
            if isinstance(part, Entry):
                for index in part.indices:
                    found |= {
                        factor.value
                        for inner in walk(index)
                        if isinstance(inner, Product)
                        for factor in inner.factors
                        if isinstance(factor, Integer) and 1 < factor.value <= 4
                    }
        if not letters_in_claim(self.laid):
            found |= {2}
        return sorted(found)


def _chains(claim: Equation) -> bool:
    """Return whether the right sides are made of derivatives of y alone, as the chain rule says."""
    parts = [part for right in claim.rights for part in walk(right)]
    arrays = {part.array for part in parts if isinstance(part, Entry)}
    local = any(isinstance(part, Partial) and isinstance(part.of, Entry) for part in parts)
    return local and arrays <= {"dy", "y", _derived(claim)}


def _derived(claim: Equation) -> str:
    by = claim.left.by if isinstance(claim.left, Partial) else None
    return by.array if isinstance(by, Entry) else ""
