"""What stands beside an equation of entries and says what an index is, u = i*t + r.

It may stand behind a comma, on the next line or after "where". An index that nothing else binds is
the one that it defines; where everything is bound already, it is a condition on what is summed.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, Final

from symconv.formula.notation import Big, Name, Statement
from symconv.formula.tree import (
    Compare,
    Condition,
    Entry,
    Equation,
    Expression,
    Integer,
    Letter,
    Partial,
    SumOver,
    SumWhere,
    Total,
    walk,
)
from symconv.verification.reading.settling import left_letters, terms_of_indices
from symconv.verification.reading.size_hints import is_plain_size
from symconv.verification.truth.algebra import (
    ONE,
    conjuncts,
    expanded,
    linear_in,
    negative,
    rebuild,
    substitute,
)
from symconv.verification.truth.guarded_terms import letters_bound_in

_INDICES: Final = frozenset("ijuv")  # ranges of indices that an example has no more


def with_definitions(statements: Sequence[Statement]) -> list[tuple[Statement, bool]]:
    """Return the statements, with what defines their indices as conditions of theirs.

    Returns:
        (statement, whether it is nothing but a definition for the one before).
    """
    found: list[tuple[Statement, bool]] = []
    for statement in statements:
        place = next((n for n in reversed(range(len(found))) if not found[n][1]), None)
        owner = found[place][0] if place is not None else None
        if owner is not None and place is not None and _defines(statement, owner):
            left, right = statement.sides
            condition = Compare("=", left, right, span=statement.span)  # type: ignore[arg-type]
            owner = replace(owner, conditions=(*owner.conditions, condition))
            found[place] = (owner, False)
            found.append((statement, True))
        else:
            found.append((statement, False))
    return found


def _defines(statement: Statement, owner: Statement) -> bool:
    """Return whether a statement says what an index letter of the one before is."""
    if statement.relations != ("=",) or not isinstance(statement.sides[0], Name):
        return False
    name, value = statement.sides[0].text, statement.sides[1]
    if isinstance(value, Integer) and is_plain_size(name):
        return any(isinstance(part, Big | Partial) for part in walk(owner))
    names = [part for part in walk(value) if isinstance(part, Name)]
    picks = {letter for part in walk(owner) for letter in left_letters(part)}
    return name in picks and any(part.text in picks for part in names)


def with_conditions_inside(equation: Equation) -> Equation:
    """Return an equation with the conditions u = i*t + r on its sums where they belong."""
    equation = replace(equation, conditions=tuple(conjuncts(equation.conditions)))
    for condition in equation.conditions:
        changed = _with_condition(equation, condition)
        if changed is not None:
            kept = tuple(other for other in changed.conditions if other != condition)
            equation = replace(changed, conditions=kept)
    known = equation.left.names.union(*(right.names for right in equation.rights))
    idle = [c for c in equation.conditions if c.names <= _INDICES and not c.names & known]
    return replace(equation, conditions=tuple(c for c in equation.conditions if c not in idle))


def _with_condition(equation: Equation, condition: Condition) -> Equation | None:
    bound = letters_bound_in(equation)
    own = set(terms_of_indices(equation.left))
    loose = set(terms_of_indices(*equation.rights)) - bound - own
    defines = isinstance(condition, Compare) and condition.operator == "="
    for name in sorted(loose & condition.names) if defines else ():
        value = _solved(condition, name)  # type: ignore[arg-type]  # defines
        if value is not None:
            rights = tuple(substitute(right, {name: value}) for right in equation.rights)
            return replace(equation, rights=rights)
    if defines and _only_names(condition, equation):
        return equation
    if bound & condition.names:
        rights = tuple(_guarded(right, condition, bound) for right in equation.rights)
        return replace(equation, rights=rights) if rights != equation.rights else None
    return None


def _only_names(condition: Any, equation: Equation) -> bool:
    """Return whether an equation beside another gives a name to what that does not mention."""
    known = equation.left.names.union(*(right.names for right in equation.rights))
    sides = (condition.left, condition.right)
    match sides:
        case (Letter(name=name), _) if is_plain_size(name):
            return False  # s = 2 says which convolution it is
    return any(isinstance(side, Letter) and side.name not in known for side in sides)


def _solved(condition: Compare, name: str) -> Expression | None:
    """Return what a letter is by an equation in which its factor is 1 or -1."""
    parts = linear_in(expanded(Total((condition.left, negative(condition.right)))), name)
    if parts is None:
        return None
    slope, rest = parts
    if slope == ONE:
        return expanded(negative(rest))
    return expanded(rest) if slope == negative(ONE) else None


def _guarded(node: Any, condition: Condition, bound: AbstractSet[str]) -> Any:
    """Return a side with a condition below the innermost sum that binds a letter of it."""
    if isinstance(node, SumOver | SumWhere):
        inner = {part.letter for part in walk(node.body) if isinstance(part, SumOver)}
        if not inner & condition.names:
            return replace(node, body=SumWhere((), condition, node.body))
        return replace(node, body=_guarded(node.body, condition, bound))
    if isinstance(node, Entry | Letter):
        return node
    return rebuild(node, lambda part: _guarded(part, condition, bound))
