"""The two files of a C kernel, as text."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.algebra.channels import derive_channels
from symconv.algebra.derivation import DerivedGradients
from symconv.codegen.c.batched import batched_module
from symconv.codegen.c.contexts import CBatched, CModule
from symconv.codegen.c.direct import direct_module
from symconv.codegen.c.element import element_module
from symconv.codegen.c.fixed import fixed_file
from symconv.codegen.c.module import plane_module
from symconv.codegen.element import element_sums
from symconv.codegen.plan import plan_kernel
from symconv.codegen.request import FixedShapes, KernelRequest
from symconv.render import render


def c_texts(
    request: KernelRequest, derivation: DerivedGradients, *, proof: Sequence[str]
) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return (path, text) of the .c file and of the .h file.

    Args:
        request: what to make.
        derivation: of its spec.
        proof: what the headers say about how far the code is checked.
    """
    if request.shapes is not None:
        source, header = _fixed_texts(request, request.shapes, derivation, proof=proof)
    else:
        context: CModule | CBatched
        if request.layout == "batched":
            plan = plan_kernel(derivation, derive_channels(derivation))
            context = batched_module(plan, request, proof=proof)
        else:
            context = plane_module(plan_kernel(derivation), request, proof=proof)
        source, header = (render(f"c/{request.layout}.{end}.jinja", context) for end in "ch")
    return (f"{request.name}.c", source), (f"{request.name}.h", header)


def _fixed_texts(
    request: KernelRequest,
    shapes: FixedShapes,
    derivation: DerivedGradients,
    *,
    proof: Sequence[str],
) -> tuple[str, str]:
    """Return the text of the .c file and of the .h file of a kernel for one input."""
    batched = request.layout == "batched"
    plan = plan_kernel(derivation, derive_channels(derivation) if batched else None)
    file = fixed_file(plan, request, shapes, proof=proof)
    header = render("c/fixed.h.jinja", file)
    if request.unroll == "element":
        sums = element_sums(plan, input_shape=shapes.input, output_shape=shapes.output)
        return render("c/element.c.jinja", element_module(file, plan, sums)), header
    direct = direct_module(file, plan, shapes, batched=batched)
    return render("c/direct.c.jinja", direct), header
