"""The gradient by the input as one formula."""

from __future__ import annotations

from sympy import Basic, Sum, true

from symconv.algebra.overlap import ClosedForm
from symconv.document.blocks import (
    Block,
    Display,
    Paragraph,
    Reach,
    Step,
    equation,
    message,
)
from symconv.document.notation import cases, listed
from symconv.document.scene import Scene


def closed(scene: Scene) -> Step:
    """Return the closed form: a sum with explicit bounds in block, phase and counter."""
    form = scene.derivation.overlap.closed_form
    blocks: list[Block] = [
        Paragraph(
            message(
                "The taps of one phase lie in equal steps. Counted by {counters}, they make one "
                "formula for every cell:",
                counters=listed([axis.counter for axis in form.axes if axis.overlaps]),
            )
            if any(axis.overlaps for axis in form.axes)
            else message("Each phase has at most one tap. This makes one formula for every cell:")
        ),
        Display((equation(scene.dx, closed_sum(form), label="closed"),)),
    ]
    if form.definitions:
        definitions = (equation(letter, value) for letter, value in form.definitions.items())
        blocks += [Paragraph(message("with")), Display(tuple(definitions))]
    return Step(
        name="closed-form",
        title=message("The gradient by the padded input in closed form")
        if scene.copied
        else message("The gradient by the input in closed form"),
        blocks=tuple(blocks),
        reason=message("The sum runs over exactly the taps of the phase of the cell."),
        reach=Reach.PROVED,
    )


def closed_sum(form: ClosedForm) -> Basic:
    """Return the sum of a closed form in terms of K, rho and alpha, 0 where it has no term."""
    limits = [(axis.counter, 0, axis.last) for axis in reversed(form.axes) if axis.overlaps]
    total = Sum(form.term, *limits) if limits else form.term
    return total if form.reached == true else cases((total, form.reached))
