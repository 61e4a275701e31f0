"""What the tap-unrolled and the element-unrolled module have in common."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.codegen.numpy.contexts import Shapes, Statement
from symconv.codegen.numpy.spelling import smallest_input, spanned, unpacked
from symconv.codegen.plan.kernel import KernelPlan
from symconv.codegen.spelling.roles import INPUT_SIZES, OUTPUT_SIZES
from symconv.codegen.spelling.text import BODY, WIDTH, Term, tuple_of, window_count


def shapes_of(plan: KernelPlan) -> Shapes:
    """Return the sizes of all arrays, in letters and as expressions of each other."""
    inputs, outputs = INPUT_SIZES[: plan.axes], OUTPUT_SIZES[: plan.axes]
    of_input, of_output = sizes_of(plan)
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


def sizes_of(plan: KernelPlan) -> tuple[list[str], list[str]]:
    """Return the output of an input and the input of an output, as expressions."""
    inputs, outputs = INPUT_SIZES[: plan.axes], OUTPUT_SIZES[: plan.axes]
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
