"""The operation f: the same gradient, window by window."""

from __future__ import annotations

from symconv.algebra.affine import Affine
from symconv.document.blocks import (
    Listing,
    Paragraph,
    Reach,
    Reference,
    Step,
    message,
)
from symconv.document.choices import Picture
from symconv.document.scene import Scene

INDENT = "    "


def scatter(scene: Scene) -> Step:
    """Return the loop that adds every window to the gradient, and why it is the same sum."""
    by_window = sum(len(scene.output_terms(window)) for window in scene.windows)
    by_cell = sum(len(scene.meetings(cell)) for cell in scene.cells)
    return Step(
        name="scatter",
        title=message("The same gradient, window by window"),
        blocks=(
            Paragraph(
                message(
                    "A program may go the other way round: for each window it adds the kernel, "
                    "times the upstream gradient of that output, to the cells that the window "
                    "reads. In NumPy's notation, with `D` for the gradient by the {input}:",
                    input=message("padded input") if scene.padded else message("input"),
                )
            ),
            Listing(loop(scene), "python"),
            *scene.illustration(
                Picture.SCATTER,
                message("The gradient by the input grows, window by window."),
            ),
            Paragraph(
                message(
                    "This is the sum {inserted} in another order. The formula collects its terms "
                    "by cell, the loop by window; both take every product of an upstream gradient "
                    "with a tap once, and add it to the cell that the tap reads. In the example "
                    "there are {by_window} such products by window, and {by_cell} by cell.",
                    inserted=Reference("inserted"),
                    by_window=by_window,
                    by_cell=by_cell,
                )
            ),
        ),
        reason=message("The terms of a finite sum may be added in any order."),
        reach=Reach.PROVED,
    )


def loop(scene: Scene) -> str:
    """Return the loop over the windows as Python text; D holds the padding, or what is cropped."""
    pairs = [(max(0, lo), max(0, hi)) for lo, hi in scene.spec.padding_pairs]
    held = [
        Affine(1, letter.name, lo + hi).spelled()
        for letter, (lo, hi) in zip(scene.image, pairs, strict=True)
    ]
    lines = [f"D = np.zeros(({', '.join(held)}{',' if scene.axes == 1 else ''}))"]
    for depth, (letter, end) in enumerate(zip(scene.window, scene.outputs, strict=True)):
        lines.append(f"{INDENT * depth}for {letter} in range({end}):")
    slices = ", ".join(_slice(scene, axis) for axis in range(scene.axes))
    window = ", ".join(map(str, scene.window))
    flip = f"[{', '.join(['::-1'] * scene.axes)}]" if scene.spec.true_convolution else ""
    lines.append(f"{INDENT * scene.axes}D[{slices}] += dy[{window}] * w{flip}")
    if any(lo or hi for lo, hi in pairs):
        inner = ", ".join(
            f"{lo}:{Affine(1, letter.name, lo).spelled()}"
            for letter, (lo, _) in zip(scene.image, pairs, strict=True)
        )
        lines.append(f"dx = D[{inner}]")
    else:
        lines.append("dx = D")
    return "\n".join(lines) + "\n"


def _slice(scene: Scene, axis: int) -> str:
    """Return the cells of window i along one axis of D, as a slice."""
    letter, dilation = scene.window[axis].name, scene.spec.dilation[axis]
    first = max(0, -scene.spec.padding_pairs[axis][0])
    start = Affine(scene.spec.stride[axis], letter, first).spelled(times="*")
    end = Affine(scene.spec.stride[axis], letter, first + scene.spec.extent[axis])
    return f"{start} : {end.spelled(times='*')}" + (f" : {dilation}" if dilation > 1 else "")
