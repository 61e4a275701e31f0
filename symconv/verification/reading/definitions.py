"""Letters that an equation beside a claim defines, a = (m + 2P - p) mod t, and values of sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, TypeAlias

from symconv.formula.tree import (
    Branch,
    Cases,
    Claim,
    Compare,
    Condition,
    Entry,
    Equation,
    Expression,
    Integer,
    Letter,
    NotUnderstood,
    Partial,
    Quotient,
    SumOver,
    SumWhere,
    walk,
)
from symconv.verification.reading.aliases import alias_of
from symconv.verification.reading.letters import Letters
from symconv.verification.truth.algebra import (
    ONE,
    ZERO,
    conjuncts,
    letters_in,
    linear_in,
    minus,
    negative,
    rebuild,
    substitute,
)
from symconv.verification.truth.convolution import INPUT, OUTPUT
from symconv.verification.truth.guarded_terms import letters_bound_in

IsSize: TypeAlias = Callable[[str], bool]


# Equations side by side


def with_definitions(
    claims: Sequence[Claim | NotUnderstood], letters: Letters
) -> tuple[Claim | NotUnderstood, ...]:
    """Return the claims of one display; those that only define a letter go into the others.

    An equation defines its left side if that is a letter of another equation and no size, or if it
    gives a size that is not the image's a value.
    """
    equations = [claim for claim in claims if isinstance(claim, Equation)]
    if len(equations) < 2:
        return tuple(claims)
    defining = [e for e in equations if _is_definition(e, equations, letters)]
    if len(defining) == len(equations):
        return tuple(claims)
    kept: list[Claim | NotUnderstood] = []
    for claim in claims:
        if any(claim is definition for definition in defining):
            continue
        if isinstance(claim, Equation):
            added = tuple(
                Compare("=", one, other, span=e.span)
                for e in defining
                for one, other in pairwise((e.left, *e.rights))
            )
            claim = replace(claim, conditions=(*claim.conditions, *added))
        kept.append(claim)
    return tuple(kept)


def _is_definition(equation: Equation, equations: Sequence[Equation], letters: Letters) -> bool:
    left, rights = equation.left, equation.rights
    everywhere = letters_in(*equations)
    if len(rights) > 1:
        return _is_chain_of_sizes((left, *rights), lambda name: letters.size(name, everywhere))
    if isinstance(left, Entry):
        return bool(alias_of(left, rights[0], letters))
    if not isinstance(left, Letter):
        return False
    if letters.array(left.name) == "e" and not isinstance(rights[0], Integer):
        return False
    if any(isinstance(part, Entry | Partial | Cases) for part in walk(rights[0])):
        return False
    others = [other for other in equations if other is not equation]
    size = letters.size(left.name, everywhere)
    if isinstance(rights[0], Integer):
        return True
    if size is None or letters_in(rights[0]) & _indices(others):
        return any(left.name in letters_in(other) for other in others)
    return size not in (*INPUT, *OUTPUT)


def _is_chain_of_sizes(values: Sequence[Expression], size_of: Callable[[str], str | None]) -> bool:
    """Return whether values are like p = q = 1 or t_h = t_w = t; the image's sizes are claims."""
    *letters, last = values
    sizes = [size_of(value.name) for value in values if isinstance(value, Letter)]
    whole = all(isinstance(value, Letter) for value in letters) and isinstance(
        last, Letter | Integer
    )
    return whole and all(size and size not in (*INPUT, *OUTPUT) for size in sizes)


def _indices(equations: Iterable[Equation]) -> frozenset[str]:
    """Return the letters that are indices of the left sides, or that sums bind."""
    found: set[str] = set()
    for equation in equations:
        found |= letters_bound_in(equation) | letters_on_the_left(equation)
    return frozenset(found)


def letters_on_the_left(claim: Any) -> set[str]:
    """Return the letters in the indices of an equation's left side."""
    left = claim.left if isinstance(claim, Equation) else None
    entries = [part for part in walk(left) if isinstance(part, Entry)] if left else []
    return {name for entry in entries for index in entry.indices for name in index.names}


# Conditions of one equation


def with_conditions_inside(claim: Any, is_size: IsSize) -> Any:
    """Return an equation whose side conditions define no letter and are about no bound one.

    What defines a letter is put in its place; a condition about letters that a sum binds goes into
    this sum.
    """
    if not isinstance(claim, Equation):
        return claim
    claim = _inlined(claim, is_size)
    bound = {name for right in claim.rights for name in letters_bound_in(right)}
    bound -= letters_on_the_left(claim)
    kept: list[Condition] = []
    rights = claim.rights
    for condition in conjuncts(claim.conditions):
        if letters_in(condition) & bound:
            rights = tuple(_guarded(right, condition) for right in rights)
        else:
            kept.append(condition)
    return replace(claim, rights=rights, conditions=tuple(kept))


def _inlined(claim: Equation, is_size: IsSize) -> Equation:
    """Return the equation with what its conditions define put in place, one after the other."""
    conditions = list(conjuncts(claim.conditions))
    for condition in conditions:
        solved = _solved(condition, claim, is_size)
        if solved is not None:
            others = tuple(other for other in conditions if other is not condition)
            values = dict([solved])
            inner = replace(
                claim,
                rights=tuple(substitute(right, values) for right in claim.rights),
                conditions=tuple(substitute(other, values) for other in others),
            )
            return _inlined(inner, is_size)
    return claim


def _solved(
    condition: Condition, claim: Equation, is_size: IsSize
) -> tuple[str, Expression] | None:
    """Return (letter, value) if an equation says what a letter of the right side is."""
    if not isinstance(condition, Compare) or condition.operator != "=":
        return None
    bound = {name for right in claim.rights for name in letters_bound_in(right)}
    left = letters_on_the_left(claim)
    used = letters_in(*claim.rights)
    if isinstance(condition.left, Letter):
        name, value = condition.left.name, condition.right
        depends = bool(value.names & (bound | left))
        free = name not in bound | left and name not in value.names
        if free and name in used and (depends or not is_size(name)):
            return name, value
    unknown = [
        name
        for name in sorted(letters_in(condition))
        if name in used and name not in bound | left and not is_size(name)
    ]
    if len(unknown) != 1:
        return None
    return _solved_for(unknown[0], minus(condition.left, condition.right))


def _solved_for(name: str, difference: Expression) -> tuple[str, Expression] | None:
    part = linear_in(difference, name)
    if part is None or part[0] == ZERO:
        return None
    slope, rest = part
    if slope in (ONE, negative(ONE)):
        return name, negative(rest) if slope == ONE else rest
    return name, Quotient(negative(rest), slope)


def _guarded(value: Any, condition: Condition) -> Any:
    """Return a value with a condition inside the innermost sum that binds one of its letters."""
    if isinstance(value, SumOver | SumWhere):
        letters = {value.letter} if isinstance(value, SumOver) else {*value.letters}
        below = letters_bound_in(value.body) & letters_in(condition)
        if letters & letters_in(condition) and not below:
            zero = Branch(ZERO, None)
            body = Cases((Branch(value.body, condition, span=value.span), zero), span=value.span)
            return replace(value, body=body)
    return rebuild(value, lambda part: _guarded(part, condition))
