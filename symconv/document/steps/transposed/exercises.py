"""Exercises on a transposed convolution with solutions, made from the sizes and computed."""

from __future__ import annotations

from symconv.algebra.symbols import B, X, Y
from symconv.document.blocks import (
    Display,
    Exercise,
    Paragraph,
    Reach,
    Step,
    equation,
    message,
)
from symconv.document.notation import DX, index_of, listed, sizes_of
from symconv.document.scene import Scene
from symconv.document.steps.exercises import strides
from symconv.sizes import Shape


def exercises(scene: Scene) -> Step:
    """Return exercises on sizes, meetings, outputs, gradients, strides and the adjoint."""
    return Step(
        name="exercises",
        title=message("Exercises"),
        blocks=(
            _sizes(scene),
            *((_meetings(scene, scene.busiest),) if scene.busiest else ()),
            _last_output(scene),
            _gradient(scene),
            strides(scene),
            _adjoint(scene),
        ),
        reason=message("Every solution is computed from the derivation."),
        reach=Reach.EXACT,
    )


def _sizes(scene: Scene) -> Exercise:
    """How many outputs, and which other outputs a convolution takes to the same input."""
    shape = tuple(m + 3 + axis for axis, m in enumerate(scene.input_shape))
    outputs = scene.spec.output_shape(shape)
    same = [
        listed([g for g in range(1, size + stride + 1) if _windows(scene, axis, g) == windows])
        for axis, (size, stride, windows) in enumerate(
            zip(outputs, scene.spec.stride, shape, strict=True)
        )
    ]
    return Exercise(
        question=(
            Paragraph(
                message(
                    "How many outputs does an input of {image} cells have? Along the first axis, "
                    "from which sizes does the convolution of the same sizes lead back to "
                    "{windows} windows?",
                    image=sizes_of(shape),
                    windows=shape[0],
                )
            ),
        ),
        solution=(
            Paragraph(
                message(
                    "There are {outputs} outputs. The convolution rounds down, and has {windows} "
                    "windows along the first axis for {sizes}.",
                    outputs=sizes_of(outputs),
                    windows=shape[0],
                    sizes=same[0],
                )
            ),
        ),
    )


def _windows(scene: Scene, axis: int, size: int) -> int:
    """Return how many windows of the convolution of the same sizes fit along one axis."""
    return scene.spec.adjoint.concrete_axes()[axis].outputs(size)


def _meetings(scene: Scene, cell: Shape) -> Exercise:
    """Which inputs reach an output, through which taps."""
    reads = scene.meetings(cell)
    blocks, phase = scene.derivation.phases.locate(cell)
    return Exercise(
        question=(
            Paragraph(
                message(
                    "In the image of {image} cells: which inputs reach the output {cell}, and "
                    "through which taps?",
                    image=sizes_of(scene.input_shape),
                    cell=index_of(cell),
                )
            ),
        ),
        solution=(
            Paragraph(
                message(
                    "It lies in block {block} and phase {phase}. The inputs are {inputs}, through "
                    "the taps {taps}, in this order.",
                    block=index_of(blocks),
                    phase=index_of(phase.residues),
                    inputs=listed([index_of(window) for window, _ in reads]),
                    taps=listed([index_of(tap) for _, tap in reads]),
                )
            ),
        ),
    )


def _last_output(scene: Scene) -> Exercise:
    """The formula of the last output."""
    cell = scene.cells[-1]
    terms = [term for term in scene.cell_terms(cell) if term != 0]
    return Exercise(
        question=(Paragraph(message("Write down {entry} for the same image.", entry=Y[cell])),),
        solution=(Display((equation(Y[cell], (*terms, B)),)),),
    )


def _gradient(scene: Scene) -> Exercise:
    """The gradient of the first input, whose window may be cut off."""
    window = scene.windows[0]
    return Exercise(
        question=(
            Paragraph(
                message(
                    "Write down the gradient by {entry}. How many outputs does this input reach?",
                    entry=X[window],
                )
            ),
        ),
        solution=(
            Display((equation(DX[window], scene.window_terms(window)),)),
            Paragraph(
                message(
                    "It reaches {count} outputs, one for each tap that is not cut off.",
                    count=sum(term != 0 for term in scene.window_terms(window)),
                )
            ),
        ),
    )


def _adjoint(scene: Scene) -> Exercise:
    """The adjoint identity, in numbers."""
    return Exercise(
        question=(
            Paragraph(
                message(
                    "Check a gradient without a formula: add up (output − bias) · upstream "
                    "gradient over all outputs, input · gradient over all inputs, and kernel · "
                    "gradient over all taps. Why must the three sums be equal, and what are they "
                    "if every entry of input, kernel and upstream gradient is 1?"
                )
            ),
        ),
        solution=(
            Paragraph(
                message(
                    "Each of them adds up the products of an input, a tap and the upstream "
                    "gradient that they reach, over all inputs and taps, only grouped in another "
                    "way. With ones it is the number of these products that are not cut off, "
                    "{products}.",
                    products=scene.met,
                )
            ),
        ),
    )
