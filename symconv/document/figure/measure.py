"""How wide a text is, estimated on the wide side: no font is at hand when a figure is drawn."""

from __future__ import annotations

from typing import Final

_NARROW: Final = frozenset(" .,:;|!'·()[]ijlftr/")
_WIDE: Final = frozenset("+−=×→<>≤≥mwMW%")
NARROW_EM: Final = 0.4
PLAIN_EM: Final = 0.64
WIDE_EM: Final = 0.9
FIRST_CJK: Final = 0x2E80


def text_width(text: str, *, size: float) -> float:
    """Return an upper estimate of the width of a text in a sans-serif font of this size.

    Example:
        >>> round(text_width("12", size=0.5), 2)
        0.64
    """
    return size * sum(map(_em, text))


def fitted(text: str, *, room: float, most: float) -> float:
    """Return the largest font size up to `most` at which the text is no wider than `room`."""
    return min(most, room / max(text_width(text, size=1), 0.1))


def _em(letter: str) -> float:
    if letter in _NARROW:
        return NARROW_EM
    if letter in _WIDE:
        return WIDE_EM
    return 1.0 if ord(letter) >= FIRST_CJK else PLAIN_EM
