"""The derivatives of one output by an input, by a tap, and by the bias."""

from __future__ import annotations

from sympy import Basic

from symconv.algebra.symbols import B, W
from symconv.document.blocks import (
    Block,
    Display,
    Paragraph,
    Reach,
    Step,
    StepReference,
    equation,
    message,
)
from symconv.document.notation import Divides, Partial, cases, every, upto
from symconv.document.scene import Scene


def partials(scene: Scene) -> Step:
    """Return dy/dx as a sum of deltas and by cases, dy/dw and dy/db."""
    by_input = Partial(scene.y, scene.x)
    blocks: list[Block] = [
        Paragraph(
            message(
                "The cells of $X$ are taken as independent of each other here; what ties copies "
                "together comes in step {folded}. The derivative of one by another is 1 if they "
                "are the same cell and 0 otherwise, a Kronecker delta for each axis. So",
                folded=StepReference("folded"),
            )
            if scene.copied
            else message(
                "The inputs are independent of each other: the derivative of one by another is 1 "
                "if they are the same cell and 0 otherwise, a Kronecker delta for each axis. So"
            )
        ),
        Display((equation(by_input, scene.derivation.partials.by_input, label="deltas"),)),
        Paragraph(
            message(
                "For a given cell and a given output at most one tap is left, the one whose "
                "deltas are 1:"
            )
        ),
        Display((equation(by_input, by_cases(scene), label="cases"),)),
        Paragraph(message("By a tap and by the bias the derivatives are")),
        Display(
            (
                equation(
                    Partial(scene.y, W[scene.tap]), scene.derivation.grad_weight.function.args[1]
                ),
                equation(Partial(scene.y, B), scene.derivation.partials.by_bias),
            )
        ),
    ]
    return Step(
        name="partials",
        title=message("The derivatives of one output"),
        blocks=tuple(blocks),
        reason=message("The output is linear in the input and in the kernel."),
        reach=Reach.PROVED,
    )


def by_cases(scene: Scene) -> Basic:
    """Return w at the only tap that may meet, and the condition that it exists."""
    tap, conditions = [], []
    for axis, read in enumerate(scene.derivation.equations):
        distance = scene.cell[axis] - read.stride * scene.window[axis] - read.offset
        if read.dilation < 0:  # a flipped kernel counts its taps from the far end
            distance = -distance
        apart = abs(read.dilation)
        if apart != 1:
            conditions.append(Divides(apart, distance))
        conditions.append(upto(distance, apart * (read.kernel - 1)))
        tap.append(distance / apart)
    return cases((W[tuple(tap)], every(conditions)))
