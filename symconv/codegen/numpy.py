"""The NumPy target: how a KernelPlan is spelled in Python."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from symconv.algebra.affine import Affine
from symconv.algebra.symbols import (
    BLOCK_INDEX,
    INPUT_INDEX,
    INPUT_SIZE,
    OUTPUT_INDEX,
    OUTPUT_SIZE,
    TAP_INDEX,
)
from symconv.codegen.plan import AxisCells, KernelPlan, PhasePlan
from symconv.codegen.request import KernelRequest
from symconv.spec import Shape

WIDTH: Final = 100
BODY: Final = "    "

INPUT_SIZES: Final = [symbol.name for symbol in INPUT_SIZE]
OUTPUT_SIZES: Final = [symbol.name for symbol in OUTPUT_SIZE]
OUTPUT_LETTERS: Final = [symbol.name for symbol in OUTPUT_INDEX]
INPUT_LETTERS: Final = [symbol.name for symbol in INPUT_INDEX]
TAP_LETTERS: Final = [symbol.name for symbol in TAP_INDEX]
BLOCK_LETTERS: Final = [symbol.name for symbol in BLOCK_INDEX]


@dataclass(frozen=True)
class Term:
    """One product of a sum: its code with a leading "+ " where needed, and comments or ""."""

    above: str
    code: str
    note: str


@dataclass(frozen=True)
class Statement:
    """An assignment of a sum to a target; `inline` is the sum on one line, or "" to split it."""

    heading: str
    target: str
    terms: tuple[Term, ...]
    inline: str


@dataclass(frozen=True)
class Count:
    """How many cells of a phase lie along one axis: its name, its value, and which cells."""

    name: str
    value: str
    note: str


@dataclass(frozen=True)
class Header:
    """The docstring of an emitted module, in lines of at most WIDTH characters."""

    title: str
    facts: tuple[str, ...]
    formulas: tuple[str, ...]
    proof: tuple[str, ...]
    cost: tuple[str, ...]


@dataclass(frozen=True)
class Shapes:
    """Sizes as Python spells them: tuples such as "(m, n)", and what unpacks into them."""

    axes: int
    dimensions: str
    slots: str
    subscripts: str
    kernel: str
    input: str
    output: str
    input_names: str
    output_names: str
    output_of_input: str
    input_of_output: str
    smallest_input: str
    shape_type: str


@dataclass(frozen=True)
class PlaneModule:
    """The context of numpy/plane.py.jinja."""

    header: Header
    shapes: Shapes
    pads_input: bool
    input_border: str
    input_frame: str
    forward: tuple[Statement, ...]
    counts: tuple[Count, ...]
    border: str
    frame: str
    gapped: bool
    phases: tuple[Statement, ...]
    weights: tuple[Statement, ...]


@dataclass(frozen=True)
class ElementModule:
    """The context of numpy/element.py.jinja."""

    header: Header
    shapes: Shapes
    input_shape: str
    output_shape: str
    forward: tuple[Statement, ...]
    grad_input: tuple[Statement, ...]
    grad_weight: tuple[Statement, ...]


def plane_module(plan: KernelPlan, request: KernelRequest, *, proof: Sequence[str]) -> PlaneModule:
    """Return what the template of the tap-unrolled plane kernel needs.

    Args:
        plan: what to compute.
        request: what was asked for.
        proof: how far the emitted code is checked, line by line.
    """
    blocks = [
        _shifted(_divided_up(name, t, add=lo), border)
        for name, t, lo, border in zip(
            INPUT_SIZES, plan.stride, plan.before, plan.border, strict=False
        )
    ]
    windows = [
        Affine(t, name, e - t).spelled(times=" * ")
        for name, t, e in zip(OUTPUT_SIZES, plan.stride, plan.extent, strict=False)
    ]
    return PlaneModule(
        header=_header(plan, request, proof=proof),
        shapes=_shapes(plan),
        pads_input=any(plan.before) or any(plan.after),
        input_border=_tuple(plan.before),
        input_frame=_tuple(windows),
        forward=(_forward(plan),),
        counts=_counts(plan),
        border=_tuple(plan.border),
        frame=_tuple(blocks),
        gapped=plan.gapped,
        phases=tuple(_phase(plan, phase) for phase in plan.phases),
        weights=_weights(plan),
    )


def element_module(
    plan: KernelPlan, request: KernelRequest, *, input_shape: Shape, proof: Sequence[str]
) -> ElementModule:
    """Return what the template of the element-unrolled kernel of one input shape needs.

    Args:
        plan: what to compute.
        request: what was asked for.
        input_shape: the input sizes.
        proof: how far the emitted code is checked, line by line.
    """
    output_shape = request.spec.output_shape(input_shape)
    windows = list(product(*map(range, output_shape)))
    forward: dict[Shape, list[str]] = {window: [] for window in windows}
    grad_input: dict[Shape, list[str]] = {cell: [] for cell in product(*map(range, input_shape))}
    grad_weight: dict[Shape, list[str]] = {tap.tap: [] for tap in plan.taps}
    for window, tap in product(windows, plan.taps):
        cell = tuple(
            read.slope * i + read.constant for read, i in zip(tap.reads, window, strict=True)
        )
        if cell in grad_input:
            forward[window].append(f"{_at('x', cell)} * {_at('w', tap.tap)}")
            grad_weight[tap.tap].append(f"{_at('dy', window)} * {_at('x', cell)}")
    for phase in plan.phases:
        grad_input.update(_phase_cells(plan, phase, input_shape, output_shape))
    return ElementModule(
        header=_header(plan, request, proof=proof),
        shapes=_shapes(plan),
        input_shape=_tuple(input_shape),
        output_shape=_tuple(output_shape),
        forward=tuple(_entry("y", key, sums) for key, sums in forward.items()),
        grad_input=tuple(_entry("dx", key, sums) for key, sums in grad_input.items()),
        grad_weight=tuple(_entry("dw", key, sums) for key, sums in grad_weight.items()),
    )


def _phase_cells(
    plan: KernelPlan, phase: PhasePlan, input_shape: Shape, output_shape: Shape
) -> Iterable[tuple[Shape, list[str]]]:
    """Yield each cell of a phase with its products; outputs outside the image are left out."""
    rows = [
        [(cells.first + t * step, cells.block + step) for step in range(-(-(n - cells.first) // t))]
        for cells, t, n in zip(phase.cells, plan.stride, input_shape, strict=True)
    ]
    for place in product(*rows):
        products = []
        for term in phase.terms:
            output = tuple(
                block + index.constant for (_, block), index in zip(place, term.output, strict=True)
            )
            if all(0 <= i < size for i, size in zip(output, output_shape, strict=True)):
                products.append(f"{_at('dy', output)} * {_at('w', term.tap)}")
        yield tuple(cell for cell, _ in place), products


def _header(plan: KernelPlan, request: KernelRequest, *, proof: Sequence[str]) -> Header:
    kernel, block = (_times(sizes) for sizes in (plan.kernel_shape, plan.stride))
    stride = block if len(set(plan.stride)) > 1 else str(plan.stride[0])
    outputs, cells, taps = (
        _tuple(letters[: plan.axes], brackets="")
        for letters in (OUTPUT_LETTERS, INPUT_LETTERS, TAP_LETTERS)
    )
    reads = [
        _read_formula(axis, t, d, lo)
        for axis, (t, d, lo) in enumerate(zip(plan.stride, plan.dilation, plan.before, strict=True))
    ]
    meets = ", ".join(f"{read} = {u}" for read, u in zip(reads, INPUT_LETTERS, strict=False))
    read = ", ".join(reads)
    products, sums = plan.multiplications, plan.grad_input_additions
    per_block = f"per block of {block} input cells"
    return Header(
        title=f"Convolution with a {kernel} kernel, stride {stride}: forward pass and gradients.",
        facts=_wrapped(
            f"Spec:     {request.spec!r}",
            f"Command:  {request.command}",
            f"Target:   {request.target}, {request.layout} layout",
            f"Case:     {plan.overlap}",
            hanging=10,
        ),
        formulas=_wrapped(
            f"y[{outputs}] = b + sum over all taps ({taps}) of x[{read}] * w[{taps}]",
            f"dx[{cells}] = sum over {meets} of dy[{outputs}] * w[{taps}]",
            f"dw[{taps}] = sum over all ({outputs}) of dy[{outputs}] * x[{read}]",
            f"db = sum over all ({outputs}) of dy[{outputs}]",
            hanging=4,
        ),
        proof=_wrapped(*proof, hanging=0),
        cost=(
            f"forward and grad_weight: {products} multiplications per output",
            f"grad_input: {products} multiplications and {sums} additions {per_block}",
        ),
    )


def _wrapped(*paragraphs: str, hanging: int) -> tuple[str, ...]:
    """Return the paragraphs in lines that fit, continued with an indent."""
    return tuple(
        line
        for paragraph in paragraphs
        for line in textwrap.wrap(
            paragraph,
            WIDTH - len(BODY),
            subsequent_indent=" " * hanging,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def _shapes(plan: KernelPlan) -> Shapes:
    inputs, outputs = INPUT_SIZES[: plan.axes], OUTPUT_SIZES[: plan.axes]
    sizes = list(zip(plan.stride, plan.extent, plan.before, plan.after, strict=True))
    counts = [
        _window_count(m, t, room=lo + hi - e)
        for m, (t, e, lo, hi) in zip(inputs, sizes, strict=True)
    ]
    smallest = [
        _smallest_input(g, t, room=lo + hi - e)
        for g, (t, e, lo, hi) in zip(outputs, sizes, strict=True)
    ]
    return Shapes(
        axes=plan.axes,
        dimensions="1 axis" if plan.axes == 1 else f"{plan.axes} axes",
        slots=", ".join([":{}"] * plan.axes),
        subscripts="".join(OUTPUT_LETTERS[: plan.axes]),
        kernel=_tuple(plan.kernel_shape),
        input=_tuple(inputs),
        output=_tuple(outputs),
        input_names=_unpacked(inputs),
        output_names=_unpacked(outputs),
        output_of_input=_tuple(counts),
        input_of_output=_tuple(smallest),
        smallest_input=_tuple([max(0, e - lo - hi) for _, e, lo, hi in sizes]),
        shape_type=f"tuple[{', '.join(['int'] * plan.axes)}]",
    )


def _forward(plan: KernelPlan) -> Statement:
    products = []
    for tap in plan.taps:
        slices = [
            _slice(read.constant + lo, OUTPUT_SIZES[axis], step=read.slope)
            for axis, (read, lo) in enumerate(zip(tap.reads, plan.before, strict=True))
        ]
        note = _at("x", [read.spelled() for read in tap.reads])
        products.append((f"x[{', '.join(slices)}] * {_at('w', tap.tap)}", note))
    return _statement("", "y", products)


def _counts(plan: KernelPlan) -> tuple[Count, ...]:
    """Return the number of cells of every phase of every strided axis."""
    return tuple(
        Count(
            _count_name(axis, cells, t),
            _divided_up(INPUT_SIZES[axis], t, add=-cells.first),
            f"cells {INPUT_LETTERS[axis]} = {cells.index.spelled()}",
        )
        for axis, (phases, t) in enumerate(zip(plan.axis_cells, plan.stride, strict=True))
        for cells in phases
        if t > 1
    )


def _count_name(axis: int, cells: AxisCells, stride: int) -> str:
    return INPUT_SIZES[axis] if stride == 1 else f"{INPUT_SIZES[axis]}{cells.first}"


def _phase(plan: KernelPlan, phase: PhasePlan) -> Statement:
    products = []
    for term in phase.terms:
        slices = [
            _slice(cells.block + index.constant + border, _count_name(axis, cells, t))
            for axis, (cells, index, border, t) in enumerate(
                zip(phase.cells, term.output, plan.border, plan.stride, strict=True)
            )
        ]
        note = _at("dy", [index.spelled() for index in term.output])
        products.append((f"dy[{', '.join(slices)}] * {_at('w', term.tap)}", note))
    target = ", ".join(
        ":" if t == 1 else f"{cells.first}::{t}"
        for cells, t in zip(phase.cells, plan.stride, strict=True)
    )
    cell = _at("dx", [cells.index.spelled() for cells in phase.cells])
    taps = "1 tap" if len(phase.terms) == 1 else f"{len(phase.terms)} taps"
    heading = f"Phase {_tuple(phase.residues)}: {cell}, {taps}."
    return _statement(heading, f"dx[{target}]", products)


def _weights(plan: KernelPlan) -> tuple[Statement, ...]:
    statements = []
    for tap in plan.taps:
        slices = [
            _slice(read.constant + lo, OUTPUT_SIZES[axis], step=read.slope)
            for axis, (read, lo) in enumerate(zip(tap.reads, plan.before, strict=True))
        ]
        total = f"_total(dy, x[{', '.join(slices)}])"
        statements.append(_statement("", _at("dw", tap.tap), [(total, "")]))
    return tuple(statements)


def _entry(name: str, index: Shape, products: Sequence[str]) -> Statement:
    return _statement("", _at(name, index), [(code, "") for code in products or ["0"]])


def _statement(heading: str, target: str, products: Sequence[tuple[str, str]]) -> Statement:
    """Return the assignment of a sum; like the formatter, on one line where that fits."""
    terms = tuple(
        _term(("+ " if position else "") + code, note if len(products) > 1 else "")
        for position, (code, note) in enumerate(products)
    )
    inline = " ".join(term.code for term in terms)
    noted = any(term.above or term.note for term in terms)
    split = noted or len(f"{BODY}{target} = {inline}") > WIDTH
    return Statement(heading, target, terms, "" if split else inline)


def _term(code: str, note: str) -> Term:
    """Return a term with its comment behind it, or above it where the line would be too long."""
    fits = len(f"{BODY}{BODY}{code}  # {note}") <= WIDTH
    return Term(above="", code=code, note=note) if fits else Term(above=note, code=code, note="")


def _window_count(size: str, stride: int, *, room: int) -> str:
    """Return the number of windows max(0, floor((size + room) / stride) + 1)."""
    inner = Affine(1, size, room + stride).spelled()
    count = inner if stride == 1 else f"{_bracketed(inner)} // {stride}"
    return count if room + stride >= 0 else f"max(0, {count})"


def _smallest_input(size: str, stride: int, *, room: int) -> str:
    """Return the smallest input with that many windows; none is needed for no window."""
    cells = Affine(stride, size, -room - stride).spelled(times=" * ")
    if -room - stride >= 0:
        return f"{cells} if {size} else 0" if room + stride else cells
    return f"max(0, {cells})"


def _divided_up(size: str, stride: int, *, add: int) -> str:
    """Return ceil((size + add) / stride)."""
    inner = Affine(1, size, add + stride - 1).spelled()
    return inner if stride == 1 else f"{_bracketed(inner)} // {stride}"


def _shifted(text: str, add: int) -> str:
    """Return text + add; sums of a size and a number are added up."""
    head, _, number = text.partition(" + ")
    if number.isdigit():
        return f"{head} + {int(number) + add}"
    return f"{text} + {add}" if add else text


def _bracketed(text: str) -> str:
    return f"({text})" if " " in text else text


def _slice(start: int, count: str, *, step: int = 1) -> str:
    """Return the slice of `count` entries from `start`, `step` apart."""
    stop = Affine(step, count, start).spelled(times=" * ")
    by = f" : {step}" if step > 1 else ""
    return f"{start} : {stop}{by}" if " " in stop else f"{start}:{stop}"


def _read_formula(axis: int, stride: int, dilation: int, before: int) -> str:
    """Return "2i + 3r - 1", the input that an output reads through a tap."""
    output = Affine(stride, OUTPUT_LETTERS[axis], 0).spelled()
    return f"{output} + {Affine(dilation, TAP_LETTERS[axis], -before).spelled()}"


def _at(name: str, index: Sequence[object]) -> str:
    return f"{name}[{', '.join(map(str, index))}]"


def _times(sizes: Sequence[int]) -> str:
    return "x".join(map(str, sizes))


def _tuple(entries: Sequence[object], *, brackets: str = "()") -> str:
    """Return "(m, n)", or "(m,)" for one entry; without brackets "m, n" or "m"."""
    inner = ", ".join(map(str, entries))
    if not brackets:
        return inner
    return f"({inner},)" if len(entries) == 1 else f"({inner})"


def _unpacked(names: Sequence[str]) -> str:
    return f"({names[0]},)" if len(names) == 1 else ", ".join(names)
