"""Shapes of inputs and outputs, each computed once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from symconv.sizes import Shape
from symconv.spec import ConvSpec

KEPT: Final = 4096


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

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the number of windows along each axis; 0 where none fits.

        Empty if the input has another number of axes.
        """
        found = self.outputs.get(input_shape)
        if found is None:
            found = self._counted(input_shape)
            _keep(self.outputs, input_shape, found)
        return found

    def input_shape(self, output_shape: Shape) -> Shape:
        """Return the smallest input that has so many windows; empty for other axes."""
        found = self.inputs.get(output_shape)
        if found is None:
            found = self._smallest(output_shape)
            _keep(self.inputs, output_shape, found)
        return found

    def _counted(self, shape: Shape) -> Shape:
        if len(shape) != len(self.axes):
            return ()
        sizes = zip(shape, self.axes, strict=True)
        return tuple(max(0, (size + room) // stride + 1) for size, (room, stride) in sizes)

    def _smallest(self, shape: Shape) -> Shape:
        if len(shape) != len(self.axes):
            return ()
        sizes = zip(shape, self.axes, strict=True)
        return tuple(
            max(0, (size - 1) * stride - room) if size else 0 for size, (room, stride) in sizes
        )


def windows_of(spec: ConvSpec) -> Windows:
    """Return the windows of a spec whose padding does not depend on the input."""
    pairs = zip(spec.padding_pairs, spec.extent, spec.stride, strict=True)
    return Windows(tuple((lo + hi - extent, stride) for (lo, hi), extent, stride in pairs))


def _keep(known: dict[Shape, Shape], shape: Shape, found: Shape) -> None:
    """Keep a shape, and forget all where there are many."""
    if len(known) >= KEPT:
        known.clear()
    known[shape] = found
