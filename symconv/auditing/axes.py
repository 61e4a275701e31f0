"""Axis: the sizes along one spatial axis of a convolution, and what meets what along it.

M[i, r, u] is 1 where output i reads input u through tap r, which is where

    i·t + r·d - lo  is u, or a padded cell that is a copy of u.

A transposed convolution is told of in the words of the convolution that it is the adjoint of: its
inputs are that one's outputs. Source: the definition of y[i,j]; independent of the loops of
`symconv.reference`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from symconv.auditing.arrays import Array
from symconv.auditing.question import Question
from symconv.padding import PaddingMode
from symconv.sizes import Shape

_RESULT_SIZE: Final = {"forward": "output", "grad_input": "input", "grad_weight": "kernel"}


@dataclass(frozen=True)
class Axis:
    """The sizes along one spatial axis: k, t, d, padding (lo, hi), input n, output g.

    Attributes:
        kernel: k.
        stride: t.
        dilation: d.
        before: lo; negative where cells are cut off.
        after: hi.
        input: n.
        output: g.
        mode: what the padding holds.
        flipped: whether the kernel is.
    """

    kernel: int
    stride: int
    dilation: int
    before: int
    after: int
    input: int
    output: int
    mode: PaddingMode = "zeros"
    flipped: bool = False

    @property
    def extent(self) -> int:
        """How many cells a window spans: d(k-1)+1."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def remainder(self) -> int:
        """How many padded cells lie behind the last window."""
        return (self.input + self.before + self.after - self.extent) % self.stride

    def indices(self) -> tuple[Array, Array, Array]:
        """Return i, r and u, shaped to be broadcast over (output, kernel, input)."""
        i, r, u = map(np.arange, (self.output, self.kernel, self.input))
        return i[:, np.newaxis, np.newaxis], r[:, np.newaxis], u

    def reads(self) -> Array:
        """Return the padded cell that output i reads through tap r, (output, kernel, 1).

        0 is the first cell of the input itself, so the cells added in front are negative.
        """
        i, r, _ = self.indices()
        tap = self.kernel - 1 - r if self.flipped else r
        cells: Array = i * self.stride + tap * self.dilation - self.before
        return cells

    def source(self, cell: Array) -> Array:
        """Return the input cell that a padded cell is, or is a copy of; else one out of range.

        Example:
            >>> import numpy as np
            >>> axis = Axis(3, 1, 1, 2, 2, input=4, output=6, mode="reflect")
            >>> axis.source(np.arange(-2, 6)).tolist()
            [2, 1, 0, 1, 2, 3, 2, 1]
        """
        last = self.input - 1
        sources: dict[PaddingMode, Array] = {
            "zeros": cell,
            "reflect": last - abs(last - abs(cell)),
            "replicate": np.clip(cell, 0, max(0, last)),
            "circular": cell % max(1, self.input),
        }
        return sources[self.mode]

    def copied(self) -> Array:
        """Return where a window reads a cell of the padding, (output, kernel, 1)."""
        cells = self.reads()
        outside: Array = (cells < 0) | (cells >= self.input)
        return outside

    def meetings(self) -> Array:
        """Return M, (output, kernel, input), of integers 0 and 1.

        Example:
            >>> Axis(2, 2, 1, 0, 0, input=4, output=2).meetings()[1].tolist()
            [[0, 0, 1, 0], [0, 0, 0, 1]]
        """
        return table(self.source(self.reads()) == np.arange(self.input))


def table(condition: Array) -> Array:
    """Return a truth value per (i, r, u) as integers 0 and 1."""
    return condition.astype(np.int64)


def resize(axis: Axis, **sizes: Any) -> Axis:
    """Return the axis with other fields, whose names may be data."""
    return replace(axis, **sizes)


def axes_of(question: Question, result_sizes: Shape | None = None) -> tuple[Axis, ...]:
    """Return the axes of a question, with other spatial sizes of its result if given."""
    case = question.case
    spec = case.concrete
    inputs, outputs = case.sizes, case.windows
    if spec.transposed:
        inputs, outputs = outputs, inputs
    axes = tuple(
        Axis(k, t, d, lo, hi, n, g, spec.padding_mode, spec.true_convolution)
        for k, t, d, (lo, hi), n, g in zip(
            spec.kernel_shape,
            spec.stride,
            spec.dilation,
            spec.padding_pairs,
            inputs,
            outputs,
            strict=True,
        )
    )
    if result_sizes is None:
        return axes
    size = _RESULT_SIZE[question.role]
    return tuple(resize(axis, **{size: n}) for axis, n in zip(axes, result_sizes, strict=True))
