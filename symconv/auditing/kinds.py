"""The kinds of convolutions: plain, or transposed, cropped, padded with copies, flipped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from symconv.spec import ConvSpec

PLAIN: Final = "plain"
FLIPPED: Final = "flipped"
MODES: Final = ("reflect", "replicate", "circular")
KINDS: Final = (PLAIN, "crop", *MODES, "transposed", FLIPPED)


def bases_of(kinds: Sequence[str]) -> tuple[str, ...]:
    """Return the kinds that are not about the kernel: plain if there is no other one.

    Example:
        >>> bases_of(("transposed", "flipped")), bases_of(("flipped",))
        (('transposed',), ('plain',))
    """
    return tuple(kind for kind in kinds if kind != FLIPPED) or (PLAIN,)


def kinds_of(spec: ConvSpec) -> frozenset[str]:
    """Return what is not plain about a spec: kinds of KINDS, empty for a plain one.

    A transposed spec with less padding behind than before has an output padding; that alone is
    no crop.

    Example:
        >>> sorted(kinds_of(ConvSpec(kernel_shape=(3,), padding=-1, true_convolution=True)))
        ['crop', 'flipped']
    """
    pairs = () if isinstance(spec.padding, str) else spec.padding
    sides = [lo if spec.transposed else min(lo, hi) for lo, hi in pairs]
    found = {
        "crop": min(sides, default=0) < 0,
        "transposed": spec.transposed,
        FLIPPED: spec.true_convolution,
        spec.padding_mode: spec.padding_mode != "zeros",
    }
    return frozenset(kind for kind, holds in found.items() if holds)
