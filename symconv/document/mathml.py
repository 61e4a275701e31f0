"""Formulas as MathML, which browsers show without any program."""

from __future__ import annotations

from functools import lru_cache

from latex2mathml.converter import convert

_END = "</math>"


def inline_mathml(latex: str) -> str:
    """Return a formula of running text as a <math> element.

    Example:
        >>> inline_mathml("p")
        '<math><mrow><mi>p</mi></mrow></math>'
    """
    return f"<math>{_inner(latex, display=False)}</math>"


def side_mathml(latex: str) -> str:
    """Return one side of a displayed equation as the content of a table cell; empty for none."""
    return _inner(latex, display=True) if latex else ""


@lru_cache(maxsize=8192)
def _inner(latex: str, *, display: bool) -> str:
    """Return what stands inside the <math> element."""
    element: str = convert(latex, display="block" if display else "inline")
    return element[element.index(">") + 1 : -len(_END)]
