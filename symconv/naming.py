"""How sizes stand in the name of a kernel: an identifier, and a different one for each spec."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.sizes import PaddingPairs


def name_of_sizes(sizes: Sequence[int]) -> str:
    """Return "2" for equal sizes, else "2x1"; "m1" is -1.

    Example:
        >>> name_of_sizes((3, 3)), name_of_sizes((3, -1))
        ('3', '3xm1')
    """
    words = [f"m{-size}" if size < 0 else str(size) for size in sizes]
    return words[0] if len(set(words)) == 1 else "x".join(words)


def names_of_padding(pairs: PaddingPairs) -> list[str]:
    """Return the parts of a name that say the padding; none for no padding.

    Example:
        >>> names_of_padding(((1, 1), (2, 2))), names_of_padding(((0, 1), (2, 2)))
        (['p1x2'], ['lo0x2', 'hi1x2'])
    """
    if not any(lo or hi for lo, hi in pairs):
        return []
    before, after = zip(*pairs, strict=True)
    if before == after:
        return ["p" + name_of_sizes(before)]
    return ["lo" + name_of_sizes(before), "hi" + name_of_sizes(after)]
