"""numba: plain loops, compiled for the types of the arrays, the outermost one among threads.

Each loop makes a row of the result at a time, tap by tap, so that the innermost loop runs along
contiguous rows and becomes vectors. Three axes are enough for all: missing ones have size 1.
Padding is a frame made within the call.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, Final

import numpy as np

from symconv.bench.contender import Call, Contender, Kind, by_operation
from symconv.bench.operands import Array, Operands
from symconv.bench.taps import framed, last_axes
from symconv.sizes import Shape

Loop = Callable[..., None]
AXES: Final = 3


def _loops(operands: Operands, threads: int) -> Call | None:
    """Return loops over rows and taps; None where padding is negative."""
    spec = operands.problem.spec
    pairs = spec.padding_pairs
    if min(map(min, pairs)) < 0:
        return None
    compiled = {name: make(threads > 1) for name, make in LOOPS.items()}
    x, w, dy = (_on_three_axes(array) for array in (operands.x4, operands.w4, operands.dy4))
    stride, dilation = (_three(sizes) for sizes in (spec.stride, spec.dilation))
    before, behind = (_three(each, other=0) for each in zip(*pairs, strict=True))
    sizes = x.shape[2:]
    padded = tuple(lo + n + hi for lo, n, hi in zip(before, sizes, behind, strict=True))
    middle = tuple(slice(lo, lo + n) for lo, n in zip(before, sizes, strict=True))
    steps = (stride, dilation, spec.groups)

    def around() -> Array:
        return x if padded == sizes else framed(x, padded, middle)

    def forward() -> Array:
        y = np.empty(dy.shape, dy.dtype)
        compiled["forward"](y, around(), w, *steps)
        return y.reshape(operands.dy.shape)

    def grad_input() -> Array:
        dx = np.empty((*x.shape[:2], *padded), x.dtype)
        compiled["grad_input"](dx, dy, w, *steps)
        found: Array = dx[last_axes(middle)].reshape(operands.x.shape)
        return found

    def grad_weight() -> Array:
        dw = np.empty(w.shape, w.dtype)
        compiled["grad_weight"](dw, dy, around(), *steps)
        return dw.reshape(operands.w.shape)

    call = by_operation(operands, forward=forward, grad_input=grad_input, grad_weight=grad_weight)
    call()  # compiled when types are first met
    return call


def _on_three_axes(array: Array) -> Array:
    return array.reshape(*array.shape[:2], *_three(array.shape[2:]))


def _three(sizes: Shape, *, other: int = 1) -> Shape:
    return (*[other] * (AXES - len(sizes)), *sizes)


@cache
def _forward(parallel: bool) -> Loop:
    """Return the loop that fills y (N, O, D, H, W) from the padded x and w."""
    numba = _numba()
    prange = numba.prange

    def forward(y, x, w, stride, dilation, groups):  # type: ignore[no-untyped-def]
        images, outputs, depth, rows, columns = y.shape
        for line in prange(images * outputs * depth * rows):
            n, o = line // (outputs * depth * rows), line // (depth * rows) % outputs
            a, i = line // rows % depth, line % rows
            row = y[n, o, a, i]
            row[:] = 0
            first = o // (outputs // groups) * w.shape[1]
            for c in range(w.shape[1]):
                for r0 in range(w.shape[2]):
                    for r1 in range(w.shape[3]):
                        read = x[n, first + c, a * stride[0] + r0 * dilation[0],
                                 i * stride[1] + r1 * dilation[1]]  # fmt: skip
                        for r2 in range(w.shape[4]):
                            weight, start = w[o, c, r0, r1, r2], r2 * dilation[2]
                            if stride[2] == 1:
                                side_by_side = read[start:]
                                for j in range(columns):
                                    row[j] += weight * side_by_side[j]
                            else:
                                apart = read[start :: stride[2]]
                                for j in range(columns):
                                    row[j] += weight * apart[j]

    return _compiled(numba, forward, parallel)


@cache
def _grad_input(parallel: bool) -> Loop:
    """Return the loop that fills the padded dx (N, C, D, H, W) from dy and w."""
    numba = _numba()
    prange = numba.prange

    def grad_input(dx, dy, w, stride, dilation, groups):  # type: ignore[no-untyped-def]
        images, inputs, depth, rows, _ = dx.shape
        outputs, columns = w.shape[0] // groups, dy.shape[4]
        for line in prange(images * inputs * depth * rows):
            n, c = line // (inputs * depth * rows), line // (depth * rows) % inputs
            a, i = line // rows % depth, line % rows
            row = dx[n, c, a, i]
            row[:] = 0
            for o in range(c // w.shape[1] * outputs, (c // w.shape[1] + 1) * outputs):
                for r0 in range(w.shape[2]):
                    a0 = a - r0 * dilation[0]
                    for r1 in range(w.shape[3]):
                        i0 = i - r1 * dilation[1]
                        if (a0 < 0 or i0 < 0 or a0 % stride[0] or i0 % stride[1]
                                or a0 // stride[0] >= dy.shape[2]
                                or i0 // stride[1] >= dy.shape[3]):  # fmt: skip
                            continue
                        read = dy[n, o, a0 // stride[0], i0 // stride[1]]
                        for r2 in range(w.shape[4]):
                            weight, start = w[o, c % w.shape[1], r0, r1, r2], r2 * dilation[2]
                            if stride[2] == 1:
                                side_by_side = row[start:]
                                for j in range(columns):
                                    side_by_side[j] += weight * read[j]
                            else:
                                apart = row[start :: stride[2]]
                                for j in range(columns):
                                    apart[j] += weight * read[j]

    return _compiled(numba, grad_input, parallel)


@cache
def _grad_weight(parallel: bool) -> Loop:
    """Return the loop that fills dw (O, C / groups, *kernel) from dy and the padded x."""
    numba = _numba()
    prange = numba.prange

    def grad_weight(dw, dy, x, stride, dilation, groups):  # type: ignore[no-untyped-def]
        outputs, inputs, k0, k1, k2 = dw.shape
        columns = dy.shape[4]
        for entry in prange(dw.size):
            o, c = entry // (inputs * k0 * k1 * k2), entry // (k0 * k1 * k2) % inputs
            r0, r1, r2 = entry // (k1 * k2) % k0, entry // k2 % k1, entry % k2
            first, start = o // (outputs // groups) * inputs, r2 * dilation[2]
            total = dw[0, 0, 0, 0, 0] * 0
            for n in range(dy.shape[0]):
                for a in range(dy.shape[2]):
                    for i in range(dy.shape[3]):
                        upstream = dy[n, o, a, i]
                        read = x[n, first + c, a * stride[0] + r0 * dilation[0],
                                 i * stride[1] + r1 * dilation[1]]  # fmt: skip
                        if stride[2] == 1:
                            side_by_side = read[start:]
                            for j in range(columns):
                                total += upstream[j] * side_by_side[j]
                        else:
                            apart = read[start :: stride[2]]
                            for j in range(columns):
                                total += upstream[j] * apart[j]
            dw[o, c, r0, r1, r2] = total

    return _compiled(numba, grad_weight, parallel)


def _compiled(numba: Any, loop: Loop, parallel: bool) -> Loop:
    """Return a loop compiled when it is first called; sums may be taken in another order."""
    found: Loop = numba.njit(loop, parallel=parallel, fastmath=True)
    return found


def _numba() -> Any:
    return import_module("numba")


LOOPS: Final = {"forward": _forward, "grad_input": _grad_input, "grad_weight": _grad_weight}
CONTENDERS: Final = (
    Contender(
        "numba loops",
        "numba",
        Kind.BEST,
        _loops,
        "plain loops with prange and fastmath, a row of the result at a time, tap by tap; without "
        "parallel=True for one thread; padding is a frame that counts",
        threaded=True,
    ),
)
