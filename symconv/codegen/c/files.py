"""The two files of a C kernel, as text."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.algebra.channels import derive_channels
from symconv.algebra.derivation import DerivedGradients
from symconv.codegen.c.batched import batched_module
from symconv.codegen.c.direct import direct_module
from symconv.codegen.c.element import element_module
from symconv.codegen.c.fixed import fixed_file
from symconv.codegen.c.module import plane_module
from symconv.codegen.c.winograd import winograd_module
from symconv.codegen.plan.element import element_sums
from symconv.codegen.plan.kernel import plan_kernel
from symconv.codegen.plan.winograd import plan_fast
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
        source, header = _texts(request, derivation, proof=proof)
    return (f"{request.name}.c", source), (f"{request.name}.h", header)


def _texts(
    request: KernelRequest, derivation: DerivedGradients, *, proof: Sequence[str]
) -> tuple[str, str]:
    """Return the text of the .c file and of the .h file of a kernel for any input."""
    if request.layout == "plane":
        plane = plane_module(plan_kernel(derivation), request, proof=proof)
        return render("c/plane.c.jinja", plane), render("c/plane.h.jinja", plane)
    plan = plan_kernel(derivation, derive_channels(derivation))
    if request.tile is not None:
        tiles = winograd_module(plan_fast(plan, request.tile), request, proof=proof)
        return render("c/winograd.c.jinja", tiles), render("c/batched.h.jinja", tiles)
    batched = batched_module(plan, request, proof=proof)
    return render("c/batched.c.jinja", batched), render("c/batched.h.jinja", batched)


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
