"""The kernels of a whole model: one for each distinct spec among its layers, and the table of both.

layers of a model -> the distinct specs -> ModelKernels: files, and a row for each layer
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from symconv.algebra.derivation import derive_gradients
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
class _Made:
    """The kernel of a spec: its file name and text, or the reason why there is none."""

    path: str = ""
    text: str = ""
    reason: str = ""


def kernels_of(
    layers: Sequence[ModelLayer],
    *,
    progress: Callable[[str, int, int], None],
    style: str | None = None,
) -> ModelKernels:
    """Return a checked NumPy kernel of the batched layout for each distinct spec.

    Args:
        layers: the layers of a model.
        progress: told (what is made, how many are done, of how many).
        style: "unrolled", the default, or "fast".

    Raises:
        VerificationError: emitted code differs from the derivation.
    """
    specs = tuple(dict.fromkeys(layer.layer.spec for layer in layers if layer.layer))
    made = {}
    overlaps = {}
    for done, spec in enumerate(specs):
        progress(write_options(spec), done, len(specs))
        made[spec] = _make(spec, style)
        overlaps[spec] = _overlap(spec)
    rows = []
    for layer in layers:
        if layer.layer is None:
            rows.append(_row(layer, _Made(reason=layer.reason), spec=UNKNOWN, overlap=UNKNOWN))
        else:
            spec = layer.layer.spec
            options = write_options(spec)
            rows.append(_row(layer, made[spec], spec=options, overlap=overlaps[spec]))
    return ModelKernels(
        rows=tuple(rows),
        files={kernel.path: kernel.text for kernel in made.values() if kernel.path},
    )


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
    words = f"{_counted(len(kernels.rows), 'layer')}, {_counted(len(kernels.files), 'kernel')}"
    return f"{words}, {kernels.left_out} without a kernel" if kernels.left_out else words


def _make(spec: ConvSpec, style: str | None) -> _Made:
    """Return the kernel of a spec, checked on symbols."""
    try:
        request = request_kernel(spec, layout="batched", style=style)
        (file,) = build_of(request).checked.files
    except (OptionError, SpecError) as err:
        return _Made(reason=str(err))
    return _Made(path=file.path, text=file.text)


def _overlap(spec: ConvSpec) -> str:
    """Return the overlap case, which no padding changes."""
    try:
        return derive_gradients(replace(spec, padding=((0, 0),) * spec.axes)).overlap.name
    except SpecError:
        return UNKNOWN


def _row(layer: ModelLayer, made: _Made, *, spec: str, overlap: str) -> LayerRow:
    return LayerRow(
        node=layer.node,
        operator=layer.operator,
        spec=spec,
        input=_shape(layer.input_shape),
        output=_shape(layer.output_shape),
        multiplications=_number(layer.multiplications),
        parameters=_number(layer.parameters),
        overlap=overlap,
        kernel=made.path,
        reason=made.reason,
    )


def _shape(dims: Dims | None) -> str:
    return UNKNOWN if dims is None else "x".join(map(_number, dims))


def _number(number: int | None) -> str:
    return UNKNOWN if number is None else str(number)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
