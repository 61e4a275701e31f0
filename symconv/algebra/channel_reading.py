"""The deltas of image, group and channel in a derivative, solved; what is left is the plane's.

The derivative of y[n, O_g*kappa + o, i, j] has one delta per image, channel and axis more than the
plane's. Each must set a letter equal to its partner with the subscript 0; whatever does not is a
DerivationError, never a guess.
"""

from __future__ import annotations

from typing import Final

from sympy import Add, Expr, Indexed, IndexedBase, KroneckerDelta, Mul, Sum, Symbol

from symconv.algebra.symbols import (
    FREE_CHANNEL_INDEX,
    GROUP,
    GROUP_INPUTS,
    GROUP_OUTPUTS,
    IMAGE,
    IMAGES,
    INPUT_CHANNEL,
    OUTPUT_CHANNEL,
)
from symconv.errors import DerivationError

FREE_CHANNELS: Final = dict(
    zip((IMAGE, OUTPUT_CHANNEL, INPUT_CHANNEL, GROUP), FREE_CHANNEL_INDEX, strict=True)
)
CHANNEL_LIMITS: Final = {
    IMAGE: (IMAGE, 0, IMAGES - 1),
    OUTPUT_CHANNEL: (OUTPUT_CHANNEL, 0, GROUP_OUTPUTS - 1),
    INPUT_CHANNEL: (INPUT_CHANNEL, 0, GROUP_INPUTS - 1),
}


def resolved_channels(
    derivative: Expr, *, of: IndexedBase | None
) -> tuple[Expr, frozenset[Symbol]]:
    """Solve the deltas of image, group and channel; return the plane's derivative, letters fixed.

    Args:
        derivative: by one entry of an array.
        of: the array whose entries it sums, None for no array.
    """
    terms = [term for term in Add.make_args(derivative) if not _is_empty(term)]
    if len(terms) != 1:
        raise DerivationError(f"derivative must be one product or one sum, got {derivative}")
    (term,) = terms
    kept, fixed = [], set()
    for factor in Mul.make_args(term.function if isinstance(term, Sum) else term):
        if isinstance(factor, KroneckerDelta) and factor.has(*FREE_CHANNEL_INDEX):
            fixed |= _fixed(factor)
        elif isinstance(factor, Indexed) and factor.base == of:
            kept.append(of[factor.indices[2:]])
        else:
            kept.append(factor)
    product_left = Mul(*kept)
    if isinstance(term, Sum):
        limits = [limit for limit in term.limits if limit != CHANNEL_LIMITS[INPUT_CHANNEL]]
        product_left = Sum(product_left, *limits)
        if INPUT_CHANNEL not in fixed:
            raise DerivationError(f"derivative must fix the input channel, got {derivative}")
    if product_left.has(*FREE_CHANNELS, *FREE_CHANNELS.values()):
        raise DerivationError(f"derivative must depend on channels by deltas only: {derivative}")
    return product_left, frozenset(fixed)


def _is_empty(term: Expr) -> bool:
    return isinstance(term, Sum) and term.function == 0


def _fixed(delta: KroneckerDelta) -> set[Symbol]:
    """Return the letters that a delta fixes: each must equal its partner with the subscript 0.

    Where a channel is O_g*kappa + o with 0 <= o < O_g, quotient and remainder are unique, so both
    the group and the channel within it are fixed.
    """
    difference = (delta.args[0] - delta.args[1]).expand()
    parts = [difference]
    for size in (GROUP_OUTPUTS, GROUP_INPUTS):
        if difference.has(size):
            quotient = difference.coeff(size)
            parts = [quotient, (difference - size * quotient).expand()]
    fixed = {
        letter
        for part in parts
        for letter, partner in FREE_CHANNELS.items()
        if part in (letter - partner, partner - letter)
    }
    if len(fixed) != len(parts):
        raise DerivationError(f"delta must fix an image, a group or a channel, got {delta}")
    return fixed
