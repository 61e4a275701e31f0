"""Claims about adjoints: <k * f, g> = <f, ... * g>, transposed operators and circulant matrices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from symconv.formula.notation import Big, Group, Juxtaposed, Mark, Marked, Name, Starred, Statement
from symconv.formula.tree import Negated, Total, walk
from symconv.verification.outcome import Outcome
from symconv.verification.questions.operators.casting import Casting, Context, cost_of
from symconv.verification.questions.operators.conventions import (
    UPSTREAM,
    Settler,
    conventions,
)
from symconv.verification.questions.operators.layers import Layering
from symconv.verification.questions.operators.trials import Question, Trial, tried
from symconv.verification.questions.operators.verdicts import verdict
from symconv.verification.reading.names import flat
from symconv.verification.reading.operators.matrix_words import without_transpose
from symconv.verification.reading.operators.names import Named, bare, named
from symconv.verification.reading.operators.priors import INPUT, KERNEL
from symconv.verification.reading.operators.readings import Sketcher
from symconv.verification.reading.operators.sketches import (
    Array,
    Sketch,
    UnknownOperatorError,
    arrays_of,
)
from symconv.verification.reading.operators.words import SIGNS
from symconv.verification.reading.roles import Told

KIND: Final = "adjoint"
REAL: Final = "the arrays are real, or the pairing has no conjugate"


def adjoint_claim(statement: Statement, told: Told, context: Context) -> Outcome | None:
    """Return the verdict on a claim about adjoints; None where there is none."""
    if len(statement.sides) != 2:
        return None
    left, right = statement.sides
    pairs = [_inner_product(side) for side in (left, right)]
    if pairs[0] and pairs[1]:
        return _pairing(pairs[0], pairs[1], told, context)
    if pairs[0] or pairs[1]:
        pair, other = (pairs[0], right) if pairs[0] else (pairs[1], left)
        return _integral(pair, other) if pair else None
    return _mirrored(left, right) or _circulant(left, right)


def _inner_product(node: Any) -> tuple[Any, Any] | None:
    node = bare(node)
    if isinstance(node, Group) and node.bracket == "<" and len(node.items) == 2:
        return node.items[0], node.items[1]
    return None


# <k * f, g> = <f, k' * g>


def _pairing(
    one: tuple[Any, Any], other: tuple[Any, Any], told: Told, context: Context
) -> Outcome | None:
    """Both sides are linear in three arrays: compare what is paired with one of them."""
    sketcher = Sketcher(told)
    try:
        sides = [tuple(sketcher.sketch(part) for part in pair) for pair in (one, other)]
    except UnknownOperatorError:
        return None
    found = _forward_and_adjoint(sides)
    if found is None:
        return None
    forward, upstream, claimed, by = found
    trials: list[tuple[Trial, Casting]] = []
    others = [array for array in arrays_of(forward) if array.key != by.key]
    if len(others) != 1 or set(arrays_of(claimed)) != {others[0], upstream}:
        return None
    for role, rest in ((INPUT, KERNEL), (KERNEL, INPUT)):
        cost = (cost_of(by, role, told) + cost_of(others[0], rest, told)) / 2
        roles = {by: role, others[0]: rest, upstream: UPSTREAM}
        casting = Casting(roles, role, cost)
        names = {role: array.shown for array, role in roles.items()}
        for convention in conventions((forward, claimed), forward=None, known=context.known or {}):
            if convention.forward:
                continue
            settler = Settler(convention, roles)
            try:
                question = Question(
                    settler.operand(claimed), by=role, forward=settler.operand(forward)
                )
            except UnknownOperatorError:
                return None
            trial = tried(question, convention, names)
            trials.append((replace(trial, cost=trial.cost + cost), casting))
    outcome = verdict(trials, (forward, claimed), KIND, Layering(), None, with_forward=False)
    texts = {
        name: getattr(outcome, name)
        .replace("forward pass", "left operation")
        .replace("upstream gradient", "array that is paired")
        for name in ("reading", "condition")
    }
    return replace(outcome, kind=KIND, **texts)


def _forward_and_adjoint(
    sides: list[tuple[Sketch, ...]],
) -> tuple[Sketch, Named, Sketch, Named] | None:
    """Return (P, g, S, f) of <P, g> = <f, S>, in whatever order they stand."""
    for first, second in ((sides[0], sides[1]), (sides[1], sides[0])):
        for forward, upstream in (first, first[::-1]):
            for claimed, by in (second, second[::-1]):
                if not isinstance(upstream, Array) or not isinstance(by, Array):
                    continue
                computed = not isinstance(forward, Array) and not isinstance(claimed, Array)
                if computed and by.named in arrays_of(forward):
                    return forward, upstream.named, claimed, by.named
    return None


# <k * f, g> as an integral


def _integral(pair: tuple[Any, Any], other: Any) -> Outcome | None:
    """<k * f, g> = the integral of g(x) k(x - t) f(t): a definition multiplied out."""
    first, second = (bare(part) for part in pair)
    star, single = (first, second) if isinstance(first, Starred) else (second, first)
    if not isinstance(star, Starred) or star.sign not in SIGNS or not isinstance(single, Name):
        return None
    operands = [part.text for part in (star.left, star.right) if isinstance(part, Name)]
    if len(operands) != 2:
        return None
    entries = list(_entries(other))
    names = sorted(name for name, _ in entries)
    if names != sorted([*operands, single.text]) or len(set(names)) != 3:
        return None
    places = dict(entries)
    own = places[single.text]
    for slid, still in (operands, operands[::-1]):
        kinds = {
            _difference(index, x, t)
            for index, x, t in zip(places[slid], own, places[still], strict=False)
        }
        if len(kinds) == 1 and (kind := kinds.pop()) is not None:
            reading = f"{', '.join(operands)}, {single.text} functions; real pairing"
            what = "true convolution" if kind == "-" else "cross-correlation"
            condition = f"* is a {what}; {REAL}"
            reach = "for all functions whose integrals may be swapped"
            return Outcome(KIND, "right_when", reading, reach, condition=condition)
    return None


def _entries(node: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield (function, arguments) of the factors below integrals or sums."""
    node = bare(node)
    if isinstance(node, Big) and node.operator in ("int", "sum"):
        yield from _entries(node.body)
    elif isinstance(node, Juxtaposed):
        for factor in node.factors:
            yield from _entries(factor)
    elif isinstance(node, Marked) and isinstance(node.base, Name):
        mark = node.marks[-1]
        if mark.kind in ("paren", "bracket") or (mark.kind == "sub" and len(mark.items) > 1):
            yield node.base.text, mark.items


def _difference(index: Any, x: Any, t: Any) -> str | None:
    """Return "-" for x - t, "+" for t - x or x + t turned round, None for anything else."""
    if not isinstance(index, Total) or len(index.terms) != 2:
        return None
    first, second = index.terms
    if flat(first) == flat(x) and isinstance(second, Negated) and flat(second.operand) == flat(t):
        return "-"
    if flat(first) == flat(t) and isinstance(second, Negated) and flat(second.operand) == flat(x):
        return "+"
    return None


# K^T(f) = k(-t) * f and (A^T)_ij = w_{j-i}


def _mirrored(left: Any, right: Any) -> Outcome | None:
    """The transpose of a convolution operator is the convolution with the mirrored kernel."""
    inner, turned = without_transpose(left)
    right = bare(right)
    if not turned or not isinstance(inner, Marked) or not isinstance(right, Starred):
        return None
    argument = inner.marks[-1]
    if argument.kind != "paren" or len(argument.items) != 1 or right.sign not in SIGNS:
        return None
    sides = [bare(right.left), bare(right.right)]
    applied = [side for side in sides if flat(side) == flat(argument.items[0])]
    kernels = [side for side in sides if flat(side) != flat(argument.items[0])]
    if len(applied) != 1 or len(kernels) != 1 or not isinstance(kernels[0], Marked):
        return None
    (mark,) = kernels[0].marks[-1:]
    if mark.kind not in ("paren", "bracket") or not all(isinstance(i, Negated) for i in mark.items):
        return None
    kernel = flat(kernels[0].base)
    reading = f"{flat(inner.base)} the operator f -> {kernel} * f, * a true convolution"
    condition = f"indices are taken modulo the size (circular), or all arrays are infinite; {REAL}"
    reach = "for all sizes: <k * f, g> pairs k[t] with f[u] g[t + u]"
    return Outcome(KIND, "right_when", reading, reach, condition=condition)


def _circulant(left: Any, right: Any) -> Outcome | None:
    """(A^T)_ij = w_{j-i}: the transpose of A_ij = w_{i-j}."""
    places = _place(left)
    if places is None or not isinstance(right, Marked) or len(right.marks) != 1:
        return None
    base, (i, j) = places
    (mark,) = right.marks
    if mark.kind == "sup" or len(mark.items) != 1:
        return None
    difference = _difference_of(mark)
    if difference not in ((i, j), (j, i)) or named(right.base, Told()) is None:
        return None
    first, second = difference[::-1]
    kernel = flat(right.base)
    reading = f"{base} matrix of the convolution with {kernel}"
    reach = "for all sizes, by exchanging the indices"
    condition = f"{base}_{{{i},{j}}} = {kernel}_{{{first}-{second}}}"
    return Outcome(KIND, "right_when", reading, reach, condition=condition)


def _place(node: Any) -> tuple[str, tuple[str, str]] | None:
    """Return (A, (i, j)) of (A^T)_ij or A^T_ij."""
    if not isinstance(node, Marked):
        return None
    transposed = any(without_transpose(part)[1] for part in walk(node))
    marks = [mark for mark in node.marks if mark.kind in ("sub", "bracket")]
    if not transposed or len(marks) != 1:
        return None
    items = [letter for item in marks[0].items for letter in getattr(item, "letters", (item,))]
    letters = [letter.text for letter in items if isinstance(letter, Name)]
    if len(letters) != 2 or len(items) != 2:
        return None
    inner, _ = without_transpose(bare(node.base))
    return flat(inner), (letters[0], letters[1])


def _difference_of(mark: Mark) -> tuple[str, str] | None:
    item = bare(mark.items[0])
    if isinstance(item, Total) and len(item.terms) == 2 and isinstance(item.terms[1], Negated):
        return flat(item.terms[0]), flat(item.terms[1].operand)
    return None
