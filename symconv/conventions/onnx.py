"""ONNX's operators Conv and ConvTranspose: their attributes; the weight stands as its shape, W=….

pads are all the paddings before, then all after. auto_pad SAME_UPPER puts an odd cell last,
SAME_LOWER first. Input (N, C, *in), weight (C_out, C_in/group, *k), transposed (C_in, C_out/group,
*k).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from symconv.conventions.calls import Call, Literal, bound, chosen, count, per_axis
from symconv.conventions.layer import Layer, layer_of_weight
from symconv.errors import OptionError, shown
from symconv.padding import PaddingRule, split_same
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


class OpenPaddingError(OptionError):
    """The attributes alone do not say the padding: the input does, or ONNX leaves it open."""


def read(call: Call, *, input_shape: Sequence[int] | None = None) -> Layer:
    """Return the layer that an operator of ONNX is.

    Args:
        call: the operator; its weight stands in it as its shape.
        input_shape: sizes of the spatial axes of its input, on which output_shape depends.

    Raises:
        OpenPaddingError: output_shape is given without the input, or asks for more cells than
            there are, as auto_pad SAME may.
        OptionError: it is no convolution, or an attribute has no such value.
        SpecError: a size breaks a rule.
    """
    if call.name not in ("Conv", "ConvTranspose"):
        raise OptionError(f"call must be Conv or ConvTranspose, got {call.name}")
    transposed = call.name == "ConvTranspose"
    values = bound(call, _TRANSPOSED if transposed else _CONV, positional=0)
    channels, kernel = _weight(values["W"], values["kernel_shape"])
    axes = len(kernel)
    strides = per_axis("strides", values["strides"], axes=axes, least=1)
    dilations = per_axis("dilations", values["dilations"], axes=axes, least=1)
    bare = ConvSpec(kernel_shape=kernel, stride=strides, dilation=dilations)
    spec = ConvSpec(
        kernel_shape=kernel,
        stride=strides,
        padding=_padding(values, bare, transposed=transposed, input_shape=input_shape),
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
    values: dict[str, Literal],
    bare: ConvSpec,
    *,
    transposed: bool,
    input_shape: Sequence[int] | None,
) -> PaddingPairs | PaddingRule:
    word = chosen("auto_pad", values["auto_pad"], ("NOTSET", *_RULES))
    pads = per_axis("pads", values["pads"], axes=2 * bare.axes)
    if word != "NOTSET" and any(pads):
        raise OptionError(
            f"pads must be left out with auto_pad={word!r}, got {shown(values['pads'])}"
        )
    if transposed:
        cut = _cells_cut(values, bare, input_shape, same=word.startswith("SAME"))
        if cut is not None:
            rule = "same" if word == "SAME_UPPER" else "same_lower"
            return tuple(split_same(cells, rule=rule) for cells in cut)
    if word == "NOTSET":
        return tuple(zip(pads[: bare.axes], pads[bare.axes :], strict=True))
    return _RULES[word]


def _cells_cut(
    values: dict[str, Literal], bare: ConvSpec, input_shape: Sequence[int] | None, *, same: bool
) -> Shape | None:
    """Return how many cells are cut off a transposed output so that it has the size asked for.

    ONNX's total_padding: with output_shape o, (n-1)t + e + output_padding - o; with auto_pad SAME,
    where o = nt, that is e - t + output_padding. None where the pads say it.
    """
    extra = per_axis("output_padding", values["output_padding"], axes=bare.axes)
    sizes = zip(bare.extent, bare.stride, extra, strict=True)
    if values["output_shape"] is not None:
        asked = per_axis("output_shape", values["output_shape"], axes=bare.axes)
        if input_shape is None:
            raise OpenPaddingError(
                "output_shape must be left out while the input is not known: it says the padding"
            )
        shapes = zip(input_shape, asked, strict=True)
        cut = tuple(
            (n - 1) * t + e + more - o for (n, o), (e, t, more) in zip(shapes, sizes, strict=True)
        )
    elif same:
        cut = tuple(e - t + more for e, t, more in sizes)
    else:
        return None
    if min(cut) < 0:
        raise OpenPaddingError(
            f"windows must reach the whole output, which is {tuple(max(0, -c) for c in cut)} cells "
            "longer: ONNX does not say what is padded there"
        )
    return cut
