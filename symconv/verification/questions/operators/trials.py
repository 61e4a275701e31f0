"""A claim about whole arrays under one convention: true for all sizes, or wrong for a smallest one.

True means that both sides are the same combination of index maps, which holds for all sizes, and
that they agree entry by entry for small ones, counted out by the definitions. Wrong means that two
entries differ for some small size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from symconv.verification.questions.operators.conventions import (
    SLOPE,
    UPSTREAM,
    Convention,
    forward_pass,
)
from symconv.verification.reading.operators.priors import INPUT, KERNEL, OUTPUT
from symconv.verification.report.wording import Example
from symconv.verification.truth.affine_sizes import Affine, size
from symconv.verification.truth.operator_arrays import (
    MisfitError,
    Place,
    Polynomial,
    Table,
    derivative,
    multiplied,
    symbols,
    table,
)
from symconv.verification.truth.operator_forms import (
    Combination,
    FormlessError,
    ShapeError,
    combination,
    gradient,
    same,
)
from symconv.verification.truth.operators import Operand, roles

Finding: TypeAlias = Literal["proved", "refuted", "undecided", "meaningless"]
ONE_AXIS: Final = ((1, 1), (1, 2), (2, 1), (2, 2), (3, 2), (2, 3), (3, 3))
TWO_AXES: Final = (((2, 1), (2, 2)), ((2, 3), (3, 2)))
ODD_AXES: Final = (((2, 1),), ((3, 3),), ((4, 3),), ((3, 3), (2, 1)))
NAMED: Final = {
    INPUT: "input",
    KERNEL: "kernel",
    OUTPUT: "output",
    UPSTREAM: "upstream gradient",
    SLOPE: "slope",
}
PLACES: Final = ("row", "column")
FREE_SIZES: Final = ((1, 1, 2), (2, 1, 2), (2, 2, 1), (3, 2, 2))


@dataclass(frozen=True)
class Question:
    """Two sides that are claimed to be equal.

    Attributes:
        claimed: the right side.
        true: the left side; None where it is a gradient.
        by: the role of the array that the left side is the gradient with respect to.
        sloped: whether the left side is the gradient before an activation.
        alike: (array, another of the same size), of arrays without a role.
        forward: what is differentiated, where it is not the forward pass.
    """

    claimed: Operand
    true: Operand | None = None
    by: str | None = None
    sloped: bool = False
    alike: tuple[tuple[str, str], ...] = ()
    forward: Operand | None = None

    def forward_in(self, convention: Convention) -> Operand:
        """Return what is differentiated: the forward pass, unless the claim has its own."""
        return self.forward or forward_pass(convention)


@dataclass(frozen=True)
class Trial:
    """What was found out under one convention.

    Attributes:
        convention: the convention.
        finding: whether the sides are equal; "meaningless" where sizes do not go together.
        example: where they are not.
        fits: whether the sides have the same size at least.
        cost: how implausible the convention and the roles are.
    """

    convention: Convention
    finding: Finding
    example: Example | None = None
    fits: bool = True
    cost: float = field(default=0.0)


def tried(question: Question, convention: Convention, names: Mapping[str, str]) -> Trial:
    """Return what is found out about a question under a convention.

    Args:
        question: what is claimed.
        convention: what its signs mean.
        names: role -> the author's name, for print.
    """
    cost = convention.cost
    others = sorted({*_roles(question)} - set(convention.sizes))
    alike = dict(question.alike)
    sizes = {**convention.sizes, **{name: size(alike.get(name, name)) for name in others}}
    try:
        equal = same(_wanted(question, convention, sizes), combination(question.claimed, sizes))
    except ShapeError:
        return Trial(convention, "meaningless", fits=False, cost=cost)
    except FormlessError:
        equal = None
    misfits = 0
    for values in _small(convention, others, alike):
        try:
            shown = _compared(question, convention, values, names)
        except MisfitError:
            misfits += 1
            continue
        if shown is not None and equal is not True:
            return Trial(convention, "refuted", shown, fits=bool(shown.entry), cost=cost)
        if shown is not None:
            return Trial(convention, "undecided", cost=cost)
    if misfits:
        return Trial(convention, "meaningless", fits=False, cost=cost)
    return Trial(convention, "proved" if equal else "undecided", cost=cost)


def _roles(question: Question) -> tuple[str, ...]:
    sides = (question.claimed, *((question.true,) if question.true else ()))
    return tuple(dict.fromkeys(role for side in sides for role in roles(side)))


def _wanted(question: Question, convention: Convention, sizes: Mapping[str, Affine]) -> Combination:
    if question.true is not None:
        return combination(question.true, sizes)
    assert question.by is not None
    ((form, _),) = combination(question.forward_in(convention), sizes)
    found = gradient(form, question.by, UPSTREAM, sizes[question.by])
    return {(found, (SLOPE,) if question.sloped else ()): 1}


def _small(
    convention: Convention, others: Sequence[str], alike: Mapping[str, str]
) -> Iterator[dict[str, Place]]:
    """Yield small shapes of all arrays: one axis and two, sizes that differ."""
    odd = "same" in (convention.kept, convention.mode)
    pairs = ODD_AXES if odd else (*((pair,) for pair in ONE_AXIS), *TWO_AXES)
    for place, axes in enumerate(pairs):
        free = FREE_SIZES[place % len(FREE_SIZES)]
        shapes: dict[str, Place] = {}
        for role, affine in convention.sizes.items():
            shapes[role] = tuple(
                affine.at({"g": a, "n": max(a, b), "k": b // 2 if odd else b}) for a, b in axes
            )
        for name in others:
            number = others.index(alike.get(name, name))
            shapes[name] = tuple(free[number % 3] for _ in axes)
        yield shapes


def _compared(
    question: Question,
    convention: Convention,
    shapes: Mapping[str, Place],
    names: Mapping[str, str],
) -> Example | None:
    """Return where the sides differ for given shapes, or None.

    Raises:
        MisfitError: the shapes do not go together.
    """
    arrays = {role: symbols(role, shape) for role, shape in shapes.items()}
    true = _truth(question, convention, arrays)
    claimed = table(question.claimed, arrays)
    sizes = _sizes(shapes, names)
    if claimed.shape != true.shape:
        one, other = (f"shape {times_text(found.shape)}" for found in (claimed, true))
        return Example(sizes, {}, one, other, ("the two sides have different sizes",))
    for place in true.places:
        if claimed.at(place) != true.at(place):
            one, other = (polynomial_text(side.at(place), names) for side in (claimed, true))
            entry = dict(zip(PLACES, place, strict=False))
            return Example(sizes, entry, one, other, (f"{one} should be {other}",))
    return None


def _sizes(shapes: Mapping[str, Place], names: Mapping[str, str]) -> dict[str, int]:
    """Return the sizes of an example, as they are printed."""
    sizes = {}
    for role, array in names.items():
        if role in (KERNEL, INPUT, UPSTREAM) and role in shapes:
            for axis, value in zip(("height of ", "width of "), shapes[role], strict=False):
                sizes[("size of " if len(shapes[role]) == 1 else axis) + array] = value
    return sizes


def _truth(question: Question, convention: Convention, arrays: Mapping[str, Table]) -> Table:
    if question.true is not None:
        return table(question.true, arrays)
    assert question.by is not None
    forward = table(question.forward_in(convention), arrays)
    if forward.shape != arrays[UPSTREAM].shape:
        raise MisfitError("the result is not of the size of its gradient")
    found = derivative(forward, arrays[question.by], arrays[UPSTREAM])
    if not question.sloped:
        return found
    slopes = symbols(SLOPE, found.shape)
    entries = {place: multiplied(found.at(place), slopes.at(place)) for place in found.places}
    return Table(found.shape, entries)


def times_text(shape: Place) -> str:
    """Return a shape as it is said: 3×5."""
    return "×".join(map(str, shape))


def polynomial_text(
    polynomial: Polynomial, names: Mapping[str, str], usual: Mapping[str, str] = NAMED
) -> str:
    """Return a sum of products of entries, under the author's names, else the usual ones."""
    terms = []
    for monomial, many in sorted(polynomial.items()):
        factors = [
            f"{names.get(role) or usual.get(role, role)}[{', '.join(map(str, place))}]"
            for role, place in monomial
        ]
        terms.append("·".join(([str(many)] if many != 1 else []) + factors))
    return " + ".join(terms) or "0"
