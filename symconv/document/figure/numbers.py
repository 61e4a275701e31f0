"""Numbers as the templates get them: short, the same on every machine."""

from __future__ import annotations


def short(value: float) -> str:
    """Return a number with at most two decimals.

    Example:
        >>> short(3.0), short(0.125), short(-0.001)
        ('3', '0.12', '0')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
