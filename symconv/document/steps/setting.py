"""What is given: the letters, their sizes, and the number of outputs."""

from __future__ import annotations

from sympy import Expr, Integer, Symbol, floor

from symconv.algebra.symbols import B
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
from symconv.document.notation import All, Listed, below, index_of, listed, short_sizes, sizes_of
from symconv.document.scene import Scene


def setting(scene: Scene) -> Step:
    """Return the letters of the document and the output-size rule."""
    return Step(
        name="setting",
        title=message("Setting and letters"),
        blocks=(_opening(scene), _letters(scene), *_sizes(scene)),
        reason=message(
            "There are as many outputs as positions of the window inside the padded input."
        ),
        reach=Reach.PROVED,
    )


def _opening(scene: Scene) -> Paragraph:
    spec = scene.spec
    return Paragraph(
        message(
            "A window of the size of the kernel, {kernel}, moves over the input in steps of "
            "{stride}{dilation}{padding}. Every position of it gives one output: the products of "
            "the inputs it reads with the entries of the kernel, added up, plus the bias. Indices "
            "start at 0, and the kernel is {flipped}.",
            flipped=message("flipped: its first entry meets the last input of the window")
            if spec.true_convolution
            else message("not flipped"),
            kernel=sizes_of(spec.kernel_shape),
            stride=short_sizes(spec.stride),
            dilation=_dilation(scene),
            padding=_padding(scene),
        )
    )


def _dilation(scene: Scene) -> str | Message:
    if set(scene.spec.dilation) == {1}:
        return ""
    return message(
        ", its entries {dilation} cells apart", dilation=short_sizes(scene.spec.dilation)
    )


def _padding(scene: Scene) -> str | Message:
    if not scene.padded:
        return ""
    each = [index_of(pair) for pair in scene.spec.padding_pairs]
    pairs = listed(each)
    match scene.spec.padding_mode:
        case "zeros":
            return message(
                ", over an input with zeros added before and after it, {pairs}", pairs=All(*each)
            )
        case "reflect":
            return message(
                ", over an input with cells added before and after it, {pairs}, which mirror it at "
                "its border cells (padding mode reflect)",
                pairs=pairs,
            )
        case "replicate":
            return message(
                ", over an input with cells added before and after it, {pairs}, which repeat its "
                "border cells (padding mode replicate)",
                pairs=pairs,
            )
        case "circular":
            return message(
                ", over an input with cells added before and after it, {pairs}, which continue it "
                "from its other end (padding mode circular)",
                pairs=pairs,
            )


def _letters(scene: Scene) -> Table:
    loss = Symbol("e")
    return Table(
        heads=(message("letter"), message("meaning"), message("range")),
        rows=(
            ("$x$", message("input"), between(scene.of_input, scene.image)),
            *((("$X$", message("padded input"), _padded_range(scene)),) if scene.copied else ()),
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


def _padded_range(scene: Scene) -> Listed:
    sizes = zip(scene.cell, scene.image, scene.spec.padding_pairs, strict=True)
    return Listed(*(below(u, size + hi, low=-lo) for u, size, (lo, hi) in sizes))


def between(letters: tuple[Expr, ...], ends: tuple[Expr | int, ...]) -> Listed:
    """Return the ranges 0 <= letter < end."""
    return Listed(*(below(letter, end) for letter, end in zip(letters, ends, strict=True)))


def _sizes(scene: Scene) -> list[Block]:
    """Return the output-size rule, and the image of the examples."""
    equations = [
        equation(scene.outputs[axis], output_size(scene, axis), label=f"size-{axis}")
        for axis in range(scene.axes)
    ]
    return [
        Paragraph(message("The number of outputs along each axis is")),
        Display(tuple(equations)),
        Paragraph(
            message(
                "The examples below use an input of {image} cells, which gives {outputs} outputs.",
                image=sizes_of(scene.input_shape),
                outputs=sizes_of(scene.output_shape),
            )
        ),
    ]


def output_size(scene: Scene, axis: int) -> Expr:
    """Return the number of outputs of one axis in the letter of its input size."""
    lo, hi = scene.spec.padding_pairs[axis]
    room = scene.image[axis] + lo + hi - scene.spec.extent[axis]
    return floor(room / Integer(scene.spec.stride[axis])) + 1
