"""Documents as one HTML file that needs nothing else: MathML, inline SVG, a small style sheet."""

from __future__ import annotations

import html
from dataclasses import dataclass

from markupsafe import Markup

from symconv.document.blocks import Illustration, Listing, Outline, Reference, StepReference
from symconv.document.breaking import Line
from symconv.document.figure import write_svg
from symconv.document.language import Language
from symconv.document.mathml import inline_mathml, side_mathml
from symconv.document.numbering import Numbering, numbering_of
from symconv.document.rich import spelled
from symconv.document.spoken import SpokenDocument, SpokenLine, speak
from symconv.render import render

PAGE_WIDTH = 42.0  # of a displayed line, in ems


@dataclass(frozen=True)
class HtmlDocument:
    """The context of the HTML template.

    Attributes:
        document: the spoken document.
        contents: the heading of the table of contents.
    """

    document: SpokenDocument
    contents: str


def html_document(outline: Outline, language: Language, *, command: str) -> str:
    """Return a document as a whole HTML page.

    Args:
        outline: what to say.
        language: in which language.
        command: the command that makes the document.
    """
    document = speak(
        outline,
        language,
        HtmlSpelling(),
        numbering=numbering_of(outline),
        command=command,
        width=PAGE_WIDTH,
    )
    context = HtmlDocument(document, contents=language.translate("Contents"))
    return render("html/document.html.jinja", context)


class HtmlSpelling:
    """How HTML writes text, formulas, references, figures and code."""

    def text(self, rich: str) -> str:
        """Return running text, escaped, its formulas as MathML."""
        return Markup(spelled(rich, words=_words, formula=inline_mathml, code=_code))  # noqa: S704

    def reference(self, reference: Reference | StepReference, numbering: Numbering) -> str:
        """Return a number in brackets, or that of a step, as a link."""
        if isinstance(reference, Reference):
            return f"[[eq-{reference.label}|({numbering.equations[reference.label]})]]"
        return f"[[{reference.name}|{numbering.steps[reference.name]}]]"

    def line(self, line: Line, number: int | None) -> SpokenLine:
        """Return a row of a table inside a formula."""
        label = f"eq-{line.label}" if line.label else ""
        sides = Markup(side_mathml(line.left)), Markup(side_mathml(line.right))  # noqa: S704
        return SpokenLine(*sides, f"({number})" if number else "", label)

    def picture(self, illustration: Illustration, caption: str, language: Language) -> str:
        """Return a figure as inline SVG with its caption."""
        svg = write_svg(illustration.drawn(language.translate))
        drawing = svg[svg.index("<svg") :].strip()
        figure = f"<figure>\n{drawing}\n<figcaption>{caption}</figcaption>\n</figure>"
        return Markup(figure)  # noqa: S704  made of escaped parts

    def code(self, listing: Listing) -> str:
        """Return a listing."""
        return Markup("<pre><code>{}</code></pre>").format(listing.code)


def _words(text: str) -> str:
    """Return words, escaped; [[anchor|words]] is a link."""
    parts = html.escape(text).split("[[")
    linked = [parts[0]]
    for part in parts[1:]:
        link, _, rest = part.partition("]]")
        anchor, _, shown = link.partition("|")
        linked.append(f'<a href="#{anchor}">{shown}</a>{rest}')
    return "".join(linked)


def _code(text: str) -> str:
    return f"<code>{html.escape(text)}</code>"
