"""C kernels, compiled when they are first called, behind the signatures of the NumPy kernel.

What C cannot take is handed to the NumPy kernel of the same spec.
"""

from __future__ import annotations

from collections.abc import Sequence

from symconv.codegen.build import Build, Loading
from symconv.codegen.kernel import GeneratedFile, Kernel, kernel_with
from symconv.codegen.runtime.batched_wrapper import CBatchedKernel
from symconv.codegen.runtime.compiler import require_compiler
from symconv.codegen.runtime.fixed_wrapper import FixedKernel
from symconv.codegen.runtime.library import Library
from symconv.codegen.runtime.plane_wrapper import CKernel
from symconv.codegen.runtime.shapes import windows_of
from symconv.codegen.runtime.texts import Texts, texts_of
from symconv.codegen.runtime.threads import flags_for, refuse_threads, texts_for


def load_plane(build: Build, files: Sequence[GeneratedFile], loading: Loading) -> Kernel:
    """Return the C kernel of planes of any size.

    Args:
        build: what is loaded.
        files: its .c and its .h file, or others in their place.
        loading: threads, and flags of the compiler.

    Raises:
        OptionError: there are too few or too many threads.
        ToolError: there is no compiler, or threads, and it has no OpenMP.
    """
    spec, flags = build.request.spec, _flags(loading)
    texts = _texts(build, files, loading)
    library = Library(build.request.name, texts, spec.kernel_shape, flags, loading.optional)
    numpy = build.in_numpy.kernel
    return _kernel(build, files, CKernel(spec, numpy, windows_of(spec), library))


def load_batched(build: Build, files: Sequence[GeneratedFile], loading: Loading) -> Kernel:
    """Return the C kernel of batches of any size, summed directly or by tiles; see `load_plane`."""
    spec, flags = build.request.spec, _flags(loading)
    numpy, axes = build.in_numpy.kernel, windows_of(spec).axes
    texts = _texts(build, files, loading)
    functions = CBatchedKernel(
        spec, build.request.name, texts, numpy, axes, flags, loading.optional
    )
    return _kernel(build, files, functions)


def load_fixed(build: Build, files: Sequence[GeneratedFile], loading: Loading) -> Kernel:
    """Return the C kernel for one input; see `load_plane`.

    Raises:
        OptionError: there is more than one thread.
        ToolError: there is no compiler.
    """
    refuse_threads(loading.threads, got="fixed")
    require_compiler()
    request = build.request
    batched = request.layout == "batched"
    functions = FixedKernel(
        request.name, texts_of(build, files), build.in_numpy.kernel, request.one_input, batched
    )
    return _kernel(build, files, functions)


def _flags(loading: Loading) -> tuple[str, ...]:
    threads = flags_for(loading.threads)
    require_compiler()
    return (*threads, *loading.flags)


def _texts(build: Build, files: Sequence[GeneratedFile], loading: Loading) -> Texts:
    return texts_of(build, files, beside=texts_for(loading.threads))


def _kernel(build: Build, files: Sequence[GeneratedFile], functions: object) -> Kernel:
    request = build.request
    return kernel_with(functions, spec=request.spec, name=request.name, source=files[0].text)
