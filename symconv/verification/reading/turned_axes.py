"""What turning an array round takes for granted: every axis is turned, and no channel is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from symconv.verification.reading.roles import Told
from symconv.verification.reading.size_hints import family_said

_CHANNELS: Final = re.compile(r"[coCO]|[io]c|c[io]|[cC]_\w+|ch\w*")
"""Index letters that count channels; k, f, n and m may as well run along an axis."""


def turned_axes_assumed(
    kept: Sequence[str], turned: Sequence[str], sizes: Sequence[str], told: Told
) -> tuple[str, ...]:
    """Return what is taken for granted where not all indices are turned, or a channel's is.

    Args:
        kept: the letters of the indices that stay as they are.
        turned: those of the indices that are counted from the end.
        sizes: how many values each of these has.
        told: what was said of the names.

    Example:
        >>> turned_axes_assumed(["j"], ["i"], ["k"], Told())
        ('j counts channels',)
        >>> turned_axes_assumed(["c"], ["i", "j"], ["k", "k"], Told())
        ()
    """
    alone = [name for name in kept if len(turned) < 2 and not _CHANNELS.fullmatch(name)]
    found = [f"{name} counts channels" for name in alone]
    for name, size in zip(turned, sizes, strict=True):
        counts = _CHANNELS.fullmatch(name) or _CHANNELS.fullmatch(size)
        if counts or family_said(size, told) in ("inputs", "outputs"):
            found.append(f"{name} counts no channels")
    return tuple(found)
