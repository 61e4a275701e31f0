"""A transposed convolution: its letters, its sizes, and its output as a sum over all inputs."""

from __future__ import annotations

from sympy import Basic, Expr, Symbol

from symconv.algebra.gradients import index_of as met_cell
from symconv.algebra.symbols import B, X, Y
from symconv.document.blocks import (
    Block,
    Display,
    Message,
    Paragraph,
    Reach,
    Step,
    Table,
    equation,
    message,
)
from symconv.document.choices import Picture
from symconv.document.notation import below, index_of, listed, short_sizes, sizes_of
from symconv.document.scene import Scene
from symconv.document.steps.setting import between


def setting(scene: Scene) -> Step:
    """Return the letters of the document and the output-size rule."""
    return Step(
        name="setting",
        title=message("Setting and letters"),
        blocks=(_opening(scene), _letters(scene), *_sizes(scene)),
        reason=message("All windows together span so many cells, less those that are cut off."),
        reach=Reach.PROVED,
    )


def _opening(scene: Scene) -> Paragraph:
    spec = scene.spec
    return Paragraph(
        message(
            "A transposed convolution spreads every input over a window of its output: the input "
            "times the kernel, of {kernel} entries, is added there. The windows of neighbouring "
            "inputs begin {stride} cells apart{dilation}. Where windows overlap their products "
            "add up, and every output gets the bias{cut}. Indices start at 0, and the kernel is "
            "{flipped}.",
            flipped=message("flipped: its first entry goes to the last cell of the window")
            if spec.true_convolution
            else message("not flipped"),
            kernel=sizes_of(spec.kernel_shape),
            stride=short_sizes(spec.stride),
            dilation=_dilation(scene),
            cut=_cut(scene),
        )
    )


def _dilation(scene: Scene) -> str | Message:
    if set(scene.spec.dilation) == {1}:
        return ""
    return message(
        ", the entries of the kernel {dilation} cells apart",
        dilation=short_sizes(scene.spec.dilation),
    )


def _cut(scene: Scene) -> str | Message:
    if not scene.padded:
        return ""
    pairs = listed([index_of(pair) for pair in scene.spec.padding_pairs])
    if min(map(min, scene.spec.padding_pairs)) >= 0:
        return message("; the padding, {pairs}, is cut off before and after", pairs=pairs)
    return message(
        "; the padding, {pairs}, is cut off before and after, where a negative number adds cells, "
        "as output padding does",
        pairs=pairs,
    )


def _letters(scene: Scene) -> Table:
    loss = Symbol("e")
    return Table(
        heads=(message("letter"), message("meaning"), message("range")),
        rows=(
            ("$x$", message("input"), between(scene.of_input, scene.image)),
            ("$w$", message("kernel (weight)"), between(scene.tap, scene.spec.kernel_shape)),
            (B, message("bias"), message("a number")),
            ("$y$", message("output"), between(scene.of_output, scene.outputs)),
            (loss, message("a number that depends on $y$ alone: the loss"), ""),
            (
                r"$\partial e / \partial y$",
                message("upstream gradient, given"),
                message("as $y$, and zero outside"),
            ),
        ),
    )


def _sizes(scene: Scene) -> list[Block]:
    equations = [
        equation(scene.outputs[axis], output_size(scene, axis), label=f"size-{axis}")
        for axis in range(scene.axes)
    ]
    return [
        Paragraph(message("The number of outputs along each axis is")),
        Display(tuple(equations)),
        *_about_remainders(scene),
        Paragraph(
            message(
                "The examples below use an input of {image} cells, which gives {outputs} outputs.",
                image=sizes_of(scene.input_shape),
                outputs=sizes_of(scene.output_shape),
            )
        ),
    ]


def _about_remainders(scene: Scene) -> list[Block]:
    if set(scene.spec.stride) == {1}:
        return []
    return [
        Paragraph(
            message(
                "A convolution rounds down: along an axis with stride $t$ it takes $t$ sizes that "
                "follow each other to the same number of windows. The transposed one goes back to "
                "one of them; output padding chooses which."
            )
        )
    ]


def output_size(scene: Scene, axis: int) -> Expr:
    """Return the number of outputs of one axis in the letter of its input size."""
    lo, hi = scene.spec.padding_pairs[axis]
    return scene.spec.stride[axis] * (scene.image[axis] - 1) + scene.spec.extent[axis] - lo - hi


def output(scene: Scene) -> Step:
    """Return y[u, v] as a sum over all inputs and taps with a delta for each axis."""
    return Step(
        name="output",
        title=message("The output"),
        blocks=(
            Paragraph(
                message(
                    "Entry {tap} of the kernel is called a tap. Through it the input {x} goes to "
                    "the output {y}. A Kronecker delta, 1 where its two indices are equal and 0 "
                    "elsewhere, says so for each axis:",
                    tap=index_of(scene.tap),
                    x=X[scene.window],
                    y=Y[met_cell(scene.derivation.tap_inputs)],
                )
            ),
            Display(
                (equation(scene.y, scene.derivation.output, where=_ranges(scene), label="output"),)
            ),
            *scene.illustration(
                Picture.WINDOWS, message("The output and the windows of the inputs on it.")
            ),
        ),
        reason=message("This is the definition of the transposed convolution."),
        reach=Reach.DEFINITION,
    )


def _ranges(scene: Scene) -> list[Basic]:
    return [below(u, g) for u, g in zip(scene.cell, scene.outputs, strict=True)]
