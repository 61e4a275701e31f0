"""PyTorch: its own calls, in the modes and memory formats that a clever user finds.

Its own backward is `aten::convolution_backward`, which autograd calls, asked for the wanted
gradients only. Tensors share the memory of the arrays; what a network would keep, such as
channels_last tensors, is made before timing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from importlib import import_module
from typing import Any, Final, TypeAlias

from symconv.bench.contender import Call, Contender, Kind
from symconv.bench.operands import Operands
from symconv.spec import ConvSpec

Tensors: TypeAlias = tuple[Any, Any, Any]
Mode: TypeAlias = Callable[[Any], AbstractContextManager[Any]]
CHANNELS_LAST: Final = {2: "channels_last", 3: "channels_last_3d"}
WANTED: Final = {
    "grad_input": (True, False, False),
    "grad_weight": (False, True, False),
    "backward": (True, True, True),
}


def _own(
    operands: Operands, threads: int, *, mode: Mode | None = None, last: bool = False
) -> Call | None:
    """Return conv or convolution_backward, in a mode, with channels last or first."""
    torch: Any = import_module("torch")
    problem = operands.problem
    padding = even_padding(problem.spec)
    planar = problem.layout == "plane" or problem.spec.axes not in CHANNELS_LAST
    if padding is None or (last and planar):
        return None
    call = own_call(torch, problem.operation, problem.spec, padding)
    held = tensors(torch, operands, last=last)
    return within(partial(mode, torch) if mode else None, lambda: call(*held))


def _inferred(operands: Operands, threads: int) -> Call | None:
    """Return conv in inference mode; for the gradients, that is what the own call is."""
    forward = operands.problem.operation == "forward"
    return _own(operands, threads, mode=inference) if forward else None


def own_call(
    torch: Any, operation: str, spec: ConvSpec, padding: list[int]
) -> Callable[[Any, Any, Any], Any]:
    """Return PyTorch's own function of the tensors x, w and dy."""
    if operation == "forward":
        conv = conv_of(torch, spec)
        return lambda x, w, dy: conv(x, w, None, spec.stride, padding, spec.dilation, spec.groups)
    wanted = WANTED[operation]
    sizes = (spec.stride, padding, spec.dilation, False, [0] * spec.axes, spec.groups)
    backward = torch.ops.aten.convolution_backward
    return lambda x, w, dy: tuple(
        found for found in backward(dy, x, w, [w.shape[0]], *sizes, wanted) if found is not None
    )


def tensors(torch: Any, operands: Operands, *, last: bool = False) -> Tensors:
    """Return x, w and dy with images and channels, channels first or last in memory."""
    arrays = (operands.x4, operands.w4, operands.dy4)
    x, w, dy = map(torch.from_numpy, arrays)
    if not last:
        return x, w, dy
    form = getattr(torch, CHANNELS_LAST[operands.problem.spec.axes])
    x, w, dy = (each.contiguous(memory_format=form) for each in (x, w, dy))
    return x, w, dy


def conv_of(torch: Any, spec: ConvSpec) -> Any:
    """Return conv1d, conv2d or conv3d."""
    return getattr(torch.nn.functional, f"conv{spec.axes}d")


def even_padding(spec: ConvSpec) -> list[int] | None:
    """Return the padding of each axis; None where PyTorch's calls have no such padding."""
    if any(lo != hi or lo < 0 for lo, hi in spec.padding_pairs):
        return None
    return [lo for lo, _ in spec.padding_pairs]


def within(mode: Callable[[], AbstractContextManager[Any]] | None, call: Call) -> Call:
    """Return the call inside a mode, entered each time."""
    if mode is None:
        return call

    def inside() -> Any:
        with mode():
            return call()

    return inside


def inference(torch: Any) -> AbstractContextManager[Any]:
    """Return the mode without autograd."""
    return torch.inference_mode()  # type: ignore[no-any-return]


@contextmanager
def without_onednn(torch: Any) -> Iterator[None]:
    """Compute without autograd, and by PyTorch's own code instead of oneDNN's."""
    onednn = torch.backends.mkldnn
    enabled = onednn.enabled
    onednn.enabled = False
    try:
        with torch.inference_mode():
            yield
    finally:
        onednn.enabled = enabled


CONTENDERS: Final = (
    Contender(
        "PyTorch",
        "torch",
        Kind.OWN,
        _own,
        "conv1d to conv3d, and aten::convolution_backward asked for the wanted gradients only; "
        "equal padding on both sides",
    ),
    Contender("PyTorch inference_mode", "torch", Kind.BEST, _inferred, "the same without autograd"),
    Contender(
        "PyTorch channels_last",
        "torch",
        Kind.BEST,
        partial(_own, mode=inference, last=True),
        "the same on tensors with channels last, made before; batches of two and three axes",
    ),
    Contender(
        "PyTorch without oneDNN",
        "torch",
        Kind.BEST,
        partial(_own, mode=without_onednn),
        "the same by PyTorch's own code",
    ),
)
