"""The two files of a C kernel, as text."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.algebra.channels import derive_channels
from symconv.algebra.derivation import DerivedGradients
from symconv.codegen.c.batched import batched_module
from symconv.codegen.c.contexts import CBatched, CModule
from symconv.codegen.c.module import plane_module
from symconv.codegen.c.winograd import winograd_module
from symconv.codegen.fast import plan_fast
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
    context: CModule | CBatched
    if request.layout == "batched":
        plan = plan_kernel(derivation, derive_channels(derivation))
        if request.tile is not None:
            fast = plan_fast(plan, request.tile)
            by_tiles = winograd_module(fast, request, proof=proof)
            return (
                (f"{request.name}.c", render("c/winograd.c.jinja", by_tiles)),
                (f"{request.name}.h", render("c/batched.h.jinja", by_tiles)),
            )
        context = batched_module(plan, request, proof=proof)
    else:
        context = plane_module(plan_kernel(derivation), request, proof=proof)
    return (
        (f"{request.name}.c", render(f"c/{request.layout}.c.jinja", context)),
        (f"{request.name}.h", render(f"c/{request.layout}.h.jinja", context)),
    )
