"""A worked example with small integers, every number of which can be followed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sympy import Basic, Expr, IndexedBase

from symconv.algebra.symbols import DY, XP, B, W, X, Y
from symconv.document.abridge import Shown, shown
from symconv.document.blocks import Block, Display, Paragraph, Reach, Step, equation, message
from symconv.document.notation import DB, DW, DX, DXP, grid_of, index_of
from symconv.document.numbers import Numbers, Results, numbers_for
from symconv.document.scene import Scene

MOST_CELLS: Final = 256  # of the input of the example
MOST_COLUMNS: Final = 16  # of a matrix of numbers on a page


def example(scene: Scene) -> Step | None:
    """Return the worked example; None where no image with two outputs is small enough.

    Raises:
        DerivationError: the formulas and the reference implementation differ on the example.
    """
    small = small_scene(scene)
    if small is None:
        return None
    numbers = numbers_for(small)
    results = numbers.results()
    window, tap = small.windows[-1], small.derivation.taps[-1]
    output = followed(numbers, Y[window], (*small.window_terms(window), B))
    by_cell = _busiest(numbers)
    fold = _fold(numbers, results)
    by_tap = followed(numbers, DW[tap], small.tap_terms(tap))
    by_bias = followed(numbers, DB, [DY[window] for window in small.windows])
    given = ((X.label, numbers.x), (W.label, numbers.w), (DY, numbers.dy))
    return Step(
        name="example",
        title=message("A worked example"),
        blocks=(
            Paragraph(message("Let the input, the kernel and the upstream gradient be")),
            *(matrix(name, array) for name, array in given),
            *_padded(numbers),
            Paragraph(message("with the bias {bias}. The last output is", bias=numbers.b)),
            *output.blocks,
            Paragraph(message("and all outputs together are")),
            matrix(Y.label, results.output),
            *by_cell.blocks,
            *fold.blocks,
            Paragraph(message("The last tap of the kernel gets")),
            *by_tap.blocks,
            Paragraph(message("and the kernel and the bias together")),
            matrix(DW, results.grad_weight),
            *by_bias.blocks,
        ),
        reason=message(
            "Every number is computed twice, by the formulas above and by a program that only "
            "knows the definition; both agree."
        ),
        reach=Reach.EXACT,
        appendix=(
            *output.appendix,
            *by_cell.appendix,
            *fold.appendix,
            *by_tap.appendix,
            *by_bias.appendix,
        ),
    )


def small_scene(scene: Scene) -> Scene | None:
    """Return the scene itself, or the smallest with two outputs along each axis, if it fits."""
    for small in (scene, scene.smallest(2)):
        if len(small.cells) <= MOST_CELLS and len(small.cell_ranges[-1]) <= MOST_COLUMNS:
            return small
    return None


def _padded(numbers: Numbers) -> tuple[Block, ...]:
    """Return the padded input in numbers, where padding is copied."""
    if not numbers.scene.copied:
        return ()
    said = message("which makes the padded input, from its first padded cell on,")
    return Paragraph(said), _padded_matrix(numbers, XP)


def _padded_matrix(numbers: Numbers, base: IndexedBase) -> Display:
    return matrix(base, numbers.padded(base), first=numbers.scene.cell_ranges[0].start)


def _fold(numbers: Numbers, results: Results) -> Shown:
    """Return the whole gradient by the input; copies are folded back, at one cell by hand."""
    scene, whole = numbers.scene, matrix(DX, results.grad_input)
    if not scene.copied:
        return Shown((Paragraph(message("and the whole gradient by the input")), whole), ())
    cell = max(scene.inputs, key=lambda cell: len(scene.copies_of(cell)))
    by_hand = followed(numbers, DX[cell], scene.copies_of(cell))
    return Shown(
        (
            Paragraph(message("and the whole gradient by the padded input")),
            _padded_matrix(numbers, DXP),
            Paragraph(
                message(
                    "Folded back, the input cell {cell} gets from all its copies",
                    cell=index_of(cell),
                )
            ),
            *by_hand.blocks,
            Paragraph(message("and the whole gradient by the input is")),
            whole,
        ),
        by_hand.appendix,
    )


def _busiest(numbers: Numbers) -> Shown:
    """Return the gradient of the cell that the most windows read, followed by hand."""
    small = numbers.scene
    if small.busiest is None:
        return Shown((), ())
    terms = small.cell_terms(small.busiest)
    place = index_of(small.busiest)
    said = (
        message("Several windows meet in the cell {cell}. Its gradient is", cell=place)
        if len(terms) > 1
        else message("One window reads the cell {cell}. Its gradient is", cell=place)
    )
    by_hand = followed(numbers, small.gathered[small.busiest], terms)
    return Shown((Paragraph(said), *by_hand.blocks), by_hand.appendix)


def matrix(name: Basic, array: Any, *, first: int = 0) -> Display:
    """Return an array of numbers with its name: a row, a matrix, or a matrix for each first index.

    Args:
        name: its name.
        array: one to three axes.
        first: the first index of its first axis.
    """
    if array.ndim == 3:
        base = name if isinstance(name, IndexedBase) else IndexedBase(name)
        planes = (equation(base[place], grid_of(plane)) for place, plane in enumerate(array, first))
        return Display(tuple(planes))
    return Display((equation(name, grid_of(array if array.ndim == 2 else [array])),))


def followed(numbers: Numbers, left: Expr, terms: Sequence[Expr]) -> Shown:
    """Return an entry as letters, as numbers, and as their sum."""
    return shown([equation(left, terms, numbers.products(terms), numbers.total(terms))])
