"""The batched kernel by tiles: transforms of tiles, and one product of matrices a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from symconv.algebra.bilinear import Filter
from symconv.algebra.toom_cook import AxisTransforms, Matrix
from symconv.codegen.kernel import KernelRequest
from symconv.codegen.numpy.contexts import Shapes
from symconv.codegen.numpy.module import shapes_of
from symconv.codegen.numpy.spelling import unpacked
from symconv.codegen.plan.sharing import Group, Sum, shared_sums, spelled, unsigned
from symconv.codegen.plan.winograd import FastPlan
from symconv.codegen.spelling.header import Header, header_of
from symconv.codegen.spelling.text import tuple_of

WORKSPACE: Final = "2**19"
LEAST_TILES: Final = "64"
IN_CACHE: Final = "2**15"


@dataclass(frozen=True)
class Transform:
    """A function that multiplies a matrix by a vector of arrays.

    Attributes:
        name: of the function.
        meaning: its docstring.
        target, source: the names of the sequences that it fills and reads.
        operands: the target that the source is unpacked into.
        lines: its statements.
    """

    name: str
    meaning: str
    target: str
    source: str
    operands: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class WinogradModule:
    """The context of numpy/winograd.py.jinja; `*_used` name the transform of each axis."""

    header: Header
    shapes: Shapes
    transposed: bool
    copied: bool
    groups: int
    weight_shape: str
    outputs: str
    channels: str
    channel_axis: int
    first_axis: int
    workspace: str
    least_tiles: str
    in_cache: str
    tile: str
    span: str
    forward_first: str
    forward_order: str
    grad_input_first: str
    grad_input_order: str
    transforms: tuple[Transform, ...]
    inputs_used: str
    weights_used: str
    outputs_used: str
    gradients_used: str
    taps_used: str


def winograd_module(
    fast: FastPlan, request: KernelRequest, *, proof: Sequence[str]
) -> WinogradModule:
    """Return what the template of the kernel by tiles needs.

    Args:
        fast: what to compute.
        request: what was asked for.
        proof: how far the emitted code is checked, line by line.
    """
    plan = fast.plan
    per_group = "" if plan.groups == 1 else f"/{plan.groups}"
    return WinogradModule(
        header=header_of(plan, request, proof=proof, workspace=fast.cost),
        shapes=shapes_of(plan),
        transposed=plan.transposed,
        copied=plan.copied,
        groups=plan.groups,
        weight_shape=tuple_of(("O", f"C{per_group}", *plan.kernel_shape)),
        outputs="len(w)",
        channels="GROUPS * weight.shape[1]",
        channel_axis=-plan.axes - 1,
        first_axis=-plan.axes,
        workspace=WORKSPACE,
        least_tiles=LEAST_TILES,
        in_cache=IN_CACHE,
        tile=tuple_of(fast.tile),
        span=tuple_of(fast.span),
        forward_first=tuple_of([each.first for each in fast.weigh]),
        forward_order=_order(fast.weigh),
        grad_input_first=tuple_of([each.first for each in fast.gather]),
        grad_input_order=_order(fast.gather),
        transforms=tuple(
            each for axis in dict.fromkeys(fast.transforms) for each in _functions(axis)
        ),
        inputs_used=_used("input", fast),
        weights_used=_used("weight", fast),
        outputs_used=_used("output", fast),
        gradients_used=_used("gradient", fast),
        taps_used=_used("taps", fast),
    )


def _order(filters: Sequence[Filter]) -> str:
    """Return the index that puts the taps into the order in which they read; "" for none."""
    backwards = [each.taps != tuple(range(len(each.taps))) for each in filters]
    slices = ", ".join("::-1" if each else ":" for each in backwards)
    return f"[..., {slices}]" if any(backwards) else ""


def _used(kind: str, fast: FastPlan) -> str:
    return tuple_of([_name(kind, axis) for axis in fast.transforms])


def _name(kind: str, axis: AxisTransforms) -> str:
    return f"_{kind}_{axis.outputs}x{axis.taps}"


def _functions(axis: AxisTransforms) -> tuple[Transform, ...]:
    """Return the five products with matrices that F(m, r) needs."""
    points = [*map(str, axis.points), "infinity"]
    given = " and ".join(filter(None, (", ".join(points[:-1]), points[-1])))
    a, g, b = axis.output_transform, axis.weight_transform, axis.input_transform
    return (
        _function("input", axis, b, f"B^T x, at the points {given}", target="t", source="x"),
        _function("weight", axis, g, "G w, at the same points", target="t", source="w"),
        _function("output", axis, _transposed(a), "A^T of the products", target="y", source="t"),
        _function("gradient", axis, a, "A dy, at the same points", target="t", source="d"),
        _function("taps", axis, _transposed(g), "G^T of the products", target="w", source="t"),
    )


def _function(
    kind: str, axis: AxisTransforms, matrix: Matrix, meaning: str, *, target: str, source: str
) -> Transform:
    operands = [f"{source}{place}" for place in range(len(matrix[0]))]
    sums = shared_sums(
        matrix, operands=operands, results=[f"{target}[{place}]" for place in range(len(matrix))]
    )
    return Transform(
        name=_name(kind, axis),
        meaning=f"Write {meaning}.",
        target=target,
        source=source,
        operands=unpacked(operands) if len(operands) == 1 else ", ".join(operands),
        lines=(
            *(f"{each.name} = {_divided(each)}" for each in sums.steps),
            *map(_written, sums.results),
        ),
    )


def _transposed(matrix: Matrix) -> Matrix:
    return tuple(zip(*matrix, strict=True))


def _written(made: Sum) -> str:
    """Return the statement that writes a sum where it belongs, the last operation in place."""
    groups = made.groups
    if made.divisor != 1:
        return f"np.divide({spelled(groups)}, {made.divisor}, out={made.name})"
    if len(groups) == 1 and len(groups[0].terms) > 1 and groups[0].factor == 1:
        groups = tuple(Group(1, (term,)) for term in groups[0].terms)
    if len(groups) == 1:
        return f"{made.name}[...] = {spelled(groups)}"
    *most, last = groups
    operation = "add" if last.terms[0][0] > 0 else "subtract"
    return f"np.{operation}({spelled(most)}, {unsigned(last)}, out={made.name})"


def _divided(made: Sum) -> str:
    text = spelled(made.groups)
    if made.divisor == 1:
        return text
    whole = len(made.groups) == 1 and len(made.groups[0].terms) == 1
    return f"{text} / {made.divisor}" if whole else f"({text}) / {made.divisor}"
