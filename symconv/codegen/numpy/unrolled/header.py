"""What an unrolled module says of itself: its header, and the formula of each function."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from symconv.codegen.kernel import KernelRequest
from symconv.codegen.numpy.unrolled.contexts import Docstrings, UnrolledHeader
from symconv.codegen.plan.kernel import KernelPlan
from symconv.codegen.spelling.formulas import formulas_of
from symconv.codegen.spelling.header import cost_of, title_of, wrapped, zeros_of
from symconv.codegen.spelling.text import BODY, WIDTH

RETURNED: Final = {"y": "forward", "dx": "grad_input", "dw": "grad_weight", "db": "grad_bias"}
HANGING: Final = 10
JOINT: Final = "\xa0"  # a space where no line is broken: inside an index
_INDEX: Final = re.compile(r"\[[^]]*\]")


def unrolled_header(
    plan: KernelPlan,
    request: KernelRequest,
    *,
    proof: Sequence[str],
    arrays: str,
    faster: str,
) -> UnrolledHeader:
    """Return the header: what the module is, made from what, and how far it is checked.

    Args:
        plan: what it computes.
        request: what was asked for.
        proof: how far the code is checked, line by line.
        arrays: what the letters are.
        faster: when the other style is faster.
    """
    pair = " and pair of channels" if plan.sums else ""
    facts = {
        "Spec": repr(request.spec),
        "Command": request.command,
        "Arrays": f"{arrays}; {zeros_of(plan)}",
        "Proof": " ".join(proof),
        "Cost": "; ".join(cost_of(plan, pair)),
        "Speed": faster,
    }
    return UnrolledHeader(
        title=title_of(plan, request),
        facts=wrapped(
            *(f"{name + ':':{HANGING}}{fact}" for name, fact in facts.items()), hanging=HANGING
        ),
    )


def docstrings_of(plan: KernelPlan) -> Docstrings:
    """Return the docstrings of the functions: what each returns, as formulas."""
    formulas: dict[str, list[str]] = {name: [] for name in RETURNED}
    for formula in formulas_of(plan):
        name = formula.partition("[")[0].partition(" ")[0].removesuffix("p")
        if name in RETURNED:
            formulas[name].append(formula)
    return Docstrings(
        **{RETURNED[name]: _docstring(name, those) for name, those in formulas.items()}
    )


def _docstring(name: str, formulas: Sequence[str]) -> tuple[str, ...]:
    """Return a docstring in lines, the formula in the first one if there is room."""
    (*_, last) = formulas
    line = f'"""Return {last}."""'
    if len(formulas) == 1 and len(BODY + line) <= WIDTH:
        return (BODY + line,)
    lines = wrapped(*(_INDEX.sub(_joined, formula) for formula in formulas), hanging=4)
    lines = tuple(BODY + line.replace(JOINT, " ") for line in lines)
    return (f'{BODY}"""Return {name}.', "", *lines, f'{BODY}"""')


def _joined(index: re.Match[str]) -> str:
    return index.group().replace(" ", JOINT)
