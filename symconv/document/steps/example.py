"""A worked example with small integers, every number of which can be followed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, Final

from sympy import Basic, Expr, IndexedBase

from symconv.algebra.symbols import DY, B, W, X, Y
from symconv.document.abridge import Shown, shown
from symconv.document.blocks import Display, Paragraph, Reach, Step, equation, message
from symconv.document.notation import DB, DW, DX, grid_of, index_of
from symconv.document.numbers import Numbers, numbers_for
from symconv.document.scene import Scene

MOST_CELLS: Final = 256  # of the input of the example
MOST_COLUMNS: Final = 16  # of a matrix of numbers on a page


def example(scene: Scene) -> Step | None:
    """Return the worked example; None where no image with two outputs is small enough.

    Raises:
        DerivationError: the formulas and the reference implementation differ on the example.
    """
    small = _small(scene)
    if small is None:
        return None
    numbers = numbers_for(small)
    results = numbers.results()
    window, tap = small.windows[-1], small.derivation.taps[-1]
    output = _followed(numbers, Y[window], (*small.output_terms(window), B))
    by_cell = _busiest(numbers)
    by_tap = _followed(numbers, DW[tap], small.tap_terms(tap))
    by_bias = _followed(numbers, DB, [DY[window] for window in small.windows])
    given = ((X.label, numbers.x), (W.label, numbers.w), (DY, numbers.dy))
    return Step(
        name="example",
        title=message("A worked example"),
        blocks=(
            Paragraph(message("Let the input, the kernel and the upstream gradient be")),
            *(_matrix(name, array) for name, array in given),
            Paragraph(message("with the bias {bias}. The last output is", bias=numbers.b)),
            *output.blocks,
            Paragraph(message("and all outputs together are")),
            _matrix(Y.label, results.output),
            *by_cell.blocks,
            Paragraph(message("and the whole gradient by the input")),
            _matrix(DX, results.grad_input),
            Paragraph(message("The last tap of the kernel gets")),
            *by_tap.blocks,
            Paragraph(message("and the kernel and the bias together")),
            _matrix(DW, results.grad_weight),
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
            *by_tap.appendix,
            *by_bias.appendix,
        ),
    )


def _small(scene: Scene) -> Scene | None:
    """Return the scene itself, or the smallest with two outputs along each axis, if it fits."""
    for small in (scene, scene.smallest(2)):
        if prod(small.input_shape) <= MOST_CELLS and small.input_shape[-1] <= MOST_COLUMNS:
            return small
    return None


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
    followed = _followed(numbers, DX[small.busiest], terms)
    return Shown((Paragraph(said), *followed.blocks), followed.appendix)


def _matrix(name: Basic, array: Any) -> Display:
    """Return an array of numbers: a row, a matrix, or a matrix for each first index."""
    if array.ndim == 3:
        base = name if isinstance(name, IndexedBase) else IndexedBase(name)
        planes = (equation(base[first], grid_of(plane)) for first, plane in enumerate(array))
        return Display(tuple(planes))
    return Display((equation(name, grid_of(array if array.ndim == 2 else [array])),))


def _followed(numbers: Numbers, left: Expr, terms: Sequence[Expr]) -> Shown:
    """Return an entry as letters, as numbers, and as their sum."""
    followed = equation(left, terms, numbers.products(terms), numbers.total(terms))
    return shown([followed])
