"""Shapes of inputs and outputs, each computed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from symconv.sizes import Shape
from symconv.spec import ConvSpec

KEPT: Final = 256


@dataclass(frozen=True)
class Windows:
    """How many windows fit into an input.

    Attributes:
        axes: (padding less extent, stride) per axis: floor((n + room) / stride) + 1 windows.
        outputs: output shapes found so far, by input shape.
        inputs: smallest input shapes found so far, by output shape.
    """

    axes: tuple[tuple[int, int], ...]
    outputs: dict[Shape, Shape] = field(default_factory=dict)
    inputs: dict[Shape, Shape] = field(default_factory=dict)

    def output_shape(self, input_shape: Sequence[int]) -> Shape:
        """Return the number of windows along each axis; 0 where none fits."""
        shape = tuple(input_shape)
        found = tuple(
            max(0, (size + room) // stride + 1)
            for size, (room, stride) in zip(shape, self.axes, strict=True)
        )
        _keep(self.outputs, shape, found)
        return found

    def input_shape(self, output_shape: Sequence[int]) -> Shape:
        """Return the smallest input that has so many windows."""
        shape = tuple(output_shape)
        found = tuple(
            max(0, (size - 1) * stride - room) if size else 0
            for size, (room, stride) in zip(shape, self.axes, strict=True)
        )
        _keep(self.inputs, shape, found)
        return found


def windows_of(spec: ConvSpec) -> Windows:
    """Return the windows of a spec whose padding does not depend on the input."""
    pairs = zip(spec.padding_pairs, spec.extent, spec.stride, strict=True)
    return Windows(tuple((lo + hi - extent, stride) for (lo, hi), extent, stride in pairs))


def _keep(known: dict[Shape, Shape], shape: Shape, found: Shape) -> None:
    """Keep a shape, and forget all where there are many."""
    if len(known) >= KEPT:
        known.clear()
    known[shape] = found
