"""A worked example of a transposed convolution with small integers."""

from __future__ import annotations

from symconv.algebra.symbols import DY, B, W, X, Y
from symconv.document.blocks import Paragraph, Reach, Step, message
from symconv.document.notation import DB, DW, DX, index_of
from symconv.document.numbers import numbers_for
from symconv.document.scene import Scene
from symconv.document.steps.example import followed, matrix, small_scene


def example(scene: Scene) -> Step | None:
    """Return the worked example; None where no image with two inputs is small enough.

    Raises:
        DerivationError: the formulas and the reference implementation differ on the example.
    """
    small = small_scene(scene)
    if small is None:
        return None
    numbers = numbers_for(small)
    results = numbers.results()
    window, tap = small.windows[-1], small.derivation.taps[-1]
    cell = small.cells[0] if small.busiest is None else small.busiest
    output = followed(numbers, Y[cell], (*small.cell_terms(cell), B))
    by_input = followed(numbers, DX[window], small.window_terms(window))
    by_tap = followed(numbers, DW[tap], small.tap_terms(tap))
    by_bias = followed(numbers, DB, [DY[place] for place in small.results])
    given = ((X.label, numbers.x), (W.label, numbers.w), (DY, numbers.dy))
    parts = (output, by_input, by_tap, by_bias)
    return Step(
        name="example",
        title=message("A worked example"),
        blocks=(
            Paragraph(message("Let the input, the kernel and the upstream gradient be")),
            *(matrix(name, array) for name, array in given),
            Paragraph(
                message(
                    "with the bias {bias}. The output {cell}, where the most windows meet, is",
                    bias=numbers.b,
                    cell=index_of(cell),
                )
            ),
            *output.blocks,
            Paragraph(message("and all outputs together are")),
            matrix(Y.label, results.output),
            Paragraph(message("The last input gets")),
            *by_input.blocks,
            Paragraph(message("and the whole gradient by the input is")),
            matrix(DX, results.grad_input),
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
        appendix=tuple(block for part in parts for block in part.appendix),
    )
