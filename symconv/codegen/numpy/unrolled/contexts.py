"""What the templates under templates/numpy/unrolled are given: plain text in frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass

from symconv.codegen.numpy.contexts import Copying, Shapes
from symconv.codegen.spelling.text import Term


@dataclass(frozen=True)
class UnrolledHeader:
    """The docstring of an emitted module, in lines of at most WIDTH characters."""

    title: str
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Docstrings:
    """The docstrings of the functions: what each returns, as a formula, in lines."""

    forward: tuple[str, ...]
    grad_input: tuple[str, ...]
    grad_weight: tuple[str, ...]
    grad_bias: tuple[str, ...]


@dataclass(frozen=True)
class Frame:
    """An array between zeros.

    Attributes:
        given: the array, "x".
        framed: the array between zeros, "xp".
        shape: of the latter.
        filled: the statement that writes the former to the latter.
    """

    given: str
    framed: str
    shape: str
    filled: Term


@dataclass(frozen=True)
class WindowSums:
    """How windows weigh the cells that they read, slice by slice.

    Attributes:
        windows: the array at the windows, "dy".
        given: the array at the cells, "x".
        cells: the array that is read, "xp" where there are zeros or copies around x.
        result: what the sums are, "y".
        sizes: of the windows, "(g, h)".
        count: how many windows there are, "g * h".
        sums: the terms of one window, a tap each.
        products: the entries of dw.
    """

    windows: str
    given: str
    cells: str
    result: str
    sizes: str
    count: str
    sums: tuple[Term, ...]
    products: tuple[Term, ...]


@dataclass(frozen=True)
class UnrolledPhase:
    """The sum of one phase.

    Attributes:
        heading: "Phase (0, 0): dx[2K, 2L], 4 taps".
        moved: where its first windows lie, if not where those of the other phases do, else "".
        terms: one a tap.
        written: the statement that writes the sum to the cells; "" where the terms do.
    """

    heading: str
    moved: str
    terms: tuple[Term, ...]
    written: str


@dataclass(frozen=True)
class Rows:
    """Rows of windows that lie end to end.

    Attributes:
        steps: the statements that say how far a window is from the one in the next row.
        note: the same in words.
        counted: the statement that counts the rows (planes) of blocks; "" where a size does.
        count: how many there are.
        step: the name of the distance between them.
        part: the statement that takes the cells of a strip; "" where they are taken as they are.
        first: the statement that says where the first windows lie.
        stop: the statement that says where the windows end.
    """

    steps: tuple[str, ...]
    note: str
    counted: str
    count: str
    step: str
    part: str
    first: Term
    stop: str


@dataclass(frozen=True)
class CellSums:
    """How cells gather the windows that read them, phase by phase.

    Attributes:
        windows: the array at the windows, "dy".
        result: what the sums are, "dx".
        shape: of the result.
        made: "zeros" where terms are added to it, or some cells belong to no phase, else "empty".
        unread: the statements that set to 0 what lies behind the last window.
        frame: the windows between zeros; None where cells read no zeros.
        rows: how they lie in memory; None where terms are added to the cells.
        phases: what is summed.
    """

    windows: str
    result: str
    shape: str
    made: str
    unread: tuple[str, ...]
    frame: Frame | None
    rows: Rows | None
    phases: tuple[UnrolledPhase, ...]


@dataclass(frozen=True)
class UnrolledPlane:
    """The context of numpy/unrolled/plane.py.jinja.

    Attributes:
        header, docstrings, shapes: what the module says of itself.
        strip_bytes: how many bytes of windows are summed at a time; "" where all are.
        transposed: whether forward gathers and grad_input weighs.
        copied: whether padding is copied from the input.
        input_letters, input_sizes, input_braces: "m, n", "m: int, n: int", "({m}, {n})".
        empty: the condition that an input has no output.
        flat: whether planes must be put end to end for a product of vectors.
        within: what cuts sums to the cells that exist; "" where none do not.
        padding: the zeros around the cells that windows read, if any.
        weigh, gather: the sums at the windows, and at the cells.
        copying: how padding is copied, and its gradient folded back.
    """

    header: UnrolledHeader
    docstrings: Docstrings
    shapes: Shapes
    strip_bytes: str
    transposed: bool
    copied: bool
    input_letters: str
    input_sizes: str
    input_braces: str
    empty: str
    flat: bool
    within: str
    padding: Frame | None
    weigh: WindowSums
    gather: CellSums
    copying: Copying


@dataclass(frozen=True)
class ChannelAxes:
    """How the axes of channels are spelled; each group has an axis of its own if there are several.

    Attributes:
        groups: the number of groups; 0 for one.
        weight: the shape of w, in names; `by_group` is the same with an axis for groups.
        by_tap: the shape of the matrices of all taps.
        outputs: how many channels y has, counted by w.
        windows, cells: the axes of channels of the array at the windows, and of that at the cells.
        window_axes, cell_axes: where they stand, and go to for a product over all images: in front
            of the windows, and behind the cells.
        weighing, gathering: the axes of w, taps first, for matrices that weigh, and that gather.
        taps_last: the axes of such matrices that make a weight again.
        weighed_by, gathered_by: the letters of their rows and columns, in words.
        rows: the shape of all cells of all images as rows of channels.
    """

    groups: int
    weight: str
    by_group: str
    by_tap: str
    outputs: str
    windows: str
    cells: str
    window_axes: str
    cell_axes: str
    weighing: str
    gathering: str
    taps_last: str
    weighed_by: str
    gathered_by: str
    rows: str


@dataclass(frozen=True)
class UnrolledBatched:
    """The context of numpy/unrolled/batched.py.jinja.

    Attributes:
        header, docstrings, shapes: what the module says of itself.
        axes: the axes of channels.
        transposed: whether forward gathers and grad_input weighs.
        copied: whether padding is copied from the input.
        input_letters, output_letters: "m, n" and "g, h".
        input_sizes, input_braces: "m: int, n: int" and "({m}, {n})".
        window_letters, cell_letters: the sizes of the arrays at the windows and at the cells.
        channel: where the axis of channels stands; `first_axis` is the one behind it.
        taps: the letters of a tap, "r, s".
        smallest: the statement that makes the shape of the smallest input, in lines.
        apart: the shape of b beside the cells.
        empty: the condition that an input has no output.
        padding: the zeros around the cells that windows read, if any.
        weigh, gather: the sums at the windows, and at the cells.
        flattened: whether cells are put end to end for products: where they have several axes.
        within: what cuts sums to the cells that exist.
        copying: how padding is copied, and its gradient folded back.
    """

    header: UnrolledHeader
    docstrings: Docstrings
    shapes: Shapes
    axes: ChannelAxes
    transposed: bool
    copied: bool
    input_letters: str
    output_letters: str
    input_sizes: str
    input_braces: str
    window_letters: str
    cell_letters: str
    channel: int
    first_axis: int
    taps: str
    smallest: tuple[str, ...]
    apart: str
    empty: str
    padding: Frame | None
    weigh: WindowSums
    gather: CellSums
    flattened: bool
    within: str
    copying: Copying
