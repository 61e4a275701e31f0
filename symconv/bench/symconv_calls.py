"""symconv's own kernels as contenders."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from symconv.bench.contender import Call, Contender, Kind, LeftOut
from symconv.bench.operands import Operands
from symconv.codegen.kernel import Kernel
from symconv.codegen.runtime.compiler import find_compiler
from symconv.errors import OptionError
from symconv.facade import load

NUMPY: Final = "symconv NumPy"
C: Final = "symconv C"
WINOGRAD: Final = "symconv C Winograd"


def _prepared(operands: Operands, threads: int, *, choices: dict[str, Any]) -> Call | None:
    """Return the call of a kernel loaded with some choices; None if the algorithm does not fit.

    Raises:
        LeftOut: the target has no such kernel, or there is no compiler for it.
    """
    problem = operands.problem
    if choices["target"] == "c" and find_compiler() is None:
        raise LeftOut("no C compiler is found")
    if choices["target"] == "c":
        choices = {**choices, "threads": threads}
    try:
        kernel = load(problem.spec, layout=problem.layout, **choices)
    except OptionError as err:
        if "algorithm" in choices:
            return None
        raise LeftOut(str(err)) from err
    call = _call(kernel, operands)
    call()  # C is compiled when a type is first met
    return call


def _call(kernel: Kernel, operands: Operands) -> Call:
    x, w, dy = operands.x, operands.w, operands.dy
    operation = operands.problem.operation
    if operation == "forward":
        return lambda: kernel.forward(x, w)
    if operation == "grad_input":
        return lambda: kernel.grad_input(dy, w, x.shape)
    if operation == "grad_weight":
        return lambda: kernel.grad_weight(dy, x)
    return lambda: tuple(kernel.backward(dy, x, w))


def kernel_of(name: str, does: str, **choices: Any) -> Contender:
    """Return the kernel that `load` gives for some choices, as a contender."""
    prepare = partial(_prepared, choices=choices)
    threaded = choices["target"] == "c"
    return Contender(name, "symconv", Kind.OURS, prepare, does, threaded=threaded)


CONTENDERS: Final = (
    kernel_of(NUMPY, "the emitted NumPy kernel", target="numpy"),
    kernel_of(C, "the emitted C kernel, called from Python", target="c"),
    kernel_of(
        WINOGRAD,
        "the same with fewer products, in batches of stride 1",
        target="c",
        algorithm="winograd",
    ),
)
