"""Padding copied from the input: how it is filled, and how its gradient folds back.

It is filled axis by axis: x, then R with the first axis padded, and at the end X with all of them.
Each of these steps is a piecewise affine index map, as the derivation has it; its derivative is one
delta, and the chain rule sums over the cells for which that delta is 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Basic, Expr, Integer, Sum, Symbol, Tuple

from symconv.algebra.copies import Copy, InSize
from symconv.algebra.symbols import COUNTER, XP, X
from symconv.document.abridge import shown
from symconv.document.blocks import (
    Block,
    Display,
    Equation,
    Message,
    Paragraph,
    Reach,
    Step,
    equation,
    message,
)
from symconv.document.choices import Level, Picture
from symconv.document.notation import (
    DSOME_AXES_PADDED,
    DX,
    DXP,
    SOME_AXES_PADDED,
    Cases,
    Holds,
    cases,
    listed,
    sizes_of,
    upto,
)
from symconv.document.scene import Scene


def padded(scene: Scene) -> Step | None:
    """Return how the padded input is filled; None where padding is zeros."""
    if not scene.copied:
        return None
    return Step(
        name="padded",
        title=message("The padded input"),
        blocks=(
            Paragraph(
                message(
                    "Every cell of the padding holds a copy of an input cell. Filled along one "
                    "axis after the other{between}, the padded input $X$ is",
                    between=_between(scene),
                )
            ),
            Display(tuple(_filled(scene))),
            *scene.illustration(
                Picture.COPIES,
                message("The padded input, in each cell the index of the input it holds."),
            ),
            Paragraph(
                message(
                    "There have to be enough cells to be copied: an input needs at least {least} "
                    "of them, and a smaller one is refused.",
                    least=sizes_of([axis.least_copied for axis in scene.spec.concrete_axes()]),
                )
            ),
        ),
        reason=message("This is the definition of the padding."),
        reach=Reach.DEFINITION,
    )


def folded(scene: Scene) -> Step | None:
    """Return how the gradient by the padded input becomes that by the input."""
    if not scene.copied:
        return None
    entries = shown([equation(DX[cell], scene.copies_of(cell)) for cell in scene.inputs])
    image: list[Block] = [
        Paragraph(message("For the input of {image} cells:", image=sizes_of(scene.input_shape))),
        *entries.blocks,
    ]
    return Step(
        name="folded",
        title=message("The gradient folded back to the input"),
        blocks=(
            Paragraph(
                message(
                    "A padded cell depends on the one input cell that it is a copy of; the "
                    "derivative is a delta for each axis. Where a delta is 1, its equation is "
                    "solved for the padded cell. So by the chain rule an input cell gets its own "
                    "gradient and that of all its copies, along one axis after the other:"
                )
            ),
            Display(tuple(_folds(scene))),
            *(image if scene.level != Level.BRIEF else ()),
        ),
        reason=message("Each padded cell is a copy of exactly one input cell."),
        reach=Reach.PROVED,
        appendix=entries.appendix if scene.level != Level.BRIEF else (),
    )


def copying_axes(scene: Scene) -> tuple[int, ...]:
    """Return the axes along which some padding is copied."""
    tables = scene.derivation.phases.axes
    return tuple(axis for axis, table in enumerate(tables) if len(table.copies) > 1)


def _between(scene: Scene) -> str | Message:
    between = SOME_AXES_PADDED[: len(copying_axes(scene)) - 1]
    if not between:
        return ""
    return message(", with {arrays} in between", arrays=listed(between))


def _filled(scene: Scene) -> Iterator[Equation]:
    """Yield each array of the way from x to X in terms of the one before."""
    axes = copying_axes(scene)
    arrays = (X, *SOME_AXES_PADDED[: len(axes) - 1], XP)
    if not axes:
        yield equation(XP[scene.cell], X[scene.cell])
    for place, axis in enumerate(axes):
        itself, *others = scene.derivation.phases.axes[axis].copies
        rows = [_piece(scene, arrays[place], axis, piece) for piece in (*others, itself)]
        yield equation(arrays[place + 1][scene.cell], Cases(*rows))


def _piece(scene: Scene, array: Basic, axis: int, piece: Copy) -> Tuple:
    """Return the entry that a piece copies, and the condition that a cell lies in it."""
    size, cell = scene.image[axis], scene.cell[axis]
    source = _at(scene, axis, piece.slope * cell + _number(piece.offset, size))
    first, last = _number(piece.first, size), _number(piece.last, size)
    return Tuple(array[source], _within(cell, first, last))


def _folds(scene: Scene) -> Iterator[Equation]:
    """Yield each gradient of the way back from X to x in terms of the one after."""
    axes = copying_axes(scene)
    arrays = (DX, *DSOME_AXES_PADDED[: len(axes) - 1], DXP)
    if not axes:
        yield equation(DX[scene.cell], DXP[scene.cell])
    for place, axis in reversed(list(enumerate(axes))):
        _, *others = scene.derivation.phases.axes[axis].copies
        terms = [arrays[place + 1][scene.cell]]
        terms += [_fold(scene, arrays[place + 1], axis, piece) for piece in others]
        yield equation(arrays[place][scene.cell], terms)


def _fold(scene: Scene, array: Basic, axis: int, piece: Copy) -> Basic:
    """Return what reaches a cell through the copies of one piece, 0 without any."""
    size, cell = scene.image[axis], scene.cell[axis]
    first, last, offset = (
        _number(number, size) for number in (piece.first, piece.last, piece.offset)
    )
    if piece.slope == 0:
        counter = COUNTER[axis]
        total = Sum(array[_at(scene, axis, counter)], (counter, first, last))
        one = array[_at(scene, axis, first)]
        return cases((one if first == last else total, Holds(cell, offset)))
    copy = piece.slope * (cell - offset)
    ends = sorted((first, last), key=lambda end: piece.slope * (end - first))
    low, high = (piece.slope * end + offset for end in ends)
    return cases((array[_at(scene, axis, copy)], _within(cell, low, high)))


def _within(cell: Expr, low: Expr, high: Expr) -> Basic:
    return Holds(cell, low) if low == high else upto(cell, high, low=low)


def _at(scene: Scene, axis: int, index: Expr) -> tuple[Expr, ...]:
    """Return the letters of the cell with an index in the place of one of them."""
    return tuple(index if place == axis else u for place, u in enumerate(scene.cell))


def _number(number: InSize, size: Symbol) -> Expr:
    return Integer(number.constant) + number.sizes * size
