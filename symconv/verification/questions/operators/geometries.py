"""Convolutions of one axis with every small stride, dilation and padding, as rows of products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product as product_of

from symconv.verification.reading.operators.names import Named
from symconv.verification.truth.operator_arrays import Polynomial, added


@dataclass(frozen=True)
class Product:
    """matrix · vector, multiplied out.

    Attributes:
        entries: one polynomial for each row.
        matrix, vector: the arrays in each, by their keys.
        names: key -> array.
        sizes: key -> how many entries it has; places count from 0.
    """

    entries: tuple[Polynomial, ...]
    matrix: tuple[str, ...]
    vector: tuple[str, ...]
    names: Mapping[str, Named]
    sizes: Mapping[str, int]


@dataclass(frozen=True)
class Geometry:
    """Output i reads input i stride + r dilation - before through tap r, or the mirrored tap."""

    stride: int
    dilation: int
    before: int
    flips: bool

    def __str__(self) -> str:
        sizes = [
            (self.stride != 1, f"stride {self.stride}"),
            (self.dilation != 1, f"dilation {self.dilation}"),
            (self.before != 0, f"padding {self.before} before"),
        ]
        return ", ".join([f"a {kind_of(self.flips)}", *(text for told, text in sizes if told)])

    def _tap(self, tap: int, taps: int) -> int:
        return taps - 1 - tap if self.flips else tap

    def _sum(self, product: Product, pairs: Iterator[tuple[str, int, str, int]]) -> Polynomial:
        total: Polynomial = {}
        for one, place, other, tap in pairs:
            if 0 <= place < product.sizes[one] and 0 <= tap < product.sizes[other]:
                total = added(total, {tuple(sorted(((one, (place,)), (other, (tap,))))): 1})
        return total

    def forward(self, product: Product, signal: str, kernel: str) -> tuple[Polynomial, ...]:
        """Return the outputs: entry i."""
        taps = product.sizes[kernel]
        return tuple(
            self._sum(
                product,
                (
                    (signal, i * self.stride + r * self.dilation - self.before, kernel,
                     self._tap(r, taps))
                    for r in range(taps)
                ),
            )
            for i in range(len(product.entries))
        )  # fmt: skip

    def backward(self, product: Product, upstream: str, kernel: str) -> tuple[Polynomial, ...]:
        """Return the gradients of the inputs: entry u meets all i, r that read it."""
        taps = product.sizes[kernel]
        return tuple(
            self._sum(
                product,
                (
                    (upstream, i, kernel, self._tap(r, taps))
                    for i in range(product.sizes[upstream])
                    for r in range(taps)
                    if i * self.stride + r * self.dilation - self.before == u
                ),
            )
            for u in range(len(product.entries))
        )

    def by_tap(self, product: Product, signal: str, upstream: str) -> tuple[Polynomial, ...]:
        """Return the gradients of the taps: entry r."""
        taps = len(product.entries)
        return tuple(
            self._sum(
                product,
                (
                    (signal, i * self.stride + self._tap(r, taps) * self.dilation - self.before,
                     upstream, i)
                    for i in range(product.sizes[upstream])
                ),
            )
            for r in range(taps)
        )  # fmt: skip


def geometries(taps: int) -> Iterator[Geometry]:
    """Yield geometries, the plain ones first."""
    for stride, dilation in product_of(range(1, 5), range(1, 4)):
        for before, flips in product_of(range(taps * dilation + 1), (False, True)):
            yield Geometry(stride, dilation, before, flips)


def circular(
    product: Product, signal: str, kernel: str, start: int, *, flips: bool
) -> tuple[Polynomial, ...] | None:
    """Return the circular convolution from a start on; None if sizes differ."""
    size, taps = product.sizes[signal], product.sizes[kernel]
    if size != len(product.entries):
        return None
    rows = []
    for place in range(size):
        total: Polynomial = {}
        for tap in range(taps):
            cell = (start + place + (-tap if flips else tap)) % size
            total = added(total, {tuple(sorted(((signal, (cell,)), (kernel, (tap,))))): 1})
        rows.append(total)
    return tuple(rows)


def kind_of(flips: bool) -> str:
    """Return the sense of rotation in words."""
    return "true convolution" if flips else "cross-correlation"
