"""Emitted code, imported and ready to call."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any, Final

from symconv.codegen.emit import GeneratedFile, emit, emit_files
from symconv.codegen.request import (
    DEFAULT_LAYOUT,
    DEFAULT_TARGET,
    KernelRequest,
    request_kernel,
)
from symconv.codegen.runtime.batched_wrapper import CBatchedKernel
from symconv.codegen.runtime.compiler import (
    find_compiler,
    openmp_flags,
    require_compiler,
    require_openmp,
)
from symconv.codegen.runtime.fixed_wrapper import FixedKernel
from symconv.codegen.runtime.library import Library
from symconv.codegen.runtime.plane_wrapper import CKernel
from symconv.codegen.runtime.shapes import windows_of
from symconv.codegen.tiles import DIRECT
from symconv.errors import OptionError
from symconv.spec import ConvSpec

MOST_THREADS: Final = 1024


@dataclass(frozen=True)
class Kernel:
    """A kernel ready to call; arrays are planes or batches, see the docstring of each function.

    Attributes:
        spec: the sizes it is made for.
        name: its name, conv_k3x5_s2.
        source: the emitted text; of a C kernel the .c file.
        forward: forward(input, weight, bias=None) -> output.
        grad_input: grad_input(grad_output, weight, input_shape=None, out=None) -> de/dx.
        grad_weight: grad_weight(grad_output, input, out=None) -> de/dw.
        grad_bias: grad_bias(grad_output) -> de/db.
        backward: backward(grad_output, input, weight) -> (input=, weight=, bias=).

    Batched kernels take workspace= in all but grad_bias, and out= in forward too.
    """

    spec: ConvSpec
    name: str
    source: str
    forward: Callable[..., Any]
    grad_input: Callable[..., Any]
    grad_weight: Callable[..., Any]
    grad_bias: Callable[..., Any]
    backward: Callable[..., Any]


def load_kernel(
    request: KernelRequest,
    *,
    file: GeneratedFile | None = None,
    files: Sequence[GeneratedFile] = (),
    threads: int = 1,
    flags: Sequence[str] = (),
) -> Kernel:
    """Return the kernel of a request: imported from memory, or compiled when it is first called.

    Args:
        request: what to make.
        file: its emitted NumPy file, where it is at hand.
        files: its emitted C files, where they are at hand.
        threads: among how many a call of a C kernel is shared.
        flags: more flags of the compiler, for C kernels of any input.

    Raises:
        ToolError: C is asked for, and there is no compiler, or threads, and it has no OpenMP.
        OptionError: threads are asked for that the target does not have.
    """
    if not 1 <= threads <= MOST_THREADS:
        raise OptionError(f"threads must be from 1 to {MOST_THREADS}, got {threads}")
    if threads != 1 and (request.target != "c" or request.shapes is not None):
        got = "fixed" if request.target == "c" else f"target={request.target}"
        raise OptionError(f"threads needs target=c for inputs of any size, got {got}")
    if request.target == "c":
        return _load_c(request, files or emit_files(request), threads, flags=flags)
    file = file or emit(request)
    return _imported(request.spec, request.name, file.text, {})


def retuned(kernel: Kernel, constants: Mapping[str, object]) -> Kernel | None:
    """Return a NumPy kernel whose module has other constants, {"STRIP": 1}; None if it has none.

    Constants of an emitted module say when it changes from one way to sum to another.
    """
    if not constants.keys() <= kernel.forward.__globals__.keys():
        return None
    return _imported(kernel.spec, kernel.name, kernel.source, constants)


def _imported(spec: ConvSpec, name: str, text: str, constants: Mapping[str, object]) -> Kernel:
    module = ModuleType(name)
    filename = f"<symconv {name}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    exec(compile(text, filename, "exec"), module.__dict__)  # noqa: S102  our own text
    module.__dict__.update(constants)
    return Kernel(
        spec=spec,
        name=name,
        source=text,
        forward=module.forward,
        grad_input=module.grad_input,
        grad_weight=module.grad_weight,
        grad_bias=module.grad_bias,
        backward=module.backward,
    )


def fastest_request(
    spec: ConvSpec,
    *,
    layout: str = DEFAULT_LAYOUT,
    unroll: str = "taps",
    fixed: bool = False,
    input_shape: Sequence[int] | None = None,
    out_channels: int | None = None,
    algorithm: str = DIRECT,
    tile: int | Sequence[int] | None = None,
    error_bound: float | None = None,
) -> KernelRequest:
    """Return the request for C if a compiler and such a kernel are there, else that for NumPy.

    Raises:
        OptionError: no target has the kernel.
        SpecError: the padding depends on the input, or the kernel has too many taps.
    """

    def request(target: str) -> KernelRequest:
        return request_kernel(
            spec,
            target=target,
            layout=layout,
            unroll=unroll,
            input_shape=input_shape,
            algorithm=algorithm,
            tile=tile,
            error_bound=error_bound,
            fixed=fixed,
            out_channels=out_channels,
        )

    numpy = request(DEFAULT_TARGET)
    if find_compiler() is None:
        return numpy
    try:
        return request("c")
    except OptionError:
        return numpy


def _load_c(
    request: KernelRequest, files: Sequence[GeneratedFile], threads: int, *, flags: Sequence[str]
) -> Kernel:
    """Return the C kernel behind the face of the NumPy kernel of the same spec."""
    require_compiler()
    if threads > 1:
        require_openmp()
    spec, texts = request.spec, {file.path: file.text for file in files}
    numpy = load_kernel(
        replace(request, target=DEFAULT_TARGET, unroll="taps", input_shape=None, out_channels=None)
    )
    batched = request.layout == "batched"
    flags = (*openmp_flags(threads), *flags)
    kernel: CKernel | CBatchedKernel | FixedKernel
    if request.shapes is not None:
        kernel = FixedKernel(request.name, texts, numpy, request.shapes, batched)
    elif batched:
        kernel = CBatchedKernel(spec, request.name, texts, numpy, windows_of(spec).axes, flags)
    else:
        compiled = Library(request.name, texts, spec.kernel_shape, flags)
        kernel = CKernel(spec, numpy, windows_of(spec), compiled)
    return Kernel(
        spec=request.spec,
        name=request.name,
        source=files[0].text,
        forward=kernel.forward,
        grad_input=kernel.grad_input,
        grad_weight=kernel.grad_weight,
        grad_bias=kernel.grad_bias,
        backward=kernel.backward,
    )
