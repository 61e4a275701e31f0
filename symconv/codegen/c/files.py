"""The two files of a C kernel, as text."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.algebra.derivation import DerivedGradients
from symconv.codegen.c.element import element_module
from symconv.codegen.c.module import plane_module
from symconv.codegen.element import element_sums
from symconv.codegen.plan import plan_kernel
from symconv.codegen.request import KernelRequest
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
    plan = plan_kernel(derivation)
    shape = request.input_shape
    if shape is not None and request.unroll == "element":
        output_shape = request.spec.output_shape(shape)
        sums = element_sums(plan, input_shape=shape, output_shape=output_shape)
        element = element_module(plan, request, sums=sums, proof=proof)
        texts = render("c/element.c.jinja", element), render("c/fixed.h.jinja", element)
    else:
        context = plane_module(plan, request, proof=proof)
        header = "c/plane.h.jinja" if shape is None else "c/fixed.h.jinja"
        texts = render("c/plane.c.jinja", context), render(header, context)
    source, face = texts
    return (f"{request.name}.c", source), (f"{request.name}.h", face)
