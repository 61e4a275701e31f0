"""PyTorch: the same sums as other convolutions, and as a loop over taps; in inference mode."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from itertools import product
from typing import Any, Final

from symconv.bench import taps
from symconv.bench.contender import Call, Contender, Kind
from symconv.bench.operands import Operands
from symconv.bench.torch_calls import (
    Mode,
    conv_of,
    even_padding,
    inference,
    tensors,
    within,
    without_onednn,
)


def _combined(operands: Operands, threads: int, *, mode: Mode) -> Call | None:
    """Return grad_input as a padded forward pass, grad_weight with dy as the kernel, or both."""
    torch: Any = import_module("torch")
    operation = operands.problem.operation
    parts = {
        "grad_input": [_flipped],
        "grad_weight": [_dy_as_kernel],
        "backward": [_flipped, _dy_as_kernel],
    }.get(operation, [])
    calls = [call for part in parts if (call := part(torch, operands)) is not None]
    if not parts or len(calls) < len(parts):
        return None
    if operation != "backward":
        return within(partial(mode, torch), calls[0])
    dy = torch.from_numpy(operands.dy4)
    over = [0, *range(2, dy.ndim)]
    return within(partial(mode, torch), lambda: (*(call() for call in calls), dy.sum(dim=over)))


def _flipped(torch: Any, operands: Operands) -> Call | None:
    """Return grad_input as a forward pass: dy spread and padded, the kernel flipped."""
    spec = operands.problem.spec
    padding = even_padding(spec)
    if padding is None:
        return None
    around = [extent - 1 - pad for extent, pad in zip(spec.extent, padding, strict=True)]
    if min(around) < 0:
        return None
    x, w, dy = tensors(torch, operands)
    # The dense problem has one output for every input; what the windows leave unread is padded.
    dense = [
        size + 2 * pad - extent + 1
        for size, pad, extent in zip(x.shape[2:], padding, spec.extent, strict=True)
    ]
    places = (..., *taps.placed((0,) * spec.axes, tuple(dy.shape[2:]), spec.stride))
    axes = tuple(range(2, w.ndim))
    groups = spec.groups

    def call() -> Any:
        upstream = dy
        if tuple(dense) != tuple(dy.shape[2:]):
            upstream = dy.new_zeros((*dy.shape[:2], *dense))
            upstream[places] = dy
        weights = w.reshape(groups, -1, *w.shape[1:]).transpose(1, 2).flatten(0, 1).flip(axes)
        return conv_of(torch, spec)(upstream, weights, None, 1, around, spec.dilation, groups)

    return call


def _dy_as_kernel(torch: Any, operands: Operands) -> Call | None:
    """Return grad_weight as a forward pass over x whose kernel is dy, dilated by the stride."""
    spec = operands.problem.spec
    padding = even_padding(spec)
    if padding is None or spec.groups > 1:
        return None
    x, w, dy = tensors(torch, operands)
    inner = (..., *(slice(k) for k in w.shape[2:]))

    def call() -> Any:
        swapped = (x.transpose(0, 1), dy.transpose(0, 1))
        found = conv_of(torch, spec)(*swapped, None, spec.dilation, padding, spec.stride)
        return found[inner].transpose(0, 1)

    return call


def _transposed(operands: Operands, threads: int) -> Call | None:
    """Return grad_input as a transposed convolution."""
    torch: Any = import_module("torch")
    spec = operands.problem.spec
    padding = even_padding(spec)
    if operands.problem.operation != "grad_input" or padding is None:
        return None
    _, w, dy = tensors(torch, operands)
    read = [
        (count - 1) * t + extent - 2 * pad
        for count, t, extent, pad in zip(
            dy.shape[2:], spec.stride, spec.extent, padding, strict=True
        )
    ]
    tail = [size - end for size, end in zip(operands.problem.input, read, strict=True)]
    if any(more >= max(t, d) for more, t, d in zip(tail, spec.stride, spec.dilation, strict=True)):
        return None
    transpose = getattr(torch.nn.functional, f"conv_transpose{spec.axes}d")
    sizes = (spec.stride, padding, tail, spec.groups, spec.dilation)
    return within(partial(inference, torch), lambda: transpose(dy, w, None, *sizes))


def _sliced(operands: Operands, threads: int) -> Call | None:
    """Return the loop over taps of a plane, in place; sums over an image are scalar products."""
    torch: Any = import_module("torch")
    problem = operands.problem
    spec = problem.spec
    if problem.layout != "plane" or any(lo or hi for lo, hi in spec.padding_pairs):
        return None
    x, w, dy = map(torch.from_numpy, (operands.x, operands.w, operands.dy))
    places = list(taps.reads(spec, tuple(dy.shape)))
    weights = [float(operands.w[tap]) for tap in product(*map(range, spec.kernel_shape))]

    def forward() -> Any:
        y = torch.zeros_like(dy)
        for weight, (_, read) in zip(weights, places, strict=True):
            y.add_(x[read], alpha=weight)
        return y

    def grad_input() -> Any:
        dx = torch.zeros_like(x)
        for weight, (_, read) in zip(weights, places, strict=True):
            dx[read].add_(dy, alpha=weight)
        return dx

    def grad_weight() -> Any:
        return torch.stack([(dy * x[read]).sum() for _, read in places]).reshape(w.shape)

    call = {
        "forward": forward,
        "grad_input": grad_input,
        "grad_weight": grad_weight,
        "backward": lambda: (grad_input(), grad_weight(), dy.sum()),
    }[problem.operation]
    return within(partial(inference, torch), call)


CONVOLVED: Final = (
    "grad_input as a forward pass over dy, spread and padded, with a flipped kernel; grad_weight "
    "with dy as the kernel, without groups; spreading and flipping count"
)
CONTENDERS: Final = (
    Contender(
        "PyTorch gradients as conv",
        "torch",
        Kind.BEST,
        partial(_combined, mode=inference),
        CONVOLVED,
    ),
    Contender(
        "PyTorch gradients as conv without oneDNN",
        "torch",
        Kind.BEST,
        partial(_combined, mode=without_onednn),
        "the same by PyTorch's own code",
    ),
    Contender(
        "PyTorch conv_transpose",
        "torch",
        Kind.BEST,
        _transposed,
        "grad_input as a transposed convolution",
    ),
    Contender(
        "PyTorch taps",
        "torch",
        Kind.BEST,
        _sliced,
        "planes without padding; a loop over taps that adds weighted slices in place",
    ),
)
