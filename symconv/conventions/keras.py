"""Keras's layers: Conv1D to Conv3D and Conv1DTranspose to Conv3DTranspose, TensorFlow's rules.

"same" pads so that the output has ceil(n/stride) cells, an odd cell last; transposed, so that it
has n*stride. Input (N, *in, C), weight (*k, C_in/groups, C_out), transposed (*k, C_out, C_in).
"""

from __future__ import annotations

import re
from typing import Final

from symconv.conventions.calls import Call, Literal, bound, chosen, count, per_axis, short
from symconv.conventions.layer import Layer
from symconv.errors import OptionError, shown
from symconv.padding import split_transposed
from symconv.sizes import PaddingPairs, Shape
from symconv.spec import ConvSpec

_NAME: Final = re.compile(r"(?:Conv|Convolution)([123])D(Transpose)?")
_CONV: Final[dict[str, Literal]] = {
    "filters": None,
    "kernel_size": None,
    "strides": 1,
    "padding": "valid",
    "data_format": None,
    "dilation_rate": 1,
    "groups": 1,
    "activation": None,
    "use_bias": True,
}
_TRANSPOSED: Final[dict[str, Literal]] = {
    "filters": None,
    "kernel_size": None,
    "strides": 1,
    "padding": "valid",
    "output_padding": None,
    "data_format": None,
    "dilation_rate": 1,
    "activation": None,
    "use_bias": True,
}
_TRANSPOSED_POSITIONAL: Final = 4  # the order of the others has changed between versions
_TRAINING: Final = re.compile(r"name|dtype|trainable|\w+_(initializer|regularizer|constraint)")


def read(call: Call) -> Layer:
    """Return the layer that a call of Keras makes.

    Raises:
        OptionError: it is no convolution, or an argument has no such value.
        SpecError: a size breaks a rule.
    """
    found = _NAME.fullmatch(call.name)
    if not found:
        raise OptionError(
            f"call must be Conv1D to Conv3D or Conv1DTranspose to Conv3DTranspose, got {call.name}"
        )
    axes, transposed = int(found[1]), bool(found[2])
    named = {name: value for name, value in call.named.items() if not _TRAINING.fullmatch(name)}
    values = bound(
        Call(call.name, call.positional, named),
        _TRANSPOSED if transposed else _CONV,
        positional=_TRANSPOSED_POSITIONAL if transposed else None,
    )
    if values["activation"] not in (None, "linear"):
        raise OptionError(f"activation must be None, got {shown(values['activation'])}")
    if type(values["use_bias"]) is not bool:
        raise OptionError(f"use_bias must be True or False, got {shown(values['use_bias'])}")
    kernel = per_axis("kernel_size", values["kernel_size"], axes=axes, least=1)
    stride = per_axis("strides", values["strides"], axes=axes, least=1)
    dilation = per_axis("dilation_rate", values["dilation_rate"], axes=axes, least=1)
    if max(stride) > 1 and max(dilation) > 1:
        raise OptionError(
            f"strides must be 1 where dilation_rate is more than 1, got {stride} and {dilation}"
        )
    bare = ConvSpec(kernel_shape=kernel, stride=stride, dilation=dilation, transposed=transposed)
    spec = _transposed(bare, values) if transposed else _convolution(bare, values)
    return Layer(spec, out_channels=count("filters", values["filters"]), bias=values["use_bias"])


def candidates(layer: Layer) -> list[Call]:
    """Return the calls that could be equal, one for each word that padding may be."""
    spec = layer.spec
    options: dict[str, Literal] = {
        "strides": short(spec.stride),
        "dilation_rate": short(spec.dilation),
    }
    if not spec.transposed:
        options["groups"] = spec.groups
    if layer.bias is False:
        options["use_bias"] = False
    defaults = _TRANSPOSED if spec.transposed else _CONV
    options = {name: value for name, value in options.items() if value != defaults[name]}
    name = f"Conv{spec.axes}D{'Transpose' if spec.transposed else ''}"
    head = (layer.out_channels, short(spec.kernel_shape))
    words: list[dict[str, Literal]] = [{}, {"padding": "same"}]
    if spec.transposed:
        words += _lengthened(spec)
    elif spec.axes == 1:
        words.append({"padding": "causal"})
    return [Call(name, head, {**options, **padding}) for padding in words]


def _convolution(bare: ConvSpec, values: dict[str, Literal]) -> ConvSpec:
    words = ("valid", "same", "causal") if bare.axes == 1 else ("valid", "same")
    word = chosen("padding", values["padding"], words)
    causal: PaddingPairs = tuple((e - 1, 0) for e in bare.extent)
    return ConvSpec(
        kernel_shape=bare.kernel_shape,
        stride=bare.stride,
        padding=causal if word == "causal" else word,  # type: ignore[arg-type]
        dilation=bare.dilation,
        groups=count("groups", values["groups"]),
    )


def _transposed(bare: ConvSpec, values: dict[str, Literal]) -> ConvSpec:
    """Return the transposed spec; Keras counts output_padding from another size than PyTorch.

    From (n-1)*stride + extent for "valid", and from (n-1)*stride + 1 or 0 (the extent odd or
    even) for "same". Left out, it makes the output n*stride, or at least that for "valid".
    """
    word = chosen("padding", values["padding"], ("valid", "same"))
    given = values["output_padding"]
    extra: Shape | None = None
    if given is not None:
        extra = per_axis("output_padding", given, axes=bare.axes)
        if any(cells >= t for cells, t in zip(extra, bare.stride, strict=True)):
            raise OptionError(f"output_padding must be less than strides, got {shown(given)}")
    pairs = []
    for axis, (e, t) in enumerate(zip(bare.extent, bare.stride, strict=True)):
        if word == "valid":
            pairs.append((0, min(0, e - t) if extra is None else -extra[axis]))
        else:
            total = e - t if extra is None else e - e % 2 - extra[axis]
            pairs.append(split_transposed(total, rule="same"))
    return ConvSpec(
        kernel_shape=bare.kernel_shape,
        stride=bare.stride,
        padding=pairs,
        dilation=bare.dilation,
        transposed=True,
    )


def _lengthened(spec: ConvSpec) -> list[dict[str, Literal]]:
    """Return the output paddings that give the length of this transposed output, if any do."""
    found: list[dict[str, Literal]] = []
    totals = [lo + hi for lo, hi in spec.padding_pairs]
    for word in ("valid", "same"):
        kept = (0 if word == "valid" else e - e % 2 for e in spec.extent)
        extra = [least - total for least, total in zip(kept, totals, strict=True)]
        if all(0 <= cells < t for cells, t in zip(extra, spec.stride, strict=True)):
            found.append({"padding": word, "output_padding": short(extra)})
    return found
