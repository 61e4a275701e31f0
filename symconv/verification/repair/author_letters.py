"""Derived formulas with the index letters of their author, as far as there are some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from symconv.formula.tree import Entry, Integer, Letter, SumOver, SumWhere, Total, walk
from symconv.verification.questions.questions import CELLS, OUTPUTS, TAPS
from symconv.verification.reading.authored import Authored
from symconv.verification.reading.index_graph import array_of
from symconv.verification.repair.derived_channels import CHANNELS
from symconv.verification.truth.algebra import ZERO, letters_in, plus, rebuild
from symconv.verification.truth.convolution import INPUT, KERNEL
from symconv.verification.truth.layout import AXES

_OWN: Final[Mapping[str, tuple[str, ...]]] = {"dy": OUTPUTS, "w": TAPS, "x": CELLS}
_SPARE: Final = (
    *"ijklmnuvabcdrstpqxyzhgfowe",
    *(f"{base}_{number}" for number in "123456789" for base in "ijk"),
)
_KERNELS: Final = {1: ("k",), 2: ("k_h", "k_w"), 3: ("k_d", "k_h", "k_w")}
_INPUTS: Final = {1: ("H",), 2: ("H", "W"), 3: ("D", "H", "W")}
_COUNTERS: Final = ("alpha", "beta", "gamma", "mu", "nu", "lambda", "kappa", "eta")


@dataclass(frozen=True)
class InLetters:
    """An equation as its author would write it.

    Attributes:
        claim: the equation.
        sizes: our size without a name -> the letter that it has got.
    """

    claim: Any
    sizes: Mapping[str, str]


def in_author_letters(claim: Any, authored: Authored) -> InLetters:
    """Return an equation of ours as its author would write it.

    Index letters are the author's where an index of the same dimension has one; others, and sizes
    without a name, get letters that nothing else has. A sum over a whole array whose size has no
    name needs no limits.

    Args:
        claim: in our letters.
        authored: how the author writes.
    """
    claim = _flattened(_without_limits(claim, authored))
    renamed = dict(_given(authored))
    taken = set(authored.taken) | {name[1:] for name in renamed.values()}
    names = sorted(letters_in(claim) | _bound(claim))
    sizes = authored.unnamed(claim)
    for name in (*sizes, *names):
        if name in renamed or not (name.startswith("_") or name in sizes):
            continue
        free = next(letter for letter in _spare(name, authored) if letter not in taken)
        renamed[name] = f"_{free}"
        taken.add(free)
    found = authored.restored(_with_letters(claim, renamed))
    return InLetters(found, {name: renamed[name][1:] for name in sizes})


def _spare(name: str, authored: Authored) -> Iterator[str]:
    """Yield the letters that one of ours may get, the best first."""
    axes = len(authored.geometry.model.axes)
    for sizes, letters in ((KERNEL, _KERNELS[axes]), (INPUT, _INPUTS[axes])):
        if name in sizes:
            yield letters[sizes.index(name)]
    own = name.removeprefix("_")
    yield own
    yield from _COUNTERS if len(own) > 2 else ()
    yield from _SPARE


def _without_limits(node: Any, authored: Authored) -> Any:
    """Return a node whose sums over all indices of an array have limits only with a name."""
    inner = rebuild(node, lambda part: _without_limits(part, authored))
    if isinstance(inner, SumOver) and inner.upper is not None:
        first = inner.lower in (ZERO, Integer(authored.geometry.index_base))
        if first and authored.unnamed(inner.upper):
            return replace(inner, lower=None, upper=None)
    return inner


def _flattened(node: Any) -> Any:
    """Return a node without sums inside sums."""
    inner = rebuild(node, _flattened)
    return plus(*inner.terms) if isinstance(inner, Total) else inner


def _given(authored: Authored) -> Iterator[tuple[str, str]]:
    """Yield (our letter, the author's) for the dimensions in which one letter is an index."""
    layout = authored.geometry.model.layout
    given: dict[str, str] = {}
    for part in walk(authored.geometry.claim):
        if not isinstance(part, Entry) or array_of(part) not in _OWN:
            continue
        roles = layout.roles(array_of(part))
        if len(roles) != len(part.indices):
            continue
        for role, index in zip(roles, part.indices, strict=True):
            axes = _OWN[array_of(part)]
            ours = axes[AXES.index(role)] if role in AXES else CHANNELS[role]
            if isinstance(index, Letter) and index.name not in given.values():
                given.setdefault(ours, index.name)
    yield from given.items()


def _bound(claim: Any) -> set[str]:
    return {part.letter for part in walk(claim) if isinstance(part, SumOver)}


def _with_letters(node: Any, renamed: Mapping[str, str]) -> Any:
    """Return a node with letters renamed, those that sums bind included."""

    def change(part: Any) -> Any:
        return _with_letters(part, renamed)

    match node:
        case Letter(name=name):
            return replace(node, name=renamed.get(name, name))
        case SumOver(letter=letter):
            return replace(rebuild(node, change), letter=renamed.get(letter, letter))
        case SumWhere(letters=letters):
            own = tuple(renamed.get(name, name) for name in letters)
            return replace(rebuild(node, change), letters=own)
    return rebuild(node, change)
