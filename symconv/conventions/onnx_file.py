"""An ONNX file made ready to be read: parsed within limits, functions inlined, shapes inferred.

onnx itself does all three. Nothing outside the file is opened: weights stored beside the model are
not needed, and those inside are dropped before the inference, their shapes kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from symconv.errors import OptionError, ToolError, shown
from symconv.sizes import Shape

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto

MAX_BYTES: Final = 2**30
MAX_NODES: Final = 200_000
MAX_NESTED: Final = 50
KEPT_BYTES: Final = 8192

Function: TypeAlias = tuple[str, str, str]


def prepared_model(
    source: bytes | str | Path, *, input_shape: Sequence[int] | None = None
) -> ModelProto:
    """Return a model without functions, and with every shape that onnx can infer.

    Args:
        source: the file, or its bytes.
        input_shape: sizes that dynamic spatial axes of its inputs (N, C, *spatial) have.

    Raises:
        OptionError: the file cannot be read, is no model, or is larger than a limit.
        ToolError: onnx is not installed.
    """
    try:
        from onnx import inliner, load_model_from_string, shape_inference
    except ImportError as err:
        raise ToolError("onnx is needed to read a model: pip install 'symconv[onnx]'") from err

    data = _bytes(source)
    with _said_by_onnx("the model must be an ONNX file"):
        model = load_model_from_string(data)
    if not model.HasField("graph") or not model.opset_import:
        raise OptionError("the model must be an ONNX file: it has no graph or no operator set")
    _refuse_explosion(model)
    _drop_weights(model)
    with _said_by_onnx("functions of the model must be such that onnx can inline them"):
        model = inliner.inline_local_functions(model) if model.functions else model
    _fix_inputs(model.graph, input_shape)
    with _said_by_onnx("shapes in the model must be such that onnx can infer the others"):
        return shape_inference.infer_shapes(model)


@contextmanager
def _said_by_onnx(rule: str) -> Iterator[None]:
    """Make one line of any error of onnx: it passes on whatever its C++ throws."""
    try:
        yield
    except Exception as err:
        words = " ".join(str(err).split())
        raise OptionError(f"{rule}: {words[:200]}") from err


def nodes_in(nodes: Iterable[NodeProto]) -> Iterator[NodeProto]:
    """Return the nodes and those of all graphs inside them."""
    for node in nodes:
        yield node
        for _, graph in graphs_of(node):
            yield from nodes_in(graph.node)


def graphs_of(node: NodeProto) -> Iterator[tuple[str, GraphProto]]:
    """Return the graphs inside a node, with their names: the branches of If, the body of Loop."""
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.name, attribute.g
        for number, graph in enumerate(attribute.graphs):
            yield f"{attribute.name}[{number}]", graph


def _bytes(source: bytes | str | Path) -> bytes:
    """Return the bytes of a file; one beyond the limit is not read whole."""
    data = source if isinstance(source, bytes) else _file_bytes(Path(source))
    if len(data) > MAX_BYTES:
        raise OptionError(f"the model must have at most {MAX_BYTES} bytes, got more")
    return data


def _file_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise OptionError(
                f"the model must have at most {MAX_BYTES} bytes, got {path.stat().st_size}"
            )
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as err:
        raise OptionError(f"cannot read {shown(str(path))}: {err.strerror}") from err
    except ValueError as err:
        if isinstance(err, OptionError):
            raise
        raise OptionError(f"cannot read {shown(str(path))}: {err}") from err


def _refuse_explosion(model: ModelProto) -> None:
    """Refuse functions that call themselves, or that unfold to more nodes than the limit."""
    bodies = {(f.domain, f.name, f.overload): list(nodes_in(f.node)) for f in model.functions}
    calls = {
        name: Counter(called for called in map(_called, body) if called in bodies)
        for name, body in bodies.items()
    }
    try:
        order = tuple(TopologicalSorter(calls).static_order())
    except CycleError as err:
        raise OptionError("functions of the model must not call themselves") from err
    sizes: dict[Function, int] = {}
    depths: dict[Function, int] = {}
    for name in order:
        inner = calls[name].items()
        sizes[name] = len(bodies[name]) + sum(times * sizes[other] for other, times in inner)
        depths[name] = 1 + max((depths[other] for other in calls[name]), default=0)
    nodes = list(nodes_in(model.graph.node))
    total = len(nodes) + sum(sizes.get(_called(node), 0) for node in nodes)
    if max([total, *sizes.values()]) > MAX_NODES:
        raise OptionError(f"the model must have at most {MAX_NODES} nodes, got {shown(total)}")
    if max(depths.values(), default=0) > MAX_NESTED:
        raise OptionError(f"functions of the model must nest at most {MAX_NESTED} deep")


def _called(node: NodeProto) -> Function:
    return (node.domain, node.op_type, node.overload)


def _drop_weights(model: ModelProto) -> None:
    """Drop the numbers of large tensors; a shape is inferred from small ones only."""
    everywhere = [*nodes_in(model.graph.node)]
    for function in model.functions:
        everywhere += nodes_in(function.node)
    for tensor in model.graph.initializer:
        _drop(tensor)
    for node in everywhere:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                _drop(attribute.t)
        for _, graph in graphs_of(node):
            for tensor in graph.initializer:
                _drop(tensor)


def _drop(tensor: TensorProto) -> None:
    if tensor.ByteSize() > KEPT_BYTES:
        for field in ("raw_data", "float_data", "int32_data", "int64_data", "double_data"):
            tensor.ClearField(field)


def _fix_inputs(graph: GraphProto, input_shape: Sequence[int] | None) -> None:
    """Make negative sizes unknown ones, and give dynamic spatial axes the sizes asked for."""
    weights = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in weights]
    for value in inputs:
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_value < 0:
                dim.ClearField("dim_value")
    if input_shape is None:
        return
    images = [v for v in inputs if len(v.type.tensor_type.shape.dim) == len(input_shape) + 2]
    if not images:
        raise OptionError(
            f"--input must have as many axes as the model's input has after N and C, "
            f"got {len(input_shape)}"
        )
    for value in images:
        _fix(value, tuple(input_shape))


def _fix(value: ValueInfoProto, input_shape: Shape) -> None:
    for axis, (dim, size) in enumerate(
        zip(value.type.tensor_type.shape.dim[2:], input_shape, strict=True)
    ):
        if dim.HasField("dim_value") and dim.dim_value != size:
            raise OptionError(
                f"--input[{axis}] must be {dim.dim_value}, as the model says, got {size}"
            )
        dim.dim_value = size
