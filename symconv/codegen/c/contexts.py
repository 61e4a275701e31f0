"""What the templates under templates/c are given: plain text in frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass

from symconv.codegen.c.types import CType
from symconv.codegen.spelling.header import Header
from symconv.codegen.spelling.text import Term, bracketed


@dataclass(frozen=True)
class Pointer:
    """A row that a function reads: its name and where it begins."""

    name: str
    place: str


@dataclass(frozen=True)
class Cell:
    """An entry that a step of a loop makes: its place, and its sum term by term."""

    target: str
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Taken:
    """What a tile reads at once: from where, and the rows that use it with the numbers of taps."""

    place: str
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Apart:
    """How far apart the entries of a vector are read: 1, 2 or 3."""

    stride: int

    @property
    def one(self) -> bool:
        """Whether they lie side by side."""
        return self.stride == 1

    @property
    def two(self) -> bool:
        """Whether every second is read."""
        return self.stride == 2


@dataclass(frozen=True)
class Tile:
    """A function that makes the middle of some neighbouring rows of the result, or nothing.

    Attributes:
        name: its name, less the prefix and the type.
        parameters: those behind the arrays.
        next_row: how many entries lie from one row to the next.
        rows: their names.
        sources: the rows that they read.
        step, start, stop: the running letter of the middle, and its range.
        target: the place of an entry in its row.
        stride: how far apart the entries of a vector are read.
        taken: what is read, in order.
        letter: that of the rows of the result.
        count: how many of them there are.
        first: the first row of the tile that has a row.
        condition: that all rows of that tile exist, and all they read.
    """

    name: str
    parameters: str
    next_row: str
    rows: tuple[str, ...]
    sources: tuple[Pointer, ...]
    step: str
    start: str
    stop: str
    target: str
    stride: int
    taken: tuple[Taken, ...]
    letter: str
    count: str
    first: str
    condition: str


@dataclass(frozen=True)
class Row:
    """A function that fills one row of the result, or adds to it.

    Attributes:
        name: its name, less the prefix and the type.
        notes: what it does, line by line.
        parameters: those behind the arrays, "ptrdiff_t i, ptrdiff_t n".
        sources: the rows it reads.
        step: the running letter of the middle, where every term exists.
        start, stop: the range of that letter.
        cells: the entries made in one step; those without terms are zero.
        left, right: the first and the last of the entries that the middle makes, and one more.
        edge: the letter of an entry, for those outside the middle.
        size: how many entries there are.
        taps: how many taps lie along the last axis.
        tap: their letter.
        reach: from which place a tap reads at an entry, before a division.
        exists: whether it reads anything.
        at: the index it reads.
        edge_terms: the products of one tap there.
        begin: what a sum begins with.
        biased: whether that is the bias.
        assign: "=" or "+=".
        tiled: whether the middle may have been made before, with that of another row.
    """

    name: str
    notes: tuple[str, ...]
    parameters: str
    sources: tuple[Pointer, ...]
    step: str
    start: str
    stop: str
    cells: tuple[Cell, ...]
    left: str
    right: str
    edge: str
    size: str
    taps: int
    tap: str
    reach: str
    exists: str
    at: str
    edge_terms: tuple[Term, ...]
    begin: str
    biased: bool
    assign: str
    tiled: bool


@dataclass(frozen=True)
class Part:
    """One row of taps: the condition on which its row of the source exists, and its call."""

    condition: str
    call: str


@dataclass(frozen=True)
class Case:
    """One phase of the leading axes: all its rows at once where they exist, else one by one.

    `tile`, where there is one, makes two rows of the result together.
    """

    number: int
    name: str
    parameters: str
    arguments: str
    row_arguments: str
    add_arguments: str
    condition: str
    call: str
    parts: tuple[Part, ...]
    tile: Tile | None


@dataclass(frozen=True)
class Loop:
    """A loop over a leading axis; `block` defines the letter that indices are written in."""

    letter: str
    size: str
    block: str


@dataclass(frozen=True)
class Gather:
    """The forward pass or grad_input: each entry of the result is one sum, made at once.

    Attributes:
        name: of the public function.
        result, given: the words for the arrays.
        target, source: their letters in formulas.
        biased: whether there is a bias.
        begin: what a sum begins with.
        rows: the functions of rows.
        cases: the phases of the leading axes; none where there is one axis.
        leading: whether there is more than one axis.
        phased: whether there is more than one phase of the leading axes.
        arguments: where there is one axis, those behind the arrays of its one row.
        loops: over the leading axes.
        phase: the number of the phase, of the letters of the loops.
        offset: where a row of the result begins.
        entries: how many entries the result has.
        size: its length.
        gapped: whether some rows belong to no phase.
        refuses: whether it is wrong that no window fits.
    """

    name: str
    result: str
    given: str
    target: str
    source: str
    biased: bool
    begin: str
    rows: tuple[Row, ...]
    cases: tuple[Case, ...]
    leading: bool
    phased: bool
    arguments: str
    loops: tuple[Loop, ...]
    phase: str
    offset: str
    entries: str
    size: str
    gapped: bool
    refuses: bool


@dataclass(frozen=True)
class LaneTap:
    """A tap of a row: its number, and where the first of several lanes reads x."""

    number: int
    place: str


@dataclass(frozen=True)
class Lanes:
    """grad_weight: per row of taps, the sums over one row of dy and one of x, in several lanes.

    Attributes:
        parameters, arguments: those behind the arrays, of the function of one row.
        first, end: the outputs for which some tap exists.
        start, stop: those for which all do.
        step: their letter.
        terms: per tap of the row, what is added in one lane.
        stride: how far apart lanes read x.
        groups: the taps whose vectors stay in registers together; none where there are no vectors.
        taps, tap, reach, exists: as for a Row.
        letters: those of the leading axes of dy, each set from the number of the row.
        rows, size: how many rows there are, and how long they are.
        sizes, size_arguments: the sizes of x and dy.
        parts: one per row of taps.
        total: how many taps there are in all.
    """

    parameters: str
    arguments: str
    first: str
    end: str
    start: str
    stop: str
    step: str
    terms: tuple[Term, ...]
    stride: int
    groups: tuple[tuple[LaneTap, ...], ...]
    taps: int
    tap: str
    reach: str
    exists: str
    letters: tuple[str, ...]
    rows: str
    size: str
    sizes: str
    size_arguments: str
    parts: tuple[Part, ...]
    total: int


@dataclass(frozen=True)
class AxisPhases:
    """The phases along one axis: its name, and per phase the numbers of its table in C."""

    name: str
    phases: tuple[str, ...]


@dataclass(frozen=True)
class Span:
    """The rows of a block that one row of the source takes part in, and their number as a case."""

    number: int
    rows: tuple[int, ...]


@dataclass(frozen=True)
class LoopedSum:
    """The forward pass or grad_input as loops over taps.

    Attributes:
        name, result, given, target, source, biased, entries: as for a Gather.
        gapped: whether some cells belong to no phase.
        target_sizes, source_sizes: the sizes of the arrays along three axes.
        axes: the phases along each axis.
    """

    name: str
    result: str
    given: str
    target: str
    source: str
    biased: bool
    entries: str
    gapped: bool
    target_sizes: str
    source_sizes: str
    axes: tuple[AxisPhases, ...]


@dataclass(frozen=True)
class Loops:
    """A kernel of many taps.

    Attributes:
        sums: forward and grad_input.
        kernel_rows, kernel_columns: the sizes of the kernel along its last two axes.
        rows, vectors: the numbers of the rows of a block, and of the vectors of a row of it.
        spans: the rows of a block that a row of the source may take part in.
        together: how many taps of a row read one frame.
        span: how many steps lie between the first and the last of them.
        stretch: how many cells of a row one thread makes at a time.
        group: the taps that grad_weight sums over a row together.
        input_sizes: those of x along three axes.
        output_lines: how many rows a plane of dy has.
    """

    sums: tuple[LoopedSum, ...]
    kernel_rows: int
    kernel_columns: int
    rows: tuple[int, ...]
    vectors: tuple[int, ...]
    spans: tuple[Span, ...]
    together: int
    span: int
    stretch: int
    group: int
    input_sizes: str
    output_lines: str


@dataclass(frozen=True)
class Size:
    """An output size as a sum to be divided by the stride."""

    name: str
    room: str
    stride: int
    formula: str

    @property
    def count(self) -> str:
        """The size in C, "n - 1 > 0 ? (n - 1) / 2 : 0"."""
        divided = self.room if self.stride == 1 else f"{bracketed(self.room)} / {self.stride}"
        return f"{self.room} > 0 ? {divided} : 0"


@dataclass(frozen=True)
class CModule:
    """The context of c/plane.c.jinja and c/plane.h.jinja.

    Attributes:
        header: what the file says of itself.
        name: of the kernel, and of its files.
        guard: the macro that keeps the header from being read twice.
        types: those of the functions.
        axes: how many there are.
        inputs, outputs: the sizes of x and dy, "m, n".
        input_shape, output_shape, weight_shape: in words, "(m, n)".
        parameters: the sizes as parameters, "ptrdiff_t m, ptrdiff_t n".
        output_parameters: the same for those of dy.
        sizes: how output sizes follow from input sizes.
        output_definitions: "g = sizes[0], h = sizes[1]".
        none_fits: the condition that no window fits.
        strides: how far apart the entries of vectors are read, of all tiles.
        lanes: in how many lanes sums over an image are made.
        fold_after: how many rows of dy the lanes take in before they are added up.
        worth_threads: from how many entries on threads are worth their start.
        gathers: forward and grad_input, a statement a product; none where they are loops.
        loops: a kernel of many taps; None where every product has its statement.
        weights: grad_weight.
    """

    header: Header
    name: str
    guard: str
    types: tuple[CType, ...]
    axes: int
    inputs: str
    outputs: str
    input_shape: str
    output_shape: str
    weight_shape: str
    parameters: str
    output_parameters: str
    sizes: tuple[Size, ...]
    output_definitions: str
    none_fits: str
    strides: tuple[Apart, ...]
    lanes: int
    fold_after: int
    worth_threads: int
    gathers: tuple[Gather, ...]
    loops: Loops | None
    weights: Lanes
