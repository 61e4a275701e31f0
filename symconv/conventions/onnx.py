"""ONNX's operators Conv and ConvTranspose: their attributes; the weight stands as its shape, W=….

pads are all the paddings before, then all after. auto_pad SAME_UPPER puts an odd cell last,
SAME_LOWER first. Input (N, C, *in), weight (C_out, C_in/group, *k), transposed (C_in, C_out/group,
*k).
"""

from __future__ import annotations

from typing import Final

from symconv.conventions.calls import Call, Literal, bound, chosen, count, per_axis
from symconv.conventions.layer import Layer, layer_of_weight
from symconv.errors import OptionError, shown
from symconv.padding import PaddingRule
from symconv.sizes import PaddingPairs, Shape
from symconv.spec import ConvSpec

_CONV: Final[dict[str, Literal]] = {
    "W": None,
    "kernel_shape": None,
    "strides": 1,
    "pads": 0,
    "dilations": 1,
    "group": 1,
    "auto_pad": "NOTSET",
}
_TRANSPOSED: Final[dict[str, Literal]] = {**_CONV, "output_padding": 0, "output_shape": None}
_RULES: Final[dict[str, PaddingRule]] = {
    "SAME_UPPER": "same",
    "SAME_LOWER": "same_lower",
    "VALID": "valid",
}


def read(call: Call) -> Layer:
    """Return the layer that an operator of ONNX is.

    Raises:
        OptionError: it is no convolution, or an attribute has no such value.
        SpecError: a size breaks a rule.
    """
    if call.name not in ("Conv", "ConvTranspose"):
        raise OptionError(f"call must be Conv or ConvTranspose, got {call.name}")
    transposed = call.name == "ConvTranspose"
    values = bound(call, _TRANSPOSED if transposed else _CONV, positional=0)
    if values.get("output_shape") is not None:
        raise OptionError("output_shape must be left out: what it pads depends on the input")
    channels, kernel = _weight(values["W"], values["kernel_shape"])
    axes = len(kernel)
    strides = per_axis("strides", values["strides"], axes=axes, least=1)
    dilations = per_axis("dilations", values["dilations"], axes=axes, least=1)
    bare = ConvSpec(kernel_shape=kernel, stride=strides, dilation=dilations)
    spec = ConvSpec(
        kernel_shape=kernel,
        stride=strides,
        padding=_padding(values, bare, transposed=transposed),
        dilation=dilations,
        groups=count("group", values["group"]),
        transposed=transposed,
        output_padding=per_axis("output_padding", values.get("output_padding", 0), axes=axes),
    )
    return layer_of_weight(spec, channels)


def candidates(layer: Layer) -> list[Call]:
    """Return the call that says the same padding, as far as pads can: none is negative."""
    spec = layer.spec
    named: dict[str, Literal] = {}
    shape = layer.weight_shape()
    if shape is not None:
        named["W"] = shape
    named["kernel_shape"] = spec.kernel_shape
    if set(spec.stride) != {1}:
        named["strides"] = spec.stride
    if isinstance(spec.padding, str):
        named["auto_pad"] = {"same": "SAME_UPPER", "same_lower": "SAME_LOWER"}[spec.padding]
    else:
        pads = [max(lo, 0) for lo, _ in spec.padding] + [max(hi, 0) for _, hi in spec.padding]
        extra = tuple(max(-hi, 0) for _, hi in spec.padding)
        if any(pads):
            named["pads"] = tuple(pads)
        if spec.transposed and any(extra):
            limits = [max(sizes) - 1 for sizes in zip(spec.stride, spec.dilation, strict=True)]
            named["output_padding"] = tuple(map(min, extra, limits))
    if set(spec.dilation) != {1}:
        named["dilations"] = spec.dilation
    if spec.groups != 1:
        named["group"] = spec.groups
    return [Call("ConvTranspose" if spec.transposed else "Conv", (), named)]


def _weight(shape: Literal, kernel_shape: Literal) -> tuple[tuple[int, int] | None, Shape]:
    """Return the first two axes of the weight, if its shape is given, and the kernel's sizes."""
    channels = None
    kernel = kernel_shape
    if shape is not None:
        if not isinstance(shape, tuple) or not 3 <= len(shape) <= 5:
            raise OptionError(
                f"W must be the shape of the weight, (8, 3, 3, 3), got {shown(shape)}"
            )
        sizes = per_axis("W", shape, axes=len(shape), least=1)
        channels = (sizes[0], sizes[1])
        kernel = kernel_shape if kernel_shape is not None else sizes[2:]
        if kernel != sizes[2:]:
            raise OptionError(f"kernel_shape must be that of W, {sizes[2:]}, got {shown(kernel)}")
    if not isinstance(kernel, tuple) or not 1 <= len(kernel) <= 3:
        raise OptionError(f"kernel_shape must be 1 to 3 integers, got {shown(kernel)}")
    return channels, per_axis("kernel_shape", kernel, axes=len(kernel), least=1)


def _padding(
    values: dict[str, Literal], bare: ConvSpec, *, transposed: bool
) -> PaddingPairs | PaddingRule:
    word = chosen("auto_pad", values["auto_pad"], ("NOTSET", *_RULES))
    if word == "NOTSET":
        pads = per_axis("pads", values["pads"], axes=2 * bare.axes)
        return tuple(zip(pads[: bare.axes], pads[bare.axes :], strict=True))
    if values["pads"] != 0:
        raise OptionError(
            f"pads must be left out with auto_pad={word!r}, got {shown(values['pads'])}"
        )
    if transposed and word != "VALID":
        if any(e < t for e, t in zip(bare.extent, bare.stride, strict=True)):
            raise OptionError(
                f"auto_pad={word!r} must have windows of at least the stride {bare.stride}, "
                f"got extent {bare.extent}: ONNX does not say what is padded there"
            )
        if values["output_padding"] != 0:
            raise OptionError(f"output_padding must be left out with auto_pad={word!r}")
    return _RULES[word]
