"""Layers of well-known networks, and PyTorch's own operations on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from symconv.spec import ConvSpec


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
