"""Counterexamples in words: the sizes, the entry, both sides, and what is wrong between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from symconv.verification.deciding.counterexample_search import Counterexample, Side
from symconv.verification.deciding.evaluation import Number
from symconv.verification.deciding.exact_count import Monomial, Polynomial

_NAMES: Final = {"dy": "∂e/∂y"}
_NOUNS: Final = {"w": "tap", "x": "cell", "dy": "window"}


@dataclass(frozen=True)
class Example:
    """The smallest sizes at which a claim is wrong, in words.

    Attributes:
        sizes: letter -> value.
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
        """The sizes and the entry, "p = 1, t = 2, u = 0"."""
        return ", ".join(
            f"{name} = {value}" for name, value in {**self.sizes, **self.entry}.items()
        )

    def __str__(self) -> str:
        return (
            f"{self.where}: {'; '.join(self.difference)} (claimed {self.claimed}, true {self.true})"
        )


def example(found: Counterexample) -> Example:
    """Return a counterexample in words."""
    entry = {name.removeprefix("_"): value for name, value in found.letters.items()}
    return Example(
        dict(found.sizes),
        entry,
        _side(found.claimed),
        _side(found.true),
        _difference(found.claimed, found.true),
    )


def _side(side: Side) -> str:
    if isinstance(side, dict):
        return _polynomial(side)
    return ("holds" if side else "does not hold") if isinstance(side, bool) else str(side)


def _difference(claimed: Side, true: Side) -> tuple[str, ...]:
    """Return one phrase for each thing that is wrong."""
    if not isinstance(claimed, dict) or not isinstance(true, dict):
        if isinstance(claimed, bool):
            return ("the condition holds and should not" if claimed else
                    "the condition should hold and does not",)  # fmt: skip
        return (f"the number should be {_side(true)}, not {_side(claimed)}",)
    missing, extra = _more(true, claimed), _more(claimed, true)
    phrases = []
    for wrong in list(extra):
        right = next((m for m in missing if _misplaced(m, wrong)), None)
        if right is not None and missing[right] == extra[wrong]:
            phrases.append(_instead(right, wrong))
            del missing[right], extra[wrong]
    phrases += [f"missing: {_polynomial(missing)}"] if missing else []
    phrases += [f"too much: {_polynomial(extra)}"] if extra else []
    return tuple(phrases)


def _misplaced(right: Monomial, wrong: Monomial) -> bool:
    """Return whether two products have the same arrays and differ in one entry."""
    if [array for array, _ in right] != [array for array, _ in wrong]:
        return False
    return sum(one != other for one, other in zip(right, wrong, strict=True)) == 1


def _instead(right: Monomial, wrong: Monomial) -> str:
    """Return which entry stands where another should."""
    ((have, want),) = (
        (one, other) for one, other in zip(wrong, right, strict=True) if one != other
    )
    kept = [entry for entry in right if entry in wrong]
    noun = _NOUNS.get(want[0], "entry")
    beside = f" beside {'·'.join(map(_entry, kept))}" if kept else ""
    return f"misplaced{beside}: {noun} {_entry(have)} should be {_entry(want)}"


def _more(one: Polynomial, other: Polynomial) -> Polynomial:
    """Return what one polynomial has more of than another."""
    surplus = {monomial: c - other.get(monomial, 0) for monomial, c in sorted(one.items())}
    return {monomial: c for monomial, c in surplus.items() if c > 0}


def _polynomial(polynomial: Mapping[Any, Number]) -> str:
    terms = []
    for monomial, coefficient in sorted(polynomial.items()):
        factors = list(map(_entry, monomial))
        head = [] if coefficient == 1 and factors else [str(coefficient)]
        terms.append("·".join(head + factors))
    return " + ".join(terms) or "0"


def _entry(entry: tuple[str, tuple[int, ...]]) -> str:
    array, place = entry
    return f"{_NAMES.get(array, array)}[{', '.join(map(str, place))}]" if place else array
