"""Claims about sizes and counts: what is found out about each statement of a display.

A statement without entries of arrays is a size of one axis, a shape, a count, a receptive field, a
condition on windows, or an identity of numbers. Each kind has its judge; the likeliest reading of
the runs of letters under which one of them decides is taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

from symconv.formula.notation import Decimal, Starred, Statement
from symconv.formula.spelling import spell_text
from symconv.formula.tree import (
    Cases,
    Ceiling,
    Compare,
    Condition,
    Divides,
    Expression,
    Floor,
    Integer,
    Letter,
    Node,
    Power,
    Product,
    Quotient,
    Remainder,
    Total,
    walk,
)
from symconv.verification.outcome import RIGHT, Outcome
from symconv.verification.questions.scalars.chains import IDENTITY, link
from symconv.verification.questions.scalars.conditions import CONDITIONS, judged_condition
from symconv.verification.questions.scalars.counts import judged_count, refuted_count
from symconv.verification.questions.scalars.fields import judged_field
from symconv.verification.questions.scalars.forms import same_value
from symconv.verification.questions.scalars.jumps import with_own_jumps
from symconv.verification.questions.scalars.shapes import judged_shape, of_one_mind
from symconv.verification.questions.scalars.sizes import (
    SLACK,
    Judged,
    judged_size,
)
from symconv.verification.reading.roles import Told
from symconv.verification.reading.scalars.size_priors import costs, taken_apart
from symconv.verification.reading.scalars.trees import Scalars, names_of, settled
from symconv.verification.truth.algebra import substitute

_LAYER: Final = re.compile(r"\b([ks])[^\d=]*=[^\d]*(\d{1,6})\b")
VAGUE: Final = 1.5  # from which cost on a name says nothing of its meaning
_EQUAL: Final = ("=", ":=", "equiv")
_ORDER: Final = (
    "proved",
    "right_when",
    "no_claim",
    "depends",
    "undecided",
    "not_understood",
    "refuted",
)


_Known: TypeAlias = dict[tuple[Scalars, tuple[tuple[str, Expression], ...]], Judged | None]


def decide(statements: Sequence[Statement], told: Told) -> list[Outcome | None]:
    """Return what is found out about each statement; None where it is not about numbers.

    Args:
        statements: of one display.
        told: what was said of their names.
    """
    best: list[tuple[float, Judged] | None] = [None] * len(statements)
    known: _Known = {}
    for cost, entries, chosen in settled(statements):
        for place, judged in enumerate(_all(entries, told, known)):
            field = judged_field(chosen[place], told)
            for one in (judged, field):
                if one is not None:
                    best[place] = _better(best[place], (cost + one.cost, one))
    outcomes = [entry and entry[1].outcome for entry in best]
    outcomes = [
        None if outcome and _takes_an_array_for_one(statement, outcome) else outcome
        for statement, outcome in zip(statements, outcomes, strict=True)
    ]
    return with_own_jumps(statements, outcomes)


def _takes_an_array_for_one(statement: Statement, outcome: Outcome) -> bool:
    """Return whether f * (g h) = (f * g) (f * h) is only right of numbers, where f is 1."""
    starred = any(
        isinstance(part, Starred) and part.sign == "*"
        for side in statement.sides
        for part in walk(side)
    )
    return starred and outcome.kind == IDENTITY and outcome.condition.endswith(" is 1")


def _better(one: tuple[float, Judged] | None, other: tuple[float, Judged]) -> tuple[float, Judged]:
    """Return the better of two: the cheaper, but a right one before a wrong one within reach."""
    if one is None:
        return other
    first, second = sorted((one, other), key=lambda offer: offer[0])
    if first[1].outcome.status in RIGHT or second[1].outcome.status not in RIGHT:
        return first
    return second if second[0] <= first[0] + SLACK else first


def _all(entries: Sequence[Scalars | None], told: Told, known: _Known) -> list[Judged | None]:
    """Decide the statements of one reading; a name that is set twice is its last value.

    Args:
        entries: the statements.
        told: what was said of their names.
        known: what was found out about them under other readings; it is added to.
    """
    found: list[Judged | None] = []
    defined = _definitions(entries)
    for entry in entries:
        for condition in entry.conditions if entry else ():
            match condition:
                case Compare("=", Letter(name=name), Integer() as value):
                    defined.setdefault(name, value)
    for place, entry in enumerate(entries):
        if entry is None:
            found.append(None)
            continue
        later = entries[place + 1 :]
        if any(_resets(entry, other) for other in later):
            found.append(_no_claim("a step on the way to the line behind it"))
            continue
        before = next((e for e in entries[:place] if e and _resets(e, entry)), None)
        if before is not None:
            left = entry.sides[0].name
            earlier = {left: before.sides[1]}
            entry = replace(
                entry, sides=(entry.sides[0], *(substitute(s, earlier) for s in entry.sides[1:]))
            )
        key = (entry, tuple(sorted(defined.items(), key=lambda item: item[0])))
        if key not in known:
            known[key] = _one(entry, told, defined)
        found.append(known[key])
    return found


def _resets(first: Scalars | None, second: Scalars | None) -> bool:
    """Return whether the second sets the name anew that the first has set: y = a, y = y + b."""
    if first is None or second is None or len(first.sides) < 2 or len(second.sides) < 2:
        return False
    name = first.sides[0]
    return (
        isinstance(name, Letter)
        and second.sides[0] == name
        and name.name in names_of(second.sides[1])
        and name.name not in names_of(first.sides[1])
    )


def _definitions(entries: Sequence[Scalars | None]) -> dict[str, Expression]:
    """Return what the statements say that single names are."""
    found: dict[str, Expression] = {}
    for entry in entries:
        if entry and isinstance(entry.sides[-1], Integer) and set(entry.relations) == {"="}:
            named = (side for side in entry.sides if isinstance(side, Letter))
            found.update({side.name: entry.sides[-1] for side in named})
        elif entry and len(entry.sides) == 2 and isinstance(entry.sides[0], Letter):
            name, value = entry.sides
            if isinstance(value, Node) and name.name not in names_of(value):
                found.setdefault(name.name, value)  # type: ignore[arg-type]
    return found


def _one(entry: Scalars, told: Told, defined: Mapping[str, Expression]) -> Judged | None:
    first = entry.sides[0]
    if any(map(_divides_by_zero, (*entry.sides, *entry.conditions))):
        return None
    if isinstance(first, CONDITIONS):
        return judged_condition(entry, told)
    if any(isinstance(side, CONDITIONS) for side in entry.sides):
        return None
    if len(entry.sides) == 1:
        return _fragment(first, told, entry.words)
    if any(relation.startswith("arrow") for relation in entry.relations):
        return _arrows(entry, told, defined)
    if isinstance(first, tuple):
        return _tuples(entry, told)
    if _is_product_of_names(first) and isinstance(entry.sides[1], Product):
        parts = (first.factors, _axes_of(entry.sides[1]))
        shape = _tuples(replace(entry, sides=parts), told)
        if shape is not None:
            return shape
    sides = list(entry.sides)
    if entry.relations[0] == "+=":
        sides[1] = Total((first, sides[1]))
    return _chain(sides, entry, told, defined)


def _divides_by_zero(side: Any) -> bool:
    """Return whether something is divided by 0, or by what is 0 for all values of its names."""
    if isinstance(side, tuple):
        return any(map(_divides_by_zero, side))
    for node in walk(side):
        match node:
            case Quotient(denominator=below) | Remainder(modulus=below) | Divides(divisor=below):
                if same_value(below, Integer(0)):
                    return True
    return False


def _is_product_of_names(side: Any) -> bool:
    return isinstance(side, Product) and all(isinstance(part, Letter) for part in side.factors)


def _chain(
    sides: list[Any], entry: Scalars, told: Told, defined: Mapping[str, Expression]
) -> Judged | None:
    """Decide left = right = right ...: the first right side as a size, the others as links."""
    left, rights = sides[0], sides[1:]
    if any(isinstance(side, tuple) for side in sides):
        return None
    judged: Judged | None = None
    if isinstance(left, Letter):
        judged = _named(left.name, rights, told, entry.words, defined, entry.conditions)
    start = 1 if isinstance(left, Letter) or _is_foreign(left, rights) else 0
    links = [
        link(one, other, entry.conditions)
        for one, other, relation in zip(
            sides[start:], sides[start + 1 :], entry.relations[start:], strict=False
        )
        if relation in _EQUAL
    ]
    outcomes = [outcome for outcome in links if outcome is not None]
    wrong = next((outcome for outcome in outcomes if outcome.status == "refuted"), None)
    if wrong is not None:
        return Judged(judged.cost if judged else 0.5, wrong)
    if judged is None:
        return _of_links(outcomes) or _unknown(left, rights, told) or _defining(left, rights)
    return Judged(judged.cost, _together([judged.outcome, *outcomes]))


def _is_foreign(left: Any, rights: Sequence[Any]) -> bool:
    """Return whether a left side has no name in common with the others, which are several."""
    return len(rights) > 1 and not set(names_of(left)) & set(names_of(*rights))


def _named(
    left: str,
    rights: Sequence[Any],
    told: Told,
    words: str,
    defined: Mapping[str, Expression],
    conditions: tuple[Condition, ...],
) -> Judged | None:
    """Decide what the left name is said to be; the first side of which a judge knows decides."""
    numbers = {n: v.value for n, v in defined.items() if isinstance(v, Integer) and n != left}
    for right in rights:
        given = {name: value for name, value in numbers.items() if name not in names_of(right)}
        if isinstance(right, Integer):
            return None
        if isinstance(right, Cases):
            return _branches(left, right, told, words)
        judged = _offers(left, right, told, words, given, conditions)
        if judged is not None and isinstance(right, Letter | Integer):
            return judged if judged.outcome.status in RIGHT else None
        known = {name: value for name, value in defined.items() if name != left}
        set_here = sorted(known.keys() & set(names_of(right)))
        if judged is not None and judged.outcome.status in RIGHT and not set_here:
            return judged
        if set_here:
            other = _offers(left, substitute(right, known), told, words)
            if other is not None and other.outcome.status in RIGHT:
                return other
        if judged is not None and judged.outcome.status in RIGHT:
            return _as_defined(judged, {name: known[name] for name in set_here}, told, words)
        if judged is not None:
            return judged
        if isinstance(right, Letter | Integer):
            return None
    return None


def _as_defined(judged: Judged, known: Mapping[str, Expression], told: Told, words: str) -> Judged:
    """Return a verdict that says what the names that the display itself sets are taken for."""
    outcome = judged.outcome
    roles = dict(part.split(" ", 1) for part in re.split("[,;] ", outcome.reading) if " " in part)
    conditions = [outcome.condition] if outcome.condition else []
    for name, value in known.items():
        if name not in roles or isinstance(value, Integer):
            continue
        own = _offers(name, value, told, words)
        if own is None or own.outcome.status not in RIGHT:
            conditions.append(f"{name} = {spell_text(value)} is the {roles[name]}")
    if len(conditions) == bool(outcome.condition):
        return judged
    changed = replace(outcome, status="right_when", condition=", ".join(conditions))
    return replace(judged, outcome=changed)


def _branches(left: str, right: Cases, told: Told, words: str) -> Judged | None:
    """Decide each branch of a case distinction; the condition of each stands in its verdict."""
    found = []
    before: list[Condition] = []
    for branch in right.branches:
        own = (*before, branch.condition) if branch.condition is not None else tuple(before)
        found.append(_offers(left, branch.value, told, words, None, own))
        before += _opposites(branch.condition)
    known = [judged for judged in found if judged is not None]
    if len(known) < len(found) or any(j.outcome.status not in RIGHT for j in known):
        return None
    return Judged(max(j.cost for j in known), _together([j.outcome for j in known]))


def _opposites(condition: Condition | None) -> list[Condition]:
    """Return what holds where an equation or its negation does not."""
    match condition:
        case Compare("=" | "!=" as operator, left, right):
            return [Compare("!=" if operator == "=" else "=", left, right)]
    return []


def _offers(
    left: str | None,
    right: Any,
    told: Told,
    words: str,
    given: Mapping[str, int] | None = None,
    conditions: tuple[Condition, ...] = (),
) -> Judged | None:
    """Return the verdict of the judge whose reading is best."""
    found = [
        judged_size(left, right, told, words, given, conditions),
        judged_count(left, right, told, words),
    ]
    offers = [judged for judged in found if judged is not None]
    if not offers and left is not None:
        wrong = refuted_count(left, right, told)
        offers += [wrong] if wrong is not None else []
    if not offers:
        return None
    best = offers[0]
    for other in offers[1:]:
        best = _better((best.cost, best), (other.cost, other))[1]
    return best


def _fragment(side: Any, told: Told, words: str) -> Judged | None:
    """Decide a lone expression: a size, a count, or several sizes of one shape."""
    if isinstance(side, tuple):
        return judged_shape(side, told, words)
    label = words.rstrip(" :").replace(" ", "_") if words.endswith(":") else None
    named = None
    if label and label.isascii() and label.replace("_", "").isalnum():
        named = _offers(label, side, told, "")
    if named is not None:
        return named
    whole = _offers(None, side, told, words)
    if whole is not None:
        return whole
    parts = _axes_of(side)
    if parts:
        shape = judged_shape(parts, told, words)
        if shape is not None:
            return shape
    if _is_of_numbers(side):
        return _no_claim("an expression that says of nothing what it is")
    return None


def _axes_of(side: Any) -> tuple[Any, ...]:
    """Return the sizes of a shape that is written as a product or a power."""
    if isinstance(side, Power) and side.exponent in (Integer(2), Integer(3)):
        return (side.base,)
    if isinstance(side, Product):
        parts = [part for factor in side.factors for part in (_axes_of(factor) or (factor,))]
        if any(isinstance(part, Total | Floor) or _is_size(part) for part in parts):
            return tuple(parts)
    return ()


def _is_size(part: Any) -> bool:
    return not isinstance(part, Letter | Integer | Product)


def _tuples(entry: Scalars, told: Told) -> Judged | None:
    """Decide (a, b) = (c, d) entry by entry."""
    left, right = entry.sides[0], entry.sides[1]
    if not isinstance(right, tuple) or len(left) != len(right):
        return None
    found = []
    for one, other in zip(left, right, strict=True):
        if not isinstance(one, Letter):
            return None
        judged = _offers(one.name, other, told, entry.words)
        if judged is None:
            return None
        found.append(judged)
    if not of_one_mind(found):
        return None
    cost = max(judged.cost for judged in found)
    return Judged(cost, _together([judged.outcome for judged in found]))


def _arrows(entry: Scalars, told: Told, defined: Mapping[str, Expression]) -> Judged | None:
    """Decide the parts between arrows one by one."""
    ladder = _ladder(entry)
    if ladder is not None:
        return ladder
    groups: list[list[Any]] = [[entry.sides[0]]]
    relations: list[list[str]] = [[]]
    for relation, side in zip(entry.relations, entry.sides[1:], strict=True):
        if relation.startswith("arrow"):
            groups.append([side])
            relations.append([])
        else:
            groups[-1].append(side)
            relations[-1].append(relation)
    found = []
    for sides, signs in zip(groups, relations, strict=True):
        if len(sides) > 1:
            part = replace(entry, sides=tuple(sides), relations=tuple(signs))
            judged = _one(part, told, defined)
            if judged is not None and judged.outcome.status != "no_claim":
                found.append(judged)
    if not found:
        return None
    cost = max(judged.cost for judged in found)
    return Judged(cost, _together([judged.outcome for judged in found]))


def _ladder(entry: Scalars) -> Judged | None:
    """Decide numbers with layers on the arrows between them, 3 -(k=3, s=2)-> 7, as fields."""
    steps = list(zip(entry.relations, entry.sides, entry.sides[1:], strict=False))
    arrows = [step for step in steps if step[0].startswith("arrow:")]
    found = []
    for relation, before, after in arrows:
        layer = {name: int(value) for name, value in _LAYER.findall(relation.lower())}
        if not {"k", "s"} <= layer.keys():
            return None
        if not isinstance(before, Integer) or not isinstance(after, Integer):
            return None
        found.append(after.value == (before.value - 1) * layer["s"] + layer["k"])
    if not found or not all(found):
        return None
    text = "receptive fields in numbers, each (r - 1) s + k by the one before"
    why = "the layers are passed from the output back to the input"
    return Judged(
        0.5, Outcome("receptive field", "right_when", text, "checked in numbers", condition=why)
    )


def _of_links(outcomes: Sequence[Outcome]) -> Judged | None:
    return Judged(0.5, _together(outcomes)) if outcomes else None


def _together(outcomes: Sequence[Outcome]) -> Outcome:
    """Return one verdict on all parts: that of the worst, with all conditions and readings."""
    worst = max(outcomes, key=lambda outcome: _ORDER.index(outcome.status))
    if worst.status == "refuted":
        return worst
    conditions = dict.fromkeys(outcome.condition for outcome in outcomes if outcome.condition)
    readings = dict.fromkeys(outcome.reading for outcome in outcomes if outcome.reading)
    return replace(
        worst,
        kind=outcomes[0].kind,
        condition=", ".join(conditions),
        reading="; ".join(readings),
    )


def _unknown(left: Any, rights: Sequence[Any], told: Told) -> Judged | None:
    """Return what would help, where the left side plainly is a size and a name says nothing."""
    if not isinstance(left, Letter) or isinstance(rights[0], Letter | Integer):
        return None
    if not taken_apart(left.name).tags & {"out", "field"} and left.name not in told.names:
        return None
    names = names_of(*rights)
    open_ = [n for n in names if n not in told.names and min(costs(n).values()) >= VAGUE]
    nodes = [node for side in rights for node in walk(side)]
    if not open_ or not any(isinstance(node, Integer | Floor | Ceiling) for node in nodes):
        return None
    asked = ", ".join(f"{name}=..." for name in open_)
    outcome = Outcome(
        "size",
        "not_understood",
        "",
        "no reading of its names makes it a size that is known",
        help=f"say what {' and '.join(open_)} mean: --letters '{asked}'",
    )
    return Judged(3.0, outcome)


def _defining(left: Any, rights: Sequence[Any]) -> Judged | None:
    """Return that a lone name on the left is only given a name, where no judge knows it.

    What may be about arrays, y = w x, is left to those who know arrays.
    """
    if any(isinstance(right, Cases) for right in rights):
        return None
    if isinstance(left, Letter) and rights and all(map(_is_of_numbers, rights)):
        return _no_claim("it says what a name stands for, and claims nothing of a convolution")
    return None


def _is_of_numbers(side: Any) -> bool:
    """Return whether an expression is plainly one of numbers: by a number in it, or its words."""
    names = names_of(side)
    if any(len(name) > 1 for name in names):
        return all(taken_apart(name).tags for name in names if len(name) > 1)
    return any(isinstance(node, Integer | Decimal | Floor | Ceiling) for node in walk(side))


def _no_claim(why: str) -> Judged:
    return Judged(3.0, Outcome("definition", "no_claim", "", why))
