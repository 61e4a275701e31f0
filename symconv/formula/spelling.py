"""A tree -> LaTeX, a tree -> the text form; reading either gives the same tree again."""

from __future__ import annotations

from symconv.formula.latex_speller import LatexSpeller
from symconv.formula.text_speller import TextSpeller
from symconv.formula.tree import Node


def spell_latex(node: Node) -> str:
    r"""Return the node in LaTeX.

    Example:
        >>> from symconv.formula.tree import Entry, Letter, Product, Total
        >>> cell = Total((Product((Letter("i"), Letter("t"))), Letter("r")))
        >>> print(spell_latex(Product((Entry("x", (cell,)), Entry("w", (Letter("r"),))))))
        x_{i t + r} w_{r}
    """
    return LatexSpeller().spell(node)


def spell_text(node: Node) -> str:
    """Return the node in the text form.

    Example:
        >>> from symconv.formula.tree import Floor, Letter, Quotient
        >>> print(spell_text(Floor(Quotient(Letter("u"), Letter("t")))))
        u//t
    """
    return TextSpeller().spell(node)
