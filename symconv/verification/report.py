"""The report on a text: one verdict for each question that its formulas pose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from symconv.verification.exact import Number, Polynomial
from symconv.verification.search import Counterexample
from symconv.verification.solver import Query
from symconv.verification.verdict import Status

_NAMES: Final = {"dy": "∂e/∂y"}


@dataclass(frozen=True)
class Verdict:
    """What is known about one question of one displayed formula.

    Attributes:
        index: number of the display in its text, from 1.
        line: line of the text.
        latex: source of the display.
        kind: what the question is about: "output", "grad_input, case 2", "index range", ...
        status: "proved", "refuted", "undecided" or "not_understood".
        reading: how the text was read.
        reach: for which sizes the status holds, or why it is not more.
        counterexample: the smallest sizes at which the claim is wrong, in words; or "".
        repair: the repaired claim as LaTeX, its edits in boxes; or "".
        holds_when: simple conditions under which a wrong claim is right.
        seconds: how long it took.
    """

    index: int
    line: int
    latex: str
    kind: str
    status: Status
    reading: str
    reach: str
    counterexample: str
    repair: str
    holds_when: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Report:
    """The verdicts on a text, in its order.

    Attributes:
        verdicts: one for each question.
        queries: what the solver was asked for each of them, for certificates.
    """

    verdicts: tuple[Verdict, ...]
    queries: tuple[tuple[Query, ...], ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is refuted."""
        return all(verdict.status != "refuted" for verdict in self.verdicts)

    def to_json(self) -> list[dict[str, Any]]:
        """Return one plain object per verdict."""
        return [asdict(verdict) for verdict in self.verdicts]


def in_words(found: Counterexample | None) -> str:
    """Return a counterexample in words: sizes, letters, and what is missing or too much."""
    if found is None:
        return ""
    place = {name.removeprefix("_"): value for name, value in found.letters.items()}
    where = ", ".join(f"{name} = {value}" for name, value in {**found.sizes, **place}.items())
    if not isinstance(found.claimed, dict) or not isinstance(found.true, dict):
        return f"{where}: the claim says {found.claimed}, true is {found.true}"
    claimed, true = found.claimed, found.true
    missing, extra = _more(true, claimed), _more(claimed, true)
    words = [f"missing {_polynomial(missing)}"] if missing else []
    words += [f"too much {_polynomial(extra)}"] if extra else []
    return f"{where}: {'; '.join(words)} (claimed {_polynomial(claimed)}, true {_polynomial(true)})"


def _more(one: Polynomial, other: Polynomial) -> Polynomial:
    """Return what one polynomial has more of than another."""
    surplus = {monomial: c - other.get(monomial, 0) for monomial, c in one.items()}
    return {monomial: c for monomial, c in surplus.items() if c > 0}


def _polynomial(polynomial: Mapping[Any, Number]) -> str:
    terms = []
    for monomial, coefficient in sorted(polynomial.items()):
        factors = [
            f"{_NAMES.get(array, array)}[{', '.join(map(str, place))}]" if place else array
            for array, place in monomial
        ]
        head = [] if coefficient == 1 and factors else [str(coefficient)]
        terms.append("·".join(head + factors))
    return " + ".join(terms) or "0"
