"""Random draws of specs and sizes: small, uneven, with every kind of padding and remainder."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from symconv.auditing.case import Case
from symconv.auditing.kinds import FLIPPED, PLAIN, bases_of
from symconv.padding import PADDING_MODES, PaddingMode, SamePadding
from symconv.sizes import PaddingPairs, Shape
from symconv.spec import ConvSpec, Padding

LARGEST_KERNEL: Final = {1: 5, 2: 4, 3: 3}  # per axis, for kernels of so many axes
MOST_WINDOWS: Final = {1: 5, 2: 4, 3: 3}
MAX_PADDING: Final = 3
MAX_CROP: Final = 2

_MODES: Final[dict[str, PaddingMode]] = {mode: mode for mode in PADDING_MODES if mode != "zeros"}


def draw_spec(
    rng: random.Random, axes: int, layout: str, *, kinds: Sequence[str], small: bool
) -> ConvSpec:
    """Return a spec of one of the kinds, with so many axes.

    It has groups only where the layout has channels; with "flipped" among other kinds, every
    other one of these is flipped.
    """
    spec = _draw_plain(rng, axes, layout, small=small)
    if tuple(kinds) == (PLAIN,):
        return spec
    kind = rng.choice(bases_of(kinds))
    mode = _MODES.get(kind)
    if mode is not None:
        spec = replace(spec, padding=_draw_copied(rng, spec), padding_mode=mode)
    elif kind == "crop":
        spec = replace(spec, padding=_draw_cropped(rng, axes))
    elif kind == "transposed":
        spec = _draw_output_padding(rng, replace(spec, transposed=True))
    flips = FLIPPED in kinds and (len(kinds) == 1 or rng.random() < 1 / 2)
    return replace(spec, true_convolution=flips)


def _draw_copied(rng: random.Random, spec: ConvSpec) -> PaddingPairs | SamePadding:
    """Return padding that copies something: that of the spec, or some cells more."""
    if isinstance(spec.padding, str):
        return spec.padding
    more = [rng.choice(((0, 0), (0, 1), (1, 0), (1, 2))) for _ in spec.padding]
    return tuple((lo + a, hi + b) for (lo, hi), (a, b) in zip(spec.padding, more, strict=True))


def _draw_output_padding(rng: random.Random, spec: ConvSpec) -> ConvSpec:
    """Return a transposed spec, every other one with less cut off at the end of its outputs."""
    if rng.random() < 0.5:
        return spec
    sizes = zip(spec.padding_pairs, spec.stride, spec.dilation, strict=True)
    less = tuple((lo, hi - rng.randrange(max(t, d))) for (lo, hi), t, d in sizes)
    return replace(spec, padding=less)


def _draw_cropped(rng: random.Random, axes: int) -> PaddingPairs:
    """Return (before, after) pairs, at least one of which cuts cells off."""
    sides = _each(rng, 2 * axes, range(-MAX_CROP, MAX_PADDING))
    if min(sides) >= 0:
        sides[rng.randrange(2 * axes)] = -rng.randint(1, MAX_CROP)
    return tuple(zip(sides[::2], sides[1::2], strict=True))


def _draw_plain(rng: random.Random, axes: int, layout: str, *, small: bool) -> ConvSpec:
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
    if spec.transposed:
        return _draw_transposed_sizes(rng, spec, empty=empty, small=small)
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


def _draw_transposed_sizes(
    rng: random.Random, spec: ConvSpec, *, empty: bool, small: bool
) -> Shape:
    """Return input sizes of a transposed spec, each at most three more than it needs; or a 0."""
    least = [axis.least_input for axis in spec.concrete_axes()]
    sizes = [n + rng.randrange(MOST_WINDOWS[spec.axes] - small) for n in least]
    if empty:
        sizes[0] = 0
    return tuple(sizes)


def _each(rng: random.Random, count: int, choices: Sequence[int]) -> list[int]:
    return [rng.choice(choices) for _ in range(count)]
