"""Emitted code, imported and ready to call."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from symconv.codegen.c.batched_face import CBatchedKernel
from symconv.codegen.c.face import CKernel
from symconv.codegen.compiler import find_compiler, require_compiler
from symconv.codegen.emit import GeneratedFile, emit, emit_files
from symconv.codegen.request import DEFAULT_TARGET, KernelRequest, request_kernel
from symconv.errors import OptionError
from symconv.spec import ConvSpec


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
    flags: Sequence[str] = (),
) -> Kernel:
    """Return the kernel of a request: imported from memory, or compiled when it is first called.

    Args:
        request: what to make.
        file: its emitted NumPy file, where it is at hand.
        files: its emitted C files, where they are at hand.
        flags: more flags of the compiler, for batched C kernels.

    Raises:
        ToolError: C is asked for, and there is no compiler.
    """
    if request.target == "c":
        return _load_c(request, files or emit_files(request), flags=flags)
    file = file or emit(request)
    module = ModuleType(request.name)
    filename = f"<symconv {request.name}>"
    linecache.cache[filename] = (len(file.text), None, file.text.splitlines(True), filename)
    exec(compile(file.text, filename, "exec"), module.__dict__)  # noqa: S102  our own text
    return Kernel(
        spec=request.spec,
        name=request.name,
        source=file.text,
        forward=module.forward,
        grad_input=module.grad_input,
        grad_weight=module.grad_weight,
        grad_bias=module.grad_bias,
        backward=module.backward,
    )


def fastest_request(
    spec: ConvSpec,
    *,
    layout: str,
    unroll: str,
    input_shape: Sequence[int] | None,
    algorithm: str,
    tile: int | Sequence[int] | None,
    error_bound: float | None,
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
        )

    numpy = request(DEFAULT_TARGET)
    if find_compiler() is None:
        return numpy
    try:
        return request("c")
    except OptionError:
        return numpy


def _load_c(
    request: KernelRequest, files: Sequence[GeneratedFile], *, flags: Sequence[str]
) -> Kernel:
    """Return the C kernel behind the face of the NumPy kernel of the same spec."""
    require_compiler()
    spec, texts = request.spec, {file.path: file.text for file in files}
    numpy = load_kernel(replace(request, target=DEFAULT_TARGET))
    windows = tuple(
        (lo + hi - extent, stride)
        for (lo, hi), extent, stride in zip(
            spec.padding_pairs, spec.extent, spec.stride, strict=True
        )
    )
    kernel: CBatchedKernel | CKernel
    if request.layout == "batched":
        kernel = CBatchedKernel(spec, request.name, texts, numpy, windows, tuple(flags))
    else:
        kernel = CKernel(spec, request.name, texts, numpy, windows)
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
