"""Small integers for the letters of a derivation, for worked examples and their results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sympy import Basic, Expr, Indexed, IndexedBase, Integer, Mul

from symconv import reference
from symconv.algebra.symbols import DY, XP, W, X
from symconv.document.notation import DXP, NumberProduct
from symconv.document.scene import Scene
from symconv.errors import DerivationError
from symconv.sizes import Shape

BIAS = 1


@dataclass(frozen=True)
class Results:
    """What the convolution of the example and its gradients are, as integer arrays."""

    output: Any
    grad_input: Any
    grad_weight: Any


@dataclass(frozen=True)
class Numbers:
    """Integer arrays in the place of x, w and dy, and the bias.

    Where padding is copied, x is padded here as a piecewise index map, the way it is displayed.
    """

    scene: Scene
    x: Any
    w: Any
    dy: Any
    b: int = BIAS

    def value(self, entry: Basic) -> int:
        """Return the number that x[...], w[...], dy[...] or the bias stands for."""
        if isinstance(entry, Indexed):
            index = tuple(map(int, entry.indices))
            if entry.base == XP:
                return int(self.x[self._source(index)])
            if entry.base == DXP:
                return int(self.total(self.scene.cell_terms(index)))
            return int({X: self.x, W: self.w, DY: self.dy}[entry.base][index])
        return int(entry) if entry.is_Integer else self.b

    def padded(self, base: IndexedBase) -> Any:
        """Return X or de/dX as an array, its first entry that of the first padded cell."""
        entries = [self.value(base[cell]) for cell in self.scene.cells]
        return np.array(entries).reshape([len(cells) for cells in self.scene.cell_ranges])

    def products(self, terms: Sequence[Expr]) -> list[Basic]:
        """Return the terms with numbers in the place of letters, not multiplied out."""
        return [self._product(term) for term in terms]

    def total(self, terms: Sequence[Expr]) -> Integer:
        """Return the sum of the terms."""
        return Integer(sum(self._multiplied(term) for term in terms))

    def results(self) -> Results:
        """Return all results, computed by the definition and compared with the formulas.

        Raises:
            DerivationError: they differ.
        """
        scene, shape, spec = self.scene, self.scene.input_shape, self.scene.spec.plane
        found = Results(
            output=reference.forward(spec, self.x, self.w, np.int64(self.b)),
            grad_input=reference.grad_input(spec, self.dy, self.w, shape),
            grad_weight=reference.grad_weight(spec, self.dy, self.x),
        )
        at_windows = {window: scene.window_terms(window) for window in scene.windows}
        at_cells = {cell: scene.cell_terms(cell) for cell in scene.cells}
        if scene.copied:
            at_cells = {cell: scene.copies_of(cell) for cell in scene.inputs}
        forward, back = (at_cells, at_windows) if spec.transposed else (at_windows, at_cells)
        self._compare("y", found.output, forward, self.b)
        self._compare("dx", found.grad_input, back)
        taps = scene.derivation.taps
        self._compare("dw", found.grad_weight, {tap: scene.tap_terms(tap) for tap in taps})
        return found

    def _source(self, cell: Shape) -> Shape:
        table, shape = self.scene.derivation.phases, self.scene.input_shape
        source = table.source(cell, input_shape=shape)
        if source is None:
            raise DerivationError(f"X{cell} must be a copy of an input cell of {shape}")
        return source

    def _compare(
        self, name: str, array: Any, terms: Mapping[Shape, Sequence[Expr]], plus: int = 0
    ) -> None:
        for index, entry in terms.items():
            if int(array[index]) != int(self.total(entry)) + plus:
                raise DerivationError(
                    f"{name}{index} of the example must be {array[index]}, got {self.total(entry)}"
                )

    def _product(self, term: Expr) -> Basic:
        factors = [self.value(factor) for factor in Mul.make_args(term)]
        return NumberProduct(*factors) if len(factors) > 1 else Integer(factors[0])

    def _multiplied(self, term: Expr) -> int:
        product = 1
        for factor in Mul.make_args(term):
            product *= self.value(factor)
        return product


def numbers_for(scene: Scene) -> Numbers:
    """Return small integers for an image, the same ones for the same sizes."""
    return Numbers(
        scene,
        x=_pattern(scene.input_shape, steps=(3, 2, 1), span=7),
        w=_pattern(scene.spec.kernel_shape, steps=(2, 3, 1), span=5),
        dy=_pattern(scene.output_shape, steps=(2, 1, 3), span=5, start=3),
    )


def _pattern(shape: Shape, *, steps: Sequence[int], span: int, start: int = 1) -> Any:
    """Return integers between -(span // 2) and span // 2 that change along every axis."""
    places = np.indices(shape)
    count = sum(step * place for step, place in zip(steps, places, strict=False))
    return (count + start) % span - span // 2
