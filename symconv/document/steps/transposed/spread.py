"""Two other ways to the same output: window by window, and through zeros between the inputs."""

from __future__ import annotations

from math import prod

from sympy import Expr, Sum

from symconv.algebra.symbols import B, W, X
from symconv.document.blocks import (
    Display,
    Listing,
    Paragraph,
    Reach,
    Reference,
    Step,
    equation,
    message,
)
from symconv.document.choices import Picture
from symconv.document.notation import SPREAD_INPUT, Divides, cases, every, short_sizes, upto
from symconv.document.scene import Scene
from symconv.document.steps.scatter import loop


def scatter(scene: Scene) -> Step:
    """Return the loop that adds every input to the output, and why it is the same sum."""
    return Step(
        name="scatter",
        title=message("The same output, input by input"),
        blocks=(
            Paragraph(
                message(
                    "A program may follow the definition: for each input it adds the kernel, times "
                    "that input, to the window of the input. In NumPy's notation, with `Y` for the "
                    "output{cut}:",
                    cut=message(" before it is cut off") if scene.padded else "",
                )
            ),
            Listing(loop(scene), "python"),
            *scene.illustration(Picture.SCATTER, message("The output grows, input by input.")),
            Paragraph(
                message(
                    "This is the sum {output} in another order: the loop collects its terms by "
                    "input, the phases by output. In the example there are {met} products that "
                    "are not cut off.",
                    output=Reference("output"),
                    met=scene.met,
                )
            ),
        ),
        reason=message("The terms of a finite sum may be added in any order."),
        reach=Reach.PROVED,
    )


def inserted(scene: Scene) -> Step | None:
    """Return the view with zeros between the inputs; None where the stride inserts none."""
    if set(scene.spec.stride) == {1}:
        return None
    taps = prod(scene.spec.kernel_shape)
    most = max(len(phase.taps) for phase in scene.derivation.phases)
    return Step(
        name="inserted",
        title=message("Zeros between the inputs"),
        blocks=(
            Paragraph(
                message(
                    "The output is also read by a window of stride 1. Spread the inputs {stride} "
                    "cells apart, with zeros between and around them, and call the result $Z$:",
                    stride=short_sizes(scene.spec.stride),
                )
            ),
            Display((equation(SPREAD_INPUT[scene.cell], _spread(scene), label="spread"),)),
            Paragraph(
                message(
                    "The deltas of {output} then ask which entry of $Z$ a tap brings to an output. "
                    "This is a convolution of $Z$ with stride 1{turned}:",
                    output=Reference("output"),
                    turned=""
                    if scene.spec.true_convolution
                    else message(" and with the kernel turned round"),
                )
            ),
            Display((equation(scene.y, _read(scene)),)),
            Paragraph(
                message(
                    "It is the right sum, but a slow one: of its {taps} products at most {most} "
                    "are not with an inserted zero, those of one phase. The formulas of the "
                    "phases have no others.",
                    taps=taps,
                    most=most,
                )
            ),
        ),
        reason=message("The equation of each delta is solved for the input instead of the output."),
        reach=Reach.PROVED,
    )


def _spread(scene: Scene) -> Expr:
    """Return Z[u, v]: x[u/t, v/t] where the strides divide, 0 elsewhere."""
    axes = list(zip(scene.cell, scene.spec.stride, scene.image, strict=True))
    conditions = [Divides(stride, u) for u, stride, _ in axes if stride > 1]
    conditions += [upto(u, stride * (size - 1)) for u, stride, size in axes]
    return cases((X[tuple(u / stride for u, stride, _ in axes)], every(conditions)))


def _read(scene: Scene) -> Expr:
    """Return the sum over taps of w times the entry of Z at stride times the input."""
    equations = scene.derivation.equations
    places = [
        u - read.dilation * r - read.offset
        for u, r, read in zip(scene.cell, scene.tap, equations, strict=True)
    ]
    limits = [(r, 0, read.kernel - 1) for r, read in zip(scene.tap, equations, strict=True)]
    return Sum(SPREAD_INPUT[tuple(places)] * W[scene.tap], *reversed(limits)) + B
