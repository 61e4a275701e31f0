"""JAX's general convolution, jax.lax.conv_general_dilated; arrays stand as their shapes.

It cross-correlates; padding may be negative. A transposed convolution is one with lhs_dilation in
the place of the stride; its kernel is flipped and has its channels exchanged within each group.
Without dimension_numbers, input (N, C, *in) and weight (C_out, C_in/groups, *k).
"""

from __future__ import annotations

from typing import Final

from symconv.conventions.calls import Call, Literal, bound, chosen, count, per_axis
from symconv.conventions.layer import Layer
from symconv.errors import OptionError, shown
from symconv.padding import PaddingRule
from symconv.sizes import PaddingPairs
from symconv.spec import ConvSpec

NAME: Final = "conv_general_dilated"
_PARAMETERS: Final[dict[str, Literal]] = {
    "lhs": None,
    "rhs": None,
    "window_strides": 1,
    "padding": "VALID",
    "lhs_dilation": None,
    "rhs_dilation": None,
    "dimension_numbers": None,
    "feature_group_count": 1,
    "batch_group_count": 1,
    "precision": None,
    "preferred_element_type": None,
}
_RULES: Final[dict[str, PaddingRule]] = {
    "VALID": "valid",
    "SAME": "same",
    "SAME_LOWER": "same_lower",
}


def read(call: Call) -> Layer:
    """Return the layer that a call of JAX is.

    Raises:
        OptionError: it is no convolution, or an argument has no such value.
        SpecError: a size breaks a rule.
    """
    if call.name != NAME:
        raise OptionError(f"call must be {NAME}, got {call.name}")
    values = bound(call, _PARAMETERS)
    if values["batch_group_count"] != 1:
        raise OptionError(f"batch_group_count must be 1, got {shown(values['batch_group_count'])}")
    outputs, inner, kernel = _kernel(values["rhs"], values["dimension_numbers"])
    axes = len(kernel)
    strides = per_axis("window_strides", values["window_strides"], axes=axes, least=1)
    spread = per_axis("lhs_dilation", values["lhs_dilation"] or 1, axes=axes, least=1)
    dilation = per_axis("rhs_dilation", values["rhs_dilation"] or 1, axes=axes, least=1)
    groups = count("feature_group_count", values["feature_group_count"])
    if outputs % groups:
        raise OptionError(f"rhs must have a multiple of {groups} outputs, got {outputs}")
    transposed = max(spread) > 1
    if transposed and max(strides) > 1:
        raise OptionError(
            f"window_strides must be 1 where lhs_dilation is more than 1, got {strides}"
        )
    stride = spread if transposed else strides
    bare = ConvSpec(kernel_shape=kernel, stride=stride, dilation=dilation)
    padding = _padding(values["padding"], bare, transposed=transposed)
    spec = ConvSpec(
        kernel_shape=kernel,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        transposed=transposed,
        true_convolution=transposed,
    )
    return Layer(spec, in_channels=inner * groups, out_channels=outputs)


def candidates(layer: Layer) -> list[Call]:
    """Return the call that says the same padding; its kernel may have to be flipped."""
    spec = layer.spec
    if layer.in_channels is None or layer.out_channels is None:
        raise OptionError("in_channels must be known for the shape of rhs: --in-channels")
    inner = layer.in_channels // spec.groups
    named: dict[str, Literal] = {"rhs": (layer.out_channels, inner, *spec.kernel_shape)}
    named["window_strides"] = (1,) * spec.axes if spec.transposed else spec.stride
    if isinstance(spec.padding, str):
        named["padding"] = {"same": "SAME", "same_lower": "SAME_LOWER"}[spec.padding]
    else:
        named["padding"] = _turned(spec.padding, spec.extent) if spec.transposed else spec.padding
    if spec.transposed:
        named["lhs_dilation"] = spec.stride
    if set(spec.dilation) != {1}:
        named["rhs_dilation"] = spec.dilation
    if spec.groups != 1:
        named["feature_group_count"] = spec.groups
    return [Call(NAME, (None,), named)]


def _kernel(shape: Literal, numbers: Literal) -> tuple[int, int, tuple[int, ...]]:
    """Return (outputs, inputs in a group, spatial sizes) of a kernel of this shape."""
    sizes = shape if isinstance(shape, tuple) else ()
    rank = len(sizes)
    if not 3 <= rank <= 5 or any(type(size) is not int or size < 1 for size in sizes):
        raise OptionError(f"rhs must be the shape of the kernel, (8, 3, 3, 3), got {shown(shape)}")
    entries = per_axis("rhs", sizes, axes=rank, least=1)
    if numbers is None:
        return entries[0], entries[1], entries[2:]
    if not isinstance(numbers, tuple) or len(numbers) != 3:
        raise OptionError(f"dimension_numbers must be three words, got {shown(numbers)}")
    input_axes, kernel_axes, _ = numbers
    if not isinstance(input_axes, str) or not isinstance(kernel_axes, str):
        raise OptionError(f"dimension_numbers must be three words, got {shown(numbers)}")
    spatial = [letter for letter in input_axes if letter not in "NC"]
    if sorted(kernel_axes) != sorted([*spatial, "O", "I"]) or len(kernel_axes) != rank:
        raise OptionError(f"dimension_numbers must be like NCHW, OIHW, NCHW, got {shown(numbers)}")
    by_letter = dict(zip(kernel_axes, entries, strict=True))
    return by_letter["O"], by_letter["I"], tuple(by_letter[letter] for letter in spatial)


def _padding(value: Literal, bare: ConvSpec, *, transposed: bool) -> PaddingPairs | PaddingRule:
    if isinstance(value, str):
        rule = _RULES[chosen("padding", value, tuple(_RULES))]
        if not transposed:
            return rule
        if rule != "valid":
            raise OptionError("padding must be pairs where lhs_dilation is more than 1")
        return _turned(((0, 0),) * bare.axes, bare.extent)
    pairs = ConvSpec(kernel_shape=bare.kernel_shape, padding=value).padding_pairs  # type: ignore[arg-type]
    return _turned(pairs, bare.extent) if transposed else pairs


def _turned(pairs: PaddingPairs, extent: tuple[int, ...]) -> PaddingPairs:
    """Return the padding around the spread input for that of the adjoint, or the other way."""
    sizes = zip(pairs, extent, strict=True)
    return tuple((e - 1 - lo, e - 1 - hi) for (lo, hi), e in sizes)
