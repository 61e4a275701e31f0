"""The corpus of formulas: right ones proved, wrong ones refuted, another solver agreeing."""

from __future__ import annotations

import os
import statistics
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import cvc5  # type: ignore[import-untyped]
import pytest

from symconv.errors import FormulaError
from symconv.formula.reading import read_formula
from symconv.formula.tree import (
    Assertion,
    Claim,
    Compare,
    Condition,
    Entry,
    Equation,
    Letter,
    Node,
    NotUnderstood,
    Partial,
    walk,
)
from symconv.verification.deciding.counterexample_search import comparison
from symconv.verification.deciding.solver import Query
from symconv.verification.judge import Finding, judge
from symconv.verification.reading.definitions import with_definitions
from symconv.verification.reading.letters import Letters
from symconv.verification.reading.resolving import resolve
from symconv.verification.truth.algebra import rebuild
from tests.corpus.numbers import agrees, cases

CORPUS = Path(__file__).parent / "corpus"
FAULTS = frozenset(
    {
        "remainder dropped",
        "gap filled",
        "stride and dilation swapped",
        "axes swapped",
        "stride or padding forgotten",
        "kernel not flipped or flipped",
        "K for K-1",
        "SAME upper and lower",
        "output padding",
        "groups",
        "extra factor",
        "accumulation",
    }
)
KINDS = frozenset(
    {
        "size",
        "output",
        "output by input",
        "output by weight",
        "output by bias",
        "grad_input",
        "grad_weight",
        "grad_bias",
        "overlap",
        "equivalence",
        "implication",
        "coverage",
        "index range",
        "transposed size",
        "scatter",
        "channels",
        "padding",
    }
)
MILLISECONDS_FOR_CVC5 = 3000
SAMPLED_QUERIES = 40
CONFIRMED = 0.5  # of the queries, within the time limit of a busy machine


@dataclass(frozen=True)
class Formula:
    """One entry of the corpus; see the head of the files."""

    id: str
    kind: str
    source: str
    note: str
    fault: str = ""
    letters: Mapping[str, str] = field(default_factory=dict)
    index_base: int = 0
    true_convolution: bool = False
    assume: tuple[str, ...] = ()

    @property
    def meaning(self) -> Letters:
        """What its letters mean."""
        return Letters(self.letters, self.index_base, self.true_convolution)

    @property
    def assumed(self) -> tuple[Condition, ...]:
        """Its assumptions as conditions."""
        return tuple(_condition(claim) for text in self.assume for claim in read_formula(text))


@dataclass(frozen=True)
class Judged:
    """What symconv said of a formula, and how long it took."""

    findings: tuple[Finding, ...]
    seconds: float

    @property
    def status(self) -> str:
        """The worst status of all findings."""
        found = {finding.status for finding in self.findings}
        order = ("refuted", "undecided", "proved")
        return next(status for status in order if status in found)


def _condition(claim: Claim | NotUnderstood) -> Condition:
    match claim:
        case Equation(left=left, rights=(right,)):
            return Compare("=", left, right)
        case Assertion(condition=condition):
            return condition
    raise AssertionError(claim)


def _read(name: str) -> dict[str, Formula]:
    entries = tomllib.loads((CORPUS / name).read_text(encoding="utf-8"))["formula"]
    formulas = [Formula(**{**entry, "assume": tuple(entry.get("assume", ()))}) for entry in entries]
    return {formula.id: formula for formula in formulas}


RIGHT = _read("right.toml")
WRONG = _read("wrong.toml")


def _claims(formula: Formula) -> tuple[Claim, ...]:
    claims = []
    for claim in with_definitions(read_formula(formula.source), formula.meaning):
        assert not isinstance(claim, NotUnderstood), claim.reason
        claims.append(claim)
    return tuple(claims)


@cache
def _judged(name: str) -> Judged:
    formula = RIGHT.get(name) or WRONG[name]
    started = perf_counter()
    findings = tuple(
        finding
        for claim in _claims(formula)
        for finding in judge(claim, formula.meaning, assumed=formula.assumed)
    )
    assert findings, "nothing was asked"
    return Judged(findings, perf_counter() - started)


def test_corpus_is_large_and_covers_every_kind_and_fault() -> None:
    assert min(len(RIGHT), len(WRONG)) >= 30
    assert not RIGHT.keys() & WRONG.keys()
    assert {formula.kind for formula in RIGHT.values()} == KINDS
    assert {formula.kind for formula in WRONG.values()} <= KINDS
    assert {formula.fault for formula in WRONG.values()} == FAULTS
    assert not any(formula.fault for formula in RIGHT.values())


@pytest.mark.parametrize("name", RIGHT)
def test_right_formula_is_not_refuted(name: str) -> None:
    assert _judged(name).status in ("proved", "undecided")


@pytest.mark.parametrize("name", WRONG)
def test_wrong_formula_is_refuted_by_a_true_counterexample(name: str) -> None:
    refuted = [f for f in _judged(name).findings if f.status == "refuted"]
    assert refuted
    for finding in refuted:
        example = finding.counterexample
        assert example is not None
        assert example.claimed != example.true
        sides = comparison(finding.question, finding.model)({**example.sizes, **example.letters})
        assert sides == (example.claimed, example.true)


def test_at_least_nine_in_ten_right_formulas_are_proved() -> None:
    unproved = [name for name in RIGHT if _judged(name).status != "proved"]
    assert len(unproved) <= len(RIGHT) // 10, unproved


def test_median_verdict_takes_less_than_a_second() -> None:
    assert statistics.median(_judged(name).seconds for name in (*RIGHT, *WRONG)) < 1


# Another solver


def _answer_of_cvc5(smtlib: str) -> str:
    """Return what cvc5 says of a query: "sat", "unsat" or "unknown"."""
    solver = cvc5.Solver()
    solver.setOption("tlimit-per", str(MILLISECONDS_FOR_CVC5))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, smtlib, "query")
    answer = "unknown"
    while not (command := parser.nextCommand()).isNull():
        said = str(command.invoke(solver, parser.getSymbolManager())).strip()
        if said:
            answer = said.split()[0]  # without the reason of "unknown (TIMEOUT)"
    return answer


def _proof_queries() -> Iterator[tuple[str, Query]]:
    for name in RIGHT:
        for finding in _judged(name).findings:
            if finding.proof is not None:
                for query in finding.proof.queries:
                    if query.answer == "unsat":
                        yield name, query


def test_cvc5_agrees_with_the_proofs() -> None:
    """Ask cvc5 a sample; all queries, a few minutes, with SYMCONV_ALL_QUERIES=1."""
    queries = list(_proof_queries())
    every = bool(os.environ.get("SYMCONV_ALL_QUERIES"))
    size = len(queries) if every else min(SAMPLED_QUERIES, len(queries))
    sampled = Random(0).sample(queries, size)
    answers = [(name, query.name, _answer_of_cvc5(query.smtlib)) for name, query in sampled]
    assert all(answer in ("unsat", "unknown") for _, _, answer in answers), answers
    confirmed = sum(answer == "unsat" for _, _, answer in answers)
    print(f"cvc5 confirms {confirmed} of {len(answers)} queries, and contradicts none")
    assert confirmed >= len(answers) * CONFIRMED


def test_cvc5_can_disagree() -> None:
    query = "(declare-fun t () Int)(assert (and (>= t 1) (<= t 2)))(check-sat)"
    assert _answer_of_cvc5(f"(set-logic ALL){query}") == "sat"


# Planted corruption: one letter swapped in one place

SWAPS = {"p": "q", "q": "p", "i": "j", "j": "i", "r": "s", "s": "r", "t_h": "t_w", "t_w": "t_h"}
CASES = 6
SWAPS |= {"n": "o", "o": "c", "c": "o"}


def _is_gradient(formula: Formula) -> bool:
    """Return whether a formula is one equation for de/dx or de/dw."""
    resolved = [resolve(c, formula.meaning, also=formula.assumed).claim for c in _claims(formula)]
    lefts = [claim.left for claim in resolved if isinstance(claim, Equation)]
    return len(lefts) == len(resolved) and all(
        isinstance(left, Partial)
        and left.of == Letter("e")
        and isinstance(left.by, Entry)
        and left.by.array in ("x", "w")
        for left in lefts
    )


GRADIENTS = [name for name, formula in RIGHT.items() if _is_gradient(formula)]


def _corrupted(formula: Formula) -> list[Equation]:
    """Return claims with one letter swapped: the first, one in the middle, the last."""
    found = []
    for claim in _claims(formula):
        assert isinstance(claim, Equation)
        for right in claim.rights:
            for letter in walk(right):
                if isinstance(letter, Letter) and letter.name in SWAPS:
                    new = replace(letter, name=SWAPS[letter.name])
                    found.append(replace(claim, rights=(_replaced(right, letter, new),)))
    last = len(found) - 1
    return [found[n] for n in sorted({0, last // 2, last})] if found else []


def _replaced(node: Any, old: Node, new: Node) -> Any:
    return new if node is old else rebuild(node, lambda part: _replaced(part, old, new))


def _right_in_numbers(claim: Equation, formula: Formula, finding: Finding | None = None) -> bool:
    """Return whether plain loops over integer arrays find no difference."""
    resolved = resolve(claim, formula.meaning, also=formula.assumed)
    unit = finding is not None and "stride 1" in finding.reading
    unit = unit or (finding is None and not resolved.used & {"t", "t_h", "t_w"})
    for seed in range(CASES):
        case = cases(
            resolved.layout,
            resolved.used,
            seed=seed,
            flipped=formula.true_convolution,
            unit_stride=unit,
        )
        if resolved.square and case.sizes["p"] != case.sizes["q"]:
            continue
        if not agrees(resolved.claim, case, index_base=formula.index_base):
            return False
    return True


@pytest.mark.parametrize("name", GRADIENTS)
def test_numbers_agree_with_a_right_gradient(name: str) -> None:
    for claim in _claims(RIGHT[name]):
        assert isinstance(claim, Equation)
        assert _right_in_numbers(claim, RIGHT[name])


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradient_with_a_letter_swapped_is_proved_only_if_it_is_still_right(name: str) -> None:
    formula = RIGHT[name]
    for claim in _corrupted(formula):
        try:
            findings = judge(claim, formula.meaning, assumed=formula.assumed)
        except FormulaError:
            continue  # not understood is not proved
        if findings and all(finding.status == "proved" for finding in findings):
            assert _right_in_numbers(claim, formula, findings[0])


def test_some_swapped_letters_are_refuted() -> None:
    """The swaps reach the prover: most of them are understood, and wrong."""
    formula = RIGHT["dw-plain"]
    claims = _corrupted(formula)
    assert [judge(claim, formula.meaning)[0].status for claim in claims] == ["refuted"] * 3
