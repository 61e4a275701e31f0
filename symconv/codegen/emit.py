"""One kernel from start to end: request, derivation, plan, context, text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symconv.algebra.channels import derive_channels
from symconv.algebra.derivation import DerivedGradients, derive_gradients
from symconv.codegen.c.files import c_texts
from symconv.codegen.numpy.batched import batched_module
from symconv.codegen.numpy.element import element_module
from symconv.codegen.numpy.plane import plane_module
from symconv.codegen.numpy.winograd import winograd_module
from symconv.codegen.plan.element import element_sums
from symconv.codegen.plan.kernel import plan_kernel
from symconv.codegen.plan.winograd import plan_fast
from symconv.codegen.request import KernelRequest
from symconv.render import render


@dataclass(frozen=True)
class GeneratedFile:
    """A file that the generator makes.

    Attributes:
        path: relative POSIX path.
        text: its whole text.
    """

    path: str
    text: str


def emit_files(
    request: KernelRequest,
    *,
    proof: Sequence[str] = ("not checked",),
    derivation: DerivedGradients | None = None,
) -> tuple[GeneratedFile, ...]:
    """Return all files of a kernel: one for NumPy, the .c and the .h file for C.

    Args:
        request: what to make.
        proof: what the headers say about how far the code is checked.
        derivation: the derivation of the request's spec, where it is at hand.
    """
    if request.target != "c":
        return (emit(request, proof=proof, derivation=derivation),)
    derivation = derivation or derive_gradients(request.spec)
    texts = c_texts(request, derivation, proof=proof)
    return tuple(GeneratedFile(path, text) for path, text in texts)


def emit(
    request: KernelRequest,
    *,
    proof: Sequence[str] = ("not checked",),
    derivation: DerivedGradients | None = None,
) -> GeneratedFile:
    """Return the NumPy kernel of a request; nothing is checked and no disk is touched.

    Args:
        request: what to make.
        proof: what the header says about how far the code is checked.
        derivation: the derivation of the request's spec, where it is at hand.
    """
    derivation = derivation or derive_gradients(request.spec)
    path = f"{request.name}.py"
    if request.layout == "batched":
        batched = plan_kernel(derivation, derive_channels(derivation))
        if request.tile is not None:
            by_tiles = winograd_module(plan_fast(batched, request.tile), request, proof=proof)
            return GeneratedFile(path, render("numpy/winograd.py.jinja", by_tiles))
        context = batched_module(batched, request, proof=proof)
        return GeneratedFile(path, render("numpy/batched.py.jinja", context))
    plan = plan_kernel(derivation)
    if request.input_shape is None:
        module = plane_module(plan, request, proof=proof)
        return GeneratedFile(path, render("numpy/plane.py.jinja", module))
    sums = element_sums(
        plan,
        input_shape=request.input_shape,
        output_shape=request.spec.output_shape(request.input_shape),
    )
    element = element_module(plan, request, sums=sums, proof=proof)
    return GeneratedFile(path, render("numpy/element.py.jinja", element))
