"""The gradients of a transposed convolution, and why it is the adjoint of a convolution."""

from __future__ import annotations

from sympy import Expr

from symconv.algebra.derivation import derive_gradients
from symconv.algebra.gradients import sum_over
from symconv.algebra.symbols import (
    FREE_OUTPUT_INDEX,
    FREE_TAP_INDEX,
    INPUT_SIZE,
    B,
    W,
    X,
)
from symconv.algebra.transposed import with_fixed
from symconv.document.abridge import shown
from symconv.document.blocks import (
    Display,
    Paragraph,
    Reach,
    Reference,
    Step,
    equation,
    message,
)
from symconv.document.notation import DX, Partial, sizes_of
from symconv.document.scene import Scene
from symconv.document.steps.partials import by_cases
from symconv.errors import DerivationError


def partials(scene: Scene) -> Step:
    """Return dy/dx as a sum of deltas and by cases, dy/dw and dy/db."""
    by_input = Partial(scene.y, scene.x)
    found = scene.derivation.partials
    return Step(
        name="partials",
        title=message("The derivatives of one output"),
        blocks=(
            Paragraph(
                message(
                    "Of all inputs in {output} the derivative by one of them leaves that one, so "
                    "the sum over the inputs is gone and the deltas of the taps stay:",
                    output=Reference("output"),
                )
            ),
            Display((equation(by_input, of_one_input(scene), label="deltas"),)),
            Paragraph(
                message(
                    "For a given input and a given output at most one tap is left, the one whose "
                    "deltas are 1:"
                )
            ),
            Display((equation(by_input, by_cases(scene), label="cases"),)),
            Paragraph(message("By a tap and by the bias the derivatives are")),
            Display(
                (
                    equation(Partial(scene.y, W[scene.tap]), _of_one_tap(scene)),
                    equation(Partial(scene.y, B), found.by_bias),
                )
            ),
        ),
        reason=message("The output is linear in the input and in the kernel."),
        reach=Reach.PROVED,
    )


def by_input(scene: Scene) -> Step:
    """Return de/dx[i, j]: the deltas fix the output, and an ordinary convolution is left."""
    entries = shown([equation(DX[window], scene.window_terms(window)) for window in scene.windows])
    by_chain = scene.over_outputs(Partial(scene.y, scene.x))
    by_deltas = scene.over_outputs(of_one_input(scene))
    return Step(
        name="by-input",
        title=message("The gradient by the input"),
        blocks=(
            Paragraph(
                message(
                    "An input acts on $e$ through every output of its window. By the chain rule, "
                    "and with the deltas of {deltas},",
                    deltas=Reference("deltas"),
                )
            ),
            Display((equation(scene.dx, by_chain, by_deltas, label="chain"),)),
            Paragraph(
                message(
                    "Here every delta fixes an output: no division is needed, and there are no "
                    "phases. With upstream gradients outside the output counted as 0,"
                )
            ),
            Display((equation(scene.dx, scene.derivation.grad_input, label="by-input"),)),
            Paragraph(
                message(
                    "This is a convolution of the upstream gradient, with the kernel, the stride, "
                    "the dilation and the padding of the transposed one, and without a bias. For "
                    "the input of {image} cells:",
                    image=sizes_of(scene.input_shape),
                )
            ),
            *entries.blocks,
        ),
        reason=message("This is the chain rule for a function of all outputs."),
        reach=Reach.PROVED,
        appendix=entries.appendix,
    )


def adjoint(scene: Scene) -> Step:
    """Return why the transposed convolution is the adjoint of the convolution of its sizes.

    Raises:
        DerivationError: the convolution has other equations: a fault of symconv.
    """
    convolution = derive_gradients(scene.spec.adjoint)
    if convolution.equations != scene.derivation.equations:
        raise DerivationError(
            f"adjoint must have the equations {scene.derivation.equations}, "
            f"got {convolution.equations}"
        )
    inputs = {"letters": scene.window, "sizes": INPUT_SIZE}
    return Step(
        name="adjoint",
        title=message("Forward and backward change places"),
        blocks=(
            Paragraph(
                message(
                    "Take the convolution with the same kernel, stride, dilation and padding. It "
                    "reads planes of the size of $y$ and writes planes of the size of $x$, and its "
                    "derivative by the cell it reads is the same sum of deltas as {deltas}. So its "
                    "forward pass is {gradient}, with the plane it reads in the place of the "
                    "upstream gradient, and its gradient by the input is {output} without the "
                    "bias, with its upstream gradient in the place of $x$: the forward pass of "
                    "each is the gradient by the input of the other. Weighing with the upstream "
                    "gradient says it in one line:",
                    deltas=Reference("deltas"),
                    gradient=Reference("by-input"),
                    output=Reference("output"),
                )
            ),
            Display(
                (
                    equation(
                        scene.over_outputs(scene.y - B),
                        sum_over(DX[scene.window] * X[scene.window], **inputs),
                        label="adjoint",
                    ),
                )
            ),
        ),
        reason=message(
            "Both sides add up every product of an upstream gradient, a tap and an input that a "
            "delta joins; the deltas of both are compared by program."
        ),
        reach=Reach.PROVED,
    )


def of_one_input(scene: Scene) -> Expr:
    """Return dy[u, v]/dx[i, j], a sum over taps of deltas."""
    axes = scene.axes
    return with_fixed(
        scene.derivation.partials.by_input, summed=scene.window, free=FREE_OUTPUT_INDEX[:axes]
    )


def _of_one_tap(scene: Scene) -> Expr:
    """Return dy[u, v]/dw[r, s], a sum over inputs of deltas."""
    axes = scene.axes
    return with_fixed(
        scene.derivation.partials.by_weight, summed=scene.tap, free=FREE_TAP_INDEX[:axes]
    )
