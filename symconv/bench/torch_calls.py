"""PyTorch: its own calls, and the formulations a clever user finds.

Its own backward is `aten::convolution_backward`, which autograd calls, asked for the wanted
gradients only. All other formulations run in inference mode. Tensors share the memory of the
arrays; what a network would keep, such as channels_last tensors, is made before timing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from importlib import import_module
from itertools import product
from typing import Any, Final

from symconv.bench import taps
from symconv.bench.contender import Call, Contender, Kind
from symconv.bench.operands import Operands
from symconv.spec import ConvSpec

Tensors = tuple[Any, Any, Any]
Mode = Callable[[Any], AbstractContextManager[Any]]


def _own(
    operands: Operands, threads: int, *, mode: Mode | None = None, last: bool = False
) -> Call | None:
    """Return conv or convolution_backward, in a mode, with channels last or first."""
    torch: Any = import_module("torch")
    problem = operands.problem
    padding = _even_padding(problem.spec)
    if padding is None or (last and (problem.layout == "plane" or problem.spec.axes != 2)):
        return None
    tensors = _tensors(torch, operands, last=last)
    call = _call(torch, problem.operation, problem.spec, tensors, padding)
    return call if mode is None else _within(partial(mode, torch), call)


def _inferred(operands: Operands, threads: int) -> Call | None:
    """Return conv in inference mode; for the gradients, that is what the own call is."""
    forward = operands.problem.operation == "forward"
    return _own(operands, threads, mode=_inference) if forward else None


def _call(torch: Any, operation: str, spec: ConvSpec, tensors: Tensors, padding: list[int]) -> Call:
    x, w, dy = tensors
    if operation == "forward":
        return partial(
            _conv(torch, spec), x, w, None, spec.stride, padding, spec.dilation, spec.groups
        )
    wanted = {
        "grad_input": (True, False, False),
        "grad_weight": (False, True, False),
        "backward": (True, True, True),
    }[operation]
    sizes = (spec.stride, padding, spec.dilation, False, [0] * spec.axes, spec.groups)
    backward = torch.ops.aten.convolution_backward
    return lambda: tuple(
        found for found in backward(dy, x, w, [len(w)], *sizes, wanted) if found is not None
    )


def _flipped(operands: Operands, threads: int) -> Call | None:
    """Return grad_input as a forward pass: dy spread and padded, the kernel flipped."""
    torch: Any = import_module("torch")
    spec = operands.problem.spec
    padding = _even_padding(spec)
    if operands.problem.operation != "grad_input" or padding is None:
        return None
    around = [extent - 1 - pad for extent, pad in zip(spec.extent, padding, strict=True)]
    if min(around) < 0:
        return None
    x, w, dy = _tensors(torch, operands)
    # The dense problem has one output for every input; what the windows leave unread is padded.
    dense = [
        size + 2 * pad - extent + 1
        for size, pad, extent in zip(x.shape[2:], padding, spec.extent, strict=True)
    ]
    places = (..., *(slice(None, (n - 1) * t + 1, t)
                     for n, t in zip(dy.shape[2:], spec.stride, strict=True)))  # fmt: skip
    axes = tuple(range(2, w.ndim))
    groups = spec.groups

    def call() -> Any:
        spread = dy
        if tuple(dense) != tuple(dy.shape[2:]):
            spread = dy.new_zeros((*dy.shape[:2], *dense))
            spread[places] = dy
        weights = w.reshape(groups, -1, *w.shape[1:]).transpose(1, 2).flatten(0, 1).flip(axes)
        return _conv(torch, spec)(spread, weights, None, 1, around, spec.dilation, groups)

    return _within(partial(_inference, torch), call)


def _transposed(operands: Operands, threads: int) -> Call | None:
    """Return grad_input as a transposed convolution."""
    torch: Any = import_module("torch")
    spec = operands.problem.spec
    padding = _even_padding(spec)
    if operands.problem.operation != "grad_input" or padding is None:
        return None
    _, w, dy = _tensors(torch, operands)
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
    return _within(partial(_inference, torch), lambda: transpose(dy, w, None, *sizes))


def _dy_as_kernel(operands: Operands, threads: int) -> Call | None:
    """Return grad_weight as a forward pass over x whose kernel is dy, dilated by the stride."""
    torch: Any = import_module("torch")
    problem = operands.problem
    spec, padding = problem.spec, _even_padding(problem.spec)
    if problem.operation != "grad_weight" or padding is None or spec.groups > 1:
        return None
    x, w, dy = _tensors(torch, operands)
    inner = (..., *(slice(k) for k in w.shape[2:]))

    def call() -> Any:
        swapped = (x.transpose(0, 1), dy.transpose(0, 1))
        found = _conv(torch, spec)(*swapped, None, spec.dilation, padding, spec.stride)
        return found[inner].transpose(0, 1)

    return _within(partial(_inference, torch), call)


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
    return _within(partial(_inference, torch), call)


def _tensors(torch: Any, operands: Operands, *, last: bool = False) -> Tensors:
    arrays = (operands.x4, operands.w4, operands.dy4)
    x, w, dy = map(torch.from_numpy, arrays)
    if not last:
        return x, w, dy
    form = torch.channels_last
    return tuple(each.contiguous(memory_format=form) for each in (x, w, dy))


def _conv(torch: Any, spec: ConvSpec) -> Any:
    return getattr(torch.nn.functional, f"conv{spec.axes}d")


def _even_padding(spec: ConvSpec) -> list[int] | None:
    """Return the padding of each axis; None where PyTorch's calls have no such padding."""
    if any(lo != hi or lo < 0 for lo, hi in spec.padding_pairs):
        return None
    return [lo for lo, _ in spec.padding_pairs]


def _within(mode: Callable[[], AbstractContextManager[Any]], call: Call) -> Call:
    def inside() -> Any:
        with mode():
            return call()

    return inside


def _inference(torch: Any) -> AbstractContextManager[Any]:
    return torch.inference_mode()  # type: ignore[no-any-return]


@contextmanager
def _without_onednn(torch: Any) -> Iterator[None]:
    onednn = torch.backends.mkldnn
    enabled = onednn.enabled
    onednn.enabled = False
    try:
        yield
    finally:
        onednn.enabled = enabled


CONTENDERS: Final = (
    Contender("PyTorch", "torch", Kind.OWN, _own),
    Contender("PyTorch inference_mode", "torch", Kind.BEST, _inferred),
    Contender(
        "PyTorch channels_last", "torch", Kind.BEST, partial(_own, mode=_inference, last=True)
    ),
    Contender("PyTorch without oneDNN", "torch", Kind.BEST, partial(_own, mode=_without_onednn)),
    Contender("PyTorch flipped forward", "torch", Kind.BEST, _flipped),
    Contender("PyTorch conv_transpose", "torch", Kind.BEST, _transposed),
    Contender("PyTorch dy as kernel", "torch", Kind.BEST, _dy_as_kernel),
    Contender("PyTorch taps", "torch", Kind.BEST, _sliced),
)
