"""The bare formulas of a derivation in LaTeX, for a notebook cell; they need amsmath."""

from __future__ import annotations

from typing import Final

from symconv.algebra.derivation import DerivedGradients
from symconv.document.blocks import Display, Equation
from symconv.document.breaking import rows_of
from symconv.document.choices import Level
from symconv.document.language import ENGLISH, language
from symconv.document.outline import outline

STEPS: Final = ("output", "partials", "by-phase", "closed-form", "by-weight", "by-bias")


def latex_formulas(derivation: DerivedGradients) -> str:
    r"""Return y, its derivatives and the gradients as one align* environment.

    Example:
        >>> from symconv.algebra.derivation import derive_gradients
        >>> from symconv.spec import ConvSpec
        >>> text = latex_formulas(derive_gradients(ConvSpec(kernel_shape=(2,))))
        >>> print(text.splitlines()[1])
          y_{i} &= \sum_{r=0}^{1} x_{i + r} w_{r} + b, \qquad 0 \leq i < g \\
    """
    equations: list[Equation] = []
    for step in outline(derivation, level=Level.BRIEF).steps:
        if step.name in STEPS:
            displays = (block for block in step.blocks if isinstance(block, Display))
            equations += (equation for display in displays for equation in display.equations)
    rows = rows_of(equations, language(ENGLISH))
    body = " \\\\\n".join(f"  {line.left} &{line.right}" for (line,) in rows)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n"
