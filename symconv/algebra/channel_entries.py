"""Every entry of a small batch written out: the plane's products with images and channels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, Final, NamedTuple

from symconv.algebra.derivation import Letters, WrittenOut
from symconv.sizes import Shape


class ChannelRead(NamedTuple):
    """An output channel that reads an input channel, which is number `inner` of the group."""

    output: int
    input: int
    inner: int


class Place:
    """An entry of the plane that remembers its index; a product of two is the pair of indices."""

    def __init__(self, index: Shape) -> None:
        self.index = index

    def __mul__(self, other: Place) -> tuple[Shape, Shape]:
        return self.index, other.index


class _Places:
    """An array of such entries."""

    def __getitem__(self, index: Shape) -> Place:
        return Place(index)


def _listed(*terms: Any) -> tuple[Any, ...]:
    return terms


PLACES: Final = Letters(x=_Places(), w=_Places(), dy=_Places(), b=None, add=_listed)


def written_batch(
    places: WrittenOut, reads: Sequence[ChannelRead], *, images: int, letters: Letters
) -> WrittenOut:
    """Return every entry of y and of the gradients.

    Args:
        places: the plane written out with PLACES: each entry is the tuple of its products.
        reads: which output channel reads which input channel.
        images: N.
        letters: what stands for the entries; b is looked up by (o,).

    Returns:
        The entries by (n, o, i, j), (n, c, u, v), (o, c, r, s); grad_bias by (o,).
    """
    x, w, dy, b, add = letters.x, letters.w, letters.dy, letters.b, letters.add
    output: dict[Shape, list[Any]] = {}
    grad_input: dict[Shape, list[Any]] = {}
    grad_weight: dict[Shape, list[Any]] = {}
    grad_bias: dict[Shape, list[Any]] = {}
    for n, o in product(range(images), dict.fromkeys(read.output for read in reads)):
        output |= {(n, o, *at): [b[(o,)]] for at in places.output}
        grad_bias.setdefault((o,), []).extend(dy[n, o, *at.index] for at in places.grad_bias)
    for n, (o, c, inner) in product(range(images), reads):
        for at, (_, *pairs) in places.output.items():
            output[n, o, *at] += [x[n, c, *u] * w[o, inner, *r] for u, r in pairs]
        for at, pairs in places.grad_input.items():
            terms = grad_input.setdefault((n, c, *at), [])
            terms += [dy[n, o, *i] * w[o, inner, *r] for i, r in pairs]
        for at, pairs in places.grad_weight.items():
            terms = grad_weight.setdefault((o, inner, *at), [])
            terms += [dy[n, o, *i] * x[n, c, *u] for i, u in pairs]
    return WrittenOut(
        output={at: add(*terms) for at, terms in output.items()},
        grad_input={at: add(*terms) for at, terms in grad_input.items()},
        grad_weight={at: add(*terms) for at, terms in grad_weight.items()},
        grad_bias={at: add(*terms) for at, terms in grad_bias.items()},
    )
