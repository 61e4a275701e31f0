"""Where the windows that cells gather lie in memory: between zeros, row after row.

There the window (K - 1, L - 2) lies a row and two entries before (K, L). So what all cells of a
phase read through one tap is one slice of memory: `dy[a - row - 2 : b - row - 2]` is dy[K - 1,
L - 2] wherever `dy[a:b]` is dy[K, L]. Behind the last block of a row a slice goes on with windows
that belong to no cell; their sums are left out when the others are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from symconv.algebra.affine import Affine
from symconv.algebra.symbols import BLOCK_INDEX
from symconv.codegen.numpy.spelling import between, lengthened, slice_of
from symconv.codegen.plan.kernel import KernelPlan, PhasePlan
from symconv.codegen.spelling.roles import Roles
from symconv.sizes import Shape

STEPS: Final = (("",), ("row", ""), ("plane", "row", ""))


@dataclass(frozen=True)
class Layout:
    """The windows between zeros.

    Attributes:
        steps: how many entries lie from a window to the next one, per axis; "" is one.
        defined: the statements that define their names.
        frame: the shape of the windows between zeros, per axis.
        inside: where the windows lie in it, per axis.
    """

    steps: tuple[str, ...]
    defined: tuple[str, ...]
    frame: tuple[str, ...]
    inside: tuple[str, ...]

    def moved(self, by: Sequence[int]) -> str:
        """Return " - row - 2" for (-1, -2) windows."""
        return "".join(
            f" {'+' if number > 0 else '-'} {_times(abs(number), step)}"
            for number, step in zip(by, self.steps, strict=True)
            if number
        )

    def slice_at(self, by: Sequence[int]) -> str:
        """Return the slice of the windows that are so many further than those in a:b."""
        return between(f"a{self.moved(by)}", f"b{self.moved(by)}")


def layout_of(plan: KernelPlan, roles: Roles) -> Layout:
    """Return how the windows of a plan are framed."""
    framed = [
        lengthened(size, front + _behind(plan, axis))
        for axis, (size, front) in enumerate(zip(roles.window_sizes, plan.border, strict=True))
    ]
    defined = []
    if plan.axes > 1:
        defined.append(f"row = {framed[-1]}")
        framed[-1] = "row"
    if plan.axes > 2:
        defined.append(f"plane = {_bracketed(framed[1])} * row")
    return Layout(
        steps=STEPS[plan.axes - 1],
        defined=tuple(defined),
        frame=tuple(framed),
        inside=tuple(map(slice_of, plan.border, roles.window_sizes)),
    )


def blocks_of(phase: PhasePlan) -> Shape:
    """Return the block (K, L) of the first cell of a phase."""
    return tuple(cells.block for cells in phase.cells)


def first_blocks(plan: KernelPlan) -> Shape | None:
    """Return the block of the first cell of every phase; None if they differ."""
    blocks = set(map(blocks_of, plan.phases))
    return blocks.pop() if len(blocks) == 1 else None


def begins_with(blocks: Sequence[object]) -> str:
    """Return "K = top, L = 1"."""
    pairs = zip(BLOCK_INDEX, blocks, strict=False)
    return ", ".join(f"{letter.name} = {block}" for letter, block in pairs)


def _behind(plan: KernelPlan, axis: int) -> int:
    """Return how many zeros the windows need behind them, along one axis, for inputs of any size.

    An input of n cells has ceil((n + more)/t) blocks, counted from the largest first block of a
    phase, and floor((n + lo + hi - e)/t) + 1 windows; the difference is largest where n + more is
    1 above a multiple of t. Slices of rows run on into one row more, and a row has an entry.
    """
    t, e, lo, hi = (each[axis] for each in (plan.stride, plan.extent, plan.before, plan.after))
    first = max(blocks_of(phase)[axis] for phase in plan.phases)
    missing = max(0, first - (1 + lo + hi - e - sum(plan.gathered[axis])) // t)
    if axis == 0:
        return missing + (1 if plan.axes > 1 else 0)
    return missing if missing or plan.border[axis] else 1


def _times(number: int, step: str) -> str:
    """Return "row", "2 * row" or "2"."""
    return Affine(number, step, 0).spelled(times=" * ") if step else str(number)


def _bracketed(text: str) -> str:
    return f"({text})" if " " in text else text
