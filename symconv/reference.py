"""The generic convolution and its gradients in plain NumPy, one window at a time.

The definition, spelled for every ConvSpec in both layouts, and the standard that specialised
kernels are measured against. Shapes, with the spatial axes written (*in), (*k), (*out):

    plane    input (*in), weight (*k), bias (), grad_output (*out)
    batched  input (N, C_in, *in), weight (C_out, C_in/groups, *k), bias (C_out,),
             grad_output (N, C_out, *out)

The number of axes tells the layouts apart. The result has the common dtype of the operands;
integers stay exact, and object arrays work. Source: the definition of y[i,j]; grad_input is the
scatter operation f of the article, D[it:it+p, jt:jt+q] += dy[i,j] * W, run over all windows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.errors import SpecError
from symconv.sizes import Shape
from symconv.spec import ConvSpec

Array: TypeAlias = npt.NDArray[Any]
Index: TypeAlias = tuple[Any, ...]  # an ellipsis, then one integer or slice per spatial axis


def forward(
    spec: ConvSpec, input: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike | None = None
) -> Array:
    """Return y, every window of the input weighed by the kernel, plus the bias.

    Args:
        spec: the sizes.
        input: x, (*in) or (N, C_in, *in).
        weight: w, (*k) or (C_out, C_in/groups, *k).
        bias: b, () or (C_out,); None for none.

    Returns:
        y, (*out) or (N, C_out, *out).

    Raises:
        SpecError: a shape breaks a rule.
    """
    x, w = _operands(input=input, weight=weight)
    planar = _is_plane(spec, input=x, weight=w)
    x, w = _batched(x, planar=planar), _batched(w, planar=planar)
    _check_weight(spec, w, channels=x.shape[1])
    spec = spec.at(x.shape[2:])
    output_shape = spec.output_shape(x.shape[2:])
    padded = _pad(spec, x)
    y = np.empty((x.shape[0], spec.groups, w.shape[0] // spec.groups, *output_shape), x.dtype)
    matrix = _by_group(w, groups=spec.groups)
    for output, window in _windows(spec, output_shape):
        y[output] = np.einsum("ngt,got->ngo", _taps(spec, padded, window), matrix)
    y = y.reshape((x.shape[0], w.shape[0], *output_shape))
    if bias is not None:
        b = np.asarray(bias)
        if b.shape != (() if planar else (w.shape[0],)):
            raise SpecError(
                f"bias must have shape {'()' if planar else (w.shape[0],)}, got {b.shape}"
            )
        y = y + b.reshape((-1, *(1,) * spec.axes))
    return y[0, 0] if planar else y


def grad_input(
    spec: ConvSpec,
    grad_output: npt.ArrayLike,
    weight: npt.ArrayLike,
    input_shape: Sequence[int] | None = None,
) -> Array:
    """Return de/dx: every window adds its upstream gradient times the kernel (operation f).

    Args:
        spec: the sizes.
        grad_output: de/dy, (*out) or (N, C_out, *out).
        weight: w, (*k) or (C_out, C_in/groups, *k).
        input_shape: the full shape of x; by default the smallest input that gives this output.

    Returns:
        de/dx, (*in) or (N, C_in, *in); inputs that no window reads are 0.

    Raises:
        SpecError: a shape breaks a rule.
    """
    dy, w = _operands(grad_output=grad_output, weight=weight)
    planar = _is_plane(spec, grad_output=dy, weight=w)
    dy, w = _batched(dy, planar=planar), _batched(w, planar=planar)
    shape = _input_shape(spec, dy, w, input_shape, planar=planar)
    _check_weight(spec, w, channels=shape[1])
    spec = spec.at(shape[2:])
    _check_grad_output(spec, dy, shape, outputs=w.shape[0])
    grad = np.zeros(_padded_shape(spec, shape), dy.dtype)
    matrix = _by_group(w, groups=spec.groups)
    by_group = _channels_by_group(dy, groups=spec.groups)
    for output, window in _windows(spec, dy.shape[2:]):
        scattered = np.einsum("ngo,got->ngt", by_group[output], matrix)
        view = grad[window]
        view += scattered.reshape(view.shape)
    grad = grad[_crop(spec, shape[2:])]
    return grad[0, 0] if planar else grad


def grad_weight(spec: ConvSpec, grad_output: npt.ArrayLike, input: npt.ArrayLike) -> Array:
    """Return de/dw: every window adds its upstream gradient times the input it reads.

    Args:
        spec: the sizes.
        grad_output: de/dy, (*out) or (N, C_out, *out).
        input: x, (*in) or (N, C_in, *in).

    Returns:
        de/dw, (*k) or (C_out, C_in/groups, *k).

    Raises:
        SpecError: a shape breaks a rule.
    """
    dy, x = _operands(grad_output=grad_output, input=input)
    planar = _is_plane(spec, grad_output=dy, input=x)
    dy, x = _batched(dy, planar=planar), _batched(x, planar=planar)
    outputs, channels = dy.shape[1], x.shape[1]
    _check_groups(spec, outputs=outputs, channels=channels)
    spec = spec.at(x.shape[2:])
    _check_grad_output(spec, dy, x.shape, outputs=outputs)
    padded = _pad(spec, x)
    groups = spec.groups
    entries = channels // groups * prod(spec.kernel_shape)
    grad = np.zeros((groups, outputs // groups, entries), x.dtype)
    by_group = _channels_by_group(dy, groups=groups)
    for output, window in _windows(spec, dy.shape[2:]):
        grad += np.einsum("ngo,ngt->got", by_group[output], _taps(spec, padded, window))
    grad = grad.reshape((outputs, channels // groups, *spec.kernel_shape))
    return grad[0, 0] if planar else grad


def grad_bias(spec: ConvSpec, grad_output: npt.ArrayLike) -> Array:
    """Return de/db, the sum of de/dy over the outputs (and the batch).

    Args:
        spec: the sizes; its number of axes tells the layout.
        grad_output: de/dy, (*out) or (N, C_out, *out).

    Returns:
        de/db, () or (C_out,).

    Raises:
        SpecError: grad_output has a wrong number of axes.
    """
    (dy,) = _operands(grad_output=grad_output)
    planar = _is_plane(spec, grad_output=dy)
    axes = None if planar else (0, *range(2, dy.ndim))
    return np.asarray(dy.sum(axis=axes, dtype=dy.dtype), dtype=dy.dtype)


def _operands(**arrays: npt.ArrayLike) -> list[Array]:
    """Return the operands as arrays of their common dtype."""
    operands = [np.asarray(array) for array in arrays.values()]
    dtype = np.result_type(*operands)
    return [operand.astype(dtype, copy=False) for operand in operands]


def _is_plane(spec: ConvSpec, **arrays: Array) -> bool:
    """Return whether the operands are planes; all of them must have the same layout."""
    for name, array in arrays.items():
        if array.ndim not in (spec.axes, spec.axes + 2):
            raise SpecError(
                f"{name} must have {spec.axes} axes (plane) or {spec.axes + 2} (batched), "
                f"got shape {array.shape}"
            )
    ranks = {array.ndim for array in arrays.values()}
    if len(ranks) > 1:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise SpecError(f"all arrays must have the same layout, got {shapes}")
    planar = ranks == {spec.axes}
    if planar and spec.groups != 1:
        raise SpecError(f"groups must be 1 for a plane, got {spec.groups}")
    return planar


def _batched(array: Array, *, planar: bool) -> Array:
    return array[np.newaxis, np.newaxis] if planar else array


def _check_weight(spec: ConvSpec, weight: Array, *, channels: int) -> None:
    _check_groups(spec, outputs=weight.shape[0], channels=channels)
    expected = (weight.shape[0], channels // spec.groups, *spec.kernel_shape)
    if weight.shape != expected:
        raise SpecError(f"weight must have shape {expected}, got {weight.shape}")


def _check_groups(spec: ConvSpec, *, outputs: int, channels: int) -> None:
    for name, count in (("output", outputs), ("input", channels)):
        if count % spec.groups:
            raise SpecError(
                f"number of {name} channels must be a multiple of groups={spec.groups}, got {count}"
            )


def _check_grad_output(spec: ConvSpec, dy: Array, input_shape: Shape, *, outputs: int) -> None:
    """Check de/dy against the input; where no window fits, the output is empty."""
    expected = (input_shape[0], outputs, *_window_counts(spec, input_shape[2:]))
    if dy.shape != expected:
        raise SpecError(
            f"grad_output must have shape {expected} for input shape {input_shape}, "
            f"got {dy.shape} (batch, channels, then the spatial axes)"
        )


def _window_counts(spec: ConvSpec, sizes: Shape) -> Shape:
    return tuple(
        max(0, (n + lo + hi - e) // t + 1)
        for n, (lo, hi), e, t in zip(
            sizes, spec.padding_pairs, spec.extent, spec.stride, strict=True
        )
    )


def _input_shape(
    spec: ConvSpec, dy: Array, weight: Array, given: Sequence[int] | None, *, planar: bool
) -> Shape:
    """Return the full batched input shape: the given one, or the smallest that fits."""
    if given is None:
        smallest = spec.smallest_input_shape(dy.shape[2:])
        return (dy.shape[0], weight.shape[1] * spec.groups, *smallest)
    shape = tuple(given)
    if len(shape) != spec.axes + (0 if planar else 2):
        raise SpecError(f"input_shape must be the full shape of the input, got {shape}")
    return (1, 1, *shape) if planar else shape


def _windows(spec: ConvSpec, output_shape: Sequence[int]) -> Iterator[tuple[Index, Index]]:
    """Yield every output index with the slices of its window in the padded input."""
    for output in product(*map(range, output_shape)):
        starts = [i * t for i, t in zip(output, spec.stride, strict=True)]
        window = (
            slice(start, start + e, d)
            for start, e, d in zip(starts, spec.extent, spec.dilation, strict=True)
        )
        yield (..., *output), (..., *window)


def _taps(spec: ConvSpec, padded: Array, window: Index) -> Array:
    """Return what a window reads, (N, groups, C_in/groups * taps)."""
    view = padded[window]
    entries = view.shape[1] // spec.groups * prod(view.shape[2:])
    return view.reshape((view.shape[0], spec.groups, entries))


def _channels_by_group(array: Array, *, groups: int) -> Array:
    batch, channels, *sizes = array.shape
    return array.reshape((batch, groups, channels // groups, *sizes))


def _by_group(weight: Array, *, groups: int) -> Array:
    """Return the kernel as matrices, (groups, C_out/groups, C_in/groups * taps)."""
    return weight.reshape((groups, weight.shape[0] // groups, prod(weight.shape[1:])))


def _padded_shape(spec: ConvSpec, shape: Shape) -> Shape:
    sizes = zip(shape[2:], spec.padding_pairs, strict=True)
    return (*shape[:2], *(lo + n + hi for n, (lo, hi) in sizes))


def _crop(spec: ConvSpec, sizes: Sequence[int]) -> Index:
    """Return the slices of the input within the padded input."""
    pairs = zip(sizes, spec.padding_pairs, strict=True)
    return (..., *(slice(lo, lo + n) for n, (lo, _) in pairs))


def _pad(spec: ConvSpec, x: Array) -> Array:
    padded = np.zeros(_padded_shape(spec, x.shape), x.dtype)
    padded[_crop(spec, x.shape[2:])] = x
    return padded
