"""The receptive field of a stack of layers, unrolled: what every layer adds to it.

Layer l has kernel k(l), stride s(l) and dilation d(l); r(l) cells of the input of the first layer
are read by one output of layer l, and neighbouring outputs are j(l) cells apart:

    r(l) = r(l-1) + d(l) (k(l) - 1) j(l-1),    j(l) = j(l-1) s(l),    r = j = 1 before all layers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from symconv.formula.tree import Expression
from symconv.verification.truth.algebra import ONE, plus, times

Layered: TypeAlias = Callable[[int], Expression]


@dataclass(frozen=True)
class Stack:
    """Layers, numbered from `first`.

    Attributes:
        reach: d(l) (k(l) - 1) of a layer.
        stride: s(l) of a layer.
        first: the number of the first layer, 0 or 1.
    """

    reach: Layered
    stride: Layered
    first: int = 1

    def jump(self, layer: int) -> Expression:
        """Return how far apart neighbouring outputs of a layer are, in cells of the input."""
        return times(*(self.stride(own) for own in range(self.first, layer + 1)))

    def field(self, layer: int) -> Expression:
        """Return how many cells of the input one output of a layer reads."""
        layers = range(self.first, layer + 1)
        return plus(ONE, *(times(self.reach(own), self.jump(own - 1)) for own in layers))


def growing(reach: Expression, base: Expression, blocks: int, layers: int) -> Expression:
    """Return the receptive field of blocks of some layers, of stride 1 and dilation base^block."""
    grown = [times(reach, *[base] * block) for block in range(blocks) for _ in range(layers)]
    return plus(ONE, *grown)
