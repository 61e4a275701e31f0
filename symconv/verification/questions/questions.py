"""What may be asked about a claim: are two sums equal, two integers, two conditions equivalent?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from symconv.formula.tree import Condition, Expression, Integer, Node
from symconv.verification.truth.algebra import ONE, letters_in, minus, plus
from symconv.verification.truth.convolution import Model
from symconv.verification.truth.guarded_terms import GuardedTerm, misunderstood

OUTPUTS: Final = ("_i", "_j", "_k")
CELLS: Final = ("_u", "_v", "_z")
TAPS: Final = ("_r", "_s", "_a")


@dataclass(frozen=True)
class Free:
    """A letter that the question is asked for every value of, from lower to upper.

    Attributes:
        name: the letter.
        lower: its smallest value.
        upper: its largest value.
        opened: whether the right side leaves it open which window it is.
    """

    name: str
    lower: Expression
    upper: Expression
    opened: bool = False


@dataclass(frozen=True)
class SumQuestion:
    """Are two sums of guarded terms equal, for all free letters that meet the assumptions?

    Attributes:
        kind: what the claim is about, "grad_input", "output", ...
        claimed: the author's terms.
        true: the terms of the definition.
        free: the letters on the left side, and windows that the right side leaves open.
        assumptions: conditions on free letters and sizes.
    """

    kind: str
    claimed: tuple[GuardedTerm, ...]
    true: tuple[GuardedTerm, ...]
    free: tuple[Free, ...]
    assumptions: tuple[Condition, ...]


@dataclass(frozen=True)
class ScalarQuestion:
    """Are two integers equal, for all sizes that meet the assumptions?"""

    kind: str
    claimed: Expression
    true: Expression
    free: tuple[Free, ...]
    assumptions: tuple[Condition, ...]


@dataclass(frozen=True)
class ConditionQuestion:
    """Are two conditions equivalent, for all free letters that meet the assumptions?"""

    kind: str
    claimed: Condition
    true: Condition
    free: tuple[Free, ...]
    assumptions: tuple[Condition, ...]


Question: TypeAlias = SumQuestion | ScalarQuestion | ConditionQuestion


@dataclass(frozen=True)
class Window:
    """Which window an open letter of the right side stands for; several read a cell.

    Attributes:
        name: "every", "last" or "first"; a padding mode for claims about a padded input.
        text: the same in words, for the reading.
    """

    name: str
    text: str


WINDOWS: Final = (
    Window("every", "(i, j) is any window that reads (u, v)"),
    Window("last", "(i, j) is the last window that reads (u, v)"),
    Window("first", "(i, j) is the first window that reads (u, v)"),
)


def ranging(name: str, size: Expression, *, index_base: int) -> Free:
    """Return a free letter that runs over the indices of an axis of that size."""
    base = Integer(index_base)
    return Free(name, base, minus(plus(size, base), ONE))


def check_letters(question: Question, model: Model, claim: Node) -> None:
    """Check that every letter of a question has a value by the time it is needed.

    Raises:
        FormulaError: a letter is neither a size nor free nor bound before.
    """
    known = {*model.sizes, *(letter.name for letter in question.free)}
    parts: list[tuple[set[str], tuple[Node, ...]]] = [(set(), question.assumptions)]
    if isinstance(question, SumQuestion):
        for term in (*question.claimed, *question.true):
            bound: set[str] = set()
            for binder in term.binders:
                parts.append((set(bound), (binder.lower, binder.upper)))
                bound.add(binder.name)
            indices = tuple(index for atom in term.atoms for index in atom.indices)
            parts.append((bound, (*term.guards, *indices, *term.factors)))
    else:
        parts.append((set(), (question.claimed, question.true)))
    for bound, nodes in parts:
        unknown = letters_in(*nodes) - known - bound
        if unknown:
            listed = ", ".join(sorted(name.split("#")[0].lstrip("_") for name in unknown))
            raise misunderstood(claim, f"must say what {listed} is: bind it, or declare it a size")
