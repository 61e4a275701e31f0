"""Every entry of a small batch written out: the plane's products with images and channels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, Final, NamedTuple

from symconv.algebra.derivation import Letters, WrittenOut
from symconv.sizes import Shape


class ChannelRead(NamedTuple):
    """An output channel that reads an input channel, weighed by w[weight] at each tap."""

    output: int
    input: int
    weight: tuple[int, int]


class Place:
    """An entry of the plane that remembers where it is; a product of two knows both places."""

    def __init__(self, array: str, index: Shape) -> None:
        self.array, self.index = array, index

    def __mul__(self, other: Place) -> dict[str, Shape]:
        return {self.array: self.index, other.array: other.index}


class _Places:
    """An array of such entries."""

    def __init__(self, array: str) -> None:
        self.array = array

    def __getitem__(self, index: Shape) -> Place:
        return Place(self.array, index)


def _listed(*terms: Any) -> tuple[Any, ...]:
    return terms


PLACES: Final = Letters(x=_Places("x"), w=_Places("w"), dy=_Places("dy"), b=None, add=_listed)


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
        The entries by (n, o, ...), (n, c, ...), and (o, c, r, s), transposed (c, o, r, s);
        grad_bias by (o,).
    """
    x, w, dy, b, add = letters.x, letters.w, letters.dy, letters.b, letters.add
    output: dict[Shape, list[Any]] = {}
    grad_input: dict[Shape, list[Any]] = {}
    grad_weight: dict[Shape, list[Any]] = {}
    grad_bias: dict[Shape, list[Any]] = {}
    for n, o in product(range(images), dict.fromkeys(read.output for read in reads)):
        output |= {(n, o, *at): [b[(o,)]] for at in places.output}
        grad_bias.setdefault((o,), []).extend(dy[n, o, *at.index] for at in places.grad_bias)
    for n, (o, c, weight) in product(range(images), reads):
        for at, (_, *pairs) in places.output.items():
            output[n, o, *at] += [x[n, c, *on["x"]] * w[*weight, *on["w"]] for on in pairs]
        for at, pairs in places.grad_input.items():
            terms = grad_input.setdefault((n, c, *at), [])
            terms += [dy[n, o, *on["dy"]] * w[*weight, *on["w"]] for on in pairs]
        for at, pairs in places.grad_weight.items():
            terms = grad_weight.setdefault((*weight, *at), [])
            terms += [dy[n, o, *on["dy"]] * x[n, c, *on["x"]] for on in pairs]
    return WrittenOut(
        output={at: add(*terms) for at, terms in output.items()},
        grad_input={at: add(*terms) for at, terms in grad_input.items()},
        grad_weight={at: add(*terms) for at, terms in grad_weight.items()},
        grad_bias={at: add(*terms) for at, terms in grad_bias.items()},
    )
