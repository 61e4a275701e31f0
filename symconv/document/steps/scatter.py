"""The operation f: the same gradient, window by window."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

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
    by_window = sum(map(scene.inside, _places(scene)))
    by_cell = scene.met
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


def _places(scene: Scene) -> Iterator[tuple[Any, ...]]:
    """Yield the cell of every tap of every window, those in the padding, too."""
    for window, tap in product(scene.windows, scene.derivation.taps):
        yield scene.place(tap, window)


def loop(scene: Scene) -> str:
    """Return the loop over the windows as Python text; D holds the padding, or what is cropped.

    That of a transposed convolution adds up its output.
    """
    pairs = [(max(0, lo), max(0, hi)) for lo, hi in scene.spec.padding_pairs]
    sizes, ends = scene.image, scene.outputs
    array, sent, result = "D", "dy", "dx"
    if scene.spec.transposed:
        (sizes, ends), (array, sent, result) = (ends, sizes), ("Y", "x", "y")
    held = [
        Affine(1, letter.name, lo + hi).spelled()
        for letter, (lo, hi) in zip(sizes, pairs, strict=True)
    ]
    lines = [f"{array} = np.zeros(({', '.join(held)}{',' if scene.axes == 1 else ''}))"]
    for depth, (letter, end) in enumerate(zip(scene.window, ends, strict=True)):
        lines.append(f"{INDENT * depth}for {letter} in range({end}):")
    slices = ", ".join(_slice(scene, axis) for axis in range(scene.axes))
    window = ", ".join(map(str, scene.window))
    flip = f"[{', '.join(['::-1'] * scene.axes)}]" if scene.spec.true_convolution else ""
    lines.append(f"{INDENT * scene.axes}{array}[{slices}] += {sent}[{window}] * w{flip}")
    lines += _folds(scene) if scene.copied else ()
    whole = array
    if any(lo or hi for lo, hi in pairs):
        inner = ", ".join(
            f"{lo}:{Affine(1, letter.name, lo).spelled()}"
            for letter, (lo, _) in zip(sizes, pairs, strict=True)
        )
        whole = f"{array}[{inner}]"
    lines.append(f"{result} = {whole}" + (" + b" if scene.spec.transposed else ""))
    return "\n".join(lines) + "\n"


def _folds(scene: Scene) -> Iterator[str]:
    """Yield the loops that add each copy in D to the cell it was copied from, axis by axis."""
    for axis, table in enumerate(scene.derivation.phases.axes):
        before, size = table.before, scene.image[axis].name
        for piece in table.copies[1:]:
            first, last, offset = piece.first, piece.last, piece.offset
            start = _sum((first.sizes, size), (first.constant, ""))
            stop = _sum((last.sizes, size), (last.constant + 1, ""))
            source = _sum((piece.slope, "k"), (offset.sizes, size), (offset.constant + before, ""))
            copy = _sum((1, "k"), (before, ""))
            yield f"for k in range({start}, {stop}):"
            yield f"{INDENT}{_entry(axis, source)} += {_entry(axis, copy)}"


def _entry(axis: int, place: str) -> str:
    return f"D[{':, ' * axis}{place}]"


def _sum(*terms: tuple[int, str]) -> str:
    """Return number times letter, added up, as Python; what is subtracted comes last."""
    ordered = sorted((term for term in terms if term[0]), key=lambda term: term[0] < 0)
    text = ""
    for number, letter in ordered:
        size = abs(number)
        sign = "-" if number < 0 else "+"
        factor = str(size) if not letter else letter if size == 1 else f"{size}*{letter}"
        text += f" {sign} {factor}" if text else factor if number > 0 else f"-{factor}"
    return text or "0"


def _slice(scene: Scene, axis: int) -> str:
    """Return the cells of window i along one axis of D, as a slice."""
    letter, dilation = scene.window[axis].name, scene.spec.dilation[axis]
    first = max(0, -scene.spec.padding_pairs[axis][0])
    start = Affine(scene.spec.stride[axis], letter, first).spelled(times="*")
    end = Affine(scene.spec.stride[axis], letter, first + scene.spec.extent[axis])
    return f"{start} : {end.spelled(times='*')}" + (f" : {dilation}" if dilation > 1 else "")
