"""Fast tiles as text and as LaTeX: the matrices of each axis, the identity, the error bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sympy import ImmutableMatrix, Rational, latex

from symconv.algebra.bilinear import FastTiles
from symconv.algebra.rounding import SUMMANDS
from symconv.algebra.toom_cook import AxisTransforms, Matrix

IDENTITY: Final = "y = A^T [(G w) * (B^T x)],  dw = G^T [(A dy) * (B^T x)]"
PROOF: Final = (
    "proved: sum of (A dy)(G w)(B^T x) over the points, multiplied out, is sum of dy[i] y[i]"
)


def tiles_text(tiles: FastTiles) -> str:
    """Return the transforms for a terminal."""
    bound = float(tiles.rounding.bound("float32"))
    lines = [IDENTITY, PROOF]
    for number, axis in enumerate(tiles.transforms):
        lines += [
            "",
            f"axis {number}: F({axis.outputs}, {axis.taps}) at the points {_points(axis)}",
        ]
        for name, matrix in _matrices(axis):
            lines += ["", f"  {name} =", *(f"    {row}" for row in _aligned(matrix))]
    error = (
        f"amplification {tiles.rounding.amplification}; error of float32 at most {bound:.1e} * "
        f"max|x| * sum of |w|, for sums over {SUMMANDS} channels"
    )
    return "\n".join([*lines, "", error, ""])


def tiles_latex(tiles: FastTiles) -> str:
    """Return the matrices of each axis between dollar signs."""
    rows = [
        rf"{name.replace('^T', '^{T}')}_{{{number}}} &= {latex(_exact(matrix))} \\"
        for number, axis in enumerate(tiles.transforms)
        for name, matrix in _matrices(axis)
    ]
    return "\n".join([r"$\begin{aligned}", *rows, r"\end{aligned}$"])


def _matrices(axis: AxisTransforms) -> Sequence[tuple[str, Matrix]]:
    return (
        ("B^T", axis.input_transform),
        ("G", axis.weight_transform),
        ("A^T", tuple(zip(*axis.output_transform, strict=True))),
    )


def _points(axis: AxisTransforms) -> str:
    return ", ".join([*map(str, axis.points), "infinity"])


def _aligned(matrix: Matrix) -> list[str]:
    """Return the rows with their columns set flush right."""
    words = [[str(entry) for entry in row] for row in matrix]
    widths = [max(map(len, column)) for column in zip(*words, strict=True)]
    return [
        "  ".join(word.rjust(width) for word, width in zip(row, widths, strict=True))
        for row in words
    ]


def _exact(matrix: Matrix) -> ImmutableMatrix:
    return ImmutableMatrix(
        [[Rational(entry.numerator, entry.denominator) for entry in row] for row in matrix]
    )
