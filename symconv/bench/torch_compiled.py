"""PyTorch compiled by torch.compile: sums over the taps of planes, and the own call of layers.

Inductor writes C++ for the sizes of the problem, which takes seconds and a C++ compiler. The
compiled code asks for the number of threads when it is called.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, Final

from symconv.bench import taps
from symconv.bench.contender import Call, Contender, Kind, LeftOut
from symconv.bench.operands import Operands
from symconv.bench.torch_calls import even_padding, inference, own_call, tensors, within
from symconv.sizes import Shape

MOST_SLICES: Final = 25
MOST_COMPILED: Final = 2**20


def _summed(operands: Operands, threads: int) -> Call | None:
    """Return compiled sums over the taps of a plane without padding.

    grad_input is the sum over the taps of dy, spread and padded before, as compiled loops that
    pad in passing are several times as slow.

    Raises:
        LeftOut: inductor cannot compile here.
    """
    torch: Any = import_module("torch")
    problem, spec = operands.problem, operands.problem.spec
    if problem.layout != "plane" or any(lo or hi for lo, hi in spec.padding_pairs):
        return None
    x, w, dy = map(torch.from_numpy, (operands.x, operands.w, operands.dy))
    wide = tuple(n + extent - 1 for n, extent in zip(x.shape, spec.extent, strict=True))
    places = taps.placed([extent - 1 for extent in spec.extent], dy.shape, spec.stride)
    one = (1,) * spec.axes
    weighed = {
        "forward": partial(_weighed, outputs=tuple(dy.shape), stride=spec.stride,
                           dilation=spec.dilation),
        "grad_input": partial(_weighed, outputs=tuple(x.shape), stride=one,
                              dilation=spec.dilation),
        "grad_weight": partial(_weighed, outputs=spec.kernel_shape, stride=spec.dilation,
                               dilation=spec.stride, most_slices=0),
    }  # fmt: skip
    wanted = [name for name in weighed if problem.operation in (name, "backward")]
    compiled = {name: _compiled(torch, weighed[name]) for name in wanted}

    def grad_input() -> Any:
        frame = dy.new_zeros(wide)
        frame[places] = dy
        return compiled["grad_input"](frame, w.flip(tuple(range(w.ndim))))

    def grad_weight() -> Any:
        return compiled["grad_weight"](x, dy)

    call = {
        "forward": lambda: compiled["forward"](x, w),
        "grad_input": grad_input,
        "grad_weight": grad_weight,
        "backward": lambda: (grad_input(), grad_weight(), dy.sum()),
    }[problem.operation]
    return tried(within(partial(inference, torch), call))


def _weighed(
    x: Any,
    w: Any,
    *,
    outputs: Shape,
    stride: Shape,
    dilation: Shape,
    most_slices: int = MOST_SLICES,
) -> Any:
    """Return the sum over the taps of slices or, of more, over windows in one loop."""
    if w.numel() <= most_slices:
        reads = taps.places(tuple(w.shape), outputs, stride=stride, dilation=dilation)
        return sum(w[tap] * x[read] for tap, read in reads)
    steps = [step * t for step, t in zip(x.stride(), stride, strict=True)]
    steps += [step * d for step, d in zip(x.stride(), dilation, strict=True)]
    windows = x.as_strided((*outputs, *w.shape), steps)
    return (windows * w).sum(tuple(range(len(outputs), windows.ndim)))


def _own(operands: Operands, threads: int) -> Call | None:
    """Return PyTorch's own call of a layer, compiled.

    Raises:
        LeftOut: inductor cannot compile here.
    """
    torch: Any = import_module("torch")
    problem = operands.problem
    padding = even_padding(problem.spec)
    if problem.layout == "plane" or padding is None:
        return None
    compiled = _compiled(torch, own_call(torch, problem.operation, problem.spec, padding))
    held = tensors(torch, operands)
    return tried(within(partial(inference, torch), lambda: compiled(*held)))


def _compiled(torch: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function compiled at its first call, for those sizes, in this process."""
    inductor: Any = import_module("torch._inductor.config")
    inductor.compile_threads = 1
    inductor.cpp.dynamic_threads = True
    dynamo: Any = import_module("torch._dynamo.config")
    dynamo.recompile_limit = dynamo.accumulated_recompile_limit = MOST_COMPILED
    compiled: Callable[..., Any] = torch.compile(function, dynamic=False, fullgraph=True)
    return compiled


def tried(call: Call) -> Call:
    """Return the call after its first run, which compiles.

    Raises:
        LeftOut: it cannot.
    """
    try:
        call()
    except Exception as err:  # no compiler, none that works, or something it cannot express
        reason = (str(err).strip().splitlines() or [type(err).__name__])[0]
        raise LeftOut(f"torch.compile cannot run here: {reason}") from err
    return call


CONTENDERS: Final = (
    Contender(
        "torch.compile taps",
        "torch",
        Kind.BEST,
        _summed,
        "planes without padding; compiled by inductor for the sizes: a sum of slices, of windows "
        "for more than 25 taps and in grad_weight; grad_input is that of dy in a frame; framing "
        "and flipping count, compiling does not",
        peer="inductor",
    ),
    Contender(
        "torch.compile",
        "torch",
        Kind.BEST,
        _own,
        "batches; the own call, compiled by inductor",
        peer="inductor",
    ),
)
