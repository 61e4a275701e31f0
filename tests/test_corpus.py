"""The corpus of formulas: right ones proved, wrong ones refuted, another solver agreeing."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

import cvc5  # type: ignore[import-untyped]
import pytest

from symconv.formula.notation import Name, Statement
from symconv.formula.reader import read
from symconv.formula.tree import Compare, Entry, Node, Partial, walk
from symconv.verification.deciding.counterexample_search import comparison
from symconv.verification.deciding.finding import find
from symconv.verification.deciding.solver import Query
from symconv.verification.outcome import Outcome
from symconv.verification.questions import accumulations, arrays
from symconv.verification.questions.array_verdicts import Reading
from symconv.verification.questions.claims import Reader
from symconv.verification.reading.names import alternatives
from symconv.verification.reading.presets import preset
from symconv.verification.reading.telling import Saying, told
from symconv.verification.reading.vocabulary import letters_of
from symconv.verification.truth.algebra import rebuild
from symconv.verification.verify import Task, judge_display
from tests.corpus.numbers import agrees, case_of

CORPUS: Final = Path(__file__).parent / "corpus"
FAULTS: Final = frozenset(
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
KINDS: Final = frozenset(
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
SPECIAL: Final = {  # wrong as they are meant, but right under a condition that is named
    "dx-last-window-only": "is the kernel's size and the stride",
    "size-no-floor": "s divides",
    "size-cs231n-plain": "S divides",
    "transposed-no-remainder": "the windows cover it exactly",
    "transposed-doc-without": "the windows cover it exactly",
    "ceil-same-wrong": "the padding is SAME",
    "solid-size-padding": "P_d is the padding of both sides together",
    "size-per-axis-mixed": "is also that of the other axis",
    "output-bounds-swapped": "the first index runs along the width",
    "dx-strides-swapped": "the first index runs along the width",
    "dx-channels-text-transposed": "the kernel's channels stand in the order input, output",
    "dw-channels-last-mix": "the kernel's channels stand in the order output, input",
    "dw-channels-swapped": "the kernel's channels stand in the order input, output",
    "scatter-stride-forgotten": "the stride along the other axis is 1",
    "dydw-one-stride-forgotten": "the stride along the other axis is 1",
    "solid-dw-stride": "the stride along the other axis is 1",
    "dw-first-output-only": "the output is 1 × 1",
    "same-half-kernel": "p is odd",
    "last-forward-strided-taps": "s dilation",
}
UNREAD: Final = frozenset({"transposed-subtracted"})  # a name that the next line defines
STRIDE: Final = "the stride"  # what a right formula without a stride is right under
MILLISECONDS_FOR_CVC5: Final = 3000
SAMPLED_QUERIES: Final = 40
CONFIRMED: Final = 0.5  # of the queries, within the time limit of a busy machine


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
    assume: Sequence[str] = ()

    @property
    def sayings(self) -> tuple[Saying, ...]:
        """What is said of its letters: symconv's own notation, and what its author says."""
        said = tuple(letters_of(self.letters).items())
        own = Saying("option", said, self.index_base, self.true_convolution)
        return Saying("preset", tuple(preset("article").items())), own


def _read(name: str) -> dict[str, Formula]:
    entries = tomllib.loads((CORPUS / name).read_text(encoding="utf-8"))["formula"]
    return {entry["id"]: Formula(**entry) for entry in entries}


RIGHT: Final = _read("right.toml")
WRONG: Final = _read("wrong.toml")


@cache
def _outcomes(name: str) -> tuple[Outcome, ...]:
    """Return what is found out about a formula, without what merely defines a name of it."""
    formula = RIGHT.get(name) or WRONG[name]
    task = Task(formula.source, formula.sayings, ", ".join(formula.assume), repairs=False)
    outcomes = tuple(found[-1] for found in judge_display(task).outcomes)
    return tuple(one for one in outcomes if one.status != "no_claim") or outcomes


def test_corpus_is_large_and_covers_every_kind_and_fault() -> None:
    assert min(len(RIGHT), len(WRONG)) >= 30
    assert not RIGHT.keys() & WRONG.keys()
    assert {formula.kind for formula in RIGHT.values()} == KINDS
    assert {formula.kind for formula in WRONG.values()} <= KINDS
    assert {formula.fault for formula in WRONG.values()} == FAULTS
    assert not any(formula.fault for formula in RIGHT.values())
    assert {*SPECIAL, *UNREAD} <= WRONG.keys()


@pytest.mark.parametrize("name", RIGHT)
def test_right_formula_is_proved_or_right_when_something_is_said(name: str) -> None:
    for outcome in _outcomes(name):
        assert outcome.status in ("proved", "right_when"), outcome
        assert outcome.status == "proved" or outcome.condition, outcome


@pytest.mark.parametrize("name", sorted(WRONG.keys() - SPECIAL.keys() - UNREAD))
def test_wrong_formula_is_refuted(name: str) -> None:
    refuted = [one for one in _outcomes(name) if one.status == "refuted"]
    assert refuted, _outcomes(name)
    for outcome in refuted:
        example = outcome.counterexample
        assert example is None or example.claimed != example.true


@pytest.mark.parametrize("name", SPECIAL)
def test_wrong_formula_that_is_right_in_special_cases_names_them(name: str) -> None:
    outcome = next(one for one in _outcomes(name) if one.status != "proved")
    assert outcome.status in ("right_when", "depends")
    assert SPECIAL[name] in outcome.condition


@pytest.mark.parametrize("name", UNREAD)
def test_wrong_formula_that_is_not_understood_is_not_proved(name: str) -> None:
    assert any(outcome.status == "not_understood" for outcome in _outcomes(name))


def test_nine_in_ten_right_formulas_need_no_condition_but_one_on_the_stride() -> None:
    others = {
        name: outcome.condition
        for name in RIGHT
        for outcome in _outcomes(name)
        if outcome.status == "right_when" and not outcome.condition.startswith(STRIDE)
    }
    assert len(others) <= len(RIGHT) // 10, others


@cache
def _readings(name: str) -> tuple[Reading, ...]:
    """Return the readings that the verdicts on equations of entries rest on."""
    formula = RIGHT.get(name) or WRONG[name]
    if any(outcome.kind == "padded input" for outcome in _outcomes(name)):
        return ()
    said = told(formula.sayings)
    statements = [part for part in read(formula.source) if isinstance(part, Statement)]
    assumed = tuple(_assumed(formula))
    stated = [replace(one, conditions=(*one.conditions, *assumed)) for one in statements]
    loops = accumulations.decide(stated, said)
    outcomes = [one or other for one, other in zip(loops, arrays.decide(stated, said), strict=True)]
    return tuple(one.basis for one in outcomes if one and isinstance(one.basis, Reading))


def _assumed(formula: Formula) -> Iterator[Compare]:
    for text in formula.assume:
        for part in read(text):
            assert isinstance(part, Statement)
            yield Compare("=", *part.sides)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(WRONG.keys() - SPECIAL.keys() - UNREAD))
def test_counterexample_is_one_when_both_sides_are_computed_again(name: str) -> None:
    for reading in _readings(name):
        geometry, window = reading.geometry, reading.window
        questions = Reader(geometry.model, geometry.index_base, (), window).questions(
            geometry.claim
        )
        found = [
            find(question, geometry.model, window, bound=4, timeout=1.0) for question in questions
        ]
        refuted = [finding for finding in found if finding.status == "refuted"]
        assert refuted
        for finding in refuted:
            example = finding.counterexample
            assert example is not None
            sides = comparison(finding.question, geometry.model)(
                {**example.sizes, **example.letters}
            )
            assert sides == (example.claimed, example.true)
            assert example.claimed != example.true


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
        for outcome in _outcomes(name):
            for query in outcome.queries:
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

SWAPS: Final = {
    "p": "q",
    "q": "p",
    "i": "j",
    "j": "i",
    "r": "s",
    "s": "r",
    "n": "o",
    "o": "c",
    "c": "o",
}
CASES: Final = 6


def _is_gradient(name: str) -> bool:
    """Return whether a formula is one equation for de/dx or de/dw."""
    lefts = [reading.geometry.claim.left for reading in _readings(name)]
    return len(lefts) == len(_outcomes(name)) == 1 and all(
        isinstance(left, Partial)
        and isinstance(left.by, Entry)
        and not isinstance(left.of, Entry)
        and left.by.array in ("x", "w")
        for left in lefts
    )


GRADIENTS: Final = [
    name
    for name, formula in RIGHT.items()
    if formula.kind in ("grad_input", "grad_weight") and "+=" not in formula.source
]


def _right_in_numbers(reading: Reading) -> bool:
    """Return whether plain loops over integer arrays find no difference."""
    geometry = reading.geometry
    return all(
        agrees(geometry.claim, case_of(geometry.model, seed=seed), index_base=geometry.index_base)
        for seed in range(CASES)
    )


@pytest.mark.parametrize("name", GRADIENTS)
def test_numbers_agree_with_a_right_gradient(name: str) -> None:
    if _is_gradient(name):
        for reading in _readings(name):
            assert _right_in_numbers(reading)


def test_numbers_check_most_gradients() -> None:
    assert sum(map(_is_gradient, GRADIENTS)) >= len(GRADIENTS) * 0.8


def _corrupted(formula: Formula) -> list[Statement]:
    """Return statements with one letter swapped: the first, one in the middle, the last."""
    statement, *_ = (part for part in read(formula.source) if isinstance(part, Statement))
    settled = alternatives((statement,))[0][1][0]
    found = []
    for place, side in enumerate(settled.sides[1:], start=1):
        for letter in walk(side):
            if isinstance(letter, Name) and letter.text in SWAPS:
                new = replace(letter, text=SWAPS[letter.text])
                sides = (*settled.sides[:place], _replaced(side, letter, new))
                found.append(replace(settled, sides=(*sides, *settled.sides[place + 1 :])))
    last = len(found) - 1
    return [found[n] for n in sorted({0, last // 2, last})] if found else []


def _replaced(node: Any, old: Node, new: Node) -> Any:
    return new if node is old else rebuild(node, lambda part: _replaced(part, old, new))


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradient_with_a_letter_swapped_is_proved_only_if_it_is_still_right(name: str) -> None:
    formula = RIGHT[name]
    if not _is_gradient(name) or formula.assume:
        return
    for statement in _corrupted(formula):
        (outcome,) = arrays.decide([statement], told(formula.sayings))
        if outcome is not None and outcome.status == "proved":
            assert isinstance(outcome.basis, Reading)
            assert _right_in_numbers(outcome.basis)


def test_some_swapped_letters_are_refuted() -> None:
    """The swaps reach the prover: they are understood, and wrong."""
    formula = RIGHT["dw-plain"]
    outcomes = [
        arrays.decide([statement], told(formula.sayings))[0] for statement in _corrupted(formula)
    ]
    assert [outcome.status for outcome in outcomes if outcome] == ["refuted"] * 3
