"""Conventions of operators in words."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.verification.questions.operators.conventions import (
    Convention,
    printed,
)
from symconv.verification.reading.operators.priors import INPUT
from symconv.verification.reading.operators.sketches import (
    Sketch,
    Star,
    Stretched,
    within,
)


def stars_of(sides: Sequence[Sketch]) -> list[Star]:
    """Return all signs and functions that convolve."""
    return [part for side in sides for part in within(side) if isinstance(part, Star)]


def is_strided(sides: Sequence[Sketch]) -> bool:
    """Return whether zeros are put between entries, a stride apart."""
    return any(isinstance(part, Stretched) for side in sides for part in within(side))


def stride_of(sides: Sequence[Sketch]) -> str:
    """Return which strides a claim is about."""
    free = any(star.swapped or star.strided for star in stars_of(sides))
    return "every stride" if is_strided(sides) or free else "stride 1"


def listed(signs: Sequence[str]) -> str:
    """Return some signs as they are printed."""
    return " and ".join(map(printed, signs)) or "it"


def kind_of(flips: bool) -> str:
    """Return what turns the kernel round, or does not."""
    return "a true convolution" if flips else "a cross-correlation"


def sense_in_words(
    truths: set[tuple[tuple[bool, ...], bool]],
    convention: Convention,
    signs: Sequence[str],
    *,
    forward: bool,
) -> str:
    """Return under which senses of its signs a claim is right."""
    flips, turned = senses_of(convention)
    if len(signs) == 1 and forward:
        both = {((False,), False), ((True,), True)}
        sign = printed(signs[0])
        if both <= truths:
            return f"{sign} is the operation of the forward pass, with the same sense of rotation"
        if flips[0] == turned:
            return f"{sign} is {kind_of(flips[0])}, in the forward pass too"
        return f"{sign} is {kind_of(flips[0])} and the forward pass is {kind_of(turned)}"
    if not signs:
        return f"the forward pass is {kind_of(turned)}"
    parts = [f"{printed(sign)} is {kind_of(flip)}" for sign, flip in zip(signs, flips, strict=True)]
    return " and ".join(parts)


def slides_in_words(convention: Convention, by: str | None) -> str:
    """Return which operand of a cross-correlation slides."""
    usual = "the kernel slides" if by == INPUT else "the smaller operand slides over the larger one"
    return {
        "kernel": usual,
        "right": "the operand on the right slides",
        "left": "the operand on the left slides",
    }[convention.slides]


def mode_in_words(mode: str) -> str:
    """Return which positions are kept."""
    return {
        "full": "every position at which the operands overlap (full, zeros of kernel size - 1)",
        "valid": "the positions at which they overlap wholly (valid)",
        "same": "as many positions as the signal has (same, odd kernels)",
    }[mode]


def senses_of(convention: Convention) -> tuple[tuple[bool, ...], bool]:
    """Return what each sign is, and the forward pass."""
    return tuple(flips for _, flips in convention.flips), convention.forward
