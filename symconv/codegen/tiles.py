"""Which convolutions are made by fast tiles, and how large the tiles are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from symconv.algebra.rounding import rounding_of
from symconv.algebra.toom_cook import MAX_POINTS, toom_cook
from symconv.codegen.kernel import DIRECT, WINOGRAD
from symconv.errors import OptionError, shown
from symconv.sizes import Shape
from symconv.spec import ConvSpec

LARGEST_KERNEL: Final = MAX_POINTS - 1
FASTEST_SPAN: Final = 6  # cells that a tile reads along an axis


def choose_tile(
    spec: ConvSpec,
    *,
    algorithm: str,
    tile: int | Sequence[int] | None,
    error_bound: float | None,
    refuse: Callable[[ConvSpec], None] | None,
) -> Shape | None:
    """Return the outputs of a tile along each axis; None for direct sums.

    Args:
        spec: the sizes.
        algorithm: "direct" or "winograd".
        tile: the outputs asked for.
        error_bound: the float32 error allowed, over max|x| times the sum of |w|; with it the
            largest tile is taken whose guaranteed error is at most that, or none.
        refuse: raises an OptionError for a spec without fast tiles; None where no spec has any.

    Raises:
        OptionError: a choice does not fit the spec or the others.
    """
    if error_bound is not None:
        if algorithm == WINOGRAD or tile is not None:
            raise OptionError("error_bound chooses the algorithm and the tile: give it alone")
        if not error_bound > 0:
            raise OptionError(f"error_bound must be above 0, got {shown(error_bound)}")
        return _within(spec, error_bound) if _is_offered(spec, refuse) else None
    if algorithm == DIRECT:
        if tile is not None:
            raise OptionError("tile goes with algorithm=winograd")
        return None
    if refuse is not None:
        refuse(spec)
    return _fastest(spec) if tile is None else _checked(spec, tile)


def refuse_tiles(spec: ConvSpec) -> None:
    """Return if the spec has fast tiles.

    Raises:
        OptionError: it has none.
    """
    if spec.transposed or spec.padding_mode != "zeros":
        reason = f"an ordinary convolution padded with zeros, got {shown(spec)}"
    elif set(spec.stride) | set(spec.dilation) != {1}:
        reason = f"stride 1 and dilation 1, got stride {spec.stride} and dilation {spec.dilation}"
    elif max(spec.kernel_shape) == 1 or max(spec.kernel_shape) > LARGEST_KERNEL:
        reason = f"kernel sides of 1 to {LARGEST_KERNEL}, not all 1, got {spec.kernel_shape}"
    else:
        return
    raise OptionError(f"algorithm=winograd needs {reason}")


def _is_offered(spec: ConvSpec, refuse: Callable[[ConvSpec], None] | None) -> bool:
    if refuse is None:
        return False
    try:
        refuse(spec)
    except OptionError:
        return False
    return True


def _fastest(spec: ConvSpec) -> Shape:
    """Return the tile that is the fastest one as measured; see docs/performance.md."""
    return tuple(1 if taps == 1 else max(2, FASTEST_SPAN + 1 - taps) for taps in spec.kernel_shape)


def _within(spec: ConvSpec, error_bound: float) -> Shape | None:
    """Return the largest tile, up to the fastest one, whose guaranteed error is small enough."""
    most = _fastest(spec)
    for outputs in range(max(most), 1, -1):
        tile = tuple(min(outputs, each) for each in most)
        transforms = tuple(map(toom_cook, tile, spec.kernel_shape))
        if rounding_of(transforms).bound("float32") <= error_bound:
            return tile
    return None


def _checked(spec: ConvSpec, tile: int | Sequence[int]) -> Shape:
    given = [tile] * spec.axes if isinstance(tile, int) else list(tile)
    if len(given) == 1:
        given *= spec.axes
    if len(given) != spec.axes:
        raise OptionError(f"tile must have {spec.axes} sizes, or 1, got {tuple(given)}")
    for outputs, taps in zip(given, spec.kernel_shape, strict=True):
        if not 1 <= outputs <= MAX_POINTS + 1 - taps:
            raise OptionError(
                f"tile must be 1 to {MAX_POINTS + 1 - taps} along an axis of {taps} taps, "
                f"got {outputs}"
            )
    return tuple(given)
