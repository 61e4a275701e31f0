"""Windows that weigh cells, unrolled: for each tap the slice of all cells that it reads.

Window i reads through tap r the cell t*i + d*r - lo. So what all windows read through one tap is
the slice from d*r - lo on, t apart. Where windows read beyond the first or the last cell, the
cells stand between zeros, and the slice begins as many cells later.
"""

from __future__ import annotations

from collections.abc import Sequence

from symconv.algebra.affine import Affine
from symconv.codegen.numpy.module import term_of
from symconv.codegen.numpy.spelling import lengthened, slice_of
from symconv.codegen.numpy.unrolled.contexts import Frame, WindowSums
from symconv.codegen.plan.kernel import KernelPlan, TermPlan
from symconv.codegen.spelling.formulas import array_entry
from symconv.codegen.spelling.roles import CELL_LETTERS, OUTPUT_SIZES, Roles
from symconv.codegen.spelling.text import BODY, entry, tuple_of


def window_sums(plan: KernelPlan, roles: Roles) -> WindowSums:
    """Return the terms of y (dx of a transposed convolution), and the entries of dw.

    Planes are multiplied by a weight, and put end to end for a product with all windows. Of images,
    the channels of a cell are multiplied by a matrix, all cells of an image or of all images.
    """
    cells, many = read_array(plan, roles), plan.axes > 1
    sums, products = [], []
    for tap in plan.taps:
        slices, note = read_slices(plan, roles, tap), _cell_read(plan, roles, tap)
        read = sliced(plan, cells, slices)
        flat = f"_flat({read})" if many and plan.sums else read
        rows = f"{read}.ravel()" if many else read
        if plan.sums:
            rows = f"_rows({read})"
        made = f"{entry('dw', tap.tap)} = {roles.windows} @ {rows}"
        sums.append(term_of(f"{roles.weighed} += {product_of(plan, flat, tap)}", note, indent=BODY))
        products.append(term_of(made, note, indent=BODY))
    return WindowSums(
        windows=roles.windows,
        given=roles.cells.removesuffix("p"),
        cells=cells,
        result=roles.weighed,
        sizes=tuple_of(roles.window_sizes),
        count=" * ".join(roles.window_sizes),
        sums=tuple(sums),
        products=tuple(products),
    )


def sliced(plan: KernelPlan, name: str, index: Sequence[object]) -> str:
    """Return "x[0:g]", or "x[..., 0:g]" where there are images and channels."""
    return entry(name, ["...", *index] if plan.sums else index)


def product_of(plan: KernelPlan, read: str, term: TermPlan) -> str:
    """Return the product with a weight, or with the matrix of a tap where there are channels."""
    weight = entry("w", term.tap)
    return f"{weight} @ {read}" if plan.sums else f"{read} * {weight}"


def is_empty(plan: KernelPlan, roles: Roles) -> str:
    """Return the condition that an input has no output: "0 in (g, h)"."""
    sizes = [*(roles.window_sizes if plan.transposed else ()), *OUTPUT_SIZES[: plan.axes]]
    return f"{sizes[0]} == 0" if len(sizes) == 1 else f"0 in {tuple_of(sizes)}"


def read_array(plan: KernelPlan, roles: Roles) -> str:
    """Return the array that is read: "x", or "xp" where there are zeros or copies around it."""
    given = roles.cells.removesuffix("p")
    return f"{given}p" if plan.copied or max(*plan.before, *plan.after) > 0 else given


def read_slices(plan: KernelPlan, roles: Roles, tap: TermPlan) -> list[str]:
    """Return the slices that all windows read through a tap, per axis."""
    starts = plan.before if plan.copied else plan.cell_border
    return [
        slice_of(read.constant + start, size, step=read.slope)
        for read, start, size in zip(tap.index, starts, roles.window_sizes, strict=True)
    ]


def _cell_read(plan: KernelPlan, roles: Roles, tap: TermPlan) -> str:
    """Return the cell that a tap reads, in letters: "x[2i, 2j + 1]"."""
    return array_entry(plan, roles.cells, [read.spelled() for read in tap.index])


def zero_padding(plan: KernelPlan, roles: Roles) -> Frame | None:
    """Return the zeros around the cells, or None where windows read none."""
    given, framed = roles.cells, read_array(plan, roles)
    if plan.copied or framed == given:
        return None
    sides = list(zip(roles.cell_sizes, plan.cell_border, plan.after, strict=True))
    sizes = [lengthened(size, lo + max(0, hi)) for size, lo, hi in sides]
    inside = [slice_of(lo, size) for size, lo, _ in sides]
    if plan.sums:
        sizes, inside = [f"*{given}.shape[:{-plan.axes}]", *sizes], ["...", *inside]
    moved = array_entry(plan, framed, _moved(plan))
    note = f"{moved} is {array_entry(plan, given, CELL_LETTERS[: plan.axes])}"
    return Frame(
        given=given,
        framed=framed,
        shape=tuple_of(sizes),
        filled=term_of(f"{entry(framed, inside)} = {given}", note, indent=BODY),
    )


def _moved(plan: KernelPlan) -> Sequence[str]:
    """Return the index in the frame of cell (u, v)."""
    return [
        Affine(1, letter, border).spelled()
        for letter, border in zip(CELL_LETTERS, plan.cell_border, strict=False)
    ]
