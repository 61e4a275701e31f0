"""The loop of an audit: ask, decide, group, shrink, localise.

cases          -> answers        dense integers, a quick sieve over all cases
answers        -> answers        where all are right: zero and all pairs of unit vectors
wrong answers  -> diagnoses      by the class of the fault, or the kind of failure
diagnosis      -> Failure        on the smallest case, the first pair of unit vectors that differs
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, TypedDict

from symconv.auditing.arrays import check_choice
from symconv.auditing.case import LAYOUTS, OPERATIONS, Case
from symconv.auditing.localise import failures
from symconv.auditing.question import Answer, Caller, Function, units
from symconv.auditing.result import Audit
from symconv.auditing.session import Progress, Session
from symconv.auditing.space import SpaceLike, as_space
from symconv.auditing.tags import TAGS
from symconv.errors import OptionError, shown

EXACT_PAIRS: Final = 144  # cases with more pairs of unit vectors are left to the sieve
LEAST_TO_SHRINK: Final = 3.0  # seconds


class Options(TypedDict, total=False):
    """The options of an audit that have defaults; what they mean, `audit` says."""

    layout: str
    space: SpaceLike | None
    cases: int
    seconds: float
    seed: int
    arrays: str | None
    dtype: str | None
    progress: Progress | None


def audit(
    fn: Function,
    *,
    operation: str,
    layout: str = "plane",
    space: SpaceLike | None = None,
    cases: int = 300,
    seconds: float = 60.0,
    seed: int = 0,
    arrays: str | None = None,
    dtype: str | None = None,
    progress: Progress | None = None,
) -> Audit:
    """Return whether a function computes an operation, tested on integers with ==.

    The function is called as fn(spec, **arrays) and returns one array:

        forward      input, weight, bias                -> output
        grad_input   grad_output, weight, input_shape   -> like input
        grad_weight  grad_output, input                 -> like weight
        grad_bias    grad_output                        -> like bias

    The shapes are those of `symconv.reference`; input_shape is the full one. A spec with padding
    "same" comes as it is, `spec.at(sizes)` resolves it. Values decide, not dtypes: floats are fine
    if they are the right integers. A result may be a view; an argument must not be changed.

    Args:
        fn: the function. It gets NumPy int64 arrays; if it fails with these, float64, float32, then
            arrays of PyTorch or JAX, where these are imported.
        operation: "forward", "grad_input", "grad_weight" or "grad_bias".
        layout: "plane", spatial axes only, or "batched", (N, C, ...).
        space: what the function supports: a `Space`, one spec, or a list of specs or of
            (spec, input_shape) pairs; None for everything.
        cases: how many configurations at most.
        seconds: when to stop asking; making failures small may take half as long again.
        seed: of the draw of cases and integers; equal seeds ask equal questions.
        arrays: "numpy", "torch" or "jax" to give nothing else.
        dtype: "int64", "float64" or "float32" to give nothing else.
        progress: called with (stage, done, total) now and then.

    Raises:
        OptionError: an option has no such value, or no case lies in the space.
        ToolError: the library asked for is not installed.

    Example:
        >>> from symconv import Space, reference
        >>> audit(reference.grad_input, operation="grad_input", cases=50).ok
        True
        >>> def wrong(spec, grad_output, weight, input_shape):
        ...     return reference.grad_input(spec, grad_output, weight[::-1], input_shape)
        >>> failed = audit(wrong, operation="grad_input", space=Space(axes=1), cases=50)
        >>> failed.failures[0].fault, failed.failures[0].case.spec
        ('kernel not flipped', ConvSpec(kernel_shape=(2,)))
    """
    _check(fn, operation=operation, layout=layout, cases=cases, seconds=seconds)
    check_choice(library=arrays, dtype=dtype)
    session = Session(
        caller=Caller(fn, library=arrays, dtype=dtype),
        operation=operation,
        space=as_space(space),
        seed=seed,
        seconds=seconds,
        progress=progress or (lambda stage, done, total: None),
    )
    drawn = session.space.cases(operation=operation, layout=layout, count=cases, seed=seed)
    answers = _sieve(session, drawn)
    exact = 0
    if all(answer.right for answer in answers):
        exact, answers = _decide(session, answers)
    wrong = [answer for answer in answers if not answer.right]
    right = [answer.question for answer in answers if answer.right]
    session.extend(max(LEAST_TO_SHRINK, seconds / 2) if wrong else 0)
    return Audit(
        function=_name(fn),
        operation=operation,
        layout=layout,
        checked=len(answers),
        exact=exact,
        failed=len(wrong),
        failures=failures(session, wrong, right),
        tags=_tags(answers),
        arrays=str(session.caller.mode),
        seconds=session.spent,
        complete=len(answers) == len(drawn),
    )


def _check(fn: object, *, operation: str, layout: str, cases: int, seconds: float) -> None:
    """Check the options that are no sizes."""
    if not callable(fn):
        raise OptionError(f"fn must be callable, got {shown(fn)}")
    for name, word, words in (("operation", operation, OPERATIONS), ("layout", layout, LAYOUTS)):
        if word not in words:
            raise OptionError(f"{name} must be one of {', '.join(words)}, got {shown(word)}")
    if isinstance(cases, bool) or not isinstance(cases, int) or cases < 1:
        raise OptionError(f"cases must be an integer of at least 1, got {shown(cases)}")
    if not isinstance(seconds, (int, float)) or not seconds > 0:
        raise OptionError(f"seconds must be a number above 0, got {shown(seconds)}")


def _sieve(session: Session, cases: Sequence[Case]) -> list[Answer]:
    """Return the answers for dense integers, of all cases or until the time is up."""
    answers: list[Answer] = []
    for number, case in enumerate(cases):
        if answers and session.over:
            break
        session.progress("asking with dense integers", number, len(cases))
        answers.append(session.ask(case))
    return answers


def _decide(session: Session, answers: Sequence[Answer]) -> tuple[int, list[Answer]]:
    """Ask zero and all pairs of unit vectors about the smaller cases, all answered rightly so far.

    Returns:
        How many cases are decided now, and the answers, the first wrong one of a case in its place.
    """
    exact, decided = 0, list(answers)
    for number, answer in enumerate(answers):
        case = answer.question.case
        session.progress("deciding with unit vectors", number, len(answers))
        if case.pairs(session.operation) > EXACT_PAIRS:
            continue
        for question in units(session.operation, case):
            if session.over:
                return exact, decided
            unit_answer = session.caller(question)
            if not unit_answer.right:
                decided[number] = unit_answer
                break
        else:
            exact += 1
    return exact, decided


def _tags(answers: Sequence[Answer]) -> tuple[tuple[str, int, int], ...]:
    """Return (tag, cases, wrong answers) for each tag that was met, in the order of TAGS."""
    met = Counter(tag for answer in answers for tag in answer.question.case.tags)
    failed = Counter(
        tag for answer in answers if not answer.right for tag in answer.question.case.tags
    )
    return tuple((tag, met[tag], failed[tag]) for tag in TAGS if met[tag])


def _name(fn: Function) -> str:
    """Return module:name of a function, as far as it has them."""
    name = getattr(fn, "__qualname__", type(fn).__name__)
    module = getattr(fn, "__module__", None)
    return f"{module}:{name}" if module else name
