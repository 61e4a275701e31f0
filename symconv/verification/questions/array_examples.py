"""Counterexamples to equations of entries, in the names and indices of their author."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from symconv.verification.deciding.counterexample_search import Counterexample, Side
from symconv.verification.deciding.evaluation import evaluator
from symconv.verification.reading.words import Words
from symconv.verification.report.wording import Example, example

_ARRAYS: Final = ("x", "w", "y", "dy", "b")

Place: TypeAlias = tuple[str, tuple[int, ...]]


def example_of(found: Counterexample, words: Words) -> Example:
    """Return a counterexample in words, as the author counts and names."""
    names = {array: words.array(array) for array in _ARRAYS}
    sizes = {words.size(ours): value for ours, value in _sizes(found, words).items()}
    letters = {
        f"_{name.removeprefix('_')}": value + _number(words, name, found.sizes)
        for name, value in found.letters.items()
    }
    authored = replace(
        found,
        sizes=sizes,
        letters=letters,
        claimed=_side(found.claimed, words, found.sizes),
        true=_side(found.true, words, found.sizes),
    )
    return example(authored, names)


def _sizes(found: Counterexample, words: Words) -> dict[str, int]:
    """Return the sizes that are shown, in order."""
    whole = {f"{name}_g" for name in ("C", "K") if words.authored.name(name)}
    order = [ours for ours in words.sizes if ours in found.sizes and ours not in whole]
    return {ours: found.sizes[ours] for ours in order}


def _number(words: Words, letter: str, sizes: Mapping[str, int]) -> int:
    shift = words.authored.letter_shifts.get(letter)
    return int(evaluator(shift)(dict(sizes))) if shift is not None else 0


def _side(side: Side, words: Words, sizes: Mapping[str, int]) -> Side:
    """Return a polynomial with the entries where the author has them."""
    if not isinstance(side, dict):
        return side
    authored = words.authored
    shifts = {
        array: [int(evaluator(first)(dict(sizes))) for first in authored.firsts(_indexed(array))]
        for array in {array for monomial in side for array, _ in monomial}
    }

    def counted(array: str, place: tuple[int, ...]) -> Place:
        if len(shifts[array]) != len(place):
            return array, place
        moved = [own + shift for own, shift in zip(place, shifts[array], strict=True)]
        return array, authored.in_order(_indexed(array), moved)

    return {
        tuple(counted(*entry) for entry in monomial): coefficient
        for monomial, coefficient in side.items()
    }


def _indexed(array: str) -> str:
    """Return the array whose indices another one has: y is indexed as dy is."""
    return "dy" if array == "y" else array
