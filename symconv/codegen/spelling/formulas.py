"""The formulas in the header of an emitted module, in letters, one a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from symconv.algebra.affine import Affine
from symconv.algebra.copies import Copy, InSize
from symconv.algebra.reading import AxisRead
from symconv.algebra.symbols import IMAGE, INPUT_CHANNEL, OUTPUT_CHANNEL
from symconv.codegen.plan.kernel import KernelPlan
from symconv.codegen.spelling.roles import (
    CELL_LETTERS,
    INPUT_SIZES,
    TAP_LETTERS,
    WINDOW_LETTERS,
    Roles,
    roles_of,
)
from symconv.codegen.spelling.text import entry, times

BATCHED_SIZES: Final = tuple(letter.upper() for letter in CELL_LETTERS)  # n is an image there
CHANNEL: Final = {"x": INPUT_CHANNEL.name, "y": OUTPUT_CHANNEL.name}


def formulas_of(plan: KernelPlan) -> tuple[str, ...]:
    """Return y, dx, dw and db; with groups, o and c number the channels of one group."""
    roles = roles_of(plan)
    window, tap = list(WINDOW_LETTERS[: plan.axes]), list(TAP_LETTERS[: plan.axes])
    cell = list(CELL_LETTERS[: plan.axes])
    reads = [read_formula(axis, read) for axis, read in enumerate(plan.reads)]
    results = {
        roles.weighed: (window, _weighed(plan, roles, reads)),
        roles.gathered: (cell, _gathered(plan, roles, reads)),
    }
    y, *dx = sorted(results, reverse=True)
    written, output = results[y][1], results[y][0]
    bias = entry("b", CHANNEL["y"]) if plan.sums else "b"
    (gradient,) = dx
    dy = array_entry(plan, "dy", output)
    met = f"{array_entry(plan, roles.windows, window)} * {array_entry(plan, roles.cells, reads)}"
    return (
        *_groups(plan),
        f"{array_entry(plan, y, output)} = {bias} + {written}",
        *_copies(plan),
        f"{array_entry(plan, gradient, results[gradient][0])} = {results[gradient][1]}",
        *_folds(plan, cell),
        f"d{weight_entry(plan, tap)} = sum over all ({_over(plan, 'dw', window)}) of {met}",
        f"d{bias} = sum over all ({_over(plan, 'db', output)}) of {dy}",
    )


def read_formula(axis: int, read: AxisRead) -> str:
    """Return "2i + 3r - 1", the cell that a window reads through a tap."""
    window = Affine(int(read.stride), WINDOW_LETTERS[axis], 0).spelled()
    dilation, offset = int(read.dilation), int(read.offset)
    tap = Affine(abs(dilation), TAP_LETTERS[axis], offset).spelled()
    return f"{window} {'+' if dilation > 0 else '-'} {tap}"


def array_entry(plan: KernelPlan, name: str, index: Sequence[object]) -> str:
    """Return "x[u, v]", or "x[n, c, u, v]" where there are channels."""
    leading = (IMAGE.name, CHANNEL[name.removeprefix("d")[0]]) if plan.sums else ()
    return entry(name, [*leading, *index])


def weight_entry(plan: KernelPlan, tap: Sequence[object]) -> str:
    """Return "w[r, s]", or "w[o, c, r, s]" where there are channels; transposed "w[c, o, r, s]"."""
    leading = [CHANNEL["x"], CHANNEL["y"]] if plan.transposed else [CHANNEL["y"], CHANNEL["x"]]
    return entry("w", [*(leading if plan.sums else []), *tap])


def piece_source(piece: Copy, letter: str, size: str) -> str:
    """Return the source of padded cell u: "u", "-u", "2m - 2 - u", "0", "m - 1", "u + m"."""
    offset, cell = piece.offset, {1: letter, -1: f"-{letter}", 0: ""}[piece.slope]
    if piece.slope > 0 and offset.sizes:
        return f"{cell} {'+' if offset.sizes > 0 else '-'} {in_size(InSize(0, 1), size)}"
    start = in_size(offset, size)
    if start == "0":
        return cell or "0"
    return f"{start} - {letter}" if piece.slope < 0 else start if not cell else f"{cell} + {start}"


def in_size(number: InSize, size: str, *, times: str = "") -> str:
    """Return "2", "m" or "2m - 2"."""
    if not number.sizes:
        return str(number.constant)
    return Affine(number.sizes, size, number.constant).spelled(times=times)


def _weighed(plan: KernelPlan, roles: Roles, reads: Sequence[str]) -> str:
    tap = list(TAP_LETTERS[: plan.axes])
    taps = f"({_over(plan, roles.weighed, tap)})" if plan.sums else f"taps ({', '.join(tap)})"
    cell = array_entry(plan, roles.cells, reads)
    return f"sum over all {taps} of {cell} * {weight_entry(plan, tap)}"


def _gathered(plan: KernelPlan, roles: Roles, reads: Sequence[str]) -> str:
    window, tap = WINDOW_LETTERS[: plan.axes], TAP_LETTERS[: plan.axes]
    meets = ", ".join(f"{read} = {u}" for read, u in zip(reads, CELL_LETTERS, strict=False))
    channels = f"all {_over(plan, roles.gathered, [])} and " if plan.sums else ""
    at_window = array_entry(plan, roles.windows, window)
    return f"sum over {channels}{meets} of {at_window} * {weight_entry(plan, tap)}"


def _over(plan: KernelPlan, result: str, letters: Sequence[str]) -> str:
    """Return the letters that a result sums over, those of images and channels first."""
    if plan.sums is None:
        return ", ".join(letters)
    forward, grad_input, grad_weight, grad_bias = plan.sums
    channels = {
        "y": forward,
        "dx": grad_input,
        "dxp": grad_input,
        "dw": grad_weight,
        "db": grad_bias,
    }[result]
    return ", ".join([*(letter.name for letter in channels), *letters])


def _groups(plan: KernelPlan) -> tuple[str, ...]:
    if plan.groups == 1:
        return ()
    c, o = CHANNEL["x"], CHANNEL["y"]
    per_group = f"C/{plan.groups} input channels {c} and O/{plan.groups} output channels {o}"
    return (f"in each of the {plan.groups} groups of {per_group}:",)


def _copies(plan: KernelPlan) -> tuple[str, ...]:
    """Return xp in pieces: which cell of x each padded cell is a copy of."""
    if not plan.copied:
        return ()
    sizes = BATCHED_SIZES if plan.sums else INPUT_SIZES
    replaced = [
        f"{letter} by {piece_source(piece, letter, size)} for {letter} = "
        f"{in_size(piece.first, size)} ... {in_size(piece.last, size)}"
        for letter, size, pieces in zip(CELL_LETTERS, sizes, plan.copies, strict=False)
        for piece in pieces[1:]
    ]
    cell = CELL_LETTERS[: plan.axes]
    x, xp = (array_entry(plan, name, cell) for name in ("x", "xp"))
    cells = f"{times(sizes[: plan.axes])} cells"
    return (f"{xp} = {x} inside, of {cells}; in the padding with {', '.join(replaced)}",)


def _folds(plan: KernelPlan, cell: Sequence[str]) -> tuple[str, ...]:
    if not plan.copied:
        return ()
    dx, x = (array_entry(plan, name, cell) for name in ("dx", "x"))
    return (f"{dx} = sum of dxp over all padded cells that hold {x}",)
