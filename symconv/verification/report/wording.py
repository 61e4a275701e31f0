"""Counterexamples in words: the sizes, the entry, both sides, and what is wrong between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import groupby, islice
from types import MappingProxyType
from typing import Any, Final

from symconv.verification.deciding.counterexample_search import Counterexample, Side
from symconv.verification.deciding.evaluation import Number
from symconv.verification.deciding.exact_count import Monomial, Polynomial

NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})
_NAMES: Final = {"dy": "∂e/∂y"}
DIRECTIONS: Final = (("size",), ("height", "width"), ("depth", "height", "width"))
MOST_TERMS: Final = 100  # that are shown of a polynomial
MOST_MISPLACED: Final = 100  # terms among which a misplaced entry is looked for
_NOUNS: Final = {"w": "tap", "x": "cell", "dy": "window"}


@dataclass(frozen=True)
class Example:
    """The smallest sizes at which a claim is wrong, in words.

    Attributes:
        sizes: name -> value; a size without a name stands under words such as "input height".
        entry: the free letters, such as u and v -> value.
        claimed: what the claim says there.
        true: what is true there.
        difference: what is missing, extra or misplaced between the two.
    """

    sizes: Mapping[str, int]
    entry: Mapping[str, int]
    claimed: str
    true: str
    difference: tuple[str, ...]

    @property
    def where(self) -> str:
        """The sizes and the entry, "FS = 1, input 3×4, u = 0"; an index never hides a size."""
        shared = set(self.sizes) & set(self.entry)
        sizes = _sizes_in_words(self.sizes, shared)
        entry = (
            f"{'index ' if name in shared else ''}{name} = {value}"
            for name, value in self.entry.items()
        )
        return ", ".join((*sizes, *entry))

    def __str__(self) -> str:
        return (
            f"{self.where}: {'; '.join(self.difference)} (claimed {self.claimed}, true {self.true})"
        )


def _sizes_in_words(sizes: Mapping[str, int], shared: AbstractSet[str]) -> Iterator[str]:
    """Yield "s = 2", and "input 3×4" for sizes without a name."""
    for (thing, _), group in groupby(sizes.items(), key=lambda pair: _sized(pair[0])[:2]):
        values = list(group)
        directions = tuple(_sized(name)[2] for name, _ in values)
        alone = values[0][0].startswith("size of ")
        if thing and directions in DIRECTIONS and not alone:
            yield f"{thing} {'×'.join(str(value) for _, value in values)}"
        else:
            for name, value in values:
                yield f"{'size ' if name in shared else ''}{name} = {value}"


def _sized(name: str) -> tuple[str, str, str]:
    """Return (array, "", direction) for "input height" and "height of X", else ("", name, "")."""
    thing, _, direction = name.rpartition(" ")
    if thing in ("input", "output", "kernel") and _is_direction(direction):
        return thing, "", direction
    direction, of, thing = name.partition(" of ")
    return (thing, "", direction) if of and _is_direction(direction) else ("", name, "")


def _is_direction(word: str) -> bool:
    return any(word in directions for directions in DIRECTIONS)


def example(found: Counterexample, names: Mapping[str, str] = NO_NAMES) -> Example:
    """Return a counterexample in words.

    Args:
        found: the counterexample.
        names: our name of an array or a size -> that of the author; the rest keep theirs.
    """
    return Example(
        {names.get(name, name): value for name, value in found.sizes.items()},
        {_free(name, names): value for name, value in found.letters.items()},
        _side(found.claimed, names),
        _side(found.true, names),
        _difference(found.claimed, found.true, names),
    )


def _free(name: str, names: Mapping[str, str]) -> str:
    return names.get(name, name.removeprefix("_"))


def _side(side: Side, names: Mapping[str, str]) -> str:
    if isinstance(side, dict):
        return _polynomial(side, names)
    return ("holds" if side else "does not hold") if isinstance(side, bool) else str(side)


def _difference(claimed: Side, true: Side, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return one phrase for each thing that is wrong."""
    if not isinstance(claimed, dict) or not isinstance(true, dict):
        if isinstance(claimed, bool):
            return ("the condition holds and should not" if claimed else
                    "the condition should hold and does not",)  # fmt: skip
        return (f"the number should be {_side(true, names)}, not {_side(claimed, names)}",)
    missing, extra = _more(true, claimed), _more(claimed, true)
    phrases = []
    for wrong in list(islice(extra, MOST_MISPLACED)):
        right = next((m for m in islice(missing, MOST_MISPLACED) if _misplaced(m, wrong)), None)
        if right is not None and missing[right] == extra[wrong]:
            phrases.append(_instead(right, wrong, names))
            del missing[right], extra[wrong]
    phrases += [f"missing: {_polynomial(missing, names)}"] if missing else []
    phrases += [f"too much: {_polynomial(extra, names)}"] if extra else []
    return tuple(phrases)


def _misplaced(right: Monomial, wrong: Monomial) -> bool:
    """Return whether two products have the same arrays and differ in one entry."""
    if [array for array, _ in right] != [array for array, _ in wrong]:
        return False
    return sum(one != other for one, other in zip(right, wrong, strict=True)) == 1


def _instead(right: Monomial, wrong: Monomial, names: Mapping[str, str]) -> str:
    """Return which entry stands where another should."""
    ((have, want),) = (
        (one, other) for one, other in zip(wrong, right, strict=True) if one != other
    )
    kept = [entry for entry in right if entry in wrong]
    noun = _NOUNS.get(want[0], "entry")
    beside = f" beside {'·'.join(_entry(entry, names) for entry in kept)}" if kept else ""
    return f"misplaced{beside}: {noun} {_entry(have, names)} should be {_entry(want, names)}"


def _more(one: Polynomial, other: Polynomial) -> Polynomial:
    """Return what one polynomial has more of than another."""
    surplus = {monomial: c - other.get(monomial, 0) for monomial, c in sorted(one.items())}
    return {monomial: c for monomial, c in surplus.items() if c > 0}


def _polynomial(polynomial: Mapping[Any, Number], names: Mapping[str, str]) -> str:
    terms = []
    for monomial, coefficient in sorted(polynomial.items()):
        factors = [_entry(entry, names) for entry in monomial]
        head = [] if coefficient == 1 and factors else [str(coefficient)]
        terms.append("·".join(head + factors))
        if len(terms) == MOST_TERMS < len(polynomial):
            terms.append(f"… ({len(polynomial)} terms)")
            break
    return " + ".join(terms) or "0"


def _entry(entry: tuple[str, tuple[int, ...]], names: Mapping[str, str]) -> str:
    array, place = entry
    name = names.get(array) or _NAMES.get(array, array)
    return f"{name}[{', '.join(map(str, place))}]" if place else name
