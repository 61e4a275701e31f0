"""The cells whose gradient is zero: gaps between the windows, and the unread tail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sympy import Expr, Integer, Mod, Mul, UnevaluatedExpr

from symconv.document.blocks import (
    Block,
    Display,
    Equation,
    Paragraph,
    Reach,
    Step,
    Table,
    equation,
    message,
)
from symconv.document.choices import Picture
from symconv.document.notation import Larger, listed
from symconv.document.scene import Scene

MOST_SIZES: Final = 8  # rows of the table of input sizes


def zero(scene: Scene) -> Step:
    """Return where no window reads, and how the number of outputs depends on divisibility."""
    blocks: list[Block] = [*_about_copies(scene), *_gaps(scene), *_tails(scene), *_strips(scene)]
    return Step(
        name="zero",
        title=message("Cells that no window reads"),
        blocks=tuple(blocks),
        reason=message("A cell that no output depends on has the gradient 0."),
        reach=Reach.PROVED,
    )


def _about_copies(scene: Scene) -> list[Block]:
    if not scene.copied:
        return []
    return [
        Paragraph(
            message(
                "Here the cells are those of the padded input; an input cell has the gradient 0 "
                "where no window reads it, nor any copy of it."
            )
        )
    ]


def _gaps(scene: Scene) -> list[Block]:
    gaps: list[Block] = [
        Paragraph(
            message(
                "Along {axis}, no tap reaches the phases {missing}: these cells lie in the gaps "
                "between the windows, and their gradient is 0.",
                axis=scene.axis_name(axis),
                missing=listed(missing),
            )
        )
        for axis, missing in scene.gaps()
    ]
    return gaps or [
        Paragraph(message("Every phase has a tap: there are no gaps between the windows."))
    ]


def _tails(scene: Scene) -> list[Block]:
    if set(scene.spec.stride) == {1}:
        return [
            Paragraph(
                message(
                    "With stride 1 the last window ends where the padded input ends: no cell is "
                    "left over."
                )
            )
        ]
    return [
        Paragraph(
            message(
                "Where the stride does not divide what the first window leaves over, the last "
                "window ends before the input does. The cells behind it, the unread tail, have "
                "the gradient 0 as well. Their number is"
            )
        ),
        Display(tuple(_tail_equation(scene, axis) for axis in range(scene.axes))),
        *(block for axis in range(scene.axes) for block in _tail_by_size(scene, axis)),
    ]


def _strips(scene: Scene) -> Iterator[Block]:
    if scene.axes > 1:
        for axis in range(scene.axes):
            yield from scene.illustration(
                Picture.AXIS,
                message("The windows along {axis}, a line each.", axis=scene.axis_name(axis)),
                axis=axis,
            )


def _tail_equation(scene: Scene, axis: int) -> Equation:
    """Return the number of cells behind the last window, from its end and by division."""
    (lo, hi), stride = scene.spec.padding_pairs[axis], scene.spec.stride[axis]
    size, extent = scene.image[axis], scene.spec.extent[axis]
    last = Mul(stride, scene.outputs[axis] - 1, evaluate=False)
    behind: Expr = size - UnevaluatedExpr(last + extent - lo)
    rest: Expr = Mod(size + lo + hi - extent, stride, evaluate=False) if stride > 1 else Integer(0)
    if scene.copied:
        return equation(size + hi - UnevaluatedExpr(last + extent - lo), rest)
    if hi:
        return equation(Larger(Integer(0), behind), Larger(Integer(0), rest - hi))
    return equation(behind, rest)


def _tail_by_size(scene: Scene, axis: int) -> tuple[Block, ...]:
    if scene.spec.stride[axis] == 1:
        return ()
    along = message("Along {axis}:", axis=scene.axis_name(axis))
    return Paragraph(along), _tail_table(scene, axis)


def _tail_table(scene: Scene, axis: int) -> Table:
    least = max(1, scene.spec.concrete_axes()[axis].least_input)
    sizes = range(least, least + min(2 * scene.spec.stride[axis], MOST_SIZES))
    return Table(
        heads=(
            message("input cells"),
            message("outputs"),
            message("unread"),
        ),
        rows=tuple((size, *_along(scene, axis, size)) for size in sizes),
    )


def _along(scene: Scene, axis: int, size: int) -> tuple[int, int]:
    """Return the outputs and the unread tail of one axis for an input of that size."""
    shape = tuple(size if place == axis else n for place, n in enumerate(scene.input_shape))
    return scene.spec.output_shape(shape)[axis], scene.tail(shape)[axis]
