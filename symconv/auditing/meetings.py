"""Convolution as what meets what: the form in which faults are easy to say.

Along one axis, M[i, r, u] is 1 where output i reads input u through tap r (`axes`); along the
channels, C[o, k, c] is 1 where output channel o reads input channel c through weight channel k. All
operations are one sum over these tables,

    y[n,o,i]  = Σ C[o,k,c] M[i,r,u] x[n,c,u] w[o,k,r]        forward
    dx[n,c,u] = Σ C[o,k,c] M[i,r,u] dy[n,o,i] w[o,k,r]       grad_input
    dw[o,k,r] = Σ C[o,k,c] M[i,r,u] dy[n,o,i] x[n,c,u]       grad_weight

with one M per spatial axis. A kernel with a fault has other tables, in all operations alike. The
operations of a transposed convolution are the same sums in other roles: its forward is the
grad_input of its adjoint, with x in the place of dy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from symconv.auditing.arrays import Array
from symconv.auditing.axes import table
from symconv.auditing.question import Question

_AXES: Final = ("iru", "jsv", "ltz")  # output, tap and input along each axis
_FACTORS: Final = {
    "forward": ("input", "weight"),
    "grad_input": ("grad_output", "weight"),
    "grad_weight": ("grad_output", "input"),
}
_ADJOINT: Final = {"input": "grad_output", "grad_output": "input", "weight": "weight"}


def channel_table(question: Question) -> Array:
    """Return C, (C_out, C_in/groups, C_in), of integers 0 and 1: groups are blocks of channels."""
    groups, (outputs, inputs) = question.case.spec.groups, channels_of(question)
    o, k, c = np.ogrid[:outputs, : inputs // groups, :inputs]
    return table(o // (outputs // groups) * (inputs // groups) + k == c)


def channels_of(question: Question) -> tuple[int, int]:
    """Return the numbers of output and of input channels of the convolution, or of its adjoint."""
    case = question.case
    counts = (case.out_channels, case.in_channels)
    return counts[::-1] if case.spec.transposed else counts


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
        >>> from symconv.auditing.axes import axes_of
        >>> from symconv.auditing.case import Case
        >>> from symconv.auditing.question import dense
        >>> question = dense("grad_input", Case(ConvSpec(kernel_shape=(3, 2), stride=2), (6, 7)))
        >>> right = result_of(question, [axis.meetings() for axis in axes_of(question)])
        >>> (right == question.expected).all()
        np.True_
    """
    arrays = question.arrays if arrays is None else arrays
    planar, transposed = question.case.layout == "plane", question.case.spec.transposed
    channels = channel_table(question) if channels is None else channels
    names = [_ADJOINT[n] if transposed else n for n in _FACTORS[question.role]]
    first, second = (arrays[n][np.newaxis, np.newaxis] if planar else arrays[n] for n in names)
    result = _COMBINED[question.role](first, second, channels, tables)
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
