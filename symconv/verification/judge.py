"""Verdicts: a claim read in every sensible way, searched for a counterexample, proved or not.

A reading fixes what the text leaves open: whether a formula without a stride is about every stride,
and which window an unbound (i, j) stands for. The first reading under which everything holds is
reported; if there is none, the claim is wrong under all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Final, Literal, TypeAlias

from symconv.errors import FormulaError
from symconv.formula.tree import Claim, Condition
from symconv.verification.deciding.counterexample_search import (
    BOUND,
    Counterexample,
    Searched,
    compare_at,
    search,
)
from symconv.verification.deciding.prove import TIMEOUT, Proof, prove
from symconv.verification.questions.claims import Reader
from symconv.verification.questions.output_size import spreads_inputs
from symconv.verification.questions.padding_mode import PADDINGS, is_padding_claim
from symconv.verification.questions.questions import WINDOWS, Question, Window
from symconv.verification.reading.geometry import model_of
from symconv.verification.reading.letters import Letters
from symconv.verification.reading.resolving import Resolved, resolve, resolve_condition
from symconv.verification.truth.convolution import STRIDES, Model

Status: TypeAlias = Literal["proved", "refuted", "undecided", "not_understood"]
VACUOUS: Final = "its conditions hold for no sizes"
SHORT: Final = 0.5  # seconds for each query of the first try
SIEVE_CASES: Final = 4000
SIEVE: Final = 2  # kernels and strides that are counted out before a proof is tried
ORDER: Final = {"proved": 0, "undecided": 1, "refuted": 2}

Tell: TypeAlias = Callable[[str], None]


def _nobody(_stage: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Finding:
    """What was found out about one question under one reading.

    Attributes:
        question: what was asked.
        model: the convolution it is about.
        window: which window an open letter stands for, in this reading.
        reading: what the text leaves open, in words.
        tried: the convolution and the window of every reading that was tried, in the order in
            which a repair is looked for.
        status: "proved", "refuted" or "undecided".
        reach: for which sizes the status holds, in words.
        counterexample: the smallest one, when refuted.
        proof: the queries, when a proof was tried.
        seconds: how long it took.
    """

    question: Question
    model: Model
    window: Window
    reading: str
    tried: tuple[tuple[Model, Window], ...]
    status: Status
    reach: str
    counterexample: Counterexample | None
    proof: Proof | None
    seconds: float


def judge(
    claim: Claim,
    letters: Letters,
    *,
    assumed: Sequence[Condition] = (),
    bound: int = BOUND,
    timeout: float = TIMEOUT,
    tell: Tell = _nobody,
) -> tuple[Finding, ...]:
    """Return what is found about each question of a claim, under its best reading.

    Args:
        claim: as its author wrote it.
        letters: what the letters mean.
        assumed: conditions that the user assumes.
        bound: the largest kernel and stride of the exact check.
        timeout: seconds for each query of a proof.
        tell: is told what is being done.

    Raises:
        FormulaError: the claim is of no known kind.
    """
    resolved = resolve(claim, letters, also=tuple(assumed))
    given = tuple(resolve_condition(condition, letters) for condition in assumed)
    attempts: dict[tuple[Model, tuple[Question, ...]], tuple[Finding, ...]] = {}
    error: FormulaError | None = None
    for model, window, reading in _readings(resolved, letters):
        try:
            questions = Reader(model, letters.index_base, given, window).questions(resolved.claim)
        except FormulaError as err:
            error = error or err
            continue
        if (model, questions) in attempts:
            continue
        if _is_open(questions) or window.name in ("none", "transposed") or window in PADDINGS:
            reading += f"; {window.text}"
        attempts[model, questions] = tuple(
            find(question, model, window, reading, bound=bound, timeout=timeout, tell=tell)
            for question in questions
        )
        if not _badness(attempts[model, questions]):
            break
    if not attempts and error is not None:
        raise error
    best = min(attempts.values(), key=_badness)
    tried = [reading for found in attempts.values() if found for reading in found[0].tried]
    order = ("last", "first", "every", "none", "transposed", *(own.name for own in PADDINGS))
    tried.sort(key=lambda reading: order.index(reading[1].name))
    return tuple(replace(finding, tried=tuple(tried)) for finding in best)


def _is_open(questions: Sequence[Question]) -> bool:
    """Return whether some right side uses a window that nothing binds."""
    return any(letter.opened for question in questions for letter in question.free)


def _readings(resolved: Resolved, letters: Letters) -> Iterator[tuple[Model, Window, str]]:
    """Yield the readings of a claim, the most general first."""
    strided = bool(resolved.used & {"t", *STRIDES})
    first = "transposed" if spreads_inputs(resolved.claim) else ""
    if is_padding_claim(resolved.claim):
        model = model_of(resolved, general_stride=False, flipped=letters.flipped)
        for window in PADDINGS:
            yield model, window, f"indices from {letters.index_base}"
        return
    for general in (True,) if strided else (True, False):
        model = model_of(resolved, general_stride=general, flipped=letters.flipped)
        stride = "stride 1" if not strided and not general else "every stride"
        for window in sorted(WINDOWS, key=lambda window: window.name != first):
            yield model, window, f"{_conventions(letters)}, {stride}"


def _conventions(letters: Letters) -> str:
    kind = "true convolution" if letters.flipped else "cross-correlation"
    return f"{kind}, indices from {letters.index_base}"


def _badness(findings: Sequence[Finding]) -> tuple[int, ...]:
    """Return how bad findings are, worst first; empty when all is proved."""
    return tuple(sorted((ORDER[f.status] for f in findings if ORDER[f.status]), reverse=True))


def _patient_proof(question: Question, model: Model, *, timeout: float) -> Proof:
    """Try a proof with a short time for each query, then with all of it.

    Most queries take milliseconds; one that takes longer is often quick when it is asked in parts,
    which comes after its time is over.
    """
    proof = prove(question, model, timeout=min(SHORT, timeout))
    gave_up = any(query.answer == "unknown" for query in proof.queries)
    return prove(question, model, timeout=timeout) if gave_up and not proof.proved else proof


def find(
    question: Question,
    model: Model,
    window: Window,
    reading: str,
    *,
    bound: int,
    timeout: float,
    tell: Tell,
) -> Finding:
    """Count out the smallest sizes, try a proof, then count out all sizes up to the bound."""
    started = perf_counter()

    def finding(status: Status, reach: str, **found: Any) -> Finding:
        seconds = perf_counter() - started
        facts = {"counterexample": None, "proof": None, **found}
        return Finding(
            question,
            model,
            window,
            reading,
            ((model, window),),
            status,
            reach,
            seconds=seconds,
            **facts,
        )

    tell("exact check")
    try:
        sieve: Searched | None = search(question, model, bound=min(SIEVE, bound), cases=SIEVE_CASES)
    except ArithmeticError:
        sieve = None
    if sieve and sieve.counterexample:
        return finding("refuted", "smallest counterexample", counterexample=sieve.counterexample)
    tell("proof")
    proof = _patient_proof(question, model, timeout=timeout)
    if proof.proved and sieve and sieve.cases:
        return finding("proved", f"for all {', '.join(model.sizes)}", proof=proof)
    tell("exact check up to the bound")
    try:
        full = search(question, model, bound=bound)
    except ArithmeticError as err:
        return finding("undecided", str(err), proof=proof)
    if not full.cases:
        return finding("undecided", f"{VACUOUS} up to {bound}", proof=proof)
    if proof.proved:
        return finding("proved", f"for all {', '.join(model.sizes)}", proof=proof)
    if full.counterexample:
        return finding(
            "refuted", "smallest counterexample", counterexample=full.counterexample, proof=proof
        )
    witness = compare_at(question, model, proof.witness)
    if witness:
        return finding("refuted", "a counterexample", counterexample=witness, proof=proof)
    sizes = f"all sizes up to {bound}" if full.complete else "the smallest sizes"
    reach = f"checked exactly for {sizes} ({full.cases} cases); {proof.reason}"
    return finding("undecided", reach, proof=proof)
