"""The header of an emitted file: what it is, made from what, and how far it is checked."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from symconv.codegen.kernel import KernelRequest
from symconv.codegen.plan.kernel import KernelPlan
from symconv.codegen.spelling.formulas import formulas_of
from symconv.codegen.spelling.text import BODY, WIDTH, times


@dataclass(frozen=True)
class Header:
    """The docstring of an emitted module, in lines of at most WIDTH characters."""

    title: str
    facts: tuple[str, ...]
    zeros: str
    formulas: tuple[str, ...]
    proof: tuple[str, ...]
    cost: tuple[str, ...]


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
    return Header(
        title=title_of(plan, request),
        facts=wrapped(
            f"Spec:     {request.spec!r}",
            f"Command:  {request.command}",
            f"Target:   {request.target}, {request.layout} layout",
            f"Case:     {plan.overlap}",
            hanging=10,
        ),
        zeros=zeros_of(plan),
        formulas=wrapped(*formulas_of(plan), hanging=4),
        proof=wrapped(*proof, hanging=0),
        cost=wrapped(*cost_of(plan, pair), *workspace, hanging=4),
    )


def title_of(plan: KernelPlan, request: KernelRequest) -> str:
    """Return what the module is, in one sentence."""
    kernel, block = (times(sizes) for sizes in (plan.kernel_shape, plan.stride))
    stride = block if len(set(plan.stride)) > 1 else str(plan.stride[0])
    mode = f", {request.spec.padding_mode} padding" if plan.copied else ""
    return (
        f"{_kind(request)} with a {kernel} kernel, stride {stride}{mode}: "
        "forward pass and gradients."
    )


def zeros_of(plan: KernelPlan) -> str:
    """Return where the arrays are zero."""
    return "dy is zero outside the output" + ("" if plan.copied else ", x outside the input")


def _kind(request: KernelRequest) -> str:
    words = ["transposed"] if request.spec.transposed else []
    words += ["true"] if request.spec.true_convolution else []
    return " ".join([*words, "convolution"]).capitalize()


def cost_of(plan: KernelPlan, pair: str) -> tuple[str, str]:
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
