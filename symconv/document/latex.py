r"""Documents in LaTeX: a whole one that compiles, or a fragment to paste into another.

English compiles with pdflatex and xelatex, Chinese with xelatex and ctex. A fragment needs
amsmath, booktabs, longtable, listings and TikZ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from symconv.document.blocks import Listing, Outline, Picture, Reference, StepReference
from symconv.document.breaking import Line
from symconv.document.language import Language
from symconv.document.numbering import Numbering, numbering_of
from symconv.document.rich import spelled
from symconv.document.spoken import SpokenDocument, SpokenLine, speak
from symconv.render import render

_SPECIAL: Final = re.compile(r"[\\{}#%&_^~]")
_ESCAPED: Final = {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\textasciitilde{}"}
_SIGNS: Final = {"×": r"$\times$", "−": r"$-$", "·": r"$\cdot$", "–": "--"}


@dataclass(frozen=True)
class LatexDocument:
    """The context of the LaTeX templates.

    Attributes:
        document: the spoken document.
        chinese: whether the class must be ctexart.
    """

    document: SpokenDocument
    chinese: bool


def latex_document(
    outline: Outline, language: Language, *, command: str, fragment: bool = False
) -> str:
    """Return a document in LaTeX.

    Args:
        outline: what to say.
        language: in which language.
        command: the command that makes the document.
        fragment: only the sections, to be pasted into another document.
    """
    document = speak(
        outline, language, LatexSpelling(), numbering=numbering_of(outline), command=command
    )
    template = "latex/fragment.tex.jinja" if fragment else "latex/document.tex.jinja"
    return render(template, LatexDocument(document, chinese=language.code == "zh"))


class LatexSpelling:
    """How LaTeX writes text, formulas, references, figures and code."""

    def text(self, rich: str) -> str:
        """Return running text, its special characters escaped."""
        return spelled(rich, words=_words, formula=lambda latex: f"${latex}$", code=_code)

    def reference(self, reference: Reference | StepReference, numbering: Numbering) -> str:
        """Return the number, as LaTeX counts the same way: (3), or 3 for a step."""
        if isinstance(reference, Reference):
            return f"$\\eqref{{eq:{reference.label}}}$"
        return f"$\\ref{{step:{reference.name}}}$"

    def line(self, line: Line, number: int | None) -> SpokenLine:
        """Return a line of an align environment."""
        return SpokenLine(line.left, line.right, str(number or ""), line.label)

    def picture(self, picture: Picture, caption: str, language: Language) -> str:
        """Return a figure as TikZ with its caption."""
        raise NotImplementedError

    def code(self, listing: Listing) -> str:
        """Return a listing."""
        numbers = f"[firstnumber={listing.first_line}]" if listing.first_line else "[numbers=none]"
        return f"\\begin{{lstlisting}}{numbers}\n{listing.code}\\end{{lstlisting}}"


def _words(text: str) -> str:
    escaped = _SPECIAL.sub(lambda match: _ESCAPED.get(match[0], f"\\{match[0]}"), text)
    for sign, latex in _SIGNS.items():
        escaped = escaped.replace(sign, latex)
    return escaped


def _code(text: str) -> str:
    return rf"\texttt{{{_words(text)}}}"
