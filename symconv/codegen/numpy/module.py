"""What the tap-unrolled and the element-unrolled module have in common."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Final

from symconv.algebra.affine import Affine
from symconv.algebra.symbols import (
    INPUT_INDEX,
    INPUT_SIZE,
    OUTPUT_INDEX,
    OUTPUT_SIZE,
    TAP_INDEX,
)
from symconv.codegen.numpy.contexts import Header, Shapes, Statement, Term
from symconv.codegen.numpy.spelling import (
    smallest_input,
    times,
    tuple_of,
    unpacked,
    window_count,
)
from symconv.codegen.plan import KernelPlan
from symconv.codegen.request import KernelRequest

WIDTH: Final = 100
BODY: Final = "    "

INPUT_SIZES: Final = [symbol.name for symbol in INPUT_SIZE]
OUTPUT_SIZES: Final = [symbol.name for symbol in OUTPUT_SIZE]
OUTPUT_LETTERS: Final = [symbol.name for symbol in OUTPUT_INDEX]
INPUT_LETTERS: Final = [symbol.name for symbol in INPUT_INDEX]
TAP_LETTERS: Final = [symbol.name for symbol in TAP_INDEX]


def header_of(
    plan: KernelPlan,
    request: KernelRequest,
    *,
    formulas: Sequence[str],
    proof: Sequence[str],
    pair: str = "",
    workspace: Sequence[str] = (),
) -> Header:
    """Return the header: what the module is, made from what, and how far it is checked.

    Args:
        plan: what it computes.
        request: what was asked for.
        formulas: y and the gradients.
        proof: how far the code is checked, line by line.
        pair: what else the operations are counted for, " and pair of channels".
        workspace: how much memory the functions need, line by line.
    """
    kernel, block = (times(sizes) for sizes in (plan.kernel_shape, plan.stride))
    stride = block if len(set(plan.stride)) > 1 else str(plan.stride[0])
    products, sums = plan.multiplications, plan.grad_input_additions
    block = f"block of {block} input cells"
    return Header(
        title=f"Convolution with a {kernel} kernel, stride {stride}: forward pass and gradients.",
        facts=wrapped(
            f"Spec:     {request.spec!r}",
            f"Command:  {request.command}",
            f"Target:   {request.target}, {request.layout} layout",
            f"Case:     {plan.overlap}",
            hanging=10,
        ),
        formulas=wrapped(*formulas, hanging=4),
        proof=wrapped(*proof, hanging=0),
        cost=wrapped(
            f"forward and grad_weight: {products} multiplications per output{pair}",
            f"grad_input: {products} multiplications and {sums} additions per {block}{pair}",
            *workspace,
            hanging=4,
        ),
    )


def plane_formulas(plan: KernelPlan) -> tuple[str, ...]:
    """Return y, dx, dw and db of a plane."""
    cell, output, tap, read, meets = letters_of(plan)
    return (
        f"y[{output}] = b + sum over all taps ({tap}) of x[{read}] * w[{tap}]",
        f"dx[{cell}] = sum over {meets} of dy[{output}] * w[{tap}]",
        f"dw[{tap}] = sum over all ({output}) of dy[{output}] * x[{read}]",
        f"db = sum over all ({output}) of dy[{output}]",
    )


def letters_of(plan: KernelPlan) -> tuple[str, str, str, str, str]:
    """Return "u, v", "i, j", "r, s", the input "2i + r, 2j + s" and "2i + r = u, 2j + s = v"."""
    cell, output, tap = (
        tuple_of(letters[: plan.axes], brackets="")
        for letters in (INPUT_LETTERS, OUTPUT_LETTERS, TAP_LETTERS)
    )
    reads = [
        _read_formula(axis, t, d, lo)
        for axis, (t, d, lo) in enumerate(zip(plan.stride, plan.dilation, plan.before, strict=True))
    ]
    meets = ", ".join(f"{read} = {u}" for read, u in zip(reads, INPUT_LETTERS, strict=False))
    return cell, output, tap, ", ".join(reads), meets


def shapes_of(plan: KernelPlan) -> Shapes:
    """Return the sizes of all arrays, in letters and as expressions of each other."""
    inputs, outputs = INPUT_SIZES[: plan.axes], OUTPUT_SIZES[: plan.axes]
    sizes = list(zip(plan.stride, plan.extent, plan.before, plan.after, strict=True))
    counts = [
        window_count(m, t, room=lo + hi - e)
        for m, (t, e, lo, hi) in zip(inputs, sizes, strict=True)
    ]
    smallest = [
        smallest_input(g, t, room=lo + hi - e)
        for g, (t, e, lo, hi) in zip(outputs, sizes, strict=True)
    ]
    return Shapes(
        axes=plan.axes,
        dimensions="1 axis" if plan.axes == 1 else f"{plan.axes} axes",
        slots=", ".join([":{}"] * plan.axes),
        subscripts="".join(OUTPUT_LETTERS[: plan.axes]),
        kernel=tuple_of(plan.kernel_shape),
        input=tuple_of(inputs),
        output=tuple_of(outputs),
        input_names=unpacked(inputs),
        output_names=unpacked(outputs),
        output_of_input=tuple_of(counts),
        input_of_output=tuple_of(smallest),
        smallest_input=tuple_of([max(0, e - lo - hi) for _, e, lo, hi in sizes]),
        shape_type=f"tuple[{', '.join(['int'] * plan.axes)}]",
    )


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


def _read_formula(axis: int, stride: int, dilation: int, before: int) -> str:
    """Return "2i + 3r - 1", the input that an output reads through a tap."""
    output = Affine(stride, OUTPUT_LETTERS[axis], 0).spelled()
    return f"{output} + {Affine(dilation, TAP_LETTERS[axis], -before).spelled()}"
