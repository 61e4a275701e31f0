"""The one table of targets: which kernels there are, and how each of them is made.

A target is a folder with the contexts of its templates, and a line here for each of its variants.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, Final

from symconv.algebra.derivation import DerivedGradients
from symconv.codegen.build import Build, Stages, plans_of
from symconv.codegen.c import batched as c_batched
from symconv.codegen.c import direct as c_direct
from symconv.codegen.c import element as c_element
from symconv.codegen.c import limits as c_limits
from symconv.codegen.c import module as c_plane
from symconv.codegen.c import winograd as c_winograd
from symconv.codegen.check import c_kernels, numpy_kernels
from symconv.codegen.kernel import (
    ELEMENT,
    FAST,
    FIXED,
    TAPS,
    UNROLLED,
    WINOGRAD,
    KernelRequest,
    Variant,
)
from symconv.codegen.numpy import batched as numpy_batched
from symconv.codegen.numpy import element as numpy_element
from symconv.codegen.numpy import plane as numpy_plane
from symconv.codegen.numpy import winograd as numpy_winograd
from symconv.codegen.numpy.unrolled import batched as numpy_unrolled_batched
from symconv.codegen.numpy.unrolled import plane as numpy_unrolled_plane
from symconv.codegen.runtime import compiled
from symconv.codegen.runtime.python import import_kernel
from symconv.codegen.tiles import refuse_tiles
from symconv.errors import OptionError

TARGETS: Final[dict[Variant, Stages[Any]]] = {
    Variant("numpy", "plane", TAPS, style=UNROLLED): Stages(
        plan=lambda plans: plans.plane,
        context=numpy_unrolled_plane.unrolled_plane,
        templates={"py": "numpy/unrolled/plane.py.jinja"},
        load=import_kernel,
        check=numpy_kernels.check_of_plane,
    ),
    Variant("numpy", "plane", TAPS, style=FAST): Stages(
        plan=lambda plans: plans.plane,
        context=numpy_plane.plane_module,
        templates={"py": "numpy/plane.py.jinja"},
        load=import_kernel,
        check=numpy_kernels.check_of_plane,
    ),
    Variant("numpy", "plane", ELEMENT): Stages(
        plan=lambda plans: plans.plane,
        context=numpy_element.element_module,
        templates={"py": "numpy/element.py.jinja"},
        load=import_kernel,
        check=numpy_kernels.check_of_element,
    ),
    Variant("numpy", "batched", TAPS, style=UNROLLED): Stages(
        plan=lambda plans: plans.batched,
        context=numpy_unrolled_batched.unrolled_batched,
        templates={"py": "numpy/unrolled/batched.py.jinja"},
        load=import_kernel,
        check=numpy_kernels.check_of_batches,
    ),
    Variant("numpy", "batched", TAPS, style=FAST): Stages(
        plan=lambda plans: plans.batched,
        context=numpy_batched.batched_module,
        templates={"py": "numpy/batched.py.jinja"},
        load=import_kernel,
        check=numpy_kernels.check_of_batches,
    ),
    Variant("numpy", "batched", TAPS, WINOGRAD): Stages(
        plan=lambda plans: plans.winograd,
        context=numpy_winograd.winograd_module,
        templates={"py": "numpy/winograd.py.jinja"},
        load=import_kernel,
        check=numpy_kernels.check_of_batches,
        refuse=refuse_tiles,
    ),
    Variant("c", "plane", TAPS): Stages(
        plan=lambda plans: plans.plane,
        context=c_plane.plane_module,
        templates={"c": "c/plane.c.jinja", "h": "c/plane.h.jinja"},
        load=compiled.load_plane,
        check=c_kernels.check_of_plane,
        refuse=c_limits.refuse_any_input,
    ),
    Variant("c", "plane", ELEMENT): Stages(
        plan=lambda plans: plans.plane,
        context=c_element.element_module,
        templates={"c": "c/element.c.jinja", "h": "c/fixed.h.jinja"},
        load=compiled.load_fixed,
        check=c_kernels.check_of_fixed,
    ),
    Variant("c", "plane", FIXED): Stages(
        plan=lambda plans: plans.plane,
        context=c_direct.direct_module,
        templates={"c": "c/direct.c.jinja", "h": "c/fixed.h.jinja"},
        load=compiled.load_fixed,
        check=c_kernels.check_of_fixed,
        refuse=c_limits.refuse_fixed,
    ),
    Variant("c", "batched", TAPS): Stages(
        plan=lambda plans: plans.batched,
        context=c_batched.batched_module,
        templates={"c": "c/batched.c.jinja", "h": "c/batched.h.jinja"},
        load=compiled.load_batched,
        check=c_kernels.check_of_batches,
        refuse=c_limits.refuse_any_input,
    ),
    Variant("c", "batched", TAPS, WINOGRAD): Stages(
        plan=lambda plans: plans.winograd,
        context=c_winograd.winograd_module,
        templates={"c": "c/winograd.c.jinja", "h": "c/batched.h.jinja"},
        load=compiled.load_batched,
        check=c_kernels.check_of_batches,
        refuse=c_limits.refuse_winograd,
    ),
    Variant("c", "batched", FIXED): Stages(
        plan=lambda plans: plans.batched,
        context=c_direct.direct_module,
        templates={"c": "c/direct.c.jinja", "h": "c/fixed.h.jinja"},
        load=compiled.load_fixed,
        check=c_kernels.check_of_fixed,
        refuse=c_limits.refuse_fixed,
    ),
}


USUAL: Final = asdict(Variant())


def build_of(request: KernelRequest, *, derivation: DerivedGradients | None = None) -> Build:
    """Return the build of a request; nothing is planned yet.

    Args:
        request: what to make.
        derivation: of its spec, where it is at hand.
    """
    return Build(request, plans_of(request, derivation), TARGETS)


def targets() -> tuple[str, ...]:
    """Return the names of all targets."""
    return tuple(dict.fromkeys(variant.target for variant in TARGETS))


def layouts(target: str) -> tuple[str, ...]:
    """Return the layouts that a target has."""
    return tuple(dict.fromkeys(variant.layout for variant in TARGETS if variant.target == target))


def styled(variant: Variant, style: str) -> Variant:
    """Return the variant in a style, or as it is where that is the only way to spell it."""
    other = replace(variant, style=style)
    return other if other in TARGETS else variant


def require(variant: Variant) -> Stages[Any]:
    """Return how a variant is made.

    Raises:
        OptionError: it is not; the message says which choice has to be another one.

    Example:
        >>> require(Variant("numpy", "batched", "element"))
        Traceback (most recent call last):
        symconv.errors.OptionError: unroll=element needs the plane layout, got batched
    """
    if variant in TARGETS:
        return TARGETS[variant]
    asked = {name: each for name, each in asdict(variant).items() if each != USUAL[name]}
    for name, value in asdict(variant).items():
        others = [each for each in TARGETS if replace(each, **{name: value}) == variant]
        reasons = [choice for choice in asked if choice != name]
        if others and reasons:
            reason = _choice(reasons[-1], asked[reasons[-1]])
            needed = _need(name, " or ".join(asdict(each)[name] for each in others))
            raise OptionError(f"{reason} needs {needed}, got {value}")
    choices = " and ".join(_choice(name, value) for name, value in asked.items())
    raise OptionError(f"{choices} do not go together")


def _choice(name: str, value: str) -> str:
    """Return a choice as the user makes it: fixed, unroll=element, algorithm=winograd."""
    if name == "form":
        return value if value == FIXED else f"unroll={value}"
    return f"{name}={value}"


def _need(name: str, value: str) -> str:
    return f"the {value} layout" if name == "layout" else _choice(name, value)
