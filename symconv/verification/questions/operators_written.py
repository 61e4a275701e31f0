"""Claims with matrices that are written out: ∂E/∂x = [0 0 …; 0 δ11 …] * [w22 w21; w12 w11].

They are about the sizes they show; both sides are multiplied out and compared entry by entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from symconv.formula.notation import (
    Differential,
    Juxtaposed,
    Mark,
    Marked,
    Multiplied,
    Name,
    Starred,
    Statement,
)
from symconv.formula.tree import Compare, Integer, Matrix, Negated, Partial, Total, walk
from symconv.verification.outcome import Outcome
from symconv.verification.questions.operators_claims import (
    Casting,
    Context,
    gradient_castings,
    identity_cost,
    verdict,
)
from symconv.verification.questions.operators_conventions import (
    UPSTREAM,
    Convention,
    Settler,
    conventions,
)
from symconv.verification.questions.operators_layers import Layering
from symconv.verification.questions.operators_trials import Finding, Trial
from symconv.verification.reading.names import flat
from symconv.verification.reading.operator_names import INPUT, KERNEL, Named, bare, named
from symconv.verification.reading.operator_sketches import (
    Array,
    Sketch,
    UnknownOperatorError,
    Written,
    arrays_of,
    within,
)
from symconv.verification.reading.operators import Sketcher
from symconv.verification.reading.roles import Told
from symconv.verification.report.wording import Example
from symconv.verification.truth.operator_arrays import (
    MisfitError,
    Place,
    Polynomial,
    Table,
    added,
    derivative,
    multiplied,
    slid,
    symbols,
    table,
)

MAX_CELLS: Final = 400


@dataclass(frozen=True)
class Cells:
    """A matrix that is written out, its entries as polynomials in (array, place).

    Attributes:
        named: the arrays in it, without their indices.
        shape: rows and columns.
        entries: one polynomial in (name of the array, place) for each cell.
    """

    named: Mapping[str, Named]
    shape: Place
    entries: Mapping[Place, Polynomial]


@dataclass(frozen=True)
class CellReader:
    """Reads the entries of matrices; told what names mean."""

    told: Told

    def cells(self, matrix: Matrix) -> Cells:
        """Return a matrix with its entries as polynomials.

        Raises:
            UnknownOperatorError: an entry is something else, or the matrix is too large.
        """
        rows = matrix.rows
        if len({len(row) for row in rows}) != 1 or sum(map(len, rows)) > MAX_CELLS:
            raise UnknownOperatorError("a matrix with rows of different lengths")
        found: dict[str, Named] = {}
        entries = {
            (i, j): self._polynomial(entry, found)
            for i, row in enumerate(rows)
            for j, entry in enumerate(row)
        }
        return Cells(found, (len(rows), len(rows[0])), entries)

    def _polynomial(self, node: Any, found: dict[str, Named]) -> Polynomial:
        node = bare(node)
        match node:
            case Integer(value=0):
                return {}
            case Integer(value=value):
                return {(): value}
            case Negated(operand=operand):
                return added({}, self._polynomial(operand, found), -1)
            case Total(terms=terms):
                total: Polynomial = {}
                for term in terms:
                    total = added(total, self._polynomial(term, found))
                return total
            case Juxtaposed(factors=factors) | Multiplied(factors=factors):
                return self._product(factors, found)
            case Starred(sign="*", left=left, right=right):
                return self._product((left, right), found)
        return {(self._symbol(node, found),): 1}

    def _product(self, factors: Sequence[Any], found: dict[str, Named]) -> Polynomial:
        product: Polynomial = {(): 1}
        for factor in factors:
            product = multiplied(product, self._polynomial(factor, found))
        return product

    def _symbol(self, node: Any, found: dict[str, Named]) -> tuple[str, Place]:
        inner, place = without_index(node)
        array = named(inner, self.told)
        if array is None or not place:
            raise UnknownOperatorError(f"{flat(node)} is no entry of an array")
        key = f"{'d' if array.gradient else ''}{array.base}"
        found.setdefault(key, array)
        return key, place


def without_index(node: Any) -> tuple[Any, Place]:
    """Return (array, place) of an entry: w_{12}, ∂E/∂y_{11}, ∇a_{23}, x_{1,2}, x[0, 1], x_3."""
    node = bare(node)
    match node:
        case Partial(of=of, by=by):
            inner, place = without_index(by)
            return Partial(of, inner), place
        case Differential(sign=sign, operand=operand):
            inner, place = without_index(operand)
            return Differential(sign, inner), place
        case Marked(base=base, marks=marks):
            places = [_place(mark) for mark in marks]
            kept = tuple(m for m, place in zip(marks, places, strict=True) if not place)
            found = next((place for place in places if place), ())
            return (Marked(base, kept) if kept else base), found
        case Name(text=text) if len(text) > 1 and text[1:].isdigit() and len(text) <= 3:
            return Name(text[0], spelled=text[0]), tuple(map(int, text[1:]))
    return node, ()


def _place(mark: Mark) -> Place:
    if mark.kind == "sup" or not all(isinstance(item, Integer) for item in mark.items):
        return ()
    numbers = [item.value for item in mark.items if isinstance(item, Integer)]
    if len(numbers) == 1 and mark.kind == "sub" and mark.text.strip().isdigit():
        return tuple(map(int, mark.text.strip()))
    return tuple(numbers)


# Claims


@dataclass(frozen=True)
class Display:
    """Everything that a claim with written matrices shows.

    Attributes:
        sides: its sides.
        cells: matrix -> its entries.
        shapes: array -> its size, as its indices show it.
        bases: array -> its first index.
        names: array -> its name.
    """

    sides: tuple[Sketch, ...]
    cells: Mapping[Written, Cells]
    shapes: Mapping[str, Place]
    bases: Mapping[str, Place]
    names: Mapping[str, Named]


def written_claim(statement: Statement, told: Told, context: Context) -> Outcome | None:
    """Return the verdict on a statement with matrices that slide over each other; None else."""
    if not any(isinstance(part, Matrix) for side in statement.sides for part in walk(side)):
        return None
    if not any(isinstance(part, Starred) for side in statement.sides for part in walk(side)):
        return None
    try:
        display = _display(statement, told)
        left = _gradient_on_left(display)
        if left is not None:
            return _gradient(display, left, context)
        if len(display.sides) == 1:
            return _fragment(display, context)
        return _identity(display, context)
    except (UnknownOperatorError, MisfitError):
        return None


def _display(statement: Statement, told: Told) -> Display:
    sketcher, reader = Sketcher(told), CellReader(told)
    sides = tuple(sketcher.sketch(side) for side in _equal_sides(statement))
    written = [p for side in sides for p in within(side) if isinstance(p, Written)]
    cells = {matrix: reader.cells(matrix.matrix) for matrix in written}
    names: dict[str, Named] = {}
    places: dict[str, list[Place]] = {}
    for matrix in cells.values():
        names |= {key: named for key, named in matrix.named.items() if key not in names}
        for polynomial in matrix.entries.values():
            for monomial in polynomial:
                for key, place in monomial:
                    places.setdefault(key, []).append(place)
    if not places or any(len({len(p) for p in found}) > 1 for found in places.values()):
        raise UnknownOperatorError("entries with different numbers of indices")
    bases = {key: tuple(map(min, zip(*found, strict=True))) for key, found in places.items()}
    shapes = {
        key: tuple(
            high - low + 1
            for high, low in zip(map(max, zip(*found, strict=True)), bases[key], strict=True)
        )
        for key, found in places.items()
    }
    return Display(sides, cells, shapes, bases, names)


def _equal_sides(statement: Statement) -> Iterator[Any]:
    """Yield the sides of a statement; y = (...) on one side of an equivalence is two."""
    for side in statement.sides:
        if isinstance(side, Compare) and side.operator == "=":
            yield from (side.left, side.right)
        else:
            yield side


def _gradient_on_left(display: Display) -> Named | None:
    """Return the gradient that the left side is, named or written out; None if it is none."""
    first = display.sides[0]
    if isinstance(first, Array) and first.named.gradient:
        return first.named
    if isinstance(first, Written):
        names = list(display.cells[first].named.values())
        if len(names) == 1 and names[0].gradient:
            return names[0]
    return None


def _tables(display: Display, roles: Mapping[str, str]) -> dict[Written, Table]:
    """Return the written matrices, with symbols of roles, places from 0."""

    def symbol(key: str, place: Place) -> tuple[str, Place]:
        return roles.get(key, key), tuple(
            i - low for i, low in zip(place, display.bases[key], strict=True)
        )

    return {
        matrix: Table(
            cells.shape,
            {
                place: {
                    tuple(sorted(symbol(*factor) for factor in monomial)): many
                    for monomial, many in polynomial.items()
                }
                for place, polynomial in cells.entries.items()
            },
        )
        for matrix, cells in display.cells.items()
    }


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
        shapes = _shapes(display, keys)
        if shapes is None:
            continue
        tables = _tables(display, roles)
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
    if found is None or found.status not in ("proved", "right_when"):
        return None
    by = {"grad_weight": "kernel", "grad_input": "input"}[found.kind]
    stands = f"it stands for the gradient with respect to the {by}"
    condition = f"{stands}; {found.condition}" if found.condition else stands
    return replace(found, status="right_when", condition=condition)


def _shapes(display: Display, keys: Mapping[str, str]) -> dict[str, Place] | None:
    """Return the shapes of input, kernel and upstream gradient; two of them give the third."""
    known = {role: display.shapes[key] for role, key in keys.items()}
    if UPSTREAM not in known or len(known) < 2:
        return None
    output = known[UPSTREAM]
    if INPUT in known:
        kernel = tuple(n - g + 1 for n, g in zip(known[INPUT], output, strict=True))
        if min(kernel) < 1 or known.get(KERNEL, kernel) != kernel:
            return None
        return {INPUT: known[INPUT], KERNEL: kernel, UPSTREAM: output}
    kernel = known[KERNEL]
    cells = tuple(g + k - 1 for g, k in zip(output, kernel, strict=True))
    return {INPUT: cells, KERNEL: kernel, UPSTREAM: output}


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
        reason = f"the left side is {_times(left.shape)}, the gradient {_times(shape)}"
        return Example({}, {}, _times(left.shape), _times(shape), (reason,))
    for place in left.places:
        ((symbol,),) = left.at(place) or (((("", ()),)),)
        if symbol[1] != place:
            reason = f"cell {place} of the left side holds entry {symbol[1]}"
            return Example({}, {}, str(symbol[1]), str(place), (reason,))
    return None


def _different(claimed: Table, true: Table, casting: Casting) -> Example | None:
    if claimed.shape != true.shape:
        shown = (_times(claimed.shape), _times(true.shape))
        return Example({}, {}, *shown, (f"it is {shown[0]}, the gradient {shown[1]}",))
    names = {role: named.shown for named, role in casting.roles.items()}
    for place in true.places:
        one, other = claimed.at(place), true.at(place)
        if one != other:
            texts = [_text(side, names) for side in (one, other)]
            where = ", ".join(map(str, place))
            reason = f"entry [{where}] (from 0): {texts[0]} should be {texts[1]}"
            return Example({}, {}, texts[0], texts[1], (reason,))
    return None


def _times(shape: Place) -> str:
    return "×".join(map(str, shape))


def _text(polynomial: Polynomial, names: Mapping[str, str]) -> str:
    terms = []
    for monomial, many in sorted(polynomial.items()):
        factors = [f"{names.get(role, role)}[{', '.join(map(str, at))}]" for role, at in monomial]
        terms.append("·".join(([str(many)] if many != 1 else []) + factors))
    return " + ".join(terms) or "0"


def _weighed(
    display: Display, found: Sequence[tuple[Trial, Casting]], left: Named | None
) -> Outcome | None:
    if not found:
        return None
    sizes = ", ".join(
        f"{display.names[key].shown} {_times(shape)}" for key, shape in display.shapes.items()
    )
    best = min(found, key=lambda item: (item[0].cost, item[0].finding != "proved"))[1]
    kind = {KERNEL: "grad_weight", INPUT: "grad_input"}.get(best.by or "", "output")
    outcome = verdict(found, display.sides, kind, Layering(), left, with_forward=left is not None)
    return replace(outcome, reach=f"exactly, for the sizes shown: {sizes}")


def _names_result(side: Sketch, display: Display) -> bool:
    """Return whether a side is a mere name, or lists entries that stand nowhere else."""
    if isinstance(side, Array):
        return True
    if not isinstance(side, Written):
        return False
    own = set(display.cells[side].named)
    others = {
        key
        for matrix, cells in display.cells.items()
        if matrix is not side and matrix != side
        for key in cells.named
    }
    single = all(
        len(polynomial) == 1 and all(len(monomial) == 1 for monomial in polynomial)
        for polynomial in display.cells[side].entries.values()
    )
    return single and len(own) == 1 and not own & others


def _identity(display: Display, context: Context) -> Outcome | None:
    """Return the verdict on written stars that are claimed to be equal."""
    sides = [side for side in display.sides if not _names_result(side, display)]
    if len(sides) < 2:
        return None
    tables = _tables(display, {})
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
