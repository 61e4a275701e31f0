"""What a padded input holds, x_p[u] = x[(u - P) mod n]: reflect, replicate or circular padding.

Such a statement says which cell each cell of the padding is a copy of. It is compared with every
mode, with cells counted from the first of the padding and from the first of the input.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from symconv.errors import FormulaError
from symconv.formula.notation import Statement
from symconv.formula.tree import (
    Cases,
    Entry,
    Equation,
    Expression,
    Largest,
    Letter,
    Remainder,
    Smallest,
    walk,
)
from symconv.verification.deciding.finding import ORDER, Finding, find
from symconv.verification.outcome import Candidate, Outcome, weighed
from symconv.verification.questions.padding_mode import PADDED, PADDINGS, padding_questions
from symconv.verification.questions.questions import Window
from symconv.verification.reading.array_roles import base_of
from symconv.verification.reading.chains import chain_of
from symconv.verification.reading.names import alternatives
from symconv.verification.reading.roles import Told
from symconv.verification.reading.settling import Settler, UnsettledError
from symconv.verification.reading.size_hints import FAMILY, family_costs
from symconv.verification.report.wording import example
from symconv.verification.truth.algebra import ONE, rebuild, substitute
from symconv.verification.truth.convolution import EVEN_PADDINGS, INPUT, KERNEL, OUTPUT, Axis, Model
from symconv.verification.truth.layout import AXES, Layout

KIND: Final = "padded input"
TIMEOUT: Final = 5.0
OTHER_BASE: Final = 0.7
REACH: Final = "for all sizes of the input and its padding"


@dataclass(frozen=True)
class Padded:
    """A statement about a padded input.

    Attributes:
        claim: the equation in our letters; the padded input is PADDED.
        model: the axes with their sizes.
        words: what the names mean.
    """

    claim: Equation
    model: Model
    words: str


def decide(statements: Sequence[Statement], told: Told) -> list[Outcome | None]:
    """Return what is found out about each statement that says what a padded input holds."""
    return [_decided(statement, told) for statement in statements]


def _decided(statement: Statement, told: Told) -> Outcome | None:
    for _, (settled,) in alternatives((statement,)):
        equation = _equation(settled)
        padded = equation and _padded(_with_label(equation), told)
        if padded:
            candidates = list(_candidates(padded, told))
            return weighed(candidates) if candidates else None
    return None


def _equation(statement: Statement) -> Equation | None:
    chain = chain_of(statement)
    if chain is None or len(chain.lefts) != 1:
        return None
    settler = Settler(chain.letters, left=chain.left_letters)
    try:
        left = settler.value(chain.lefts[0])
        rights = tuple(map(settler.value, chain.sides))
        conditions = tuple(map(settler.condition, statement.conditions))
    except UnsettledError:
        return None
    return Equation(left, rights, conditions, span=statement.span)


def _padded(equation: Equation, told: Told) -> Padded | None:
    """Return an equation as one about a padded input, if it copies entries of the input."""
    left = equation.left
    copied = [entry for right in equation.rights for entry in _copies(right)]
    arrays = {entry.array for entry in copied if entry}
    if not isinstance(left, Entry) or None in copied or len(arrays) != 1 or not _moves(equation):
        return None
    (array,) = arrays
    axes = len(left.indices)
    letters = [index.name for index in left.indices if isinstance(index, Letter)]
    same_rank = all(len(entry.indices) == axes for entry in copied if entry)
    if len(set(letters)) != axes or not 1 <= axes <= len(AXES) or not same_rank:
        return None
    if array == left.array or not _is_padded(left.array, array, told):
        return None
    sizes = _sizes(equation, left, letters, told)
    arranged = _renamed(equation, {left.array: PADDED, array: "x"}, letters, sizes)
    words = [f"{left.array} padded input", f"{array} input"]
    words += [f"{name} {_meaning(ours)}" for name, ours in sizes.items()]
    return Padded(arranged, _model(axes, sizes), ", ".join(words))


def _with_label(equation: Equation) -> Equation:
    """Return x_p[i] = x[...] with the p as a label of the padded input rather than an index."""
    left, entries = equation.left, [e for right in equation.rights for e in _copies(right)]
    if not isinstance(left, Entry) or any(e is None or e.array != left.array for e in entries):
        return equation
    first, *others = left.indices
    ranks = {len(entry.indices) for entry in entries if entry}
    if isinstance(first, Letter) and ranks == {len(others)}:
        named = Entry(f"{left.array}_{first.name}", tuple(others), span=left.span)
        return replace(equation, left=named)
    return equation


def _copies(value: Any) -> Iterator[Entry | None]:
    """Yield the entries that a side is, None for what is no entry."""
    if isinstance(value, Cases):
        for branch in value.branches:
            yield from _copies(branch.value)
    else:
        yield value if isinstance(value, Entry) else None


def _moves(equation: Equation) -> bool:
    """Return whether it distinguishes cells: by cases, bounds or a remainder."""
    kinds = Cases | Remainder | Largest | Smallest
    return any(isinstance(part, kinds) for right in equation.rights for part in walk(right))


def _is_padded(name: str, array: str, told: Told) -> bool:
    if told.names.get(name) == "padded input":
        return True
    return base_of(name) == base_of(array) or "pad" in name.lower()


def _sizes(equation: Equation, left: Entry, letters: Sequence[str], told: Told) -> dict[str, str]:
    """Return the author's size -> our letter; a size belongs to the axis in whose index it is."""
    found: dict[str, set[int]] = {}
    for right in equation.rights:
        for part in walk(right):
            if isinstance(part, Entry):
                for axis, index in enumerate(part.indices):
                    for name in index.names - set(letters):
                        found.setdefault(name, set()).add(axis)
    for condition in (*equation.conditions, *equation.rights):
        for name in sorted(condition.names - set(letters) - {left.array}):
            found.setdefault(name, {0})
    first = 1 if len(letters) < len(AXES) else 0
    sizes: dict[str, str] = {}
    for name, axes in found.items():
        if _is_padding(name, told):
            shared = len(axes) == len(letters)
            sizes[name] = "P" if shared else EVEN_PADDINGS[min(axes) + first]
        else:
            sizes[name] = INPUT[min(axes)]
    return dict(sorted(sizes.items()))


def _is_padding(name: str, told: Told) -> bool:
    said = FAMILY.get(told.names.get(name, ""))
    if said is not None:
        return said == "padding"
    costs = {family: cost for cost, family in family_costs(name, (), told)}
    return costs.get("padding", 9.0) <= costs.get("input", 9.0)


def _meaning(ours: str) -> str:
    return "padding" if ours.startswith("P") else "input size"


def _model(axes: int, sizes: dict[str, str]) -> Model:
    first = 1 if axes < len(AXES) else 0
    used = set(sizes.values())
    found = []
    for axis in range(axes):
        own = EVEN_PADDINGS[axis + first]
        padding = Letter(own if own in used else "P")
        kernel, size = Letter(KERNEL[axis]), Letter(INPUT[axis])
        found.append(Axis(kernel, ONE, ONE, padding, padding, size, Letter(OUTPUT[axis])))
    return Model(tuple(found), False, Layout(axes))


def _renamed(
    equation: Equation, arrays: dict[str, str], letters: Sequence[str], sizes: dict[str, str]
) -> Equation:
    names: dict[str, Expression] = {name: Letter(f"_{name}") for name in letters}
    names |= {name: Letter(ours) for name, ours in sizes.items()}

    def change(node: Any) -> Any:
        rebuilt = rebuild(node, change)
        if isinstance(rebuilt, Entry):
            return Entry(arrays.get(rebuilt.array, rebuilt.array), rebuilt.indices)
        return rebuilt

    renamed: Equation = change(substitute(equation, names))
    return renamed


# Verdicts


def _candidates(padded: Padded, told: Told) -> Iterator[Candidate]:
    """Yield one candidate for each first index: under the mode that fits, if one does."""
    for base in (0, 1) if told.index_base is None else (told.index_base,):
        said = told.index_base is not None
        found = [outcome for window in PADDINGS if (outcome := _outcome(padded, window, base))]
        if found:
            best = min(found, key=lambda outcome: ORDER[outcome.status])
            assumes = "" if said or not base else "indices start from 1"
            yield Candidate(0.0 if said else OTHER_BASE * base, best, assumes)


def _outcome(padded: Padded, window: Window, base: int) -> Outcome | None:
    words = f"{padded.words}; {window.text}, indices from {base}"
    try:
        questions = padding_questions(
            padded.claim, padded.model, window, index_base=base, assumed=()
        )
    except FormulaError:
        return None
    findings: list[Finding] = []
    for question in questions:
        found = find(question, padded.model, window, bound=4, timeout=TIMEOUT)
        findings.append(found)
        if found.status == "refuted":
            break
    worst = max(findings, key=lambda finding: ORDER[finding.status])
    return Outcome(
        kind=KIND,
        status=worst.status,
        reading=words,
        reach=REACH if worst.status == "proved" else worst.reach,
        counterexample=example(worst.counterexample) if worst.counterexample else None,
        queries=tuple(q for one in findings if one.proof for q in one.proof.queries),
    )
