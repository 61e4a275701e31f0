"""The figures by their names."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.algebra.derivation import DerivedGradients
from symconv.document.choices import Picture
from symconv.document.figure.axis import axis_figure
from symconv.document.figure.copies import copies_figure
from symconv.document.figure.meeting import meeting_figure
from symconv.document.figure.phases import phases_figure
from symconv.document.figure.scatter import scatter_animation
from symconv.document.figure.shapes import Figure
from symconv.document.figure.texts import Translate, untranslated
from symconv.document.figure.windows import overlap_figure, windows_figure
from symconv.errors import OptionError, shown


def picture_named(name: str) -> Picture:
    """Return the picture of that name.

    Raises:
        OptionError: there is none.
    """
    if name not in list(Picture):
        raise OptionError(f"figure must be one of {', '.join(Picture)}, got {shown(name)}")
    return Picture(name)


def draw(
    derivation: DerivedGradients,
    picture: Picture,
    *,
    input_shape: Sequence[int] | None = None,
    at: Sequence[int] | None = None,
    axis: int = 0,
    translate: Translate = untranslated,
) -> Figure:
    """Return a figure.

    Args:
        derivation: the derivation.
        picture: which figure.
        input_shape: the sizes of the input; the telling ones by default.
        at: the cell of the meeting; the one that the most windows read by default.
        axis: the axis of the strip.
        translate: from an English message to another language.

    Raises:
        SpecError: a window does not fit, there is no such cell or axis, or no copied padding.
    """
    match picture:
        case Picture.WINDOWS:
            return windows_figure(derivation, input_shape, translate=translate)
        case Picture.OVERLAP:
            return overlap_figure(derivation, input_shape, translate=translate)
        case Picture.PHASES:
            return phases_figure(derivation, input_shape, translate=translate)
        case Picture.MEETING:
            return meeting_figure(derivation, input_shape, at=at, translate=translate)
        case Picture.AXIS:
            return axis_figure(derivation, input_shape, axis=axis, translate=translate)
        case Picture.SCATTER:
            return scatter_animation(derivation, input_shape, translate=translate)
        case Picture.COPIES:
            return copies_figure(derivation, input_shape, translate=translate)
