"""The .c and .h file of a batched kernel by tiles: what their templates are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Final, TypeVar

from symconv.algebra.bilinear import Filter
from symconv.algebra.toom_cook import AxisTransforms, Matrix, toom_cook
from symconv.codegen.c.batched import CUT_SMALL, batched_module
from symconv.codegen.c.contexts import CBatched
from symconv.codegen.kernel import KernelRequest
from symconv.codegen.plan.sharing import Sum, shared_sums, spelled
from symconv.codegen.plan.winograd import FastPlan
from symconv.codegen.spelling.header import wrapped

Each = TypeVar("Each")

STRIP: Final = 256 * 1024
FEWEST: Final = 32
LONG: Final = 4 * 1024 * 1024
WEIGHTS: Final = 512 * 1024
CHANNELS: Final = 1024 * 1024
FILLED: Final = 16  # columns of a panel of floats in 32 bytes; others choose the same
TILED: Final = ("-DSYMCONV_BY_TILES=1",)
CUT_TILES: Final = (  # both orders of the work, in small parts
    (*CUT_SMALL, *TILED),
    (*CUT_SMALL, *TILED, "-DSYMCONV_WEIGHTS=0", "-DSYMCONV_LONG=1"),
)
MACROS: Final = (
    "TILE_H",
    "TILE_W",
    "TAPS_H",
    "TAPS_W",
    "SPAN_H",
    "SPAN_W",
    "POINTS",
)


@dataclass(frozen=True)
class CTransform:
    """A function that multiplies a matrix by vectors.

    Attributes:
        name: of the function.
        meaning: its comment.
        unused: the steps that it needs not, where there is one operand or one result.
        operands, results: how many columns and rows the matrix has.
        lines: its statements.
    """

    name: str
    meaning: str
    unused: tuple[str, ...]
    operands: int
    results: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class CFilter:
    """How results read: the name and comment of a table, its first reads, its taps per axis."""

    name: str
    heading: str
    first: str
    taps_h: str
    taps_w: str


@dataclass(frozen=True)
class CWay:
    """What decides whether an operation is made by tiles.

    Attributes:
        name: of the operation.
        tiling: how its tiles are found.
        rows, channels, tiles: how many of each panels multiply, with those that only fill them.
        weight, channel, row: what one transformed entry costs, in products: of a pair of channels,
            of a channel that is summed over and of one of the result.
    """

    name: str
    tiling: str
    rows: str
    channels: str
    tiles: str
    weight: int
    channel: int
    row: int


@dataclass(frozen=True)
class CWinograd(CBatched):
    """The context of c/winograd.c.jinja, which has that of c/batched.c.jinja in it.

    One axis is written as two, the first of one cell.

    Attributes:
        tile_h, tile_w, taps_h, taps_w: the sizes of a tile and of the kernel.
        floats: whether there is a floating type.
        strip, fewest, long_strip, weights: how the work is cut, see the text.
        channels: with more of them tiles are not tried.
        ways: when each operation is made by tiles.
        source_sizes, target_sizes: those of an image, from arrays of those names.
        filters: how forward and grad_input read.
        transforms: the matrices as functions.
        input_h, input_w, weight_h, weight_w, output_h, output_w, gradient_h, gradient_w, taps_of_h,
            taps_of_w: which of them an axis uses.
    """

    tile_h: int
    tile_w: int
    taps_h: int
    taps_w: int
    floats: bool
    strip: int
    fewest: int
    long_strip: int
    weights: int
    channels: int
    ways: tuple[CWay, ...]
    source_sizes: str
    target_sizes: str
    filters: tuple[CFilter, ...]
    transforms: tuple[CTransform, ...]
    input_h: str
    input_w: str
    weight_h: str
    weight_w: str
    output_h: str
    output_w: str
    gradient_h: str
    gradient_w: str
    taps_of_h: str
    taps_of_w: str


def winograd_module(fast: FastPlan, request: KernelRequest, *, proof: Sequence[str]) -> CWinograd:
    """Return what the templates of the two files need.

    Args:
        fast: what to compute, along one or two axes.
        request: what was asked for.
        proof: how far the emitted code is checked, line by line.
    """
    base = batched_module(fast.plan, request, proof=proof)
    (h, w) = _two(fast.transforms, toom_cook(1, 1))
    sizes = {name: _sizes(name, len(fast.tile)) for name in ("source", "target")}
    cost = (*base.header.cost, *wrapped(*fast.cost, hanging=4))
    given = {field.name: getattr(base, field.name) for field in fields(base)}
    given |= {"macros": (*base.macros, *MACROS), "header": replace(base.header, cost=cost)}
    return CWinograd(
        **given,
        tile_h=h.outputs,
        tile_w=w.outputs,
        taps_h=h.taps,
        taps_w=w.taps,
        floats=any(each.floating for each in base.types),
        strip=STRIP,
        fewest=FEWEST,
        long_strip=LONG,
        weights=WEIGHTS,
        channels=CHANNELS,
        ways=_ways(),
        source_sizes=sizes["source"],
        target_sizes=sizes["target"],
        filters=(
            _filter("forward", "y reads x", fast.weigh),
            _filter("grad_input", "dx reads dy", fast.gather),
        ),
        transforms=tuple(each for axis in dict.fromkeys((h, w)) for each in _functions(axis)),
        input_h=_name("input", h),
        input_w=_name("input", w),
        weight_h=_name("weight", h),
        weight_w=_name("weight", w),
        output_h=_name("output", h),
        output_w=_name("output", w),
        gradient_h=_name("gradient", h),
        gradient_w=_name("gradient", w),
        taps_of_h=_name("taps", h),
        taps_of_w=_name("taps", w),
    )


def _ways() -> tuple[CWay, ...]:
    """Return when each operation is made by tiles; docs/performance.md has the measurements."""
    forward = CWay(
        name="forward",
        tiling=_tiling("images, outputs, inputs, sizes.in, sizes.out", "forward"),
        rows="tiling->rows",
        channels="tiling->channels",
        tiles=_filled("tiling->total", FILLED),
        weight=10,
        channel=20,
        row=14,
    )
    backward = _tiling("images, inputs, outputs, sizes.out, sizes.in", "grad_input")
    weights = CWay(
        name="grad_weight",
        tiling=forward.tiling,
        rows=_filled("tiling->rows", "ROWS"),
        channels=_filled("tiling->channels", FILLED),
        tiles="tiling->total",
        weight=3,
        channel=20,
        row=10,
    )
    return forward, replace(forward, name="grad_input", tiling=backward), weights


def _tiling(arguments: str, name: str) -> str:
    return f"OWN(tiling_of)({arguments}, &OWN({name}_filter))"


def _filled(number: str, size: int | str) -> str:
    return f"(PARTS({number}, {size}) * {size})"


def _two(given: Sequence[Each], trivial: Each) -> tuple[Each, Each]:
    """Return what belongs to two axes, the first of one cell where there is only one."""
    first, last = [trivial, *given][-2:]
    return first, last


def _sizes(name: str, axes: int) -> str:
    return f"{name}[0], {name}[1]" if axes > 1 else f"1, {name}[0]"


def _filter(name: str, heading: str, filters: Sequence[Filter]) -> CFilter:
    h, w = _two(filters, Filter((0,), 0))
    return CFilter(
        name=name,
        heading=f"How {heading}.",
        first=f"{h.first}, {w.first}",
        taps_h=", ".join(map(str, h.taps)),
        taps_w=", ".join(map(str, w.taps)),
    )


def _name(kind: str, axis: AxisTransforms) -> str:
    return f"{kind}_{axis.outputs}x{axis.taps}"


def _functions(axis: AxisTransforms) -> tuple[CTransform, ...]:
    """Return the products with matrices that F(m, r) needs."""
    points = ", ".join([*map(str, axis.points), "infinity"])
    outputs = tuple(zip(*axis.output_transform, strict=True))
    taps = tuple(zip(*axis.weight_transform, strict=True))
    return (
        _function("input", axis, axis.input_transform, f"t = B^T x, at the points {points}"),
        _function("weight", axis, axis.weight_transform, "t = G x, x the weights"),
        _function("output", axis, outputs, "t = A^T x, x the products"),
        _function("gradient", axis, axis.output_transform, "t = A x, x the gradient of the output"),
        _function("taps", axis, taps, "t = G^T x, x the products"),
    )


def _function(kind: str, axis: AxisTransforms, matrix: Matrix, meaning: str) -> CTransform:
    columns = range(len(matrix[0]))
    operands = [f"x{place}" for place in columns]
    results = [f"t{place}" for place in range(len(matrix))]
    sums = shared_sums(matrix, operands=operands, results=results)
    used = {name for each in (*sums.steps, *sums.results) for name in _operands(each)}
    read = [
        f"const DIRECT(vector) {name} = DIRECT(load)({_place('x', place)});"
        for place, name in zip(columns, operands, strict=True)
        if name in used
    ]
    return CTransform(
        name=_name(kind, axis),
        meaning=f"{meaning}, for as many vectors as there are lanes.",
        unused=tuple(
            f"{letter}_step"
            for letter, entries in (("t", results), ("x", operands))
            if len(entries) == 1
        ),
        operands=len(operands),
        results=len(results),
        lines=(
            *read,
            *(f"const DIRECT(vector) {each.name} = {_spelled(each)};" for each in sums.steps),
            *(
                f"DIRECT(store)({_place('t', place)}, {_spelled(each)});"
                for place, each in enumerate(sums.results)
            ),
        ),
    )


def _place(name: str, place: int) -> str:
    return name + {0: "", 1: f" + {name}_step"}.get(place, f" + {place} * {name}_step")


def _operands(made: Sum) -> list[str]:
    return [operand for group in made.groups for _, operand in group.terms]


def _spelled(made: Sum) -> str:
    text = spelled(made.groups)
    if made.divisor == 1:
        return text
    single = len(made.groups) == 1 and len(made.groups[0].terms) == 1
    return f"{text if single else f'({text})'} * ((SUM)1 / {made.divisor})"
