"""NumPy kernels, imported from memory and ready to call."""

from __future__ import annotations

import linecache
from collections.abc import Mapping, Sequence
from types import ModuleType

from symconv.codegen.build import Build, Loading
from symconv.codegen.kernel import GeneratedFile, Kernel, kernel_with
from symconv.codegen.runtime.threads import refuse_threads
from symconv.spec import ConvSpec


def import_kernel(build: Build, files: Sequence[GeneratedFile], loading: Loading) -> Kernel:
    """Return the kernel of the one file of a NumPy build.

    Args:
        build: what is loaded.
        files: its file, or another one in its place.
        loading: one thread.

    Raises:
        OptionError: there are more threads.
    """
    refuse_threads(loading.threads, got=f"target={build.request.target}")
    (file,) = files
    return _imported(build.request.spec, build.request.name, file.text, {})


def retuned(kernel: Kernel, constants: Mapping[str, object]) -> Kernel | None:
    """Return a NumPy kernel whose module has other constants, {"STRIP": 1}; None if it has none.

    Constants of an emitted module say when it changes from one way to sum to another.
    """
    if not constants.keys() <= kernel.forward.__globals__.keys():
        return None
    return _imported(kernel.spec, kernel.name, kernel.source, constants)


def _imported(spec: ConvSpec, name: str, text: str, constants: Mapping[str, object]) -> Kernel:
    """Return the kernel of a module's text; tracebacks show its lines."""
    module = ModuleType(name)
    filename = f"<symconv {name}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    exec(compile(text, filename, "exec"), module.__dict__)  # noqa: S102  our own text
    module.__dict__.update(constants)
    return kernel_with(module, spec=spec, name=name, source=text)
