"""PyTorch's layers: torch.nn.Conv1d to Conv3d and ConvTranspose1d to 3d, and their Lazy forms.

Padding is symmetric, the same before and after; output_padding lengthens the output at the end.
Input (N, C, *in), weight (C_out, C_in/groups, *k), transposed (C_in, C_out/groups, *k).
"""

from __future__ import annotations

import re
from typing import Final

from symconv.axis import SameAxis
from symconv.conventions.calls import Call, Literal, bound, chosen, count, per_axis, short
from symconv.conventions.layer import Layer
from symconv.errors import OptionError, shown
from symconv.padding import PADDING_MODES
from symconv.sizes import Shape, checked_choice
from symconv.spec import ConvSpec

MAX_CANDIDATES: Final = 8

_NAME: Final = re.compile(r"(Lazy)?Conv(Transpose)?([123])d")
_CONV: Final[dict[str, Literal]] = {
    "in_channels": None,
    "out_channels": None,
    "kernel_size": None,
    "stride": 1,
    "padding": 0,
    "dilation": 1,
    "groups": 1,
    "bias": True,
    "padding_mode": "zeros",
    "device": None,
    "dtype": None,
}
_TRANSPOSED: Final[dict[str, Literal]] = {
    "in_channels": None,
    "out_channels": None,
    "kernel_size": None,
    "stride": 1,
    "padding": 0,
    "output_padding": 0,
    "groups": 1,
    "bias": True,
    "dilation": 1,
    "padding_mode": "zeros",
    "device": None,
    "dtype": None,
}


def read(call: Call) -> Layer:
    """Return the layer that a call of PyTorch makes.

    Raises:
        OptionError: it is no convolution, or an argument has no such value.
        SpecError: a size breaks a rule.
    """
    found = _NAME.fullmatch(call.name)
    if not found:
        raise OptionError(
            f"call must be Conv1d to Conv3d or ConvTranspose1d to 3d, got {call.name}"
        )
    lazy, transposed, axes = found[1], bool(found[2]), int(found[3])
    parameters = dict(_TRANSPOSED if transposed else _CONV)
    if lazy:
        del parameters["in_channels"]
    values = bound(call, parameters)
    if type(values["bias"]) is not bool:
        raise OptionError(f"bias must be True or False, got {shown(values['bias'])}")
    words = ("same", "valid") if not transposed else ()
    padding = values["padding"]
    spec = ConvSpec(
        kernel_shape=per_axis("kernel_size", values["kernel_size"], axes=axes, least=1),
        stride=per_axis("stride", values["stride"], axes=axes, least=1),
        padding=chosen("padding", padding, words)  # type: ignore[arg-type]  # a PaddingRule
        if isinstance(padding, str)
        else per_axis("padding", padding, axes=axes),
        dilation=per_axis("dilation", values["dilation"], axes=axes, least=1),
        groups=count("groups", values["groups"]),
        padding_mode=checked_choice("padding_mode", values["padding_mode"], PADDING_MODES),
        transposed=transposed,
        output_padding=per_axis("output_padding", values.get("output_padding", 0), axes=axes),
    )
    if isinstance(spec.padding, str):
        raise OptionError(f"padding='same' must have stride 1, got {spec.stride}")
    return Layer(
        spec,
        in_channels=None if lazy else count("in_channels", values["in_channels"]),
        out_channels=count("out_channels", values["out_channels"]),
        bias=values["bias"],
    )


def candidates(layer: Layer) -> list[Call]:
    """Return the calls that could be equal: their padding reads the same first cell."""
    return [_candidate(layer, before) for before in _paddings_in_front(layer.spec)]


def _candidate(layer: Layer, before: Shape) -> Call:
    spec = layer.spec
    head: list[Literal] = [layer.out_channels, short(spec.kernel_shape)]
    if layer.in_channels is not None:
        head.insert(0, layer.in_channels)
    options: dict[str, Literal] = {"stride": short(spec.stride), "padding": short(before)}
    if spec.transposed:
        after = (hi for _, hi in spec.padding_pairs)
        limits = (max(sizes) - 1 for sizes in zip(spec.stride, spec.dilation, strict=True))
        options["output_padding"] = short(
            [min(max(lo - hi, 0), most) for lo, hi, most in zip(before, after, limits, strict=True)]
        )
    options["dilation"] = short(spec.dilation)
    options["groups"] = spec.groups
    if layer.bias is False:
        options["bias"] = False
    options["padding_mode"] = spec.padding_mode
    defaults = _TRANSPOSED if spec.transposed else _CONV
    name = f"{'Lazy' if layer.in_channels is None else ''}Conv"
    name += f"{'Transpose' if spec.transposed else ''}{spec.axes}d"
    return Call(name, tuple(head), {k: v for k, v in options.items() if v != defaults[k]})


def _paddings_in_front(spec: ConvSpec) -> list[Shape]:
    """Return the padding in front; where it depends on the input, what it is for small ones."""
    if not isinstance(spec.padding, str):
        return [tuple(max(lo, 0) for lo, _ in spec.padding)]
    rule = spec.padding
    sizes = zip(spec.extent, spec.stride, strict=True)
    axes = [SameAxis(e, t, rule, spec.padding_mode) for e, t in sizes]
    inputs = range(1, min(max(spec.stride), MAX_CANDIDATES) + 1)
    found = (tuple(axis.padding_at(n)[0] for axis in axes) for n in inputs)
    return list(dict.fromkeys(found))
