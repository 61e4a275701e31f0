"""Convolution as what meets what: the form in which faults are easy to say.

Along one axis, M[i, r, u] is 1 where output i reads input u through tap r, which is where
i·t + r·d = u + lo; along the channels, C[o, k, c] is 1 where output channel o reads input channel c
through weight channel k. All operations are one sum over these tables,

    y[n,o,i]  = Σ C[o,k,c] M[i,r,u] x[n,c,u] w[o,k,r]        forward
    dx[n,c,u] = Σ C[o,k,c] M[i,r,u] dy[n,o,i] w[o,k,r]       grad_input
    dw[o,k,r] = Σ C[o,k,c] M[i,r,u] dy[n,o,i] x[n,c,u]       grad_weight

with one M per spatial axis. A kernel with a fault has other tables, in all operations alike.
Source: the definition of y[i,j]; independent of the loops of `symconv.reference`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from symconv.sizes import Shape
from symconv.verification.audit.arrays import Array
from symconv.verification.audit.question import Question

_AXES: Final = ("iru", "jsv", "ltz")  # output, tap and input along each axis
_FACTORS: Final = {
    "forward": ("input", "weight"),
    "grad_input": ("grad_output", "weight"),
    "grad_weight": ("grad_output", "input"),
}
_RESULT_SIZE: Final = {"forward": "output", "grad_input": "input", "grad_weight": "kernel"}


@dataclass(frozen=True)
class Axis:
    """The sizes along one spatial axis: k, t, d, padding (lo, hi), input n, output g."""

    kernel: int
    stride: int
    dilation: int
    before: int
    after: int
    input: int
    output: int

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

    def meetings(self) -> Array:
        """Return M, (output, kernel, input), of integers 0 and 1.

        Example:
            >>> Axis(2, 2, 1, 0, 0, input=4, output=2).meetings()[1].tolist()
            [[0, 0, 1, 0], [0, 0, 0, 1]]
        """
        i, r, u = self.indices()
        return table(i * self.stride + r * self.dilation == u + self.before)


def table(condition: Array) -> Array:
    """Return a truth value per (i, r, u) as integers 0 and 1."""
    return condition.astype(np.int64)


def axes_of(question: Question, result_sizes: Shape | None = None) -> tuple[Axis, ...]:
    """Return the axes of a question, with other spatial sizes of its result if given."""
    case = question.case
    spec = case.concrete
    axes = tuple(
        Axis(k, t, d, lo, hi, n, g)
        for k, t, d, (lo, hi), n, g in zip(
            spec.kernel_shape,
            spec.stride,
            spec.dilation,
            spec.padding_pairs,
            case.sizes,
            case.windows,
            strict=True,
        )
    )
    if result_sizes is None:
        return axes
    size = _RESULT_SIZE[question.operation]
    return tuple(replace(axis, **{size: n}) for axis, n in zip(axes, result_sizes, strict=True))


def channel_table(question: Question) -> Array:
    """Return C, (C_out, C_in/groups, C_in), of integers 0 and 1: groups are blocks of channels."""
    case = question.case
    groups, outputs, inputs = case.spec.groups, case.out_channels, case.in_channels
    o, k, c = np.ogrid[:outputs, : inputs // groups, :inputs]
    return table(o // (outputs // groups) * (inputs // groups) + k == c)


def result_of(
    question: Question,
    tables: Sequence[Array],
    *,
    channels: Array | None = None,
    arrays: Mapping[str, Array] | None = None,
) -> Array:
    """Return what an operation with these tables makes of a question, shaped as its layout.

    Args:
        question: any operation but grad_bias, which nothing meets in.
        tables: M of every axis, (out, k, in).
        channels: C, by default that of the groups.
        arrays: other arrays than the question's.

    Example:
        >>> from symconv.spec import ConvSpec
        >>> from symconv.verification.audit.case import Case
        >>> from symconv.verification.audit.question import dense
        >>> question = dense("grad_input", Case(ConvSpec(kernel_shape=(3, 2), stride=2), (6, 7)))
        >>> right = result_of(question, [axis.meetings() for axis in axes_of(question)])
        >>> (right == question.expected).all()
        np.True_
    """
    arrays = question.arrays if arrays is None else arrays
    planar = question.case.layout == "plane"
    channels = channel_table(question) if channels is None else channels
    first, second = (
        arrays[name][np.newaxis, np.newaxis] if planar else arrays[name]
        for name in _FACTORS[question.operation]
    )
    result = _COMBINED[question.operation](first, second, channels, tables)
    if question.operation == "forward":
        result = result + arrays["bias"].reshape((-1, *(1,) * len(tables)))
    return np.asarray(result[0, 0] if planar else result)


def _forward(x: Array, w: Array, channels: Array, tables: Sequence[Array]) -> Array:
    i, r, u = _letters(tables)
    taps, met = _spread(x, f"nc{u}", tables, gone=2)
    weight = np.einsum(f"ok{r},okc->oc{r}", w, channels)
    return np.asarray(np.einsum(f"{met},oc{r}->no{i}", taps, weight))


def _grad_input(dy: Array, w: Array, channels: Array, tables: Sequence[Array]) -> Array:
    i, r, u = _letters(tables)
    taps, met = _spread(dy, f"no{i}", tables, gone=0)
    weight = np.einsum(f"ok{r},okc->oc{r}", w, channels)
    return np.asarray(np.einsum(f"{met},oc{r}->nc{u}", taps, weight))


def _grad_weight(dy: Array, x: Array, channels: Array, tables: Sequence[Array]) -> Array:
    i, r, u = _letters(tables)
    taps, met = _spread(x, f"nc{u}", tables, gone=2)
    grad = np.einsum(f"{met},no{i}->oc{r}", taps, dy)
    return np.asarray(np.einsum(f"oc{r},okc->ok{r}", grad, channels))


_COMBINED: Final = {
    "forward": _forward,
    "grad_input": _grad_input,
    "grad_weight": _grad_weight,
}


def _letters(tables: Sequence[Array]) -> tuple[str, ...]:
    """Return the letters of the outputs, of the taps and of the inputs, one per axis."""
    return tuple("".join(letters) for letters in zip(*_AXES[: len(tables)], strict=True))


def _spread(array: Array, letters: str, tables: Sequence[Array], *, gone: int) -> tuple[Array, str]:
    """Return an array summed with each table over its output (gone=0) or its input (gone=2).

    Also returns the letters of the axes: in the place of the one gone are the two others.
    """
    for table_of_axis, axis in zip(tables, _AXES, strict=False):
        after = letters.replace(axis[gone], axis[:gone] + axis[gone + 1 :])
        array = np.einsum(f"{letters},{axis}->{after}", array, table_of_axis)
        letters = after
    return array, letters
