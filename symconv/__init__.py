"""symconv: derive, verify, generate and audit the calculus of convolution.

    import symconv as sc

    spec = sc.ConvSpec(kernel_shape=(3, 5), stride=2)
    sc.derive(spec)          # y[i,j] differentiated by SymPy: gradients, phases, overlap case
    sc.generate(spec)        # a specialised NumPy kernel as text, checked on symbols
    sc.load(spec)            # the same kernel, ready to call
    sc.verify(text)          # formulas, proved for all sizes or refuted
    sc.audit(fn, operation="grad_input")  # an exact test of anybody's function
    sc.reference             # the generic implementation, for every spec
    sc.conventions           # a spec from and to PyTorch, Keras, JAX, ONNX

Importing symconv is light: NumPy and SymPy are imported with the first function that needs them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from symconv.errors import (
    DerivationError,
    FormulaError,
    OptionError,
    RenderError,
    SpecError,
    StaleOutputError,
    SymconvError,
    ToolError,
    VerificationError,
)
from symconv.spec import ConvSpec

if TYPE_CHECKING:
    from symconv import conventions, reference
    from symconv.auditing.loop import audit
    from symconv.auditing.result import Audit
    from symconv.auditing.space import Space
    from symconv.codegen.kernel import GeneratedFile, Kernel
    from symconv.facade import Derivation, derive, generate, load
    from symconv.verification.report.report import Report, Verdict
    from symconv.verification.verify import verify

__version__ = "0.1.0"

__all__ = [
    "Audit",
    "ConvSpec",
    "Derivation",
    "DerivationError",
    "FormulaError",
    "GeneratedFile",
    "Kernel",
    "OptionError",
    "RenderError",
    "Report",
    "Space",
    "SpecError",
    "StaleOutputError",
    "SymconvError",
    "ToolError",
    "Verdict",
    "VerificationError",
    "audit",
    "conventions",
    "derive",
    "generate",
    "load",
    "reference",
    "verify",
]

_HOMES: Final = {
    "Audit": "symconv.auditing.result",
    "Derivation": "symconv.facade",
    "GeneratedFile": "symconv.codegen.kernel",
    "Kernel": "symconv.codegen.kernel",
    "Space": "symconv.auditing.space",
    "Report": "symconv.verification.report.report",
    "Verdict": "symconv.verification.report.report",
    "audit": "symconv.auditing.loop",
    "verify": "symconv.verification.verify",
    "derive": "symconv.facade",
    "generate": "symconv.facade",
    "load": "symconv.facade",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its home when it is first asked for."""
    if name in ("conventions", "reference"):
        return import_module(f"symconv.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'symconv' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
