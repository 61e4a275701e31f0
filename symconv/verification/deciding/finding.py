"""One question about one convolution: searched for a counterexample, proved, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from symconv.verification.deciding.counterexample_search import (
    Counterexample,
    Searched,
    compare_at,
    search,
)
from symconv.verification.deciding.prove import Proof, prove
from symconv.verification.outcome import SMALLEST
from symconv.verification.questions.questions import Question, Window
from symconv.verification.truth.convolution import Model

Status: TypeAlias = Literal["proved", "undecided", "refuted"]
ORDER: Final = {"proved": 0, "undecided": 1, "refuted": 2}
VACUOUS: Final = "its conditions hold for no sizes"
SHORT: Final = 0.5  # seconds for each query of the first try
SIEVE_CASES: Final = 4000
SIEVE: Final = 2  # kernels and strides that are counted out before a proof is tried

NO_VALUE: Final = "it divides by 0 for some sizes, where it has no value"


@dataclass(frozen=True)
class Finding:
    """What was found out about one question.

    Attributes:
        question: what was asked.
        model: the convolution it is about.
        window: which window an open letter stands for.
        status: "proved", "refuted" or "undecided".
        reach: for which sizes the status holds, in words.
        counterexample: the smallest one, when refuted.
        proof: the queries, when a proof was tried.
    """

    question: Question
    model: Model
    window: Window
    status: Status
    reach: str
    counterexample: Counterexample | None = None
    proof: Proof | None = None


def find(
    question: Question, model: Model, window: Window, *, bound: int, timeout: float
) -> Finding:
    """Count out the smallest sizes, try a proof, then count out all sizes up to the bound.

    Args:
        question: what is asked.
        model: the convolution that it is about.
        window: which window an open letter stands for.
        bound: the largest kernel and stride of the exact check.
        timeout: seconds for each query of a proof.
    """

    def finding(
        status: Status,
        reach: str,
        counterexample: Counterexample | None = None,
        proof: Proof | None = None,
    ) -> Finding:
        return Finding(question, model, window, status, reach, counterexample, proof)

    try:
        sieve: Searched | None = search(question, model, bound=min(SIEVE, bound), cases=SIEVE_CASES)
    except ArithmeticError:
        sieve = None
    if sieve and sieve.counterexample:
        return finding("refuted", SMALLEST, sieve.counterexample)
    proof = _patient_proof(question, model, timeout=timeout)
    everywhere = f"for all {', '.join(model.sizes)}"
    if proof.proved and sieve and sieve.cases:
        return finding("proved", everywhere, None, proof)
    try:
        full = search(question, model, bound=bound)
    except ZeroDivisionError:
        return finding("undecided", NO_VALUE, None, proof)
    except ArithmeticError as err:
        return finding("undecided", str(err), None, proof)
    if not full.cases:
        return finding("undecided", f"{VACUOUS} up to {bound}", None, proof)
    if proof.proved:
        return finding("proved", everywhere, None, proof)
    if full.counterexample:
        return finding("refuted", SMALLEST, full.counterexample, proof)
    if witness := compare_at(question, model, proof.witness):
        return finding("refuted", "a counterexample", witness, proof)
    sizes = f"all sizes up to {bound}" if full.complete else "the smallest sizes"
    reach = f"checked exactly for {sizes} ({full.cases} cases); {proof.reason}"
    return finding("undecided", reach, None, proof)


def _patient_proof(question: Question, model: Model, *, timeout: float) -> Proof:
    """Try a proof with a short time for each query, then with all of it.

    Most queries take milliseconds; one that takes longer is often quick when it is asked in parts,
    which comes after its time is over.
    """
    proof = prove(question, model, timeout=min(SHORT, timeout))
    gave_up = any(query.answer == "unknown" for query in proof.queries)
    return prove(question, model, timeout=timeout) if gave_up and not proof.proved else proof
