"""Loops with numbers as bounds: over the entries of a plane that a row of taps reaches.

Along the last axis the entries that every tap of a row reaches are taken together, those at the
ends tap by tap, so that nothing is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import prod
from typing import TypeAlias

from symconv.algebra.affine import Affine
from symconv.codegen.plan.kernel import TermPlan
from symconv.codegen.spelling.text import tuple_of
from symconv.sizes import Shape


@dataclass(frozen=True)
class Span:
    """A loop: its letter, from where, to where."""

    letter: str
    start: int
    stop: int


@dataclass(frozen=True)
class Nest:
    """Loops, one an axis, and the lines inside."""

    note: str
    loops: tuple[Span, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Side:
    """Entries of one plane that are sums over another: all windows, or the cells of a phase.

    Attributes:
        target: the index of an entry along each axis.
        targets: the sizes of its plane.
        terms: the taps, and the indices of what is read through them.
        sources: the sizes of the plane that is read.
    """

    target: tuple[Affine, ...]
    targets: Shape
    terms: Sequence[TermPlan]
    sources: Shape

    def reading(self, term: TermPlan) -> list[range]:
        """Return per axis where the entry exists and something is read through the tap."""
        axes = zip(self.target, self.targets, term.index, self.sources, strict=True)
        inside = [(_inside(at, size), _inside(of, count)) for at, size, of, count in axes]
        return [range(max(at.start, of.start), min(at.stop, of.stop)) for at, of in inside]


Spelling: TypeAlias = Callable[[Side, Sequence[TermPlan]], list[str]]


def nests_of(side: Side, spell: Spelling) -> Iterator[Nest]:
    """Yield the loops of every row of taps, less those taps that read nothing."""
    for leading, row in groupby(side.terms, key=lambda term: term.tap[:-1]):
        reading = {term: side.reading(term) for term in row}
        reading = {term: ranges for term, ranges in reading.items() if all(map(len, ranges))}
        for terms, span in _spans({term: ranges[-1] for term, ranges in reading.items()}):
            ranges = (*reading[terms[0]][:-1], span)
            taps = tuple_of((*leading, "*")) if len(terms) > 1 else tuple_of(terms[0].tap)
            yield Nest(
                f"{'taps' if len(terms) > 1 else 'tap'} {taps}",
                tuple(
                    Span(index.letter, each.start, each.stop)
                    for index, each in zip(side.target, ranges, strict=True)
                ),
                tuple(spell(side, terms)),
            )


def _spans(ranges: Mapping[TermPlan, range]) -> Iterator[tuple[list[TermPlan], range]]:
    """Yield where which taps read along the last axis: all together, then each at the ends."""
    if not ranges:
        return
    common = range(
        max(span.start for span in ranges.values()), min(span.stop for span in ranges.values())
    )
    if common:
        yield list(ranges), common
    for term, span in ranges.items():
        ends = [range(span.start, common.start), range(common.stop, span.stop)]
        for end in ends if common else [span]:
            if end:
                yield [term], end


def _inside(index: Affine, size: int) -> range:
    """Return where an index lies in an axis of that size."""
    first, last = -index.constant, size - 1 - index.constant
    return range(-(-first // index.slope), last // index.slope + 1)


def flat(indices: Sequence[Affine], sizes: Shape) -> str:
    """Return where an entry lies in its plane, "80 * i + 2 * j - 41"."""
    steps = [prod(sizes[axis + 1 :]) for axis in range(len(sizes))]
    scaled = [
        Affine(index.slope * step, index.letter, 0).spelled(times=" * ")
        for index, step in zip(indices, steps, strict=True)
    ]
    constant = sum(index.constant * step for index, step in zip(indices, steps, strict=True))
    return Affine(1, " + ".join(scaled), constant).spelled()


def place_of(index: Shape, sizes: Shape) -> int:
    """Return how many entries lie before one of an array."""
    place = 0
    for position, size in zip(index, sizes, strict=True):
        place = place * size + position
    return place
