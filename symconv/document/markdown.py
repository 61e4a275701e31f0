"""Documents in the Markdown that GitHub and Jupyter show: formulas between dollar signs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from symconv.document.blocks import Illustration, Listing, Outline, Reference, StepReference
from symconv.document.breaking import Line
from symconv.document.language import Language
from symconv.document.numbering import Numbering, numbering_of
from symconv.document.rich import spelled
from symconv.document.spoken import SpokenDocument, SpokenLine, SpokenStep, speak
from symconv.render import render

Show: TypeAlias = Callable[[Illustration, str, str], str]


def described(illustration: Illustration, caption: str, description: str) -> str:
    """Return a figure in words: its caption and its description."""
    return f"*{caption}* {description}"


@dataclass(frozen=True)
class MarkdownStep:
    """The context of the template of one step."""

    step: SpokenStep


@dataclass(frozen=True)
class MarkdownHead:
    """The context of the template of the title."""

    document: SpokenDocument


def markdown_document(
    outline: Outline, language: Language, *, command: str, show: Show = described
) -> str:
    """Return a document in Markdown.

    Args:
        outline: what to say.
        language: in which language.
        command: the command that makes the document.
        show: how a figure is shown, given its description; by default in words.
    """
    parts = markdown_parts(outline, language, command=command, show=show)
    return "\n".join(parts.values())


def markdown_parts(
    outline: Outline, language: Language, *, command: str, show: Show = described
) -> dict[str, str]:
    """Return the title and every step in Markdown, by the name of the step; "title" for the title.

    The arguments are those of `markdown_document`.
    """
    document = speak(
        outline,
        language,
        MarkdownSpelling(show),
        numbering=numbering_of(outline),
        command=command,
    )
    parts = {"title": render("markdown/title.md.jinja", MarkdownHead(document))}
    for step in (*document.steps, *document.appendix):
        parts[step.name] = render("markdown/step.md.jinja", MarkdownStep(step))
    return parts


@dataclass(frozen=True)
class MarkdownSpelling:
    """How Markdown writes text, formulas, references, figures and code."""

    show: Show

    def text(self, rich: str) -> str:
        """Return running text; a < inside a formula is written so that it is no HTML."""
        return spelled(
            rich,
            words=lambda words: words,
            formula=lambda latex: f"${_safe(latex)}$",
            code=lambda code: f"`{code}`",
        )

    def reference(self, reference: Reference | StepReference, numbering: Numbering) -> str:
        """Return a number in brackets, or that of a step."""
        if isinstance(reference, Reference):
            return f"({numbering.equations[reference.label]})"
        return str(numbering.steps[reference.name])

    def line(self, line: Line, number: int | None) -> SpokenLine:
        """Return a line of an aligned environment."""
        tag = f"({number})" if number else ""
        return SpokenLine(_safe(line.left), _safe(line.right), tag, line.label)

    def picture(self, illustration: Illustration, caption: str, language: Language) -> str:
        """Return a figure as the document shows it; empty where it does not."""
        description = illustration.drawn(language.translate).description
        return self.show(illustration, caption, description)

    def code(self, listing: Listing) -> str:
        """Return a listing."""
        return f"```{listing.language}\n{listing.code}```"


def _safe(latex: str) -> str:
    return latex.replace("< ", r"\lt ")
