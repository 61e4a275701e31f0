"""How fast the emitted batched kernels are beside PyTorch, on layers of well-known networks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from statistics import geometric_mean
from typing import Any, Final

import numpy as np

from benchmarks.figures import Rival, Row, Section
from benchmarks.operands import integers
from benchmarks.timing import interleaved
from symconv.codegen.load import load_kernel
from symconv.codegen.request import request_kernel
from symconv.spec import ConvSpec

ROUNDS: Final = 9
PYTORCH: Final = "PyTorch"


@dataclass(frozen=True)
class Layer:
    """One layer: its name, its spec, and the shape of a batch of square images."""

    name: str
    spec: ConvSpec
    images: int
    inputs: int
    outputs: int
    size: int


def layer_of(
    name: str,
    images: int,
    channels: str,
    size: int,
    kernel: int,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Layer:
    """Return a layer; `channels` are those of input and output, "64-128"."""
    inputs, outputs = map(int, channels.split("-"))
    spec = ConvSpec(
        kernel_shape=(kernel, kernel),
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
    )
    return Layer(name, spec, images, inputs, outputs, size)


LAYERS: Final = (
    layer_of("VGG-11 conv2_1", 4, "64-64", 50, 3, padding=1),
    layer_of("VGG-19 conv4_1", 1, "256-512", 28, 3, padding=1),
    layer_of("ResNet-50 conv1", 2, "3-64", 224, 7, stride=2, padding=3),
    layer_of("ResNet-50 res2b 2a", 4, "256-64", 56, 1),
    layer_of("ResNet-50 res3a 2a", 4, "256-128", 56, 1, stride=2),
    layer_of("ResNet-50 res5a 2b", 8, "512-512", 7, 3, padding=1),
    layer_of("ResNeXt-101 conv12", 1, "1024-1024", 28, 3, padding=1, groups=32),
    layer_of("MobileNet conv3_1", 4, "128-128", 56, 3, padding=1, groups=128),
)


def layers_section() -> Section:
    """Return forward, grad_input and grad_weight of every layer beside PyTorch's own."""
    rows = [row for layer in LAYERS for row in _rows(layer)]
    ratios = [rival.ratio for row in rows for rival in row.rivals]
    threads = f"{import_module('torch').get_num_threads()} threads, " if ratios else ""
    mean = f"; geometric mean {geometric_mean(ratios):.2f}x" if ratios else ""
    return Section(
        title="Emitted batched kernels, float32; in brackets how many times slower PyTorch is",
        method=f"{threads}medians of {ROUNDS} interleaved rounds; small integers, every result "
        f"compared with =={mean}",
        rows=tuple(rows),
    )


def _rows(layer: Layer) -> list[Row]:
    spec = layer.spec
    kernel = load_kernel(request_kernel(spec, layout="batched"))
    sizes = (layer.size, layer.size)
    x = integers((layer.images, layer.inputs, *sizes), "float32")
    w = integers((layer.outputs, layer.inputs // spec.groups, *spec.kernel_shape), "float32")
    dy = integers((layer.images, layer.outputs, *spec.output_shape(sizes)), "float32")
    ours: dict[str, Callable[[], Any]] = {
        "forward": lambda: kernel.forward(x, w),
        "grad_input": lambda: kernel.grad_input(dy, w, x.shape),
        "grad_weight": lambda: kernel.grad_weight(dy, x),
    }
    theirs = pytorch_calls(spec, x, w, dy) if find_spec("torch") else {}
    return [_row(layer, name, call, theirs.get(name)) for name, call in ours.items()]


def _row(
    layer: Layer, operation: str, ours: Callable[[], Any], theirs: Callable[[], Any] | None
) -> Row:
    groups = f" groups={layer.spec.groups}" if layer.spec.groups > 1 else ""
    k, t = layer.spec.kernel_shape[0], layer.spec.stride[0]
    sizes = f"{layer.images}x{layer.inputs}-{layer.outputs} {layer.size}x{layer.size}"
    name = f"{operation} {layer.name}, {sizes} {k}x{k} t={t}{groups}"
    if theirs is None:
        measured = interleaved({"symconv": ours}, rounds=ROUNDS)
        return Row(name=name, seconds=measured["symconv"].seconds, note="PyTorch is not installed")
    measured = interleaved({"symconv": ours, PYTORCH: theirs}, rounds=ROUNDS)
    mine, rival = measured["symconv"], measured[PYTORCH]
    ratio = rival.times_slower_than(mine)
    return Row(
        name=name,
        seconds=mine.seconds,
        rivals=(Rival(PYTORCH, rival.seconds, ratio),),
        correct=np.array_equal(mine.result, rival.result),
    )


def pytorch_calls(spec: ConvSpec, x: Any, w: Any, dy: Any) -> dict[str, Callable[[], Any]]:
    """Return PyTorch's operations on the same arrays; each computes one result and no more."""
    torch: Any = import_module("torch")
    tx, tw, tdy = map(torch.from_numpy, (x, w, dy))
    padding = [lo for lo, _ in spec.padding_pairs]

    def gradient(*wanted: bool) -> list[Any]:
        sizes = (spec.stride, padding, spec.dilation, False, [0] * spec.axes, spec.groups)
        found: list[Any] = torch.ops.aten.convolution_backward(tdy, tx, tw, None, *sizes, wanted)
        return found

    def forward() -> Any:
        convolve = torch.nn.functional.conv2d
        return convolve(tx, tw, None, spec.stride, padding, spec.dilation, spec.groups).numpy()

    return {
        "forward": forward,
        "grad_input": lambda: gradient(True, False, False)[0].numpy(),
        "grad_weight": lambda: gradient(False, True, False)[1].numpy(),
    }
