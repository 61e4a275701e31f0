"""Claims with matrices that are written out: ∂E/∂x = [0 0 …; 0 δ11 …] * [w22 w21; w12 w11].

They are about the sizes they show; both sides are multiplied out and compared entry by entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from symconv.formula.notation import (
    Starred,
    Statement,
)
from symconv.formula.tree import Matrix, walk
from symconv.verification.outcome import RIGHT, Outcome
from symconv.verification.questions.operators.casting import Casting, Context, gradient_castings
from symconv.verification.questions.operators.claims import identity_cost
from symconv.verification.questions.operators.conventions import (
    UPSTREAM,
    Convention,
    Settler,
    conventions,
)
from symconv.verification.questions.operators.displays import (
    Display,
    display_of,
    gradient_on_left,
    names_result,
    shapes_of,
    tables_of,
)
from symconv.verification.questions.operators.layers import Layering
from symconv.verification.questions.operators.trials import (
    Finding,
    Trial,
    polynomial_text,
    times_text,
)
from symconv.verification.questions.operators.verdicts import verdict
from symconv.verification.reading.operators.names import Named
from symconv.verification.reading.operators.priors import INPUT, KERNEL
from symconv.verification.reading.operators.sketches import (
    Array,
    UnknownOperatorError,
    Written,
    arrays_of,
)
from symconv.verification.reading.roles import Told
from symconv.verification.report.wording import Example
from symconv.verification.truth.operator_arrays import (
    MisfitError,
    Place,
    Table,
    derivative,
    slid,
    symbols,
    table,
)

# Claims


def written_claim(statement: Statement, told: Told, context: Context) -> Outcome | None:
    """Return the verdict on a statement with matrices that slide over each other; None else."""
    if not any(isinstance(part, Matrix) for side in statement.sides for part in walk(side)):
        return None
    if not any(isinstance(part, Starred) for side in statement.sides for part in walk(side)):
        return None
    try:
        display = display_of(statement, told)
        left = gradient_on_left(display)
        if left is not None:
            return _gradient(display, left, context)
        if len(display.sides) == 1:
            return _fragment(display, context)
        return _identity(display, context)
    except (UnknownOperatorError, MisfitError):
        return None


def _gradient(display: Display, left: Named, context: Context, *, first: int = 1) -> Outcome | None:
    others = [named for key, named in display.names.items() if named.key != left.key]
    wholes = [named for side in display.sides[first:] for named in arrays_of(side)]
    right = [*dict.fromkeys((*others, *wholes))]
    found: list[tuple[Trial, Casting]] = []
    for casting in gradient_castings(left, right, context.told):
        roles = {key: casting.roles.get(named, "left") for key, named in display.names.items()}
        keys = {
            casting.roles[named]: key
            for key, named in display.names.items()
            if named in casting.roles
        }
        shapes = shapes_of(display, keys)
        if shapes is None:
            continue
        tables = tables_of(display, roles)
        for convention in conventions(
            display.sides, forward=context.forward, known=context.known or {}
        ):
            if convention.kept != "valid":
                continue
            example = _compared(display, convention, casting, tables, shapes)
            cost = convention.cost + casting.cost
            finding: Finding = "refuted" if example else "proved"
            found.append((Trial(convention, finding, example, cost=cost), casting))
    return _weighed(display, found, left)


def _fragment(display: Display, context: Context) -> Outcome | None:
    """Return which gradient a right side alone is; it claims nothing by itself."""
    if not any(named.gradient for named in display.names.values()):
        return None
    found = _gradient(display, Named("", gradient=True, text="it"), context, first=0)
    if found is None or found.status not in RIGHT:
        return None
    by = {"grad_weight": "kernel", "grad_input": "input"}[found.kind]
    stands = f"it stands for the gradient with respect to the {by}"
    condition = f"{stands}; {found.condition}" if found.condition else stands
    return replace(found, status="right_when", condition=condition)


def _compared(
    display: Display,
    convention: Convention,
    casting: Casting,
    tables: Mapping[Written, Table],
    shapes: Mapping[str, Place],
) -> Example | None:
    """Return where a side is not the true gradient, or None."""
    arrays = {role: symbols(role, shape) for role, shape in shapes.items()}
    forward = slid(arrays[INPUT], arrays[KERNEL], flips=convention.forward, mode="valid")
    assert casting.by is not None
    true = derivative(forward, arrays[casting.by], arrays[UPSTREAM])
    names = {matrix: f"matrix {place}" for place, matrix in enumerate(tables)}
    settler = Settler(convention, casting.roles, written=names)
    everything = {**arrays, **{names[matrix]: found for matrix, found in tables.items()}}
    for side in display.sides:
        if isinstance(side, Written) and side is display.sides[0]:
            if wrong := _left_wrong(tables[side], shapes[casting.by]):
                return wrong
            continue
        if isinstance(side, Array):
            continue
        try:
            claimed = table(settler.operand(side), everything)
        except MisfitError as err:
            return Example({}, {}, "no matrix", "a matrix", (str(err),))
        wrong = _different(claimed, true, casting)
        if wrong:
            return wrong
    return None


def _left_wrong(left: Table, shape: Place) -> Example | None:
    """Return what is wrong with a left side that lists the entries of the gradient itself."""
    if left.shape != shape:
        reason = f"the left side is {times_text(left.shape)}, the gradient {times_text(shape)}"
        return Example({}, {}, times_text(left.shape), times_text(shape), (reason,))
    for place in left.places:
        ((symbol,),) = left.at(place) or (((("", ()),)),)
        if symbol[1] != place:
            reason = f"cell {place} of the left side holds entry {symbol[1]}"
            return Example({}, {}, str(symbol[1]), str(place), (reason,))
    return None


def _different(claimed: Table, true: Table, casting: Casting) -> Example | None:
    if claimed.shape != true.shape:
        shown = (times_text(claimed.shape), times_text(true.shape))
        return Example({}, {}, *shown, (f"it is {shown[0]}, the gradient {shown[1]}",))
    names = {role: named.shown for named, role in casting.roles.items()}
    for place in true.places:
        one, other = claimed.at(place), true.at(place)
        if one != other:
            texts = [polynomial_text(side, names, usual={}) for side in (one, other)]
            where = ", ".join(map(str, place))
            reason = f"entry [{where}] (from 0): {texts[0]} should be {texts[1]}"
            return Example({}, {}, texts[0], texts[1], (reason,))
    return None


def _weighed(
    display: Display, found: Sequence[tuple[Trial, Casting]], left: Named | None
) -> Outcome | None:
    if not found:
        return None
    sizes = ", ".join(
        f"{display.names[key].shown} {times_text(shape)}" for key, shape in display.shapes.items()
    )
    best = min(found, key=lambda item: (item[0].cost, item[0].finding != "proved"))[1]
    kind = {KERNEL: "grad_weight", INPUT: "grad_input"}.get(best.by or "", "output")
    outcome = verdict(found, display.sides, kind, Layering(), left, with_forward=left is not None)
    return replace(outcome, reach=f"exactly, for the sizes shown: {sizes}")


def _identity(display: Display, context: Context) -> Outcome | None:
    """Return the verdict on written stars that are claimed to be equal."""
    sides = [side for side in display.sides if not names_result(side, display)]
    if len(sides) < 2:
        return None
    tables = tables_of(display, {})
    names = {matrix: f"matrix {place}" for place, matrix in enumerate(tables)}
    casting = Casting({named: key for key, named in display.names.items()}, None, 0.0)
    found: list[tuple[Trial, Casting]] = []
    for convention in conventions(sides, forward=None, known=context.known or {}):
        if convention.kept != "valid" or convention.forward or convention.slides == "left":
            continue
        settler = Settler(convention, casting.roles, written=names)
        arrays = {names[matrix]: value for matrix, value in tables.items()}
        try:
            first, *others = (table(settler.operand(side), arrays) for side in sides)
        except MisfitError:
            continue
        wrong = next((e for other in others if (e := _different(other, first, casting))), None)
        cost = identity_cost(convention)
        finding: Finding = "refuted" if wrong else "proved"
        found.append((Trial(convention, finding, wrong, cost=cost), casting))
    return _weighed(display, found, None)
