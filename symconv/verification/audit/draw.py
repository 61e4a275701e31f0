"""Random draws of specs and sizes: small, uneven, with every kind of padding and remainder."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from symconv.sizes import Shape
from symconv.spec import ConvSpec, Padding
from symconv.verification.audit.case import Case

LARGEST_KERNEL: Final = {1: 5, 2: 4, 3: 3}  # per axis, for kernels of so many axes
MOST_WINDOWS: Final = {1: 5, 2: 4, 3: 3}
MAX_PADDING: Final = 3


def draw_spec(rng: random.Random, axes: int, layout: str, *, small: bool) -> ConvSpec:
    """Return a spec with so many axes; groups only where the layout has channels."""
    largest = min(3, LARGEST_KERNEL[axes]) if small else LARGEST_KERNEL[axes]
    kernel = [1] * axes if rng.random() < 0.1 else _each(rng, axes, range(1, largest + 1))
    dilated = rng.random() < 0.3
    return ConvSpec(
        kernel_shape=kernel,
        stride=_draw_stride(rng, axes, most=3 if small else 4),
        dilation=_each(rng, axes, (1, 2, 3)) if dilated else 1,
        padding=_draw_padding(rng, axes),
        groups=rng.choice((1, 1, 2, 3)) if layout == "batched" else 1,
    )


def _draw_stride(rng: random.Random, axes: int, *, most: int) -> int | list[int]:
    kind = rng.choice(("one", "equal", "each", "each"))
    if kind == "each":
        return _each(rng, axes, range(1, most + 1))
    return 1 if kind == "one" else rng.randint(1, most)


def _draw_padding(rng: random.Random, axes: int) -> Padding:
    kind = rng.choice(("none", "none", "equal", "pairs", "pairs", "same", "same_lower"))
    if kind == "none":
        return 0
    if kind == "equal":
        return _each(rng, axes, range(MAX_PADDING + 1))
    if kind == "pairs":
        return [tuple(_each(rng, 2, range(MAX_PADDING + 1))) for _ in range(axes)]
    return "same" if kind == "same" else "same_lower"


def draw_case(
    rng: random.Random,
    spec: ConvSpec,
    shape: Shape | None,
    layout: str,
    *,
    empty: bool,
    small: bool,
) -> Case | None:
    """Return a case of the spec in the layout; None where groups or the shape do not fit it."""
    if layout == "plane":
        if spec.groups > 1 or (shape is not None and len(shape) != spec.axes):
            return None
        return Case(spec, shape or _draw_sizes(rng, spec, empty=empty, small=small))
    out_channels = spec.groups * rng.choice((1, 2))
    if shape is None:
        batch = 0 if empty and rng.random() < 0.5 else rng.choice((1, 2, 3))
        sizes = _draw_sizes(rng, spec, empty=empty and batch > 0, small=small)
        shape = (batch, spec.groups * rng.choice((1, 2)), *sizes)
    if len(shape) != spec.axes + 2 or shape[1] % spec.groups:
        return None
    return Case(spec, shape, out_channels)


def _draw_sizes(rng: random.Random, spec: ConvSpec, *, empty: bool, small: bool) -> Shape:
    """Return input sizes for one to four windows with every remainder; or for none."""
    windows = range(1, MOST_WINDOWS[spec.axes] - small + 1)
    sizes = []
    for axis, (t, e) in enumerate(zip(spec.stride, spec.extent, strict=True)):
        remainder, padded = rng.randrange(t), 0
        if not isinstance(spec.padding, str):
            padded = sum(spec.padding[axis])
            least = max(1, e - padded)
        else:
            least = 1
        sizes.append(max(least, (rng.choice(windows) - 1) * t + e + remainder - padded))
        if empty and axis == 0:
            sizes[0] = rng.randrange(max(1, e - padded))
    return tuple(sizes)


def _each(rng: random.Random, count: int, choices: Sequence[int]) -> list[int]:
    return [rng.choice(choices) for _ in range(count)]
