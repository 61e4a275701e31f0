"""Halide, compiled for the sizes of the problem: correlations by tiles, gradients made of them.

grad_input is a correlation of each phase: of dy in a frame, by the phase's weights, flipped; NumPy
frames dy, flips weights and puts the phases side by side within the call. Schedules are those of
Halide's own convolutions: a tile of sums in registers, rows in vectors, rows or channels unrolled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import product
from math import prod
from typing import Any, Final

import numpy as np

from symconv.bench.contender import Call, Contender, Kind, LeftOut, by_operation
from symconv.bench.operands import Array, Operands
from symconv.bench.taps import framed, last_axes, placed
from symconv.sizes import Shape

Pair = Callable[[Array, Array], Array]
AXES: Final = 3
VECTOR_BYTES: Final = 32
VECTORS: Final = 4
UNROLLED: Final = 4
MOST_PHASES: Final = 16


@dataclass(frozen=True)
class _Sizes:
    """The sizes of a correlation along three axes, and its type.

    Attributes:
        x, w, y: (N, C, D, H, W), (O, C / groups, *kernel) and (N, O, *out) of the arrays.
        stride, dilation: of each axis.
        groups: how many.
        dtype: "float32" or "float64".
        threads: 1 for a schedule without threads.
    """

    x: Shape
    w: Shape
    y: Shape
    stride: Shape
    dilation: Shape
    groups: int
    dtype: str
    threads: int


def _tiled(operands: Operands, threads: int) -> Call | None:
    """Return correlations by tiles; None where padding is negative, or the kernel has gaps.

    Raises:
        LeftOut: the gradient has too many phases.
    """
    problem, spec = operands.problem, operands.problem.spec
    pairs = [(0, 0)] * (AXES - spec.axes) + list(spec.padding_pairs)
    gradient = problem.operation in ("grad_input", "backward")
    if min(map(min, pairs)) < 0 or (gradient and set(spec.dilation) != {1}):
        return None
    if gradient and prod(spec.stride) > MOST_PHASES:
        raise LeftOut(f"would compile {prod(spec.stride)} phases")
    x, w, dy = (_on_three_axes(array) for array in (operands.x4, operands.w4, operands.dy4))
    sizes = x.shape[2:]
    padded = tuple(lo + n + hi for n, (lo, hi) in zip(sizes, pairs, strict=True))
    middle = tuple(slice(lo, lo + n) for n, (lo, _) in zip(sizes, pairs, strict=True))
    one = (1,) * (AXES - spec.axes)
    of = _Sizes(
        x=(*x.shape[:2], *padded),
        w=w.shape,
        y=dy.shape,
        stride=(*one, *spec.stride),
        dilation=(*one, *spec.dilation),
        groups=spec.groups,
        dtype=problem.dtype,
        threads=threads,
    )

    def around() -> Array:
        return x if padded == sizes else framed(x, padded, middle)

    wanted = problem.operation
    forward = _correlation(of) if wanted == "forward" else None
    weights = _weight_sums(of) if wanted in ("grad_weight", "backward") else None
    phases = _phases(of) if gradient else []

    def grad_input() -> Array:
        dx = np.zeros(of.x, of.dtype)
        for phase in phases:
            phase(dx, dy, w)
        found: Array = dx[last_axes(middle)].reshape(operands.x.shape)
        return found

    return by_operation(
        operands,
        forward=lambda: forward and forward(around(), w).reshape(operands.dy.shape),
        grad_input=grad_input,
        grad_weight=lambda: weights and weights(dy, around()).reshape(operands.w.shape),
    )


def _on_three_axes(array: Array) -> Array:
    missing = (1,) * (AXES - (array.ndim - 2))
    return array.reshape(*array.shape[:2], *missing, *array.shape[2:])


def _phases(of: _Sizes) -> list[Callable[[Array, Array, Array], None]]:
    """Return, for each phase that a tap reaches, what writes it into dx, from dy and w."""
    found: list[Callable[[Array, Array, Array], None]] = []
    for phase in product(*map(range, of.stride)):
        own = (..., *(slice(at, None, t) for at, t in zip(phase, of.stride, strict=True)))
        counts = [-(-(size - at) // t)
                  for size, at, t in zip(of.x[2:], phase, of.stride, strict=True)]  # fmt: skip
        taps = [len(range(at, k, t)) for at, k, t in zip(phase, of.w[2:], of.stride, strict=True)]
        if min(taps) * min(counts) == 0:
            continue
        wide = tuple(count + k - 1 for count, k in zip(counts, taps, strict=True))
        kept = tuple(min(g, count) for g, count in zip(of.y[2:], counts, strict=True))
        places = placed([k - 1 for k in taps], kept, (1,) * AXES)
        run = _correlation(
            _Sizes(
                x=(*of.y[:2], *wide),
                w=(of.x[1], of.w[0] // of.groups, *taps),
                y=(*of.x[:2], *counts),
                stride=(1,) * AXES,
                dilation=(1,) * AXES,
                groups=of.groups,
                dtype=of.dtype,
                threads=of.threads,
            )
        )
        found.append(partial(_write_phase, run=run, own=own, wide=wide, places=places, of=of))
    return found


def _write_phase(
    dx: Array,
    dy: Array,
    w: Array,
    *,
    run: Pair,
    own: tuple[Any, ...],
    wide: Shape,
    places: tuple[slice, ...],
    of: _Sizes,
) -> None:
    by_group = w.reshape(of.groups, -1, *w.shape[1:]).swapaxes(1, 2)
    turned = by_group.reshape(of.x[1], -1, *w.shape[2:])[own]
    weights = np.ascontiguousarray(np.flip(turned, (2, 3, 4)))
    kept = dy[last_axes([slice(each.stop - each.start) for each in places])]
    dx[own] = run(framed(kept, wide, places), weights)


def _correlation(of: _Sizes) -> Pair:
    """Return (x, w) -> y, a sum over channels and taps of tiles that stay in registers."""
    hl: Any = import_module("halide")
    x, w = (hl.ImageParam(_type(hl, of.dtype), AXES + 2) for _ in range(2))
    j, i, a, o, n = (hl.Var(name) for name in "jiaon")
    inner = [hl.Var(f"{name}_inner") for name in "jio"]
    taps = hl.RDom([(0, size) for size in reversed(of.w[1:])])
    read = [at * t + tap * d for at, t, tap, d in zip(
        (j, i, a), of.stride[::-1], (taps.x, taps.y, taps.z), of.dilation[::-1], strict=True
    )]  # fmt: skip
    channel = o // (of.w[0] // of.groups) * of.w[1] + taps.w
    total, y = hl.Func("total"), hl.Func("y")
    total[j, i, a, o, n] = hl.cast(_type(hl, of.dtype), 0)
    total[j, i, a, o, n] += w[taps.x, taps.y, taps.z, taps.w, o] * x[(*read, channel, n)]
    y[j, i, a, o, n] = total[j, i, a, o, n]
    lanes, tile = _tile(of)
    tail = hl.TailStrategy.ShiftInwards
    for var, small, size in zip((j, i, o), inner, tile, strict=True):
        y.split(var, var, small, size, tail)
    y.reorder(*inner, j, i, a, o, n).vectorize(inner[0], lanes)
    total.compute_at(y, j).vectorize(j, lanes).unroll(j).unroll(i).unroll(o)
    total.update().reorder(j, i, o, taps.x, taps.y, taps.z, taps.w, a, n)
    total.update().vectorize(j, lanes).unroll(j).unroll(i).unroll(o)
    if of.threads > 1:
        lines = hl.Var("lines")
        y.fuse(i, o, lines).parallel(lines)
    return _called(hl, y, [x, w], of.y, of.dtype)


def _tile(of: _Sizes) -> tuple[int, tuple[int, int, int]]:
    """Return the lanes of a vector, and the columns, rows and channels of a tile of y."""
    lanes = VECTOR_BYTES // np.dtype(of.dtype).itemsize
    columns = of.y[4]
    while lanes > columns:
        lanes //= 2
    vectors = max(each for each in (1, 2, VECTORS) if each * lanes <= max(columns, lanes))
    channels = UNROLLED if (of.w[0] // of.groups) % UNROLLED == 0 else 1
    rows = 1 if channels > 1 else min(UNROLLED, of.y[3])
    return lanes, (lanes * min(vectors, 2 if channels > 1 else vectors), rows, channels)


def _weight_sums(of: _Sizes) -> Pair:
    """Return (dy, x) -> dw: for each tap a sum of products, as many at a time as a vector has."""
    hl: Any = import_module("halide")
    dy, x = (hl.ImageParam(_type(hl, of.dtype), AXES + 2) for _ in range(2))
    s, r, q, c, o, lane = (hl.Var(name) for name in ("s", "r", "q", "c", "o", "lane"))
    images, _, *outputs = of.y
    cells = hl.RDom([(0, size) for size in (*reversed(outputs), images)])
    read = [cell * t + tap * d for cell, t, tap, d in zip(
        (cells.x, cells.y, cells.z), of.stride[::-1], (s, r, q), of.dilation[::-1], strict=True
    )]  # fmt: skip
    channel = o // (of.w[0] // of.groups) * of.w[1] + c
    dw = hl.Func("dw")
    dw[s, r, q, c, o] = hl.cast(_type(hl, of.dtype), 0)
    dw[s, r, q, c, o] += dy[cells.x, cells.y, cells.z, o, cells.w] * x[(*read, channel, cells.w)]
    lanes = VECTOR_BYTES // np.dtype(of.dtype).itemsize
    outer, inner = hl.RVar("outer"), hl.RVar("inner")
    dw.update().split(cells.x, outer, inner, lanes)
    parts = dw.update().rfactor(inner, lane)
    parts.compute_at(dw, s).vectorize(lane)
    parts.update().vectorize(lane)
    if of.threads > 1:
        lines = hl.Var("lines")
        dw.update().fuse(r, o, lines).parallel(lines)
    return _called(hl, dw, [dy, x], of.w, of.dtype)


def _called(hl: Any, func: Any, parameters: list[Any], shape: Shape, dtype: str) -> Pair:
    """Return the compiled function of two arrays; it makes the array of the result."""
    run = func.compile_to_callable(parameters, hl.get_jit_target_from_environment())

    def call(first: Array, second: Array) -> Array:
        found = np.empty(shape, dtype)
        run(hl.Buffer(first), hl.Buffer(second), hl.Buffer(found))
        return found

    return call


def _type(hl: Any, dtype: str) -> Any:
    return hl.Float(32 if dtype == "float32" else 64)


CONTENDERS: Final = (
    Contender(
        "Halide",
        "halide",
        Kind.BEST,
        _tiled,
        "compiled for the sizes: tiles of sums in registers, rows in vectors; grad_input is a "
        "correlation of a frame with dy in it for each phase, without dilation; frames, flipping "
        "and putting the phases side by side count",
        threaded=True,
    ),
)
