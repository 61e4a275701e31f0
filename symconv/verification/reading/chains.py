"""A chain of sides, y = x * w = sum ...: what is on the left, and what is claimed of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from symconv.formula.notation import Big, Dots, Group, Mark, Marked, Name, Run, Starred, Statement
from symconv.formula.tree import Partial, walk
from symconv.verification.reading.settling import ACTIVATIONS, index_letters, left_letters

STARS: Final = ("*", "star", "circledast", "otimes", "oast", "circ")
OUTPUT: Final = "(x * w)"


@dataclass(frozen=True)
class Chain:
    """The sides of one statement.

    Attributes:
        lefts: what may stand on the left: the first side, and what merely names the same.
        sides: the other sides.
        letters: the index letters.
        sign: the sign of the convolution that a side names, or "".
        left_letters: the index letters of the left side.
    """

    lefts: tuple[Any, ...]
    sides: tuple[Any, ...]
    letters: frozenset[str]
    sign: str
    left_letters: frozenset[str] = frozenset()


def chain_of(statement: Statement) -> Chain | None:
    """Return the chain of a statement; None where it is no equation."""
    if not all(relation in ("=", ":=", "equiv", "approx") for relation in statement.relations):
        return None
    sides = [side for side in statement.sides if not isinstance(side, Dots)]
    continued = isinstance(statement.sides[0], Dots)
    if not sides or (len(sides) < 2 and not continued):
        return None
    signs = [sign for side in sides if (sign := operation(side))]
    letters = index_letters(statement)
    lefts = [] if continued else [_as_left(sides[0], letters)]
    kept: list[Any] = []
    for side in sides if continued else sides[1:]:
        if operation(side) or _restates(side, lefts, letters):
            continue
        if not continued and not kept and isinstance(side, Partial):
            lefts.append(side)
        else:
            kept.append(side)
    own = frozenset() if continued else left_letters(sides[0])
    return Chain(tuple(lefts), tuple(kept), letters, signs[0] if signs else "", own)


def _restates(side: Any, lefts: Sequence[Any], letters: frozenset[str]) -> bool:
    """Return whether a side is a function of arrays at the indices of the left, c(K, V)_{ij}."""
    if not isinstance(side, Marked) or not lefts or not isinstance(lefts[0], Marked):
        return False
    named = _as_left(side, letters)
    return named != side and isinstance(named, Marked) and named.marks == lefts[0].marks


def operation(side: Any) -> str:
    """Return the sign of a side that only names a convolution, (x * w)_{ij}; "" for others."""
    match side:
        case Starred(sign=sign, left=left, right=right) if sign in STARS:
            return sign if _is_array(left) and _is_array(right) else ""
        case Group(items=(inner,)):
            return operation(inner)
        case Marked(base=Group(items=(inner,))):
            return operation(inner)
    return ""


def activated(side: Any) -> tuple[Any, str]:
    """Return what an activation is applied to, and its name: f(sum ... + b); (side, "") else."""
    match side:
        case Marked(base=Name() | Run() as base, marks=(*_, Mark(kind="paren", items=(inner,)))):
            sums = any(isinstance(part, Big) and part.operator == "sum" for part in walk(inner))
            if sums and base.text.lower() in ACTIVATIONS:
                return inner, base.text
    return side, ""


def _is_array(node: Any) -> bool:
    """Return whether a node names an array, x, x[n] or dE/dy, without a sum."""
    if isinstance(node, Group) and len(node.items) == 1:
        return _is_array(node.items[0])
    return isinstance(node, Name | Marked | Partial) and not any(
        isinstance(part, Big) for part in walk(node)
    )


def _as_left(side: Any, letters: frozenset[str]) -> Any:
    """Return the left side with a name of its own where it is an operation or a function."""
    match side:
        case Starred(left=Marked(marks=marks)) if operation(side):
            return Marked(Name(OUTPUT, word=True), marks)
        case Marked(base=Group(), marks=marks) if operation(side):
            return Marked(Name(OUTPUT, word=True), marks)
        case Marked(base=Group(items=(inner,)), marks=marks) if _is_function(inner, letters):
            return Marked(Name(OUTPUT, word=True), marks)
        case Marked(base=base, marks=marks):
            return _without_arguments(base, marks, letters)
    return Name(OUTPUT, word=True) if operation(side) else side


def _is_function(node: Any, letters: frozenset[str]) -> bool:
    return isinstance(node, Marked) and any(_is_argument(mark, letters) for mark in node.marks)


def _is_argument(mark: Mark, letters: frozenset[str]) -> bool:
    """Return whether a mark holds arguments, f(K, V), rather than indices."""
    names = {part.text for part in walk(mark) if isinstance(part, Name | Run)}
    return mark.kind == "paren" and not names & letters


def _without_arguments(base: Any, marks: Sequence[Mark], letters: frozenset[str]) -> Any:
    kept = tuple(mark for mark in marks if not _is_argument(mark, letters))
    return Marked(base, kept) if kept else base
