"""The convolutions of an ONNX model: every Conv and ConvTranspose, with its shapes.

Those in the branches of If, in the bodies of Loop and Scan and in functions are among them; a
function is read once for each place that calls it.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from symconv.conventions.calls import Call, Literal
from symconv.conventions.layer import Layer
from symconv.conventions.onnx import OpenPaddingError, read
from symconv.conventions.onnx_file import graphs_of, prepared_model
from symconv.errors import OptionError, SpecError, shown
from symconv.sizes import MAX_AXES, Shape

if TYPE_CHECKING:
    from onnx import AttributeProto, GraphProto, NodeProto, ValueInfoProto

Dims: TypeAlias = tuple[int | None, ...]
Shapes: TypeAlias = Mapping[str, Dims]

OPERATORS: Final = ("Conv", "ConvTranspose")
DOMAINS: Final = ("", "ai.onnx")
MAX_NAME: Final = 200
_ENTRIES: Final = {
    "kernel_shape": 1,
    "strides": 1,
    "dilations": 1,
    "pads": 2,
    "output_padding": 1,
    "output_shape": 1,
}


@dataclass(frozen=True)
class ModelLayer:
    """One Conv or ConvTranspose of a model.

    Attributes:
        node: its name, after those of the graphs it is in; printable.
        operator: "Conv" or "ConvTranspose".
        input_shape: (N, C_in, *in), None for a dynamic size; None where nothing is known.
        output_shape: (N, C_out, *out), the same.
        layer: its sizes and channels; "same" padding is resolved where the input is known. None
            where they cannot be told.
        reason: why there is no layer; empty where there is one.
    """

    node: str
    operator: str
    input_shape: Dims | None
    output_shape: Dims | None
    layer: Layer | None
    reason: str = ""

    @property
    def parameters(self) -> int | None:
        """The entries of weight and bias; None where the channels are not known."""
        shape = self.layer.weight_shape() if self.layer else None
        if shape is None or self.layer is None or self.layer.out_channels is None:
            return None
        return prod(shape) + (self.layer.out_channels if self.layer.bias else 0)

    @property
    def multiplications(self) -> int | None:
        """Products of the forward pass for one image, padding counted; None where not known."""
        weight = self.layer.weight_shape() if self.layer else None
        dims = self.input_shape if self.operator == "ConvTranspose" else self.output_shape
        sizes = _known(dims[2:]) if dims else None
        return None if weight is None or sizes is None else prod(weight) * prod(sizes)


def layers_of(
    source: bytes | str | Path, *, input_shape: Sequence[int] | None = None
) -> tuple[ModelLayer, ...]:
    """Return the convolutions of a model, in the order of the file.

    Args:
        source: the file, or its bytes; nothing outside it is opened.
        input_shape: sizes that dynamic spatial axes of the model's inputs have.

    Raises:
        OptionError: it is no model, too large, or an attribute breaks a rule of ONNX.
        ToolError: onnx is not installed.
    """
    model = prepared_model(source, input_shape=input_shape)
    found = _convolutions(model.graph, ChainMap(), within="")
    return tuple(_layer(node, name, shapes) for node, name, shapes in found)


def _convolutions(
    graph: GraphProto, outer: ChainMap[str, Dims], *, within: str
) -> Iterator[tuple[NodeProto, str, Shapes]]:
    """Return the convolutions of a graph, their names, and the shapes that are known there."""
    shapes = outer.new_child(_shapes(graph))
    for place, node in enumerate(graph.node):
        words = node.name or next(filter(None, node.output), f"{node.op_type} {place}")
        name = within + _printable(words)
        if node.op_type in OPERATORS and node.domain in DOMAINS:
            yield node, name, shapes
        for word, inner in graphs_of(node):
            yield from _convolutions(inner, shapes, within=f"{name}.{word}: ")


def _printable(name: str) -> str:
    """Return a name that fits on one line; protobuf hands out bytes where it is not UTF-8."""
    return "".join(sign if sign.isprintable() else "?" for sign in str(name)[:MAX_NAME])


def _shapes(graph: GraphProto) -> dict[str, Dims]:
    known = {}
    for value in (*graph.input, *graph.value_info, *graph.output):
        dims = _dims(value)
        if dims is not None:
            known[value.name] = dims
    for tensor in graph.initializer:
        known[tensor.name] = tuple(tensor.dims)
    return known


def _dims(value: ValueInfoProto) -> Dims | None:
    if not value.type.tensor_type.HasField("shape"):
        return None
    dims = value.type.tensor_type.shape.dim
    return tuple(
        dim.dim_value if dim.HasField("dim_value") and dim.dim_value >= 0 else None for dim in dims
    )


def _layer(node: NodeProto, name: str, shapes: Shapes) -> ModelLayer:
    """Return the layer of one node; what ONNX does not allow is an error that names the node."""
    if len(node.input) < 2 or not node.output:
        raise OptionError(f"node {shown(name)}: it must have an input, a weight and an output")
    known = ModelLayer(
        node=name,
        operator=node.op_type,
        input_shape=shapes.get(node.input[0]),
        output_shape=shapes.get(node.output[0]),
        layer=None,
    )
    weight = shapes.get(node.input[1])
    try:
        values = _attributes(node)
        kernel = values.get("kernel_shape", weight[2:] if weight else None)
        if not isinstance(kernel, tuple) or None in kernel:
            return replace(known, reason="the sizes of the kernel are not known")
        if not 1 <= len(kernel) <= MAX_AXES:
            return replace(known, reason=f"kernel must have 1 to {MAX_AXES} axes, got {kernel}")
        _check_entries(values, axes=len(kernel))
        call = Call(node.op_type, (), {**values, "kernel_shape": kernel, "W": _known(weight)})
        layer = _read(call, known.input_shape, axes=len(kernel))
        return _complete(known, replace(layer, bias=any(node.input[2:])))
    except OpenPaddingError as err:
        return replace(known, reason=str(err))
    except (OptionError, SpecError) as err:
        raise OptionError(f"node {shown(name)}: {err}") from err


def _read(call: Call, dims: Dims | None, *, axes: int) -> Layer:
    """Return the layer that the attributes say, for an input of this shape."""
    if dims is not None and len(dims) != axes + 2:
        raise OptionError(f"input must have {axes + 2} axes, got {_spelled(dims)}")
    sizes = _known(dims[2:]) if dims is not None else None
    layer = read(call, input_shape=sizes)
    channels = dims[1] if dims is not None else None
    if channels is not None and layer.in_channels not in (None, channels):
        raise OptionError(f"input must have {layer.in_channels} channels, got {channels}")
    return layer if sizes is None else replace(layer, spec=layer.spec.at(sizes))


def _complete(known: ModelLayer, layer: Layer) -> ModelLayer:
    """Return a layer with the output's shape: as onnx inferred it, and as its input says."""
    dims = known.input_shape or (None,) * (layer.spec.axes + 2)
    inferred = known.output_shape or (None,) * len(dims)
    sizes = _known(dims[2:])
    spatial = inferred[2:] if sizes is None else layer.spec.output_shape(sizes)
    channels = layer.out_channels or inferred[1]
    said = (dims[0] if inferred[0] is None else inferred[0], channels, *spatial)
    pairs = zip(inferred, said, strict=False)
    if len(said) != len(inferred) or any(one not in (None, other) for one, other in pairs):
        raise OptionError(f"output must be {_spelled(said)}, got {_spelled(inferred)}")
    return replace(known, layer=layer, output_shape=said)


def _attributes(node: NodeProto) -> dict[str, Literal]:
    """Return the attributes; an empty list stands for the default."""
    values: dict[str, Literal] = {}
    for attribute in node.attribute:
        if attribute.name in values:
            raise OptionError(f"{attribute.name} must be given once")
        values[attribute.name] = _literal(attribute)
    return {name: value for name, value in values.items() if value != ()}


def _literal(attribute: AttributeProto) -> Literal:
    if attribute.type == attribute.INT:
        return attribute.i
    if attribute.type == attribute.INTS:
        return tuple(attribute.ints)
    if attribute.type == attribute.STRING:
        return attribute.s.decode("utf-8", errors="replace")
    raise OptionError(f"{attribute.name} must be integers or a word")


def _check_entries(values: Mapping[str, Literal], *, axes: int) -> None:
    """Refuse a list that is not as long as there are axes: in a model, one never stands for all."""
    for name, entries in _ENTRIES.items():
        value = values.get(name)
        if name in values and not (isinstance(value, tuple) and len(value) == entries * axes):
            raise OptionError(f"{name} must be {entries * axes} integers, got {shown(value)}")


def _known(dims: Dims | None) -> Shape | None:
    """Return the sizes where all of them are known."""
    if dims is None:
        return None
    sizes = tuple(size for size in dims if size is not None)
    return sizes if len(sizes) == len(dims) else None


def _spelled(dims: Dims) -> str:
    return "x".join("?" if size is None else str(size) for size in dims)
