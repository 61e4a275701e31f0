"""Copied padding in Python: xp filled piece by piece, and its gradient folded back in turn.

Axis by axis a piece sets one slice of xp to another one; along the axes already done it copies
padding, too. Folding is the adjoint: in the opposite order, it adds the first slice to the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symconv.algebra.copies import Copy, InSize
from symconv.codegen.numpy.contexts import AxisPieces, Copying
from symconv.codegen.numpy.module import term_of
from symconv.codegen.numpy.spelling import between
from symconv.codegen.plan.kernel import KernelPlan
from symconv.codegen.spelling.formulas import in_size, piece_source
from symconv.codegen.spelling.roles import CELL_LETTERS, INPUT_SIZES
from symconv.codegen.spelling.text import BODY, Term, entry, tuple_of


def copying_of(plan: KernelPlan, *, leading: Sequence[str] = ()) -> Copying:
    """Return the statements that copy padding and fold its gradient back.

    Args:
        plan: what to compute.
        leading: what stands for the axes before those of the cells.
    """
    sizes = INPUT_SIZES[: plan.axes]
    padded = [
        in_size(InSize(lo + hi, 1), size)
        for size, (lo, hi) in zip(sizes, plan.gathered, strict=True)
    ]
    inside = [
        _slice(InSize(lo), InSize(lo, 1), size)
        for size, (lo, _) in zip(sizes, plan.gathered, strict=True)
    ]
    steps = list(_steps(plan, leading=leading))
    return Copying(
        padded=tuple_of(padded),
        inside=", ".join([*leading, *inside]),
        pads=tuple(pad for pad, _ in steps),
        folds=tuple(fold for _, fold in reversed(steps)),
    )


def pieces_of(plan: KernelPlan) -> tuple[AxisPieces, ...]:
    """Return per axis the pieces as tuples (first, stop, slope, offset), the input itself first."""
    return tuple(
        AxisPieces(tuple(_piece_tuple(piece, axis) for piece in pieces))
        for axis, pieces in enumerate(plan.copies)
    )


def _piece_tuple(piece: Copy, axis: int) -> Term:
    size, letter = INPUT_SIZES[axis], CELL_LETTERS[axis]
    stop = InSize(piece.last.constant + 1, piece.last.sizes)
    first, stop_at, offset = (
        in_size(number, size, times=" * ") for number in (piece.first, stop, piece.offset)
    )
    code = f"{tuple_of([first, stop_at, piece.slope, offset])},"
    note = f"xp[{letter}] = x[{piece_source(piece, letter, size)}]"
    return term_of(code, note, indent=BODY * 3)


def _steps(plan: KernelPlan, *, leading: Sequence[str]) -> Iterator[tuple[Term, Term]]:
    """Yield (padding, folding) of every piece, but of the input itself."""
    for axis, pieces in enumerate(plan.copies):
        size, letter, lo = INPUT_SIZES[axis], CELL_LETTERS[axis], plan.gathered[axis][0]
        for piece in pieces[1:]:
            first, last = _sources(piece)
            from_, to = (first, last) if piece.slope >= 0 else (last, first)
            copies = _index(plan, axis, leading, _slice(*_stop(piece.first, piece.last, lo), size))
            source = _index(plan, axis, leading, _slice(*_stop(from_, to, lo), size))
            one = piece.first == piece.last
            turned = "" if piece.slope >= 0 or one else _index(plan, axis, leading, "::-1")
            summed = (
                f".sum({axis - plan.axes}, dxp.dtype, keepdims=True)"
                if piece.slope == 0 and not one
                else ""
            )
            note = f"xp[{letter}] = x[{piece_source(piece, letter, size)}]"
            yield (
                term_of(f"xp{copies} = xp{source}{turned}", note, indent=BODY),
                term_of(f"dxp{source} += dxp{copies}{turned}{summed}", note, indent=BODY),
            )


def _sources(piece: Copy) -> tuple[InSize, InSize]:
    """Return the input cells that the first and the last padded cell are copies of."""
    first, last = (
        InSize(
            piece.slope * cell.constant + piece.offset.constant,
            piece.slope * cell.sizes + piece.offset.sizes,
        )
        for cell in (piece.first, piece.last)
    )
    return first, last


def _stop(first: InSize, last: InSize, shift: int) -> tuple[InSize, InSize]:
    """Return where these cells start and stop in an array that begins `shift` cells earlier."""
    return (
        InSize(first.constant + shift, first.sizes),
        InSize(last.constant + shift + 1, last.sizes),
    )


def _slice(start: InSize, stop: InSize, size: str) -> str:
    return between(in_size(start, size), in_size(stop, size))


def _index(plan: KernelPlan, axis: int, leading: Sequence[str], cells: str) -> str:
    """Return "[:, 0:2]": cells along one axis, all along the others."""
    if leading:
        return entry("", [*leading, cells, *[":"] * (plan.axes - 1 - axis)])
    return entry("", [*[":"] * axis, cells])
