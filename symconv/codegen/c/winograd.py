"""The .c and .h file of a batched kernel by tiles: what their templates are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Final, TypeVar

from symconv.algebra.bilinear import Filter
from symconv.algebra.toom_cook import AxisTransforms, Matrix, toom_cook
from symconv.codegen.c.batched import CUT_SMALL, batched_module
from symconv.codegen.c.batched import PLAN as DIRECT_PLAN
from symconv.codegen.c.batched import TABLES as DIRECT_TABLES
from symconv.codegen.c.batched_contexts import CBatched, Constant
from symconv.codegen.c.headers import headers
from symconv.codegen.kernel import KernelRequest
from symconv.codegen.plan.sharing import Sum, shared_sums, spelled
from symconv.codegen.plan.winograd import FastPlan
from symconv.codegen.spelling.header import wrapped

Each = TypeVar("Each")

TILED: Final = ("-DSYMCONV_BY_TILES=1",)
CUT_TILES: Final = (  # both orders of the work, in small parts
    (*CUT_SMALL, *TILED),
    (*CUT_SMALL, *TILED, "-DSYMCONV_WEIGHTS=0", "-DSYMCONV_LONG=1"),
)
TABLES: Final = (*DIRECT_TABLES, "filters")
PLAN: Final = (*DIRECT_PLAN, "tiling")
TILES: Final = ("tile_space", "tile_transforms", "tile_sums", "tile_weights", "tile_calls")
KINDS: Final = ("input", "weight", "output", "gradient", "taps")


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
class CAxis:
    """The transform of one kind along one axis of a tile.

    Attributes:
        name: what the runtime calls it.
        function: which of the transforms it is.
        followed: whether it is not the last one.
    """

    name: str
    function: str
    followed: bool


@dataclass(frozen=True)
class CWinograd(CBatched):
    """The context of c/winograd.c.jinja, which has that of c/batched.c.jinja in it.

    One axis is written as two, the first of one cell.

    Attributes:
        filters: how forward and grad_input read.
        transforms: the matrices as functions.
        along: which of them each axis uses.
        tiles: the texts of the runtime headers that sum by tiles.
    """

    filters: tuple[CFilter, ...]
    transforms: tuple[CTransform, ...]
    along: tuple[CAxis, ...]
    tiles: str


def winograd_module(fast: FastPlan, request: KernelRequest, *, proof: Sequence[str]) -> CWinograd:
    """Return what the templates of the two files need.

    Args:
        fast: what to compute, along one or two axes.
        request: what was asked for.
        proof: how far the emitted code is checked, line by line.
    """
    base = batched_module(fast.plan, request, proof=proof)
    (h, w) = _two(fast.transforms, toom_cook(1, 1))
    cost = (*base.header.cost, *wrapped(*fast.cost, hanging=4))
    given = {field.name: getattr(base, field.name) for field in fields(base)}
    tiled = any(each.floating for each in base.types)
    if tiled:
        given |= {"tables": headers(*TABLES), "plan": headers(*PLAN)}
    given |= {
        "header": replace(base.header, cost=cost),
        "constants": (*base.constants, *_constants(h, w)),
        "calls": tuple((each, "tiled" if each.floating else "direct") for each in base.types),
    }
    return CWinograd(
        **given,
        filters=tuple(
            _filter(name, heading, filters)
            for name, heading, filters in (
                ("forward", "y reads x", fast.weigh),
                ("grad_input", "dx reads dy", fast.gather),
            )
            if tiled
        ),
        transforms=tuple(each for axis in dict.fromkeys((h, w)) for each in _functions(axis)),
        along=tuple(
            CAxis(f"{kind}_{letter}", _name(kind, axis), (kind, letter) != (KINDS[-1], "w"))
            for kind in KINDS
            for letter, axis in (("h", h), ("w", w))
        ),
        tiles=headers(*TILES),
    )


def _constants(h: AxisTransforms, w: AxisTransforms) -> tuple[Constant, ...]:
    """Return what the runtime knows of the tiles, beside the tables."""
    span_h, span_w = (axis.outputs + axis.taps - 1 for axis in (h, w))
    return (
        Constant("TILE_H", h.outputs, "results of a tile in a column"),
        Constant("TILE_W", w.outputs, "and in a row"),
        Constant("TAPS_H", h.taps, "of the kernel in a column"),
        Constant("TAPS_W", w.taps, "and in a row"),
        Constant("SPAN_H", span_h, "cells that a tile reads in a column"),
        Constant("SPAN_W", span_w, "and in a row"),
        Constant("POINTS", span_h * span_w, "at which cells and weights are multiplied"),
    )


def _two(given: Sequence[Each], trivial: Each) -> tuple[Each, Each]:
    """Return what belongs to two axes, the first of one cell where there is only one."""
    first, last = [trivial, *given][-2:]
    return first, last


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
        f"const vector_f32 {name} = load_f32({_place('x', place)});"
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
            *(f"const vector_f32 {each.name} = {_spelled(each)};" for each in sums.steps),
            *(
                f"store_f32({_place('t', place)}, {_spelled(each)});"
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
    return f"{text if single else f'({text})'} * ((float)1 / {made.divisor})"
