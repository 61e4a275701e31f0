"""A derivation as a file of a given format, language and level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import quote

from symconv.algebra.derivation import DerivedGradients
from symconv.document.blocks import Illustration, Outline
from symconv.document.choices import Format, Level
from symconv.document.figure import write_svg
from symconv.document.html import html_document
from symconv.document.language import ENGLISH, language
from symconv.document.latex import latex_document
from symconv.document.markdown import markdown_document
from symconv.document.notebook import notebook_document
from symconv.document.outline import outline
from symconv.document.pdf import pdf_of
from symconv.document.scene import check_image
from symconv.document.sizes import telling_input_shape
from symconv.document.text import derivation_text, written_out_text
from symconv.errors import OptionError, shown
from symconv.notation import write_options, write_sizes
from symconv.sizes import Shape


@dataclass(frozen=True)
class DocumentRequest:
    """What to write.

    Attributes:
        derivation: the derivation.
        form: the format.
        lang: the language, "en" or "zh".
        level: how much to say.
        fragment: LaTeX without preamble, to be pasted into another document.
        input_shape: the image on which everything is written out.
        default_image: whether that is the image chosen for the spec, none being given.
        kernel_source: the emitted kernel to show; empty for none.
    """

    derivation: DerivedGradients
    form: Format
    lang: str
    level: Level
    fragment: bool
    input_shape: Shape
    default_image: bool
    kernel_source: str

    @property
    def command(self) -> str:
        """The command that makes this document; choices that are the default are left out."""
        words = [write_options(self.derivation.spec)]
        if not self.default_image:
            words.append(f"--input {write_sizes(self.input_shape)}")
        if self.level != Level.FULL:
            words.append(f"--level {self.level}")
        words.append(f"--format {self.form}")
        if self.lang != ENGLISH:
            words.append(f"--lang {self.lang}")
        return f"symconv derive {' '.join(words)}" + (" --fragment" if self.fragment else "")

    @property
    def outline(self) -> Outline:
        """The steps of the document."""
        return outline(
            self.derivation,
            level=self.level,
            input_shape=self.input_shape,
            kernel_source=self.kernel_source,
        )


def request_document(
    derivation: DerivedGradients,
    *,
    form: str,
    lang: str = ENGLISH,
    level: str = Level.FULL,
    fragment: bool = False,
    input_shape: Sequence[int] | None = None,
    kernel_source: str = "",
) -> DocumentRequest:
    """Return a checked request.

    Args:
        derivation: the derivation.
        form: a Format.
        lang: "en", or the code of a catalogue.
        level: "brief", "full" or "classroom".
        fragment: whether LaTeX comes without its preamble.
        input_shape: the image of the examples; by default the smallest that shows everything.
        kernel_source: the emitted kernel to show; empty for none.

    Raises:
        OptionError: a choice does not exist, or does not fit the others.
        SpecError: a window does not fit into the image, or the image is too large.
    """
    if form not in list(Format):
        raise OptionError(f"format must be one of {', '.join(Format)}, got {shown(form)}")
    if level not in list(Level):
        raise OptionError(f"level must be one of {', '.join(Level)}, got {shown(level)}")
    if form == Format.TEXT and (lang, level) != (ENGLISH, Level.FULL):
        raise OptionError("lang and level must go with a document, got format text")
    if fragment and form != Format.LATEX:
        raise OptionError(f"fragment must go with format latex, got format {form}")
    language(lang)
    shape = telling_input_shape(derivation) if input_shape is None else tuple(input_shape)
    if form == Format.TEXT:
        derivation.spec.output_shape(shape)
    else:
        check_image(derivation.spec, shape)
    return DocumentRequest(
        derivation=derivation,
        form=Format(form),
        lang=lang,
        level=Level(level),
        fragment=fragment,
        input_shape=shape,
        default_image=input_shape is None,
        kernel_source=kernel_source,
    )


def write_document(request: DocumentRequest) -> str | bytes:
    """Return the document: text, or the bytes of a PDF.

    Raises:
        ToolError: a PDF is asked for and no TeX engine is there, or it fails.
    """
    speech = language(request.lang)
    match request.form:
        case Format.TEXT:
            return _text(request)
        case Format.LATEX:
            return latex_document(
                request.outline, speech, command=request.command, fragment=request.fragment
            )
        case Format.MARKDOWN:
            return markdown_document(request.outline, speech, command=request.command)
        case Format.HTML:
            return html_document(request.outline, speech, command=request.command)
        case Format.NOTEBOOK:
            return notebook_document(
                request.outline,
                speech,
                command=request.command,
                spec=request.derivation.spec,
                input_shape=request.input_shape,
            )
        case Format.PDF:
            latex = latex_document(request.outline, speech, command=request.command)
            return pdf_of(latex, lang=request.lang)


def _text(request: DocumentRequest) -> str:
    """Return the text for a terminal, and every entry where an image is asked for."""
    text = derivation_text(request.derivation)
    if request.default_image:
        return text
    return text + "\n" + written_out_text(request.derivation, request.input_shape)


def document_files(request: DocumentRequest, *, name: str) -> dict[str, str | bytes]:
    """Return the files of a document: itself, and for Markdown the figures beside it.

    Args:
        request: what to write.
        name: the file name of the document.
    """
    if request.form is not Format.MARKDOWN:
        return {name: write_document(request)}
    folder = f"{PurePath(name).stem}-figures"

    def show(illustration: Illustration, caption: str, description: str) -> str:
        return f"![{description}]({quote(folder)}/{illustration.name}.svg)\n\n*{caption}*"

    speech, outlined = language(request.lang), request.outline
    figures = {
        f"{folder}/{block.name}.svg": write_svg(block.drawn(speech.translate))
        for block in outlined.blocks()
        if isinstance(block, Illustration)
    }
    text = markdown_document(outlined, speech, command=request.command, show=show)
    return {name: text, **figures}
