"""Equations of a size -> the question whether two integers are equal."""

from __future__ import annotations

from typing import Final

from symconv.formula.tree import Condition, Equation, Expression, Letter, Product, Remainder, walk
from symconv.verification.questions.questions import ScalarQuestion, Window
from symconv.verification.truth.algebra import substitute
from symconv.verification.truth.convolution import INPUT, OUTPUT, STRIDES, Model
from symconv.verification.truth.guarded_terms import misunderstood

OUTPUT_PADDINGS: Final = ("_output_padding", "_op", "_a", "_outpad")


def spreads_inputs(claim: object) -> bool:
    """Return whether a claim gives the output size as (m - 1)t + ...: that of a transposed one."""
    if not isinstance(claim, Equation) or not isinstance(claim.left, Letter):
        return False
    if claim.left.name not in OUTPUT:
        return False
    parts = [part for right in claim.rights for part in walk(right)]
    return any(
        isinstance(part, Product)
        and any(factor.names & {*INPUT} for factor in part.factors)
        and any(factor.names & {"t", *STRIDES} for factor in part.factors)
        for part in parts
    )


def size_question(
    model: Model,
    window: Window,
    left: Letter,
    right: Expression,
    assumptions: tuple[Condition, ...],
) -> ScalarQuestion:
    """Ask for the output size, or for that of a transposed convolution: the input it undoes.

    Several inputs have the same outputs; output padding is by how much this one is larger than the
    smallest of them.

    Raises:
        FormulaError: there is no such axis, or the reading is about windows.
    """
    if window.name == "transposed":
        swapped = dict(zip((*INPUT, *OUTPUT), (*OUTPUT, *INPUT), strict=True))
        letters = {name: Letter(other) for name, other in swapped.items()}
        left, right = Letter(swapped[left.name]), substitute(right, letters)
    elif window.name != "every":
        raise misunderstood(left, "must be a size, which has no open window")
    names = INPUT if left.name in INPUT else OUTPUT
    place = names.index(left.name)
    if place >= len(model.axes):
        raise misunderstood(left, f"must be a size of one of {len(model.axes)} axes")
    axis = model.axes[place]
    if names == OUTPUT:
        return ScalarQuestion("output size", right, axis.windows, (), assumptions)
    rest = Remainder(axis.room, axis.stride)
    padded = substitute(right, dict.fromkeys(OUTPUT_PADDINGS, rest))
    return ScalarQuestion("transposed output size", padded, axis.input, (), assumptions)
