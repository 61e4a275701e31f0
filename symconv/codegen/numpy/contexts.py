"""What the templates under templates/numpy are given: plain text in frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass

from symconv.codegen.spelling.header import Header
from symconv.codegen.spelling.text import Term


@dataclass(frozen=True)
class Statement:
    """An assignment of a sum to a target; `inline` is the sum on one line, or "" to split it."""

    heading: str
    target: str
    terms: tuple[Term, ...]
    inline: str


@dataclass(frozen=True)
class Call:
    """A call that fills an array: the comment above it and its code, both in lines."""

    comment: tuple[str, ...]
    code: tuple[str, ...]


@dataclass(frozen=True)
class Count:
    """How many cells of a phase lie along one axis: its name, its value, and which cells."""

    name: str
    value: str
    note: str


@dataclass(frozen=True)
class Shapes:
    """Sizes as Python spells them: tuples such as "(m, n)", and what unpacks into them."""

    axes: int
    dimensions: str
    slots: str
    taps: str
    kernel: str
    input: str
    output: str
    input_names: str
    output_names: str
    output_of_input: str
    input_of_output: str
    smallest_input: str
    shape_type: str
    too_small: str
    least_copied: str


@dataclass(frozen=True)
class Weighing:
    """How windows weigh cells: the array of cells, and the frame of zeros it needs, if any."""

    cells: str
    sizes: str
    framed: bool
    border: str
    frame: str
    sums: tuple[Call, ...]
    products: tuple[Call, ...]


@dataclass(frozen=True)
class Gathering:
    """How cells gather windows: both arrays, the numbers of cells, the frame of the windows.

    `scatter` adds the products of a small plane where they belong; None where phases are as fast.
    """

    cells: str
    sizes: str
    shape: str
    windows: str
    counts: tuple[Count, ...]
    border: str
    frame: str
    gapped: bool
    phases: tuple[Call, ...]
    scatter: Call | None


@dataclass(frozen=True)
class Copying:
    """How padding is copied, and its gradient folded back: one statement a piece, in order."""

    padded: str
    inside: str
    pads: tuple[Term, ...]
    folds: tuple[Term, ...]


@dataclass(frozen=True)
class PlaneModule:
    """The context of numpy/plane.py.jinja."""

    header: Header
    shapes: Shapes
    imports: tuple[tuple[str, str], ...]
    strip: str
    long_row: int
    blas: str
    many: int
    few_rows: int
    band: int
    few: int
    double: str
    kept: int
    summed: bool
    lined: bool
    rowed: bool
    banded: bool
    scaled: bool
    transposed: bool
    copied: bool
    weigh: Weighing
    gather: Gathering
    copying: Copying


@dataclass(frozen=True)
class ElementModule:
    """The context of numpy/element.py.jinja."""

    header: Header
    shapes: Shapes
    imports: tuple[tuple[str, str], ...]
    input_shape: str
    output_shape: str
    forward: tuple[Statement, ...]
    grad_input: tuple[Statement, ...]
    grad_weight: tuple[Statement, ...]


@dataclass(frozen=True)
class Contraction:
    """A call that sums products over terms: what it fills, from what (copied?), in which steps.

    `shifts`: whether products may be added up instead, which leaves out those by zeros of padding.
    """

    heading: str
    function: str
    target: str
    source: str
    copied: bool
    shifts: bool
    step: str
    weights: str
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class AxisPieces:
    """The pieces of the padded input along one axis, as tuples of (first, stop, slope, offset)."""

    terms: tuple[Term, ...]


@dataclass(frozen=True)
class BatchedModule:
    """The context of numpy/batched.py.jinja."""

    header: Header
    shapes: Shapes
    transposed: bool
    copied: bool
    groups: int
    grouped: bool
    pointwise: bool
    weight_shape: str
    outputs: str
    channels: str
    channel_axis: int
    first_axis: int
    workspace: str
    in_cache: str
    summed: str
    cells_enough: str
    added: int
    narrow: str
    tile: str
    taps: str
    keeping: bool
    weigh: tuple[Contraction, ...]
    weighing_rows: str
    gather: tuple[Contraction, ...]
    gathering_rows: str
    gapped: bool
    weights: tuple[Contraction, ...]
    copying: Copying
    pieces: tuple[AxisPieces, ...]
