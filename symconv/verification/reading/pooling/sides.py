"""Which axis a size belongs to, by its name: k_h is along the height, s_w along the width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from symconv.verification.reading.pooling.roles import (
    AGAINST,
    side_of,
)
from symconv.verification.reading.pooling.windows import AxisReading, Option
from symconv.verification.reading.roles import Told

_PARTS: Final = ("kernel", "stride", "dilation", "before")
WIDTH_FIRST: Final = 1.5  # the first axis is the width, though it is not called so


def uncrossed(
    axes: tuple[AxisReading, ...], outputs: Sequence[str], told: Told
) -> tuple[AxisReading, ...]:
    """Return the axes with sizes that are written along the other axis where they belong.

    In x[s_w*h + m, s_h*w + n] the stride s_w stands along the height.
    """
    if len(axes) != 2:
        return axes
    own = _own_sides(outputs) or ["height", "width"]
    first, second = axes
    for part in _PARTS:
        one, other = getattr(first, part), getattr(second, part)
        said = [_side(option, told) for option in (one, other)]
        if said == own[::-1]:
            first, second = (
                replace(first, **{part: other}),
                replace(second, **{part: one}),
            )
    return first, second


def _own_sides(outputs: Sequence[str]) -> list[str]:
    """Return which axes the indices themselves name, [h, w]; nothing where they do not."""
    own = [side_of(f"_{output}", Told()) for output in outputs]
    return own if set(own) == {"height", "width"} else []


def against(
    axes: tuple[AxisReading, ...],
    straight: tuple[AxisReading, ...],
    outputs: Sequence[str],
    told: Told,
) -> float:
    """Return what it costs that sizes stand along the other axis.

    Where all do, and the indices do not name the axes, the first one may be the width.
    """
    sided = [part for part in _PARTS if _side(getattr(axes[0], part), told)]
    moved = [part for part in sided if getattr(axes[0], part) != getattr(straight[0], part)]
    if _own_sides(outputs) or moved != sided:
        return AGAINST
    return 0.0 if tuple(outputs) in (("x", "y"), ("u", "v")) else WIDTH_FIRST


def _side(option: Option, told: Told) -> str:
    return side_of(option.roles[0][0], told) if len(option.roles) == 1 else ""
