"""The C functions for one input: sums over one plane after the other, in loops with fixed bounds.

Windows are weighed, cells gathered phase by phase, and both meet in dw; a transposed convolution
exchanges the first two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import prod
from typing import Final

from symconv.algebra.affine import Affine
from symconv.codegen.c.fixed import CFixed, fixed_file
from symconv.codegen.c.nests import Nest, Side, Spelling, flat, nests_of, place_of
from symconv.codegen.kernel import KernelRequest
from symconv.codegen.plan.kernel import KernelPlan, TermPlan
from symconv.codegen.spelling.roles import WINDOW_LETTERS, roles_of
from symconv.sizes import Shape


@dataclass(frozen=True)
class Meeting:
    """A function of one plane of each array.

    Attributes:
        name: of the function.
        note: what it does.
        result, left, right: the letters of the arrays, the first one added to.
        sums: what is summed before it is added to an entry, and that entry.
        nests: its loops.
    """

    name: str
    note: str
    result: str
    left: str
    right: str
    sums: tuple[tuple[str, str], ...]
    nests: tuple[Nest, ...]


@dataclass(frozen=True)
class CDirect(CFixed):
    """The context of c/direct.c.jinja.

    Attributes:
        batched: whether there are images and channels.
        constants: macros and their numbers, INPUTS and OUTPUTS those of a group.
        weight_at: where the weights of input channel c and output channel o begin.
        meetings: the functions of planes.
        forward, grad_input: the names of those that the two call.
        met: the planes whose products dw is the sum of.
    """

    batched: bool
    constants: tuple[tuple[str, int], ...]
    weight_at: str
    meetings: tuple[Meeting, ...]
    forward: str
    grad_input: str
    met: str


WEIGH: Final = "weigh"
GATHER: Final = "gather"
MEET: Final = "meet"


def direct_module(plan: KernelPlan, request: KernelRequest, *, proof: Sequence[str]) -> CDirect:
    """Return what the templates of the two files need.

    Args:
        plan: what to compute; its padding is not copied.
        request: what was asked for.
        proof: how far the emitted code is checked, line by line.
    """
    file, shapes = fixed_file(plan, request, proof=proof), request.one_input
    batched = request.layout == "batched"
    inputs, outputs = (shape[-plan.axes :] for shape in (shapes.input, shapes.output))
    constants = {"TAPS": prod(plan.kernel_shape), "CELLS": prod(inputs), "RESULTS": prod(outputs)}
    if batched:
        constants |= {
            "IMAGES": shapes.input[0],
            "GROUPS": plan.groups,
            "INPUTS": shapes.input[1] // plan.groups,
            "OUTPUTS": shapes.output[1] // plan.groups,
        }
    outer, inner = (
        ("INPUTS + c", "OUTPUTS + o") if plan.transposed else ("OUTPUTS + o", "INPUTS + c")
    )
    windows, cells = (inputs, outputs) if plan.transposed else (outputs, inputs)
    met = ("given", "read") if batched else ("dy", "x")
    forward, grad_input = (GATHER, WEIGH) if plan.transposed else (WEIGH, GATHER)
    return CDirect(
        **{field.name: getattr(file, field.name) for field in fields(file)},
        batched=batched,
        constants=tuple(constants.items()),
        weight_at=f"((group * {outer}) * {inner}) * TAPS",
        meetings=_meetings(plan, windows, cells),
        forward=forward,
        grad_input=grad_input,
        met=", ".join(met[::-1] if plan.transposed else met),
    )


def _meetings(plan: KernelPlan, windows: Shape, cells: Shape) -> tuple[Meeting, ...]:
    """Return the three functions of planes."""
    roles = roles_of(plan)
    number = {tap.tap: place_of(tap.tap, plan.kernel_shape) for tap in plan.taps}
    one = tuple(Affine(1, letter, 0) for letter in WINDOW_LETTERS[: plan.axes])
    each_window = Side(one, windows, plan.taps, cells)

    def summed(result: str, source: str) -> Spelling:
        def spell(side: Side, taps: Sequence[TermPlan]) -> list[str]:
            terms = [f"{source}[{flat(t.index, side.sources)}] * w[{number[t.tap]}]" for t in taps]
            begin = f"{result}[{flat(side.target, side.targets)}] += {terms[0]}"
            lines = [begin, *(f"    + {term}" for term in terms[1:])]
            return [*lines[:-1], f"{lines[-1]};"]

        return spell

    def met(side: Side, taps: Sequence[TermPlan]) -> list[str]:
        window = flat(side.target, side.targets)
        return [
            f"sum{number[tap.tap]} += {roles.windows}[{window}]"
            f" * {roles.cells}[{flat(tap.index, side.sources)}];"
            for tap in taps
        ]

    weigh, gather = summed(roles.weighed, roles.cells), summed(roles.gathered, roles.windows)
    phases = [
        Side(tuple(at.index for at in phase.cells), cells, phase.terms, windows)
        for phase in plan.phases
    ]
    return (
        Meeting(
            WEIGH,
            f"Add to every window of {roles.weighed} what its cells of {roles.cells} weigh.",
            roles.weighed,
            roles.cells,
            "w",
            (),
            tuple(nests_of(each_window, weigh)),
        ),
        Meeting(
            GATHER,
            f"Add to every cell of {roles.gathered} the windows of {roles.windows} that read it.",
            roles.gathered,
            roles.windows,
            "w",
            (),
            tuple(nest for phase in phases for nest in nests_of(phase, gather)),
        ),
        Meeting(
            MEET,
            f"Add to dw the products of {roles.windows} and {roles.cells} that meet in a tap.",
            "dw",
            roles.windows,
            roles.cells,
            tuple((f"sum{place}", f"dw[{place}]") for place in number.values()),
            tuple(nests_of(each_window, met)),
        ),
    )
