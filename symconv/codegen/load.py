"""Emitted code, imported and ready to call."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from symconv.codegen.emit import GeneratedFile, emit
from symconv.codegen.request import KernelRequest
from symconv.spec import ConvSpec


@dataclass(frozen=True)
class Kernel:
    """A kernel ready to call; arrays are planes or batches, see the docstring of each function.

    Attributes:
        spec: the sizes it is made for.
        name: its name, conv_k3x5_s2.
        source: the emitted text.
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


def load_kernel(request: KernelRequest, *, file: GeneratedFile | None = None) -> Kernel:
    """Return the kernel of a request, imported from memory.

    Args:
        request: what to make.
        file: its emitted file, where it is at hand.
    """
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
