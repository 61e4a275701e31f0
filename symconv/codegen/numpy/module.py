"""What the tap-unrolled and the element-unrolled module have in common."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Final

from symconv.codegen.numpy.contexts import Header, Shapes, Statement, Term
from symconv.codegen.numpy.formulas import formulas_of
from symconv.codegen.numpy.roles import INPUT_SIZES, OUTPUT_SIZES
from symconv.codegen.numpy.spelling import (
    smallest_input,
    spanned,
    times,
    tuple_of,
    unpacked,
    window_count,
)
from symconv.codegen.plan import KernelPlan
from symconv.codegen.request import KernelRequest

WIDTH: Final = 100
BODY: Final = "    "


def header_of(
    plan: KernelPlan,
    request: KernelRequest,
    *,
    proof: Sequence[str],
    pair: str = "",
    workspace: Sequence[str] = (),
) -> Header:
    """Return the header: what the module is, made from what, and how far it is checked.

    Args:
        plan: what it computes.
        request: what was asked for.
        proof: how far the code is checked, line by line.
        pair: what else the operations are counted for, " and pair of channels".
        workspace: how much memory the functions need, line by line.
    """
    kernel, block = (times(sizes) for sizes in (plan.kernel_shape, plan.stride))
    stride = block if len(set(plan.stride)) > 1 else str(plan.stride[0])
    mode = f", {request.spec.padding_mode} padding" if plan.copied else ""
    return Header(
        title=f"{_kind(request)} with a {kernel} kernel, stride {stride}{mode}: "
        "forward pass and gradients.",
        facts=wrapped(
            f"Spec:     {request.spec!r}",
            f"Command:  {request.command}",
            f"Target:   {request.target}, {request.layout} layout",
            f"Case:     {plan.overlap}",
            hanging=10,
        ),
        zeros="dy is zero outside the output" + ("" if plan.copied else ", x outside the input"),
        formulas=wrapped(*formulas_of(plan), hanging=4),
        proof=wrapped(*proof, hanging=0),
        cost=wrapped(*_cost(plan, pair), *workspace, hanging=4),
    )


def _kind(request: KernelRequest) -> str:
    words = ["transposed"] if request.spec.transposed else []
    words += ["true"] if request.spec.true_convolution else []
    return " ".join([*words, "convolution"]).capitalize()


def _cost(plan: KernelPlan, pair: str) -> tuple[str, str]:
    """Return what weighing and gathering cost: products per window, sums per block of cells."""
    products, block = plan.multiplications, times(plan.stride)
    sums = f"{products} multiplications and {plan.additions} additions"
    if plan.transposed:
        return (
            f"forward: {sums} per block of {block} output cells{pair}",
            f"grad_input and grad_weight: {products} multiplications per input{pair}",
        )
    cells = "padded input cells" if plan.copied else "input cells"
    return (
        f"forward and grad_weight: {products} multiplications per output{pair}",
        f"grad_input: {sums} per block of {block} {cells}{pair}",
    )


def shapes_of(plan: KernelPlan) -> Shapes:
    """Return the sizes of all arrays, in letters and as expressions of each other."""
    inputs, outputs = INPUT_SIZES[: plan.axes], OUTPUT_SIZES[: plan.axes]
    of_input, of_output = _sizes(plan, inputs, outputs)
    too_small = [
        f"{m} < {least}" for m, least in zip(inputs, plan.least_copied, strict=True) if least
    ]
    return Shapes(
        axes=plan.axes,
        dimensions="1 axis" if plan.axes == 1 else f"{plan.axes} axes",
        slots=", ".join([":{}"] * plan.axes),
        taps=", ".join([":"] * plan.axes),
        kernel=tuple_of(plan.kernel_shape),
        input=tuple_of(inputs),
        output=tuple_of(outputs),
        input_names=unpacked(inputs),
        output_names=unpacked(outputs),
        output_of_input=tuple_of(of_input),
        input_of_output=tuple_of(of_output),
        smallest_input=tuple_of(plan.least_input),
        shape_type=f"tuple[{', '.join(['int'] * plan.axes)}]",
        too_small=" or ".join(too_small),
        least_copied=tuple_of(plan.least_copied),
    )


def _sizes(
    plan: KernelPlan, inputs: Sequence[str], outputs: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Return the output of an input and the input of an output, as expressions."""
    sizes = list(zip(plan.stride, plan.extent, plan.before, plan.after, strict=True))
    rooms = [lo + hi - e for _, e, lo, hi in sizes]
    if plan.transposed:
        spans = [
            spanned(m, t, add=-room - t)
            for m, t, room in zip(inputs, plan.stride, rooms, strict=True)
        ]
        return spans, [
            window_count(g, t, room=room)
            for g, t, room in zip(outputs, plan.stride, rooms, strict=True)
        ]
    counts = [
        window_count(m, t, room=room) for m, t, room in zip(inputs, plan.stride, rooms, strict=True)
    ]
    least = [most if plan.copied else 0 for most in plan.least_input]
    return counts, [
        smallest_input(g, t, room=room, least=n)
        for g, t, room, n in zip(outputs, plan.stride, rooms, least, strict=True)
    ]


def statement_of(heading: str, target: str, products: Sequence[tuple[str, str]]) -> Statement:
    """Return the assignment of a sum; like the formatter, on one line where that fits."""
    terms = tuple(
        term_of(("+ " if position else "") + code, note if len(products) > 1 else "")
        for position, (code, note) in enumerate(products)
    )
    inline = " ".join(term.code for term in terms)
    noted = any(term.above or term.note for term in terms)
    split = noted or len(f"{BODY}{target} = {inline}") > WIDTH
    return Statement(heading, target, terms, "" if split else inline)


def term_of(code: str, note: str, *, indent: str = BODY * 2) -> Term:
    """Return a term with its comment behind it, or above it where the line would be too long."""
    fits = len(f"{indent}{code}  # {note}") <= WIDTH
    return Term(above="", code=code, note=note) if fits else Term(above=note, code=code, note="")


def wrapped(*paragraphs: str, hanging: int) -> tuple[str, ...]:
    """Return the paragraphs in lines that fit, continued with an indent."""
    return tuple(
        line
        for paragraph in paragraphs
        for line in textwrap.wrap(
            paragraph,
            WIDTH - len(BODY),
            subsequent_indent=" " * hanging,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )
