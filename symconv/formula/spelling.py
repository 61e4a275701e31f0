"""A tree -> LaTeX, a tree -> the text form; reading either gives the same tree again."""

from __future__ import annotations

from symconv.formula.latex_speller import LatexSpeller
from symconv.formula.text_speller import TextSpeller
from symconv.formula.tree import Node


def spell_latex(node: Node) -> str:
    r"""Return the node in LaTeX.

    Example:
        >>> from symconv.formula.reading import read_formula
        >>> (claim,) = read_formula("y[i, j] = sum(x[i*t + r, j]*w[r], r=0..p-1) + b")
        >>> print(spell_latex(claim))
        y_{i, j} = \sum_{r=0}^{p - 1} x_{i t + r, j} w_{r} + b
    """
    return LatexSpeller().spell(node)


def spell_text(node: Node) -> str:
    r"""Return the node in the text form.

    Example:
        >>> from symconv.formula.reading import read_formula
        >>> (claim,) = read_formula(r"\frac{\partial e}{\partial x_{uv}} = \lfloor u/t \rfloor")
        >>> print(spell_text(claim))
        dx[u, v] = u//t
    """
    return TextSpeller().spell(node)
