"""OpenCV on planes of one or two axes, and on depthwise layers plane by plane.

filter2D makes a result of its source's size, zeros around the source: the windows of a convolution
are cut out of it, and a stride leaves cells of it out. For the gradients its source is a frame of
the input's size in which dy lies, or its kernel is dy; frames are made within the call.
matchTemplate makes the windows inside its source only, by products of spectra and in float32;
its source is padded within the call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import numpy as np

from symconv.bench.contender import Call, Contender, Kind, by_operation
from symconv.bench.operands import Array, Operands
from symconv.bench.taps import framed, placed, spread
from symconv.sizes import Shape
from symconv.spec import ConvSpec


@dataclass(frozen=True, eq=False)
class _Planes:
    """Planes that are convolved each by its own kernel.

    Attributes:
        spec: of one plane, two axes.
        x, dy: (N, C, m, n) and (N, C, g, h).
        w: (C, p, q).
    """

    spec: ConvSpec
    x: Array
    w: Array
    dy: Array

    def each(self, found: Callable[[Array, Array, Array], Array]) -> Array:
        """Return (N, C, ...): what is found for each plane; one plane is not copied."""
        images, channels = self.x.shape[:2]
        results = [
            found(self.x[n, c], self.w[c], self.dy[n, c])
            for n in range(images)
            for c in range(channels)
        ]
        joined = results[0][None] if len(results) == 1 else np.stack(results)
        return joined.reshape(images, channels, *results[0].shape)


def _planes(operands: Operands) -> _Planes | None:
    """Return the planes of a problem; None where channels are summed, or there are three axes."""
    problem, spec = operands.problem, operands.problem.spec
    if spec.axes > 2 or not spec.groups == problem.inputs == problem.outputs:
        return None
    if any(min(pair) < 0 or sum(pair) >= extent
           for pair, extent in zip(spec.padding_pairs, spec.extent, strict=True)):  # fmt: skip
        return None
    x, w, dy = (
        array if spec.axes == 2 else array[..., None, :]
        for array in (operands.x4, operands.w4[:, 0], operands.dy4)
    )
    return _Planes(spec if spec.axes == 2 else _on_two_axes(spec), x, w, dy)


def _on_two_axes(spec: ConvSpec) -> ConvSpec:
    """Return the spec of a signal as that of an image of one row."""
    return ConvSpec(
        kernel_shape=(1, *spec.kernel_shape),
        stride=(1, *spec.stride),
        dilation=(1, *spec.dilation),
        padding=((0, 0), *spec.padding_pairs),
    )


def _filter2d(operands: Operands, threads: int) -> Call | None:
    """Return filter2D; None where channels are summed, or dy as a kernel does not fit."""
    planes = _planes(operands)
    if planes is None:
        return None
    spec, cv2 = planes.spec, _opencv()
    before = [lo for lo, _ in spec.padding_pairs]
    behind = [extent - 1 - lo for lo, extent in zip(before, spec.extent, strict=True)]
    sizes, outputs = planes.x.shape[2:], planes.dy.shape[2:]
    windows = placed((0, 0), outputs, spec.stride)
    inner = placed((0, 0), spec.kernel_shape, spec.dilation)

    def filtered(source: Array, kernel: Array, anchor: list[int]) -> Array:
        found: Array = cv2.filter2D(
            source, -1, kernel, anchor=anchor[::-1], borderType=cv2.BORDER_CONSTANT
        )
        return found

    def forward(x: Array, w: Array, _: Array) -> Array:
        return filtered(x, spread(w, spec.dilation), before)[windows]

    def grad_input(_: Array, w: Array, dy: Array) -> Array:
        flipped = np.flip(spread(w, spec.dilation))
        return filtered(framed(dy, sizes, windows), np.ascontiguousarray(flipped), behind)

    def grad_weight(x: Array, _: Array, dy: Array) -> Array:
        return filtered(x, spread(dy, spec.stride), before)[inner]

    if operands.problem.operation in ("grad_weight", "backward") and not _fits(
        sizes, spec.extent, anchor=before, windows=windows
    ):
        return None
    return _by_plane(operands, planes, forward, grad_input, grad_weight)


def _fits(sizes: Shape, extent: Shape, *, anchor: list[int], windows: tuple[slice, ...]) -> bool:
    """Return whether dy can be filter2D's kernel: its anchor inside, all taps in the result."""
    return all(
        lo < each.stop and taps <= size
        for lo, each, taps, size in zip(anchor, windows, extent, sizes, strict=True)
    )


def _match_template(operands: Operands, threads: int) -> Call | None:
    """Return matchTemplate; None where channels are summed, and in float64."""
    planes = _planes(operands)
    if planes is None or operands.problem.dtype != "float32":
        return None
    spec, cv2 = planes.spec, _opencv()
    sizes, outputs = planes.x.shape[2:], planes.dy.shape[2:]
    pairs = list(zip(sizes, spec.padding_pairs, strict=True))
    padded = tuple(lo + size + hi for size, (lo, hi) in pairs)
    middle = tuple(slice(lo, lo + size) for size, (lo, _) in pairs)
    windows = placed((0, 0), outputs, spec.stride)
    inner = placed((0, 0), spec.kernel_shape, spec.dilation)
    wide = tuple(size + extent - 1 for size, extent in zip(sizes, spec.extent, strict=True))
    starts = [extent - 1 - lo for (_, (lo, _)), extent in zip(pairs, spec.extent, strict=True)]
    places = placed(starts, outputs, spec.stride)

    def matched(source: Array, template: Array) -> Array:
        found: Array = cv2.matchTemplate(source, template, cv2.TM_CCORR)
        return found

    def around(x: Array) -> Array:
        return x if padded == sizes else framed(x, padded, middle)

    def forward(x: Array, w: Array, _: Array) -> Array:
        return matched(around(x), spread(w, spec.dilation))[windows]

    def grad_input(_: Array, w: Array, dy: Array) -> Array:
        flipped = np.flip(spread(w, spec.dilation))
        return matched(framed(dy, wide, places), np.ascontiguousarray(flipped))

    def grad_weight(x: Array, _: Array, dy: Array) -> Array:
        return matched(around(x), spread(dy, spec.stride))[inner]

    return _by_plane(operands, planes, forward, grad_input, grad_weight)


def _by_plane(
    operands: Operands,
    planes: _Planes,
    forward: Callable[[Array, Array, Array], Array],
    grad_input: Callable[[Array, Array, Array], Array],
    grad_weight: Callable[[Array, Array, Array], Array],
) -> Call:
    return by_operation(
        operands,
        forward=lambda: planes.each(forward),
        grad_input=lambda: planes.each(grad_input),
        grad_weight=lambda: planes.each(grad_weight).sum(axis=0),
    )


def _opencv() -> Any:
    return import_module("cv2")


PLANES: Final = "planes of one or two axes and depthwise layers, plane by plane; "
CONTENDERS: Final = (
    Contender(
        "OpenCV filter2D",
        "cv2",
        Kind.OWN,
        _filter2d,
        PLANES + "a correlation of the source's size with zeros around, of which the windows are "
        "cut out; grad_input is that of a frame with dy in it, grad_weight has dy as the kernel; "
        "frames, flipping and the cells that a stride leaves out count",
        peer="opencv",
    ),
    Contender(
        "OpenCV matchTemplate",
        "cv2",
        Kind.BEST,
        _match_template,
        PLANES + "float32; TM_CCORR, the windows inside by products of spectra; frames, flipping "
        "and the cells that a stride leaves out count",
        peer="opencv",
    ),
)
