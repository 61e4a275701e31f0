"""Colours that colour-blind eyes tell apart, and inks that can be read on them.

Source: M. Okabe and K. Ito, "Color Universal Design" (2008), the palette of eight colours.
No figure says anything by colour alone: numbers, letters, hatching or dashes say it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
YELLOW: Final = "#F0E442"
BLUE: Final = "#0072B2"
VERMILION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"

MARKS: Final = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
HUES: Final = (SKY, ORANGE, GREEN, PURPLE, YELLOW, VERMILION, BLUE)
SHARES: Final = (0.3, 0.65, 0.45, 0.85)

DARK_INK: Final = "#1F2328"
BLACK: Final = "#000000"
WHITE: Final = "#FFFFFF"
EDGE: Final = "#6E7781"
PLAIN: Final = "#F6F8FA"
UNREAD: Final = "#E4E7EB"

INK: Final = "ink"
FAINT: Final = "faint"
PAPER: Final = "paper"
LIGHT: Final = {INK: DARK_INK, FAINT: "#57606A", PAPER: WHITE}
DARK: Final = {INK: "#E6EDF3", FAINT: "#A3ADB8", PAPER: "#161B22"}


def mark(number: int) -> str:
    """Return the colour of the mark with this number; after six they come again."""
    return MARKS[number % len(MARKS)]


def tint(colour: str, share: float) -> str:
    """Return a colour mixed with white; share 1 is the colour itself.

    Example:
        >>> tint("#0072B2", 0.5)
        '#80B8D8'
    """
    return mixed(colour, WHITE, share)


def mixed(colour: str, other: str, share: float) -> str:
    """Return two colours mixed; share 1 is the first."""
    pairs = zip(parts(colour), parts(other), strict=True)
    return "#" + "".join(f"{round(two + share * (one - two)):02X}" for one, two in pairs)


def on_white(colour: str) -> str:
    """Return a colour as "#rrggbb", one that follows the background as it is on white."""
    return LIGHT.get(colour, colour)


def phase_fill(residues: Sequence[int], *, strides: Sequence[int]) -> str:
    """Return the colour of a phase: the hue from all axes but the last, the depth from the last."""
    if len(residues) == 1:
        return tint(HUES[residues[0] % len(HUES)], 0.5)
    number = 0
    for residue, stride in zip(residues[:-1], strides[:-1], strict=True):
        number = number * stride + residue
    return tint(HUES[number % len(HUES)], SHARES[residues[-1] % len(SHARES)])


def count_fill(count: int, *, most: int) -> str:
    """Return the colour of a count >= 1: the more, the deeper the blue."""
    return tint(BLUE, 0.12 + 0.88 * (count - 1) / max(most - 1, 1))


def ink_on(fill: str) -> str:
    """Return the ink, black or white, that stands out more: by 4.5 or more against any fill."""
    return max((BLACK, WHITE), key=lambda ink: contrast(ink, fill))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2 defines it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (number / 255 for number in parts(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def parts(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0 to 255."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return red, green, blue
