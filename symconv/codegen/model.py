"""The kernels of a whole model: one for each distinct spec among its layers, and the table of both.

layers of a model -> the distinct specs -> ModelKernels: files, and a row for each layer
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from symconv.algebra.derivation import derive_gradients
from symconv.codegen.c.main import main_file
from symconv.codegen.kernel import KernelRequest
from symconv.codegen.request import request_kernel
from symconv.codegen.targets import build_of
from symconv.conventions.onnx_model import Dims, ModelLayer
from symconv.errors import OptionError, SpecError
from symconv.notation import write_options
from symconv.render import markdown, render
from symconv.spec import ConvSpec

UNKNOWN: Final = "?"
HEADS: Final = (
    "node",
    "operator",
    "spec",
    "input",
    "output",
    "multiplications",
    "parameters",
    "overlap",
    "kernel",
)


@dataclass(frozen=True)
class LayerRow:
    """What the table says of one layer, in words; "?" for what the model leaves open.

    Attributes:
        node, operator: its name and kind.
        spec: the options that make its kernel.
        input, output: the shapes, 1x3x?x?.
        multiplications: products of the forward pass for one image.
        parameters: entries of weight and bias.
        overlap: the overlap case.
        kernel: the file of its kernel; empty where there is none.
        reason: why there is none.
    """

    node: str
    operator: str
    spec: str
    input: str
    output: str
    multiplications: str
    parameters: str
    overlap: str
    kernel: str
    reason: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The row under HEADS; where there is no kernel, the reason stands in brackets."""
        kernel = self.kernel or f"({self.reason})"
        return (
            self.node,
            self.operator,
            self.spec,
            self.input,
            self.output,
            self.multiplications,
            self.parameters,
            self.overlap,
            kernel,
        )


@dataclass(frozen=True)
class ModelKernels:
    """The layers of a model and what was made for them.

    Attributes:
        rows: one per layer, in the order of the model.
        files: the kernels, file name -> text.
    """

    rows: tuple[LayerRow, ...]
    files: dict[str, str]

    @property
    def left_out(self) -> int:
        """How many layers have no kernel."""
        return sum(not row.kernel for row in self.rows)


@dataclass(frozen=True)
class LayersTable:
    """The context of model/layers.md.jinja: every text is Markdown already.

    Attributes:
        title: the name of the model.
        summary: how many layers and kernels there are.
        heads: the columns.
        rows: their cells.
    """

    title: str
    summary: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class _Wanted:
    """What a kernel is made for.

    Attributes:
        spec: of the layer.
        shapes: of its input (N, C, *sizes) and of its output, if the kernel is for that input.
    """

    spec: ConvSpec
    shapes: tuple[Dims, Dims] | None


@dataclass(frozen=True)
class _Made:
    """The kernel of some layers, or the reason why there is none.

    Attributes:
        path: the file of the kernel.
        files: all its files, name -> text.
        overlap: the overlap case.
        reason: why there is none.
    """

    path: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    overlap: str = UNKNOWN
    reason: str = ""


def kernels_of(
    layers: Sequence[ModelLayer],
    *,
    progress: Callable[[str, int, int], None],
    fixed: bool = False,
    style: str | None = None,
) -> ModelKernels:
    """Return a checked kernel of the batched layout for each distinct spec.

    Args:
        layers: the layers of a model.
        progress: told (what is made, how many are done, of how many).
        fixed: make C for the input of each layer, of one image where their number is open, with a
            program that checks it; else NumPy for any input.
        style: of NumPy, "unrolled", the default, or "fast".

    Raises:
        VerificationError: emitted code differs from the derivation.
        ToolError: the C compiler fails.
    """
    wanted = [_wanted(layer, fixed=fixed) for layer in layers]
    distinct = tuple(dict.fromkeys(each for each in wanted if each))
    made = {}
    for done, each in enumerate(distinct):
        progress(write_options(each.spec), done, len(distinct))
        made[each] = replace(_make(each, fixed=fixed, style=style), overlap=_overlap(each.spec))
    rows = [
        _row(layer, made[each], spec=write_options(each.spec))
        if each
        else _row(layer, _Made(reason=layer.reason), spec=UNKNOWN)
        for layer, each in zip(layers, wanted, strict=True)
    ]
    files = {path: text for kernel in made.values() for path, text in kernel.files.items()}
    return ModelKernels(rows=tuple(rows), files=files)


def _wanted(layer: ModelLayer, *, fixed: bool) -> _Wanted | None:
    """Return what a layer needs; None if its sizes cannot be told."""
    if layer.layer is None:
        return None
    shapes = (layer.input_shape or (), layer.output_shape or ()) if fixed else None
    return _Wanted(layer.layer.spec, shapes)


def layers_table(kernels: ModelKernels, *, title: str) -> str:
    """Return the table of layers in Markdown; nothing in it but the kernels is a link.

    Args:
        kernels: the layers and their files.
        title: the name of the model.
    """
    rows = []
    for row in kernels.rows:
        *cells, kernel = map(markdown, row.cells)
        link = f"[{kernel}]({row.kernel})" if row.kernel else kernel
        rows.append((*cells, link))
    table = LayersTable(markdown(title), summary(kernels), HEADS, tuple(rows))
    return render("model/layers.md.jinja", table)


def summary(kernels: ModelKernels) -> str:
    """Return how many layers and kernels there are, in words."""
    made = {row.kernel for row in kernels.rows if row.kernel}
    words = f"{_counted(len(kernels.rows), 'layer')}, {_counted(len(made), 'kernel')}"
    return f"{words}, {kernels.left_out} without a kernel" if kernels.left_out else words


def _make(wanted: _Wanted, *, fixed: bool, style: str | None) -> _Made:
    """Return a kernel, checked."""
    try:
        build = build_of(_fixed_request(wanted) if fixed else _request(wanted, style))
        files = build.checked.files
    except (OptionError, SpecError) as err:
        return _Made(reason=str(err))
    if fixed:
        request = build.request
        files += (main_file(request.name, request.one_input, build.in_numpy.kernel),)
    return _Made(path=files[0].path, files={file.path: file.text for file in files})


def _request(wanted: _Wanted, style: str | None) -> KernelRequest:
    return request_kernel(wanted.spec, layout="batched", style=style)


def _fixed_request(wanted: _Wanted) -> KernelRequest:
    """Return the request for C for the input of a layer.

    Raises:
        OptionError: the model leaves a size open.
    """
    given, made = wanted.shapes or ((), ())
    images, *sizes = given or (None,)
    known = [size for size in sizes if size is not None]
    outputs = made[1] if len(made) > 1 else None
    if not known or len(known) < len(sizes) or outputs is None:
        raise OptionError(f"C for one input needs its sizes, got {_shape(given or None)}")
    return request_kernel(
        wanted.spec,
        target="c",
        layout="batched",
        fixed=True,
        input_shape=(1 if images is None else images, *known),
        out_channels=outputs,
    )


def _overlap(spec: ConvSpec) -> str:
    """Return the overlap case, which no padding changes."""
    try:
        return derive_gradients(replace(spec, padding=((0, 0),) * spec.axes)).overlap.name
    except SpecError:
        return UNKNOWN


def _row(layer: ModelLayer, made: _Made, *, spec: str) -> LayerRow:
    return LayerRow(
        node=layer.node,
        operator=layer.operator,
        spec=spec,
        input=_shape(layer.input_shape),
        output=_shape(layer.output_shape),
        multiplications=_number(layer.multiplications),
        parameters=_number(layer.parameters),
        overlap=made.overlap,
        kernel=made.path,
        reason=made.reason,
    )


def _shape(dims: Dims | None) -> str:
    return UNKNOWN if dims is None else "x".join(map(_number, dims))


def _number(number: int | None) -> str:
    return UNKNOWN if number is None else str(number)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
